"""Whole runs: a real program in its process, and the real server of dynamic providers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pulumi_local.backend import FileBackend
from pulumi_local.deployment import Deployment
from pulumi_local.events import Diagnostic, ResourceDone
from pulumi_local.project import Project
from pulumi_local.stack_config import ConfigValue, StackConfig
from pulumi_local.state import Snapshot, urn_name
from pulumi_local.values import Secret
from pulumi_local.vault import Vault

PROVIDER = """
import os
import pathlib

from pulumi.dynamic import (
    CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, Resource, ResourceProvider,
    UpdateResult,
)

WORLD = pathlib.Path(os.environ["WORLD"])


class Provider(ResourceProvider):
    serialize_as_secret_always = False

    def configure(self, request):
        self.color = request.config.get("color")

    def check(self, olds, news):
        size = news.get("size")
        bad = isinstance(size, (int, float)) and size < 0
        return CheckResult(news, [CheckFailure("size", "must not be negative")] if bad else [])

    def diff(self, id, olds, news):
        renamed = olds.get("name") != news.get("name")
        changed = renamed or any(olds.get(k) != news.get(k) for k in ("size", "key"))
        return DiffResult(changes=changed, replaces=["name"] if renamed else [])

    def create(self, props):
        if props.get("size") == 13:
            raise RuntimeError("bad luck\\nwith two lines")
        print("creating", props["name"])
        path = WORLD / props["name"]
        if props.get("wait"):
            path.with_suffix(".begun").touch()
            os.read(os.open(WORLD / "gate", os.O_RDONLY), 1)
        path.write_text(str(props.get("size")))
        return CreateResult(props["name"], self.outputs(props))

    def update(self, id, olds, news):
        (WORLD / id).write_text(str(news.get("size")))
        return UpdateResult(self.outputs(news))

    def delete(self, id, props):
        (WORLD / id).unlink()

    def read(self, id, props):
        path = WORLD / id
        if not path.exists():
            return ReadResult(None, {})
        inputs = {k: v for k, v in props.items() if k not in ("arn", "color")}
        inputs["size"] = float(path.read_text())
        return ReadResult(id, {**props, **inputs}, inputs)

    def outputs(self, props):
        return {**props, "arn": "arn:" + props["name"], "color": self.color}


class Thing(Resource, module="demo", name="Thing"):
    def __init__(self, name, opts=None, **props):
        props = {"name": name, "arn": None, "color": None, **props}
        super().__init__(Provider(), name, props, opts)
"""

PROGRAM = """
import pulumi
from things import Thing

config = pulumi.Config()


