"""The parts of the benchmark beside its stop watch: what it deploys, and what it prints."""

from __future__ import annotations

from pathlib import Path

from agentrun_fake import FakeCloud, FakeSettings
from agentrun_fake.server import ThreadedServer
from agentrun_provider.packaging import load_package

from benchmarks.floor import Floor
from benchmarks.program import write_project
from benchmarks.service import ACCESS_KEY_ID, ACCESS_KEY_SECRET, ACCOUNT_ID, Calls
from benchmarks.table import Row, markdown


def test_the_table_shows_medians_their_ratio_and_the_calls() -> None:
    row = Row("2 agents", floor=[2.0, 9.0, 1.0], ours=[3.0, 3.0, 50.0], calls=["0", "0", "0"])
    assert markdown([row]).splitlines() == [
        "| what | floor s | ours s | ratio | calls |",
        "| --- | ---: | ---: | ---: | --- |",
        "| 2 agents | 2.00 | 3.00 | 1.50 | 0 |",
    ]


def test_calls_that_differ_from_run_to_run_are_all_shown() -> None:
    calls = [str(Calls(8, 2)), str(Calls(9, 2)), str(Calls(8, 2))]
    row = Row("1 agent", floor=[1.0], ours=[2.0], calls=calls)
    assert row.cells()[-1] == "8 (2 writes) / 9 (2 writes)"


def test_what_was_not_run_has_no_line() -> None:
    assert "destroy" not in markdown([Row("destroy")])


def test_each_agent_has_code_of_its_own_that_stays_its_size_when_zipped(tmp_path: Path) -> None:
    size = 64 * 1024
    packages = [load_package(folder) for folder in write_project(tmp_path, 2, size)]
    assert packages[0] != packages[1]
    assert all(size <= len(package) < 1.1 * size for package in packages)
    compile((tmp_path / "__main__.py").read_text(encoding="utf-8"), "__main__.py", "exec")


def test_the_floor_makes_ready_agents_with_two_writes_each_and_removes_them() -> None:
    settings = FakeSettings(
        account_id=ACCOUNT_ID, access_key_id=ACCESS_KEY_ID, access_key_secret=ACCESS_KEY_SECRET
    )
    cloud = FakeCloud(settings)
    with ThreadedServer(cloud) as server, Floor(server.url) as floor:
        agents = floor.deploy([load_package(Path(__file__)), load_package(Path(__file__))])
        writes = sorted(call.operation for call in cloud.calls.writes)
        records = cloud.store.snapshot()["records"]
        floor.destroy(agents)
    assert writes == 2 * ["CreateAgentRuntime"] + 2 * ["CreateAgentRuntimeEndpoint"]
    kinds = [record["kind"] for record in records if record["kind"] in ("runtime", "endpoint")]
    assert sorted(kinds) == ["endpoint", "endpoint", "runtime", "runtime"]
    left = [record["kind"] for record in cloud.store.snapshot()["records"]]
    assert not {"runtime", "endpoint"} & set(left)
