"""Child processes that cannot outlive the engine.

Each child leads its own process group, so that it can be ended with everything it started and a
Ctrl-C in the terminal reaches only the engine. Its standard input is a pipe that stays open as
long as the engine lives: the scripts in `children` end themselves when it ends, which covers an
engine that was killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Literal, TypeAlias

from pulumi_local.errors import EngineError

Stream: TypeAlias = Literal["stdout", "stderr"]
OnLine: TypeAlias = Callable[[Stream, str], None]
"""Gets each line a child writes, without its line end; called from a thread of the child's."""

CHILDREN = Path(__file__).parent / "children"

_GRACE_SECONDS = 2.0
_LONGEST_SLEEP_SECONDS = 1.0


class ChildProcess:
    """A running child; its output lines go to ``on_line``."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        environ: Mapping[str, str],
        on_line: OnLine,
    ) -> None:
        """Start the child. Raises EngineError if that is not possible."""
        self.command = [str(part) for part in command]
        self._on_line = on_line
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the project's own program
                self.command,
                cwd=cwd,
                env=dict(environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise EngineError(f"cannot start {self.command[0]}: {error}") from error
        self._ended = False
        self._first_line: list[str] = []
        self._got_first = threading.Event()
        self._readers: list[threading.Thread] = []

    def read_output(self) -> None:
        """Forward all output from now on."""
        self._start_reader("stdout", self._process.stdout, first=False)
        self._start_reader("stderr", self._process.stderr, first=False)

    def first_line(self, timeout_seconds: float) -> str | None:
        """Wait for the first line of standard output, and forward all later output.

        Returns None if the child ended, or the time passed, without one.
        """
        self._start_reader("stdout", self._process.stdout, first=True)
        self._start_reader("stderr", self._process.stderr, first=False)
        self._got_first.wait(timeout_seconds)
        return self._first_line[0] if self._first_line else None

    @property
    def pid(self) -> int:
        """The process id, which is the id of its group too."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, None while it runs; negative is the signal that ended it."""
        return self._process.poll()

    def exit_code_soon(self) -> int | None:
        """Return the exit code of a child that has nothing more to say; None if it goes on.

        The output of a process is closed before it has ended, so its code may be a moment away.
        """
        try:
            return self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            return None

    def wait(self) -> int:
        """Wait until the child ended and all it wrote has been forwarded; return its exit code."""
        code = self._exit()
        # Something the child left behind may hold its output open: that must not block the engine.
        for reader in self._readers:
            reader.join(_GRACE_SECONDS)
        return code

    def _exit(self) -> int:
        # A signal that comes just before the main thread sleeps in `waitpid` is not handled until
        # the child ends, so that a second Ctrl-C would wait for what it is meant to end.
        while True:
            try:
                return self._process.wait(_LONGEST_SLEEP_SECONDS)
            except subprocess.TimeoutExpired:
                continue

    def stop(self) -> None:
        """Ask the child to end, and kill it with its whole group if it does not. Idempotent."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            try:
                self._process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
        self.kill()

    def kill(self) -> None:
        """End the child's whole group at once. Idempotent."""
        if not self._ended:
            self._signal(signal.SIGKILL)
            self._ended = True  # from now on the group's id may belong to others
        self._process.wait()
        for reader in self._readers:
            reader.join(_GRACE_SECONDS)
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            return  # the whole group has ended (macOS answers so for a group of zombies)

    def _start_reader(self, stream: Stream, pipe: IO[bytes] | None, *, first: bool) -> None:
        reader = threading.Thread(
            target=self._read, args=(stream, pipe, first), name=f"{stream}-{self.pid}", daemon=True
        )
        reader.start()
        self._readers.append(reader)

    def _read(self, stream: Stream, pipe: IO[bytes], first: bool) -> None:
        with pipe:
            for raw in pipe:
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                if first and not self._first_line:
                    self._first_line.append(line)
                    self._got_first.set()
                else:
                    self._on_line(stream, line)
        if first:
            self._got_first.set()
