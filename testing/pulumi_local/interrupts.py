"""Ctrl-C and termination: the first asks the run to end well, the second ends it at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Cancellable(Protocol):
    """Something that runs in the main thread and can be ended from another one."""

    def cancel(self) -> None:
        """End soon, leaving everything in order."""

    def kill(self) -> None:
        """End at once."""


def _cancel(target: Cancellable, say: Callable[[str], None]) -> None:
    say("cancelling: waiting for what is under way; press Ctrl-C again to end at once")
    target.cancel()


def _kill(target: Cancellable, say: Callable[[str], None]) -> None:
    say("ending at once")
    target.kill()


@contextmanager
def cancelling(target: Cancellable, say: Callable[[str], None]) -> Iterator[None]:
    """While the body runs, let signals cancel ``target`` instead of raising in the main thread.

    Only to be used in the main thread. ``say`` tells the user what was understood.
    """
    received = 0

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        nonlocal received
        received += 1
        # The interrupted code may hold the very lock that the action needs, or may be in the middle
        # of writing, which can't be entered twice: so nothing is said or done in the handler.
        respond = _cancel if received == 1 else _kill
        threading.Thread(target=respond, args=(target, say), name="cancel", daemon=True).start()

    former = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