class Pair(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("demo:index:Pair", name)
        mine = pulumi.ResourceOptions(parent=self)
        first = Thing(name + "-first", size=1, key=config.require_secret("key"), opts=mine)
        self.second = Thing(name + "-second", size=2, source=first.arn, opts=mine)
        self.register_outputs({"arn": self.second.arn})


pair = Pair("pair")
pulumi.export("arn", pair.second.arn)
pulumi.export("color", pair.second.color)
pulumi.export("key", config.require_secret("key").apply(lambda key: key + "!"))
pulumi.export("dir", pulumi.get_stack() + "/" + pulumi.get_project())
"""


class ProgramStack:
    """A project folder with a program, and a deployment of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = folder / "world"
        self.world.mkdir()
        (folder / "things.py").write_text(PROVIDER)
        self.events = []
        self.config = {
            "demo:color": ConfigValue("red"),
            "demo:key": ConfigValue("hunter2", secret=True),
        }
        self.vault = Vault({"PULUMI_CONFIG_PASSPHRASE": "test"})

    @property
    def backend(self) -> FileBackend:
        return FileBackend(self.folder / "state", self.vault)

    def program(self, text: str) -> None:
        (self.folder / "__main__.py").write_text(text)

    def open(self) -> Deployment:
        environ = {**os.environ, "WORLD": str(self.world)}
        return Deployment(
            Project(root=self.folder, name="demo"),
            "dev",
            self.backend,
            StackConfig(self.config),
            on_event=self.events.append,
            environ=environ,
        )

    def snapshot(self) -> Snapshot:
        return self.backend.load("demo", "dev") or Snapshot()

    def messages(self, severity: str) -> list[str]:
        said = (e for e in self.events if isinstance(e, Diagnostic))
        return [d.message for d in said if d.severity == severity]

    def steps(self) -> list[tuple[str, str]]:
        done = (e.step for e in self.events if isinstance(e, ResourceDone))
        return [(s.op, urn_name(s.urn)) for s in done]


@pytest.fixture
def stack(tmp_path):
    return ProgramStack(tmp_path)


def test_the_whole_life_of_a_program_with_dynamic_resources(stack):
    stack.program(PROGRAM)
    with stack.open() as deployment:
        preview = deployment.preview()
        assert preview.changes == {"create": 4}, stack.messages("error")
        assert list(stack.world.iterdir()) == []

        created = deployment.up()
        assert created.changes == {"create": 4}
        assert created.outputs == {
            "arn": "arn:pair-second",
            "color": "red",
            "key": Secret("hunter2!"),
            "dir": "dev/demo",
        }
        assert "creating pair-first" in stack.messages("info")
        first = next(r for r in stack.snapshot().resources if r.name == "pair-first")
        assert first.inputs["key"] == first.outputs["key"] == Secret("hunter2")
        assert first.source_position.startswith("project:///things.py#")

        assert deployment.preview().unchanged

        stack.program(PROGRAM.replace("size=2", "size=3"))
        assert deployment.up().changes == {"update": 1, "same": 3}
        assert (stack.world / "pair-second").read_text() == "3.0"

        (stack.world / "pair-second").write_text("7")
        assert deployment.refresh().changes == {"update": 1, "same": 1}
        (stack.world / "pair-first").unlink()
        assert deployment.up(refresh=True).changes == {"create": 1, "update": 1, "same": 2}

        assert deployment.destroy().changes == {"delete": 4}
        assert list(stack.world.iterdir()) == []
        assert stack.snapshot().resources == []


def test_failures_are_told_in_one_place_and_without_traces(stack):
    stack.program(
        "from things import Thing\na = Thing('a', size=-1)\nb = Thing('b', size=-2, source=a.arn)\n"
    )
    with stack.open() as deployment:
        assert deployment.preview().failed
        assert stack.messages("error") == ["size: must not be negative"] * 2

        stack.events.clear()
        stack.program(
            "from things import Thing\na = Thing('a', size=13)\nThing('b', size=a.size)\n"
        )
        result = deployment.up()
    assert result.failed
    assert stack.messages("error") == ["bad luck\nwith two lines"]
    assert any("Traceback" in text for text in stack.messages("debug"))
    assert stack.messages("info#err") == []
    assert [r.name for r in stack.snapshot().resources] == ["demo-dev", "default"]


def test_an_exception_of_the_program_is_shown_with_its_own_trace(stack):
    stack.program("from things import Thing\ndef build():\n    return 1 / 0\nbuild()\n")
    with stack.open() as deployment:
        result = deployment.preview()
    assert result.failed
    (message,) = stack.messages("error")
    assert "ZeroDivisionError: division by zero" in message
    assert "__main__.py" in message
    assert "runpy" not in message


def test_a_program_has_no_input_to_wait_for(stack):
    stack.program("import sys\nimport pulumi\npulumi.export('read', sys.stdin.read())\n")
    with stack.open() as deployment:
        assert deployment.preview().outputs == {"read": ""}


def test_what_the_engine_refuses_a_program_is_told_once(stack):
    stack.program(
        "import pulumi\n"
        "from things import Thing\n"
        "Thing('a', opts=pulumi.ResourceOptions(transforms=[lambda args: None]))\n"
    )
    with stack.open() as deployment:
        assert deployment.preview().failed
    assert stack.messages("error") == [
        "transforms: not supported by the embedded engine, use the Pulumi CLI"
    ]


def test_logged_errors_fail_a_run_only_if_the_program_fails(stack):
    stack.program("import pulumi\npulumi.log.error('careful')\npulumi.export('x', 1)\n")
    with stack.open() as deployment:
        result = deployment.up()
        assert not result.failed
        assert result.outputs == {"x": 1}

        stack.program("import pulumi\nraise pulumi.RunError('wrong settings')\n")
        assert deployment.up().failed
    assert stack.messages("error") == ["careful", "wrong settings"]


WATCHED = """
import os, sys
from pathlib import Path

from pulumi_local.backend import FileBackend
from pulumi_local.deployment import Deployment
from pulumi_local.interrupts import cancelling
from pulumi_local.project import Project
from pulumi_local.stack_config import StackConfig
from pulumi_local.vault import Vault

folder = Path(sys.argv[1])
backend = FileBackend(folder / "state", Vault({}))
project = Project(root=folder, name="demo")
with Deployment(project, "dev", backend, StackConfig({}), on_event=lambda event: None) as d:
    with cancelling(d, lambda text: print(text, flush=True)):
        result = d.up()
print(result.cancelled, flush=True)
"""

TWO = """
from things import Thing
a = Thing('a', size=1, wait=True)
Thing('b', size=2, source=a.arn)
"""


class Watched:
    """An engine in a process of its own, stopped in the middle of a create."""

    def __init__(self, stack: ProgramStack) -> None:
        stack.program(TWO)
        os.mkfifo(stack.world / "gate")
        self.stack = stack
        self.process = subprocess.Popen(
            [sys.executable, "-c", WATCHED, str(stack.folder)],
            env={**os.environ, "WORLD": str(stack.world)},
            stdout=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: (stack.world / "a.begun").exists())

    def let_go(self) -> None:
        """Let the create that is under way end."""
        (self.stack.world / "gate").write_text("x")

    def children(self) -> list[str]:
        """The engine's plugins and programs that are still there, as process ids."""
        marker = str(self.stack.world)
        return [
            path.parent.name
            for path in Path("/proc").glob("[0-9]*/environ")
            if marker in _text(path) and int(path.parent.name) not in (os.getpid(),)
        ]


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def wait_until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)  # polling for what another process does


