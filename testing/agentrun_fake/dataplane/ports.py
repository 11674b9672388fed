"""Ports of the loopback interface: find a free one, see whether somebody listens."""

from __future__ import annotations

import socket
import threading

LOOPBACK = "127.0.0.1"
_CONNECT_SECONDS = 1.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server((LOOPBACK, 0)) as found:
        return int(found.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a program could listen on a port now, on all interfaces."""
    try:
        with socket.create_server(("", port)):
            return True
    except OSError:
        return False


def listens(port: int) -> bool:
    """Whether somebody takes connections on a port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=_CONNECT_SECONDS):
            return True
    except OSError:
        return False


class Claims:
    """Ports that programs may insist on, each given to one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: set[int] = set()

    def take(self, port: int) -> int | None:
        """The port, if nobody else uses it."""
        with self._lock:
            if port in self._taken or not is_free(port):
                return None
            self._taken.add(port)
            return port

    def give_back(self, port: int) -> None:
        """Somebody else may have it, whether it was taken or not."""
        with self._lock:
            self._taken.discard(port)
