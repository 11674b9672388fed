"""A log target converges whatever call fails, and tells what lasts."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_provider.errors import AgentRunError, Forbidden, WaitTimedOut
from agentrun_provider.kind import State

from .conftest import Stage
from .faults import FAULTS
from .log_targets import AUTO, SLS_OPERATIONS, configure, inputs, sls, target


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("GetProject", "ProjectNotExist"),
        ("GetLogStore", "LogStoreNotExist"),
        ("GetIndex", "IndexConfigNotExist"),
        ("CreateLogStore", "ProjectNotExist"),
        ("CreateIndex", "LogStoreNotExist"),
    ],
)
def test_what_is_slow_to_appear_is_read_back_until_it_does(
    stage: Stage, runtime: State, operation: str, code: str
) -> None:
    stage.cloud.faults.add(operation=operation, status=404, code=code, times=4)
    start = stage.clock.now()
    state = configure(stage, runtime, auto=True)
    assert stage.clock.now() - start > 2
    assert stage.cloud.faults.report()[0]["fired"] == 4
    assert target(stage) == AUTO
    assert state.outputs["created"] == ["project", "logstore", "index"]


def test_what_never_appears_is_told_after_the_time_allowed(stage: Stage, runtime: State) -> None:
    stage.cloud.faults.add(operation="GetLogStore", status=404, code="LogStoreNotExist", times=None)
    with pytest.raises(WaitTimedOut) as late:
        configure(stage, runtime, auto=True, timeouts={"create": "60s"})
    assert "log store of RuntimeLogConfig" in late.value.one_line()
    assert not target(stage)
    stage.cloud.faults.clear()
    state = configure(stage, runtime, auto=True)
    assert state.outputs["created"] == ["project", "logstore", "index"]


def test_missing_rights_on_the_log_service_are_told(stage: Stage, runtime: State) -> None:
    stage.cloud.faults.add(
        operation="CreateProject", status=403, code="Unauthorized", message="no", times=None
    )
    with pytest.raises(Forbidden) as refused:
        configure(stage, runtime, auto=True)
    assert "log:CreateProject" in refused.value.one_line()
    assert not target(stage)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("operation", ["GetAgentRuntime", "UpdateAgentRuntime", *SLS_OPERATIONS])
def test_a_create_converges_whatever_fails(
    stage: Stage, runtime: State, operation: str, fault: dict[str, Any], when: str
) -> None:
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    wanted = inputs(runtime, auto=True, delete_on_destroy=True)
    state = stage.converge(lambda: stage.create("RuntimeLogConfig", **wanted))
    assert stage.cloud.faults.report()[0]["fired"] == 1
    assert target(stage) == AUTO
    assert state.outputs["created"] == ["project", "logstore", "index"]
    assert stage.read("RuntimeLogConfig", state) == state
    assert stage.changes("RuntimeLogConfig", state, **wanted) == []
    stage.delete("RuntimeLogConfig", state)
    assert sls(stage) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("operation", ["GetAgentRuntime", "UpdateAgentRuntime", *SLS_OPERATIONS])
def test_an_update_converges_whatever_fails(
    stage: Stage, runtime: State, operation: str, fault: dict[str, Any], when: str
) -> None:
    state = configure(stage, runtime)
    wanted = inputs(runtime, auto=True, delete_on_destroy=True)
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    state = stage.converge(lambda: stage.update("RuntimeLogConfig", state, **wanted))
    assert stage.cloud.faults.report()[0]["fired"] == 1
    assert target(stage) == AUTO
    stage.delete("RuntimeLogConfig", state)
    assert sls(stage) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize(
    "operation",
    [
        "GetAgentRuntime",
        "UpdateAgentRuntime",
        "ListAgentRuntimes",
        "GetProject",
        "ListLogStores",
        "DeleteProject",
    ],
)
def test_a_delete_converges_whatever_fails(
    stage: Stage, runtime: State, operation: str, fault: dict[str, Any], when: str
) -> None:
    state = configure(stage, runtime, auto=True, delete_on_destroy=True)
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    stage.converge(lambda: stage.delete("RuntimeLogConfig", state))
    assert stage.cloud.faults.report()[0]["fired"] == 1
    assert not target(stage)
    assert sls(stage) == []


@pytest.mark.parametrize("operation", SLS_OPERATIONS)
def test_a_lasting_fault_fails_in_one_line_with_its_operation(
    stage: Stage, runtime: State, operation: str
) -> None:
    stage.cloud.faults.add(operation=operation, status=500, code="InternalServerError", times=None)
    with pytest.raises(AgentRunError) as failed:
        configure(stage, runtime, auto=True)
    line = failed.value.one_line()
    assert "\n" not in line
    for part in (operation, "InternalServerError", "request id"):
        assert part in line