def names(stack):
    return [r.name for r in stack.snapshot().resources]


def test_ctrl_c_finishes_the_step_under_way_and_leaves_no_process(stack):
    watched = Watched(stack)
    with watched.process as engine:
        engine.send_signal(2)
        assert "cancelling" in engine.stdout.readline()
        watched.let_go()
        assert engine.stdout.readline() == "True\n"
    assert names(stack) == ["demo-dev", "default", "a"]
    assert stack.snapshot().pending_operations == []
    wait_until(lambda: watched.children() == [])


def test_a_second_ctrl_c_ends_at_once_and_records_what_is_not_known(stack):
    watched = Watched(stack)
    with watched.process as engine:
        engine.send_signal(2)
        engine.stdout.readline()
        engine.send_signal(2)
        engine.stdout.readline()
        assert engine.stdout.readline() == "True\n"
    assert names(stack) == ["demo-dev", "default"]
    assert [(p.type, p.resource.name) for p in stack.snapshot().pending_operations] == [
        ("creating", "a")
    ]
    wait_until(lambda: watched.children() == [])


def test_an_engine_that_is_killed_leaves_a_state_to_go_on_from_and_no_process(stack):
    watched = Watched(stack)
    with watched.process as engine:
        engine.kill()
    wait_until(lambda: watched.children() == [])
    (stack.world / "gate").unlink()
    stack.program(TWO.replace(", wait=True", ""))
    stack.config = {}
    with stack.open() as deployment:
        result = deployment.up()
    assert not result.failed, stack.messages("error")
    assert any("a, interrupted while creating" in text for text in stack.messages("warning"))
    assert result.changes == {"create": 2, "same": 1}
    assert stack.snapshot().pending_operations == []
