"""The one error of this package, and its words for a command that failed."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterable
from pathlib import Path

from ..errors import PackagingError

_USER = re.compile(r"//[^/@\s]*@")
_QUERY = re.compile(r"(://[^\s?#]*\?)[^\s#,;`'\")]+")


def without_secrets(text: str) -> str:
    """A text whose addresses have no user, no password, and no query: that may be a signature."""
    return _QUERY.sub(r"\1...", _USER.sub("//", text))


# What shells answer when there is no such program, or none that can be run.
_NO_PROGRAM = (126, 127, 9009)
_LONGEST = 120


class BuildError(PackagingError):
    """The package can't be built.

    Args:
        message: What is wrong, with the file or package; secrets in addresses are taken out.
        hint: What to do next.
        field: Field of `code` that it is about.
    """

    def __init__(self, message: str, hint: str = "", *, field: str = "requirements") -> None:
        self.field = field
        self._hint = hint
        super().__init__(without_secrets(message))

    @property
    def hint(self) -> str:
        return self._hint


def failed_command(command: str, code: int, folder: Path, last: Iterable[str]) -> BuildError:
    """The error for a build command that failed.

    Args:
        command: As it was declared.
        code: Its exit code; negative for a signal.
        folder: Where it ran.
        last: The last lines that it wrote.
    """
    how, hint = f"ended with exit code {code}", ""
    if code in _NO_PROGRAM:
        hint = "It runs on this machine: install the program that it names here"
    elif code < 0:
        how, hint = f"was ended by {_signal(-code)}", "Perhaps there was not enough memory"
    words = " / ".join(_cut(line) for line in last) or "it wrote nothing"
    return BuildError(
        f"the build command {_cut(command)!r} {how} in {folder}: {words}", hint, field="build"
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
