"""A list of requirements and all lists that it includes, read without installing anything."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .failures import BuildError

_COMMENT = re.compile(r"(^|\s)#.*$")
_INCLUDE = re.compile(r"^(?:-[rc]\s*|--(?:requirements?|constraints?)(?:\s+|\s*=\s*))(?P<file>.+)$")
_EDITABLE = re.compile(r"^(?:-e|--editable)\b")
_FIND_LINKS = re.compile(r"^(?:-f\s*|--find-links(?:\s+|\s*=\s*))(?P<place>.+)$")
_LOCAL_WHEEL = re.compile(r"^(?:[\w.\[\],-]+\s*@\s*)?(?:file:(?://)?)?(?P<file>[^\s:@]+\.whl)\b")
_URL = re.compile(r"^[a-z][a-z0-9+.-]+://", re.IGNORECASE)

_OTHER_FORMS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile", "Pipfile.lock", "environment.yml")
_LOCK = re.compile(r"^pylock(\.[^.]+)?\.toml$")


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
        BuildError: It or a list that it includes is missing, can't be read, or is of another form.
    """
    if path.name in _OTHER_FORMS or _LOCK.match(path.name):
        raise BuildError(
            f"{path} is of a form that can't be installed for another Python",
            "Write it as a list with hashes, for instance with uv export --format "
            "requirements.txt --no-emit-project -o requirements.txt",
        )
    if path.name == "pyproject.toml":
        return RequirementList(path, tuple(_text(path, "").splitlines()), ())
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
        if _EDITABLE.match(line):
            raise BuildError(
                f"{place}: {line} asks for a source folder, and only wheels can be installed",
                "Build a wheel of it and name that instead; `uv export` leaves your own project "
                "out with --no-emit-project",
            )
        if included:
            # Constraints and requirements with the same text do different things.
            lines.append(line.split(included["file"])[0].strip())
            _check_local(included["file"], place)
            inner = path.parent / included["file"]
            _read(inner, top, place, lines, local, (*above, real))
            lines.append("-")
        else:
            lines.append(line)
            local += _wheels(line, (path.parent, top))


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
    if _URL.match(file):
        raise BuildError(
            f"{place}: {file} is not on this machine, so a change of it would not be seen",
            "Download it and include the file",
        )


def _text(path: Path, origin: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if origin:
            raise BuildError(f"{origin} includes {path}, which does not exist") from None
        raise BuildError(
            f"{path} does not exist", "Requirements are named relative to src"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(f"can't read {path}: {error}") from error


def _wheels(line: str, folders: tuple[Path, ...]) -> Iterator[str]:
    """Digests of the wheels that a line takes from this machine."""
    links, wheel = _FIND_LINKS.match(line), _LOCAL_WHEEL.match(line)
    text = links["place"] if links else wheel["file"] if wheel else ""
    if not text or _URL.match(text):
        return
    for folder in folders:
        found = folder / text
        paths = sorted(found.glob("*.whl")) if links and found.is_dir() else [found]
        present = [path for path in paths if path.is_file()]
        for path in present:
            yield f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        if present:
            return
