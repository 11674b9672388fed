"""A runtime's credential guards the calls of its endpoints."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings, Unverified

from ..conftest import Api

URL = "http://127.0.0.1/agent-runtimes/demo/endpoints/prod/invocations"
PASSED, REFUSED = 501, 403
"""Nothing runs here, so a call that passes the guard is told that."""


@pytest.fixture
def cloud() -> FakeCloud:
    return FakeCloud()


def guarded(client: httpx.Client, kind: str, secret: str = "s3cret", **fields: Any) -> Api:
    api = Api(client)
    body = {
        "credentialName": "door",
        "credentialAuthType": kind,
        "credentialSourceType": "internal",
        "credentialSecret": secret,
        **fields,
    }
    api.call("CreateCredential", "POST", "/agents/credentials", body)
    api.create_endpoint(api.create(credentialName="door"))
    client.get(URL)
    return api


@pytest.mark.parametrize(
    ("public", "headers", "status"),
    [
        ({}, {}, REFUSED),
        ({}, {"authorization": "Bearer wrong"}, REFUSED),
        ({}, {"authorization": "s3cret"}, REFUSED),
        ({}, {"authorization": "Bearer s3cret"}, PASSED),
        ({"headerKey": "X-Key"}, {"authorization": "Bearer s3cret"}, REFUSED),
        ({"headerKey": "X-Key"}, {"x-key": "s3cret"}, PASSED),
        ({"headerKey": "X-Key", "prefix": "Token"}, {"x-key": "Token s3cret"}, PASSED),
        ({"headerKey": "X-Key", "prefix": "key-"}, {"x-key": "key-s3cret"}, PASSED),
        ({"headerKey": "X-Key", "prefix": "key-"}, {"x-key": "s3cret"}, REFUSED),
    ],
)
@pytest.mark.parametrize("kind", ["api_key", "custom_header"])
def test_a_key_is_asked_for_in_its_header(
    cloud: FakeCloud, kind: str, public: dict[str, str], headers: dict[str, str], status: int
) -> None:
    with cloud.client() as client:
        guarded(client, kind, credentialPublicConfig=public)
        assert client.get(URL, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("auth", "status"), [(None, REFUSED), (("ann", "no"), REFUSED), (("ann", "pw"), PASSED)]
)
def test_a_name_and_password_are_asked_for(
    cloud: FakeCloud, auth: tuple[str, str] | None, status: int
) -> None:
    users = [{"username": "bob", "password": "x"}, {"username": "ann", "password": "pw"}]
    with cloud.client() as client:
        guarded(client, "basic", credentialPublicConfig={"users": users})
        reply = client.get(URL, auth=auth) if auth else client.get(URL)
        assert reply.status_code == status


def test_without_users_nobody_passes(cloud: FakeCloud) -> None:
    with cloud.client() as client:
        guarded(client, "basic")
        assert client.get(URL, auth=("", "")).status_code == REFUSED
        assert client.get(URL, headers={"authorization": "Basic"}).status_code == REFUSED


def test_without_a_secret_nobody_passes(cloud: FakeCloud) -> None:
    with cloud.client() as client:
        guarded(client, "api_key", secret="")
        for value in ("", "Bearer", "Bearer "):
            assert client.get(URL, headers={"authorization": value}).status_code == REFUSED


def test_tokens_are_not_looked_at(cloud: FakeCloud) -> None:
    with cloud.client() as client:
        guarded(client, "jwt")
        assert client.get(URL).status_code == PASSED


def test_a_credential_that_is_disabled_or_gone_lets_nobody_pass(cloud: FakeCloud) -> None:
    key = {"authorization": "Bearer s3cret"}
    with cloud.client() as client:
        guarded(client, "api_key", enabled=False)
        assert client.get(URL, headers=key).json()["message"] == "credential door is disabled"
        cloud.mutate({"credential": "door"}, delete=True)
        reply = client.get(URL, headers=key)
    assert (reply.status_code, reply.json()["code"]) == (REFUSED, "ERR_FORBIDDEN")
    assert reply.json()["message"] == "credential door of agent runtime demo does not exist"


@pytest.mark.parametrize(
    "cloud",
    [FakeCloud(FakeSettings(verify=False)), FakeCloud(unverified=Unverified(guard_calls=False))],
)
def test_the_guard_can_be_switched_off(cloud: FakeCloud) -> None:
    with cloud.client() as client:
        guarded(client, "api_key")
        assert client.get(URL).status_code == PASSED
