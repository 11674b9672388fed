"""Ports of the loopback interface: find a free one, see whether somebody listens."""

from __future__ import annotations

import socket

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
