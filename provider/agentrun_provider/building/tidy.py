"""Take out of an installed folder what differs from machine to machine."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from pathlib import Path

# The installer's own notes: who installed, from which path of this machine, and when.
_NOTES = ("INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json")
_SCRIPTS = ("bin", "Scripts")
_ENVIRONMENT_PYTHON = b"#!/usr/bin/env python3\n"

# For a path that is too long or has a space, the first line leads to a shell, which runs Python.
_THROUGH_SHELL = re.compile(rb"\A#!/bin/sh\n'''exec' .*\n' '''\n")
_DIRECT = re.compile(rb"\A#!.*python.*\n", re.IGNORECASE)


def tidy(folder: Path) -> None:
    """Make the content of a folder follow from the wheels installed into it.

    Scripts start whichever `python3` is on the path; the installer's notes and compiled files go,
    and so do their lines in the records of what was installed.
    """
    changed = {path.relative_to(folder).as_posix() for path in _scripts(folder)}
    removed = {path.relative_to(folder).as_posix() for path in list(_surplus(folder))}
    for name in removed:
        (folder / name).unlink()
    for record in folder.glob("*.dist-info/RECORD"):
        _rewrite_record(record, changed, removed)
    for cache in sorted(folder.rglob("__pycache__"), reverse=True):
        if not any(cache.iterdir()):
            cache.rmdir()


def installed(folder: Path) -> list[str]:
    """Name and version of every installed distribution, sorted."""
    names = (path.name.removesuffix(".dist-info") for path in folder.glob("*.dist-info"))
    return sorted(" ".join(name.rsplit("-", 1)) for name in names)


def _scripts(folder: Path) -> Iterator[Path]:
    """Point scripts at the runtime's Python, yielding those that were changed."""
    for place in _SCRIPTS:
        for path in sorted((folder / place).glob("*")):
            data = path.read_bytes() if path.is_file() else b""
            body = _THROUGH_SHELL.sub(_ENVIRONMENT_PYTHON, data, count=1)
            if body == data:
                body = _DIRECT.sub(_ENVIRONMENT_PYTHON, data, count=1)
            if body != data:
                path.write_bytes(body)
                yield path


def _surplus(folder: Path) -> Iterator[Path]:
    for info in folder.glob("*.dist-info"):
        yield from (info / name for name in _NOTES if (info / name).is_file())
    yield from folder.rglob("*.py[co]")
    # Start programs of Windows, which no runtime can run.
    yield from folder.glob("Scripts/*.exe")
    lock = folder / ".lock"
    if lock.is_file():
        yield lock


def _rewrite_record(record: Path, changed: Collection[str], removed: Collection[str]) -> None:
    rows = csv.reader(io.StringIO(record.read_text(encoding="utf-8"), newline=""))
    kept = [
        [row[0], "", ""] if row[0] in changed else row
        for row in rows
        if row and row[0].replace("\\", "/") not in removed
    ]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(sorted(kept))
    record.write_text(text.getvalue(), encoding="utf-8", newline="")
