"""A runtime's credential guards the calls of its endpoints."""

from __future__ import annotations

import json
import sys
from typing import Any

import httpx
import jwt
import pytest
from agentrun_fake import FakeCloud, FakeSettings, Unverified
from cryptography.hazmat.primitives.asymmetric import ec

from ..conftest import Api

URL = "http://127.0.0.1/agent-runtimes/demo/endpoints/prod/invocations"
PASSED, REFUSED = 501, 403
"""Nothing runs here, so a call that passes the guard is told that."""


def jwk(kid: str) -> jwt.PyJWK:
    """A new key pair."""
    private = ec.generate_private_key(ec.SECP256R1())
    plain = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(private))
    return jwt.PyJWK({**plain, "kid": kid, "alg": "ES256"})


def key_set(*keys: jwt.PyJWK) -> str:
    """The public halves."""
    public = [
        {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.key.public_key())), "kid": key.key_id}
        for key in keys
    ]
    return json.dumps({"keys": public})


def token(key: jwt.PyJWK, kid: str | None = None, exp: int = 2**40) -> str:
    headers = {"kid": kid} if kid else None
    return jwt.encode({"sub": "ann", "exp": exp}, key.key, algorithm="ES256", headers=headers)


def bearer(text: str) -> dict[str, str]:
    return {"authorization": f"Bearer {text}"}


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


KEY = jwk(kid="ours")


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, "the header Authorization does not hold what credential door asks for"),
        (bearer("nonsense"), "is refused: Not enough segments"),
        (bearer(token(KEY, "ours")), None),
        (bearer(token(KEY)), None),
        (bearer(token(KEY, "theirs")), "no key theirs is among those of the credential"),
        (bearer(token(jwk(kid="ours"), "ours")), "is refused: Signature verification failed"),
        (bearer(token(KEY, "ours", exp=1)), "is refused: Signature has expired"),
        (bearer(jwt.encode({"sub": "a"}, "", algorithm="none")), "is refused: "),
    ],
)
def test_a_token_must_be_signed_by_a_key_of_the_credential(
    cloud: FakeCloud, headers: dict[str, str], why: str | None
) -> None:
    with cloud.client() as client:
        guarded(client, "jwt", credentialPublicConfig={"jwks": key_set(KEY)})
        reply = client.get(URL, headers=headers)
    assert reply.status_code == (REFUSED if why else PASSED)
    assert (why or "") in reply.json()["message"]


def test_a_token_may_stand_in_a_header_of_its_own(cloud: FakeCloud) -> None:
    public = {"jwks": key_set(KEY), "headerKey": "X-Token", "prefix": "T"}
    with cloud.client() as client:
        guarded(client, "jwt", credentialPublicConfig=public)
        good = {"x-token": f"T {token(KEY, 'ours')}"}
        assert client.get(URL, headers=good).status_code == PASSED
        assert client.get(URL, headers=bearer(token(KEY, "ours"))).status_code == REFUSED


def test_without_keys_no_token_passes_unless_they_are_elsewhere(cloud: FakeCloud) -> None:
    with cloud.client() as client:
        api = guarded(client, "jwt")
        reply = client.get(URL, headers=bearer(token(KEY)))
        assert (reply.status_code, reply.json()["message"]) == (
            REFUSED,
            "credential door has no jwks",
        )
        body = {"credentialPublicConfig": {"remoteConfig": {"uri": "https://keys.example"}}}
        api.call("UpdateCredential", "PUT", "/agents/credentials/door", body)
        assert client.get(URL).status_code == PASSED, "no keys are fetched"


def test_keys_that_can_not_be_read_let_nobody_pass(cloud: FakeCloud) -> None:
    with cloud.client() as client:
        guarded(client, "jwt", credentialPublicConfig={"jwks": "{"})
        assert client.get(URL, headers=bearer(token(KEY))).status_code == REFUSED


def test_without_the_library_tokens_can_not_be_checked(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)
    with cloud.client() as client:
        guarded(client, "jwt", credentialPublicConfig={"jwks": key_set(KEY)})
        reply = client.get(URL, headers=bearer(token(KEY)))
    assert "PyJWT, which is not installed" in reply.json()["message"]


def test_key_pairs_are_not_looked_at(cloud: FakeCloud) -> None:
    with cloud.client() as client:
        guarded(client, "ak_sk")
        assert client.get(URL).status_code == PASSED


def test_an_endpoint_off_the_public_network_is_called_by_its_private_host(
    cloud: FakeCloud,
) -> None:
    with cloud.client() as client:
        api = Api(client)
        runtime_id = api.create()
        cloud.finish()
        made = api.create_endpoint(runtime_id, disablePublicNetworkAccess=True)
        path = URL.partition("127.0.0.1")[2]
        public = "https://1234567890123456.agentrun-data.cn-hangzhou.aliyuncs.com"
        for url in (URL, public + path):
            reply = client.get(url)
            assert (reply.status_code, reply.json()["code"]) == (REFUSED, "ERR_FORBIDDEN")
            assert "can't be called from the public network" in reply.json()["message"]
        private = public.replace("agentrun-data", "agentrun-data-vpc")
        assert client.get(private + path).status_code == PASSED
        endpoint_id = made["agentRuntimeEndpointId"]
        api.update_endpoint(runtime_id, endpoint_id, disablePublicNetworkAccess=False)
        cloud.finish()
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
