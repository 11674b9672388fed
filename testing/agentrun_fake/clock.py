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

    def stand(self, moment: float | None) -> None:
        """Stand still at this time; begin with the machine's if it is None."""
        ...

    def advance(self, seconds: float) -> None:
        """Move it on while it stands still.

        Raises:
            ValueError: It does not stand still.
        """
        ...


class SystemClock:
    """The machine's clock, until it is told to stand still."""

    def __init__(self) -> None:
        self._standing: ManualClock | None = None

    def now(self) -> float:
        """The present time."""
        standing = self._standing
        return time.time() if standing is None else standing.now()

    def sleep(self, seconds: float) -> None:
        """Block the calling thread, or move a standing clock on."""
        standing = self._standing
        time.sleep(seconds) if standing is None else standing.sleep(seconds)

    def stand(self, moment: float | None) -> None:
        """Stand still at this time; go with the machine again if it is None."""
        self._standing = None if moment is None else ManualClock(moment)

    def advance(self, seconds: float) -> None:
        """Move a standing clock on.

        Raises:
            ValueError: It goes with the machine.
        """
        if self._standing is None:
            raise ValueError("the clock goes with the machine: let it stand first")
        self._standing.advance(seconds)


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

    def stand(self, moment: float | None) -> None:
        """Set it to a time; to the machine's present time if that is None."""
        with self._lock:
            self._now = time.time() if moment is None else moment


def iso_time(moment: float) -> str:
    """Write a time as the service does: ISO 8601, six digits of fraction, a zone (section 1.8)."""
    return datetime.fromtimestamp(moment, _CHINA).isoformat(timespec="microseconds")
