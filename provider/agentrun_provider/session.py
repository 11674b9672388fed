"""What one deployment shares: settings, connection, clock, progress and the locks of resources."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from .client import Client
from .config import Settings
from .credentials import provider_for
from .holding import Holding
from .identity import account_id
from .waiting import Clock, Deadline, SystemClock, wait_for

T = TypeVar("T")
Progress = Callable[[str, str, float], None]


def _silent(what: str, status: str, seconds: float) -> None:
    """The default for progress: nobody is watching."""


class Session:
    """Access to one account and region of the service; safe to share between threads.

    Args:
        settings: Where and as whom to call.
        client: Connection to use instead of one made from the settings.
        clock: Time source of all waiting.
        progress: Called with resource, status and elapsed seconds while something is waited for.
        folder: Folder that relative paths of the program start from.
        holding: Who holds what, if sessions of one deployment share it.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        client: Client | None = None,
        clock: Clock | None = None,
        progress: Progress = _silent,
        folder: Path | None = None,
        holding: Holding | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.progress = progress
        # Relative, so that messages name files as the program does.
        self.folder = folder or Path()
        self._client = client
        self._guard = threading.Lock()
        self._locks: dict[str, threading.RLock] = {}
        self.workspaces: dict[str, str] = {}
        self.holding = holding or Holding()

    @cached_property
    def client(self) -> Client:
        """The connection; made, and credentials looked for, only when something is called."""
        return self._client or Client(self.settings, provider_for(self.settings))

    @cached_property
    def account_id(self) -> str:
        """The account's number, from the settings or asked from the service once."""
        return account_id(self.settings, self.client)

    @contextmanager
    def exclusive(self, key: str) -> Iterator[None]:
        """Let one thread at a time write to the thing named by `key`."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.RLock())
        with lock:
            yield

    def wait(
        self,
        read: Callable[[], T | None],
        *,
        what: str,
        status: Callable[[T], str],
        reason: Callable[[T], str | None],
        pending: Collection[str],
        target: Collection[str],
        limit: float | Deadline,
    ) -> T | None:
        """Wait until `read` gives a target status (see `waiting.wait_for`)."""
        return wait_for(
            read,
            what=what,
            status=status,
            reason=reason,
            pending=frozenset(pending),
            target=frozenset(target),
            limit=limit,
            clock=self.clock,
            progress=lambda word, seconds: self.progress(what, word, seconds),
        )
