"""The client repeats what does no harm twice, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from agentrun_provider.client import Client
from agentrun_provider.config import Settings
from agentrun_provider.errors import AlreadyExists, ServerFault, TransportFault

from .conftest import PATH, Connect, FakeClock, Reply, ScriptedService

NOT_SENT = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout(""),
    httpx.PoolTimeout(""),
    httpx.ProxyError("no"),
]
SENT = [
    httpx.ReadTimeout(""),
    httpx.WriteTimeout(""),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.RemoteProtocolError("disconnected"),
    httpx.DecodingError("gzip"),
]


def name_of(value: object) -> str:
    return type(value).__name__


@pytest.mark.parametrize("fault", [*NOT_SENT, *SENT], ids=name_of)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_does_no_harm_twice_is_repeated_after_any_transport_fault(
    client: Client, service: ScriptedService, success: Reply, fault: Exception, method: str
) -> None:
    service.answers(fault, success({"a": 1}))

    assert client.call("X", method, PATH) == {"a": 1}


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_faults_of_the_service_are_repeated(
    client: Client, service: ScriptedService, success: Reply, failure: Reply, status: int
) -> None:
    service.answers(failure(status), failure(status), success({"a": 1}))

    assert client.call("X", "GET", PATH) == {"a": 1}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409])
def test_refusals_are_not_repeated(
    client: Client, service: ScriptedService, failure: Reply, status: int
) -> None:
    service.answers(failure(status))

    with pytest.raises(Exception, match="HTTP"):
        client.call("X", "GET", PATH)

    assert len(service.requests) == 1


def test_already_exists_is_not_repeated_even_as_a_500(
    client: Client, service: ScriptedService, failure: Reply
) -> None:
    service.answers(failure(500, "model proxy already exists"))

    with pytest.raises(AlreadyExists):
        client.call("CreateModelProxy", "POST", PATH, body={})


def test_retries_end(
    make_client: Connect, settings: Settings, service: ScriptedService, clock: FakeClock
) -> None:
    service.answers(*[httpx.ConnectError("refused")] * 3)

    with pytest.raises(TransportFault) as fault:
        make_client(replace(settings, max_retries=2)).call("X", "GET", PATH)

    assert clock.slept == [0.25, 0.5]
    assert not fault.value.may_have_been_sent
    assert fault.value.host == "agentrun.cn-hangzhou.aliyuncs.com"
    assert "agentrun:controlEndpoint" in fault.value.hint
    assert "refused, tried 3 times. Check" in fault.value.one_line()


def test_the_pause_the_service_asks_for_is_kept(
    client: Client, service: ScriptedService, success: Reply, failure: Reply, clock: FakeClock
) -> None:
    service.answers(failure(429, **{"x-acs-retry-after": "2500"}), success())

    client.call("X", "GET", PATH)

    assert clock.slept == [2.5]


def test_each_attempt_is_signed_afresh(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(httpx.ReadTimeout(""), success())

    client.call("X", "GET", PATH)

    nonces = {request.headers["x-acs-signature-nonce"] for request in service.requests}
    assert len(nonces) == 2


def test_an_answer_that_broke_off_is_asked_for_again(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(httpx.Response(200, content=b'{"code": "SUCC'), success({"a": 1}))

    assert client.call("X", "GET", PATH) == {"a": 1}


@pytest.mark.parametrize("fault", NOT_SENT, ids=name_of)
def test_a_create_that_did_not_arrive_is_sent_again(
    client: Client, service: ScriptedService, success: Reply, fault: Exception
) -> None:
    service.answers(fault, success({"id": "a"}))

    assert client.call("CreateX", "POST", PATH, body={}) == {"id": "a"}


@pytest.mark.parametrize("fault", SENT, ids=name_of)
def test_a_create_that_may_have_arrived_is_not_sent_again_blindly(
    client: Client, service: ScriptedService, fault: Exception
) -> None:
    service.answers(fault)

    with pytest.raises(TransportFault) as raised:
        client.call("CreateX", "POST", PATH, body={})

    assert raised.value.may_have_been_sent


def test_a_create_that_failed_inside_the_service_is_not_sent_again_blindly(
    client: Client, service: ScriptedService, failure: Reply
) -> None:
    service.answers(failure(503))

    with pytest.raises(ServerFault) as raised:
        client.call("CreateX", "POST", PATH, body={})

    assert raised.value.may_have_been_sent


def test_a_throttled_create_is_sent_again(
    client: Client, service: ScriptedService, success: Reply, failure: Reply
) -> None:
    service.answers(failure(429), failure(503, code="Throttling"), success({"id": "a"}))

    assert client.call("CreateX", "POST", PATH, body={}) == {"id": "a"}


def test_a_post_known_to_do_no_harm_is_repeated(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(httpx.ReadTimeout(""), success("done"))

    assert client.call("X", "POST", PATH, body={}, idempotent=True) == "done"
