"""Run a program and hand on its output line by line."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .ending import end
from .failures import BuildError

LONGEST_SECONDS = 1800.0
"""How long one program may take."""

_LOOK_SECONDS = 0.2
"""How often a silent program is looked after."""

_COLOUR = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")

Tell = Callable[[str], None]


# Keys of the deployment. What is installed by a build command runs scripts of strangers.
_KEYS = re.compile(
    r"(AGENTRUN|ALIBABA_?CLOUD|ALICLOUD|FC)_\w*(KEY|SECRET|TOKEN|CREDENTIALS)\w*"
    r"|PULUMI_(CONFIG_PASSPHRASE(_FILE)?|ACCESS_TOKEN)"
)


def environment() -> dict[str, str]:
    """This process's environment without the keys that the deployment is done with."""
    return {name: value for name, value in os.environ.items() if not _KEYS.fullmatch(name)}


def run(
    command: Sequence[str] | str,
    folder: Path,
    environment: Mapping[str, str],
    on_line: Tell,
    *,
    field: str,
    seconds: float = LONGEST_SECONDS,
) -> int:
    """Run a program to its end.

    Args:
        command: Program and arguments; one text is run by the shell.
        folder: Where it runs.
        environment: All of its environment.
        on_line: Gets each line of its output, errors included.
        field: Field of `code` that asked for it.
        seconds: How long it may take.

    Returns:
        Its exit code.

    Raises:
        BuildError: It can't be started, or took too long.
    """
    shown = command if isinstance(command, str) else " ".join(command)
    try:
        # Running what the program's author declared is the purpose.
        process = subprocess.Popen(  # noqa: S603
            command,
            shell=isinstance(command, str),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise BuildError(
            f"can't start {shown!r} in {folder}: {error.strerror or error}",
            "Install it, or check its name",
            field=field,
        ) from error
    return _followed(process, shown, on_line, field, seconds)


def _followed(
    process: subprocess.Popen[bytes], shown: str, on_line: Tell, field: str, seconds: float
) -> int:
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    deadline = time.monotonic() + seconds
    late = BuildError(
        f"{shown!r} was not done after {seconds:.0f} s",
        "It has to end by itself, so it can't be a server or watch files" * (field == "build"),
        field=field,
    )
    ended = False
    try:
        while time.monotonic() <= deadline:
            try:
                line = lines.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                # What it leaves running, such as a build daemon, may hold the pipe open for ever.
                if ended:
                    return process.wait()
                ended = process.poll() is not None
                continue
            if line is None:
                return process.wait(max(deadline - time.monotonic(), _LOOK_SECONDS))
            on_line(readable(line.decode(errors="replace")))
        raise late
    except subprocess.TimeoutExpired:
        raise late from None
    finally:
        if process.poll() is None:
            end(process)


def readable(line: str) -> str:
    """A line of output as a terminal would leave it: no colours, and the last state of a bar."""
    last = _COLOUR.sub("", line).rstrip().rsplit("\r", 1)[-1]
    return _CONTROL.sub("", last).rstrip()


def _read(process: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    assert process.stdout is not None, "asked for above"
    with process.stdout as output:
        for line in output:
            lines.put(line)
    lines.put(None)
