"""A program in a process group of its own, its output read line by line."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_LAST_LINES = 20
_LONGEST_LINE = 64 * 1024
_END_SECONDS = 0.2
_DRAIN_SECONDS = 1.0


class Program:
    """A running program.

    Args:
        command: Program and arguments.
        folder: Where it runs.
        environment: All of its environment.
        on_line: Gets each line of its output, in a thread of its own.

    Attributes:
        folder: Where it runs.
        environment: All of its environment.

    Raises:
        OSError: It can't be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
    ) -> None:
        self.folder = folder
        self.environment = environment
        self._on_line = on_line
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        # Running what was deployed is the purpose.
        self._process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its process, which leads the group."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll()

    @property
    def output(self) -> list[str]:
        """The last lines it has written so far."""
        return list(self._last)

    def last_lines(self) -> str:
        """The end of its output, after giving it a moment to end."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
            # Bounded, since a child of the program may keep the pipe open.
            self._reader.join(_DRAIN_SECONDS)
        return "\n".join(self.output)

    def stop(self, grace_seconds: float) -> None:
        """End it and all that it has started: politely first, then for sure."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_seconds)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def _read(self) -> None:
        assert self._process.stdout is not None, "asked for above"
        with self._process.stdout as output:
            while line := output.readline(_LONGEST_LINE):
                text = line.decode(errors="replace").rstrip("\r\n")
                self._last.append(text)
                self._on_line(text)
