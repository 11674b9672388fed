"""End a program with all that it has started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

_LONGEST_SECONDS = 10.0


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it has started, directly or not: a shell leaves that running.

    The program is in no group of its own, so that whoever ends the group of this process ends it
    too; hence its descendants are looked for.
    """
    if sys.platform == "win32":
        _output(["taskkill", "/T", "/F", "/PID", str(process.pid)])
    else:
        for number in _held_still(process.pid):
            with suppress(OSError):
                os.kill(number, signal.SIGKILL)
    process.kill()
    process.wait()


def _held_still(root: int) -> list[int]:
    """Stop a process and its descendants, so that none starts another unseen; their ids."""
    still: list[int] = []
    new = [root]
    while new:
        for number in new:
            with suppress(OSError):
                os.kill(number, signal.SIGSTOP)
        still += new
        new = [number for number in _descendants(root) if number not in still]
    return still


def _descendants(root: int) -> list[int]:
    pairs = _parents()
    found = [root]
    for parent in found:
        found += [child for child, above in pairs if above == parent]
    return found[1:]


def _parents() -> list[tuple[int, int]]:
    """Ids of all processes, each with that of its parent; what can't be read is left out."""
    numbers = list(Path("/proc").glob("[0-9]*/stat"))
    if not numbers:
        listed = _output(["ps", "-A", "-o", "pid=,ppid="])
        words = [line.split() for line in listed.splitlines()]
        return [(int(word[0]), int(word[1])) for word in words if len(word) == 2]
    pairs = []
    for path in numbers:
        with suppress(OSError, ValueError, IndexError):
            # Behind the name, which is in brackets and may hold anything, come state and parent.
            parent = path.read_text(errors="replace").rpartition(")")[2].split()[1]
            pairs.append((int(path.parent.name), int(parent)))
    return pairs


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - words of this module only
            command, capture_output=True, text=True, check=False, timeout=_LONGEST_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
