"""What is special about custom domains (section 10.9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Api

PATH = "/agents/custom-domains"
CERTIFICATE = {"certName": "c-1", "certificate": "PEM", "privateKey": "KEY"}


def create(api: Api, name: str = "a.example.com", **changes: Any) -> dict[str, Any]:
    body = {"domainName": name, "protocol": "HTTP", **changes}
    return api.call("CreateCustomDomain", "POST", PATH, body)


def routes(*given: dict[str, Any]) -> dict[str, Any]:
    return {"routes": list(given)}


def names(api: Api, **query: str) -> list[str]:
    found = api.call("ListCustomDomains", "GET", PATH, **query)["items"]
    return [item["domainName"] for item in found]


def test_a_private_key_is_not_returned(api: Api, assume: Callable[..., None]) -> None:
    made = create(api, protocol="HTTP,HTTPS", certConfig=CERTIFICATE)
    assert made["certConfig"] == {"certName": "c-1", "certificate": "PEM"}
    assume(returns_passwords=True)
    shown = api.call("GetCustomDomain", "GET", f"{PATH}/a.example.com")
    assert shown["certConfig"] == CERTIFICATE


def test_domains_are_found_by_what_their_routes_lead_to(api: Api) -> None:
    runtime = {"path": "/*", "resourceType": "runtime", "resourceName": "demo"}
    flow = {"path": "/*", "resourceType": "flow", "resourceName": "steps"}
    create(api, routeConfig=routes(runtime))
    made = create(api, "b.example.com", domainType="SANDBOX", routeConfig=routes(flow))
    assert made["routeConfig"]["routes"] == [{**flow, "flowEndpointName": "Default"}]
    assert names(api, resourceName="demo") == ["a.example.com"]
    assert names(api, resourceType="flow") == ["b.example.com"]
    assert names(api, domainType="SANDBOX") == ["b.example.com"]
    assert names(api, domainName="a.ex") == ["a.example.com"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"domainName": "localhost"}, "domainName must match"),
        ({"protocol": "HTTPS"}, "certConfig is required when protocol is HTTPS"),
        ({"certConfig": {"certName": "1c"}}, "certConfig.certName must match"),
        ({"routeConfig": routes({"path": "/a"}, {"path": "/a"})}, "the path /a more than once"),
        ({"routeConfig": routes({"resourceType": "vm"})}, "resourceType must be one of"),
    ],
)
def test_a_bad_domain_is_refused(api: Api, change: dict[str, Any], problem: str) -> None:
    body = {"domainName": "a.example.com", "protocol": "HTTP", **change}
    refused = api.refusal("CreateCustomDomain", "POST", PATH, body)
    assert refused[0] == 400
    assert problem in refused[2]
