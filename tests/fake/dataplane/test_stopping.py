"""Programs that are stopped while something is about to start one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from agentrun_fake.dataplane import Instance, programs
from agentrun_fake.errors import ServiceError
from agentrun_fake.http import Request

from .conftest import HEALTH, SECONDS, World, code, eventually, package, settled


def test_a_check_that_outlives_the_programs_starts_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The programs are stopped after a check was planned, and before its thread asks for one."""
    planned, stopped = threading.Event(), threading.Event()
    prove = programs.prove

    def late(*arguments: Any) -> None:
        planned.set()
        assert stopped.wait(SECONDS)
        prove(*arguments)

    monkeypatch.setattr(programs, "prove", late)
    runtime_id = world.api.create(**code(package()), healthCheckConfiguration=HEALTH)
    assert planned.wait(SECONDS)
    world.cloud.stop_programs()
    stopped.set()
    assert settled(world, runtime_id)["status"] == "READY"
    assert world.cloud.programs.instances(runtime_id, ended=True) == []


def test_stopping_waits_for_a_program_that_is_being_started(
    world: World, monkeypatch: pytest.MonkeyPatch, background: ThreadPoolExecutor
) -> None:
    launching, seen = threading.Event(), []
    launch = Instance.launch

    def slow(self: Instance, *arguments: Any) -> None:
        launching.set()
        # Until it is ended, which it then finds out with its program running.
        eventually(lambda: self.destroyed_at is not None)
        launch(self, *arguments)
        seen.append(self.program)

    url = world.deploy(package())
    monkeypatch.setattr(Instance, "launch", slow)
    call = background.submit(world.refusal, url)
    assert launching.wait(SECONDS)
    world.cloud.stop_programs()
    assert [program.exit_code is not None for program in seen] == [True]
    assert "the instance was ended while it was being started" in call.result()[2]


def test_a_call_that_was_planned_before_a_stop_starts_nothing_after_it(world: World) -> None:
    world.deploy(package())
    cloud = world.cloud
    runtime, endpoint = cloud.records("runtime")[0], cloud.records("endpoint")[0]
    call = cloud.programs.plan(cloud.home, runtime, endpoint, Request("GET", "/"), "id")
    cloud.stop_programs()
    with pytest.raises(ServiceError, match="all programs were stopped meanwhile"):
        call("/")
    assert world.instances() == []
