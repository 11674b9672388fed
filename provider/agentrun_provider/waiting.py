"""Wait until something in the service has come to rest."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol, TypeVar

from .errors import AgentRunError, WaitFailed, WaitTimedOut
from .retry import is_transient

T = TypeVar("T")

_log = logging.getLogger(__name__)

GONE = "GONE"
"""Stands for the status of something that is not there."""

_SHORTEST_INTERVAL_SECONDS = 1.0
_LONGEST_INTERVAL_SECONDS = 10.0


class Clock(Protocol):
    """Time as it passes, in seconds from an arbitrary start."""

    def now(self) -> float:
        """The time."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return when so many seconds have passed."""
        ...


class SystemClock:
    """The machine's own clock; not moved by changes of the time of day."""

    def now(self) -> float:
        """Seconds since some start."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let the calling thread rest."""
        time.sleep(seconds)


@dataclass(frozen=True)
class Deadline:
    """When an operation that may wait several times has to be done.

    Attributes:
        at: The time on the clock that is waited by.
        seconds: How long the operation was given; told when it is over.
    """

    at: float
    seconds: float

    @classmethod
    def after(cls, clock: Clock, limit: float | Deadline) -> Deadline:
        """The end of so many seconds from now; an end that is set already stays as it is."""
        return limit if isinstance(limit, Deadline) else cls(clock.now() + limit, limit)


def interval_after(elapsed_seconds: float) -> float:
    """Seconds to the next poll: a quarter of the time waited so far, from 1 to 10.

    So a wait ends at most a quarter late, and a long one asks rarely.
    """
    quarter = 0.25 * elapsed_seconds
    return min(max(quarter, _SHORTEST_INTERVAL_SECONDS), _LONGEST_INTERVAL_SECONDS)


def wait_for(
    read: Callable[[], T | None],
    *,
    what: str,
    status: Callable[[T], str],
    reason: Callable[[T], str | None],
    pending: AbstractSet[str],
    target: AbstractSet[str],
    limit: float | Deadline,
    clock: Clock,
    progress: Callable[[str, float], None] | None = None,
    first_delay: float = 1.0,
    absent_ok_seconds: float = 10.0,
) -> T | None:
    """Poll until a target status is reached.

    Args:
        read: Reads the thing; None means it is definitely not there.
        what: The thing as a person would call it.
        status: Picks the status out of what was read.
        reason: Picks the service's explanation of the status.
        pending: Statuses that pass by themselves.
        target: Statuses to reach; empty waits until the thing is gone.
        limit: How many seconds to wait at most, or until when. However late it is already, it is
            read once, after a second.
        clock: Time source.
        progress: Told the status and the elapsed seconds after each poll.
        first_delay: Seconds before the first poll.
        absent_ok_seconds: How long a thing that was just made may not be there yet.

    Returns:
        What was read last; None if the thing is gone, as asked for by an empty `target`.

    Raises:
        WaitFailed: The status is neither pending nor a target, or the thing vanished.
        WaitTimedOut: Time is up; its cause is the last failed poll, if that failed.
        ApiError: A poll was refused for good. One that only failed is repeated instead, since a
            passing fault must not lose a wait of many minutes.
    """
    start = clock.now()
    deadline = Deadline.after(clock, limit)
    end = max(deadline.at, start + min(_SHORTEST_INTERVAL_SECONDS, deadline.seconds))
    pause, last_status, trouble = first_delay, "not read yet", None
    while True:
        clock.sleep(min(pause, max(0.0, end - clock.now())))
        elapsed = clock.now() - start
        try:
            found, trouble = read(), None
        except AgentRunError as error:
            if not is_transient(error):
                raise
            trouble = error
            _log.debug("poll of %s failed, going on: %s", what, error)
        else:
            last_status = GONE if found is None else status(found)
            if progress:
                progress(last_status, elapsed)
            if last_status in target or (found is None and not target):
                return found
            still_to_come = found is None and elapsed < absent_ok_seconds
            if last_status not in pending and not still_to_come:
                raise WaitFailed(what, last_status, _why(found, reason))
        if clock.now() >= end:
            raise WaitTimedOut(what, last_status, deadline.seconds) from trouble
        pause = interval_after(elapsed)


def _why(found: T | None, reason: Callable[[T], str | None]) -> str | None:
    return "it is no longer there" if found is None else reason(found)
