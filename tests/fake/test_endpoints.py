"""Endpoints: their life, their targets and their weights (section 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from agentrun_fake import FakeCloud, ManualClock

from .conftest import Api, endpoint_request

URL = (
    "https://1234567890123456.agentrun-data.cn-hangzhou.aliyuncs.com"
    "/agent-runtimes/demo/endpoints/prod/invocations"
)


@pytest.fixture
def runtime_id(api: Api, clock: ManualClock) -> str:
    """A ready runtime with versions 1 and 2."""
    made = api.create()
    clock.advance(2)
    api.publish(made)
    api.publish(made)
    return made


def split(*entries: tuple[str, float]) -> dict[str, Any]:
    weights = [{"version": version, "weight": weight} for version, weight in entries]
    return {"versionWeights": weights}


def test_an_endpoint_is_created_updated_deleted_and_is_gone(
    api: Api, clock: ManualClock, runtime_id: str
) -> None:
    made = api.create_endpoint(runtime_id, targetVersion="2", description="x")
    endpoint_id = made["agentRuntimeEndpointId"]
    assert made["status"] == "CREATING"
    assert made["endpointPublicUrl"] == URL
    assert made["agentRuntimeEndpointArn"] == (
        f"acs:agentrun:cn-hangzhou:1234567890123456:runtime-endpoints/{endpoint_id}"
    )
    clock.advance(2)
    assert api.get_endpoint(runtime_id, endpoint_id)["status"] == "READY"
    answer = api.update_endpoint(runtime_id, endpoint_id, targetVersion="1")
    assert answer["status"] == "UPDATING"
    clock.advance(2)
    after = api.get_endpoint(runtime_id, endpoint_id)
    assert (after["status"], after["targetVersion"], after["description"]) == ("READY", "1", "x")
    path = f"/agents/runtimes/{runtime_id}/endpoints/{endpoint_id}"
    gone = api.call("DeleteAgentRuntimeEndpoint", "DELETE", path)
    assert gone == {"agentRuntimeEndpointId": endpoint_id, "agentRuntimeId": runtime_id}
    assert api.get_endpoint(runtime_id, endpoint_id)["status"] == "DELETING"
    assert api.call("DeleteAgentRuntimeEndpoint", "DELETE", path) == gone
    clock.advance(2)
    status, _, message = api.refusal("GetAgentRuntimeEndpoint", "GET", path)
    assert (status, message) == (404, f"agent runtime endpoint {endpoint_id} does not exist")


def test_the_target_is_the_draft_unless_it_is_given(api: Api, runtime_id: str) -> None:
    assert api.create_endpoint(runtime_id)["targetVersion"] == "LATEST"


def test_the_address_can_be_absent_until_it_is_ready(
    api: Api, clock: ManualClock, runtime_id: str, assume: Callable[..., None]
) -> None:
    assume(url_while_creating=False)
    made = api.create_endpoint(runtime_id)
    assert "endpointPublicUrl" not in made
    clock.advance(2)
    shown = api.get_endpoint(runtime_id, made["agentRuntimeEndpointId"])
    assert shown["endpointPublicUrl"] == URL


def test_a_split_is_kept_by_an_update_without_it_and_cleared_by_an_empty_one(
    api: Api, clock: ManualClock, runtime_id: str
) -> None:
    routing = split(("1", 0.2))
    made = api.create_endpoint(runtime_id, targetVersion="2", routingConfiguration=routing)
    endpoint_id = made["agentRuntimeEndpointId"]
    clock.advance(2)
    api.update_endpoint(runtime_id, endpoint_id, description="x")
    clock.advance(2)
    assert api.get_endpoint(runtime_id, endpoint_id)["routingConfiguration"] == routing
    api.update_endpoint(runtime_id, endpoint_id, routingConfiguration=split())
    clock.advance(2)
    assert "routingConfiguration" not in api.get_endpoint(runtime_id, endpoint_id)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"targetVersion": "9"}, "targetVersion: version 9 does not exist"),
        ({"targetVersion": "v1"}, "targetVersion must match"),
        ({"targetVersion": 1}, "targetVersion must be a string"),
        (
            {"routingConfiguration": split(("9", 0.1))},
            "routingConfiguration.versionWeights[0].version: version 9 does not exist",
        ),
        (
            {"routingConfiguration": split(("1", 2))},
            "routingConfiguration.versionWeights[0].weight must be from 0 to 1.0, not 2",
        ),
        (
            {"routingConfiguration": split(("1", 0.6), ("2", 0.5))},
            "the weights must not sum to more than 1.0",
        ),
        ({"routingConfiguration": split(("1", 0.1), ("1", 0.1))}, "names a version twice"),
        (
            {"routingConfiguration": {"versionWeights": [{"version": "1"}]}},
            "RoutingConfiguration.versionWeights[0].weight is required",
        ),
        ({"scalingConfig": {"minInstances": -1}}, "minInstances must be at least 0"),
        ({"deleteScalingConfig": True}, "deleteScalingConfig is not accepted on create"),
        ({"description": "x" * 257}, "description must have at most 256 characters"),
    ],
)
def test_a_bad_endpoint_is_refused_and_makes_nothing(
    api: Api, cloud: FakeCloud, runtime_id: str, body: dict[str, Any], problem: str
) -> None:
    status, code, message = api.refusal(*endpoint_request(runtime_id, "prod", **body))
    assert (status, code) == (400, "ERR_VALIDATION_FAILED")
    assert problem in message
    assert cloud.endpoints("demo") == {}


def test_weights_add_up_in_spite_of_binary_fractions(api: Api, runtime_id: str) -> None:
    api.publish(runtime_id)
    routing = split(("1", 0.1), ("2", 0.2), ("3", 0.7))
    assert api.create_endpoint(runtime_id, routingConfiguration=routing)["status"] == "CREATING"


def test_percents_and_a_single_canary_can_be_assumed(
    api: Api, runtime_id: str, assume: Callable[..., None]
) -> None:
    assume(weight_unit=100.0, max_canaries=1)
    api.create_endpoint(runtime_id, "a", routingConfiguration=split(("1", 20)))
    two = endpoint_request(runtime_id, "b", routingConfiguration=split(("1", 20), ("2", 10)))
    assert "versionWeights must have at most 1 entries" in api.refusal(*two)[2]


def test_names_are_unique_within_a_runtime(api: Api, clock: ManualClock, runtime_id: str) -> None:
    api.create_endpoint(runtime_id, "prod")
    refused = api.refusal(*endpoint_request(runtime_id, "prod"))
    assert refused[::2] == (409, "endpoint prod of agent runtime demo already exists")
    other = api.create("other")
    clock.advance(2)
    api.create_endpoint(other, "prod")


def test_writes_need_the_runtime_ready(api: Api, clock: ManualClock, runtime_id: str) -> None:
    endpoint_id = api.create_endpoint(runtime_id)["agentRuntimeEndpointId"]
    clock.advance(2)
    api.update(runtime_id, memory=4096)
    assert api.refusal(*endpoint_request(runtime_id, "b")) == (
        400,
        "ERR_BAD_REQUEST",
        "runtime must be in READY status to create endpoints",
    )
    path = f"/agents/runtimes/{runtime_id}/endpoints/{endpoint_id}"
    refused = api.refusal("UpdateAgentRuntimeEndpoint", "PUT", path, {"targetVersion": "1"})
    assert refused[2] == "runtime must be in READY status to update endpoints"
    clock.advance(2)
    api.update_endpoint(runtime_id, endpoint_id, targetVersion="1")


def test_a_busy_endpoint_takes_no_update(api: Api, runtime_id: str) -> None:
    endpoint_id = api.create_endpoint(runtime_id)["agentRuntimeEndpointId"]
    path = f"/agents/runtimes/{runtime_id}/endpoints/{endpoint_id}"
    refused = api.refusal("UpdateAgentRuntimeEndpoint", "PUT", path, {"targetVersion": "1"})
    assert refused[::2] == (409, "endpoint prod is CREATING and can't be updated")


@pytest.mark.parametrize(
    ("mode", "status", "names"),
    [
        ("ignore", 200, {"prod", "taken"}),
        ("refuse", 400, {"prod", "taken"}),
        ("rename", 200, {"new", "taken"}),
    ],
)
def test_another_name_in_an_update_is_treated_as_assumed(
    api: Api,
    cloud: FakeCloud,
    clock: ManualClock,
    runtime_id: str,
    assume: Callable[..., None],
    mode: str,
    status: int,
    names: set[str],
) -> None:
    assume(rename_on_put=mode)
    api.create_endpoint(runtime_id, "taken")
    endpoint_id = api.create_endpoint(runtime_id, "prod")["agentRuntimeEndpointId"]
    clock.advance(2)
    path = f"/agents/runtimes/{runtime_id}/endpoints/{endpoint_id}"
    call = ("UpdateAgentRuntimeEndpoint", "PUT", path)
    taken = api.reply(*call, {"agentRuntimeEndpointName": "taken"}).status_code
    assert taken == (409 if mode == "rename" else status)
    if mode == "ignore":
        clock.advance(2)
    assert api.reply(*call, {"agentRuntimeEndpointName": "new"}).status_code == status
    assert set(cloud.endpoints("demo")) == names


def test_scaling_is_written_as_config_and_read_as_status(
    api: Api, clock: ManualClock, runtime_id: str
) -> None:
    policy = {"name": "day", "scheduleExpression": "cron(0 8 * * ? *)", "target": 3}
    scaling = {"minInstances": 2, "scheduledPolicies": [policy]}
    made = api.create_endpoint(runtime_id, scalingConfig=scaling)
    clock.advance(2)
    shown = api.get_endpoint(runtime_id, made["agentRuntimeEndpointId"])
    assert "scalingConfig" not in shown
    assert shown["scalingStatus"] == {
        "minInstances": 2,
        "targetInstances": 2,
        "currentInstances": 2,
        "scheduledPolicies": [policy],
    }
    api.update_endpoint(runtime_id, made["agentRuntimeEndpointId"], deleteScalingConfig=True)
    clock.advance(2)
    shown = api.get_endpoint(runtime_id, made["agentRuntimeEndpointId"])
    assert not {"scalingStatus", "deleteScalingConfig"} & set(shown)


def test_the_list_is_filtered_and_paged(api: Api, runtime_id: str) -> None:
    for name in ("a", "b", "ab"):
        api.create_endpoint(runtime_id, name)

    def listed(**query: Any) -> list[str]:
        path = f"/agents/runtimes/{runtime_id}/endpoints"
        page = api.call("ListAgentRuntimeEndpoints", "GET", path, **query)
        return [item["agentRuntimeEndpointName"] for item in page["items"]]

    assert listed() == ["ab", "b", "a"]
    assert listed(endpointName="a") == ["ab", "a"]
    assert listed(endpointName="a", searchMode="exact") == ["a"]
    assert listed(pageSize=2, pageNumber=2) == ["a"]


def test_an_endpoint_is_found_below_its_own_runtime_only(
    api: Api, clock: ManualClock, runtime_id: str
) -> None:
    endpoint_id = api.create_endpoint(runtime_id)["agentRuntimeEndpointId"]
    other = api.create("other")
    path = f"/agents/runtimes/{other}/endpoints/{endpoint_id}"
    assert api.refusal("GetAgentRuntimeEndpoint", "GET", path)[0] == 404


def test_an_address_finds_endpoints_of_all_regions_and_a_host_its_own(
    api: Api, clock: ManualClock
) -> None:
    shanghai = Api(api.client, "https://agentrun.cn-shanghai.aliyuncs.com")
    runtime_id = shanghai.create()
    clock.advance(2)
    shanghai.create_endpoint(runtime_id)
    clock.advance(2)
    path = "/agent-runtimes/demo/endpoints/prod/invocations"
    own = "https://1234567890123456.agentrun-data.cn-shanghai.aliyuncs.com"
    hosts = {"http://127.0.0.1": 501, own: 501, own.replace("shanghai", "beijing"): 404}
    for host, status in hosts.items():
        assert api.client.get(f"{host}{path}").status_code == status


def test_calling_an_endpoint_says_that_nothing_runs_here(
    api: Api, cloud: FakeCloud, clock: ManualClock, runtime_id: str
) -> None:
    url = api.create_endpoint(runtime_id)["endpointPublicUrl"]
    assert api.client.post(url).status_code == 503
    clock.advance(2)
    reply = api.client.post(f"{url}/openai/v1/chat/completions", json={})
    assert (reply.status_code, reply.json()["code"]) == (501, "ERR_NOT_RUN_HERE")
    assert api.client.get(url.replace("prod", "dev")).status_code == 404
    assert [call.write for call in cloud.calls if call.service == "data"] == [False] * 3
