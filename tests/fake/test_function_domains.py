"""Custom domains of Function Compute 3.0 (section 8.5), also by the vendor's own SDK."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
from agentrun_fake import FakeCloud, ManualClock, ThreadedServer

from .conftest import Api

# Its dependencies use what newer Pythons call deprecated, on import and at run time.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from alibabacloud_fc20230330 import client as sdk
    from alibabacloud_fc20230330 import models
    from alibabacloud_tea_openapi import exceptions as errors
    from alibabacloud_tea_openapi import models as tea

DOMAIN = "agents.example.com"
PATH = f"/custom-domains/{DOMAIN}"
CERT = {
    "certName": "ours",
    "certificate": "-----BEGIN CERTIFICATE-----\nMIIB",
    "privateKey": "-----BEGIN RSA PRIVATE KEY-----\nMIIC",
}


@pytest.fixture
def fc(api: Api) -> Api:
    return Api(api.client, version="2023-03-30")


def body(function: str, **changes: Any) -> dict[str, Any]:
    routes = [{"path": "/*", "functionName": function, "qualifier": "LATEST"}]
    return {
        "domainName": DOMAIN,
        "protocol": "HTTP",
        "routeConfig": {"routes": routes},
        **changes,
    }


def create(fc: Api, whole: dict[str, Any]) -> Any:
    return fc.reply("CreateCustomDomain", "POST", "/custom-domains", whole)


def test_a_domain_is_made_read_changed_and_removed(api: Api, fc: Api, clock: ManualClock) -> None:
    function = f"agentrun-{api.create()}"
    absent = fc.reply("GetCustomDomain", "GET", PATH)
    assert (absent.status_code, absent.json()["Code"]) == (404, "DomainNameNotFound")
    made = create(fc, body(function)).json()
    assert made["routeConfig"] == body(function)["routeConfig"]
    assert made["accountId"] == "1234567890123456"
    assert made["createdTime"] == made["lastModifiedTime"]
    clock.advance(60)
    changed = fc.reply("UpdateCustomDomain", "PUT", PATH, {"protocol": "HTTPS", "certConfig": CERT})
    assert changed.json()["protocol"] == "HTTPS"
    shown = fc.reply("GetCustomDomain", "GET", PATH).json()
    assert shown == changed.json()
    assert shown["routeConfig"] == made["routeConfig"], "what an update leaves out stays"
    assert shown["lastModifiedTime"] > shown["createdTime"]
    gone = fc.reply("DeleteCustomDomain", "DELETE", PATH)
    assert (gone.status_code, gone.content) == (204, b"")
    assert fc.reply("DeleteCustomDomain", "DELETE", PATH).status_code == 404


def test_a_second_one_of_the_name_is_refused(api: Api, fc: Api) -> None:
    function = f"agentrun-{api.create()}"
    assert create(fc, body(function)).status_code == 200
    again = create(fc, body(function))
    assert (again.status_code, again.json()["Code"]) == (409, "DomainNameAlreadyExists")


@pytest.mark.parametrize("returned", [False, True])
def test_a_private_key_is_held_back_unless_assumed_otherwise(
    api: Api, fc: Api, assume: Callable[..., None], returned: bool
) -> None:
    assume(returns_passwords=returned)
    create(fc, body(f"agentrun-{api.create()}", protocol="HTTPS", certConfig=CERT))
    shown = fc.reply("GetCustomDomain", "GET", PATH).json()["certConfig"]
    assert shown == (CERT if returned else {k: v for k, v in CERT.items() if k != "privateKey"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"domainName": "localhost"},
        {"domainName": "中文.com"},
        {"protocol": "TCP"},
        {"protocol": "HTTPS"},
        {"unheardOf": 1},
        {"certConfig": {"certName": "a"}},
        {"certConfig": {**CERT, "privateKey": "no PEM"}},
        {"tlsConfig": {"minVersion": "SSLv3"}},
        {"tlsConfig": {"maxVersion": "TLSv1.3"}},
        {"authConfig": {"authType": "basic"}},
        {"wafConfig": {"enableWAF": "yes"}},
        {"routeConfig": {"routes": [{"functionName": "f"}]}},
        {"routeConfig": {"routes": [{"path": "a", "functionName": "f"}]}},
        {"routeConfig": {"routes": [{"path": "/a", "functionName": "f", "methods": ["FETCH"]}]}},
        {"routeConfig": {"routes": [{"path": "/a", "functionName": "f"}] * 2}},
    ],
)
def test_a_bad_domain_is_refused(api: Api, fc: Api, wrong: dict[str, Any]) -> None:
    reply = create(fc, body(f"agentrun-{api.create()}", **wrong))
    assert (reply.status_code, reply.json()["Code"]) == (400, "InvalidArgument"), reply.text
    assert fc.reply("ListCustomDomains", "GET", "/custom-domains").json() == {"customDomains": []}


def test_a_private_key_that_is_none_is_not_repeated(api: Api, fc: Api) -> None:
    cert = {**CERT, "privateKey": "MIICsecret"}
    reply = create(fc, body(f"agentrun-{api.create()}", protocol="HTTPS", certConfig=cert))
    assert "certConfig.privateKey must match" in reply.json()["Message"]
    assert "MIICsecret" not in reply.text


@pytest.mark.parametrize("name", ["agentrun-none", "other"])
def test_a_route_needs_its_function(fc: Api, name: str) -> None:
    reply = create(fc, body(name))
    assert (reply.status_code, reply.json()["Code"]) == (404, "FunctionNotFound")


def test_a_route_to_a_function_that_is_gone_stands_in_no_updates_way(
    api: Api, fc: Api, clock: ManualClock
) -> None:
    gone, kept = api.create("gone"), api.create("kept")
    create(fc, body(f"agentrun-{gone}"))
    api.delete(gone)
    clock.advance(60)
    routes = fc.reply("GetCustomDomain", "GET", PATH).json()["routeConfig"]["routes"]
    more = [*routes, {"path": "/kept", "functionName": f"agentrun-{kept}"}]
    changed = fc.reply("UpdateCustomDomain", "PUT", PATH, {"routeConfig": {"routes": more}})
    assert changed.json()["routeConfig"]["routes"] == more


def test_a_refused_update_changes_nothing(api: Api, fc: Api) -> None:
    create(fc, body(f"agentrun-{api.create()}"))
    before = fc.reply("GetCustomDomain", "GET", PATH).json()
    refused = fc.reply("UpdateCustomDomain", "PUT", PATH, {"protocol": "HTTPS"})
    assert refused.status_code == 400
    assert fc.reply("GetCustomDomain", "GET", PATH).json() == before


def test_domains_are_listed_in_pages(api: Api, fc: Api) -> None:
    function = f"agentrun-{api.create()}"
    names = [f"{letter}.example.com" for letter in "cab"]
    for name in names:
        create(fc, body(function, domainName=name))
    call = ("ListCustomDomains", "GET", "/custom-domains")
    first = fc.reply(*call, limit=2).json()
    second = fc.reply(*call, limit=2, nextToken=first["nextToken"]).json()
    shown = [item["domainName"] for item in first["customDomains"] + second["customDomains"]]
    assert shown == sorted(names)
    assert "nextToken" not in second
    listed = fc.reply(*call, prefix="a").json()["customDomains"]
    assert [item["domainName"] for item in listed] == ["a.example.com"]
    assert fc.reply(*call, limit=0).status_code == 400


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_sdk_of_function_compute_makes_changes_and_removes_a_domain(
    cloud: FakeCloud, api: Api
) -> None:
    function = f"agentrun-{api.create()}"
    with ThreadedServer(cloud) as server:
        client = sdk.Client(
            tea.Config(
                access_key_id="testak",
                access_key_secret="testsecret",
                region_id="cn-hangzhou",
                protocol="http",
                endpoint=server.host_and_port,
            )
        )
        with pytest.raises(errors.ClientException, match="DomainNameNotFound"):
            client.get_custom_domain(DOMAIN)
        route = models.PathConfig(path="/*", function_name=function, methods=["GET", "POST"])
        request = models.CreateCustomDomainRequest(
            body=models.CreateCustomDomainInput(
                domain_name=DOMAIN,
                protocol="HTTP,HTTPS",
                route_config=models.RouteConfig(routes=[route]),
                cert_config=models.CertConfig(
                    cert_name=CERT["certName"],
                    certificate=CERT["certificate"],
                    private_key=CERT["privateKey"],
                ),
                tls_config=models.TLSConfig(min_version="TLSv1.2", cipher_suites=["A"]),
                waf_config=models.WAFConfig(enable_waf=True),
            )
        )
        made = client.create_custom_domain(request).body
        assert made.route_config.routes[0].methods == ["GET", "POST"]
        change = models.UpdateCustomDomainInput(protocol="HTTPS")
        client.update_custom_domain(DOMAIN, models.UpdateCustomDomainRequest(body=change))
        found = client.get_custom_domain(DOMAIN).body
        assert (found.protocol, found.waf_config.enable_waf) == ("HTTPS", True)
        listed = client.list_custom_domains(models.ListCustomDomainsRequest(limit=10)).body
        assert [item.domain_name for item in listed.custom_domains] == [DOMAIN]
        client.delete_custom_domain(DOMAIN)
        assert (
            client.list_custom_domains(models.ListCustomDomainsRequest()).body.custom_domains == []
        )
