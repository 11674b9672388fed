"""Unpacked packages and the instances' own files, in one temporary folder."""

from __future__ import annotations

import io
import shutil
import stat
import tempfile
import threading
import zipfile
import zlib
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
            zipfile.BadZipFile: It is no zip archive, or one that can't be unpacked.
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
        try:
            _extract(package, beside)
        except (OSError, EOFError, RuntimeError, NotImplementedError, zlib.error) as error:
            # Encrypted or damaged, packed in an unknown way, or a file where a folder should be.
            raise zipfile.BadZipFile(str(error)) from error
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _extract(package: bytes, folder: Path) -> None:
    links: list[tuple[Path, str]] = []
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            mode = entry.external_attr >> 16
            if stat.S_ISLNK(mode):
                links.append((path, path.read_text(encoding="utf-8", errors="replace")))
            elif mode & 0o777 and not entry.is_dir():
                path.chmod(mode & 0o777 | 0o600)
    # Last of all, so that nothing is written through a link.
    for path, target in links:
        if not (path.parent / target).resolve().is_relative_to(folder.resolve()):
            raise zipfile.BadZipFile(f"{path.relative_to(folder)} leads out of the package")
        path.unlink()
        path.symlink_to(target)
