"""The vendor's own low-level SDK, unmodified, does a full life of each kind of section 10."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from agentrun_fake import FakeCloud, ThreadedServer

# Its dependencies use what newer Pythons call deprecated, on import and at run time.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from alibabacloud_agentrun20250910 import client as sdk
    from alibabacloud_agentrun20250910 import models
    from alibabacloud_tea_openapi import exceptions as errors
    from alibabacloud_tea_openapi import models as tea

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@dataclass(frozen=True)
class Life:
    """What the SDK sends in the life of one kind, and what it then reads.

    Attributes:
        word: The kind in the names of the SDK's methods.
        plural: The same for the list.
        name_field: Attribute that holds the name.
        create: Body of the create.
        update: Body of the update.
        list_by: Parameters of the list.
        seen: Attributes after the update.
        input_suffix: How the names of the input models end.
        name: The name.
    """

    word: str
    plural: str
    name_field: str
    create: dict[str, Any]
    update: dict[str, Any]
    list_by: dict[str, Any]
    seen: dict[str, Any]
    input_suffix: str = "Input"
    name: str = "demo"

    def __str__(self) -> str:
        return self.word

    @property
    def title(self) -> str:
        return "".join(part.title() for part in self.word.split("_"))

    @property
    def plural_title(self) -> str:
        return "".join(part.title() for part in self.plural.split("_"))

    def request(self, verb: str, fields: dict[str, Any]) -> Any:
        body = getattr(models, f"{verb}{self.title}{self.input_suffix}")(**fields)
        return getattr(models, f"{verb}{self.title}Request")(body=body)


def network() -> Any:
    return models.NetworkConfiguration(network_mode="PUBLIC")


LIVES = [
    Life(
        "model_service",
        "model_services",
        "model_service_name",
        {
            "model_type": "llm",
            "provider": "tongyi",
            "provider_settings": models.ProviderSettings(
                api_key="k", base_url="https://m", model_names=["qwen-max"]
            ),
            "network_configuration": network(),
        },
        {"description": "new"},
        {"model_type": "llm"},
        {"description": "new", "status": "READY", "provider": "tongyi"},
    ),
    Life(
        "model_proxy",
        "model_proxies",
        "model_proxy_name",
        {
            "cpu": 2.0,
            "memory": 4096,
            "proxy_mode": "single",
            "proxy_config": models.ProxyConfig(
                endpoints=[models.ProxyConfigEndpoints(model_service_name="m", weight=1)],
                policies=models.ProxyConfigPolicies(num_retries=2),
            ),
        },
        {"log_configuration": models.LogConfiguration(project="p", logstore="l")},
        {"proxy_mode": "single"},
        {"status": "READY", "memory": 4096},
    ),
    Life(
        "template",
        "templates",
        "template_name",
        {
            "template_type": "CodeInterpreter",
            "cpu": 2.0,
            "memory": 4096,
            "network_configuration": network(),
            "sandbox_idle_timeout_in_seconds": 1800,
            "scaling_config": models.ScalingConfig(min_instances=1),
            "template_configuration": {"free": {"n": 1}},
        },
        {"memory": 8192},
        {"template_type": "CodeInterpreter"},
        {"memory": 8192, "status": "READY", "sandbox_idle_timeout_in_seconds": "1800"},
    ),
    Life(
        "tool",
        "tools",
        "tool_name",
        {
            "tool_type": "MCP",
            "create_method": "MCP_REMOTE",
            "mcp_config": models.McpConfig(session_affinity="NONE"),
        },
        {"timeout": 30},
        {"tool_type": "MCP"},
        {"timeout": 30, "status": "READY"},
        input_suffix="InputV2",
    ),
    Life(
        "memory_collection",
        "memory_collections",
        "memory_collection_name",
        {
            "type": "mem0",
            "llm_config": models.LLMConfig(
                model_service_name="m", config=models.LLMConfigConfig(model="qwen-max")
            ),
            "vector_store_config": models.VectorStoreConfig(
                provider="aliyun_tablestore",
                config=models.VectorStoreConfigConfig(instance_name="i", vector_dimension=1024),
            ),
        },
        {"enable_conversation_history": True},
        {"memory_collection_name": "demo"},
        {"enable_conversation_history": True},
    ),
    Life(
        "knowledge_base",
        "knowledge_bases",
        "knowledge_base_name",
        {"provider": "bailian", "provider_settings": {"indexIds": ["i"]}},
        {"retrieve_settings": {"topK": 3}},
        {"provider": "bailian"},
        {"retrieve_settings": {"topK": 3}, "provider_settings": {"indexIds": ["i"]}},
    ),
    Life(
        "custom_domain",
        "custom_domains",
        "domain_name",
        {
            "protocol": "HTTPS",
            "cert_config": models.CertConfig(cert_name="c", certificate="C", private_key="K"),
            "tls_config": models.TLSConfig(min_version="TLSv1.2"),
        },
        {
            "route_config": models.RouteConfig(
                routes=[models.PathConfig(path="/*", resource_type="runtime", resource_name="r")]
            )
        },
        {"resource_name": "r"},
        {"protocol": "HTTPS"},
        name="agents.example.com",
    ),
]


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud()) as running:
        yield running


@pytest.fixture
def client(server: ThreadedServer) -> Any:
    return sdk.Client(
        tea.Config(
            access_key_id="testak",
            access_key_secret="testsecret",
            region_id="cn-hangzhou",
            protocol="http",
            endpoint=server.host_and_port,
        )
    )


@pytest.mark.parametrize("life", LIVES, ids=str)
def test_the_sdk_does_a_full_life(client: Any, server: ThreadedServer, life: Life) -> None:
    create = getattr(client, f"create_{life.word}")
    get = getattr(client, f"get_{life.word}")
    update = getattr(client, f"update_{life.word}")
    delete = getattr(client, f"delete_{life.word}")
    list_all = getattr(client, f"list_{life.plural}")
    listing = getattr(models, f"List{life.plural_title}Request")

    made = create(life.request("Create", {life.name_field: life.name, **life.create})).body
    assert made.code == "SUCCESS"
    assert getattr(made.data, life.name_field) == life.name
    with pytest.raises(errors.AlibabaCloudException, match="already exists"):
        create(life.request("Create", {life.name_field: life.name, **life.create}))
    get(life.name)
    update(life.name, life.request("Update", life.update))
    shown = get(life.name).body.data
    assert {name: getattr(shown, name) for name in life.seen} == life.seen
    found = list_all(listing(page_number=1, page_size=10, **life.list_by)).body.data
    assert [item.to_map() for item in found.items] == [shown.to_map()]
    assert int(found.total) == 1
    delete(life.name)
    with pytest.raises(errors.ClientException, match="does not exist"):
        get(life.name)
    assert server.cloud.records(life.word) == []


def test_the_sdk_switches_the_mcp_server_of_a_template(client: Any) -> None:
    life = next(life for life in LIVES if life.word == "template")
    client.create_template(life.request("Create", {"template_name": "demo", **life.create}))
    request = models.ActivateTemplateMCPRequest(enabled_tools=["run_code"], transport="sse")
    active = client.activate_template_mcp("demo", request).body.data
    assert active.mcp_options.enabled_tools == ["run_code"]
    assert active.mcp_state.status == "READY"
    assert client.stop_template_mcp("demo").body.data.mcp_state is None
