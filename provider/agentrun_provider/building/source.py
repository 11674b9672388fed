"""A declared source of code: its fingerprint at preview, its files at deployment."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..code_folder import CodeFile, CodeFolder, hash_of
from ..packaging import load_package, source_hash
from .cache import Cache, cache_folder
from .failures import BuildError, failed_command, without_secrets
from .inputs import input_files
from .locking import alone
from .mixing import check_cache_outside, check_not_filled, would_be_packed
from .requirement_list import RequirementList, read_list
from .running import Tell, environment, run
from .target import target_of
from .uv import install
from .uv_settings import choice_digest

PACKAGES_FOLDER = "python"
"""Folder of the package that is on the path of the running agent (reference 6.3)."""

# Part of every key and fingerprint; raise it when the same list starts to make other files.
_FORMAT = "agentrun requirements 1"

# So many lines of a failed command are repeated in the error; all of them were told before.
_LAST_LINES = 4


def _silent(line: str) -> None:
    """The default for progress: nobody is watching."""


@dataclass(frozen=True)
class Source:
    """What is declared of local code.

    Attributes:
        path: Folder, file, `.zip` or `.jar`.
        language: Language of the runtime.
        command: Start command of the agent.
        requirements: List of requirements, relative to `path`.
        build: Command that is run in `path` before it is packed: one text for the shell, or program
            and arguments.
    """

    path: Path
    language: str
    command: Sequence[str] = ()
    requirements: str | None = None
    build: Sequence[str] = ()

    def fingerprint(self) -> str:
        """Hash of all that the package is made from; nothing is run and nothing installed.

        Raises:
            PackagingError: Something is missing, can't be read, or excludes something else.
        """
        if not self.requirements and not self.build:
            return source_hash(self.path, self.command)
        self._check()
        whole = hashlib.sha256()
        files = input_files(self.path) if self.build else CodeFolder(self.path).files()
        parts = ["code", hash_of(files), *map(str, self.build)]
        listed = self._list()
        if listed is not None:
            target = target_of(self.language)
            parts += [_FORMAT, target.python, target.platform, listed.digest]
        for part in parts:
            whole.update(part.encode() + b"\0")
        return whole.hexdigest()

    def package(self, tell: Tell = _silent, *, anew: bool = False) -> bytes:
        """Make the package: run the build command, have the requirements installed, zip it all.

        Args:
            tell: Gets lines of progress.
            anew: Whether to install the requirements even if they are in the cache.

        Raises:
            PackagingError: The code can't be read or is too large, or building it failed.
        """
        if not self.requirements and not self.build:
            return load_package(self.path, self.command)
        self._check()
        if not self.build:
            return self._packed(tell, anew=anew)
        with self._alone(tell):
            self._run_build(tell)
            self._check_not_mixed()
            return self._packed(tell, anew=anew)

    def _packed(self, tell: Tell, *, anew: bool) -> bytes:
        return load_package(self.path, self.command, more=self._packages(tell, anew=anew))

    def ready_package(self) -> bytes | None:
        """The package if nothing has to be run or installed for it, else None.

        Raises:
            PackagingError: The code can't be read or is too large.
        """
        if self.build:
            return None
        if not self.requirements:
            return load_package(self.path, self.command)
        self._check()
        listed = self._list()
        assert listed is not None, "requirements are declared"
        if listed.asks_for_nothing:
            return load_package(self.path, self.command)
        found = self._cache().find(self._key(listed))
        return None if found is None else load_package(self.path, more=_below_packages(found))

    @property
    def is_locked(self) -> bool:
        """Whether the requirements are fixed by hashes, so that they are the same on any day.

        Raises:
            BuildError: The list of requirements can't be read.
        """
        listed = self._list()
        return listed is None or listed.asks_for_nothing or listed.hashed

    @property
    def has_to_install(self) -> bool:
        """Whether making the package installs something, because the cache does not have it.

        Raises:
            BuildError: The list of requirements can't be read.
        """
        listed = self._list()
        if listed is None or listed.asks_for_nothing:
            return False
        return self._cache().find(self._key(listed)) is None

    def packages_folder(self, tell: Tell = _silent, *, anew: bool = False) -> Path | None:
        """The folder in the cache with the installed requirements; None if nothing is asked for.

        Raises:
            BuildError: They can't be installed.
        """
        listed = self._list()
        if listed is None or listed.asks_for_nothing:
            return None
        if listed.holds_password and would_be_packed(self.path, listed.path):
            tell(
                f"warning: {listed.path} has a password in it and is part of the package; name it "
                "in .arignore, or write ${A_VARIABLE} in its place"
            )
        target = target_of(self.language)

        def make(folder: Path) -> None:
            tell(f"installing {listed.path} for Python {target.python} on {target.platform}")
            install(listed, target, folder, tell)

        def waiting() -> None:
            tell(f"waiting for another process that installs {listed.path}")

        return self._cache().obtain(self._key(listed), make, anew=anew, waiting=waiting)

    def _packages(self, tell: Tell, *, anew: bool) -> list[CodeFile]:
        folder = self.packages_folder(tell, anew=anew)
        return [] if folder is None else _below_packages(folder)

    def _list(self) -> RequirementList | None:
        return read_list(self.path / self.requirements) if self.requirements else None

    def _key(self, listed: RequirementList) -> str:
        target = target_of(self.language)
        choice = choice_digest(os.environ, listed.path.parent)
        parts = (_FORMAT, target.python, target.platform, listed.digest, choice)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    def _cache(self) -> Cache:
        return Cache(cache_folder() / "requirements")

    def _check(self) -> None:
        if not self.path.is_dir():
            asked = "requirements" if self.requirements else "build"
            problem = "is no folder" if self.path.exists() else "does not exist"
            raise BuildError(f"{self.path} {problem}, and {asked} needs one", field="src")
        if not self.build:
            # A build command may well make or remove the folder.
            self._check_not_mixed()

    def _check_not_mixed(self) -> None:
        if self.requirements:
            check_cache_outside(self.path, cache_folder())
            check_not_filled(self.path, PACKAGES_FOLDER)

    def _run_build(self, tell: Tell) -> None:
        before = hash_of(input_files(self.path))
        shown = " ".join(self.build)
        tell(without_secrets(f"running {shown}"))
        last: deque[str] = deque(maxlen=_LAST_LINES)

        def on_line(line: str) -> None:
            if line:
                last.append(line)
                tell(without_secrets(line))

        command = self.build[0] if len(self.build) == 1 else list(self.build)
        code = run(command, self.path, environment(), on_line, field="build")
        if code:
            raise failed_command(shown, code, self.path, last)
        if hash_of(input_files(self.path)) != before:
            tell(
                "the build has changed files that it starts from: name what it makes in "
                ".gitignore, or the next preview shows a change again"
            )

    @contextmanager
    def _alone(self, tell: Tell) -> Iterator[None]:
        """Let one thread of one process at a time build in a folder."""
        name = hashlib.sha256(os.fsencode(self.path.resolve())).hexdigest()[:16]

        def waiting() -> None:
            tell(f"waiting for another process that builds in {self.path}")

        try:
            place = cache_folder()
        except BuildError:
            # A command needs no cache, and a lock is an empty file.
            place = Path(tempfile.gettempdir()) / "pulumi-agentrun"
        with alone(place / "builds.locks" / name, waiting):
            yield


def _below_packages(folder: Path) -> list[CodeFile]:
    return [
        CodeFile(
            f"{PACKAGES_FOLDER}/{path.relative_to(folder).as_posix()}", path, _executable(path)
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def _executable(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o100)
