"""The time, handed in so that tests decide how fast it goes."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta, timezone
from typing import Protocol

_CHINA = timezone(timedelta(hours=8))


class Clock(Protocol):
    """What the fake needs of time; seconds since 1970."""

    def now(self) -> float:
        """The present time."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """The present time."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Block the calling thread."""
        time.sleep(seconds)


class ManualClock:
    """A clock that stands still until it is moved; sleeping moves it.

    Args:
        start: First time it shows; the machine's present time if not given.
    """

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start
        self._lock = threading.Lock()

    def now(self) -> float:
        """The time it was moved to."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Move it on."""
        with self._lock:
            self._now += seconds

    def sleep(self, seconds: float) -> None:
        """Move it on, without blocking."""
        self.advance(seconds)


def iso_time(moment: float) -> str:
    """Write a time as the service does: ISO 8601, six digits of fraction, a zone (section 1.8)."""
    return datetime.fromtimestamp(moment, _CHINA).isoformat(timespec="microseconds")
