"""Where the client connects to, and what it says when that fails."""

from __future__ import annotations

import json
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest
from agentrun_provider.client import Client
from agentrun_provider.config import Settings
from agentrun_provider.credentials import Credentials
from agentrun_provider.errors import ConfigError, TransportFault
from agentrun_provider.services import AGENTRUN

from .conftest import PATH, Connect, Reply, ScriptedService


def test_a_redirect_is_not_followed(client: Client, service: ScriptedService) -> None:
    service.answers(httpx.Response(302, headers={"location": "https://elsewhere.test/"}))

    with pytest.raises(Exception, match="302") as refused:
        client.call("X", "GET", PATH)

    assert "controlEndpoint" in refused.value.hint  # type: ignore[attr-defined]


def test_a_certificate_nobody_trusts_is_not_tried_again(
    client: Client, service: ScriptedService
) -> None:
    error = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")
    service.answers(error)

    with pytest.raises(TransportFault) as fault:
        client.call("X", "GET", PATH)

    assert fault.value.lasting


def test_a_host_without_tls_is_told_how_to_be_written(
    client: Client, service: ScriptedService
) -> None:
    error = httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version number")
    error.__cause__ = ssl.SSLError()
    error.__cause__.reason = "WRONG_VERSION_NUMBER"
    service.answers(error)

    with pytest.raises(TransportFault) as fault:
        client.call("X", "GET", PATH)

    assert fault.value.hint == (
        "The host speaks plain HTTP: write agentrun:controlEndpoint with http:// in front"
    )


def test_a_request_that_can_not_be_sent_is_not_tried_again(
    client: Client, service: ScriptedService
) -> None:
    service.answers(httpx.LocalProtocolError("illegal header value"))

    with pytest.raises(TransportFault):
        client.call("X", "GET", PATH)


def test_a_control_plane_elsewhere_does_not_pull_in_the_real_neighbours(
    make_client: Connect, settings: Settings
) -> None:
    client = make_client(replace(settings, control_endpoint="http://127.0.0.1:1"))

    with pytest.raises(ConfigError) as refused:
        client.call_fcv3("GetConcurrencyConfig", "GET", "/x")

    assert "AGENTRUN_FC_ENDPOINT" in refused.value.hint


def test_another_address_of_the_vendor_keeps_the_neighbours(
    make_client: Connect, settings: Settings, service: ScriptedService
) -> None:
    service.answers(httpx.Response(200, json={}))
    endpoint = "https://agentrun-vpc.cn-hangzhou.aliyuncs.com"

    make_client(replace(settings, control_endpoint=endpoint)).call_fcv3("X", "GET", "/x")

    assert service.requests[0].url.host == "fcv3.cn-hangzhou.aliyuncs.com"


def test_threads_share_a_client(settings: Settings) -> None:
    together = threading.Barrier(8, timeout=30)

    def answer(request: httpx.Request) -> httpx.Response:
        together.wait()
        return httpx.Response(200, json={"code": "SUCCESS", "data": json.loads(request.content)})

    with Client(
        settings, lambda: Credentials("a", "b"), transport=httpx.MockTransport(answer)
    ) as client:

        def call(number: int) -> Any:
            return client.call("X", "PUT", f"{PATH}/{number}", body=number)

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(call, range(8))) == list(range(8))


def test_a_request_can_take_a_time_out_of_its_own(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(success(), success())

    client.sender.send(AGENTRUN, "X", "GET", "https://h.test/", timeout_seconds=600.0)
    client.call("X", "GET", PATH)

    first, second = (request.extensions["timeout"] for request in service.requests)
    assert (first["connect"], first["read"]) == (5.0, 600.0)
    assert (second["connect"], second["read"]) == (5.0, 60.0)


def test_this_machine_is_reached_past_any_proxy(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")

    with Client(settings, lambda: Credentials("a", "b")) as client:
        mounts = client.sender._http._mounts
        direct = {pattern.host for pattern, transport in mounts.items() if transport is None}

    assert {"127.0.0.1", "localhost", "::1"} <= direct
