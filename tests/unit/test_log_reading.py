"""Reading logs from a log service that pages, is slow to find lines, and fails now and then."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from agentrun_fake.clock import ManualClock
from agentrun_provider.client import Client
from agentrun_provider.config import resolve
from agentrun_provider.credentials import provider_for
from agentrun_provider.errors import AgentRunError, ApiError
from agentrun_provider.log_reading import (
    CLOCK_SKEW_SECONDS,
    POLL_SECONDS,
    LogReader,
    LogRecord,
    Search,
)
from agentrun_provider.session import Session

START = 1_767_225_600.0


@dataclass
class Store:
    """Lines with the time at which a search finds them; answers GetLogs."""

    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    lines: list[tuple[float, int, str]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    failures: list[httpx.Response] = field(default_factory=list)
    incomplete: int = 0

    def write(self, text: str, at: float, found_at: float | None = None, **more: str) -> None:
        """A line of some moment; found from then on if nothing else is said."""
        line = json.dumps({"message": text, "__time__": str(int(at)), **more})
        self.lines.append((at if found_at is None else found_at, int(at), line))

    def answer(self, request: httpx.Request) -> httpx.Response:
        query = {k: v[0] for k, v in parse_qs(urlsplit(str(request.url)).query).items()}
        self.asked.append(query)
        if self.failures:
            return self.failures.pop(0)
        if self.incomplete:
            self.incomplete -= 1
            return httpx.Response(200, json=[], headers={"x-log-progress": "Incomplete"})
        found = [
            json.loads(line)
            for found_at, at, line in self.lines
            if found_at <= self.clock.now() and int(query["from"]) <= at < int(query["to"])
        ]
        # The real service orders by the minute only: within one it may be any order.
        found.sort(key=lambda line: int(line["__time__"]) // 60)
        if query["reverse"] == "true":
            found.reverse()
        first = int(query["offset"])
        return httpx.Response(200, json=found[first : first + int(query["line"])])

    def reader(self) -> LogReader:
        settings = resolve(
            {
                "agentrun:region": "cn-hangzhou",
                "agentrun:accessKeyId": "testak",
                "agentrun:accessKeySecret": "testsecret",
                "agentrun:maxRetries": "0",
            },
            {},
        )
        client = Client(
            settings, provider_for(settings), transport=httpx.MockTransport(self.answer)
        )
        session = Session(settings, client=client, clock=self.clock)
        return LogReader(session, "shop-logs", "agents", Search("agentrun-1"))


@pytest.fixture
def store() -> Store:
    return Store()


def texts(records: list[LogRecord]) -> list[str]:
    return [record.message for record in records]


def follow(
    store: Store,
    polls: int,
    troubles: list[AgentRunError] | None = None,
    meanwhile: Callable[[int], None] = lambda poll: None,
) -> list[str]:
    """What is shown while the service is asked so many times with an answer."""
    shown: list[str] = []
    told = [] if troubles is None else troubles
    batches = store.reader().follow(START, store.clock.now, told.append)
    for poll in range(polls):
        shown += texts(next(batches))
        meanwhile(poll)
    return shown


def test_history_is_in_order_whatever_order_the_service_has(store: Store) -> None:
    for second in (5, 3, 4, 61, 1, 60):
        store.write(f"at {second}", START + second)
    store.clock.advance(100)
    history = store.reader().history(START, START + 100, limit=10)
    assert texts(history.records) == [f"at {n}" for n in (1, 3, 4, 5, 60, 61)]
    assert not history.cut


def test_lines_of_one_second_are_ordered_by_their_nanoseconds(store: Store) -> None:
    for part in ("300", "100", "200"):
        store.write(part, START, __time_ns_part__=part)
    assert texts(store.reader().history(START, START, 10).records) == ["100", "200", "300"]


@pytest.mark.parametrize(("limit", "pages"), [(99, 1), (100, 2), (250, 3), (400, 3)])
def test_history_takes_as_many_pages_as_it_needs(store: Store, limit: int, pages: int) -> None:
    for number in range(250):
        store.write(f"line {number}", START + 60 * number)
    store.clock.advance(60 * 250)
    history = store.reader().history(START, START + 60 * 250, limit)
    wanted = [f"line {number}" for number in range(250)][-limit:]
    assert texts(history.records) == wanted
    assert history.cut is (limit < 250)
    assert len(store.asked) == pages
    assert all(int(query["line"]) <= 100 for query in store.asked)


def test_a_search_that_has_not_looked_everywhere_is_asked_again(store: Store) -> None:
    store.write("found in the end", START)
    store.incomplete = 2
    assert texts(store.reader().history(START, START, 10).records) == ["found in the end"]
    assert len(store.asked) == 3


def test_a_search_that_never_looks_everywhere_is_told_as_such(store: Store) -> None:
    store.incomplete = 1000
    assert not store.reader().history(START, START, 10).complete
    store.incomplete = 0
    assert store.reader().history(START, START, 10).complete


def test_a_service_that_does_not_look_into_the_future_is_no_failure(store: Store) -> None:
    store.write("now", START)
    body = {"errorCode": "ParameterInvalid", "errorMessage": "from is later than now"}
    store.failures = [httpx.Response(400, json=body)]
    assert texts(store.reader().history(START, START, 10, until_now=True).records) == ["now"]


def test_following_shows_each_line_once(store: Store) -> None:
    for second in range(300):
        store.write(f"line {second}", START + second)
    assert follow(store, polls=151) == [f"line {second}" for second in range(300)]


def test_following_shows_lines_that_are_found_late(store: Store) -> None:
    store.write("at once", START + 10)
    store.write("late", START + 9, found_at=START + 65)
    assert follow(store, polls=40) == ["at once", "late"]


def test_equal_lines_of_one_second_are_all_shown(store: Store) -> None:
    store.write("same", START + 1)
    store.write("same", START + 1)
    store.write("same", START + 1, found_at=START + 20)
    assert follow(store, polls=20) == ["same"] * 3


def test_what_was_shown_is_not_kept_in_mind_for_ever(store: Store) -> None:
    for second in range(1000):
        store.write(f"line {second}", START + second)
    follow(store, polls=500)
    spans = [int(query["to"]) - int(query["from"]) for query in store.asked]
    assert max(spans) < 70 + CLOCK_SKEW_SECONDS


def test_lines_of_now_are_found_although_this_clock_is_behind(store: Store) -> None:
    store.write("written now", START + 600, found_at=START)
    assert follow(store, polls=2) == ["written now"]
    reader = store.reader()
    assert texts(reader.history(START - 60, START, 10, until_now=True).records) == ["written now"]
    assert texts(reader.history(START - 60, START, 10).records) == []


def test_a_failure_that_may_pass_loses_nothing(store: Store) -> None:
    store.write("before", START + 1)
    store.write("during", START + 30)
    troubles: list[AgentRunError] = []

    def fail(poll: int) -> None:
        if poll == 5:
            store.failures += [httpx.Response(503, json={"errorCode": "Busy"})] * 60

    assert follow(store, polls=10, troubles=troubles, meanwhile=fail) == ["before", "during"]
    assert len(troubles) == 60
    # Longer than lines may be late.
    assert 60 * POLL_SECONDS > 60


def test_a_failure_that_stays_ends_the_following(store: Store) -> None:
    refusal = {"errorCode": "ProjectNotExist", "errorMessage": "no such project"}
    store.failures.append(httpx.Response(404, json=refusal))
    with pytest.raises(ApiError, match="ProjectNotExist"):
        follow(store, polls=1)


@pytest.mark.parametrize(
    ("search", "query"),
    [
        (Search("f"), '__topic__:"FCLogs:f"'),
        (Search("f", "a or b"), '__topic__:"FCLogs:f" and (a or b)'),
        (
            Search("f", request_id='x" or "y'),
            '__topic__:"FCLogs:f" and "x\\" or \\"y"',
        ),
        (
            Search("f", instance_id="c-1"),
            '(__topic__:"FCLogs:f" or __topic__:"FCInstanceEvents:/f") and "c-1"',
        ),
    ],
)
def test_searches_are_put_together(search: Search, query: str) -> None:
    assert search.query == query
