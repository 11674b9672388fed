"""Runtimes with requirements and build commands, from check to request."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest
from agentrun_provider.checksum import crc64
from agentrun_provider.errors import PackagingError
from agentrun_provider.kind import check, foresee
from agentrun_provider.kinds import load
from agentrun_provider.unknown import UNKNOWN

from ..kinds.conftest import Stage
from ..unit.code_folders import posix_only
from .conftest import Workshop
from .wheels import make_wheel

OWNER = "x-pulumi-0123456789-abcdefabcd"
CODE = {
    "src": "./code",
    "language": "python3.12",
    "command": ["python3", "app.py"],
    "requirements": "requirements.txt",
}
DEMO: dict[str, Any] = {"name": "demo", "code": CODE, "owner": OWNER}


@pytest.fixture
def stage(workshop: Workshop) -> Stage:
    make_wheel(workshop.wheels, "demo")
    workshop.put("requirements.txt", "demo\n")
    return Stage(workshop.root)


def problems(stage: Stage, **code: Any) -> list[str]:
    found = check(load("Runtime"), {**DEMO, "code": {**CODE, **code}}, stage.session).problems
    return [f"{'.'.join(map(str, problem.path))}: {problem.reason}" for problem in found]


def sent(stage: Stage, operation: str) -> list[str]:
    """The files of the package that was sent."""
    data = base64.b64decode(stage.body(operation)["codeConfiguration"]["zipFile"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def test_a_preview_hashes_the_list_and_installs_nothing(stage: Stage, workshop: Workshop) -> None:
    plain = stage.checked("Runtime", {**DEMO, "code": {**CODE, "requirements": None}})
    first = stage.checked("Runtime", DEMO)
    assert first["code"]["content_hash"] != plain["code"]["content_hash"]
    workshop.put("requirements.txt", "demo\nother\n")
    assert stage.checked("Runtime", DEMO)["code"] != first["code"]
    assert workshop.installs == []
    assert not workshop.cache.exists()


def test_a_list_outside_the_package_counts_too(stage: Stage, workshop: Workshop) -> None:
    workshop.put("requirements.txt", "-r ../shared.txt\n")
    (workshop.root / "shared.txt").write_text("demo\n")
    first = stage.checked("Runtime", DEMO)
    (workshop.root / "shared.txt").write_text("demo>=1\n")
    assert stage.checked("Runtime", DEMO) != first


def test_the_hash_is_the_same_on_a_machine_with_another_index(
    stage: Stage, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = stage.checked("Runtime", DEMO)
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mirror.example/simple")
    assert stage.checked("Runtime", DEMO) == first


def test_only_the_package_is_sent(stage: Stage) -> None:
    state = stage.create("Runtime", **DEMO)
    assert "python/demo.py" in sent(stage, "CreateAgentRuntime")
    body = stage.body("CreateAgentRuntime")["codeConfiguration"]
    assert set(body) == {"language", "command", "checksum", "zipFile"}
    assert state.outputs["code_checksum"] == crc64(base64.b64decode(body["zipFile"]))


def test_the_install_is_told(stage: Stage) -> None:
    stage.create("Runtime", **DEMO)
    told = [status for what, status in stage.progress if what == "Code ./code"]
    assert told[0].startswith("installing ")
    assert told[0].endswith("requirements.txt for Python 3.12 on x86_64-manylinux_2_31")
    assert told[-1].startswith("Installed 1 package in ")


def test_an_unchanged_list_costs_nothing(stage: Stage, workshop: Workshop) -> None:
    state = stage.create("Runtime", **DEMO)
    assert stage.changes("Runtime", state, **DEMO) == []
    stage.update("Runtime", state, **DEMO, memory=4096)
    assert "codeConfiguration" not in stage.body("UpdateAgentRuntime")
    assert workshop.installs == ["requirements.txt"]


def test_changed_code_is_packed_with_what_is_installed_already(
    stage: Stage, workshop: Workshop
) -> None:
    state = stage.create("Runtime", **DEMO)
    workshop.put("app.py", "print('new')\n")
    changes = stage.changes("Runtime", state, **DEMO)
    assert [change.path for change in changes] == [("code", "content_hash")]
    stage.update("Runtime", state, **DEMO)
    assert "python/demo.py" in sent(stage, "UpdateAgentRuntime")
    assert workshop.installs == ["requirements.txt"]


def test_a_changed_list_is_installed_and_sent(stage: Stage, workshop: Workshop) -> None:
    state = stage.create("Runtime", **DEMO)
    make_wheel(workshop.wheels, "more")
    workshop.put("requirements.txt", "demo\nmore\n")
    stage.update("Runtime", state, **DEMO)
    assert "python/more.py" in sent(stage, "UpdateAgentRuntime")
    assert len(workshop.installs) == 2


def test_a_refresh_finds_no_drift_and_installs_nothing(stage: Stage, workshop: Workshop) -> None:
    state = stage.create("Runtime", **DEMO)
    now = stage.read("Runtime", state)
    assert now is not None
    assert now.inputs == state.inputs
    assert workshop.installs == ["requirements.txt"]


def test_code_that_others_deployed_is_drift_and_is_restored(
    stage: Stage, workshop: Workshop
) -> None:
    state = stage.create("Runtime", **DEMO)
    live = stage.cloud.runtimes()["demo"]["codeConfiguration"]
    stage.cloud.mutate({"runtime": "demo"}, set={"codeConfiguration": {**live, "checksum": "42"}})
    now = stage.read("Runtime", state)
    assert now is not None
    assert [c.path for c in stage.changes("Runtime", now, **DEMO)] == [("code", "content_hash")]
    again = stage.update("Runtime", now, **DEMO)
    assert again.outputs["code_checksum"] == state.outputs["code_checksum"]
    assert workshop.installs == ["requirements.txt"]


def test_a_failed_install_sends_nothing(stage: Stage, workshop: Workshop) -> None:
    workshop.put("requirements.txt", "nowhere\n")
    with pytest.raises(PackagingError, match="no package nowhere was found"):
        stage.create("Runtime", **DEMO)
    assert stage.operations() == []


def test_a_preview_of_an_adoption_installs_nothing_and_says_that_the_code_is_yet_to_be_built(
    stage: Stage, workshop: Workshop
) -> None:
    state = stage.create("Runtime", **{**DEMO, "code": {**CODE, "requirements": None}})
    wanted = stage.checked("Runtime", {**DEMO, "adopt": True})
    told = foresee(load("Runtime"), stage.session, wanted)
    assert told is not None
    assert told.startswith(f"adopts {state.id}, changes codeConfiguration")
    assert workshop.installs == []


def test_an_adoption_of_the_same_package_changes_nothing(stage: Stage) -> None:
    state = stage.create("Runtime", **DEMO)
    wanted = stage.checked("Runtime", {**DEMO, "adopt": True})
    told = foresee(load("Runtime"), stage.session, wanted)
    assert told == f"adopts {state.id}, nothing changes"


def test_wrong_declarations_are_refused_at_preview(stage: Stage, workshop: Workshop) -> None:
    assert problems(stage) == []
    missing = problems(stage, requirements="none.txt")
    assert missing[0].startswith("code.requirements: ")
    assert "none.txt does not exist" in missing[0]
    other = problems(stage, language="nodejs20", command=["node", "x"])
    assert other[0].startswith("code.requirements: is for python3.10 and python3.12")
    assert problems(stage, src="./code/app.py")[0].startswith("code.src: ")
    bucket = {"oss_bucket_name": "bucket", "oss_object_name": "key"}
    assert any("requirements only with a folder" in p for p in problems(stage, src=None, **bucket))
    workshop.put("python/mine.py", "")
    assert problems(stage)[0].startswith("code.requirements: ")


def test_what_is_not_known_yet_makes_the_hash_unknown(stage: Stage) -> None:
    for field in ("requirements", "build", "language"):
        inputs = stage.checked("Runtime", {**DEMO, "code": {**CODE, field: UNKNOWN}})
        assert inputs["code"]["content_hash"] is UNKNOWN


@posix_only
def test_a_build_command_runs_when_its_files_changed_and_only_then(
    stage: Stage, workshop: Workshop
) -> None:
    code = {"src": "./code", "language": "nodejs20", "build": "cp app.py made.js"}
    node = {**DEMO, "code": code}
    workshop.put(".gitignore", "made.js\n")
    state = stage.create("Runtime", **node)
    assert "made.js" in sent(stage, "CreateAgentRuntime")
    assert "build" not in stage.body("CreateAgentRuntime")["codeConfiguration"]
    assert stage.changes("Runtime", state, **node) == []

    (workshop.code / "made.js").unlink()
    stage.update("Runtime", state, **node, memory=4096)
    assert not (workshop.code / "made.js").exists()
    workshop.put("app.py", "other")
    stage.update("Runtime", state, **node)
    assert (workshop.code / "made.js").read_text() == "other"


@posix_only
def test_a_build_command_is_one_text_or_a_list(stage: Stage) -> None:
    one = stage.checked("Runtime", {**DEMO, "code": {**CODE, "build": "make all"}})
    assert one["code"]["build"] == ["make all"]
    many = stage.checked("Runtime", {**DEMO, "code": {**CODE, "build": ["make", "all"]}})
    assert many["code"]["content_hash"] != one["code"]["content_hash"]
