"""Wheels made on the spot, so that real installs need no network."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

EXTRA_INDEX = "--extra-index-url"
"""The option of a list that names one more index."""


def make_wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    *,
    files: Mapping[str, str] | None = None,
    needs: Sequence[str] = (),
    tag: str = "py3-none-any",
    script: str | None = None,
) -> Path:
    """Write a wheel.

    Args:
        folder: Where to.
        name: Name of the distribution; its module has the same one.
        version: Its version.
        files: Files by name; by default one module that tells name and version.
        needs: What it requires.
        tag: For which Python and platform it is.
        script: Entry point of a command of the same name, e.g. `demo:main`.
    """
    info = f"{name}-{version}.dist-info"
    requires = "".join(f"Requires-Dist: {need}\n" for need in needs)
    content = {
        **(files or {f"{name}.py": f'NAME = "{name}"\nVERSION = "{version}"\n'}),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    if script:
        content[f"{info}/entry_points.txt"] = f"[console_scripts]\n{name} = {script}\n"
    content[f"{info}/RECORD"] = _record(content, f"{info}/RECORD")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in content.items():
            archive.writestr(file, text)
    return path


def make_source(folder: Path, name: str, version: str = "1.0") -> Path:
    """Write a release that comes as source only."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}.tar.gz"
    files = {
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        "setup.py": f"raise SystemExit('building {name} was attempted')\n",
    }
    with tarfile.open(path, "w:gz") as archive:
        for file, text in files.items():
            entry = tarfile.TarInfo(f"{name}-{version}/{file}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


def sha256(path: Path) -> str:
    """The hash by which a list locks a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _record(content: Mapping[str, str], own: str) -> str:
    lines = []
    for file, text in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        lines.append(f"{file},sha256={digest.decode()},{len(text.encode())}\n")
    return "".join(lines) + f"{own},,\n"
