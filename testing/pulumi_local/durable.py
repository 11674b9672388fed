"""Writing files so that a crash at any moment leaves either the old or the new content."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file's content: write beside it, flush to disk, rename over it.

    The folder must exist. The rename itself is flushed too, where the system allows that.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o600)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def keep_copy(path: Path, copy: Path) -> None:
    """Keep a file's present content under another name, replacing an earlier copy.

    The copy shares its data with the original where possible, which is safe because
    `write_atomically` never changes a file in place.
    """
    staging = copy.with_name(f".{copy.name}.tmp")
    staging.unlink(missing_ok=True)
    try:
        os.link(path, staging)
    except OSError:  # a file system without hard links
        shutil.copyfile(path, staging)
    os.replace(staging, copy)


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
