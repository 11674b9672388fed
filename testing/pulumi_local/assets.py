"""Hashes of assets and archives, by which a change of their content is noticed.

They are those of the Pulumi CLI, so that a state may pass from one engine to the other without a
difference: of an asset, that of its bytes; of a folder, that of a tar stream with nothing but
names and contents in it (facts: sdk/go/common/resource/{asset,archive} of Pulumi).
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from pulumi_local.errors import EngineError
from pulumi_local.values import ARCHIVE_SIG, SIG_KEY, PropertyMap, Secret, Value, is_asset

_ARCHIVE_SUFFIXES: Final = (".tar", ".tgz", ".tar.gz", ".zip", ".jar")
# The CLI's own folder, which is no part of what a program deploys.
_BOOKKEEPING: Final = ".pulumi"
_BLOCK: Final = 512


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""


def hash_assets(values: PropertyMap, folder: Path) -> PropertyMap:
    """Return properties with the hash of each asset and archive; paths are relative to a folder.

    Raises EngineError if one cannot be read.
    """
    return {key: _hashed(value, folder) for key, value in values.items()}


def _hashed(value: Value, folder: Path) -> Value:
    if isinstance(value, Secret):
        return Secret(_hashed(value.value, folder))
    if isinstance(value, list):
        return [_hashed(item, folder) for item in value]
    if not isinstance(value, dict):
        return value
    if not is_asset(value):
        return {key: _hashed(item, folder) for key, item in value.items()}
    if value.get("hash") or _is_remote(value):
        return value
    try:
        return {**value, "hash": _hash(value, folder)}
    except OSError as error:
        raise EngineError(f"cannot read an asset: {error}") from error


def _is_remote(asset: PropertyMap) -> bool:
    """Whether an asset is to be fetched by the provider, and cannot be hashed here."""
    return bool(asset.get("uri")) and urlsplit(asset["uri"]).scheme != "file"


def _hash(asset: PropertyMap, folder: Path) -> str:
    if asset[SIG_KEY] != ARCHIVE_SIG:
        return hashlib.sha256(_content(asset, folder)).hexdigest()
    path = _path(asset, folder)
    if path is not None and _is_archive_file(path):
        return hashlib.sha256(path.read_bytes()).hexdigest()
    digest = hashlib.sha256()
    _write_tar(digest, _members(asset, folder))
    return digest.hexdigest()


def _content(asset: PropertyMap, folder: Path) -> bytes:
    path = _path(asset, folder)
    return str(asset.get("text") or "").encode() if path is None else path.read_bytes()


def _path(asset: PropertyMap, folder: Path) -> Path | None:
    if asset.get("uri"):
        return Path(unquote(urlsplit(asset["uri"]).path))
    return folder / asset["path"] if asset.get("path") else None


def _is_archive_file(path: Path) -> bool:
    return path.name.endswith(_ARCHIVE_SUFFIXES)


def _members(archive: PropertyMap, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file of an archive that is no file itself."""
    path = _path(archive, folder)
    if path is not None:
        if not path.is_dir():
            raise EngineError(f"'{path}' is neither an archive nor a folder")
        yield from _files(path, "")
        return
    assets = archive.get("assets") or {}
    for name in sorted(assets):
        yield from _member(name, assets[name], folder)


def _member(name: str, asset: PropertyMap, folder: Path) -> Iterator[tuple[str, bytes]]:
    if asset.get(SIG_KEY) != ARCHIVE_SIG:
        yield name, _content(asset, folder)
        return
    path = _path(asset, folder)
    inner = (
        _packed(path) if path is not None and _is_archive_file(path) else _members(asset, folder)
    )
    for inner_name, content in inner:
        yield f"{name}/{inner_name}", content


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    """Stand for an archive file within an archive by its bytes; unpacking it decides nothing."""
    yield path.name, path.read_bytes()


def _files(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        name = f"{prefix}{entry.name}"
        if entry.name == _BOOKKEEPING:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path), f"{name}/")
        elif not entry.is_dir():  # a link to a folder is left out, one to a file is followed
            yield name, Path(entry.path).read_bytes()


def _write_tar(digest: _Hash, members: Iterator[tuple[str, bytes]]) -> None:
    seen = set()
    for name, content in members:
        if name in seen:
            continue
        seen.add(name)
        digest.update(_header(name, len(content)))
        digest.update(content)
        digest.update(bytes(-len(content) % _BLOCK))
    digest.update(bytes(2 * _BLOCK))


def _header(name: str, size: int) -> bytes:
    """Return the header of a member: of the older form that the CLI prefers where it suffices."""
    split = _split(name)
    if split is None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        return info.tobuf(tarfile.PAX_FORMAT)
    prefix, base = split
    buffer = io.BytesIO()
    zero = b"%07o\0" % 0
    buffer.write(base.ljust(100, b"\0"))
    buffer.write(b"%07o\0" % 0o600 + zero + zero)
    buffer.write(b"%011o\0" % size + b"%011o\0" % 0)
    buffer.write(b" " * 8 + b"0")  # the checksum counts as spaces
    buffer.write(bytes(100) + b"ustar\x0000" + bytes(64) + zero + zero)
    buffer.write(prefix.ljust(155, b"\0") + bytes(12))
    header = buffer.getvalue()
    return header[:148] + b"%06o\0 " % sum(header) + header[156:]


def _split(name: str) -> tuple[bytes, bytes] | None:
    """Split a name into the two fields that the older form has for it, None if it does not fit."""
    if not name.isascii():
        return None
    raw = name.encode()
    if len(raw) <= 100:
        return b"", raw
    cut = raw[:156].rfind(b"/")
    if cut <= 0 or len(raw) - cut - 1 > 100:
        return None
    return raw[:cut], raw[cut + 1 :]
