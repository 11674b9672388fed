"""The engine and its provider are killed in the middle of an `up`; the next one finishes it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from .conftest import Project

pytestmark = pytest.mark.e2e

PROGRAM = """
import pulumi_agentrun as agentrun

runtime = agentrun.Runtime(
    "agent", name="agent", code={"src": "./code", "language": "python3.12", "command": ["x"]}
)
release = agentrun.RuntimeVersion(
    "release", runtime_id=runtime.id, fingerprint=runtime.fingerprint
)
agentrun.RuntimeEndpoint(
    "production", runtime_id=runtime.id, name="production", target_version=release.version
)
"""


@pytest.fixture
def shop(project: Project) -> Project:
    (project.folder / "__main__.py").write_text(PROGRAM)
    return project


def kill_at(project: Project, moment: str | int) -> None:
    """Start an `up` and kill it, with all its processes, at a call or after so many calls."""
    seen = threading.Event()
    note = project.cloud.calls.add
    operations: list[str] = []

    def watch(call: object) -> None:
        note(call)  # type: ignore[arg-type]
        operations.append(getattr(call, "operation", ""))
        if moment in (operations[-1], len(operations)):
            seen.set()

    project.cloud.calls.add = watch  # type: ignore[method-assign, assignment]
    command = [sys.executable, "-m", "agentrun_provider", "local", "up", "--yes", "--stack", "dev"]
    process = subprocess.Popen(
        [*command, "--cwd", str(project.folder)],
        env=project.environment_of_runs(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert seen.wait(60), f"{moment} was never reached"
    for pid in [process.pid, *descendants(process.pid)]:
        with_id(pid)
    process.wait(30)
    project.cloud.calls.add = note  # type: ignore[method-assign]


def with_id(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def descendants(pid: int) -> list[int]:
    """Processes started by a process, and by those."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, todo = [], [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
@pytest.mark.parametrize(
    "operation",
    [
        "CreateAgentRuntime",
        "GetAgentRuntime",
        "PublishRuntimeVersion",
        "CreateAgentRuntimeEndpoint",
        "GetAgentRuntimeEndpoint",
    ],
)
def test_a_killed_up_is_finished_by_the_next_one(shop: Project, operation: str) -> None:
    kill_at(shop, operation)
    assert_finished(shop)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_up_killed_at_random_moments_is_finished_in_the_end(shop: Project, seed: int) -> None:
    moments = random.Random(seed)  # noqa: S311 - repeatable on purpose
    for _ in range(2):
        # The later the kill, the fewer calls are left for the next run.
        kill_at(shop, moments.randint(1, 2))
    assert_finished(shop)


def assert_finished(shop: Project) -> None:
    shop.run("up")
    assert list(shop.cloud.runtimes()) == ["agent"]
    assert list(shop.cloud.endpoints("agent")) == ["production"]
    assert shop.cloud.endpoints("agent")["production"]["targetVersion"] == "1"
    assert len(shop.cloud.records("version")) == 1
    shop.writes()
    assert set(shop.json("up").changes) == {"same"}
    assert shop.writes() == []
