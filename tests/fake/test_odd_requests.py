"""Requests that nobody means to send: none is a mistake of the fake itself, none makes it hang."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from agentrun_fake import FakeCloud, FakeSettings, ThreadedServer
from agentrun_fake.http import Request, read_json, whole_number
from agentrun_fake.wsgi import request_from

from .conftest import Api, runtime

RUNTIMES = "/2025-09-10/agents/runtimes"
DOMAINS = "/2023-03-30/custom-domains"
CONFIGS = "/2023-03-30/concurrency-configs"


@pytest.fixture
def anybody() -> FakeCloud:
    """A cloud that verifies nothing."""
    return FakeCloud(FakeSettings(verify=False))


@pytest.mark.parametrize("path", [RUNTIMES, DOMAINS, "/2025-09-10/agents/tools"])
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe{",
        b"1" * 5000,
        b"[" * 100_000,
        b'{"a":' * 200 + b"1" + b"}" * 200,
        b'{"cpu": NaN}',
        b'{"cpu": -Infinity}',
        b'{"cpu": 1e999}',
        b'{"description": "\\ud800"}',
    ],
)
def test_json_that_can_not_be_written_again_is_no_json(
    anybody: FakeCloud, path: str, body: bytes
) -> None:
    reply = anybody.handle(Request("POST", path, body=body))
    assert reply.status == 400
    error = {key.lower(): value for key, value in reply.json().items()}
    assert "not valid JSON" in error["message"]


def test_whole_characters_and_deep_settings_are_json() -> None:
    deep = b'{"a":' * 99 + b'"\\ud83d\\ude00"' + b"}" * 99
    assert "😀" in str(read_json(deep))
    assert read_json(b"1.5") == 1.5


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("9" * 5000, None)]
    + [(text, None) for text in ("", "-1", "+1", " 1", "1.0", "²", "٣", "1_0")],
)
def test_a_number_is_digits_and_no_more_than_make_sense(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (RUNTIMES, f"pageNumber={'1' * 5000}"),
        (RUNTIMES, f"pageSize={'1' * 5000}"),
        (RUNTIMES, "pageSize=%C2%B2"),
        (DOMAINS, f"limit={'1' * 5000}"),
        (DOMAINS, "limit=%C2%B2"),
        (CONFIGS, f"limit={'1' * 5000}"),
        (CONFIGS, "limit=%C2%B2"),
        ("/", f"max-keys={'1' * 5000}"),
    ],
)
def test_a_page_that_nobody_could_count_is_refused(
    anybody: FakeCloud, path: str, query: str
) -> None:
    bucket = {"host": "shop.oss-cn-hangzhou.aliyuncs.com"} if path == "/" else {}
    anybody.handle(Request("PUT", "/", headers=bucket))
    assert anybody.handle(Request("GET", path, query, bucket)).status == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/concurrency", b'{"reservedConcurrency": 1e999}'),
        ("PUT", "/concurrency", b"[" * 100_000),
        ("GET", "/instances", f"limit={'1' * 5000}"),
        ("GET", "/instances", f"startTimeMs={'1' * 5000}"),
    ],
)
def test_a_function_is_asked_nothing_absurd(
    anybody: FakeCloud, method: str, path: str, body: bytes | str
) -> None:
    made = anybody.handle(Request("POST", RUNTIMES, body=json.dumps(runtime()).encode())).json()
    function = f"/2023-03-30/functions/agentrun-{made['data']['agentRuntimeId']}"
    query, data = (body, b"") if isinstance(body, str) else ("", body)
    reply = anybody.handle(Request(method, function + path, query, body=data))
    assert (reply.status, reply.json()["Code"]) == (400, "InvalidArgument")


@pytest.mark.parametrize("expires", ["1" * 5000, "²", "", "-1"])
def test_an_address_with_an_end_that_is_no_time_is_refused(expires: str) -> None:
    query = f"Expires={expires}&OSSAccessKeyId=testak&Signature=x"
    host = {"host": "bucket.oss-cn-hangzhou.aliyuncs.com"}
    reply = FakeCloud().handle(Request("GET", "/key", query, host))
    assert 400 <= reply.status < 500


@pytest.mark.parametrize("value", ["", {}, None, []])
def test_an_empty_value_of_a_required_object_is_missing_or_wrong(api: Api, value: Any) -> None:
    body = {"modelProxyName": "p", "cpu": 1, "memory": 2048, "proxyMode": "single"}
    request = ("CreateModelProxy", "POST", "/agents/model-proxies", {**body, "proxyConfig": value})
    status, code, message = api.refusal(*request)
    assert (status, code) == (400, "ERR_VALIDATION_FAILED")
    assert message in ("ProxyConfig is required", "proxyConfig must be an object")


@pytest.mark.parametrize("name", ["X Name", "Ä", "a\r\nb", "a:b"])
def test_a_header_that_can_not_be_sent_names_no_session(api: Api, name: str) -> None:
    body = runtime(sessionAffinityType="HEADER_FIELD", headerFieldName=name)
    status, _, message = api.refusal("CreateAgentRuntime", "POST", "/agents/runtimes", body)
    assert status == 400
    assert "headerFieldName must match" in message


# Over a socket

Talk = Callable[..., bytes]


@pytest.fixture
def server(anybody: FakeCloud) -> Iterator[ThreadedServer]:
    with ThreadedServer(anybody) as running:
        yield running


@pytest.fixture
def talk(server: ThreadedServer) -> Talk:
    """Send bytes, close our side, and read all that comes."""

    def send(*lines: str, body: bytes = b"") -> bytes:
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(head + body)
            connection.shutdown(socket.SHUT_WR)
            reply = b""
            # A connection that is closed before all was read from it may be reset.
            with contextlib.suppress(ConnectionResetError):
                while part := connection.recv(65536):
                    reply += part
            return reply

    return send


@pytest.mark.parametrize(
    ("header", "body", "status"),
    [
        ("transfer-encoding: chunked", b"zz\r\n", 400),
        ("transfer-encoding: chunked", b"-1\r\n", 400),
        ("transfer-encoding: chunked", b"+1\r\n", 400),
        ("transfer-encoding: chunked", b"1\r\nabc", 400),
        ("transfer-encoding: chunked", b"fffffffff\r\n", 413),
        ("transfer-encoding: gzip, chunked", b"0\r\n\r\n", 501),
        ("transfer-encoding: chunked\r\ncontent-length: 3", b"0\r\n\r\n", 400),
        ("content-length: 1\r\ncontent-length: 2", b"ab", 400),
        ("content-length: -1", b"ab", 400),
        ("content-length: 1e3", b"ab", 400),
        (f"content-length: {'9' * 15}", b"ab", 413),
    ],
)
def test_a_body_that_can_not_be_read_is_refused_and_ends_the_connection(
    server: ThreadedServer, talk: Talk, header: str, body: bytes, status: int
) -> None:
    after = b"GET /_fake/health HTTP/1.1\r\n\r\n"
    reply = talk("POST /_fake/reset HTTP/1.1", header, body=body + after)
    assert reply.startswith(f"HTTP/1.1 {status} ".encode())
    assert reply.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("content-length: 100", b'{"kind": "drop"}'),
        ("transfer-encoding: chunked", b'64\r\n{"kind": "drop"}'),
        ("transfer-encoding: chunked", b'10\r\n{"kind": "drop"}\r\n'),
    ],
)
def test_what_a_client_sent_that_went_away_is_not_taken_for_the_whole(
    server: ThreadedServer, talk: Talk, header: str, body: bytes
) -> None:
    assert talk("POST /_fake/faults HTTP/1.1", header, body=body) == b""
    assert list(server.cloud.faults) == []


def test_trailers_are_passed_over(talk: Talk) -> None:
    body = b'3;note=x\r\n{"k\r\n5\r\nind":\r\n8\r\n "drop"}\r\n0\r\nA: b\r\n\r\n'
    reply = talk("POST /_fake/faults HTTP/1.1", "transfer-encoding: Chunked", body=body)
    assert reply.startswith(b"HTTP/1.1 200 ")


def test_headers_that_come_twice_are_one(server: ThreadedServer, talk: Talk) -> None:
    seen: list[Request] = []
    answer = server.cloud.handle
    server.cloud.handle = lambda request: (seen.append(request), answer(request))[1]  # type: ignore[method-assign]
    talk("GET / HTTP/1.1", "Cookie: a=1", "X-A: 1", "cookie: b=2", "x-a: 2")
    assert (seen[0].header("cookie"), seen[0].header("x-a")) == ("a=1; b=2", "1, 2")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("HEAD /2025-09-10/agents/runtimes HTTP/1.1", 404),
        ("OPTIONS * HTTP/1.1", 404),
        ("get / HTTP/1.1", 404),
        ("GET /2025-09-10/agents/runtimes/ HTTP/1.1", 404),
        ("GET /2025-09-10/agents/runtimes/%zz%ff%00 HTTP/1.1", 404),
        ("GET /2025-09-10//agents/runtimes HTTP/1.1", 404),
        ("GET /2025-09-10/agents/runtimes/.. HTTP/1.1", 404),
        ("GET http://127.0.0.1/2025-09-10/agents/runtimes HTTP/1.1", 404),
        ("GET /\xe4\xb8\xad HTTP/1.1", 404),
        ("GET /2025-09-10/agents/runtimes?%zz&=&&a HTTP/1.1", 200),
    ],
)
def test_a_line_that_names_nothing_is_answered(talk: Talk, line: str, status: int) -> None:
    assert f" {status} ".encode() in talk(line, "Connection: close").partition(b"\n")[0]


def test_a_wsgi_server_that_ends_bodies_hands_over_chunks() -> None:
    class Body:
        def read(self, size: int = -1) -> bytes:
            return b"whole" if size < 0 else b""

    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "wsgi.input": Body()}
    assert request_from({**environ, "wsgi.input_terminated": True}).body == b"whole"
    assert request_from(environ).body == b""
