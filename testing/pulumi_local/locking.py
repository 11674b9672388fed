"""The lock of a stack: one run at a time, shared with the CLI's file backend.

A run writes a file of its own into the stack's lock folder and then looks whether there is another.
Two runs that start in the same instant may both give up, but never both go on.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from pulumi_local.durable import write_atomically
from pulumi_local.errors import LockedError


@dataclass(frozen=True)
class Lock:
    """One lock file: who holds the stack, and since when (RFC 3339)."""

    path: Path
    pid: int
    username: str
    hostname: str
    timestamp: str

    def is_stale(self) -> bool:
        """Whether its process ran on this machine and is gone."""
        return self.hostname == socket.gethostname() and not _is_alive(self.pid)

    def __str__(self) -> str:
        return (
            f"{self.path}: created by {self.username}@{self.hostname}"
            f" (pid {self.pid}) at {self.timestamp}"
        )


@contextmanager
def hold_lock(folder: Path, on_warning: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock kept in ``folder`` for the duration of a ``with`` block.

    A lock left behind by a dead process of this machine is removed with a warning. Raises
    LockedError, naming the holder, if a live or foreign process has it.
    """
    _remove_stale(folder, on_warning)
    _refuse_if_held(folder)
    mine = folder / f"{uuid.uuid4()}.json"
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(mine, _describe_this_process())
    try:
        _refuse_if_held(folder, but=mine)
        yield
    finally:
        mine.unlink(missing_ok=True)


def read_locks(folder: Path) -> list[Lock]:
    """List the locks in a folder; a file that vanishes meanwhile is skipped."""
    locks = []
    for path in sorted(folder.glob("*.json")):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except ValueError:
            data = {}  # being written by a CLI just now, or broken: held by an unknown process
        locks.append(
            Lock(
                path,
                int(data.get("pid", 0)),
                str(data.get("username", "?")),
                str(data.get("hostname", "?")),
                str(data.get("timestamp", "?")),
            )
        )
    return locks


def _remove_stale(folder: Path, on_warning: Callable[[str], None]) -> None:
    for lock in read_locks(folder):
        if lock.is_stale():
            on_warning(f"taking over the lock of a run that ended without releasing it: {lock}")
            lock.path.unlink(missing_ok=True)


def _refuse_if_held(folder: Path, but: Path | None = None) -> None:
    others = [lock for lock in read_locks(folder) if lock.path != but]
    if others:
        listing = "".join(f"\n  {lock}" for lock in others)
        raise LockedError(
            f"the stack is currently locked by {len(others)} lock(s). Either wait for the other"
            f" process(es) to end, or delete the lock file(s) if they are gone.{listing}"
        )


def _describe_this_process() -> bytes:
    description = {
        "pid": os.getpid(),
        "username": _user_name(),
        "hostname": socket.gethostname(),
        "timestamp": datetime.now(timezone.utc).isoformat().replace("+00:00", "Z"),
    }
    return json.dumps(description).encode()


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())


def _is_alive(pid: int) -> bool:
    if pid <= 0:
        return True  # not known, so not known to be dead
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
