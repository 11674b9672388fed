"""A command inside an instance, its streams carried by a WebSocket.

The command runs in the folder and environment of the instance's program, in a process group of its
own, and ends when the client goes away, the instance ends, or nothing was said for too long.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from .environment import placed
from .instance import Instance
from .program import Program
from .websocket import Closed, ServerSocket

_CHUNK = 16 * 1024
_TICK_SECONDS = 0.1
_DRAIN_SECONDS = 5.0

# Makes the terminal the controlling one, which only the process itself can do, then becomes the
# command. A second program, since code between fork and exec is no option with threads.
_ON_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execvp(sys.argv[1], sys.argv[1:])"
)


@dataclass(frozen=True)
class ExecRequest:
    """What a client asks for.

    Attributes:
        command: Program and arguments.
        stdin: Whether the client will send input.
        stdout: Whether it wants the output.
        stderr: Whether it wants what is written to standard error; with a terminal that is output.
        tty: Whether the command gets a terminal.
        idle_seconds: After how long without a byte the command is ended.
    """

    command: list[str]
    stdin: bool
    stdout: bool
    stderr: bool
    tty: bool
    idle_seconds: float


@dataclass(frozen=True)
class Framing:
    """First bytes of messages to the client, by what they carry."""

    stdout: int
    stderr: int
    error: int


class ExecSession:
    """One command.

    Args:
        instance: Where it runs.
        request: What is asked for.
        framing: How messages begin.
    """

    def __init__(self, instance: Instance, request: ExecRequest, framing: Framing) -> None:
        self._instance = instance
        self._request = request
        self._framing = framing
        self._spoke_at = time.monotonic()

    def serve(
        self,
        web: ServerSocket,
        connection: socket.socket,
        watched: Callable[[int], contextlib.AbstractContextManager[None]],
    ) -> None:
        """Run the command to its end, whoever brings it about."""
        program = self._instance.program
        if program is None:
            web.send(bytes([self._framing.error]) + b"the instance is still being started")
            web.close()
            return
        try:
            process, keyboard, outputs = self._start(program)
        except OSError as error:
            text = f"{self._request.command[0]!r} can't be started: {error.strerror}"
            web.send(bytes([self._framing.error]) + text.encode())
            web.close()
            return
        pumps = [
            threading.Thread(target=self._pump, args=(web, output, mark), daemon=True)
            for output, mark in outputs
        ]
        with watched(process.pid):
            for pump in pumps:
                pump.start()
            try:
                self._listen(web, connection, process, keyboard)
            finally:
                _end(process)
                if keyboard is not None:
                    # Closing flushes, for which it may be too late.
                    with contextlib.suppress(OSError):
                        keyboard.close()
                for pump in pumps:
                    # Bounded: what the command left behind may keep the pipe open.
                    pump.join(_DRAIN_SECONDS)
                web.close()

    def _start(
        self, program: Program
    ) -> tuple[subprocess.Popen[bytes], IO[bytes] | None, list[tuple[IO[bytes], int | None]]]:
        """The process, its input, and its outputs with the mark of each."""
        request, framing = self._request, self._framing
        command = placed(request.command, program.folder)
        if request.tty:
            ours, theirs = os.openpty()
            command = [sys.executable, "-I", "-S", "-c", _ON_TERMINAL, *command]
            stdin = stdout = stderr = theirs
        else:
            stdin = subprocess.PIPE if request.stdin else subprocess.DEVNULL
            stdout = stderr = subprocess.PIPE
        try:
            # Running what the caller says is the purpose; the service has seen who that is.
            process = subprocess.Popen(  # noqa: S603
                command,
                cwd=program.folder,
                env={**program.environment, **({"TERM": "xterm"} if request.tty else {})},
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        finally:
            if request.tty:
                os.close(theirs)
        out = framing.stdout if request.stdout else None
        if request.tty:
            screen = os.fdopen(ours, "rb", buffering=0)
            return process, os.fdopen(os.dup(ours), "wb", buffering=0), [(screen, out)]
        assert process.stdout is not None, "asked for above"
        assert process.stderr is not None, "asked for above"
        error = framing.stderr if request.stderr else None
        return process, process.stdin, [(process.stdout, out), (process.stderr, error)]

    def _listen(
        self,
        web: ServerSocket,
        connection: socket.socket,
        process: subprocess.Popen[bytes],
        keyboard: IO[bytes] | None,
    ) -> None:
        """Hand on input until the command ends or must end."""
        while process.poll() is None and self._instance.destroyed_at is None:
            if time.monotonic() - self._spoke_at > self._request.idle_seconds:
                text = f"nothing was said for {self._request.idle_seconds:g} s"
                web.send(bytes([self._framing.error]) + text.encode())
                return
            pending = getattr(connection, "pending", lambda: 0)()
            if not pending and not select.select([connection], [], [], _TICK_SECONDS)[0]:
                continue
            try:
                data = web.receive()
            except Closed:
                return
            if data and keyboard is not None:
                self._spoke_at = time.monotonic()
                # A command that has closed its input does not read what is typed.
                with contextlib.suppress(OSError):
                    keyboard.write(data)
                    keyboard.flush()

    def _pump(self, web: ServerSocket, output: IO[bytes], mark: int | None) -> None:
        with output, contextlib.suppress(Closed):
            while data := _read(output):
                self._spoke_at = time.monotonic()
                if mark is not None:
                    web.send(bytes([mark]) + data)


def _read(output: IO[bytes]) -> bytes:
    try:
        return os.read(output.fileno(), _CHUNK)
    except OSError:
        # A terminal whose last user has gone answers with an error instead of an end.
        return b""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command and what it has started in the foreground."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
