"""Calls of agents: the answer as it comes, sessions, and refusals in words."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from agentrun_provider.agent_answers import AgentCallFailed, text_of
from agentrun_provider.agent_calls import (
    AgentCall,
    calling,
    chat_body,
    session_header,
    session_of,
)
from agentrun_provider.config import resolve
from agentrun_provider.errors import ConfigError

SETTINGS = resolve({"agentrun:region": "cn-hangzhou"}, {})
SECONDS = 20

Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts an agent whose every answer is made by a function; gives its URL."""
    servers = []

    def start(answer: Callable[[BaseHTTPRequestHandler], None]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_address[1]}/"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def reply(handler: BaseHTTPRequestHandler, status: int, text: str, kind: str) -> None:
    handler.send_response(status)
    handler.send_header("content-type", kind)
    handler.end_headers()
    handler.wfile.write(text.encode())
    handler.wfile.flush()


def events_of(url: str) -> list[str]:
    with calling(AgentCall(url), SETTINGS) as answer:
        return list(answer.events())


def test_each_event_is_there_before_the_next_one_is_sent(serve: Serve) -> None:
    seen = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, 200, "data: first\n\n", "text/event-stream")
        assert seen.wait(SECONDS)
        handler.wfile.write(b"data: second\n\ndata: [DONE]\n\n")

    with calling(AgentCall(serve(answer), timeout_seconds=SECONDS), SETTINGS) as got:
        events = got.events()
        assert next(events) == "first"
        seen.set()
        assert list(events) == ["second"]


def test_events_are_read_as_the_standard_says(serve: Serve) -> None:
    text = ": a comment\nevent: x\nid: 1\ndata:one\ndata: two\n\n\nretry: 5\ndata: last"
    url = serve(lambda handler: reply(handler, 200, text, "text/event-stream; charset=utf-8"))
    assert events_of(url) == ["one\ntwo", "last"]


def test_only_line_ends_end_a_line_of_an_event(serve: Serve) -> None:
    text = 'data: {"a": "x\u2028y\x85z\x0b"}\r\n\r\ndata: b'
    url = serve(lambda handler: reply(handler, 200, text, "text/event-stream"))
    assert events_of(url) == ['{"a": "x\u2028y\x85z\x0b"}', "b"]


def test_nothing_is_read_after_the_end_mark(serve: Serve) -> None:
    text = "data: a\n\ndata: [DONE]\n\ndata: b\n\n"
    url = serve(lambda handler: reply(handler, 200, text, "text/event-stream"))
    assert events_of(url) == ["a"]


def test_an_answer_that_lies_about_being_json_is_told(serve: Serve) -> None:
    url = serve(lambda handler: reply(handler, 200, "<html>", "application/json"))
    with (
        pytest.raises(AgentCallFailed, match="says it is JSON, but it is not"),
        calling(AgentCall(url), SETTINGS) as answer,
    ):
        answer.document()


def test_silence_and_a_closed_port_are_told_with_what_to_do(serve: Serve) -> None:
    over = threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        over.wait(SECONDS)

    with (
        pytest.raises(AgentCallFailed, match="silent for too long") as refusal,
        calling(AgentCall(serve(silent), timeout_seconds=0.1), SETTINGS),
    ):
        pass
    over.set()
    assert "--timeout" in refusal.value.hint
    with (
        pytest.raises(AgentCallFailed, match="can't be reached") as refusal,
        calling(AgentCall("http://127.0.0.1:1/"), SETTINGS),
    ):
        pass
    assert refusal.value.status == 0


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (
            500,
            '{"error": {"message": "gone"}}',
            "the agent answered 500 Internal Server Error: gone",
        ),
        (502, '{"code": "E", "message": "m"}', "the agent answered 502 Bad Gateway: E: m"),
        (422, '{"detail": [{"loc": 1}]}', '422 Unprocessable Entity: [{"loc": 1}]'),
        (400, '{"error": "plain"}', "400 Bad Request: plain"),
        (400, "[1]", "400 Bad Request: [1]"),
        (503, "<b>busy\n now</b>", "503 Service Unavailable: <b>busy now</b>"),
        (429, "", "the agent answered 429 Too Many Requests"),
        (307, "", "the agent answered 307 Temporary Redirect"),
    ],
)
def test_refusals_are_told_in_the_words_of_the_agent(
    serve: Serve, status: int, body: str, told: str
) -> None:
    url = serve(lambda handler: reply(handler, status, body, "application/json"))
    with pytest.raises(AgentCallFailed) as refusal, calling(AgentCall(url), SETTINGS):
        pass
    assert str(refusal.value).endswith(told)
    assert refusal.value.status == status
    assert refusal.value.hint


def test_a_refusal_says_where_it_points_to_and_its_request_id(serve: Serve) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(308)
        handler.send_header("location", "/there/")
        handler.send_header("x-fc-request-id", "1-2345")
        handler.end_headers()

    with (
        pytest.raises(AgentCallFailed) as refusal,
        calling(AgentCall(serve(answer)), SETTINGS),
    ):
        pass
    told = "308 Permanent Redirect, which points to /there/ (request id 1-2345)"
    assert str(refusal.value).endswith(told)
    assert "--path" in refusal.value.hint


