"""Lines of the log service: what running agents write and `GetLogs` reads.

Lines live in memory, the newest of each logstore only, and are no part of a dump of the state.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .log_query import parse
from .store import Scope, Store

KIND = "logstore"
"""Kind of the records of logstores; their ids are `project/logstore`."""
MOST_LINES = 20_000
"""How many lines a logstore keeps."""


@dataclass(frozen=True)
class LogLine:
    """One line of a log.

    Attributes:
        time: When it was written, in seconds since 1970.
        fields: Its fields; the text is usually in `message`.
        source: Where it comes from.
        topic: Its topic.
    """

    time: float
    fields: Mapping[str, str]
    source: str = ""
    topic: str = ""


class LogPage(NamedTuple):
    """Some of the lines that a query found, and how many it found."""

    lines: list[LogLine]
    total: int


class LogStore:
    """Lines of all logstores. May be used from many threads, with or without the cloud's lock.

    Args:
        store: Knows which logstores exist.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._lines: dict[tuple[Scope, str], deque[LogLine]] = {}

    def append(self, scope: Scope, project: str, logstore: str, lines: Iterable[LogLine]) -> int:
        """Keep lines, if the logstore exists: whoever writes to a missing one is not told, as
        with the real service's own writers.

        Returns:
            How many were kept.
        """
        name = f"{project}/{logstore}"
        if self._store.get(scope, KIND, name) is None:
            return 0
        new = list(lines)
        with self._lock:
            self._lines.setdefault((scope, name), deque(maxlen=MOST_LINES)).extend(new)
        return len(new)

    def query(
        self,
        scope: Scope,
        project: str,
        logstore: str,
        start: float,
        end: float,
        text: str = "",
        *,
        topic: str = "",
        line: int = 100,
        offset: int = 0,
        reverse: bool = False,
    ) -> LogPage:
        """Lines of a time span that a search fits, oldest first.

        Args:
            scope: Account and region.
            project: Project.
            logstore: Logstore; one that is missing has no lines.
            start: First moment, in seconds since 1970.
            end: Moment that is no longer part of the span.
            text: Search, see `log_query`.
            topic: Only lines of this topic; empty for all.
            line: How many lines to return.
            offset: How many found lines to skip.
            reverse: Newest first instead.

        Raises:
            QueryError: The search can't be read.
        """
        fits: Callable[[Mapping[str, str]], bool] = parse(text)
        with self._lock:
            kept = list(self._lines.get((scope, f"{project}/{logstore}"), ()))
        found = [
            item
            for item in kept
            if start <= item.time < end and topic in ("", item.topic) and fits(_searched(item))
        ]
        # Sorting is stable, so lines of one moment keep the order they came in.
        found.sort(key=lambda item: item.time)
        if reverse:
            found.reverse()
        return LogPage(found[offset : offset + line], len(found))

    def drop(self, scope: Scope, project: str, logstore: str) -> None:
        """Forget the lines of a logstore."""
        with self._lock:
            self._lines.pop((scope, f"{project}/{logstore}"), None)

    def clear(self) -> None:
        """Forget all lines."""
        with self._lock:
            self._lines.clear()


def _searched(item: LogLine) -> Mapping[str, str]:
    return {**item.fields, "__source__": item.source, "__topic__": item.topic}
