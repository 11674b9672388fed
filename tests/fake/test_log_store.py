"""Lines of the log service, and its search language."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from agentrun_fake import log_store
from agentrun_fake.log_query import QueryError, parse
from agentrun_fake.log_store import LogLine, LogStore
from agentrun_fake.store import Record, Scope, Store

HERE = Scope("1", "cn-hangzhou")
LINE = {
    "message": 'INFO started: worker-7 took 12ms, path="/api/v1"',
    "functionName": "agentrun-1",
    "empty": "",
}


@pytest.fixture
def logs() -> LogStore:
    store = Store()
    store.add(HERE, Record(log_store.KIND, "p/s", "s", {}, 0, 0))
    return LogStore(store)


def texts(logs: LogStore, start: float = 0, end: float = 100, **options: object) -> list[str]:
    page = logs.query(HERE, "p", "s", start, end, **options)  # type: ignore[arg-type]
    return [item.fields["message"] for item in page.lines]


def say(*lines: tuple[float, str]) -> list[LogLine]:
    return [LogLine(time, {"message": text}) for time, text in lines]


def test_lines_come_back_in_the_order_of_their_time(logs: LogStore) -> None:
    assert logs.append(HERE, "p", "s", say((3, "c"), (1, "a"), (1, "b"))) == 3
    assert texts(logs) == ["a", "b", "c"]
    assert texts(logs, reverse=True) == ["c", "b", "a"]


def test_a_span_holds_its_first_moment_and_not_its_last(logs: LogStore) -> None:
    logs.append(HERE, "p", "s", say((1, "a"), (2, "b"), (3, "c")))
    assert texts(logs, start=1, end=3) == ["a", "b"]


def test_a_query_returns_a_part_and_tells_how_much_there_is(logs: LogStore) -> None:
    logs.append(HERE, "p", "s", say(*((number, str(number)) for number in range(5))))
    assert texts(logs, offset=1, line=2) == ["1", "2"]
    assert texts(logs, offset=1, line=2, reverse=True) == ["3", "2"]
    assert logs.query(HERE, "p", "s", 0, 9, line=1).total == 5


def test_lines_for_a_missing_logstore_are_lost(logs: LogStore) -> None:
    assert logs.append(HERE, "p", "other", say((1, "a"))) == 0
    assert logs.append(Scope("2", "cn-hangzhou"), "p", "s", say((1, "a"))) == 0
    assert logs.query(HERE, "p", "other", 0, 9).total == 0


def test_a_logstore_keeps_its_newest_lines(logs: LogStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_store, "MOST_LINES", 2)
    logs.append(HERE, "p", "s", say((1, "a"), (2, "b"), (3, "c")))
    assert texts(logs) == ["b", "c"]


def test_lines_are_forgotten(logs: LogStore) -> None:
    logs.append(HERE, "p", "s", say((1, "a")))
    logs.drop(HERE, "p", "s")
    assert texts(logs) == []
    logs.append(HERE, "p", "s", say((1, "a")))
    logs.clear()
    assert texts(logs) == []


def test_source_and_topic_can_be_searched(logs: LogStore) -> None:
    logs.append(HERE, "p", "s", [LogLine(1, {"message": "a"}, source="host", topic="t")])
    assert texts(logs, text="__topic__: t and __source__: host") == ["a"]
    assert texts(logs, text="__topic__: u") == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "  ",
        "*",
        "info",
        "STARTED worker-7",
        "start*",
        '"took 12ms"',
        '"path \\"/api"',
        "functionName: agentrun-1",
        "functionName:agentrun-*",
        'message: "api v1"',
        "functionName: *",
        "not nothing",
        "nothing or info",
        "info and not nothing",
        "(nothing or info) and worker-7",
        "nothing and nothing or info",
        "took OR nothing",
    ],
)
def test_a_search_fits(query: str) -> None:
    assert parse(query)(LINE)


@pytest.mark.parametrize(
    "query",
    [
        "inf",
        "worker",
        '"started took"',
        '"start*"',
        "functionName: agentrun-2",
        "qualifier: *",
        "not info",
        "info nothing",
        "nothing and (info or started)",
        "zebra*",
    ],
)
def test_a_search_does_not_fit(query: str) -> None:
    assert not parse(query)(LINE)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ('"open', "open quotation mark"),
        ("(a", "open bracket"),
        ("a)", "unexpected ')'"),
        ("a and", "ends where"),
        (": b", "unexpected ':'"),
        ('""', "no word"),
        (",*", "no word"),
        ("* | select count(*)", "analysis"),
        ("durationMs > 5", "comparisons"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(query: str, problem: str) -> None:
    with pytest.raises(QueryError, match=problem.replace(")", r"\)")):
        parse(query)


def test_a_search_looks_at_all_fields() -> None:
    fields: Mapping[str, str] = {"a": "one", "b": "two"}
    assert parse("one two")(fields)
