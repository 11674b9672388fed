"""Keys that may not do everything, and each service's words for it."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings, Key, ThreadedServer, Unverified, mock_agentrun
from agentrun_fake.cli import fake_command
from agentrun_provider.client import Client
from agentrun_provider.config import resolve
from agentrun_provider.credentials import provider_for
from agentrun_provider.errors import Forbidden
from click.testing import CliRunner

from .conftest import Acs3, Api, runtime

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from alibabacloud_agentrun20250910 import client as sdk
    from alibabacloud_agentrun20250910 import models
    from alibabacloud_fc20230330 import client as fc
    from alibabacloud_fc20230330 import models as fc_models
    from alibabacloud_tea_openapi import exceptions as errors
    from alibabacloud_tea_openapi import models as tea

ACCOUNT = "1234567890123456"
READER = Key(
    "reader",
    "readersecret",
    ACCOUNT,
    user="ci",
    allow=("agentrun:Get*", "agentrun:list*", "fc:*"),
    deny=("agentrun:GetCredential", "fc:PutConcurrencyConfig"),
)
SETTINGS = FakeSettings(keys=(READER,))
CREATE = ("CreateAgentRuntime", "POST", "/agents/runtimes")


@pytest.fixture
def cloud() -> FakeCloud:
    return FakeCloud(SETTINGS)


def reader(api: Api) -> Api:
    return Api(api.client, auth=Acs3(READER.key_id, READER.secret))


def test_what_is_allowed_is_done(api: Api) -> None:
    runtime_id = api.create("demo")
    assert reader(api).get(runtime_id)["agentRuntimeName"] == "demo"
    # RAM compares actions without regard to case.
    assert reader(api).list()["total"] == 1


def test_what_nothing_allows_is_denied_with_details(api: Api, cloud: FakeCloud) -> None:
    reply = reader(api).reply(*CREATE, runtime())
    assert reply.status_code == 403
    body = reply.json()
    assert set(body) == {"code", "message", "requestId", "accessDeniedDetail"}
    assert body["code"] == "AccessDenied"
    assert "agentrun:CreateAgentRuntime" in body["message"]
    detail = body["accessDeniedDetail"]
    assert detail.pop("encodedDiagnosticInfo")
    assert detail == {
        "authAction": "agentrun:CreateAgentRuntime",
        "authPrincipalDisplayName": READER.user_id,
        "authPrincipalOwnerId": ACCOUNT,
        "authPrincipalType": "SubUser",
        "noPermissionType": "ImplicitDeny",
        "policyType": "AccountLevelIdentityBasedPolicy",
    }
    assert cloud.runtimes() == {}
    assert [(call.status, call.code) for call in cloud.calls] == [(403, "AccessDenied")]


def test_a_deny_wins_over_an_allow(api: Api) -> None:
    body = reader(api).reply("GetCredential", "GET", "/agents/credentials/x").json()
    assert body["accessDeniedDetail"]["noPermissionType"] == "ExplicitDeny"


def test_a_denied_caller_does_not_learn_what_exists(api: Api) -> None:
    denied = reader(api).reply("DeleteAgentRuntime", "DELETE", "/agents/runtimes/none")
    assert denied.status_code == 403


def test_the_code_is_an_assumption(api: Api, cloud: FakeCloud) -> None:
    cloud.unverified = Unverified(code_of_denied="NoPermission")
    assert reader(api).reply(*CREATE, runtime()).json()["code"] == "NoPermission"


@pytest.mark.parametrize(
    ("service", "code"),
    [("fc2016", "AccessDenied"), ("sls", "Unauthorized"), ("oss", "AccessDenied")],
)
def test_each_service_has_its_own_words(service: str, code: str) -> None:
    from agentrun_fake.errors import ServiceError
    from agentrun_fake.permissions import check_permission

    nothing = Key("k", "s", ACCOUNT, token="t", allow=())
    with pytest.raises(ServiceError) as caught:
        check_permission(nothing, service, "Anything", Unverified())
    assert (caught.value.status, caught.value.code) == (403, code)
    assert caught.value.denied is not None
    assert caught.value.denied["authPrincipalType"] == "AssumedRoleUser"


def test_everybody_may_ask_who_they_are(api: Api) -> None:
    headers = {"x-acs-action": "GetCallerIdentity", "x-acs-version": "2015-04-01"}
    url = "http://127.0.0.1/"
    found = api.client.post(url, headers=headers, auth=reader(api).auth).json()
    assert (found["IdentityType"], found["AccountId"]) == ("RAMUser", ACCOUNT)
    assert found["Arn"] == f"acs:ram::{ACCOUNT}:user/ci"
    assert found["UserId"] == READER.user_id != ACCOUNT
    owner = api.client.post(url, headers=headers, auth=api.auth).json()
    assert (owner["IdentityType"], owner["UserId"]) == ("Account", ACCOUNT)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_official_sdks_read_the_details() -> None:
    with ThreadedServer(FakeCloud(SETTINGS)) as server:
        config = tea.Config(
            access_key_id=READER.key_id,
            access_key_secret=READER.secret,
            region_id="cn-hangzhou",
            protocol="http",
            endpoint=server.host_and_port,
        )
        with pytest.raises(errors.ClientException) as denied:
            sdk.Client(config).delete_agent_runtime("none")
        assert denied.value.status_code == 403
        assert denied.value.access_denied_detail["noPermissionType"] == "ImplicitDeny"
        with pytest.raises(errors.ClientException) as denied:
            fc.Client(config).put_concurrency_config(
                "agentrun-none",
                fc_models.PutConcurrencyConfigRequest(
                    body=fc_models.PutConcurrencyInput(reserved_concurrency=1)
                ),
            )
        assert denied.value.access_denied_detail["NoPermissionType"] == "ExplicitDeny"
        listed = sdk.Client(config).list_agent_runtimes(models.ListAgentRuntimesRequest())
        assert listed.body.data.total == 0


def test_the_provider_tells_which_permission_is_missing() -> None:
    with mock_agentrun(SETTINGS):
        settings = resolve(
            {"agentrun:accessKeyId": READER.key_id, "agentrun:accessKeySecret": READER.secret},
            os.environ,
        )
        with (
            Client(settings, provider_for(settings)) as client,
            pytest.raises(Forbidden, match="agentrun:DeleteAgentRuntime"),
        ):
            client.call("DeleteAgentRuntime", "DELETE", "/agents/runtimes/none")


def key_file(folder: Path, content: Any) -> str:
    path = folder / "keys.json"
    path.write_text(json.dumps(content))
    return str(path)


def test_the_command_reads_more_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[FakeCloud] = []

    def serve(servers: list[ThreadedServer], advice: str) -> None:
        served.append(servers[0].cloud)

    monkeypatch.setattr("agentrun_fake.cli._serve", serve)
    given = [
        {"keyId": "a", "secret": "s", "user": "ci", "allow": ["agentrun:*"]},
        {"keyId": "b", "secret": "s", "account": "42", "deny": ["*"]},
    ]
    result = CliRunner().invoke(fake_command, ["--keys", key_file(tmp_path, given)])
    assert result.exit_code == 0, result.output
    assert served[0].settings.keys == (
        Key("a", "s", ACCOUNT, user="ci", allow=("agentrun:*",)),
        Key("b", "s", "42", deny=("*",)),
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ([{"keyId": "a"}], "secret of a key must be a text"),
        ([{"keyId": "a", "secret": "s", "allow": "*"}], "allow of a key must be a list of texts"),
        ([{"keyId": "a", "secret": "s", "deny": [1]}], "deny of a key must be a list of texts"),
        ([{"keyId": "a", "secret": "s", "role": "x"}], "unknown in a key: role"),
        (["a"], "Invalid value for --keys"),
        (7, "Invalid value for --keys"),
    ],
)
def test_a_wrong_key_file_is_refused(tmp_path: Path, content: Any, problem: str) -> None:
    result = CliRunner().invoke(fake_command, ["--keys", key_file(tmp_path, content)])
    assert result.exit_code == 2
    assert problem in result.output


def test_a_client_without_a_key_is_nobodys_business() -> None:
    with FakeCloud(FakeSettings(verify=False)).client() as client:
        assert Api(client, auth=httpx.Auth()).create("demo")
