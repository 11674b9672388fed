"""Reading what a runtime has logged, as history and as it comes (reference 5.2 and 7).

Function Compute writes the output of its functions to the log service, each line with the topic
`FCLogs:{function}` and the fields `message`, `instanceID`, `qualifier` and `versionId`. The search
is put together as the vendor's command line does it. Lines arrive some seconds late and the service
orders them by the minute only, so pages are put in order here, and following asks for the last
minute again and again and leaves out what was shown.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from .errors import AgentRunError, InvalidRequest
from .retry import is_transient
from .session import Session
from .sls import LogService
from .unverified import LATEST_LOG_SECONDS

PAGE = 100
"""Most lines that the service gives at a time."""

POLL_SECONDS = 2.0
"""Pause between two questions while following."""

CLOCK_SKEW_SECONDS = 15 * 60
"""How far this machine's clock may be behind without requests being refused (reference 1.4). Where
lines up to now are meant, those of so many seconds more are looked for."""

_ASKED_AGAIN = 20
_PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class LogRecord:
    """One line of a log.

    Attributes:
        fields: All its fields, by the names of the log service.
    """

    fields: Mapping[str, str]

    @cached_property
    def time(self) -> int:
        """When it was written, in seconds since 1970."""
        return int(self.fields.get("__time__") or 0)

    @property
    def nanoseconds(self) -> int:
        """The part of the time below a second, as far as it is known."""
        return int(self.fields.get("__time_ns_part__") or 0)

    @property
    def message(self) -> str:
        """Its text, without the line's end; several lines for what was written so."""
        return str(self.fields.get("message") or "").replace("\r\n", "\n").strip("\r\n")

    @property
    def instance_id(self) -> str:
        """The instance that wrote it; may be empty."""
        return str(self.fields.get("instanceID") or "")

    @property
    def qualifier(self) -> str:
        """The version that the instance runs, or LATEST; may be empty."""
        return str(self.fields.get("qualifier") or "")

    @property
    def identity(self) -> Hashable:
        """What tells it apart from others, as far as anything does."""
        return tuple(sorted(self.fields.items()))


@dataclass(frozen=True)
class Search:
    """What to look for.

    Attributes:
        function: Function Compute function whose lines are meant.
        text: Search in the language of the log service.
        request_id: Only lines that name this request.
        instance_id: Only lines of this instance, and what happened to it.
    """

    function: str
    text: str = ""
    request_id: str = ""
    instance_id: str = ""

    @property
    def query(self) -> str:
        """The search in the language of the log service."""
        topic = f"__topic__:{_phrase(f'FCLogs:{self.function}')}"
        if self.instance_id:
            events = f"__topic__:{_phrase(f'FCInstanceEvents:/{self.function}')}"
            topic = f"({topic} or {events})"
        parts = [topic]
        # In brackets, so that an `or` in it does not reach further.
        parts += [f"({self.text})"] if self.text.strip() else []
        parts += [_phrase(value) for value in (self.instance_id, self.request_id) if value]
        return " and ".join(parts)


@dataclass(frozen=True)
class History:
    """Lines of a time span, oldest first.

    Attributes:
        records: The lines.
        cut: Whether there are older ones in the span that were left out.
        complete: Whether the service has looked everywhere; where there is very much it gives up.
    """

    records: list[LogRecord]
    cut: bool
    complete: bool = True


