"""The terminal that somebody works in: its size, raw input, and bytes on the screen."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import NoReturn

from ..errors import AgentRunError
from ..instance_exec import Terminal
from .errors import CommandError

_LEAVE = b"\x1d"
"""Ctrl-], with which telnet and the vendor's tool are left."""
_CHUNK = 1024


class Screen:
    """Bytes to standard output and error, at once and as they are."""

    def out(self, data: bytes) -> None:
        """Write to standard output."""
        self._write(sys.stdout, data)

    def err(self, data: bytes) -> None:
        """Write to standard error."""
        self._write(sys.stderr, data)

    def _write(self, stream: object, data: bytes) -> None:
        # A test's stream may take text only.
        raw = getattr(stream, "buffer", None)
        if raw is not None:
            raw.write(data)
            raw.flush()


def is_terminal() -> bool:
    """Whether somebody sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def terminal_size() -> Terminal:
    """The size of this terminal."""
    size = shutil.get_terminal_size()
    return Terminal(size.lines, size.columns)


@contextlib.contextmanager
def typing(send: Callable[[bytes], None], leave: Callable[[], None]) -> Iterator[None]:
    """While this lasts, each key goes to `send`, Ctrl-C included, and Ctrl-] calls `leave`.

    Raises:
        CommandError: This system's terminals can't be switched so.
    """
    try:
        import termios
        import tty
    except ImportError:
        raise CommandError(
            "an interactive shell needs a POSIX terminal here", "Run a command with --cmd instead"
        ) from None
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    # Ended from elsewhere, too, the terminal must be left as it was.
    ended = signal.signal(signal.SIGTERM, _end)
    reader = threading.Thread(target=_hand_on, args=(keyboard, send, leave), daemon=True)
    try:
        # What was typed ahead stays.
        tty.setraw(keyboard, termios.TCSADRAIN)
        reader.start()
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
        signal.signal(signal.SIGTERM, ended)


def _end(number: int, _frame: object) -> NoReturn:
    # As shells say it.
    raise SystemExit(128 + number)


def _hand_on(keyboard: int, send: Callable[[bytes], None], leave: Callable[[], None]) -> None:
    # The thread ends with the program, or with the first key after the connection has gone.
    with contextlib.suppress(AgentRunError, OSError):
        while data := os.read(keyboard, _CHUNK):
            if _LEAVE in data:
                leave()
                return
            send(data)
