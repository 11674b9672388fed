"""Roles of resource access management, by the vendor's own SDK and by hand."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from agentrun_fake import FakeCloud, ThreadedServer
from agentrun_fake.settings import Key
from agentrun_fake.store import Scope

from .conftest import Acs3, Api

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from alibabacloud_ram20150501 import client as ram
    from alibabacloud_ram20150501 import models
    from alibabacloud_tea_openapi import exceptions as errors
    from alibabacloud_tea_openapi import models as tea

POLICY = '{"Version": "1", "Statement": []}'


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud()) as running:
        yield running


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_vendors_sdk_does_a_full_life(server: ThreadedServer) -> None:
    client = ram.Client(
        tea.Config(
            access_key_id="testak",
            access_key_secret="testsecret",
            protocol="http",
            endpoint=server.host_and_port,
        )
    )
    wanted = models.GetRoleRequest(role_name="agentRunRole")
    with pytest.raises(errors.ClientException, match="The role not exists") as caught:
        client.get_role(wanted)
    assert (caught.value.status_code, caught.value.code) == (404, "EntityNotExist.Role")
    client.create_role(
        models.CreateRoleRequest(
            role_name="agentRunRole", assume_role_policy_document=POLICY, description="d"
        )
    )
    role = client.get_role(wanted).body.role
    assert role.arn == "acs:ram::1234567890123456:role/agentrunrole"
    assert (role.role_name, role.description) == ("agentRunRole", "d")
    assert (role.assume_role_policy_document, role.max_session_duration) == (POLICY, 3600)
    listed = client.list_roles(models.ListRolesRequest()).body
    assert [item.role_name for item in listed.roles.role] == ["agentRunRole"]
    client.delete_role(models.DeleteRoleRequest(role_name="agentRunRole"))
    assert server.cloud.records("role", Scope("1234567890123456", "")) == []


def call(api: Api, action: str, auth: Acs3 | None = None, **parameters: str) -> tuple[int, Any]:
    headers = {"x-acs-action": action, "x-acs-version": "2015-05-01"}
    options: dict[str, Any] = {"headers": headers, "auth": auth or Acs3(), "data": parameters}
    reply = api.client.post("http://127.0.0.1/", **options)
    return reply.status_code, reply.json()


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"RoleName": "a"}, "InvalidParameter"),
        ({"AssumeRolePolicyDocument": POLICY}, "InvalidParameter"),
        ({"RoleName": "a b", "AssumeRolePolicyDocument": POLICY}, "InvalidParameter"),
        ({"RoleName": "a", "AssumeRolePolicyDocument": "{"}, "MalformedPolicyDocument"),
    ],
)
def test_a_bad_role_is_refused(api: Api, parameters: dict[str, str], code: str) -> None:
    status, reply = call(api, "CreateRole", **parameters)
    assert (status, reply["Code"]) == (400, code)


def test_a_role_is_made_once_and_seen_in_all_regions(api: Api, cloud: FakeCloud) -> None:
    wanted = {"RoleName": "r", "AssumeRolePolicyDocument": POLICY}
    assert call(api, "CreateRole", **wanted)[0] == 200
    status, reply = call(api, "CreateRole", **wanted)
    assert (status, reply["Code"]) == (409, "EntityAlreadyExists.Role")
    assert cloud.calls.operations == ["CreateRole", "CreateRole"]
    cloud.calls.clear()
    assert call(api, "GetRole", RoleName="r")[0] == 200
    assert cloud.calls.writes == []


def test_a_key_of_the_upload_bucket_may_not_read_roles(api: Api, cloud: FakeCloud) -> None:
    key = Key("tmp", "s", "1234567890123456", token="t", only="oss:b/k")
    cloud.keys.add_temporary(key)
    status, reply = call(api, "GetRole", Acs3("tmp", "s", "t"), RoleName="r")
    assert (status, reply["Code"]) == (403, "NoPermission")
    status, reply = call(api, "GetRole", Acs3(secret="wrong"), RoleName="r")
    assert (status, reply["Code"]) == (400, "SignatureDoesNotMatch")
