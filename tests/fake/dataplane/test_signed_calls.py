"""Calls of endpoints that are signed with an access key: AGENTRUN4-HMAC-SHA256."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings, Key, Unverified
from agentrun_fake.signatures import agentrun4

from ..conftest import Acs3, Api, utc_now
from .conftest import TELLS, World, package

ACCOUNT = "1234567890123456"
PATH = "/agent-runtimes/demo/endpoints/prod/invocations"
HERE = f"http://127.0.0.1{PATH}"
RAM = f"https://{ACCOUNT}-ram.agentrun-data.cn-hangzhou.aliyuncs.com{PATH}"
PASSED, REFUSED = 501, 403
"""Nothing runs here, so a call that passes is told that."""
READER = Key("reader", "r", ACCOUNT, user="ann", allow=("agentrun:Get*",))
CALLER = Key("caller", "c", ACCOUNT, user="bob", allow=("agentrun:InvokeRuntime",))
STRANGER = Key("stranger", "s", "9" * 16)


class Signed(httpx.Auth):
    """Signs as `agentrun-sdk` does; other headers, region or date can be given."""

    requires_request_body = True

    def __init__(
        self,
        key_id: str = "testak",
        secret: str = "testsecret",
        region: str = "cn-hangzhou",
        leave_out: str = "",
        **headers: str,
    ) -> None:
        self.key_id, self.secret, self.region, self.leave_out = key_id, secret, region, leave_out
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        defaults = {"x-acs-date": utc_now(), "x-acs-content-sha256": "UNSIGNED-PAYLOAD"}
        request.headers.update({**defaults, **self.headers})
        names = sorted(
            name
            for name in request.headers
            if (name.startswith("x-acs-") or name == "host") and name != self.leave_out
        )
        date = request.headers["x-acs-date"][:10].replace("-", "")
        claim = agentrun4.Claim(self.key_id, date, self.region, tuple(names), "")
        path, _, query = request.url.raw_path.decode().partition("?")
        canonical = agentrun4.canonical_request(request.method, path, query, request.headers, names)
        request.headers["Agentrun-Authorization"] = (
            f"AGENTRUN4-HMAC-SHA256 Credential={self.key_id}/{date}/{self.region}/agentrun"
            f"/aliyun_v4_request,SignedHeaders={';'.join(names)},"
            f"Signature={agentrun4.sign(self.secret, claim, canonical)}"
        )
        yield request


def deploy(client: httpx.Client, auth: httpx.Auth | None = None, **fields: Any) -> None:
    api = Api(client, auth=auth or Acs3())
    api.create_endpoint(api.create(**fields))
    client.get(HERE)


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    cloud = FakeCloud(FakeSettings(keys=(READER, CALLER, STRANGER)))
    with cloud.client() as client:
        deploy(client)
        yield client


@pytest.mark.parametrize("url", [HERE, RAM, f"{RAM}/a%20b?q=a+b&q=%E4%B8%AD&e=&bare"])
def test_a_signed_call_passes(client: httpx.Client, url: str) -> None:
    assert client.post(url, json={"a": 1}, auth=Signed()).status_code == PASSED
    assert client.post(url, json={"a": 1}, auth=Signed("caller", "c")).status_code == PASSED


def test_the_host_for_signed_calls_takes_no_others(client: httpx.Client) -> None:
    reply = client.get(RAM)
    assert (reply.status_code, reply.json()["code"]) == (REFUSED, "ERR_FORBIDDEN")
    assert reply.json()["message"].endswith("is refused: unsigned")
    assert client.get(RAM.replace("-ram", "")).status_code == PASSED


@pytest.mark.parametrize(
    ("auth", "why"),
    [
        (Signed("nobody", "x"), "unknown key: nobody"),
        (Signed(secret="wrong"), "wrong signature"),
        (Signed(x_acs_date="2020-01-01T00:00:00Z"), "skewed: 2020-01-01T00:00:00Z"),
        (Signed(x_acs_date="yesterday"), "unsigned"),
        (Signed(region="cn-shanghai"), "region or date of the credential is wrong"),
        (Signed(leave_out="host"), "unsigned header: host"),
        (Signed(leave_out="x-acs-date"), "unsigned header: x-acs-date"),
        (Signed(x_acs_security_token="tok"), "wrong token"),
        (Signed(x_acs_content_sha256="0" * 64), "wrong digest"),
        (Signed("stranger", "s"), "unknown key: stranger is of another account"),
    ],
)
def test_a_call_that_is_signed_wrongly_is_refused(
    client: httpx.Client, auth: Signed, why: str
) -> None:
    reply = client.get(RAM, auth=auth)
    assert (reply.status_code, reply.json()["code"]) == (REFUSED, "ERR_FORBIDDEN")
    assert reply.json()["message"].endswith(why)


def test_a_wrong_signature_is_refused_where_none_is_asked_for(client: httpx.Client) -> None:
    assert client.get(HERE, auth=Signed(secret="wrong")).status_code == REFUSED
    broken = {"agentrun-authorization": "AGENTRUN4-HMAC-SHA256 Credential=a"}
    assert client.get(HERE, headers=broken).status_code == REFUSED


def test_a_nonce_is_used_once_by_those_who_send_one(client: httpx.Client) -> None:
    once = Signed(x_acs_signature_nonce="n")
    assert client.get(RAM, auth=once).status_code == PASSED
    assert client.get(RAM, auth=once).json()["message"].endswith("nonce used: n")


def test_a_key_needs_the_permission_to_call(client: httpx.Client) -> None:
    reply = client.get(RAM, auth=Signed("reader", "r"))
    assert (reply.status_code, reply.json()["code"]) == (REFUSED, "ERR_FORBIDDEN")
    detail = reply.json()["accessDeniedDetail"]
    assert detail["authAction"] == "agentrun:InvokeRuntime"
    assert detail["noPermissionType"] == "ImplicitDeny"


def test_a_signature_finds_only_what_is_of_its_account_and_region(client: httpx.Client) -> None:
    assert client.get(HERE, auth=Signed("stranger", "s")).status_code == 404
    assert client.get(HERE, auth=Signed(region="cn-shanghai")).status_code == 404
    there = RAM.replace("cn-hangzhou", "cn-shanghai")
    assert client.get(there, auth=Signed(region="cn-shanghai")).status_code == 404


@pytest.mark.parametrize(("passes", "status"), [(True, PASSED), (False, REFUSED)])
def test_a_signed_call_needs_no_credential_unless_assumed_otherwise(
    passes: bool, status: int
) -> None:
    cloud = FakeCloud(unverified=Unverified(signature_passes_guard=passes))
    with cloud.client() as client:
        deploy(client, credentialName="door")
        assert client.get(HERE).status_code == REFUSED
        assert client.get(RAM, auth=Signed()).status_code == status


def test_the_agent_does_not_get_what_the_caller_proves_itself_with(world: World) -> None:
    url = world.deploy(package(TELLS))
    got = world.tell(url, auth=Signed(), headers={"authorization": "kept"})["headers"]
    assert got["authorization"] == "kept"
    assert "agentrun-authorization" not in got
