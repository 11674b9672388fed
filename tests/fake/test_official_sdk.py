"""The vendor's own low-level SDKs, unmodified, against the server."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from agentrun_fake import FakeCloud, ThreadedServer
from fastcrc import crc64

from .conftest import zip_bytes

# Its dependencies use what newer Pythons call deprecated, on import and at run time.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from alibabacloud_agentrun20250910 import client as sdk
    from alibabacloud_agentrun20250910 import models
    from alibabacloud_fc20230330 import client as fc
    from alibabacloud_fc20230330 import models as fc_models
    from alibabacloud_tea_openapi import exceptions as errors
    from alibabacloud_tea_openapi import models as tea

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud()) as running:
        yield running


@pytest.fixture
def client(server: ThreadedServer) -> Any:
    return connect(server)


def connect(server: ThreadedServer, secret: str = "testsecret", token: str | None = None) -> Any:
    return sdk.Client(config_for(server, secret, token))


def config_for(server: ThreadedServer, secret: str = "testsecret", token: str | None = None) -> Any:
    return tea.Config(
        access_key_id="testak",
        access_key_secret=secret,
        security_token=token,
        region_id="cn-hangzhou",
        protocol="http",
        endpoint=server.host_and_port,
    )


def new_runtime(**fields: Any) -> Any:
    package = zip_bytes(app="print('hello')")
    code = models.CodeConfiguration(
        language="python3.12",
        command=["python3", "app.py"],
        zip_file=base64.b64encode(package).decode(),
        checksum=str(crc64.xz(package)),
    )
    body = models.CreateAgentRuntimeInput(
        agent_runtime_name="demo",
        artifact_type="Code",
        cpu=1.0,
        memory=2048,
        port=9000,
        code_configuration=code,
        **fields,
    )
    return models.CreateAgentRuntimeRequest(body=body)


def test_it_does_a_full_life_of_runtime_version_and_endpoint(
    client: Any, server: ThreadedServer
) -> None:
    made = client.create_agent_runtime(
        new_runtime(
            environment_variables={"A": "中 b"},
            protocol_configuration=models.ProtocolConfiguration(type="HTTP"),
            nas_config=models.NASConfig(),
            network_configuration=models.NetworkConfiguration(network_mode="PUBLIC"),
            arms_configuration=models.ArmsConfiguration(arms_license_key="k"),
        )
    ).body.data
    runtime_id = made.agent_runtime_id
    assert made.status == "CREATING"
    shown = client.get_agent_runtime(runtime_id, models.GetAgentRuntimeRequest()).body.data
    assert shown.status == "READY"
    assert shown.environment_variables == {"A": "中 b"}
    assert shown.nas_config is None

    version = client.publish_runtime_version(
        runtime_id,
        models.PublishRuntimeVersionRequest(
            body=models.PublishRuntimeVersionInput(description="first")
        ),
    ).body.data
    assert (version.agent_runtime_version, version.description) == ("1", "first")

    changed = client.update_agent_runtime(
        runtime_id,
        models.UpdateAgentRuntimeRequest(body=models.UpdateAgentRuntimeInput(memory=4096)),
    ).body.data
    assert changed.status == "UPDATING"
    shown = client.get_agent_runtime(runtime_id, models.GetAgentRuntimeRequest()).body.data
    assert (shown.memory, shown.code_configuration.command) == (4096, ["python3", "app.py"])
    old = client.get_agent_runtime(
        runtime_id, models.GetAgentRuntimeRequest(agent_runtime_version="1")
    ).body.data
    assert old.memory == 2048
    listed = client.list_agent_runtime_versions(
        runtime_id, models.ListAgentRuntimeVersionsRequest()
    ).body.data
    assert [item.agent_runtime_version for item in listed.items] == ["LATEST", "1"]

    weight = models.VersionWeight(version="1", weight=0.2)
    endpoint = client.create_agent_runtime_endpoint(
        runtime_id,
        models.CreateAgentRuntimeEndpointRequest(
            body=models.CreateAgentRuntimeEndpointInput(
                agent_runtime_endpoint_name="prod",
                target_version="LATEST",
                routing_configuration=models.RoutingConfiguration(version_weights=[weight]),
                scaling_config=models.ScalingConfig(min_instances=1),
            )
        ),
    ).body.data
    endpoint_id = endpoint.agent_runtime_endpoint_id
    seen = client.get_agent_runtime_endpoint(runtime_id, endpoint_id).body.data
    assert seen.status == "READY"
    assert seen.routing_configuration.version_weights[0].weight == 0.2
    assert seen.scaling_status.min_instances == 1
    assert seen.endpoint_public_url.startswith(server.url)
    client.update_agent_runtime_endpoint(
        runtime_id,
        endpoint_id,
        models.UpdateAgentRuntimeEndpointRequest(
            body=models.UpdateAgentRuntimeEndpointInput(
                target_version="1", routing_configuration=models.RoutingConfiguration()
            )
        ),
    )
    found = client.list_agent_runtime_endpoints(
        runtime_id, models.ListAgentRuntimeEndpointsRequest(endpoint_name="prod")
    ).body.data
    assert (found.total, found.items[0].target_version) == (1, "1")
    assert found.items[0].routing_configuration is None

    client.delete_agent_runtime_endpoint(runtime_id, endpoint_id)
    gone = client.delete_agent_runtime(runtime_id).body.data
    assert (gone.agent_runtime_id, gone.status) == (runtime_id, None)
    with pytest.raises(errors.ClientException, match="does not exist"):
        client.get_agent_runtime(runtime_id, models.GetAgentRuntimeRequest())
    assert server.cloud.runtimes() == {}


def test_it_pages_and_filters(client: Any) -> None:
    client.create_agent_runtime(new_runtime(system_tags=["a"]))
    request = models.ListAgentRuntimesRequest(
        agent_runtime_name="a b/中+~*", search_mode="exact", page_number=1, page_size=50
    )
    assert client.list_agent_runtimes(request).body.data.total == 0
    request = models.ListAgentRuntimesRequest(system_tags="a", page_size=1)
    page = client.list_agent_runtimes(request).body.data
    assert (page.total, page.page_size, page.items[0].agent_runtime_name) == (1, 1, "demo")


def test_it_reads_the_errors(client: Any, server: ThreadedServer) -> None:
    client.create_agent_runtime(new_runtime())
    with pytest.raises(errors.ClientException, match="already exists") as caught:
        client.create_agent_runtime(new_runtime())
    assert caught.value.status_code == 409
    with pytest.raises(errors.ClientException, match="not matched with our calculation"):
        connect(server, secret="wrong").list_agent_runtimes(models.ListAgentRuntimesRequest())
    with pytest.raises(errors.ClientException, match="InvalidSecurityToken"):
        connect(server, token="t").list_agent_runtimes(models.ListAgentRuntimesRequest())
    server.cloud.faults.add(kind="throttle", retry_after_ms=1500)
    with pytest.raises(errors.ThrottlingException) as throttled:
        client.list_agent_runtimes(models.ListAgentRuntimesRequest())
    assert throttled.value.retry_after == 1500
    server.cloud.faults.add(status=503)
    with pytest.raises(errors.ServerException):
        client.list_agent_runtimes(models.ListAgentRuntimesRequest())


def test_it_does_a_full_life_of_a_workspace_and_a_credential(client: Any) -> None:
    made = client.create_workspace(
        models.CreateWorkspaceRequest(body=models.CreateWorkspaceInput(name="team"))
    ).body.data
    assert not made.is_default
    listed = client.list_workspaces(models.ListWorkspacesRequest(page_size="50")).body.data
    assert {item.name for item in listed.workspaces} == {"default", "team"}
    change = models.UpdateWorkspaceInput(description="changed")
    client.update_workspace(made.workspace_id, models.UpdateWorkspaceRequest(body=change))
    shown = client.get_workspace(made.workspace_id).body.data
    assert (shown.name, shown.description) == ("team", "changed")
    client.delete_workspace(made.workspace_id)

    credential = models.CreateCredentialInput(
        credential_name="key",
        credential_auth_type="api_key",
        credential_source_type="internal",
        credential_secret="s3cret",
        credential_public_config=models.CredentialPublicConfig(header_key="x-key"),
    )
    client.create_credential(models.CreateCredentialRequest(body=credential))
    assert client.get_credential("key").body.data.credential_secret == "s3cret"
    client.update_credential(
        "key",
        models.UpdateCredentialRequest(body=models.UpdateCredentialInput(credential_secret="n")),
    )
    assert client.get_credential("key").body.data.credential_secret == "n"
    client.delete_credential("key")
    assert int(client.list_credentials(models.ListCredentialsRequest()).body.data.total) == 0


def test_the_sdk_of_function_compute_sets_and_removes_concurrency(
    client: Any, server: ThreadedServer
) -> None:
    runtime_id = client.create_agent_runtime(new_runtime()).body.data.agent_runtime_id
    compute = fc.Client(config_for(server))
    name = f"agentrun-{runtime_id}"
    with pytest.raises(errors.ClientException, match="OnDemandConfigNotFound"):
        compute.get_concurrency_config(name)
    request = fc_models.PutConcurrencyConfigRequest(
        body=fc_models.PutConcurrencyInput(reserved_concurrency=5)
    )
    assert compute.put_concurrency_config(name, request).body.reserved_concurrency == 5
    found = compute.get_concurrency_config(name).body
    assert (found.reserved_concurrency, found.function_arn.endswith(name)) == (5, True)
    listed = compute.list_concurrency_configs(fc_models.ListConcurrencyConfigsRequest()).body
    assert [item.reserved_concurrency for item in listed.configs] == [5]
    compute.delete_concurrency_config(name)
    with pytest.raises(errors.ClientException, match="OnDemandConfigNotFound"):
        compute.get_concurrency_config(name)
    instances = compute.list_instances(name, fc_models.ListInstancesRequest()).body
    assert instances.instances == []
