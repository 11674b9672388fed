"""Folders that were made once, kept by a key for what they were made of.

An entry is a folder named by its key, with the files below `content/` and a list of them beside it.
It is made under another name and then renamed, so whoever finds it finds all of it, also if two
processes make it at the same time. The list is compared at each use: an entry that has lost a file
is made again.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .failures import BuildError

CACHE_VARIABLE = "AGENTRUN_CACHE_DIR"

_NAME = "pulumi-agentrun"
_CONTENT = "content"
_LIST = "files.json"
_UNFINISHED = ".making-"
_HOUR = 3600.0
_DAY = 24 * _HOUR
_KEPT_SECONDS = 30 * _DAY
_MOST_ENTRIES = 20

_guard = threading.Lock()
_locks: dict[Path, threading.Lock] = {}


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's folder for what can be made again at any time, as the system wants it named."""
    chosen = environment.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        local = environment.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData/Local") / _NAME / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches" / _NAME
    # A relative path here is to be ignored, says the XDG specification.
    shared = environment.get("XDG_CACHE_HOME", "")
    return (Path(shared) if os.path.isabs(shared) else Path.home() / ".cache") / _NAME


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
            listed = json.loads((entry / _LIST).read_text(encoding="utf-8"))
            if listed != _listing(entry / _CONTENT):
                return None
            os.utime(entry / _LIST, (self._now(), self._now()))
        except (OSError, ValueError):
            return None
        return entry / _CONTENT

    def obtain(self, key: str, make: Callable[[Path], None], *, anew: bool = False) -> Path:
        """The content kept under a key, made if it is not there.

        Threads of this process that want the same wait for each other.

        Args:
            key: Stands for all that decides about the content; part of a file name.
            make: Fills an empty folder.
            anew: Whether to make it even if it is there.

        Raises:
            BuildError: The folder can't be written to; beside what `make` raises.
        """
        with _lock_of(self._root / key):
            found = None if anew else self.find(key)
            if found is not None:
                return found
            try:
                return self._made(key, make, anew=anew)
            except OSError as error:
                raise BuildError(
                    f"can't write to the cache in {self._root}: {error}",
                    f"Set {CACHE_VARIABLE} to a folder on a disk with space",
                ) from error

    def prune(self) -> None:
        """Remove what was not used for 30 days, all but 20 entries, and what was left half made."""
        entries = sorted(self._ages(), reverse=True)
        surplus = max(len(entries) - _MOST_ENTRIES, 0)
        for index, (age, entry) in enumerate(entries):
            unfinished = entry.name.startswith(_UNFINISHED)
            # What was used just now may be being packed by another process.
            old = age > (_DAY if unfinished else _KEPT_SECONDS)
            if old or (index < surplus and age > _HOUR and not unfinished):
                shutil.rmtree(entry, ignore_errors=True)

    def _made(self, key: str, make: Callable[[Path], None], *, anew: bool) -> Path:
        self._root.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._root))
        try:
            content = beside / _CONTENT
            content.mkdir()
            make(content)
            (beside / _LIST).write_text(json.dumps(_listing(content)), encoding="utf-8")
            if anew or self.find(key) is None:
                self._publish(beside, self._root / key)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        self.prune()
        return self._root / key / _CONTENT

    def _publish(self, beside: Path, entry: Path) -> None:
        """Give a finished entry its name; of two that are made at once, the second is dropped."""
        if entry.exists():
            away = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._root))
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


def _lock_of(path: Path) -> threading.Lock:
    with _guard:
        return _locks.setdefault(path, threading.Lock())


def _listing(folder: Path) -> dict[str, Any]:
    """Size and execute bit of every file by name."""
    listed: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode):
            name = path.relative_to(folder).as_posix()
            listed[name] = [status.st_size, bool(status.st_mode & stat.S_IXUSR)]
    return listed
