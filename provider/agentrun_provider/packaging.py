"""Turn a local source into the package that is deployed, and tell whether it changed.

As in the Serverless Devs component (reference 6.3): a `.zip` goes as it is, a `.jar` too unless
the command runs it with `java -jar`, anything else is zipped. Unlike there, the zip is
reproducible, and the fingerprint needs none, so an unchanged source is neither packed nor sent.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from .code_folder import CodeFile, CodeFolder, hash_of, read_bytes, zip_of
from .errors import PackagingError

__all__ = [
    "INLINE_LIMIT_BYTES",
    "MAX_PACKAGE_BYTES",
    "CodeFile",
    "CodeFolder",
    "build_zip",
    "content_hash",
    "load_package",
    "source_hash",
]

_log = logging.getLogger(__name__)

_MIB = 1024 * 1024

# Up to this size a package is sent inside the request, larger ones through a bucket. The service's
# own limit is unverified: Function Compute takes 100 MB through its API, AgentRun says nothing, and
# base64 adds a third. This is well below, and small packages save the two calls of an upload.
INLINE_LIMIT_BYTES = 4 * _MIB

# What Function Compute takes from a bucket (unverified for AgentRun).
MAX_PACKAGE_BYTES = 500 * _MIB

# Far beyond what could be packed into that. Without it, all would be read into memory first.
_UNPACKED_LIMIT_BYTES = 8 * MAX_PACKAGE_BYTES

# So many of the largest files and folders are named.
_NAMED = 3

# From here on the component warns as well: a cold start has to fetch and unpack it all.
LARGE_PACKAGE_BYTES = 50 * _MIB


def content_hash(root: Path) -> str:
    """Fingerprint of a folder's content; time stamps and ignored files do not count.

    Raises:
        PackagingError: It is no folder, is empty, or holds something that can't be packed.
    """
    return hash_of(CodeFolder(root).files())


def build_zip(root: Path) -> bytes:
    """Zip a folder, reproducibly and without what is ignored.

    Raises:
        PackagingError: It is no folder, is empty, or holds something that can't be packed.
    """
    return zip_of(CodeFolder(root).files())


def source_hash(path: Path, command: Sequence[str] = ()) -> str:
    """Fingerprint of whatever `load_package` would pack; no zip is built.

    Args:
        path: Folder, file, `.zip` or `.jar`.
        command: Start command of the agent.

    Raises:
        PackagingError: The source is missing, empty or can't be packed.
    """
    if path.is_dir():
        return content_hash(path)
    _check_file(path)
    if _is_sent_as_it_is(path, command):
        return hashlib.sha256(b"as it is\n" + read_bytes(path)).hexdigest()
    return hash_of([_single(path)])


def load_package(
    path: Path, command: Sequence[str] = (), *, more: Sequence[CodeFile] = ()
) -> bytes:
    """Make the package of a source.

    Args:
        path: Folder, file, `.zip` or `.jar`.
        command: Start command of the agent; a jar that it runs with `java -jar` is zipped.
        more: Files to pack with those of a folder.

    Raises:
        PackagingError: The source is missing, empty, too large or can't be packed.
    """
    if path.is_dir():
        files = [*CodeFolder(path).files(), *more]
        _check_size(path, _bytes_of(files), _UNPACKED_LIMIT_BYTES, files)
        data = zip_of(sorted(files, key=lambda file: file.name))
    else:
        files = []
        _check_file(path)
        as_it_is = _is_sent_as_it_is(path, command)
        data = read_bytes(path) if as_it_is else zip_of([_single(path)])
    _check_size(path, len(data), MAX_PACKAGE_BYTES, files)
    if len(data) > LARGE_PACKAGE_BYTES:
        _log.warning(
            "the package of %s is large: %.0f MiB, which every cold start fetches and unpacks",
            path,
            len(data) / _MIB,
        )
    return data


def _check_size(path: Path, size: int, limit: int, files: Sequence[CodeFile]) -> None:
    if size <= limit:
        return
    unpacked = ", unpacked" if limit == _UNPACKED_LIMIT_BYTES else ""
    biggest = f" (most of it: {_biggest(files)})" if files else ""
    raise PackagingError(
        f"the package of {path} has {size / _MIB:.0f} MiB{unpacked}, more than the "
        f"{limit // _MIB} that are allowed{biggest}: name what it does not need in .arignore, or "
        "deploy a container image"
    )


def _biggest(files: Sequence[CodeFile]) -> str:
    """The largest files and folders in words; requirements each stand for themselves."""
    sizes: Counter[str] = Counter()
    for file in files:
        parts = file.name.split("/")
        sizes["/".join(parts[: 2 if parts[0] == "python" else 1])] += _bytes_of([file])
    return ", ".join(f"{name} {size / _MIB:.0f} MiB" for name, size in sizes.most_common(_NAMED))


def _bytes_of(files: Iterable[CodeFile]) -> int:
    try:
        return sum(file.source.stat().st_size for file in files)
    except OSError as error:
        raise PackagingError(f"can't read {error.filename}: {error.strerror or error}") from error


def _check_file(path: Path) -> None:
    import zipfile

    if not path.exists():
        raise PackagingError(f"{path} does not exist")
    if not path.is_file():
        raise PackagingError(f"{path} is neither a file nor a folder")
    if path.suffix.lower() in (".zip", ".jar") and not zipfile.is_zipfile(path):
        raise PackagingError(f"{path} is not a zip archive, whatever its name says")


def _is_sent_as_it_is(path: Path, command: Sequence[str]) -> bool:
    if path.suffix.lower() == ".jar":
        return "java -jar" not in " ".join(command)
    return path.suffix.lower() == ".zip"


def _single(path: Path) -> CodeFile:
    return CodeFile(path.name, path, bool(path.stat().st_mode & 0o100))
