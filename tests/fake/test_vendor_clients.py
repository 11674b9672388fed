"""The vendor's own clients of the services around AgentRun, unmodified, against the server."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from agentrun_fake import FakeCloud, FakeSettings, ThreadedServer
from agentrun_fake.settings import Key

# They use what newer Pythons call deprecated, on import and at run time.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import fc2
    from alibabacloud_sts20150401 import client as sts
    from alibabacloud_tea_openapi import exceptions as errors
    from alibabacloud_tea_openapi import models as tea

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

ACCOUNT = "1234567890123456"
USER = Key("userak", "usersecret", ACCOUNT, user="deployer")
TOKEN_PATH = "/2016-08-15/tempBucketToken"


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud(FakeSettings(keys=(USER,)))) as running:
        yield running


def who(server: ThreadedServer, key_id: str, secret: str) -> Any:
    config = tea.Config(
        access_key_id=key_id,
        access_key_secret=secret,
        protocol="http",
        endpoint=server.host_and_port,
    )
    return sts.Client(config).get_caller_identity().body


def test_the_token_service_tells_the_account_and_its_users_apart(server: ThreadedServer) -> None:
    owner = who(server, "testak", "testsecret")
    assert (owner.account_id, owner.identity_type) == (ACCOUNT, "Account")
    assert owner.arn == f"acs:ram::{ACCOUNT}:root"
    user = who(server, "userak", "usersecret")
    assert (user.account_id, user.identity_type) == (ACCOUNT, "RAMUser")
    assert user.arn == f"acs:ram::{ACCOUNT}:user/deployer"
    with pytest.raises(errors.ClientException, match="SignatureDoesNotMatch"):
        who(server, "userak", "wrong")


def temporary_token(server: ThreadedServer, secret: str, **options: str) -> dict[str, Any]:
    """As Serverless Devs asks for it: by the path, since the client has no method for it."""
    client = fc2.Client(
        endpoint=server.url, accessKeyID="testak", accessKeySecret=secret, **options
    )
    headers = client._build_common_headers("GET", TOKEN_PATH, {"x-fc-account-id": ACCOUNT})
    token: dict[str, Any] = client._do_request("GET", TOKEN_PATH, headers).json()
    return token


def test_the_client_of_the_older_api_gets_a_place_for_a_package(server: ThreadedServer) -> None:
    token = temporary_token(server, "testsecret")
    assert set(token) == {"credentials", "ossBucket", "objectName", "ossRegion"}
    assert {"AccessKeyId", "AccessKeySecret", "SecurityToken"} <= set(token["credentials"])
    assert re.fullmatch(r"[a-z0-9-]+", token["ossBucket"])
    with pytest.raises(fc2.FcError, match="SignatureNotMatch"):
        temporary_token(server, "wrong")
