"""Discovery endpoints of a workspace (section 10.2), by hand and by the official SDK."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from agentrun_fake import FakeCloud, ThreadedServer

from .conftest import Api

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from alibabacloud_agentrun20250910 import client as sdk
    from alibabacloud_agentrun20250910 import models
    from alibabacloud_tea_openapi import models as tea

ENDPOINT = {
    "name": "public",
    "returnAgentCredentialContent": True,
    "agentEndpointConfigs": [{"agentName": "demo", "endpointName": "prod"}],
}


def workspace_path(api: Api) -> str:
    found = api.call("ListWorkspaces", "GET", "/workspaces")["workspaces"]
    return f"/workspaces/{found[0]['workspaceId']}/discovery/endpoints"


def test_settings_are_put_and_merged_and_cleared(api: Api) -> None:
    path = workspace_path(api)
    read = ("GetWorkspaceDiscoveryEndpoints", "GET", path)
    write = ("UpdateWorkspaceDiscoveryEndpoints", "PUT", path)
    assert api.call(*read) == {"discoveryEndpoints": []}
    assert api.call(*write, {"credentialName": "key"})["credentialName"] == "key"
    wanted = {"credentialName": "key", "discoveryEndpoints": [ENDPOINT]}
    assert api.call(*write, {"discoveryEndpoints": [ENDPOINT]}) == wanted
    assert api.call(*read) == wanted
    cleared = api.call(*write, {"credentialName": "", "discoveryEndpoints": []})
    assert cleared == {"discoveryEndpoints": []}


def test_what_makes_no_sense_is_refused(api: Api) -> None:
    path = workspace_path(api)
    body: dict[str, Any] = {"discoveryEndpoints": [{"name": 1, "colour": "red"}]}
    refused = api.refusal("UpdateWorkspaceDiscoveryEndpoints", "PUT", path, body)
    assert refused[2] == (
        "discoveryEndpoints[0].name must be a string; discoveryEndpoints[0].colour is unknown"
    )
    missing = "/workspaces/none/discovery/endpoints"
    assert api.refusal("GetWorkspaceDiscoveryEndpoints", "GET", missing)[0] == 404


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_official_sdk_sets_and_reads_them() -> None:
    with ThreadedServer(FakeCloud()) as server:
        client = sdk.Client(
            tea.Config(
                access_key_id="testak",
                access_key_secret="testsecret",
                region_id="cn-hangzhou",
                protocol="http",
                endpoint=server.host_and_port,
            )
        )
        listed = client.list_workspaces(models.ListWorkspacesRequest()).body.data
        place = listed.workspaces[0].workspace_id
        agent = models.AgentEndpointConfig(agent_name="demo")
        wanted = models.UpdateDiscoveryEndpointsInput(
            discovery_endpoints=[
                models.DiscoveryEndpoint(name="public", agent_endpoint_configs=[agent])
            ]
        )
        client.update_workspace_discovery_endpoints(
            place, models.UpdateWorkspaceDiscoveryEndpointsRequest(body=wanted)
        )
        read = client.get_workspace_discovery_endpoints(place).body.data
        assert read.discovery_endpoints[0].agent_endpoint_configs[0].agent_name == "demo"
