"""The command as a process, with a real program and the real provider process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .commands import backend, clean_environ, command, engine, local, state

PROVIDER = """\
import pulumi
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult
from pulumi.dynamic import Resource, ResourceProvider, UpdateResult


class ThingProvider(ResourceProvider):
    serialize_as_secret_always = False

    def check(self, olds, news):
        failures = []
        if news.get("size") == 13:
            failures.append(CheckFailure("size.count", "13 brings bad luck"))
        return CheckResult(news, failures)

    def diff(self, id, olds, news):
        changed = [key for key in news if key != "__provider" and olds.get(key) != news[key]]
        return DiffResult(changes=bool(changed), replaces=[k for k in changed if k == "name"])

    def create(self, props):
        if props.get("wait"):
            with open(props["wait"]) as gate:
                gate.read()
        return CreateResult("id-" + props["name"], {**props, "label": "made " + props["name"]})

    def update(self, id, olds, news):
        return UpdateResult({**news, "label": "made " + news["name"]})


class Thing(Resource, module="demo", name="Thing"):
    label: pulumi.Output[str]

    def __init__(self, name, props, opts=None):
        super().__init__(ThingProvider(), name, {"label": None, **props}, opts)
"""
PROGRAM = """\
import pulumi
from things import Thing

config = pulumi.Config()
props = {"name": "one", "size": config.get_int("size") or 1}
if config.get("wait"):
    props["wait"] = config.get("wait")
thing = Thing("thing", props)
password = config.get_secret("password") or pulumi.Output.secret("none")
Thing("keeper", {"name": "two", "password": password})
pulumi.export("label", thing.label)
pulumi.export("password", password)
"""


@pytest.fixture
def program(project: Path) -> Path:
    (project / "things.py").write_text(PROVIDER)
    (project / "__main__.py").write_text(PROGRAM)
    return project


@pytest.mark.e2e
def test_a_project_lives_from_its_first_update_to_its_end(program: Path) -> None:
    local(program, "config", "set", "--secret", "password", "s3cr3t")

    first = engine(program, "up")
    assert (first.returncode, first.stderr) == (0, "")
    assert "Previewing update (dev):" in first.stdout
    assert " +   demo:Thing thing created (" in first.stdout
    assert 'label   : "made one"' in first.stdout
    assert "+  3 created" in first.stdout
    assert "s3cr3t" not in first.stdout

    second = engine(program, "up", "--expect-no-changes")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "3 unchanged" in second.stdout
    assert "nothing to do" in second.stdout
    assert "Updating" not in second.stdout

    local(program, "config", "set", "size", "2")
    preview = engine(program, "preview", "--json", "--expect-no-changes")
    assert preview.returncode == 7
    (change,) = [s for s in json.loads(preview.stdout)["steps"] if s["op"] != "same"]
    assert (change["op"], list(change["detailedDiff"])) == ("update", ["size"])

    update = engine(program, "up", "--json")
    assert update.returncode == 0
    document = json.loads(update.stdout)
    assert document["result"] == "succeeded"
    assert document["changeSummary"] == {"same": 2, "update": 1}
    assert document["outputs"] == {"label": "made one", "password": "[secret]"}

    end = engine(program, "destroy", "--yes")
    assert end.returncode == 0, end.stdout + end.stderr
    assert "-  3 deleted" in end.stdout
    assert state(program).resources == []
    kinds = [run["kind"] for run in backend(program).history("demo", "dev")]
    assert kinds == ["destroy", "update", "update"]
    remembered = backend(program).history("demo", "dev")[1]["config"]
    assert remembered["demo:size"] == "2"
    assert list(remembered["demo:password"]) == ["secure"]


@pytest.mark.e2e
def test_bad_input_is_refused_before_anything_is_touched(program: Path) -> None:
    local(program, "config", "set", "size", "13")
    result = engine(program, "up")
    assert result.returncode == 1
    assert "demo:Thing (thing):\n    error: size.count: 13 brings bad luck\n" in result.stdout
    assert result.stdout.endswith("The plan has errors, so nothing was changed.\n")
    assert "Traceback" not in result.stdout
    assert backend(program).load("demo", "dev") is None


@contextmanager
def started_update(program: Path, gate: Path) -> Iterator[subprocess.Popen[str]]:
    """Start an update and come back while a create hangs until ``gate`` is opened."""
    os.mkfifo(gate)
    local(program, "config", "set", "wait", str(gate))
    process = subprocess.Popen(
        command(program, "up", "--skip-preview"),
        env=clean_environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            if "demo:Thing thing creating..." in line:
                break
        else:
            pytest.fail(f"the create never started: {process.communicate()[1]}")
        yield process
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


def wait_for_line(process: subprocess.Popen[str], part: str) -> None:
    assert process.stderr is not None
    assert any(part in line for line in process.stderr)


@pytest.mark.e2e
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_one_interrupt_lets_what_is_under_way_finish(program: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with started_update(program, gate) as process:
        process.send_signal(signal.SIGINT)
        wait_for_line(process, "cancelling")
        gate.write_text("")
        assert process.wait(timeout=30) == 8
    names = {resource.name for resource in state(program).resources}
    assert "thing" in names
    assert state(program).pending_operations == []


@pytest.mark.e2e
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_second_interrupt_ends_at_once_and_the_state_tells(program: Path, tmp_path: Path) -> None:
    with started_update(program, tmp_path / "gate") as process:
        process.send_signal(signal.SIGINT)
        wait_for_line(process, "cancelling")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 8
    snapshot = state(program)
    assert "thing" not in {resource.name for resource in snapshot.resources}
    assert not list((program / ".pulumi-state/.pulumi/locks").rglob("*.json")), "unlocked"
    local(program, "config", "rm", "wait")
    again = engine(program, "up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "thing" in {resource.name for resource in state(program).resources}


def test_a_locked_stack_is_refused_with_the_holder_s_name(program: Path) -> None:
    with backend(program).lock("demo", "dev"):
        result = engine(program, "up")
    assert result.returncode == 1
    assert f"pid {os.getpid()}" in result.stderr
