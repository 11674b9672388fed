"""How programs start, are checked, are replaced, and end with what started them."""

from __future__ import annotations

import base64
import os
import re
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings, ManualClock, ThreadedServer
from agentrun_fake.dataplane import Instance, watchdog
from agentrun_fake.dataplane.folders import Folders
from agentrun_fake.persistence import DataFolder

from ..conftest import Api
from .conftest import (
    HEALTH,
    TELLS,
    Gate,
    MakeWorld,
    World,
    code,
    eventually,
    is_gone,
    package,
    settled,
)

FAILS = "print('reading settings')\nraise SystemExit('no model is configured')"


@pytest.mark.parametrize(
    ("text", "command", "why"),
    [
        (
            FAILS,
            (),
            "the program ended with code 1; its last lines:\n"
            "reading settings\nno model is configured",
        ),
        ("raise SystemExit(4)", (), "the program ended with code 4 and is silent"),
        (TELLS, ("/code/nothing", "x"), "'/code/nothing x' can't be started: [Errno 2]"),
        (TELLS, ("/code/app.py",), "can't be started: [Errno 13]"),
    ],
)
def test_a_program_that_does_not_start_is_told_with_its_last_lines(
    world: World, text: str, command: tuple[str, ...], why: str
) -> None:
    status, code_, message = world.refusal(world.deploy(package(text), *command))
    assert (status, code_) == (502, "ERR_AGENT_FAILED")
    assert message.startswith("version LATEST of agent runtime demo: ")
    assert why in message
    assert world.instances() == []


def test_a_program_that_never_listens_is_given_up(make_world: MakeWorld) -> None:
    world = make_world(start_seconds=0.3)
    text = "import os, threading\nprint(os.getpid())\nthreading.Event().wait()"
    message = world.refusal(world.deploy(package(text)))[2]
    assert "does not listen on port 9000 after 0.3 s; its last lines:" in message
    pid = int(message.splitlines()[1].partition(";")[0])
    assert eventually(lambda: is_gone(pid))


def test_a_port_that_somebody_else_uses_is_named(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        text = TELLS.replace('os.environ["PORT"]', f"'{port}'")
        message = world.refusal(world.deploy(package(text), port=port))[2]
    assert "Address already in use" in message
    assert message.endswith(f"; port {port} is in use on this machine")


def test_without_a_command_the_bootstrap_of_the_package_runs(world: World, tmp_path: Path) -> None:
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("app.py", TELLS)
        bootstrap = zipfile.ZipInfo("bootstrap")
        bootstrap.external_attr = 0o755 << 16
        target.writestr(bootstrap, f"#!/bin/sh\nexec {sys.executable} app.py\n")
    fields = code(base64.b64encode(archive.read_bytes()).decode())
    del fields["codeConfiguration"]["command"]
    url = world.api.create_endpoint(world.api.create(**fields))["endpointPublicUrl"]
    assert world.tell(url)["pid"]


def test_without_a_command_and_a_bootstrap_nothing_starts(world: World) -> None:
    fields = code(package())
    del fields["codeConfiguration"]["command"]
    url = world.api.create_endpoint(world.api.create(**fields))["endpointPublicUrl"]
    message = world.refusal(url)[2]
    assert "command is empty and the package has no bootstrap" in message


def test_a_package_that_is_no_archive_can_not_start(world: World) -> None:
    world.cloud.unverified = world.cloud.unverified.changed(code_must_be_zip=False)
    assert "can't be unpacked" in world.refusal(world.deploy("bm90IGEgemlw"))[2]


def test_a_package_can_not_leave_its_folder(tmp_path: Path) -> None:
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("../../escaped.py", "")
        target.writestr("/absolute.py", "")
    folders = Folders()
    folder = folders.code("digest", archive.read_bytes())
    assert sorted(path.name for path in folder.rglob("*")) == ["absolute.py", "escaped.py"]
    assert folders.code("digest", b"not looked at again") == folder
    folders.remove()
    assert not folder.exists()
    folders.remove()


def test_an_update_restarts_the_draft_and_leaves_versions_alone(world: World) -> None:
    url = world.deploy(package(), environmentVariables={"COLOUR": "red"})
    world.api.publish(world.runtime_id)
    pinned = world.api.create_endpoint(world.runtime_id, "pinned", targetVersion="1")
    old, kept = world.tell(url), world.tell(pinned["endpointPublicUrl"])
    world.api.update(world.runtime_id, environmentVariables={"COLOUR": "green"})
    assert world.tell(url)["environment"]["COLOUR"] == "green"
    assert eventually(lambda: is_gone(old["pid"]))
    again = world.tell(pinned["endpointPublicUrl"])
    assert (again["pid"], again["environment"]["COLOUR"]) == (kept["pid"], "red")


def test_a_call_that_is_being_served_is_finished_before_an_update_ends_it(
    world: World, gate: Gate, background: ThreadPoolExecutor
) -> None:
    url = world.deploy(package())
    call = background.submit(world.client.get, f"{url}/gate?{gate.port}")
    gate.wait_for_a_call()
    world.api.update(world.runtime_id, environmentVariables={"COLOUR": "green"})
    assert world.tell(url)["environment"]["COLOUR"] == "green"
    gate.open()
    old = call.result().json()["pid"]
    assert eventually(lambda: is_gone(old))
    assert len(world.instances()) == 1


def test_deleting_a_runtime_ends_its_programs(world: World) -> None:
    pid = world.tell(world.deploy(package()))["pid"]
    world.cloud.mutate({"runtime": "demo", "endpoint": "prod"}, delete=True)
    world.api.delete(world.runtime_id)
    assert eventually(lambda: is_gone(pid))


CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal, threading;"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True);"
    "threading.Event().wait()"], stdout=subprocess.PIPE)
