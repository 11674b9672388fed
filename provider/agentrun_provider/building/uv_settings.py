"""Settings of the user that decide which packages uv chooses, beside the list itself."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from .failures import BuildError

_FILE = "uv.toml"
_PROJECT_FILE = "pyproject.toml"
_CHOOSING = re.compile(
    r"UV_(INDEX|DEFAULT_INDEX|EXTRA_INDEX|FIND_LINKS|CONSTRAINT|OVERRIDE|EXCLUDE|"
    r"PRERELEASE|RESOLUTION|FORK_STRATEGY|TORCH_BACKEND|NO_SOURCES)\w*$"
)
_USER_OF_URL = re.compile(r"//[^/@\s]*@")
# Names a package; what is set for all of them gives way to the option that is used here.
_SOURCE = re.compile(r"no-binary(?:-package)?\s*=\s*\[\s*[\"'][^:\"'\]][^\]]*\]")
_TABLE = re.compile(r"^\s*\[")
_OF_UV = re.compile(r"^\s*\[+\s*tool\s*\.\s*uv\b")


def choice_digest(variables: Mapping[str, str], folder: Path) -> str:
    """Fingerprint of variables and configuration files that decide which packages are chosen.

    Users and passwords of addresses do not count, since they may change every hour.

    Args:
        variables: The environment.
        folder: Where uv is run; it looks for its configuration from there upwards.
    """
    chosen = sorted(
        f"{name}={value}"
        for name, value in variables.items()
        if _CHOOSING.match(name) and not name.endswith(("_USERNAME", "_PASSWORD"))
    )
    text = "\n".join([*chosen, *filter(None, _configured(variables, folder))])
    return hashlib.sha256(_USER_OF_URL.sub("//", text).encode()).hexdigest()


def check_no_source(variables: Mapping[str, str], folder: Path) -> None:
    """Refuse configuration by which uv would make wheels of source on this machine.

    It counts more for uv than that all packages are to be wheels.

    Raises:
        BuildError: There is such a setting.
    """
    for text in _configured(variables, folder):
        found = _SOURCE.search(text)
        if found:
            raise BuildError(
                f"uv is configured to build packages of source: {' '.join(found[0].split())}",
                "Take that out of uv.toml or [tool.uv], or set UV_NO_CONFIG=1; wheels for the "
                "runtime's Linux can't be built here",
            )


def _configured(variables: Mapping[str, str], folder: Path) -> Iterator[str]:
    """The configuration that uv finds; a file that it can't read is its to complain about."""
    if variables.get("UV_NO_CONFIG", "").lower() in ("1", "true", "t", "yes", "y", "on"):
        return
    named = variables.get("UV_CONFIG_FILE")
    if named:
        yield _text(folder / named)
        return
    for above in (folder.absolute(), *folder.absolute().parents):
        found = _text(above / _FILE) or "\n".join(_tables(_text(above / _PROJECT_FILE)))
        if found:
            yield found
            break
    yield from (_text(place / "uv" / _FILE) for place in _users_places(variables))


def _users_places(variables: Mapping[str, str]) -> tuple[Path, ...]:
    if sys.platform == "win32":
        return tuple(
            Path(variables[name]) for name in ("APPDATA", "PROGRAMDATA") if variables.get(name)
        )
    own = variables.get("XDG_CONFIG_HOME", "")
    home = Path(own) if os.path.isabs(own) else Path("~/.config")
    # Without a home folder it stays as it is, and is nowhere to be found.
    home = Path(os.path.expanduser(home))
    return (home, Path("/etc"))


def _tables(text: str) -> Iterator[str]:
    """The lines of a project file that are settings of uv."""
    inside = False
    for line in text.splitlines():
        if _TABLE.match(line):
            inside = bool(_OF_UV.match(line))
        if inside:
            yield line


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
