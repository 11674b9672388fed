"""One at a time: threads of a deployment and deployments on one machine may need the same made.

The lock between processes is the system's own, so it goes with the process that holds it, however
that one ends.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_LOOK_SECONDS = 0.2

_guard = threading.Lock()
_of_threads: dict[Path, threading.Lock] = {}

if sys.platform == "win32":
    import msvcrt

    _HELD_BY_ANOTHER: type[OSError] = PermissionError

    def _try(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _free(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    _HELD_BY_ANOTHER: type[OSError] = BlockingIOError

    def _try(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _free(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def alone(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a lock.

    Where the file can't be made, or its file system has no locks, other processes are not kept out.

    Args:
        path: File that stands for the lock; made if need be, and left there.
        waiting: Called once if another process holds it.
    """
    with _guard:
        of_threads = _of_threads.setdefault(path, threading.Lock())
    with of_threads, _opened(path) as file:
        held = file is not None and _held(file, waiting)
        try:
            yield
        finally:
            if file is not None and held:
                _free(file)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes] | None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError:
        yield None
        return
    with file:
        yield file


def _held(file: IO[bytes], waiting: Callable[[], None]) -> bool:
    """Get the lock; False if there is no such thing on this file system."""
    told = False
    while True:
        try:
            _try(file)
        except _HELD_BY_ANOTHER:
            if not told:
                waiting()
            told = True
            # Not waited for in the system: there a program could not be interrupted everywhere.
            time.sleep(_LOOK_SECONDS)
        except OSError:
            return False
        else:
            return True
