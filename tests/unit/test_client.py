"""What the client sends, and how it reads the answers."""

from __future__ import annotations

import logging
from dataclasses import replace

import httpx
import pytest
from agentrun_provider import __version__
from agentrun_provider.client import Client, path_segment
from agentrun_provider.config import Settings
from agentrun_provider.credentials import Credentials
from agentrun_provider.errors import ConfigError, Forbidden, TransportFault

from .conftest import PATH, Connect, Reply, ScriptedService


def test_a_call_gives_the_data_of_the_envelope(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(success({"agentRuntimeId": "a"}))

    assert client.call("GetAgentRuntime", "GET", f"{PATH}/a") == {"agentRuntimeId": "a"}


def test_a_request_looks_as_the_control_plane_wants_it(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(success())

    client.call(
        "CreateAgentRuntime",
        "POST",
        PATH,
        query={"b": "x y", "a": 1, "none": None},
        body={"name": "智能", "cpu": 0.5},
    )

    [sent] = service.requests
    assert str(sent.url) == (
        "https://agentrun.cn-hangzhou.aliyuncs.com/2025-09-10/agents/runtimes?a=1&b=x%20y"
    )
    assert sent.content.decode() == '{"name":"智能","cpu":0.5}'
    assert sent.headers["content-type"] == "application/json; charset=utf-8"
    assert sent.headers["accept"] == "application/json"
    assert sent.headers["x-acs-action"] == "CreateAgentRuntime"
    assert sent.headers["x-acs-version"] == "2025-09-10"
    assert sent.headers["user-agent"].startswith(f"pulumi-agentrun/{__version__} python/3.")
    assert sent.headers["authorization"].startswith("ACS3-HMAC-SHA256 Credential=testak,")


def test_a_request_without_a_body_has_no_content_type(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(success(), success())

    client.call("DeleteAgentRuntime", "DELETE", f"{PATH}/a")
    client.call("GetAgentRuntime", "GET", f"{PATH}/a")

    for sent in service.requests:
        assert "content-type" not in sent.headers
        assert sent.content == b""


def test_a_name_can_not_leave_its_part_of_the_path(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(success())

    client.call("GetX", "GET", f"{PATH}/{path_segment('../a*?b=c ~')}")

    assert service.requests[0].url.raw_path == (
        b"/2025-09-10/agents/runtimes/..%2Fa%2A%3Fb%3Dc%20~"
    )


def test_function_compute_has_no_envelope(client: Client, service: ScriptedService) -> None:
    service.answers(httpx.Response(200, json={"reservedConcurrency": 5}))

    path = "/functions/agentrun-a/concurrency"
    found = client.call_fcv3("PutConcurrencyConfig", "PUT", path, body={"reservedConcurrency": 5})

    assert found == {"reservedConcurrency": 5}
    [sent] = service.requests
    assert str(sent.url) == f"https://fcv3.cn-hangzhou.aliyuncs.com/2023-03-30{path}"
    assert sent.headers["x-acs-version"] == "2023-03-30"


def test_a_delete_may_be_answered_with_nothing(client: Client, service: ScriptedService) -> None:
    service.answers(httpx.Response(204), httpx.Response(200))

    assert client.call_fcv3("DeleteConcurrencyConfig", "DELETE", "/x") is None
    assert client.call("DeleteAgentRuntime", "DELETE", "/x") is None


def test_errors_of_function_compute_name_its_permissions(
    client: Client, service: ScriptedService
) -> None:
    service.answers(httpx.Response(403, json={"Code": "AccessDenied", "Message": "no"}))

    with pytest.raises(Forbidden) as refused:
        client.call_fcv3("PutConcurrencyConfig", "PUT", "/x", body={})

    assert "fc:PutConcurrencyConfig" in refused.value.hint


@pytest.mark.parametrize(
    "body",
    [b'{"code": "SUCCESS", "da', b"", b"<html>login</html>", b'["a"]', b'"text"'],
    ids=["truncated", "empty", "a proxy's page", "a list", "a text"],
)
def test_an_answer_that_can_not_be_read_is_a_transport_fault(
    make_client: Connect, settings: Settings, service: ScriptedService, body: bytes
) -> None:
    service.answers(httpx.Response(200, content=body))

    with pytest.raises(TransportFault) as fault:
        make_client(replace(settings, max_retries=0)).call("X", "GET", PATH)

    assert fault.value.may_have_been_sent


def test_an_envelope_that_tells_no_success_is_an_error(
    client: Client, service: ScriptedService
) -> None:
    service.answers(httpx.Response(200, json={"code": "ERR_X", "message": "no", "requestId": "r"}))

    with pytest.raises(Exception, match="ERR_X"):
        client.call("X", "GET", PATH)


def test_keys_that_are_missing_are_told_without_a_request(
    settings: Settings, service: ScriptedService
) -> None:
    def no_keys() -> Credentials:
        raise ConfigError("no access keys are configured", "Set some")

    with (
        Client(settings, no_keys, transport=httpx.MockTransport(service)) as client,
        pytest.raises(ConfigError),
    ):
        client.call("X", "GET", PATH)


def test_requests_are_logged_without_bodies_headers_and_queries(
    client: Client, service: ScriptedService, failure: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "agentrun_provider")
    service.answers(failure(500), failure(400, "password is hidden-reply"))

    with pytest.raises(Exception, match="400"):
        client.call(
            "UpdateX", "PUT", PATH, query={"q": "hidden-query"}, body={"password": "hidden-body"}
        )

    text = caplog.text
    assert "UpdateX: PUT agentrun.cn-hangzhou.aliyuncs.com/2025-09-10/agents/runtimes" in text
    assert "attempt 2: HTTP 400 ERR_X, request id req-1" in text
    assert "hidden" not in text
    assert "authorization" not in text.lower()
    assert "Signature" not in text
