"""The network of a runtime as a resource of its own, against the fake service."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_provider.checking import validate
from agentrun_provider.errors import (
    ConfigError,
    Incomplete,
    NotFound,
    ServerFault,
    WaitFailed,
    WaitTimedOut,
)
from agentrun_provider.kind import State
from agentrun_provider.kinds import load
from agentrun_provider.unknown import UNKNOWN

from .conftest import CODE, Stage
from .faults import FAULTS

VPC = {"vpc_id": "vpc-1", "vswitch_ids": ["vsw-2", "vsw-1"], "security_group_id": "sg-1"}
ON_THE_WIRE = {"vpcId": "vpc-1", "vswitchIds": ["vsw-2", "vsw-1"], "securityGroupId": "sg-1"}
PRIVATE = {"networkMode": "PRIVATE", **ON_THE_WIRE}
BOTH = {"networkMode": "PUBLIC_AND_PRIVATE", **ON_THE_WIRE}
PUBLIC = {"networkMode": "PUBLIC"}
RUNTIME = {"name": "demo", "code": CODE, "owner": "x-pulumi-0123456789-aaaaaaaaaa"}


@pytest.fixture
def runtime(stage: Stage) -> State:
    state = stage.create("Runtime", **RUNTIME)
    stage.operations()
    return state


def inputs(runtime: State, **more: Any) -> dict[str, Any]:
    return {"runtime_id": runtime.id, "vpc": VPC, **more}


def attach(stage: Stage, runtime: State, **more: Any) -> State:
    return stage.create("RuntimeVpcConfig", **inputs(runtime, **more))


def network(stage: Stage) -> Any:
    return stage.cloud.runtimes()["demo"].get("networkConfiguration")


def set_elsewhere(stage: Stage, value: dict[str, Any]) -> None:
    stage.cloud.mutate({"runtime": "demo"}, set={"networkConfiguration": value})


@pytest.mark.parametrize(
    ("declared", "wire"),
    [
        ({}, BOTH),
        ({"internet_access": True}, BOTH),
        ({"internet_access": False}, PRIVATE),
        ({"vpc": None, "internet_access": False}, {"networkMode": "PRIVATE"}),
        ({"vpc": None, "internet_access": True}, PUBLIC),
    ],
)
def test_the_mode_follows_from_vpc_and_internet_access(
    stage: Stage, runtime: State, declared: dict[str, Any], wire: dict[str, Any]
) -> None:
    state = attach(stage, runtime, **declared)
    assert network(stage) == wire
    assert state.id == runtime.id
    assert state.outputs == {"network_mode": wire["networkMode"]}
    found = stage.read("RuntimeVpcConfig", state)
    assert found == state
    assert stage.changes("RuntimeVpcConfig", found, **inputs(runtime, **declared)) == []


def test_nothing_but_the_network_is_written(stage: Stage, runtime: State) -> None:
    before = stage.cloud.runtimes()["demo"]
    attach(stage, runtime)
    assert stage.body("UpdateAgentRuntime") == {"networkConfiguration": BOTH}
    assert stage.cloud.runtimes()["demo"] == {**before, "networkConfiguration": BOTH}
    assert stage.operations().count("UpdateAgentRuntime") == 1


def test_the_runtime_resource_leaves_it_alone(stage: Stage, runtime: State) -> None:
    attach(stage, runtime)
    found = stage.read("Runtime", runtime)
    assert found is not None
    assert stage.changes("Runtime", found, **RUNTIME) == []
    stage.update("Runtime", found, **RUNTIME, memory=4096)
    assert network(stage) == BOTH


def test_the_same_program_again_changes_nothing_and_calls_nothing(
    stage: Stage, runtime: State
) -> None:
    state = attach(stage, runtime)
    stage.operations()
    assert stage.changes("RuntimeVpcConfig", state, **inputs(runtime)) == []
    turned = {**VPC, "vswitch_ids": ["vsw-1", "vsw-2"]}
    assert stage.changes("RuntimeVpcConfig", state, **inputs(runtime, vpc=turned)) == []
    assert stage.operations() == []


def test_a_change_is_one_write(stage: Stage, runtime: State) -> None:
    state = attach(stage, runtime)
    stage.operations()
    state = stage.update("RuntimeVpcConfig", state, **inputs(runtime, internet_access=False))
    assert network(stage) == PRIVATE
    assert state.outputs == {"network_mode": "PRIVATE"}
    assert stage.operations().count("UpdateAgentRuntime") == 1


def test_what_only_steers_the_provider_needs_no_call(stage: Stage, runtime: State) -> None:
    state = attach(stage, runtime)
    stage.operations()
    stage.update("RuntimeVpcConfig", state, **inputs(runtime, timeouts={"update": "1h"}))
    assert stage.operations() == []


def test_another_runtime_replaces(stage: Stage, runtime: State) -> None:
    state = attach(stage, runtime)
    (change,) = stage.changes("RuntimeVpcConfig", state, **inputs(State("other", {})))
    assert change.replaces == "the network belongs to one runtime"
    assert not load("RuntimeVpcConfig").keeps_name(state.inputs, inputs(State("other", {})))


def test_what_somebody_else_set_is_not_overwritten(stage: Stage, runtime: State) -> None:
    set_elsewhere(stage, {**PRIVATE, "vpcId": "vpc-9"})
    with pytest.raises(ConfigError) as refused:
        attach(stage, runtime)
    line = refused.value.one_line()
    for part in (runtime.id, "vpc-9", "PRIVATE", "adopt=True"):
        assert part in line
    assert stage.operations() == ["GetAgentRuntime"]
    assert network(stage)["vpcId"] == "vpc-9"


def test_a_network_that_the_runtime_resource_declares_is_not_overwritten(stage: Stage) -> None:
    other = {**VPC, "vpc_id": "vpc-9"}
    runtime = stage.create("Runtime", **{**RUNTIME, "vpc": other})
    with pytest.raises(ConfigError):
        attach(stage, runtime)


@pytest.mark.parametrize("order", [["vsw-2", "vsw-1"], ["vsw-1", "vsw-2"]])
def test_the_same_network_is_taken_over_without_a_write(
    stage: Stage, runtime: State, order: list[str]
) -> None:
    set_elsewhere(stage, {**BOTH, "vswitchIds": order})
    attach(stage, runtime)
    assert stage.operations() == ["GetAgentRuntime"]


def test_an_adoption_replaces_what_somebody_else_set_and_says_so(
    stage: Stage, runtime: State
) -> None:
    set_elsewhere(stage, {"networkMode": "PRIVATE", "vpcId": "vpc-9"})
    attach(stage, runtime, adopt=True)
    assert network(stage) == BOTH
    told = [text for what, text in stage.progress if what.startswith("RuntimeVpcConfig")]
    assert "adopts the network, networkMode PRIVATE, vpcId vpc-9" in told


@pytest.mark.parametrize(
    ("live", "fields"),
    [
        ({**BOTH, "vpcId": "vpc-9"}, {"vpc"}),
        (PRIVATE, {"internet_access"}),
        (PUBLIC, {"vpc"}),
        ({}, {"vpc", "internet_access"}),
    ],
)
def test_drift_shows_in_the_inputs_and_is_undone(
    stage: Stage, runtime: State, live: dict[str, Any], fields: set[str]
) -> None:
    state = attach(stage, runtime)
    set_elsewhere(stage, live)
    found = stage.read("RuntimeVpcConfig", state)
    assert found is not None
    changes = stage.changes("RuntimeVpcConfig", found, **inputs(runtime))
    assert {change.field for change in changes} == fields
    stage.update("RuntimeVpcConfig", found, **inputs(runtime))
    assert network(stage) == BOTH


def test_a_vpc_attached_behind_our_back_shows(stage: Stage, runtime: State) -> None:
    state = attach(stage, runtime, vpc=None, internet_access=True)
    set_elsewhere(stage, BOTH)
    found = stage.read("RuntimeVpcConfig", state)
    assert found is not None
    assert found.inputs["vpc"]["vpc_id"] == "vpc-1"


def test_a_network_can_be_read_by_its_id_alone(stage: Stage, runtime: State) -> None:
    attach(stage, runtime)
    found = stage.read("RuntimeVpcConfig", State(runtime.id, {}))
    assert found is not None
    assert found.inputs == {"runtime_id": runtime.id, "vpc": VPC, "internet_access": True}


def test_it_is_gone_only_with_the_runtime(stage: Stage, runtime: State) -> None:
    state = attach(stage, runtime)
    stage.cloud.faults.add(operation="GetAgentRuntime", status=500, times=None)
    with pytest.raises(ServerFault):
        stage.read("RuntimeVpcConfig", state)
    stage.cloud.faults.clear()
    path = f"/agents/runtimes/{runtime.id}"
    stage.session.client.call("DeleteAgentRuntime", "DELETE", path)
    assert stage.read("RuntimeVpcConfig", state) is None


def test_a_delete_resets_the_network_only(stage: Stage, runtime: State) -> None:
    before = stage.cloud.runtimes()["demo"]
    state = attach(stage, runtime)
    stage.delete("RuntimeVpcConfig", state)
    assert stage.cloud.runtimes()["demo"] == {**before, "networkConfiguration": PUBLIC}
    stage.operations()
    stage.delete("RuntimeVpcConfig", state)
    assert stage.operations() == ["GetAgentRuntime"]


@pytest.mark.parametrize("status", ["CREATE_FAILED", "DELETING", None])
def test_a_runtime_that_is_gone_or_lost_does_not_stop_a_delete(
    stage: Stage, runtime: State, status: str | None
) -> None:
    state = attach(stage, runtime)
    stage.cloud.mutate({"runtime": "demo"}, status=status, delete=status is None)
    stage.delete("RuntimeVpcConfig", state)


def test_a_runtime_that_vanishes_during_a_delete_is_fine(stage: Stage, runtime: State) -> None:
    state = attach(stage, runtime)
    stage.cloud.faults.add(kind="stuck", operation="UpdateAgentRuntime")
    gone = stage.progress

    def vanish(what: str, status: str, _: float) -> None:
        gone.append((what, status))
        if status == "UPDATING":
            stage.cloud.mutate({"runtime": "demo"}, delete=True)

    stage.session.progress = vanish
    stage.delete("RuntimeVpcConfig", state)
    assert stage.cloud.runtimes() == {}


def test_a_write_waits_for_a_busy_runtime(stage: Stage, runtime: State) -> None:
    path = f"/agents/runtimes/{runtime.id}"
    stage.session.client.call("UpdateAgentRuntime", "PUT", path, body={"memory": 1024})
    attach(stage, runtime)
    live = stage.cloud.runtimes()["demo"]
    assert (live["memory"], live["networkConfiguration"]) == (1024, BOTH)


def test_a_runtime_that_is_not_there_is_told(stage: Stage) -> None:
    with pytest.raises(NotFound) as refused:
        attach(stage, State("nowhere", {}))
    assert "nowhere" in refused.value.one_line()


def test_a_refused_network_is_reset_by_what_the_host_does_next(
    stage: Stage, runtime: State
) -> None:
    stage.cloud.faults.add(
        kind="create_failed", operation="UpdateAgentRuntime", reason="no such vSwitch"
    )
    with pytest.raises(Incomplete) as failed:
        attach(stage, runtime)
    assert "no such vSwitch" in failed.value.one_line()
    half = State(failed.value.resource_id, inputs(runtime))
    stage.delete("RuntimeVpcConfig", half)
    assert network(stage) == PUBLIC
    assert stage.cloud.runtimes()["demo"]["status"] == "READY"


def test_a_failed_adoption_resets_nothing_and_the_next_up_tries_again(
    stage: Stage, runtime: State
) -> None:
    set_elsewhere(stage, {**PRIVATE, "vpcId": "vpc-9"})
    stage.cloud.faults.add(kind="create_failed", operation="UpdateAgentRuntime")
    with pytest.raises(WaitFailed):
        attach(stage, runtime, adopt=True)
    assert network(stage) == BOTH
    attach(stage, runtime, adopt=True)
    assert stage.cloud.runtimes()["demo"]["status"] == "READY"


def test_the_next_up_takes_up_what_an_interrupted_create_began(
    stage: Stage, runtime: State
) -> None:
    stage.cloud.faults.add(kind="stuck", operation="UpdateAgentRuntime")
    with pytest.raises(WaitTimedOut):
        attach(stage, runtime, timeouts={"create": "10s"})
    stage.cloud.finish()
    stage.operations()
    stage.session = stage.fresh_session()
    attach(stage, runtime)
    assert "UpdateAgentRuntime" not in stage.operations()
    assert stage.cloud.runtimes()["demo"]["status"] == "READY"


def test_what_was_begun_elsewhere_is_waited_for_and_not_written_again(
    stage: Stage, runtime: State
) -> None:
    path = f"/agents/runtimes/{runtime.id}"

    def begin(value: dict[str, Any]) -> None:
        body = {"networkConfiguration": value}
        stage.session.client.call("UpdateAgentRuntime", "PUT", path, body=body)
        assert stage.cloud.runtimes()["demo"]["status"] == "UPDATING"
        stage.operations()

    begin(BOTH)
    state = attach(stage, runtime)
    assert stage.cloud.runtimes()["demo"]["status"] == "READY"
    assert "UpdateAgentRuntime" not in stage.operations()
    begin(PUBLIC)
    stage.delete("RuntimeVpcConfig", state)
    assert stage.cloud.runtimes()["demo"]["status"] == "READY"
    assert "UpdateAgentRuntime" not in stage.operations()


def test_a_runtime_that_is_gone_when_the_reset_arrives_is_fine(
    stage: Stage, runtime: State
) -> None:
    state = attach(stage, runtime)
    stage.cloud.faults.add(
        operation="UpdateAgentRuntime", status=404, message="agent runtime does not exist"
    )
    stage.delete("RuntimeVpcConfig", state)


def test_a_reset_that_fails_is_told(stage: Stage, runtime: State) -> None:
    state = attach(stage, runtime)
    stage.cloud.faults.add(kind="create_failed", operation="UpdateAgentRuntime", reason="no quota")
    with pytest.raises(WaitFailed) as failed:
        stage.delete("RuntimeVpcConfig", state)
    assert "no quota" in failed.value.one_line()


def test_one_of_the_two_fields_must_be_given() -> None:
    model = load("RuntimeVpcConfig").Inputs
    assert [p.path for p in validate(model, {"runtime_id": "r"})[1]] == [("vpc",)]
    assert validate(model, {"runtime_id": UNKNOWN, "vpc": UNKNOWN})[1] == []
    wrong = {"runtime_id": "r", "vpc": {**VPC, "vswitch_ids": ["vpc-1"]}}
    assert [p.path for p in validate(model, wrong)[1]] == [("vpc", "vswitch_ids", 0)]


OPERATIONS = ["GetAgentRuntime", "UpdateAgentRuntime"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_create_converges_whatever_fails(
    stage: Stage, runtime: State, operation: str, fault: dict[str, Any], when: str
) -> None:
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    state = stage.converge(lambda: attach(stage, runtime))
    assert stage.cloud.faults.report()[0]["fired"] == 1
    assert network(stage) == BOTH
    assert stage.read("RuntimeVpcConfig", state) == state
    assert stage.changes("RuntimeVpcConfig", state, **inputs(runtime)) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_update_converges_whatever_fails(
    stage: Stage, runtime: State, operation: str, fault: dict[str, Any], when: str
) -> None:
    state = attach(stage, runtime)
    wanted = inputs(runtime, internet_access=False)
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    state = stage.converge(lambda: stage.update("RuntimeVpcConfig", state, **wanted))
    assert stage.cloud.faults.report()[0]["fired"] == 1
    assert network(stage) == PRIVATE
    assert stage.read("RuntimeVpcConfig", state) == state


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_delete_converges_whatever_fails(
    stage: Stage, runtime: State, operation: str, fault: dict[str, Any], when: str
) -> None:
    state = attach(stage, runtime)
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    stage.converge(lambda: stage.delete("RuntimeVpcConfig", state))
    assert stage.cloud.faults.report()[0]["fired"] == 1
    assert network(stage) == PUBLIC
    assert stage.cloud.runtimes()["demo"]["status"] == "READY"
