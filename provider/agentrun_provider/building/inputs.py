"""Which files a build command works on: those of the folder that git does not ignore.

What a command makes lies in the same folder as what it is made from. What is made is what git
ignores, and is nowhere to be found on another machine, so it can't count.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from ..code_folder import CodeFile, CodeFolder
from ..errors import PackagingError
from ..ignoring import DEFAULT_PATTERNS, IGNORE_FILES, Patterns

_GIT_IGNORE = ".gitignore"

# Installed by the command; whole file systems, and different for each machine.
_MADE = ("node_modules/",)
# They decide what is packed.
_COUNTED = tuple(f"!{name}" for name in IGNORE_FILES)


def input_files(root: Path) -> list[CodeFile]:
    """The files of a folder that a build command starts from, sorted by name.

    Raises:
        PackagingError: There is none, or something among them can't be read.
    """
    return CodeFolder(root, _InputRules(root)).files()


class _InputRules:
    """Patterns of git at each level, the nearest one deciding."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._own = Patterns([*DEFAULT_PATTERNS, *_COUNTED, *_MADE])
        self._by_folder: dict[Path, Patterns | None] = {}

    def excludes_file(self, relative: str) -> bool:
        return self._excludes(relative)

    def excludes_folder(self, relative: str, folder: Path) -> bool:
        return self._excludes(f"{relative}/") or (folder / "pyvenv.cfg").is_file()

    def _excludes(self, relative: str) -> bool:
        if self._own.decide(relative):
            return True
        inner = self._root.absolute() / relative
        levels = [*self._above, *self._inside(inner.parent)]
        for level in reversed(levels):
            spec = self._spec(level)
            name = inner.relative_to(level).as_posix() + ("/" if relative.endswith("/") else "")
            decided = spec.decide(name) if spec else None
            if decided is not None:
                return decided
        return False

    @cached_property
    def _above(self) -> list[Path]:
        """The folders from the top of the repository down to the root, if it is in one."""
        way: list[Path] = []
        for folder in (self._root.absolute(), *self._root.absolute().parents):
            way.append(folder)
            if (folder / ".git").exists():
                return way[::-1]
        return [self._root.absolute()]

    def _inside(self, folder: Path) -> list[Path]:
        """The folders below the root, down to this one."""
        steps = folder.relative_to(self._root.absolute()).parts
        return [self._root.absolute().joinpath(*steps[: n + 1]) for n in range(len(steps))]

    def _spec(self, folder: Path) -> Patterns | None:
        if folder not in self._by_folder:
            self._by_folder[folder] = _read(folder / _GIT_IGNORE)
        return self._by_folder[folder]


def _read(path: Path) -> Patterns | None:
    if not path.is_file():
        return None
    try:
        return Patterns(path.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, ValueError) as error:
        raise PackagingError(f"can't read {path}: {error}") from error
