"""The account's number is known or found out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import httpx
import pytest
from agentrun_provider.client import Client
from agentrun_provider.config import Settings
from agentrun_provider.errors import ConfigError, Forbidden
from agentrun_provider.identity import account_id


class Service(Protocol):
    requests: list[httpx.Request]

    def answers(self, *answers: Any) -> None: ...


@pytest.fixture
def unnamed(settings: Settings) -> Settings:
    return replace(settings, account_id=None, max_retries=1)


@pytest.fixture
def asking(make_client: Callable[[Settings], Client], unnamed: Settings) -> Client:
    return make_client(unnamed)


def test_the_number_in_the_settings_is_used_without_a_request(
    client: Client, settings: Settings
) -> None:
    assert account_id(settings, client) == "1234567890123456"


def test_sts_is_asked_once(asking: Client, unnamed: Settings, service: Service) -> None:
    service.answers(httpx.Response(200, json={"AccountId": "98", "RequestId": "r"}))

    assert account_id(unnamed, asking) == account_id(unnamed, asking) == "98"

    [sent] = service.requests
    assert (sent.method, str(sent.url)) == ("POST", "https://sts.cn-hangzhou.aliyuncs.com/")
    assert sent.headers["x-acs-action"] == "GetCallerIdentity"
    assert sent.headers["x-acs-version"] == "2015-04-01"
    assert sent.headers["authorization"].startswith("ACS3-HMAC-SHA256 ")


def test_each_client_has_its_own_account(
    make_client: Callable[[Settings], Client], unnamed: Settings, service: Service
) -> None:
    service.answers(
        httpx.Response(200, json={"AccountId": "1"}), httpx.Response(200, json={"AccountId": "2"})
    )
    first, second = make_client(unnamed), make_client(unnamed)

    assert account_id(unnamed, first) == "1"
    assert account_id(unnamed, second) == "2"


def test_a_fault_is_repeated(asking: Client, unnamed: Settings, service: Service) -> None:
    service.answers(httpx.ReadTimeout(""), httpx.Response(200, json={"AccountId": "98"}))

    assert account_id(unnamed, asking) == "98"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"RequestId": "r"}),
        httpx.Response(200, json=[]),
        httpx.Response(200, text="<html>"),
        httpx.ConnectError("unreachable"),
    ],
    ids=["no number", "no object", "no json", "unreachable"],
)
def test_when_sts_can_not_be_asked_the_setting_is_named(
    make_client: Callable[[Settings], Client], unnamed: Settings, service: Service, answer: Any
) -> None:
    service.answers(answer)
    once = replace(unnamed, max_retries=0)

    with pytest.raises(ConfigError) as refused:
        account_id(once, make_client(once))

    assert "agentrun:accountId" in refused.value.hint
    assert "AGENTRUN_ACCOUNT_ID" in refused.value.hint


def test_a_failure_is_not_remembered(
    make_client: Callable[[Settings], Client], unnamed: Settings, service: Service
) -> None:
    once = replace(unnamed, max_retries=0)
    client = make_client(once)
    service.answers(httpx.ConnectError("down"), httpx.Response(200, json={"AccountId": "98"}))

    with pytest.raises(ConfigError):
        account_id(once, client)
    assert account_id(once, client) == "98"


def test_wrong_keys_are_told_as_what_they_are(
    asking: Client, unnamed: Settings, service: Service
) -> None:
    service.answers(httpx.Response(400, json={"Code": "SignatureDoesNotMatch", "Message": "no"}))

    with pytest.raises(Forbidden, match="SignatureDoesNotMatch"):
        account_id(unnamed, asking)


def test_the_real_sts_is_not_asked_about_a_control_plane_elsewhere(
    make_client: Callable[[Settings], Client], unnamed: Settings
) -> None:
    elsewhere = replace(unnamed, control_endpoint="http://127.0.0.1:9")

    with pytest.raises(ConfigError) as refused:
        account_id(elsewhere, make_client(elsewhere))

    assert "AGENTRUN_STS_ENDPOINT" in refused.value.hint
