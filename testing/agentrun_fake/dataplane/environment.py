"""Command and environment of an instance.

A program learns its port from any of `PORT_VARIABLES`. On one machine many instances can't share
the configured port, so each gets a free one; a declared variable, or an argument of the command,
that repeats the configured port is given the free one too. A program that has the port in its own
text is served on that port, as long as nobody else uses it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .revision import Revision

PORT_VARIABLES = ("PORT", "FC_SERVER_PORT", "FC_CUSTOM_LISTEN_PORT", "AGENTRUN_PORT")
_CODE = "/code"
"""Where the real service puts the package."""
_PYTHON = re.compile(r"python(3(\.[0-9]+)?)?")


class NoCommand(Exception):
    """The revision tells no command and its package has no `bootstrap`."""


def command_of(revision: Revision, folder: Path, port: int, python: str) -> list[str]:
    """The command that starts a revision here; any Python is `python`.

    Raises:
        NoCommand: There is none.
    """
    words = revision.command
    if not words:
        bootstrap = folder / "bootstrap"
        if not bootstrap.is_file():
            raise NoCommand("codeConfiguration.command is empty and the package has no bootstrap")
        return [str(bootstrap)]
    program, *arguments = (_here(word, folder) for word in words)
    chosen = python if _PYTHON.fullmatch(program) else program
    return [chosen, *(_with_port(word, revision.port, port) for word in arguments)]


def placed(words: Sequence[str], folder: Path) -> list[str]:
    """A command that is meant for the real service, with paths below its code folder moved to the
    one here."""
    return [_here(word, folder) for word in words]


def environment_of(
    revision: Revision, folder: Path, home: Path, port: int, instance_id: str, python: str
) -> dict[str, str]:
    """The environment of an instance: nothing of the fake's own but the search path.

    Args:
        revision: What runs.
        folder: The unpacked package.
        home: A folder for the instance's own files.
        port: Port it should listen on.
        instance_id: Its id.
        python: The Python for it, which is the first one on its search path too.
    """
    ports = dict.fromkeys(PORT_VARIABLES, str(port))
    declared = {
        name: _with_port(value, revision.port, port) if name in ports else value
        for name, value in revision.fields.get("environmentVariables", {}).items()
    }
    programs = dict.fromkeys(str(Path(path).parent) for path in (python, sys.executable))
    made = {
        "PATH": os.pathsep.join([*programs, os.environ.get("PATH", "")]),
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        # Lines reach the log when they are written.
        "PYTHONUNBUFFERED": "1",
        "FC_ACCOUNT_ID": revision.scope.account_id,
        "FC_REGION": revision.scope.region,
        "FC_FUNCTION_NAME": revision.function,
        "FC_QUALIFIER": revision.version,
        "FC_VERSION_ID": revision.version_id,
        "FC_INSTANCE_ID": instance_id,
        **ports,
        **declared,
    }
    made["PYTHONPATH"] = _python_path(folder, declared)
    return made


def _python_path(folder: Path, declared: Mapping[str, str]) -> str:
    """The package's own dependencies first, then what is declared."""
    paths = [str(folder / "python")]
    paths += [_here(path, folder) for path in declared.get("PYTHONPATH", "").split(":") if path]
    return os.pathsep.join(dict.fromkeys(paths))


def _here(word: str, folder: Path) -> str:
    """A path below the real service's code folder, moved to this one."""
    if word == _CODE or word.startswith(f"{_CODE}/"):
        return str(folder) + word[len(_CODE) :]
    return word


def _with_port(word: str, configured: int, port: int) -> str:
    text = str(configured)
    if word == text:
        return str(port)
    for mark in ("=", ":"):
        if word.endswith(f"{mark}{text}"):
            return f"{word[: -len(text)]}{port}"
    return word
