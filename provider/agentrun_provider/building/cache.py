"""Folders that were made once, kept by a key for what they were made of.

An entry is a folder named by its key, with the files below `content/` and a list of them beside it.
It is made under another name and then renamed, so whoever finds it finds all of it. One process at
a time makes it; another one that wants the same waits. The list is compared at each use: an entry
that has lost or changed a file is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .failures import BuildError
from .locking import alone

CACHE_VARIABLE = "AGENTRUN_CACHE_DIR"

_NAME = "pulumi-agentrun"
_CONTENT = "content"
_LIST = "files.json"
_UNFINISHED = ".making-"
_HOUR = 3600.0
_DAY = 24 * _HOUR
_KEPT_SECONDS = 30 * _DAY
_MOST_ENTRIES = 20
_MOST_BYTES = 4 << 30
_CHUNK_BYTES = 1 << 20


def _nothing() -> None:
    """The default for whoever need not know that another process is waited for."""


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's folder for what can be made again at any time, as the system wants it named.

    Raises:
        BuildError: The user has no home folder, as in some containers, and none is set.
    """
    chosen = environment.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        local = environment.get("LOCALAPPDATA")
        return (Path(local) if local else _home() / "AppData/Local") / _NAME / "Cache"
    if sys.platform == "darwin":
        return _home() / "Library/Caches" / _NAME
    # A relative path here is to be ignored, says the XDG specification.
    shared = environment.get("XDG_CACHE_HOME", "")
    return (Path(shared) if os.path.isabs(shared) else _home() / ".cache") / _NAME


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        raise BuildError(
            "this user has no home folder to keep installed requirements in",
            f"Set {CACHE_VARIABLE} to a folder",
        ) from error


class Cache:
    """Folders by key.

    Args:
        root: Where they are kept; made when it is needed.
        now: Time in seconds, for telling what was not used for long.
    """

    def __init__(self, root: Path, now: Callable[[], float] = time.time) -> None:
        self._root = root
        self._now = now

    def find(self, key: str) -> Path | None:
        """The content kept under a key; None if there is none, or not all of it."""
        entry = self._root / key
        try:
            listed = json.loads(_read(entry / _LIST))
            if listed != _listing(entry / _CONTENT):
                return None
        except (OSError, ValueError):
            return None
        # A cache that can only be read serves as well; its owner removes what is old.
        with suppress(OSError):
            os.utime(entry / _LIST, (self._now(), self._now()))
        return entry / _CONTENT

    def obtain(
        self,
        key: str,
        make: Callable[[Path], None],
        *,
        anew: bool = False,
        waiting: Callable[[], None] = _nothing,
    ) -> Path:
        """The content kept under a key, made if it is not there.

        Threads and processes that want the same wait for the one that makes it.

        Args:
            key: Stands for all that decides about the content; part of a file name.
            make: Fills an empty folder.
            anew: Whether to make it even if it is there.
            waiting: Called if another process is making it.

        Raises:
            BuildError: The folder can't be written to; beside what `make` raises.
        """
        found = None if anew else self.find(key)
        if found is not None:
            return found
        try:
            with alone(self._lock(key), waiting):
                # Meanwhile somebody else may have made it.
                found = None if anew else self.find(key)
                return found or self._made(key, make)
        except OSError as error:
            raise BuildError(
                f"can't write to the cache in {self._root}: {error}",
                f"Set {CACHE_VARIABLE} to a folder on a disk with space",
            ) from error

    def prune(self) -> None:
        """Remove what was not used for 30 days, and what was left half made.

        Of the rest, the 20 entries used last stay, and of those as many as have 4 GiB together.
        """
        count, size = 0, 0
        for age, entry in sorted(self._ages()):
            unfinished = entry.name.startswith(_UNFINISHED)
            old = age > (_DAY if unfinished else _KEPT_SECONDS)
            if not unfinished:
                count, size = count + 1, size + _size(entry / _LIST)
                # What was used just now may be being packed by another process.
                surplus = count > _MOST_ENTRIES or size > _MOST_BYTES
                old = old or (surplus and age > _HOUR)
            if old:
                shutil.rmtree(entry, ignore_errors=True)

    def _lock(self, key: str) -> Path:
        """File beside the root that stands for a key, and some others: they are never removed."""
        return self._root.with_name(f"{self._root.name}.locks") / key[:2]

    def _made(self, key: str, make: Callable[[Path], None]) -> Path:
        self._root.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._root))
        try:
            content = beside / _CONTENT
            content.mkdir()
            make(content)
            listed = json.dumps(_listing(content))
            (beside / _LIST).write_text(listed, encoding="utf-8")
            # The same made again is not put in place of what others may be packing.
            if self.find(key) is None or _read(self._root / key / _LIST) != listed:
                self._publish(beside, self._root / key)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        self.prune()
        return self._root / key / _CONTENT

    def _publish(self, beside: Path, entry: Path) -> None:
        """Give a finished entry its name; of two that are made at once, the second is dropped."""
        if entry.exists():
            away = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._root))
            # Where there are no locks, somebody else may do the same.
            with suppress(FileNotFoundError):
                entry.rename(away / entry.name)
            shutil.rmtree(away, ignore_errors=True)
        try:
            beside.rename(entry)
        except OSError:
            if self.find(entry.name) is None:
                raise

    def _ages(self) -> list[tuple[float, Path]]:
        ages = []
        for entry in self._root.iterdir():
            stamp = entry if entry.name.startswith(_UNFINISHED) else entry / _LIST
            try:
                ages.append((self._now() - stamp.stat().st_mtime, entry))
            except OSError:
                ages.append((_KEPT_SECONDS * 2, entry))
        return ages


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _size(path: Path) -> int:
    """Bytes of the files of a list; 0 if it can't be read."""
    try:
        return sum(size for size, *_ in json.loads(_read(path)).values())
    except (OSError, ValueError, TypeError, AttributeError):
        return 0


def _listing(folder: Path) -> dict[str, Any]:
    """Size, execute bit and SHA-256 of every file by name."""
    listed: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode):
            name = path.relative_to(folder).as_posix()
            executable = bool(status.st_mode & stat.S_IXUSR)
            listed[name] = [status.st_size, executable, _digest(path)]
    return listed


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
