"""Which lines belong to a failure."""

from __future__ import annotations

import pytest
from agentrun_provider.log_failures import Failures
from agentrun_provider.log_reading import LogRecord


def line(message: str, instance: str = "c-1", **fields: str) -> LogRecord:
    return LogRecord({"message": message, "instanceID": instance, **fields})


def failed(*records: LogRecord) -> list[str]:
    marks = Failures().marks(records)
    return [record.message for record, mark in zip(records, marks, strict=True) if mark]


@pytest.mark.parametrize(
    "message",
    [
        "2026-01-01 08:00:00 ERROR no such table",
        "CRITICAL:root:out of memory",
        "ValueError: wrong",
        "requests.exceptions.ConnectionError: refused",
        "java.lang.IllegalStateException: closed",
        '127.0.0.1 - "POST /chat HTTP/1.1" 502 -',
        '{"level": "error", "msg": "no model"}',
        "ts=1 level=fatal msg=gone",
        'Exception in thread "main" java.lang.NullPointerException',
    ],
)
def test_errors_are_told_from_their_text(message: str) -> None:
    assert failed(line(message)) == [message]


@pytest.mark.parametrize(
    "message",
    [
        "no errors found",
        "INFO 0 ERRORS",
        'GET / HTTP/1.1" 200 -',
        "an error page",
        "5000 tokens",
        '{"level": "info", "kind": "error"}',
    ],
)
def test_words_that_look_like_errors_are_none(message: str) -> None:
    assert failed(line(message)) == []


def test_a_traceback_is_shown_whole() -> None:
    trace = [
        "Traceback (most recent call last):",
        '  File "app.py", line 3, in answer',
        "    return model.ask(question)",
        "app.ModelGone",
    ]
    assert failed(line("before"), *map(line, trace), line("after")) == trace


def test_lines_of_another_instance_do_not_get_into_a_traceback() -> None:
    assert failed(
        line("Traceback (most recent call last):"),
        line("  served by another one", "c-2"),
        line("  a frame"),
        line("Gone"),
    ) == ["Traceback (most recent call last):", "  a frame", "Gone"]


def test_a_request_fails_with_all_its_lines_also_those_before_the_error() -> None:
    records = [
        line("FC Invoke Start RequestId: req-1"),
        line("FC Invoke Start RequestId: req-2", "c-2"),
        line("asking the model"),
        line("fine", "c-2"),
        line("ERROR no answer"),
        line("FC Invoke End RequestId: req-1"),
        line("FC Invoke End RequestId: req-2", "c-2"),
        line("between two requests"),
    ]
    assert failed(*records) == [
        "FC Invoke Start RequestId: req-1",
        "asking the model",
        "ERROR no answer",
        "FC Invoke End RequestId: req-1",
    ]


def test_what_a_request_did_is_remembered_from_batch_to_batch() -> None:
    sorter = Failures()
    assert sorter.marks([line("FC Invoke Start RequestId: r"), line("ERROR")]) == [True, True]
    assert sorter.marks([line("going on"), line("FC Invoke End RequestId: r")]) == [True, True]
    assert sorter.marks([line("the next one")]) == [False]


def test_the_account_of_a_failed_call_counts_as_an_error() -> None:
    assert failed(line("", statusCode="500"), line("", statusCode="404")) == [""]
    assert failed(line("done", hasFunctionError="true")) == ["done"]


def test_a_field_tells_the_request_before_the_text_does() -> None:
    sorter = Failures()
    assert sorter.request_of(line("request_id=aaaaaaaa", requestId="b")) == "b"
    assert sorter.request_of(line('{"requestId": "aaaa-bbbb-cccc"}')) == "aaaa-bbbb-cccc"
