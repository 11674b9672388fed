"""A list of requirements and all lists that it includes, read without installing anything."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .failures import BuildError
from .requirement_forms import (
    PROJECT_FILE,
    URL,
    check_form,
    check_project,
    is_conditional,
    local_wheel,
)

_COMMENT = re.compile(r"(^|\s)#.*$")
_INCLUDE = re.compile(r"^(?:-[rc]\s*|--(?:requirements?|constraints?)(?:\s+|\s*=\s*))(?P<file>.+)$")
_PASSWORD = re.compile(r"://[^/@\s:]*:[^/@\s$]+@")
_FIND_LINKS = re.compile(r"^(?:-f\s*|--find-links(?:\s+|\s*=\s*))(?P<place>.+)$")


@dataclass(frozen=True)
class RequirementList:
    """What is to be installed.

    Attributes:
        path: The list itself.
        lines: Its lines and those of the lists it includes, in order, without comments.
        local: Digests of the wheels on this machine that it names.
    """

    path: Path
    lines: tuple[str, ...]
    local: tuple[str, ...]

    @property
    def hashed(self) -> bool:
        """Whether it locks packages by hashes; then every package needs one."""
        return any("--hash" in line for line in self.lines)

    @property
    def holds_password(self) -> bool:
        """Whether an address in it has a password, and not a variable in its place."""
        return any(_PASSWORD.search(line) for line in self.lines)

    @property
    def asks_for_nothing(self) -> bool:
        """Whether nothing has to be installed."""
        return not any(line for line in self.lines if not line.startswith("-"))

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides about the result; comments and empty lines do not."""
        text = "\n".join([*self.lines, "", *self.local])
        return hashlib.sha256(text.encode()).hexdigest()


def read_list(path: Path) -> RequirementList:
    """Read a list of requirements, or the dependencies of a `pyproject.toml`.

    Raises:
        BuildError: It or a list that it includes is missing, can't be read, is of another form, or
            asks for what is no wheel.
    """
    check_form(path)
    if path.name == PROJECT_FILE:
        text = _text(path, "")
        check_project(path, text)
        return RequirementList(path, tuple(text.splitlines()), ())
    lines: list[str] = []
    local: list[str] = []
    _read(path, path.parent, "", lines, local, ())
    return RequirementList(path, tuple(lines), tuple(local))


def _read(
    path: Path, top: Path, origin: str, lines: list[str], local: list[str], above: tuple[Path, ...]
) -> None:
    """Add the lines of a list; `origin` is the line that includes it."""
    real = path.resolve()
    if real in above:
        raise BuildError(f"{origin} includes {path}, which includes itself")
    for number, line in _logical_lines(_text(path, origin)):
        place = f"{path}:{number}"
        included = _INCLUDE.match(line)
        if included:
            # Constraints and requirements with the same text do different things.
            lines.append(line.split(included["file"])[0].strip())
            _check_local(included["file"], place)
            inner = path.parent / included["file"]
            _read(inner, top, place, lines, local, (*above, real))
            lines.append("-")
        else:
            lines.append(line)
            local += _wheels(line, (path.parent, top), place)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, continued ones as one, each with the number of its first line."""
    held, first = "", 0
    for number, raw in enumerate(text.splitlines(), start=1):
        first = first or number
        if raw.rstrip().endswith("\\") and not raw.lstrip().startswith("#"):
            held += raw.rstrip()[:-1] + " "
            continue
        line = " ".join(_COMMENT.sub("", held + raw).split())
        if line:
            yield first, line
        held, first = "", 0
    if held.strip():
        yield first, " ".join(held.split())


def _check_local(file: str, place: str) -> None:
    if URL.match(file):
        raise BuildError(
            f"{place}: {file} is not on this machine, so a change of it would not be seen",
            "Download it and include the file",
        )


def _text(path: Path, origin: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        if origin:
            raise BuildError(f"{origin} includes {path}, which does not exist") from None
        raise BuildError(
            f"{path} does not exist", "Requirements are named relative to src"
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BuildError(
            f"{path}:{line}: this is no UTF-8 text",
            "Save the file as UTF-8, in PowerShell with pip freeze | Out-File -Encoding utf8 ...",
        ) from error
    except OSError as error:
        raise BuildError(f"can't read {path}: {error.strerror or error}") from error


def _wheels(line: str, folders: tuple[Path, ...], place: str) -> list[str]:
    """Digests of the wheels that a line takes from this machine."""
    links = _FIND_LINKS.match(line)
    text = links["place"] if links else local_wheel(line, place)
    if not text or URL.match(text) or "$" in text:
        return []
    try:
        # The first folder that has any counts, as for uv.
        paths = next((found for folder in folders if (found := _found(folder / text))), [])
        listed = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths]
    except OSError as error:
        raise BuildError(
            f"{place}: can't read {error.filename or text}: {error.strerror or error}"
        ) from error
    if not paths and not links and not is_conditional(line):
        raise BuildError(f"{place}: {text} does not exist")
    return listed


def _found(path: Path) -> list[Path]:
    """A wheel, or all of a folder."""
    return sorted(path.glob("*.whl")) if path.is_dir() else [path] if path.is_file() else []
