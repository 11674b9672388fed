"""A runtime's reserved concurrency against the fake service."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_provider.checking import validate
from agentrun_provider.errors import (
    AgentRunError,
    ConfigError,
    InvalidRequest,
    NotFound,
    ServerFault,
    Throttled,
)
from agentrun_provider.kind import State
from agentrun_provider.kinds import load

from .conftest import ACCOUNT, CODE, Stage
from .faults import FAULTS


@pytest.fixture
def runtime(stage: Stage) -> State:
    state = stage.create("Runtime", name="demo", code=CODE)
    stage.operations()
    return state


def inputs(runtime: State, reserved: int = 10, **more: Any) -> dict[str, Any]:
    return {"runtime_id": runtime.id, "reserved_concurrency": reserved, **more}


def reserve(stage: Stage, runtime: State, reserved: int = 10, **more: Any) -> State:
    return stage.create("RuntimeConcurrency", **inputs(runtime, reserved, **more))


def held(stage: Stage) -> list[int]:
    return [record.fields["reservedConcurrency"] for record in stage.cloud.records("concurrency")]


def set_elsewhere(stage: Stage, runtime: State, reserved: int) -> None:
    path = f"/functions/agentrun-{runtime.id}/concurrency"
    body = {"reservedConcurrency": reserved}
    stage.session.client.call_fcv3("PutConcurrencyConfig", "PUT", path, body=body)
    stage.operations()


def test_a_reservation_is_set_on_the_function_behind_the_runtime(
    stage: Stage, runtime: State
) -> None:
    state = reserve(stage, runtime)
    function = f"agentrun-{runtime.id}"
    assert state.id == runtime.id
    assert state.outputs == {
        "function_name": function,
        "function_arn": f"acs:fc:cn-hangzhou:{ACCOUNT}:functions/{function}",
    }
    assert stage.operations() == ["GetConcurrencyConfig", "PutConcurrencyConfig"]
    assert stage.body("PutConcurrencyConfig") == {"reservedConcurrency": 10}
    assert held(stage) == [10]


def test_zero_is_a_reservation_like_any_other(stage: Stage, runtime: State) -> None:
    state = reserve(stage, runtime, 0)
    assert held(stage) == [0]
    assert stage.read("RuntimeConcurrency", state) == state


def test_the_same_program_again_changes_nothing_and_calls_nothing(
    stage: Stage, runtime: State
) -> None:
    state = reserve(stage, runtime)
    stage.operations()
    assert stage.changes("RuntimeConcurrency", state, **inputs(runtime)) == []
    assert stage.operations() == []
    found = stage.read("RuntimeConcurrency", state)
    assert found == state


def test_another_number_is_one_call(stage: Stage, runtime: State) -> None:
    state = reserve(stage, runtime)
    stage.operations()
    state = stage.update("RuntimeConcurrency", state, **inputs(runtime, 20))
    assert stage.operations() == ["PutConcurrencyConfig"]
    assert held(stage) == [20]
    assert state.inputs["reserved_concurrency"] == 20


def test_what_only_steers_the_provider_needs_no_call(stage: Stage, runtime: State) -> None:
    state = reserve(stage, runtime)
    stage.operations()
    stage.update("RuntimeConcurrency", state, **inputs(runtime, adopt=True))
    assert stage.operations() == []


def test_another_runtime_replaces(stage: Stage, runtime: State) -> None:
    state = reserve(stage, runtime)
    other = State("other", {})
    (change,) = stage.changes("RuntimeConcurrency", state, **inputs(other))
    assert change.replaces == "the setting belongs to one runtime"
    assert not load("RuntimeConcurrency").keeps_name(state.inputs, inputs(State("other", {})))


def test_what_somebody_else_set_is_not_overwritten(stage: Stage, runtime: State) -> None:
    set_elsewhere(stage, runtime, 5)
    with pytest.raises(ConfigError) as refused:
        reserve(stage, runtime)
    line = refused.value.one_line()
    assert runtime.id in line
    assert "reserved concurrency of 5" in line
    assert "adopt=True" in line
    assert stage.operations() == ["GetConcurrencyConfig"]
    assert held(stage) == [5]


def test_the_same_number_is_taken_over_without_a_write(stage: Stage, runtime: State) -> None:
    set_elsewhere(stage, runtime, 10)
    state = reserve(stage, runtime)
    assert stage.operations() == ["GetConcurrencyConfig"]
    assert state.id == runtime.id


@pytest.mark.parametrize("where", ["resource", "stack"])
def test_an_adoption_tells_what_it_changes(stage: Stage, runtime: State, where: str) -> None:
    set_elsewhere(stage, runtime, 5)
    if where == "stack":
        stage.config = {"agentrun:adopt": "true"}
        stage.session = stage.fresh_session()
        reserve(stage, runtime)
    else:
        reserve(stage, runtime, adopt=True)
    assert held(stage) == [10]
    assert (f"RuntimeConcurrency of {runtime.id}", "adopts 5 => 10") in stage.progress


def test_drift_shows_and_is_undone(stage: Stage, runtime: State) -> None:
    state = reserve(stage, runtime)
    set_elsewhere(stage, runtime, 7)
    found = stage.read("RuntimeConcurrency", state)
    assert found is not None
    assert found.inputs["reserved_concurrency"] == 7
    stage.update("RuntimeConcurrency", found, **inputs(runtime))
    assert held(stage) == [10]


def test_a_reservation_can_be_read_by_its_id_alone(stage: Stage, runtime: State) -> None:
    reserve(stage, runtime)
    found = stage.read("RuntimeConcurrency", State(runtime.id, {}))
    assert found is not None
    assert found.inputs == {"runtime_id": runtime.id, "reserved_concurrency": 10}


def test_it_is_gone_if_it_was_removed_or_with_the_runtime(stage: Stage, runtime: State) -> None:
    state = reserve(stage, runtime)
    stage.cloud.mutate({"concurrency": f"agentrun-{runtime.id}"}, delete=True)
    assert stage.read("RuntimeConcurrency", state) is None
    stage.cloud.mutate({"runtime": "demo"}, delete=True)
    assert stage.read("RuntimeConcurrency", state) is None


@pytest.mark.parametrize(
    ("status", "code", "error"), [(500, "InternalError", ServerFault), (404, "Other", NotFound)]
)
def test_no_other_failure_means_gone(
    stage: Stage, runtime: State, status: int, code: str, error: type[AgentRunError]
) -> None:
    state = reserve(stage, runtime)
    stage.cloud.faults.add(operation="*ConcurrencyConfig", status=status, code=code, times=None)
    with pytest.raises(error):
        stage.read("RuntimeConcurrency", state)
    with pytest.raises(error):
        stage.delete("RuntimeConcurrency", state)


def test_a_delete_removes_it_and_gone_is_fine(stage: Stage, runtime: State) -> None:
    state = reserve(stage, runtime)
    stage.delete("RuntimeConcurrency", state)
    assert held(stage) == []
    stage.delete("RuntimeConcurrency", state)
    stage.cloud.mutate({"runtime": "demo"}, delete=True)
    stage.delete("RuntimeConcurrency", state)


def test_a_runtime_that_is_not_there_is_told(stage: Stage) -> None:
    with pytest.raises(NotFound) as refused:
        reserve(stage, State("nowhere", {}))
    assert "agentrun-nowhere" in refused.value.one_line()


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        ("InvalidArgument", "reservedConcurrency exceeds 270", "90 % of the region's quota"),
        ("QuotaLimit", "no", "90 % of the region's quota"),
        ("ProvisionConfigExist", "no", "lower their number first"),
        ("ResidentScalingConfigExists", "no", "resident instances"),
        ("ResourcePoolInsufficientCapacity", "no", "no room"),
    ],
)
def test_a_refused_number_is_explained_with_code_and_request_id(
    stage: Stage, runtime: State, code: str, message: str, words: str
) -> None:
    stage.cloud.faults.add(operation="PutConcurrencyConfig", status=400, code=code, message=message)
    with pytest.raises(InvalidRequest) as refused:
        reserve(stage, runtime, 290)
    line = refused.value.one_line()
    assert "\n" not in line
    for part in (code, message, words, "request id", "PutConcurrencyConfig"):
        assert part in line


def test_a_refusal_for_another_reason_is_passed_on_as_it_is(stage: Stage, runtime: State) -> None:
    stage.cloud.faults.add(operation="PutConcurrencyConfig", status=400, code="X", message="bad")
    with pytest.raises(InvalidRequest) as refused:
        reserve(stage, runtime)
    assert "quota" not in refused.value.one_line()
    stage.cloud.faults.add(kind="throttle", operation="PutConcurrencyConfig", times=None)
    with pytest.raises(Throttled):
        reserve(stage, runtime)


@pytest.mark.parametrize("value", [-1, "many", 1.5])
def test_a_number_that_is_none_is_refused_at_preview(value: Any) -> None:
    _, problems = validate(
        load("RuntimeConcurrency").Inputs, {"runtime_id": "r", "reserved_concurrency": value}
    )
    assert [problem.path for problem in problems] == [("reserved_concurrency",)]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("operation", ["GetConcurrencyConfig", "PutConcurrencyConfig"])
def test_a_create_converges_whatever_fails(
    stage: Stage, runtime: State, operation: str, fault: dict[str, Any], when: str
) -> None:
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    state = stage.converge(lambda: reserve(stage, runtime))
    assert stage.cloud.faults.report()[0]["fired"] == 1
    assert held(stage) == [10]
    assert stage.read("RuntimeConcurrency", state) == state
    assert stage.changes("RuntimeConcurrency", state, **inputs(runtime)) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_an_update_converges_whatever_fails(
    stage: Stage, runtime: State, fault: dict[str, Any], when: str
) -> None:
    state = reserve(stage, runtime)
    stage.cloud.faults.add(operation="PutConcurrencyConfig", when=when, **fault)
    state = stage.converge(lambda: stage.update("RuntimeConcurrency", state, **inputs(runtime, 20)))
    assert held(stage) == [20]
    assert stage.read("RuntimeConcurrency", state) == state


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_delete_converges_whatever_fails(
    stage: Stage, runtime: State, fault: dict[str, Any], when: str
) -> None:
    state = reserve(stage, runtime)
    stage.cloud.faults.add(operation="DeleteConcurrencyConfig", when=when, **fault)
    stage.converge(lambda: stage.delete("RuntimeConcurrency", state))
    assert held(stage) == []
