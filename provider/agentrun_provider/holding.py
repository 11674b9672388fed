"""Who holds what exists, so that nothing is deleted which another resource still stands for.

A stack may name one thing of the service twice for a while: a resource was renamed without an
alias, or is replaced under the name it keeps. The new one takes the thing over, and then the engine
deletes the old one. What is known of that is kept for as long as the process lives, which is one
deployment.
"""

from __future__ import annotations

import threading


class Holding:
    """Notes of who holds what; safe to share between threads. Keys are those of `Kind.key`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: set[str] = set()
        self._owners: dict[str, set[str]] = {}

    def take_over(self, key: str) -> None:
        """Note that a create found the thing there and took it over."""
        with self._lock:
            self._taken.add(key)

    def took_over(self, key: str) -> bool:
        """Whether a create found the thing there, so that it is not that create's to remove."""
        with self._lock:
            return key in self._taken

    def declare(self, key: str, *owners: str | None) -> None:
        """Note the marks of a resource that the program declares, its former one among them."""
        with self._lock:
            self._owners.setdefault(key, set()).update(mark for mark in owners if mark)

    def is_held(self, key: str, owner: str | None) -> bool:
        """Whether the thing lives on when the resource with the mark of `owner` is deleted."""
        with self._lock:
            if key in self._taken:
                return True
            others = self._owners.get(key, set())
            return bool(owner and others and owner not in others)
