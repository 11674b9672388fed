"""Code folders that tests make, and a look into what becomes of them."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import pytest
from agentrun_provider.packaging import CodeFolder

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs links and execute bits")


def put(root: Path, name: str, content: str = "x") -> Path:
    """Write a file, and the folders it lies in."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def names(root: Path) -> list[str]:
    """What of a folder goes into its package, in order."""
    return [file.name for file in CodeFolder(root).files()]


def unzip(data: bytes) -> dict[str, bytes]:
    """The files of a sound archive by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}
