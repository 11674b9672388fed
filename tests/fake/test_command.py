"""The command: one line when ready, a clean end, and state that survives."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings
from agentrun_fake.cli import fake_command
from agentrun_fake.persistence import DataFolder, claim
from click.testing import CliRunner

from .conftest import Acs3, Api, zip_bytes

Start = Callable[..., tuple["subprocess.Popen[str]", str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the command and return it with its address, once it is ready."""
    running: list[subprocess.Popen[str]] = []

    def run(*options: str) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "agentrun_fake", *options]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        match = re.fullmatch(r"Fake AgentRun is ready on (http://\S+)\n", line)
        assert match, line
        return process, match[1]

    yield run
    for process in running:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_and_ends_cleanly(start: Start, number: signal.Signals) -> None:
    process, url = start()
    with httpx.Client(timeout=5) as client:
        assert client.get(f"{url}/_fake/health").json()["status"] == "ok"
        process.send_signal(number)
        rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_its_options_reach_the_service(start: Start) -> None:
    options = ["--account-id", "42", "--access-key-id", "ak", "--access-key-secret", "sk"]
    options += ["--region", "cn-beijing", "--ready-ms", "3600000", "--seed", "1"]
    options += ["--assume", "latest_name=DRAFT", "--log-level", "error"]
    _, url = start(*options)
    with httpx.Client(timeout=5) as client:
        api = Api(client, url, Acs3("ak", "sk"))
        made = api.get(api.create())
    assert made["agentRuntimeArn"].startswith("acs:agentrun:cn-beijing:42:runtimes/")
    assert (made["status"], made["agentRuntimeVersion"]) == ("CREATING", "DRAFT")


def test_state_survives_a_restart(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    process, url = start("--data", str(folder), "--no-auth")
    with httpx.Client(timeout=5) as client:
        runtime_id = Api(client, url).create("demo")
        process.terminate()
        process.communicate(timeout=10)
        _, url = start("--data", str(folder), "--no-auth")
        assert Api(client, url).get(runtime_id)["agentRuntimeName"] == "demo"


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(fake_command, ["--port", port])
    assert result.exit_code == 1
    assert result.output == f"Error: can't listen on 127.0.0.1:{port}: Address already in use\n"


def test_an_unknown_assumption_is_a_usage_error() -> None:
    result = CliRunner().invoke(fake_command, ["--assume", "nothing=1"])
    assert result.exit_code == 2
    assert "there is no assumption 'nothing'" in result.output


def test_repeatable_ids_and_kept_state_exclude_each_other(tmp_path: Path) -> None:
    result = CliRunner().invoke(fake_command, ["--seed", "1", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert "exclude each other" in result.output


def test_a_folder_of_another_version_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"format": 99}')
    result = CliRunner().invoke(fake_command, ["--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "was written by another version of the fake" in result.output


def loaded(folder: Path) -> FakeCloud:
    cloud = FakeCloud(FakeSettings(ready_ms=3_600_000))
    DataFolder(folder).attach(cloud)
    return cloud


def test_all_of_a_cloud_comes_back_from_its_folder(tmp_path: Path) -> None:
    first = loaded(tmp_path)
    first.put_object("mine", "k.zip", zip_bytes(app="print(1)"))
    first.faults.add(operation="UpdateAgentRuntime", kind="create_failed", reason="because")
    with first.client() as client:
        api = Api(client)
        runtime_id = api.create(armsConfiguration={"armsLicenseKey": "k"})
        first.finish()
        api.publish(runtime_id)
        api.update(runtime_id, memory=4096)
    second = loaded(tmp_path)
    assert second.store.snapshot() == first.store.snapshot()
    assert second.get_object("mine", "k.zip") == first.get_object("mine", "k.zip")
    second.finish()
    assert second.runtimes()["demo"]["status"] == "UPDATE_FAILED"


def test_packages_that_nothing_refers_to_are_removed(tmp_path: Path) -> None:
    cloud = loaded(tmp_path)
    cloud.put_object("mine", "a", b"1")
    cloud.changed()
    cloud.put_object("mine", "a", b"2")
    cloud.changed()
    assert [item.read_bytes() for item in (tmp_path / "blobs").iterdir()] == [b"2"]
    cloud.reset()
    cloud.changed()
    assert list((tmp_path / "blobs").iterdir()) == []
    assert {item.name for item in tmp_path.iterdir()} == {"blobs", "state.json"}


def test_a_folder_is_kept_for_one_fake_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    held = claim(folder)
    assert held is not None
    result = CliRunner().invoke(fake_command, ["--data", str(folder)])
    assert result.exit_code == 1
    assert f"can't use {folder}: another fake keeps its state there" in result.output
    os.close(held)
    again = claim(folder)
    assert again is not None
    os.close(again)


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 1}', '{"format": 1, "records": [1]}'])
def test_a_folder_that_was_damaged_is_a_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(ValueError, match=r"state\.json: "):
        DataFolder(tmp_path).attach(FakeCloud())
