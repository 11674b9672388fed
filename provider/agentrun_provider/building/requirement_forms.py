"""Which lists of requirements, and which of their lines, can be installed for another machine.

Only wheels can: making one of source runs a program here, for the Python and system of this
machine. uv takes a wheel that it has made here before, so such lines never get as far as uv.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from .failures import BuildError

PROJECT_FILE = "pyproject.toml"
URL = re.compile(r"^[a-z][a-z0-9+.-]+://", re.IGNORECASE)

_FROM_UV = "uv export --format requirements.txt --no-emit-project -o requirements.txt"
_FROM_POETRY = "poetry export --format requirements.txt --output requirements.txt"
_COMMANDS = {
    "uv.lock": _FROM_UV,
    "pylock.toml": _FROM_UV,
    "poetry.lock": _FROM_POETRY,
    "pdm.lock": "pdm export --format requirements --output requirements.txt",
    "Pipfile": "pipenv requirements --hash > requirements.txt",
    "Pipfile.lock": "pipenv requirements --hash > requirements.txt",
    "setup.py": "uv pip compile setup.py -o requirements.txt",
    "setup.cfg": "uv pip compile setup.cfg -o requirements.txt",
    "environment.yml": "conda list --export, with the names that PyPI has for them",
}
_PYLOCK = re.compile(r"^pylock\.[^.]+\.toml$")

_PROJECT = re.compile(r"^[ \t]*\[project\]", re.MULTILINE)
_POETRY = re.compile(r"^[ \t]*\[tool\.poetry[\].]", re.MULTILINE)
_DYNAMIC = re.compile(r"^[ \t]*dynamic\s*=\s*\[[^\]]*[\"']dependencies[\"']", re.MULTILINE)

_EDITABLE = re.compile(r"^(?:-e|--editable)(?:\b|(?=\.))")
_NO_BINARY = re.compile(r"^--no-binary(?:\s+|\s*=\s*)(?!:none:)")
_NAMED = re.compile(r"^[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\]\s*)?@\s*(?P<place>\S.*)$")
# A path, or an archive: nothing else in a list has a slash or such an ending.
_UNNAMED = re.compile(
    r"^(?:[a-z][a-z0-9+.-]+:|[.~]|[^\s;<>=!@]*[/\\]|.*\.(?:whl|zip|tar|tgz|tbz2?|txz|tar\.\w+)$)",
    re.IGNORECASE,
)
_MARKER = re.compile(r"\s*;\s.*$|\s+;.*$")
_OPTIONS = re.compile(r"\s+--?\w.*$")
_EXTRAS = re.compile(r"\[[\w\s,.-]*\]$")


def check_form(path: Path) -> None:
    """Refuse a file that is no list of requirements.

    Raises:
        BuildError: It is none; the hint has the command that makes a list of it.
    """
    command = _FROM_UV if _PYLOCK.match(path.name) else _COMMANDS.get(path.name)
    if command is not None:
        raise BuildError(
            f"{path} is of a form that can't be installed for another Python",
            f"Write it as a list, for instance with {command}",
        )
    if path.is_dir():
        raise BuildError(f"{path} is a folder, not a list of requirements")


def check_project(path: Path, text: str) -> None:
    """Refuse a project file that does not tell its dependencies without being built.

    Raises:
        BuildError: They don't stand in its `[project]`.
    """
    declared = _PROJECT.search(text)
    if declared and not _DYNAMIC.search(text):
        return
    by_poetry = _POETRY.search(text) and not declared
    command = _FROM_POETRY if by_poetry else f"uv pip compile {path.name} -o requirements.txt"
    raise BuildError(
        f"{path} does not tell its dependencies in [project]",
        f"Write them there, or make a list: {command}",
    )


def is_conditional(line: str) -> bool:
    """Whether a line counts on some machines only."""
    return bool(_MARKER.search(line))


def local_wheel(line: str, place: str) -> str:
    """The path of the wheel that a line takes from this machine; empty if it takes none.

    Args:
        line: One line of a list, without its comment.
        place: File and number of the line.

    Raises:
        BuildError: It asks for something that is no wheel, on every machine.
    """
    if _NO_BINARY.match(line):
        raise BuildError(
            f"{place}: {line} asks for source, and only wheels can be installed",
            "Leave that line out; a list for other uses can have it and include this one",
        )
    if line.startswith("-") and not _EDITABLE.match(line):
        return ""
    named = _NAMED.match(line)
    bare = _MARKER.sub("", _OPTIONS.sub("", named["place"] if named else line))
    what = _EXTRAS.sub("", bare).strip()
    if not _EDITABLE.match(line) and not named and not _UNNAMED.match(what):
        return ""
    path = re.split(r"[?#]", what, maxsplit=1)[0]
    if not path.lower().endswith(".whl") or _EDITABLE.match(line):
        if "$" in what or is_conditional(line):
            # What it turns out to be is looked at when it is installed.
            return ""
        raise BuildError(
            f"{place}: {line} asks for source, and only wheels can be installed",
            "Build a wheel of it (uv build --wheel, for the runtime's Linux) and name that file; "
            "uv export leaves your own project out with --no-emit-project",
        )
    if path.lower().startswith("file:"):
        return unquote(re.sub(r"^file:(?://(?:localhost)?(?=/))?", "", path, flags=re.IGNORECASE))
    return "" if URL.match(path) else path
