"""Instances that an endpoint keeps ready, sessions that are ended on purpose."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from agentrun_fake import FakeCloud, FakeSettings, ManualClock
from agentrun_fake.persistence import DataFolder

from .conftest import TELLS, Gate, MakeWorld, World, eventually, is_gone, package

HEADER = "x-agentrun-session-id"
FAILS = "raise SystemExit('no model is configured')"


def keeping(count: int, **fields: Any) -> dict[str, Any]:
    """Fields of an endpoint that keeps instances ready."""
    return {"scalingConfig": {"minInstances": count}, **fields}


def running(world: World) -> list[dict[str, Any]]:
    return [item for item in world.instances() if item["status"] == "Running"]


def scaling_status(world: World) -> dict[str, Any]:
    endpoint = world.api.get_endpoint(world.runtime_id, world.endpoint_id)
    found: dict[str, Any] = endpoint["scalingStatus"]
    return found


def test_instances_are_ready_before_anybody_calls_and_stay(make_world: MakeWorld) -> None:
    clock = ManualClock()
    world = make_world(clock, instance_idle_seconds=100)
    url = world.deploy(package(), endpoint=keeping(2))
    kept = eventually(lambda: len(running(world)) == 2 and running(world))
    assert scaling_status(world) == {
        "minInstances": 2, "targetInstances": 2, "currentInstances": 2,
    }  # fmt: skip
    clock.advance(1000)
    assert running(world) == kept
    assert world.client.get(url).headers["x-fake-instance"] in {i["instanceId"] for i in kept}
    assert len(running(world)) == 2


def test_more_instances_than_are_kept_idle_out(
    make_world: MakeWorld, gate: Gate, background: ThreadPoolExecutor
) -> None:
    clock = ManualClock()
    world = make_world(clock, instance_idle_seconds=100)
    url = world.deploy(package(), endpoint=keeping(1))
    [first] = eventually(lambda: running(world))
    call = background.submit(world.client.get, f"{url}/gate?{gate.port}")
    gate.wait_for_a_call()
    world.tell(url)
    assert len(running(world)) == 2
    gate.open()
    call.result()
    clock.advance(101)
    assert running(world) == [first]


def test_one_that_ends_by_itself_is_replaced(world: World) -> None:
    url = world.deploy(package(), endpoint=keeping(1))
    [first] = eventually(lambda: running(world))
    assert world.client.get(f"{url}/die").status_code == 502
    [second] = eventually(lambda: running(world))
    assert second["instanceId"] != first["instanceId"]


def test_they_follow_the_target_of_the_endpoint_and_end_with_the_setting(
    make_world: MakeWorld,
) -> None:
    clock = ManualClock()
    world = make_world(clock, instance_idle_seconds=100)
    world.deploy(package(), endpoint=keeping(1))
    eventually(lambda: [i["qualifier"] for i in running(world)] == ["LATEST"])
    world.api.publish(world.runtime_id)
    world.api.update_endpoint(world.runtime_id, world.endpoint_id, targetVersion="1")
    eventually(lambda: "1" in [i["qualifier"] for i in running(world)])
    clock.advance(101)
    assert [i["qualifier"] for i in running(world)] == ["1"]
    world.api.get_endpoint(world.runtime_id, world.endpoint_id)
    world.api.update_endpoint(world.runtime_id, world.endpoint_id, deleteScalingConfig=True)
    clock.advance(101)
    assert running(world) == []


def test_an_update_of_the_runtime_replaces_them(world: World) -> None:
    url = world.deploy(package(), endpoint=keeping(1), environmentVariables={"COLOUR": "red"})
    [first] = eventually(lambda: running(world))
    world.api.update(world.runtime_id, environmentVariables={"COLOUR": "green"})
    [second] = eventually(lambda: [i for i in running(world) if i != first])
    assert world.tell(url)["environment"]["COLOUR"] == "green"
    assert running(world) == [second]


def test_a_program_that_does_not_come_up_is_told_once(world: World) -> None:
    world.deploy(package(FAILS), endpoint=keeping(2))
    told = eventually(lambda: "currentError" in (s := scaling_status(world)) and s)
    assert told["currentInstances"] == 0
    assert "no model is configured" in told["currentError"]
    assert eventually(lambda: world.instances() == [])
    tried = len(world.instances(instanceStatus="Destroyed"))
    world.api.list()
    assert len(world.instances(instanceStatus="Destroyed")) == tried <= 2
    # Another program is another try.
    world.api.update(world.runtime_id, environmentVariables={"A": "b"})
    eventually(lambda: len(world.instances(instanceStatus="Destroyed")) > tried)


def test_they_never_exceed_what_the_runtime_may_have(make_world: MakeWorld) -> None:
    world = make_world(max_instances=2)
    url = world.deploy(package(), endpoint=keeping(5))
    eventually(lambda: len(running(world)) == 2)
    assert world.tell(url)["pid"]
    assert len(world.instances()) == 2


def test_calls_of_another_version_do_not_push_them_out(make_world: MakeWorld) -> None:
    world = make_world(max_instances=1)
    world.deploy(package(), endpoint=keeping(1))
    [kept] = eventually(lambda: running(world))
    world.api.publish(world.runtime_id)
    other = world.api.create_endpoint(world.runtime_id, "other", targetVersion="1")
    assert world.refusal(other["endpointPublicUrl"])[::2] == (
        429,
        "agent runtime demo can't take the call: all 1 instances are busy or kept for another "
        "version",
    )
    assert running(world) == [kept]


def test_without_instances_on_demand_only_those_that_are_kept_serve(
    world: World, gate: Gate, background: ThreadPoolExecutor
) -> None:
    url = world.deploy(package(), disableOndemand=True)
    nobody = "no provisioned instance is free, and others are not wanted"
    assert world.refusal(url) == (
        429,
        "ERR_TOO_MANY_REQUESTS",
        f"agent runtime demo can't take the call: {nobody}",
    )
    world.api.update_endpoint(world.runtime_id, world.endpoint_id, **keeping(1))
    world.api.get_endpoint(world.runtime_id, world.endpoint_id)
    call = background.submit(world.client.get, f"{url}/gate?{gate.port}")
    gate.wait_for_a_call()
    assert world.refusal(url)[2].endswith(nobody)
    gate.open()
    assert call.result().status_code == 200


def test_an_update_may_end_sessions_at_once(
    world: World, gate: Gate, background: ThreadPoolExecutor
) -> None:
    url = world.deploy(package())
    mine = {"headers": {HEADER: "mine"}}
    call = background.submit(world.client.get, f"{url}/gate?{gate.port}", **mine)
    gate.wait_for_a_call()
    [busy] = world.instances()
    world.api.update(world.runtime_id, description="lets calls end")
    assert [item["instanceId"] for item in world.instances()] == [busy["instanceId"]]
    world.api.get(world.runtime_id)
    world.api.update(world.runtime_id, forceEvictInstances=True)
    assert world.instances() == []
    assert call.result().status_code == 502
    assert world.tell(url, **mine)["pid"]


def test_they_are_started_again_with_the_fake(make_world: MakeWorld, tmp_path: Path) -> None:
    world = make_world()
    DataFolder(tmp_path).attach(world.cloud)
    world.deploy(package(), endpoint=keeping(1))
    eventually(lambda: running(world))
    again = FakeCloud(FakeSettings(run=True))
    try:
        DataFolder(tmp_path).attach(again)
        eventually(lambda: [i["status"] for i in again.programs.report()] == ["Running"])
        [pid] = [i["pid"] for i in again.programs.report()]
    finally:
        again.stop_programs()
    assert eventually(lambda: is_gone(pid))


@pytest.mark.parametrize("program", [TELLS, FAILS])
def test_stopping_while_they_start_leaves_nothing_behind(
    make_world: MakeWorld, program: str
) -> None:
    world = make_world()
    world.deploy(package(program), endpoint=keeping(3))
    world.cloud.stop_programs()
    assert world.cloud.programs.report() == []