class LogReader:
    """Reads one runtime's lines from a logstore.

    Args:
        session: Connection and clock.
        project: Project of the log service.
        logstore: Logstore in it.
        search: What to look for.
    """

    def __init__(self, session: Session, project: str, logstore: str, search: Search) -> None:
        self._session = session
        self._place = project, logstore
        self._query = search.query
        self._complete = True

    def history(self, start: float, end: float, limit: int, *, until_now: bool = False) -> History:
        """The newest lines of a time span.

        Args:
            start: First moment, in seconds since 1970.
            end: Last moment.
            limit: How many lines at most.
            until_now: Whether the last moment is now, so that lines are meant, too, that are later
                only because this machine's clock is behind.

        Raises:
            ApiError: Project, logstore or index do not exist, or the search can't be read.
        """
        # One more than wanted tells whether there are more.
        last, self._complete = math.floor(end) + 1, True
        if until_now:
            last = self._latest(last)
        found = list(self._lines(start, last, limit + 1, newest_first=True))
        found.reverse()
        return History(_in_order(found[-limit:]), len(found) > limit, self._complete)

    def follow(
        self,
        start: float,
        now: Callable[[], float],
        on_trouble: Callable[[AgentRunError], None],
    ) -> Iterator[list[LogRecord]]:
        """Lines as they come, each once, in batches that may be empty; without an end.

        Lines are asked for again until they are so old that none can come late. Equal lines of one
        second are counted. While the service can't be reached nothing is lost: the next question
        covers the time in between.

        Args:
            start: First moment, in seconds since 1970.
            now: The time of day in seconds since 1970.
            on_trouble: Told about failures that may pass.

        Raises:
            ApiError: As for `history`.
        """
        shown: Counter[Hashable] = Counter()
        since = start
        while True:
            moment = now()
            try:
                found = list(self._lines(since, math.floor(moment) + CLOCK_SKEW_SECONDS, None))
            except AgentRunError as error:
                if not is_transient(error):
                    raise
                on_trouble(error)
            else:
                yield _not_shown(_in_order(found), shown)
                since = max(start, moment - LATEST_LOG_SECONDS)
                _forget(shown, found, math.floor(since))
            self._session.clock.sleep(POLL_SECONDS)

    def _latest(self, end: int) -> int:
        """The end of a span that is to reach until now. No later than need be: lines that come in
        while pages are turned would shift what is on them."""
        beyond = end + CLOCK_SKEW_SECONDS
        try:
            found = self._page(end, beyond, 1, 0, True)
        except InvalidRequest:
            # What is wrong with the search itself is told by the question that counts. Should a
            # time to come be what is refused, nothing is there.
            return end
        return beyond if found else end

    def _lines(
        self, start: float, end: int, limit: int | None, *, newest_first: bool = False
    ) -> Iterator[LogRecord]:
        first, seen = math.floor(start), 0
        if end <= first:
            return
        while limit is None or seen < limit:
            size = PAGE if limit is None else min(PAGE, limit - seen)
            page = self._page(first, end, size, seen, newest_first)
            yield from map(LogRecord, page)
            seen += len(page)
            if len(page) < size:
                return

    def _page(
        self, start: int, end: int, size: int, offset: int, newest_first: bool
    ) -> list[dict[str, str]]:
        """One page, asked for again while the service says that it has not looked everywhere."""
        for attempt in range(_ASKED_AGAIN):
            if attempt:
                self._session.clock.sleep(_PAUSE_SECONDS)
            page = LogService(self._session.client).read_logs(
                *self._place,
                start=start,
                end=end,
                query=self._query,
                lines=size,
                offset=offset,
                newest_first=newest_first,
            )
            if page.complete:
                break
        self._complete = self._complete and page.complete
        return page.lines


def _in_order(records: list[LogRecord]) -> list[LogRecord]:
    # Stable: lines of the same moment stay as the service gave them.
    return sorted(records, key=lambda record: (record.time, record.nanoseconds))


def _not_shown(found: list[LogRecord], shown: Counter[Hashable]) -> list[LogRecord]:
    """Those that were not shown before, counting equal ones; takes note of them."""
    seen: Counter[Hashable] = Counter()
    new = []
    for record in found:
        seen[record.identity] += 1
        if seen[record.identity] > shown[record.identity]:
            shown[record.identity] += 1
            new.append(record)
    return new


def _forget(shown: Counter[Hashable], found: list[LogRecord], since: int) -> None:
    """Keep in mind only what the next question can give again."""
    for record in found:
        if record.time < since:
            shown.pop(record.identity, None)


def _phrase(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
