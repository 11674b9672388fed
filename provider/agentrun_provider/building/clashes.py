"""Files that several packages bring under one name, such as `tests/__init__.py`.

The installer writes packages at the same time, so whose file stays is a matter of chance. Here it
is always that of the last one by name.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Commands are written anew later on, in the order of names.
_COMMANDS = ("bin/", "Scripts/")


@dataclass(frozen=True)
class Clash:
    """One file with several owners whose contents differ.

    Attributes:
        name: Its path below the folder.
        owners: Names of the packages, sorted; the last one's file is to stay.
        record: What the last one says of its content.
    """

    name: str
    owners: tuple[str, ...]
    record: str


def settle(folder: Path, install_again: Callable[[str], None]) -> list[str]:
    """See to it that of every such file that of the last owner is there.

    Args:
        folder: Where packages are installed.
        install_again: Installs the package of this name over the others.

    Returns:
        What was found, one line for the same owners.
    """
    clashes = sorted(_clashes(folder), key=lambda clash: clash.name)
    settled: set[str] = set()
    while True:
        wrong = {c.owners[-1] for c in clashes if not _holds(folder / c.name, c.record)} - settled
        if not wrong:
            return _lines(clashes)
        # The first by name: its other files may be those of later ones, which then follow.
        settled.add(min(wrong))
        install_again(min(wrong))


def _clashes(folder: Path) -> Iterator[Clash]:
    owners: dict[str, dict[str, str]] = {}
    for info in sorted(folder.glob("*.dist-info")):
        package = info.name.removesuffix(".dist-info").rsplit("-", 1)[0]
        for name, record in _recorded(info / "RECORD"):
            if record and not name.startswith(_COMMANDS):
                owners.setdefault(name, {})[package] = record
    for name, records in owners.items():
        if len(set(records.values())) > 1:
            packages = tuple(sorted(records))
            yield Clash(name, packages, records[packages[-1]])


def _recorded(path: Path) -> Iterator[tuple[str, str]]:
    if path.is_file():
        rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
        yield from ((row[0].replace("\\", "/"), row[1]) for row in rows if len(row) > 1)


def _holds(path: Path, record: str) -> bool:
    algorithm, _, expected = record.partition("=")
    try:
        digest = hashlib.new(algorithm, path.read_bytes()).digest()
    except (OSError, ValueError):
        return False
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == expected.rstrip("=")


def _lines(clashes: list[Clash]) -> list[str]:
    files: dict[tuple[str, ...], list[str]] = {}
    for clash in clashes:
        files.setdefault(clash.owners, []).append(clash.name)
    return [
        f"{' and '.join(owners)} differ in {names[0]}"
        + (f" and {len(names) - 1} more files" if len(names) > 1 else "")
        + f"; that of {owners[-1]} is taken"
        for owners, names in files.items()
    ]
