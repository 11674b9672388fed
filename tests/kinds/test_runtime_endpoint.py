"""An endpoint's life, and its traffic, against the fake service."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_provider.errors import AlreadyExists, Incomplete, InvalidRequest, WaitTimedOut
from agentrun_provider.kind import State

from .conftest import ACCOUNT, CODE, Stage

STACK = "x-pulumi-0123456789"
RUNTIME_OWNER = f"{STACK}-aaaaaaaaaa"
OWNER = f"{STACK}-bbbbbbbbbb"


@pytest.fixture
def runtime(stage: Stage) -> State:
    state = stage.create("Runtime", name="demo", code=CODE, owner=RUNTIME_OWNER)
    for _ in range(3):
        stage.session.client.call(
            "PublishRuntimeVersion", "POST", f"/agents/runtimes/{state.id}/versions", body={}
        )
    stage.operations()
    return state


def inputs(runtime: State, **more: Any) -> dict[str, Any]:
    return {"runtime_id": runtime.id, "name": "production", "owner": OWNER, **more}


def live(stage: Stage) -> dict[str, Any]:
    return stage.cloud.endpoints("demo")["production"]


def test_an_endpoint_is_made_and_waited_for(stage: Stage, runtime: State) -> None:
    state = stage.create("RuntimeEndpoint", **inputs(runtime))
    assert live(stage)["status"] == "READY"
    assert live(stage)["targetVersion"] == "LATEST"
    runtime_id, _, own = state.id.partition("/")
    assert (runtime_id, own) == (runtime.id, state.outputs["endpoint_id"])
    assert state.outputs["arn"] == f"acs:agentrun:cn-hangzhou:{ACCOUNT}:runtime-endpoints/{own}"
    assert state.outputs["url"].endswith("/agent-runtimes/demo/endpoints/production/invocations")


def test_a_split_is_sent_in_fractions_beside_the_target(stage: Stage, runtime: State) -> None:
    canary = {"version": "2", "weight": 0.1}
    stage.create("RuntimeEndpoint", **inputs(runtime, target_version="1", canary=canary))
    assert live(stage)["targetVersion"] == "1"
    assert live(stage)["routingConfiguration"] == {"versionWeights": [canary]}


def test_a_removed_canary_is_really_cleared(stage: Stage, runtime: State) -> None:
    canary = {"version": "2", "weight": 0.1}
    state = stage.create("RuntimeEndpoint", **inputs(runtime, target_version="1", canary=canary))
    state = stage.update("RuntimeEndpoint", state, **inputs(runtime, target_version="1"))
    assert not (live(stage).get("routingConfiguration") or {}).get("versionWeights")
    found = stage.read("RuntimeEndpoint", state)
    assert found is not None
    assert found.inputs == state.inputs


def test_a_shift_of_traffic_is_one_write(stage: Stage, runtime: State) -> None:
    state = stage.create("RuntimeEndpoint", **inputs(runtime, target_version="1"))
    stage.operations()
    canary = {"version": "2", "weight": 0.25}
    changes = stage.changes(
        "RuntimeEndpoint", state, **inputs(runtime, target_version="1", canary=canary)
    )
    assert {change.field: change.new for change in changes} == {
        "canary": canary,
        "traffic": "75 % v1, 25 % v2",
    }
    stage.update("RuntimeEndpoint", state, **inputs(runtime, target_version="1", canary=canary))
    assert stage.operations().count("UpdateAgentRuntimeEndpoint") == 1


def test_every_field_is_sent_and_read_back_without_drift(stage: Stage, runtime: State) -> None:
    whole = inputs(
        runtime,
        description="the door",
        target_version="1",
        version_weights=[{"version": "2", "weight": 0.2}],
        disable_public_network_access=True,
        scaling={
            "min_instances": 1,
            "scheduled_policies": [
                {"name": "day", "schedule_expression": "cron(0 8 * * ? *)", "target": 3}
            ],
        },
    )
    state = stage.create("RuntimeEndpoint", **whole)
    found = stage.read("RuntimeEndpoint", state)
    assert found is not None
    assert found.inputs == state.inputs
    assert stage.changes("RuntimeEndpoint", found, **whole) == []


def test_removed_scaling_is_removed_by_its_flag(stage: Stage, runtime: State) -> None:
    state = stage.create("RuntimeEndpoint", **inputs(runtime, scaling={"min_instances": 1}))
    stage.update("RuntimeEndpoint", state, **inputs(runtime))
    assert stage.body("UpdateAgentRuntimeEndpoint")["deleteScalingConfig"] is True
    assert not live(stage).get("scalingConfig")


def test_a_split_made_in_the_console_shows_as_drift(stage: Stage, runtime: State) -> None:
    state = stage.create("RuntimeEndpoint", **inputs(runtime, target_version="1"))
    split = {"versionWeights": [{"version": "3", "weight": 0.5}]}
    stage.cloud.mutate(
        {"runtime": "demo", "endpoint": "production"},
        set={"routingConfiguration": split, "targetVersion": "2"},
    )
    found = stage.read("RuntimeEndpoint", state)
    assert found is not None
    assert found.inputs["target_version"] == "2"
    assert found.inputs["canary"] == {"version": "3", "weight": 0.5}


def test_the_order_and_way_of_declaring_one_split_are_kept(stage: Stage, runtime: State) -> None:
    weights = [{"version": "2", "weight": 0.2}, {"version": "3", "weight": 0.1}]
    state = stage.create(
        "RuntimeEndpoint", **inputs(runtime, target_version="1", version_weights=weights)
    )
    found = stage.read("RuntimeEndpoint", state)
    assert found is not None
    assert found.inputs["version_weights"] == weights


@pytest.mark.parametrize("field", ["name", "runtime_id"])
def test_another_name_or_runtime_replaces(stage: Stage, runtime: State, field: str) -> None:
    state = stage.create("RuntimeEndpoint", **inputs(runtime))
    (change,) = stage.changes("RuntimeEndpoint", state, **{**inputs(runtime), field: "other"})
    assert change.replaces


def test_a_write_waits_until_the_runtime_is_ready(stage: Stage, runtime: State) -> None:
    path = f"/agents/runtimes/{runtime.id}"
    stage.session.client.call("UpdateAgentRuntime", "PUT", path, body={"memory": 1024})
    state = stage.create("RuntimeEndpoint", **inputs(runtime))
    assert live(stage)["status"] == "READY"
    stage.session.client.call("UpdateAgentRuntime", "PUT", path, body={"memory": 2048})
    stage.update("RuntimeEndpoint", state, **inputs(runtime, description="x"))
    assert live(stage)["description"] == "x"


def test_a_refusal_of_the_service_names_code_and_request(stage: Stage, runtime: State) -> None:
    with pytest.raises(InvalidRequest) as refused:
        stage.create("RuntimeEndpoint", **inputs(runtime, target_version="77"))
    line = refused.value.one_line()
    assert "77" in line
    assert "request id" in line
    assert "\n" not in line


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["drop", "status", "truncate", "throttle"])
@pytest.mark.parametrize("operation", ["Create", "Get", "Update", "Delete"])
def test_a_passing_fault_of_any_call_leaves_one_endpoint_as_declared(
    stage: Stage, runtime: State, operation: str, kind: str, when: str
) -> None:
    stage.cloud.faults.add(
        kind=kind, operation=f"{operation}AgentRuntimeEndpoint", when=when, status=500
    )
    state = stage.create("RuntimeEndpoint", **inputs(runtime))
    assert len(stage.cloud.endpoints("demo")) == 1
    state = stage.update("RuntimeEndpoint", state, **inputs(runtime, target_version="2"))
    assert live(stage)["targetVersion"] == "2"
    stage.delete("RuntimeEndpoint", state)
    assert stage.cloud.endpoints("demo") == {}


def test_the_next_up_takes_up_what_an_interrupted_create_left(stage: Stage, runtime: State) -> None:
    stage.cloud.faults.add(kind="stuck", operation="CreateAgentRuntimeEndpoint")
    with pytest.raises(WaitTimedOut):
        stage.create("RuntimeEndpoint", **inputs(runtime))
    stage.cloud.finish()
    stage.session = stage.fresh_session()
    stage.create("RuntimeEndpoint", **inputs(runtime, target_version="2"))
    assert len(stage.cloud.endpoints("demo")) == 1
    assert live(stage)["targetVersion"] == "2"


def test_a_failed_create_tells_the_reason_and_its_id(stage: Stage, runtime: State) -> None:
    stage.cloud.faults.add(
        kind="create_failed", operation="CreateAgentRuntimeEndpoint", reason="no instance starts"
    )
    with pytest.raises(Incomplete) as failed:
        stage.create("RuntimeEndpoint", **inputs(runtime))
    assert "no instance starts" in failed.value.one_line()
    assert failed.value.resource_id.startswith(f"{runtime.id}/")


def test_an_endpoint_of_somebody_elses_runtime_is_not_touched(stage: Stage) -> None:
    other = stage.create("Runtime", name="demo", code=CODE, owner="x-pulumi-9999999999-aaaaaaaaaa")
    stage.create("RuntimeEndpoint", **inputs(other, owner="x-pulumi-9999999999-cccccccccc"))
    with pytest.raises(AlreadyExists) as refused:
        stage.create("RuntimeEndpoint", **inputs(other, description="mine now"))
    assert "was not made by this stack" in refused.value.one_line()
    assert not live(stage).get("description")


def test_deleting_is_waited_for_and_gone_is_fine(stage: Stage, runtime: State) -> None:
    state = stage.create("RuntimeEndpoint", **inputs(runtime))
    stage.delete("RuntimeEndpoint", state)
    assert stage.cloud.endpoints("demo") == {}
    stage.delete("RuntimeEndpoint", state)
    assert stage.read("RuntimeEndpoint", state) is None


def test_an_endpoint_whose_runtime_is_gone_is_gone(stage: Stage, runtime: State) -> None:
    state = stage.create("RuntimeEndpoint", **inputs(runtime))
    stage.cloud.mutate({"runtime": "demo"}, delete=True)
    assert stage.read("RuntimeEndpoint", state) is None
    stage.delete("RuntimeEndpoint", state)


def test_adopting_an_endpoint_changes_only_what_differs(stage: Stage, runtime: State) -> None:
    other = stage.create("RuntimeEndpoint", **{**inputs(runtime), "owner": None})
    stage.operations()
    state = stage.create("RuntimeEndpoint", **inputs(runtime, adopt=True))
    assert state.id == other.id
    assert "UpdateAgentRuntimeEndpoint" not in stage.operations()
    state = stage.create("RuntimeEndpoint", **inputs(runtime, adopt=True, target_version="2"))
    assert stage.body("UpdateAgentRuntimeEndpoint") == {"targetVersion": "2"}
    assert live(stage)["targetVersion"] == "2"
