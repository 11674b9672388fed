"""What is in a package: for each file its size, CRC-32 and execute bit, from the list at its end.

Nothing is unpacked. Only links are looked into, for a package may hold a link where another holds
what it leads to: the Serverless Devs component packs links as links, this provider what they lead
to.
"""

from __future__ import annotations

import posixpath
import stat
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import zipfile

_UNIX = 3
_UTF8_NAME = 0x800
_LONGEST_LINK = 4096
# As many as Linux follows.
_MOST_LINKS = 40


class NoArchive(Exception):
    """It is no zip archive, or a broken one."""


@dataclass(frozen=True)
class Content:
    """What tells one file from another.

    Attributes:
        size: In bytes, unpacked.
        crc: Its CRC-32.
        executable: Whether its owner may execute it; None if the archive does not say.
    """

    size: int
    crc: int
    executable: bool | None


Listing = Mapping[str, Content]
"""The files of a package by their paths, with forward slashes."""


class Seekable(Protocol):
    """What is needed of a file."""

    def read(self, size: int = -1, /) -> bytes:
        """Bytes from the present place on."""
        ...

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move to a place."""
        ...


def listing_of(file: Seekable) -> Listing:
    """List the files of a package.

    Args:
        file: The package.

    Raises:
        NoArchive: It can't be read as a zip archive.
    """
    import struct
    import zipfile
    import zlib

    broken = (zipfile.BadZipFile, EOFError, ValueError, OSError, struct.error, zlib.error)
    # For a link that is packed in a way that Python does not know, or with a password.
    unknown = (NotImplementedError, RuntimeError)
    try:
        with zipfile.ZipFile(file) as archive:
            return _listed(archive)
    except (*broken, *unknown) as error:
        raise NoArchive(str(error)) from error


def _listed(archive: zipfile.ZipFile) -> dict[str, Content]:
    files: dict[str, Content] = {}
    links: dict[str, tuple[str, Content]] = {}
    for entry in archive.infolist():
        name = _name(entry)
        mode = _mode(entry)
        executable = None if mode is None else bool(mode & stat.S_IXUSR)
        content = Content(entry.file_size, entry.CRC, executable)
        if mode is not None and stat.S_ISLNK(mode):
            links[name] = _target(archive, entry), content
        elif not entry.is_dir():
            files[name] = content
    return files | dict(_followed(files, links))


def _name(entry: zipfile.ZipInfo) -> str:
    """A file's path; many tools write UTF-8 without saying so, which reads as an old code page."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME and not name.isascii():
        with suppress(ValueError):
            name = name.encode("cp437").decode("utf-8")
    return posixpath.normpath(name)


def _mode(entry: zipfile.ZipInfo) -> int | None:
    mode = entry.external_attr >> 16
    return mode if entry.create_system == _UNIX and mode else None


def _target(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    """Where a link leads, as it is written; empty if that is no path."""
    if entry.file_size > _LONGEST_LINK:
        return ""
    try:
        return archive.read(entry).decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _followed(
    files: Mapping[str, Content], links: Mapping[str, tuple[str, Content]]
) -> Iterator[tuple[str, Content]]:
    """The files that links lead to, under the names of the links.

    A link that leads nowhere, or to a place that is no part of the package, counts as the file that
    it is in the archive.
    """
    names = sorted(files)
    for name, (_, content) in links.items():
        place = _resolved(name, links)
        if place is None:
            yield name, content
        elif place in files:
            yield name, files[place]
        else:
            below = _below(names, place)
            skipped = 0 if place == "." else len(place) + 1
            yield from ((f"{name}/{path[skipped:]}", files[path]) for path in below)
            if not below:
                yield name, content


def _below(names: list[str], folder: str) -> list[str]:
    """Those of sorted names that are in a folder. Of all letters, `0` comes next to the slash."""
    if folder == ".":
        return names
    return names[bisect_left(names, f"{folder}/") : bisect_left(names, f"{folder}0")]


def _resolved(name: str, links: Mapping[str, tuple[str, Content]]) -> str | None:
    """The path that a link leads to in the end; None if it has none."""
    place = name
    for _ in range(_MOST_LINKS):
        link = next((part for part in _upwards(place) if part in links), None)
        if link is None:
            return place
        target, rest = links[link][0], place[len(link) :]
        if not target:
            return None
        place = posixpath.normpath(posixpath.join(posixpath.dirname(link), target) + rest)
    return None


def _upwards(path: str) -> Iterator[str]:
    while path not in ("", "/", "//"):
        yield path
        path = posixpath.dirname(path)