child.stdout.readline()
os.environ["CHILD"] = str(child.pid)
"""
FAMILY = TELLS.replace("import http.server", f"import os\n{CHILD}\nimport http.server", 1)


def end_by_reset(world: World) -> None:
    world.cloud.admin("POST", "reset")


def end_by_stop(world: World) -> None:
    world.server.stop()
    world.server.start()


@pytest.mark.parametrize("end", [end_by_reset, end_by_stop])
def test_programs_and_their_children_end_with_the_fake(
    world: World, end: Callable[[World], None]
) -> None:
    told = world.tell(world.deploy(package(FAMILY)))
    pids = [told["pid"], int(told["environment"]["CHILD"])]
    assert not any(is_gone(pid) for pid in pids)
    end(world)
    # The child ignores a polite request, so it is gone only if its group was killed.
    assert eventually(lambda: all(is_gone(pid) for pid in pids))
    assert not Path(told["folder"]).exists()
    assert not Path(told["environment"]["HOME"]).exists()


def test_a_stopped_fake_runs_programs_again(world: World) -> None:
    url = world.deploy(package())
    first = world.tell(url)["pid"]
    world.server.stop()
    world.server.start()
    assert world.tell(url)["pid"] != first


@pytest.fixture
def command() -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """Starts `fake` as a program and waits until it serves."""
    running: list[subprocess.Popen[str]] = []

    def start(*options: str) -> tuple[subprocess.Popen[str], str]:
        words = [sys.executable, "-m", "agentrun_fake", "--no-auth", *options]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        match = re.search(r"http://\S+", process.stdout.readline())
        assert match
        return process, match.group()

    yield start
    for process in running:
        process.kill()
        process.communicate()


def deployed(client: httpx.Client, url: str) -> httpx.Response:
    api = Api(client, url)
    endpoint = api.create_endpoint(api.create(**code(package(FAMILY))))
    return client.get(endpoint["endpointPublicUrl"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_programs_end_however_the_command_ends(command: Any, number: int) -> None:
    process, url = command()
    with httpx.Client(timeout=20) as client:
        told = deployed(client, url).json()
    os.kill(process.pid, number)
    process.wait(20)
    for pid in (told["pid"], int(told["environment"]["CHILD"])):
        assert eventually(lambda pid=pid: is_gone(pid))
    assert eventually(lambda: not Path(told["folder"]).exists())


def test_the_command_runs_nothing_if_told_so(command: Any) -> None:
    _, url = command("--no-run")
    with httpx.Client(timeout=20) as client:
        assert deployed(client, url).status_code == 501


def test_the_command_limits_the_instances(command: Any) -> None:
    _, url = command("--max-instances", "0")
    with httpx.Client(timeout=20) as client:
        assert deployed(client, url).status_code == 429


def test_the_watchdog_ends_what_it_still_watches(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE,
                         start_new_session=True)
        for _ in range(2)
    ]  # fmt: skip
    first, second = processes
    folder = tmp_path / "files"
    folder.mkdir()
    watchdog.watch([f"+{first.pid}\n", f"+{second.pid}\n", f"-{first.pid}\n"], str(folder))
    assert second.wait(20) == -signal.SIGKILL
    assert (first.poll(), folder.exists()) == (None, False)
    first.kill()
    for process in processes:
        process.communicate()
    watchdog.watch([f"+{first.pid}\n"], str(folder))


SICK = TELLS.replace('201 if path == "/made" else 200', "500")


def test_a_healthy_program_makes_its_runtime_ready_and_stays(world: World) -> None:
    world.runtime_id = world.api.create(**code(package()), healthCheckConfiguration=HEALTH)
    assert settled(world, world.runtime_id)["status"] == "READY"
    (instance,) = world.instances()
    url = world.api.create_endpoint(world.runtime_id)["endpointPublicUrl"]
    reply = world.client.get(url)
    assert reply.headers["x-fake-instance"] == instance["instanceId"]


def test_a_runtime_is_creating_while_its_health_is_not_known(world: World, gate: Gate) -> None:
    slow = {**HEALTH, "httpGetUrl": f"gate?{gate.port}", "timeoutSeconds": 20}
    runtime_id = world.api.create(**code(package()), healthCheckConfiguration=slow)
    gate.wait_for_a_call()
    assert world.api.get(runtime_id)["status"] == "CREATING"
    gate.open()
    assert settled(world, runtime_id)["status"] == "READY"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (FAILS, "the program ended with code 1; its last lines:\nreading settings\nno model"),
        (SICK, "the health check of /health failed: status 500; the program's last lines:\n"),
        (TELLS.replace('if path == "/gate"', 'if path == "/health":\n            os._exit(3)\n'
                       '        elif path == "/gate"'),
         "the health check of /health failed: Remote end closed connection"),
    ],
)  # fmt: skip
def test_an_unhealthy_program_makes_its_runtime_fail_with_the_reason(
    world: World, text: str, reason: str
) -> None:
    runtime_id = world.api.create(**code(package(text)), healthCheckConfiguration=HEALTH)
    found = settled(world, runtime_id)
    assert found["status"] == "CREATE_FAILED"
    assert found["statusReason"].startswith(reason)


def test_an_update_to_a_program_that_fails_is_an_update_that_failed(world: World) -> None:
    runtime_id = world.api.create(**code(package()), healthCheckConfiguration=HEALTH)
    settled(world, runtime_id)
    fields = {"codeConfiguration": code(package(FAILS))["codeConfiguration"]}
    assert world.api.update(runtime_id, **fields)["status"] == "UPDATING"
    found = settled(world, runtime_id)
    assert found["status"] == "UPDATE_FAILED"
    assert "no model is configured" in found["statusReason"]


def test_a_check_is_repeated_as_declared(world: World) -> None:
    heals = TELLS.replace("def gate", "asked = []\n\ndef gate", 1).replace(
        "self.send_response(201",
        "asked.append(1)\n        self.send_response(500 if len(asked) in (1, 3) else 201",
        1,
    )
    # Fails while it may, passes, fails for good but once only, and passes twice.
    declared = {**HEALTH, "initialDelaySeconds": 1, "failureThreshold": 2, "successThreshold": 2}
    runtime_id = world.api.create(**code(package(heals)), healthCheckConfiguration=declared)
    assert settled(world, runtime_id)["status"] == "READY"


def test_a_scripted_failure_and_a_container_are_not_checked(world: World) -> None:
    world.cloud.faults.add(operation="CreateAgentRuntime", kind="create_failed", reason="because")
    fields = {"healthCheckConfiguration": HEALTH}
    failed = settled(world, world.api.create("failed", **code(package(FAILS)), **fields))
    assert failed["statusReason"] == "because"
    boxed = settled(world, world.api.create("boxed", **fields))
    assert boxed["status"] == "READY"


def test_no_instance_may_prove_anything_with_no_concurrency(make_world: MakeWorld) -> None:
    world = make_world(max_instances=0)
    runtime_id = world.api.create(**code(package()), healthCheckConfiguration=HEALTH)
    assert settled(world, runtime_id)["statusReason"] == "it may have no instance"


def test_a_check_that_was_under_way_does_not_outlive_its_cloud(tmp_path: Path) -> None:
    slow = {**HEALTH, "httpGetUrl": "/health"}
    clock = ManualClock()
    first = FakeCloud(FakeSettings(run=True, ready_ms=1000), clock=clock)
    DataFolder(tmp_path).attach(first)
    with ThreadedServer(first) as server, httpx.Client(timeout=20) as client:
        api = Api(client, server.url)
        runtime_id = api.create(**code(package()), healthCheckConfiguration=slow)
        second = FakeCloud(FakeSettings(ready_ms=0), clock=clock)
        DataFolder(tmp_path).load(second)
    with second.client() as client:
        assert Api(client).get(runtime_id)["status"] == "READY"


def test_a_check_that_is_cut_short_fails_nothing(world: World, gate: Gate) -> None:
    slow = {**HEALTH, "httpGetUrl": f"gate?{gate.port}", "timeoutSeconds": 20}
    runtime_id = world.api.create(**code(package()), healthCheckConfiguration=slow)
    gate.wait_for_a_call()
    world.cloud.stop_programs()
    assert settled(world, runtime_id)["status"] == "READY"


def test_a_mistake_of_the_fake_itself_is_told_as_such(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError("a mistake")

    url = world.deploy(package())
    with monkeypatch.context() as patch:
        patch.setattr(Instance, "launch", broken)
        assert world.refusal(url)[0] == 500
        runtime_id = world.api.create("checked", **code(package()), healthCheckConfiguration=HEALTH)
        reason = settled(world, runtime_id)["statusReason"]
    assert reason == "the fake itself failed; its log tells more"
    assert world.tell(url)["pid"], "the next call starts anew"


def test_an_ended_health_check_of_a_deleted_runtime_changes_nothing(
    world: World, gate: Gate
) -> None:
    slow = {**HEALTH, "httpGetUrl": f"gate?{gate.port}", "timeoutSeconds": 20}
    runtime_id = world.api.create(**code(package()), healthCheckConfiguration=slow)
    gate.wait_for_a_call()
    world.api.delete(runtime_id)
    gate.open()
    path = f"/agents/runtimes/{runtime_id}"
    eventually(lambda: world.api.reply("GetAgentRuntime", "GET", path).status_code == 404)
    assert world.api.create()
