"""Keep the state of a fake cloud in a folder, so that it survives a restart.

`state.json` holds the records; packages and objects are files named by their digest. A write is
answered only after it is on disk.
"""

from __future__ import annotations

import json
import os
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .store import Store

if TYPE_CHECKING:
    from .cloud import FakeCloud

FORMAT = 1


def dump(cloud: FakeCloud) -> dict[str, Any]:
    """All state of a cloud as JSON-able data, packages and objects in base64."""
    with cloud.lock:
        blobs = {digest: cloud.store.blobs[digest] for digest in sorted(cloud.store.used_digests())}
        return {
            "format": FORMAT,
            **cloud.store.snapshot(),
            "blobs": {digest: b64encode(content).decode() for digest, content in blobs.items()},
        }


def load(cloud: FakeCloud, plain: Mapping[str, Any]) -> None:
    """The reverse of `dump`: replaces a cloud's resources.

    Raises:
        ValueError: It is no dump, or one of another version; nothing is changed then.
    """
    blobs = {}
    for digest, text in plain.get("blobs", {}).items():
        blobs[digest] = b64decode(text, validate=True)
        if sha256(blobs[digest]).hexdigest() != digest:
            raise ValueError(f"blob {digest} has another content than its name says")
    _restore(cloud, plain, blobs)


def _restore(cloud: FakeCloud, plain: Mapping[str, Any], blobs: Mapping[str, bytes]) -> None:
    """Nothing is changed if it makes no sense."""
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise ValueError("it was written by another version of the fake")
    store = Store()
    try:
        store.restore(plain, blobs)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it is no state of the fake: {error!r}") from error
    missing = sorted(store.used_digests() - set(blobs))
    if missing:
        raise ValueError(f"the content of {missing[0]} is missing")
    with cloud.lock:
        cloud.store.restore(plain, blobs)
        cloud.changed()


def claim(folder: Path) -> int | None:
    """Keep a folder for this process alone, until that ends: two fakes would overwrite what the
    other one keeps. Where the system has no such locks, nothing is done.

    Returns:
        What holds it; closing that gives the folder up.

    Raises:
        ValueError: Another process has it.
    """
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows
        return None
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise ValueError("another fake keeps its state there") from None
    return held


class DataFolder:
    """A folder that holds the state of one cloud.

    Args:
        folder: Where; it is made if it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._blobs = folder / "blobs"

    def attach(self, cloud: FakeCloud) -> None:
        """Load what the folder holds into a cloud, and save the cloud after each change.

        Raises:
            ValueError: The folder holds something else.
        """
        self._blobs.mkdir(parents=True, exist_ok=True)
        self.load(cloud)
        cloud.after_change = self.save

    def load(self, cloud: FakeCloud) -> None:
        """Replace a cloud's state with that of the folder; nothing happens if that is empty."""
        path = self._folder / "state.json"
        if not path.exists():
            return
        blobs = {item.name: item.read_bytes() for item in self._blobs.iterdir()}
        try:
            _restore(cloud, json.loads(path.read_text(encoding="utf-8")), blobs)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error

    def save(self, cloud: FakeCloud) -> None:
        """Write a cloud's state; a crash in the middle leaves the older one."""
        used = cloud.store.used_digests()
        for digest in used:
            if not (self._blobs / digest).exists():
                self._write(self._blobs / digest, cloud.store.blobs[digest])
        plain = {"format": FORMAT, **cloud.store.snapshot()}
        self._write(self._folder / "state.json", json.dumps(plain, ensure_ascii=False).encode())
        for left in self._blobs.iterdir():
            if left.name not in used:
                left.unlink()

    def _write(self, path: Path, content: bytes) -> None:
        descriptor, temporary = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
