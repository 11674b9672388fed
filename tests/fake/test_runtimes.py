"""A runtime's life as the control plane tells it (sections 2 and 11)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from agentrun_fake import FakeCloud, FakeSettings, ManualClock

from .conftest import Api, endpoint_request, runtime
from .runtime_bodies import PATH, refused_create, when

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_a_runtime_is_created_becomes_ready_is_deleted_and_is_gone(
    api: Api, clock: ManualClock
) -> None:
    made = api.call("CreateAgentRuntime", "POST", PATH, runtime("demo"))
    runtime_id = made["agentRuntimeId"]
    assert UUID.fullmatch(runtime_id)
    assert made["status"] == "CREATING"
    assert made["agentRuntimeArn"] == (
        f"acs:agentrun:cn-hangzhou:1234567890123456:runtimes/{runtime_id}"
    )
    clock.advance(0.9)
    assert api.get(runtime_id)["status"] == "CREATING"
    clock.advance(0.2)
    ready = api.get(runtime_id)
    assert ready["status"] == "READY"
    assert when(ready["lastUpdatedAt"]) > when(ready["createdAt"])
    assert api.delete(runtime_id) == {"agentRuntimeId": runtime_id}
    assert api.get(runtime_id)["status"] == "DELETING"
    assert api.delete(runtime_id) == {"agentRuntimeId": runtime_id}
    clock.advance(1.1)
    status, _, message = api.refusal("GetAgentRuntime", "GET", f"{PATH}/{runtime_id}")
    assert (status, message) == (404, f"agent runtime {runtime_id} does not exist")
    assert api.refusal("DeleteAgentRuntime", "DELETE", f"{PATH}/{runtime_id}")[0] == 404


def test_the_envelopes_are_those_of_the_service(api: Api) -> None:
    good = api.reply("ListAgentRuntimes", "GET", PATH).json()
    assert set(good) == {"code", "requestId", "data"}
    assert good["code"] == "SUCCESS"
    bad = api.reply("GetAgentRuntime", "GET", f"{PATH}/x").json()
    assert set(bad) == {"code", "message", "requestId"}
    assert bad["requestId"] != good["requestId"]


def test_a_reply_holds_what_is_set_the_one_default_and_nothing_unset(api: Api) -> None:
    shown = api.get(api.create(cpu=2))
    assert shown["cpu"] == 2.0
    assert isinstance(shown["cpu"], float)
    assert shown["sessionConcurrencyLimitPerInstance"] == 1
    assert shown["agentRuntimeVersion"] == "LATEST"
    assert not {"environmentVariables", "executionRoleArn", "statusReason"} & set(shown)


def test_missing_sizes_are_named_as_the_service_does(api: Api) -> None:
    status, error, message = refused_create(api, runtime(cpu=None, memory=None, port=None))
    assert (status, error) == (400, "ERR_VALIDATION_FAILED")
    assert message == "CPU is required; Memory is required; Port is required"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"agentRuntimeName": "1st"}, "agentRuntimeName must match"),
        ({"memory": 1}, "memory must be 128 to 32768, not 1"),
        ({"memory": 2048.5}, "memory must be an integer"),
        ({"cpu": 17}, "cpu must be 0.05 to 16, not 17"),
        ({"diskSize": 1024}, "diskSize must be 512 or 10240"),
        ({"artifactType": "Zip"}, "artifactType must be one of Code, Container"),
        ({"artifactType": "Code"}, "codeConfiguration is required when artifactType is Code"),
        ({"containerConfiguration": {}}, "containerConfiguration is required"),
        ({"networkConfiguration": {"vpcId": "x"}}, "networkConfiguration.vpcId must match"),
        ({"networkConfiguration": {"vpcId": "vpc-1"}}, "vswitchIds is required"),
        ({"sessionAffinityType": "HEADER_FIELD"}, "headerFieldName is required"),
        ({"healthCheckConfiguration": {"periodSeconds": 0}}, "periodSeconds must be 1 to 300"),
        ({"nasConfig": {"mountPoints": [{"mountDir": "/m"}]}}, "mountPoints[0].serverAddr is"),
        ({"environmentVariables": {"A": 1}}, "environmentVariables.A must be a string"),
        ({"forceEvictInstances": True}, "forceEvictInstances is not accepted on create"),
        ({"timeout": 3}, "timeout is unknown"),
        ({"workspaceId": "nowhere"}, "workspace nowhere does not exist"),
    ],
)
def test_a_bad_create_is_refused_and_makes_nothing(
    api: Api, cloud: FakeCloud, change: dict[str, Any], problem: str
) -> None:
    status, error, message = refused_create(api, runtime(**change))
    assert (status, error) == (400, "ERR_VALIDATION_FAILED")
    assert problem in message
    assert cloud.runtimes() == {}


def test_a_body_that_is_no_json_is_refused(api: Api, cloud: FakeCloud) -> None:
    headers = {"x-acs-action": "CreateAgentRuntime", "x-acs-version": "2025-09-10"}
    reply = api.client.post(
        f"{api.host}/2025-09-10{PATH}", content=b"{", headers=headers, auth=api.auth
    )
    assert (reply.status_code, reply.json()["code"]) == (400, "ERR_BAD_REQUEST")


def test_a_name_is_taken_until_its_runtime_is_gone(api: Api, clock: ManualClock) -> None:
    runtime_id = api.create("demo")
    status, _, message = refused_create(api, runtime("demo"))
    assert (status, message) == (409, "agent runtime demo already exists")
    clock.advance(2)
    api.delete(runtime_id)
    assert refused_create(api, runtime("demo"))[0] == 409
    clock.advance(2)
    assert api.create("demo") != runtime_id


def test_a_name_can_be_unique_in_its_workspace_only(api: Api, assume: Callable[..., None]) -> None:
    other = api.call("CreateWorkspace", "POST", "/workspaces", {"name": "other"})["workspaceId"]
    api.create("demo")
    assert refused_create(api, runtime("demo", workspaceId=other))[0] == 409
    assume(name_scope="workspace")
    api.create("demo", workspaceId=other)
    assert refused_create(api, runtime("demo", workspaceId=other))[0] == 409


def test_a_password_is_returned_if_that_is_assumed(api: Api, assume: Callable[..., None]) -> None:
    assume(returns_passwords=True)
    registry = {"authConfig": {"password": "p"}}
    shown = api.get(api.create(containerConfiguration={"image": "i", "registryConfig": registry}))
    assert shown["containerConfiguration"]["registryConfig"] == registry


def test_the_cookie_affinity_comes_back_under_its_real_name(api: Api) -> None:
    shown = api.get(api.create(sessionAffinityType="COOKIE"))
    assert shown["sessionAffinityType"] == "GENERATED_COOKIE"


def test_a_runtime_that_still_has_endpoints_is_kept(
    api: Api, clock: ManualClock, assume: Callable[..., None], cloud: FakeCloud
) -> None:
    runtime_id = api.create()
    clock.advance(2)
    endpoint = api.create_endpoint(runtime_id)
    status, _, message = api.refusal("DeleteAgentRuntime", "DELETE", f"{PATH}/{runtime_id}")
    assert (status, message) == (400, "agent runtime demo still has endpoints: prod")
    path = f"{PATH}/{runtime_id}/endpoints/{endpoint['agentRuntimeEndpointId']}"
    api.call("DeleteAgentRuntimeEndpoint", "DELETE", path)
    api.delete(runtime_id)  # an endpoint that is going does not stand in the way
    assume(delete_with_endpoints="cascade")
    second = api.create("second")
    clock.advance(2)
    api.create_endpoint(second)
    api.delete(second)
    clock.advance(2)
    assert cloud.records("runtime") == cloud.records("endpoint") == []


def test_a_default_endpoint_is_made_if_that_is_assumed(
    api: Api, cloud: FakeCloud, assume: Callable[..., None]
) -> None:
    assume(default_endpoint=True)
    api.create("demo")
    assert cloud.endpoints("demo")["Default"]["targetVersion"] == "LATEST"


def test_no_endpoint_is_made_while_the_runtime_is_not_ready(api: Api) -> None:
    runtime_id = api.create()
    status, error, message = api.refusal(*endpoint_request(runtime_id, "prod"))
    assert (status, error) == (400, "ERR_BAD_REQUEST")
    assert message == "runtime must be in READY status to create endpoints"


@pytest.mark.parametrize(
    ("assumption", "change", "problem"),
    [
        ({"network_required": True}, {"networkConfiguration": None}, "NetworkConfiguration is"),
        ({"cpu_step": 0.05}, {"cpu": 1.03}, "cpu must be a multiple of 0.05"),
        ({"memory_step": 64}, {"memory": 2000}, "memory must be a multiple of 64"),
    ],
)
def test_stricter_rules_can_be_assumed(
    api: Api,
    assume: Callable[..., None],
    assumption: dict[str, Any],
    change: dict[str, Any],
    problem: str,
) -> None:
    api.create("first", **change)
    assume(**assumption)
    assert problem in refused_create(api, runtime("second", **change))[2]


def test_unknown_fields_are_tolerated_if_that_is_assumed(
    api: Api, assume: Callable[..., None]
) -> None:
    assume(refuse_unknown_fields=False)
    assert "timeout" not in api.get(api.create(timeout=3))


def test_a_deletion_counted_in_reads_ends_with_a_read_of_nothing(
    api: Api, cloud: FakeCloud, clock: ManualClock
) -> None:
    runtime_id = api.create()
    clock.advance(2)
    endpoint_id = api.create_endpoint(runtime_id)["agentRuntimeEndpointId"]
    clock.advance(2)
    path = f"{PATH}/{runtime_id}/endpoints/{endpoint_id}"
    cloud.pace(reads=1)
    api.call("DeleteAgentRuntimeEndpoint", "DELETE", path)
    assert api.get_endpoint(runtime_id, endpoint_id)["status"] == "DELETING"
    assert api.refusal("GetAgentRuntimeEndpoint", "GET", path)[0] == 404
    api.delete(runtime_id)
    assert [item["status"] for item in api.list()["items"]] == ["DELETING"]
    assert api.refusal("GetAgentRuntime", "GET", f"{PATH}/{runtime_id}")[0] == 404


def test_the_latency_is_added_to_each_request(clock: ManualClock) -> None:
    cloud = FakeCloud(FakeSettings(latency_ms=40), clock=clock)
    before = clock.now()
    with cloud.client() as client:
        Api(client).list()
        Api(client).list()
        client.get("http://127.0.0.1/_fake/health")
    assert clock.now() == pytest.approx(before + 0.08)
