"""Unpacked packages and the instances' own files, in one temporary folder."""

from __future__ import annotations

import io
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path


class Folders:
    """A temporary folder that is made at the first use and can be removed at any time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._root: Path | None = None

    @property
    def root(self) -> Path:
        """The folder that holds all others."""
        with self._lock:
            return self._made()

    def code(self, digest: str, package: bytes) -> Path:
        """A package unpacked; the same package is unpacked once.

        Raises:
            zipfile.BadZipFile: It is no zip archive.
        """
        with self._lock:
            folder = self._made() / "code" / digest[:16]
            if not folder.exists():
                _unpack(package, folder)
            return folder

    def home(self, instance_id: str) -> Path:
        """A folder for the files of one instance."""
        with self._lock:
            folder = self._made() / "home" / instance_id
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def forget(self, instance_id: str) -> None:
        """Remove the files of an instance that has ended."""
        with self._lock:
            root = self._root
        if root is not None:
            shutil.rmtree(root / "home" / instance_id, ignore_errors=True)

    def remove(self) -> None:
        """Remove everything."""
        with self._lock:
            root, self._root = self._root, None
        if root is not None:
            shutil.rmtree(root, ignore_errors=True)

    def _made(self) -> Path:
        if self._root is None:
            self._root = Path(tempfile.mkdtemp(prefix="agentrun-fake-"))
        return self._root


def _unpack(package: bytes, folder: Path) -> None:
    """Unpack beside the final place, so that a half unpacked package is never used."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        # Names that lead out of the folder are made harmless by zipfile itself.
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            for entry in archive.infolist():
                path = Path(archive.extract(entry, beside))
                mode = (entry.external_attr >> 16) & 0o777
                if mode and not entry.is_dir():
                    path.chmod(mode | 0o600)
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
