"""A folder of code: which files belong to it, its fingerprint, and its package."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .errors import PackagingError
from .ignoring import IgnoreRules

_CHUNK_BYTES = 1 << 20

# The oldest time a zip can hold. Any fixed one will do: time stamps must not change a package.
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3

# Part of every fingerprint; raise it when the same files start to make a different package.
_FORMAT = b"agentrun code 1\n"


@dataclass(frozen=True)
class CodeFile:
    """One file of a package.

    Attributes:
        name: Its path in the package, with forward slashes.
        source: Where its content is read from.
        executable: Whether its owner may execute it.
    """

    name: str
    source: Path
    executable: bool


class Rules(Protocol):
    """Which files of a folder do not count; paths are relative, with forward slashes."""

    def excludes_file(self, relative: str) -> bool:
        """Tell whether a file does not count."""
        ...

    def excludes_folder(self, relative: str, folder: Path) -> bool:
        """Tell whether a folder does not count, with all that is in it."""
        ...


class CodeFolder:
    """A folder of code.

    Links to files and folders inside the folder are followed and their content is packed; one that
    leads outside is refused, since what is deployed must not depend on the rest of a machine.

    Args:
        root: The folder.
        rules: What of it does not count; by default what its ignore files say.

    Raises:
        PackagingError: It is no folder, or holds nothing that can be packed.
    """

    def __init__(self, root: Path, rules: Rules | None = None) -> None:
        if not root.is_dir():
            raise PackagingError(f"{root} is not a folder")
        self.root = root
        self._rules = rules
        self._real_root = Path(os.path.realpath(root))

    def files(self) -> list[CodeFile]:
        """All files of the package, sorted by name.

        Raises:
            PackagingError: There is none, or something among them can't be packed.
        """
        rules = self._rules or IgnoreRules(self.root)
        try:
            found = sorted(self._walk(self.root, "", rules, ()), key=lambda file: file.name)
        except OSError as error:
            raise PackagingError(f"can't read the code in {self.root}: {error}") from error
        if not found:
            raise PackagingError(f"{self.root} has no files to deploy, ignored ones aside")
        return found

    def _walk(
        self, folder: Path, prefix: str, rules: Rules, above: tuple[str, ...]
    ) -> Iterator[CodeFile]:
        # Only links can lead back up, so the real paths of the way down show a circle.
        way = (*above, os.path.realpath(folder))
        with os.scandir(folder) as entries:
            listed = list(entries)
        for entry in listed:
            relative, path = f"{prefix}{entry.name}", Path(entry.path)
            if entry.is_dir():
                if rules.excludes_folder(relative, path):
                    continue
                self._check_link(path)
                if os.path.realpath(path) in way:
                    raise PackagingError(f"the link {path} leads back to a folder it is in")
                yield from self._walk(path, f"{relative}/", rules, way)
            elif not rules.excludes_file(relative):
                self._check_link(path)
                yield _code_file(relative, path)

    def _check_link(self, path: Path) -> None:
        if path.is_symlink():
            target = Path(os.path.realpath(path))
            if not target.is_relative_to(self._real_root):
                raise PackagingError(
                    f"the link {path} leads out of the code folder, to {target}: copy what it "
                    "leads to, or name the link in .arignore"
                )


def _code_file(relative: str, path: Path) -> CodeFile:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise PackagingError(f"the link {path} leads nowhere") from None
    if not stat.S_ISREG(mode):
        raise PackagingError(f"{path} is no regular file: name it in .arignore")
    try:
        relative.encode()
    except UnicodeEncodeError:
        raise PackagingError(f"the name of {path!r} is not valid UTF-8") from None
    return CodeFile(relative, path, bool(mode & stat.S_IXUSR))


def hash_of(files: Iterable[CodeFile]) -> str:
    """SHA-256 over names, execute bits and contents; the same on every machine and at any time.

    Raises:
        PackagingError: A file can't be read.
    """
    whole = hashlib.sha256(_FORMAT)
    for file in files:
        # Each part has a fixed length or ends in a zero byte, so no two folders can look alike.
        whole.update(file.name.encode() + b"\0" + (b"x" if file.executable else b"-"))
        whole.update(_content_digest(file.source))
    return whole.hexdigest()


def zip_of(files: Iterable[CodeFile]) -> bytes:
    """Zip files so that the same files always make the same bytes.

    Raises:
        PackagingError: A file can't be read.
    """
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            info = zipfile.ZipInfo(file.name, _FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = _UNIX
            permissions = 0o755 if file.executable else 0o644
            info.external_attr = (stat.S_IFREG | permissions) << 16
            archive.writestr(info, read_bytes(file.source))
    return buffer.getvalue()


def read_bytes(path: Path) -> bytes:
    """Read a file.

    Raises:
        PackagingError: It can't be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise PackagingError(f"can't read {path}: {error.strerror or error}") from error


def _content_digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise PackagingError(f"can't read {path}: {error.strerror or error}") from error
    return digest.digest()
