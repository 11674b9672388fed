"""Ends the programs of a fake that was killed itself, and removes its folder.

Run as a program of its own: it reads `+pid` and `-pid` of process groups and ends when its input
does, which happens however the fake ends.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path


class Watchdog:
    """The running watchdog, from the fake's side.

    Args:
        folder: Folder to remove in the end.
    """

    def __init__(self, folder: Path) -> None:
        # This file needs nothing but the standard library, and starts fast without the rest.
        command = [sys.executable, "-I", "-S", __file__, str(folder)]
        self._process = subprocess.Popen(  # noqa: S603 - our own file
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def watch(self, pid: int) -> None:
        """A program was started."""
        self._tell(f"+{pid}\n")

    def release(self, pid: int) -> None:
        """A program has ended."""
        self._tell(f"-{pid}\n")

    def close(self) -> None:
        """End it; the programs it still watches and the folder go too."""
        assert self._process.stdin is not None, "asked for above"
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None, "asked for above"
        # Without a watchdog the programs run on, and end with the fake when that ends by itself.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()


def watch(lines: Iterable[str], folder: str) -> None:
    """Follow the lines to their end, then end what is left."""
    left: set[int] = set()
    for line in lines:
        pid = int(line[1:])
        left = left | {pid} if line[0] == "+" else left - {pid}
    for pid in left:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    watch(sys.stdin, sys.argv[1])
