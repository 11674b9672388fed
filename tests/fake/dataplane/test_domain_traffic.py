"""Requests to custom domains of Function Compute go by the domains' routes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
from agentrun_fake import FakeCloud, FakeSettings, ThreadedServer, mock_agentrun
from agentrun_fake.interception import is_caught

from ..conftest import Api
from .conftest import TELLS, World, package

DOMAIN = "agents.example.com"
PASSED, REFUSED = 501, 403
"""Nothing runs here, so a request that finds its function is told that."""


class Site:
    """A domain, and the runtimes that its routes lead to by name."""

    def __init__(self, client: httpx.Client, host: str = "http://127.0.0.1") -> None:
        self.api = Api(client, host)
        self.fc = Api(client, host, version="2023-03-30")
        self.client, self.host = client, host

    def lead(self, *routes: dict[str, Any], name: str = DOMAIN, **fields: Any) -> None:
        whole = {"domainName": name, "protocol": "HTTP", **fields}
        whole["routeConfig"] = {"routes": list(routes)}
        reply = self.fc.reply("CreateCustomDomain", "POST", "/custom-domains", whole)
        assert reply.status_code == 200, reply.text

    def ask(
        self, path: str, method: str = "GET", host: str = DOMAIN, **options: Any
    ) -> httpx.Response:
        headers = {"host": host, **options.pop("headers", {})}
        return self.client.request(method, f"{self.host}{path}", headers=headers, **options)

    def refusal(self, path: str, **options: Any) -> tuple[int, str, str]:
        reply = self.ask(path, **options)
        assert set(reply.json()) == {"Code", "Message", "RequestId"}
        return reply.status_code, reply.json()["Code"], reply.json()["Message"]


@pytest.fixture
def site() -> Iterator[Site]:
    with FakeCloud().client() as client:
        yield Site(client)


def route(path: str, function: str, **more: Any) -> dict[str, Any]:
    return {"path": path, "functionName": f"agentrun-{function}", **more}


def test_a_domain_leads_to_the_program_by_path_method_and_version(world: World) -> None:
    world.deploy(package(TELLS), environmentVariables={"COLOUR": "blue"})
    world.api.publish(world.runtime_id)
    world.api.update(world.runtime_id, environmentVariables={"COLOUR": "green"})
    site = Site(world.client, world.server.url)
    site.lead(
        route("/*", world.runtime_id),
        route("/stable/*", world.runtime_id, qualifier="1", methods=["POST"]),
    )
    got = site.ask("/a%20b/c?q=%E4%B8%AD").json()
    assert (got["path"], got["environment"]["COLOUR"]) == ("/a%20b/c?q=%E4%B8%AD", "green")
    assert got["headers"]["host"] == DOMAIN
    got = site.ask("/stable/x", "POST", content=b"body").json()
    assert (got["path"], got["body"], got["environment"]["COLOUR"]) == (
        "/stable/x",
        "body",
        "blue",
    )
    assert site.ask("/stable/x", "GET").json()["environment"]["COLOUR"] == "green"


def test_the_closest_route_is_taken(site: Site) -> None:
    names = ("all", "deep", "exact")
    ids = {name: site.api.create(name) for name in names}
    site.client.get("http://127.0.0.1/")
    site.lead(route("/*", ids["all"]), route("/a/*", ids["deep"]), route("/a/b", ids["exact"]))
    found = {}
    for path in ("/", "/a", "/a/", "/a/b", "/a/b/", "/ab"):
        status, _, text = site.refusal(path)
        assert status == PASSED
        found[path] = text.partition("agent runtime ")[2].partition(",")[0]
    assert found == {
        "/": "all",
        "/a": "all",
        "/a/": "deep",
        "/a/b": "exact",
        "/a/b/": "deep",
        "/ab": "all",
    }


def test_what_no_route_is_for_is_told_as_the_service_tells_it(site: Site) -> None:
    site.lead(route("/a/*", site.api.create(), methods=["GET"]))
    assert site.refusal("/apk/") == (
        404,
        "DomainRouteNotFound",
        f"no route found in domain '{DOMAIN}' for path '/apk/' and method 'GET'",
    )
    assert site.refusal("/a/b", method="POST")[:2] == (404, "DomainRouteNotFound")
    assert site.ask("/a/b", "HEAD").status_code == 404


def test_paths_of_other_services_belong_to_the_domain(site: Site) -> None:
    runtime_id = site.api.create()
    site.api.get(runtime_id)
    site.lead(route("/*", runtime_id))
    for path in ("/2025-09-10/agents/runtimes", "/2023-03-30/custom-domains", "/agent-runtimes/a"):
        assert site.ask(path).status_code == PASSED


def test_the_vendors_hosts_are_no_custom_domains(site: Site) -> None:
    host = "agentrun.cn-hangzhou.aliyuncs.com"
    site.lead(route("/*", site.api.create()), name=host)
    listed = Api(site.client, f"https://{host}").list()
    assert listed["total"] == 1


def test_a_wildcard_stands_for_one_label(site: Site) -> None:
    names = ("any", "own")
    ids = {name: site.api.create(name) for name in names}
    for name in names:
        site.api.get(ids[name])
    site.lead(route("/*", ids["any"]), name="*.example.com")
    site.lead(route("/*", ids["own"]), name="Own.example.com")
    assert "agent runtime any," in site.refusal("/", host="other.example.com:8080")[2]
    assert "agent runtime own," in site.refusal("/", host="own.EXAMPLE.com")[2]
    assert site.ask("/", host="a.b.example.com").json()["code"] == "UnknownService"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ("creating", 503, "FunctionNotReady"),
        ("gone", 404, "FunctionNotFound"),
        ("version", 404, "VersionNotFound"),
    ],
)
def test_a_function_that_can_not_be_called_is_told(change: str, status: int, code: str) -> None:
    cloud = FakeCloud(FakeSettings(run=True))
    with cloud.client() as client:
        site = Site(client)
        if change == "creating":
            cloud.pace(ms=1e9)
        runtime_id = site.api.create(containerConfiguration=None, **_code())
        if change != "creating":
            site.api.get(runtime_id)
        qualifier = {"qualifier": "7"} if change == "version" else {}
        site.lead(route("/*", runtime_id, **qualifier))
        if change == "gone":
            site.api.delete(runtime_id)
        assert site.refusal("/")[:2] == (status, code)
    cloud.stop_programs()


def _code() -> dict[str, Any]:
    return {
        "artifactType": "Code",
        "codeConfiguration": {
            "language": "python3.12",
            "command": ["python3", "app.py"],
            "zipFile": package(TELLS),
        },
    }


def test_what_is_not_modelled_is_refused_instead_of_left_out() -> None:
    cloud = FakeCloud(FakeSettings(run=True))
    with cloud.client() as client:
        site = Site(client)
        runtime_id = site.api.create(containerConfiguration=None, **_code())
        site.api.get(runtime_id)
        rules = {"equalRules": [{"match": "/a", "replacement": "/b"}]}
        site.lead(route("/*", runtime_id, rewriteConfig=rules))
        assert "rewriteConfig" in site.refusal("/")[2]
        site.lead(
            route("/*", runtime_id), name="b.example.com", authConfig={"authType": "function"}
        )
        assert "authConfig of type function" in site.refusal("/", host="b.example.com")[2]
    cloud.stop_programs()


def test_the_runtimes_credential_guards_its_domain_too(site: Site) -> None:
    body = {
        "credentialName": "door",
        "credentialAuthType": "api_key",
        "credentialSourceType": "internal",
        "credentialSecret": "s3cret",
    }
    site.api.call("CreateCredential", "POST", "/agents/credentials", body)
    runtime_id = site.api.create(credentialName="door")
    site.api.get(runtime_id)
    site.lead(route("/*", runtime_id))
    assert site.ask("/").status_code == REFUSED
    assert site.ask("/", headers={"authorization": "Bearer s3cret"}).status_code == PASSED


def test_a_call_is_noted_with_the_domains_account_and_region() -> None:
    cloud = FakeCloud()
    with ThreadedServer(cloud) as server, cloud.client() as client:
        there = Site(client, "https://fcv3.cn-shanghai.aliyuncs.com")
        api = Api(client, "https://agentrun.cn-shanghai.aliyuncs.com")
        runtime_id = api.create()
        api.get(runtime_id)
        there.lead(route("/*", runtime_id))
        assert httpx.get(server.url, headers={"host": DOMAIN}).status_code == PASSED
    [call] = [call for call in cloud.calls if call.service == "domain"]
    assert (call.operation, call.region, call.resource) == (
        "InvokeFunction",
        "cn-shanghai",
        f"domain/{DOMAIN}",
    )


def test_in_process_a_declared_domain_is_caught_and_others_are_not() -> None:
    with mock_agentrun() as cloud, httpx.Client() as client:
        site = Site(client, "https://agentrun.cn-hangzhou.aliyuncs.com")
        site.fc.host = "https://fcv3.cn-hangzhou.aliyuncs.com"
        runtime_id = site.api.create()
        site.api.get(runtime_id)
        assert not is_caught(cloud, "nobody.invalid")
        site.lead(route("/*", runtime_id), name="nobody.invalid")
        for get in (httpx.get, requests.get):
            assert get("http://nobody.invalid:80/a?b").status_code == PASSED
        assert asyncio.run(_get("https://nobody.invalid/a")) == PASSED
    assert cloud.calls.count("InvokeFunction") == 3


async def _get(url: str) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).status_code
