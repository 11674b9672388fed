"""What `invoke` sends: bodies and headers from the command line, files and the environment."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..agent_calls import chat_body
from .errors import CommandError


def content_of(
    message: str | None, data: str | None, path: str | None, *, stream: bool, model: str | None
) -> bytes | None:
    """The body; None for none.

    Raises:
        CommandError: Too much is given, or nothing at all, or a file can't be read.
    """
    if message is not None and data is not None:
        raise CommandError("give either --message or --data, not both")
    if message is not None:
        text = sys.stdin.read() if message == "-" else message
        return chat_body(text, stream=stream, model=model)
    if data is not None:
        return _read(data[1:]) if data.startswith("@") else data.encode(errors="surrogateescape")
    if path is None:
        raise CommandError("there is nothing to ask", "Give --message, --data or --path")
    return None


def headers_of(given: Sequence[str]) -> list[tuple[str, str]]:
    """Headers as `--header` gives them.

    Raises:
        CommandError: One is none, or a file can't be read.
    """
    found = []
    for item in given:
        from_file = item.startswith("@")
        text = _read(item[1:]).decode("utf-8-sig", "surrogateescape") if from_file else item
        lines = text.splitlines() if from_file else [text]
        for number, line in enumerate(lines, 1):
            if from_file and (not line.strip() or line.startswith("#")):
                continue
            name, colon, value = line.partition(":")
            if not colon or not name.strip():
                # The line may hold a secret, so only its place is told.
                place = f"line {number} of {item[1:]}" if from_file else "a --header"
                raise CommandError(f"{place} is no header", "Write it as 'Name: value'")
            found.append((name.strip(), value.strip()))
    return found


def headers_from(given: Sequence[str], environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Headers as `--header-env` gives them.

    Raises:
        CommandError: One is written otherwise, or its variable is not set.
    """
    found = []
    for item in given:
        name, equals, variable = item.partition("=")
        if not (equals and name and variable):
            raise CommandError("--header-env is written as NAME=VARIABLE")
        if variable not in environ:
            raise CommandError(f"the environment has no {variable}, which header {name} is to hold")
        found.append((name.strip(), environ[variable].strip()))
    return found


def type_of(content: bytes) -> str:
    """The media type of a body for which none is given."""
    try:
        json.loads(content)
    except ValueError:
        return "text/plain; charset=utf-8"
    return "application/json"


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} can't be read: {error.strerror}") from error
