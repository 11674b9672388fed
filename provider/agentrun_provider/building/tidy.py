"""Take out of an installed folder what differs from machine to machine."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path

# The installer's own notes: who installed, from which path of this machine, and when.
_NOTES = ("INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json")
_COMMANDS = ("console_scripts", "gui_scripts")
_BIN = "bin"
# Where an installer on Windows puts them; its start programs run on no runtime.
_BIN_OF_WINDOWS = "Scripts"

_ANY_PYTHON = b"#!/usr/bin/env python3\n"
_SCRIPT = """#!/usr/bin/env python3
import sys

from {module} import {name}

if __name__ == "__main__":
    sys.exit({call}())
"""

# For a path that is too long or has a space, the first line leads to a shell, which runs Python.
_THROUGH_SHELL = re.compile(rb"\A#!/bin/sh\n'''exec' .*\n' '''\n")
_DIRECT = re.compile(rb"\A#!.*python.*\n", re.IGNORECASE)


def tidy(folder: Path) -> None:
    """Make the content of a folder follow from the wheels installed into it.

    Scripts start whichever `python3` is on the path, and those that stand for a function are
    written anew, since every installer has words of its own for them. The installer's notes and
    compiled files go. The records of what was installed follow.
    """
    removed = {path.relative_to(folder).as_posix() for path in list(_surplus(folder))}
    for name in removed:
        (folder / name).unlink()
    redirected = {path.relative_to(folder).as_posix() for path in list(_redirected(folder))}
    for info in sorted(folder.glob("*.dist-info")):
        written = set(_written_commands(folder, info))
        if (info / "RECORD").is_file():
            _rewrite_record(info / "RECORD", written, redirected, removed)
    # The deepest first, so that a folder is empty once those in it are gone.
    for inner in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        if not any(inner.iterdir()):
            inner.rmdir()


def installed(folder: Path) -> list[str]:
    """Name and version of every installed distribution, sorted."""
    names = (path.name.removesuffix(".dist-info") for path in folder.glob("*.dist-info"))
    return sorted(" ".join(name.rsplit("-", 1)) for name in names)


def _surplus(folder: Path) -> Iterator[Path]:
    for info in folder.glob("*.dist-info"):
        yield from (info / name for name in _NOTES if (info / name).is_file())
    # One without a source beside it is the module itself, as makers of closed software ship it.
    for compiled in folder.rglob("*.py[co]"):
        if compiled.parent.name == "__pycache__" or compiled.with_suffix(".py").exists():
            yield compiled
    yield from (folder / _BIN_OF_WINDOWS).glob("*.exe")
    lock = folder / ".lock"
    if lock.is_file():
        yield lock


def _redirected(folder: Path) -> Iterator[Path]:
    """Point scripts that a wheel brings at the runtime's Python, yielding those that changed."""
    for place in (_BIN, _BIN_OF_WINDOWS):
        for path in sorted((folder / place).glob("*")):
            data = path.read_bytes() if path.is_file() else b""
            body = _THROUGH_SHELL.sub(_ANY_PYTHON, data, count=1)
            if body == data:
                body = _DIRECT.sub(_ANY_PYTHON, data, count=1)
            if body != data:
                path.write_bytes(body)
                yield path


def _written_commands(folder: Path, info: Path) -> Iterator[str]:
    """Write the commands of one distribution, yielding their names below the folder."""
    for entry in PathDistribution(info).entry_points:
        if entry.group in _COMMANDS:
            path = folder / _BIN / entry.name
            path.parent.mkdir(exist_ok=True)
            path.write_text(_script(entry), encoding="utf-8", newline="\n")
            path.chmod(0o755)
            yield f"{_BIN}/{entry.name}"


def _script(entry: EntryPoint) -> str:
    name = entry.attr.partition(".")[0]
    return _SCRIPT.format(module=entry.module, name=name, call=entry.attr)


def _rewrite_record(
    record: Path, written: Collection[str], redirected: Collection[str], removed: Collection[str]
) -> None:
    """Leave out what was removed, and hash and size of what was changed."""
    rows = csv.reader(io.StringIO(record.read_text(encoding="utf-8"), newline=""))
    by_name = {row[0].replace("\\", "/"): row[1:] for row in rows if row}
    kept = {name: rest for name, rest in by_name.items() if name not in removed}
    kept |= {name: ["", ""] for name in by_name if name in redirected}
    kept |= {name: ["", ""] for name in written}
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([name, *kept[name]] for name in sorted(kept))
    record.write_text(text.getvalue(), encoding="utf-8", newline="")