@pytest.mark.parametrize(
    "call",
    [
        AgentCall("http://127.0.0.1:1/", headers=[("x", "secret\n")]),
        AgentCall("http://127.0.0.1:1/", headers=[("secret name", "1")]),
        AgentCall("http://127.0.0.1:1/", method="A B"),
        AgentCall("http://127.0.0.1:1/a\nb"),
    ],
)
def test_what_can_not_be_sent_is_refused_without_secrets(call: AgentCall) -> None:
    with pytest.raises(ConfigError) as refusal, calling(call, SETTINGS):
        pass
    assert "secret" not in refusal.value.one_line()


def test_headers_go_out_as_utf_8_and_those_given_come_first(serve: Serve) -> None:
    seen: list[Any] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        seen.extend(handler.headers.items())
        reply(handler, 200, "{}", "application/json")

    headers = [("x-user", "王"), ("Accept", "text/plain")]
    with calling(AgentCall(serve(answer), headers=headers), SETTINGS) as got:
        assert got.document() == {}
    assert ("x-user", "王".encode().decode("latin-1")) in seen
    assert [value for name, value in seen if name.lower() == "accept"] == ["text/plain"]


@pytest.mark.parametrize(
    ("kind", "is_json", "is_text"),
    [
        ("application/json; charset=utf-8", True, True),
        ("application/problem+json", True, True),
        ("application/x-ndjson", False, True),
        ("text/html", False, True),
        ("application/octet-stream", False, False),
        ("audio/wav", False, False),
    ],
)
def test_text_is_told_from_other_things_by_its_type(
    serve: Serve, kind: str, is_json: bool, is_text: bool
) -> None:
    url = serve(lambda handler: reply(handler, 200, "", kind))
    with calling(AgentCall(url), SETTINGS) as answer:
        assert (answer.is_json, answer.is_text) == (is_json, is_text)
        assert not is_json or answer.document() is None


def test_a_long_refusal_is_cut(serve: Serve) -> None:
    url = serve(lambda handler: reply(handler, 500, "x" * 100_000, "text/plain"))
    with pytest.raises(AgentCallFailed) as refusal, calling(AgentCall(url), SETTINGS):
        pass
    assert len(str(refusal.value)) < 500


def test_headers_are_not_in_the_text_of_a_call() -> None:
    assert "secret" not in repr(AgentCall("http://x/", headers=[("authorization", "secret")]))


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"choices": [{"delta": {"content": "a"}}]}, "a"),
        ({"choices": [{"message": {"content": "b"}}]}, "b"),
        ({"choices": [{"delta": {"role": "assistant"}}]}, ""),
        ({"choices": [{"delta": {"content": None}}]}, ""),
        ({"choices": []}, ""),
        ({"choices": [None]}, ""),
        ({"choices": [{"delta": "a"}]}, ""),
        ({"choices": [{"message": {"content": [{"type": "text", "text": "c"}, {}]}}]}, "c"),
        ({"error": 0.25}, None),
        ({"status": "ok"}, None),
        (["a"], None),
        ("a", None),
    ],
)
def test_the_text_is_taken_out_of_pieces_and_whole_answers(document: Any, text: str | None) -> None:
    assert text_of(document) == text


def test_a_question_is_sent_as_the_chat_api_wants_it() -> None:
    message = {"role": "user", "content": "你好"}
    assert json.loads(chat_body("你好", stream=True)) == {"messages": [message], "stream": True}
    assert json.loads(chat_body("你好", stream=False, model="m"))["model"] == "m"


@pytest.mark.parametrize(
    ("runtime", "header"),
    [
        ({}, ("x-agentrun-session-id", "s")),
        ({"sessionAffinityType": "HEADER_FIELD", "headerFieldName": "X-S"}, ("X-S", "s")),
        ({"sessionAffinityType": "GENERATED_COOKIE"}, ("cookie", "x-agentrun-session-id=s")),
        ({"sessionAffinityType": "NONE"}, None),
        ({"sessionAffinityType": "HEADER_FIELD", "disableSessionAffinity": True}, None),
    ],
)
def test_a_session_is_named_as_the_runtime_wants_it(
    runtime: dict[str, Any], header: tuple[str, str] | None
) -> None:
    assert session_header(runtime, "s") == header


def test_the_session_of_an_answer_is_found() -> None:
    cookie = {"set-cookie": "x-agentrun-session-id=abc; Path=/; HttpOnly"}
    assert session_of({"sessionAffinityType": "GENERATED_COOKIE"}, cookie) == "abc"
    by_header = {"sessionAffinityType": "HEADER_FIELD", "headerFieldName": "X-S"}
    assert session_of(by_header, {"x-s": "abc"}) == "abc"
    assert session_of(by_header, {}) is None
    assert session_of({}, cookie) is None


def test_a_cookie_is_found_among_others() -> None:
    cookies = {"set-cookie": "a=1; Path=/, x-agentrun-session-id=s-1; Path=/; HttpOnly"}
    assert session_of({"sessionAffinityType": "GENERATED_COOKIE"}, cookies) == "s-1"
