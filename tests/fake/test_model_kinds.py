"""What is special about model services and model proxies (sections 10.3 and 10.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from agentrun_fake import FakeCloud, ManualClock

from .conftest import Api

SERVICES, PROXIES = "/agents/model-services", "/agents/model-proxies"
SERVICE = {
    "modelServiceName": "qwen",
    "modelType": "llm",
    "provider": "tongyi",
    "providerSettings": {"apiKey": "sk-1", "baseUrl": "https://m", "modelNames": ["qwen-max"]},
}
PROXY = {
    "modelProxyName": "front",
    "cpu": 2,
    "memory": 4096,
    "proxyMode": "multi",
    "proxyConfig": {
        "endpoints": [{"modelServiceName": "qwen", "modelNames": ["qwen-max"], "weight": 1}],
        "policies": {"cache": True, "tokenRateLimiter": {"tpm": 1000}, "fallbacks": []},
    },
}


def create_service(api: Api, **changes: Any) -> dict[str, Any]:
    return api.call("CreateModelService", "POST", SERVICES, {**SERVICE, **changes})


def create_proxy(api: Api, **changes: Any) -> dict[str, Any]:
    return api.call("CreateModelProxy", "POST", PROXIES, {**PROXY, **changes})


def services(api: Api, **query: Any) -> list[str]:
    found = api.call("ListModelServices", "GET", SERVICES, **query)["items"]
    return [item["modelServiceName"] for item in found]


def test_the_api_key_is_kept_but_not_returned(api: Api, cloud: FakeCloud) -> None:
    shown = {"baseUrl": "https://m", "modelNames": ["qwen-max"]}
    assert create_service(api)["providerSettings"] == shown
    kept = cloud.records("model_service")[0].fields["providerSettings"]
    assert kept["apiKey"] == "sk-1"


def test_the_api_key_is_returned_if_that_is_assumed(api: Api, assume: Callable[..., None]) -> None:
    assume(returns_passwords=True)
    assert create_service(api)["providerSettings"] == SERVICE["providerSettings"]


def test_model_services_are_listed_by_type(api: Api, assume: Callable[..., None]) -> None:
    create_service(api)
    create_service(api, modelServiceName="rank", modelType="rerank", provider="other")
    assert services(api, modelType="rerank") == ["rank"]
    assert services(api, modelType="llm", provider="other") == []
    refused = api.refusal("ListModelServices", "GET", SERVICES)
    assert refused[::2] == (400, "ModelType is required")
    assume(model_services_need_type=False)
    assert services(api) == ["rank", "qwen"]


def test_a_list_of_model_infos_is_kept_and_cleared(api: Api, clock: ManualClock) -> None:
    info = {
        "modelName": "qwen-max",
        "modelFeatures": {"toolCall": True},
        "modelProperties": {"contextSize": 32768},
        "modelParameterRules": [{"name": "temperature", "default": 0.5, "min": 0, "max": 2}],
    }
    assert create_service(api, modelInfoConfigs=[info])["modelInfoConfigs"] == [info]
    clock.advance(2)
    body = {"modelInfoConfigs": [], "status": "READY"}
    changed = api.call("UpdateModelService", "PUT", f"{SERVICES}/qwen", body)
    assert "modelInfoConfigs" not in changed


def test_nested_objects_are_merged_if_that_is_assumed(
    api: Api, assume: Callable[..., None], clock: ManualClock
) -> None:
    create_service(api)
    clock.advance(2)
    assume(merge="deep")
    body = {"providerSettings": {"modelNames": ["qwen-plus"]}}
    changed = api.call("UpdateModelService", "PUT", f"{SERVICES}/qwen", body)
    assert changed["providerSettings"] == {"baseUrl": "https://m", "modelNames": ["qwen-plus"]}


def test_a_model_proxy_has_an_address_of_its_own(api: Api, cloud: FakeCloud) -> None:
    made = create_proxy(api, armsConfiguration={"enableArms": True})
    host = "https://1234567890123456.agentrun-data.cn-hangzhou.aliyuncs.com"
    assert made["endpoint"] == f"{host}/model-proxies/front"
    assert made["functionName"] == f"agentrun-{made['modelProxyId']}"
    assert "armsConfiguration" not in made
    assert made["proxyConfig"]["policies"] == {"cache": True, "tokenRateLimiter": {"tpm": 1000}}
    cloud.base_url = "http://127.0.0.1:1"
    shown = api.call("GetModelProxy", "GET", f"{PROXIES}/front")
    assert shown["endpoint"] == "http://127.0.0.1:1/model-proxies/front"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"memory": 4}, "memory must be 128 to 32768, not 4"),
        ({"proxyMode": "many"}, "proxyMode must be one of single, multi, not 'many'"),
        ({"proxyConfig": {"policies": {"cache": True}}}, "proxyConfig.endpoints is required"),
        (
            {"proxyConfig": {"endpoints": [{"weight": 0.5}]}},
            "proxyConfig.endpoints[0].weight must be an integer",
        ),
    ],
)
def test_a_bad_model_proxy_is_refused(api: Api, change: dict[str, Any], problem: str) -> None:
    refused = api.refusal("CreateModelProxy", "POST", PROXIES, {**PROXY, **change})
    assert refused[::2] == (400, problem)


def test_a_model_proxy_is_deleted_while_it_is_updated(api: Api, clock: ManualClock) -> None:
    create_proxy(api)
    clock.advance(2)
    body = {"description": "d"}
    assert api.call("UpdateModelProxy", "PUT", f"{PROXIES}/front", body)["status"] == "UPDATING"
    assert api.call("DeleteModelProxy", "DELETE", f"{PROXIES}/front")["status"] == "DELETING"


def test_model_proxies_are_listed_by_mode(api: Api) -> None:
    create_proxy(api)
    assert api.call("ListModelProxies", "GET", PROXIES, proxyMode="single")["total"] == 0
    assert api.call("ListModelProxies", "GET", PROXIES, proxyMode="multi")["total"] == 1
