"""Which files of a code folder stay out of its package.

Patterns are those of git: defaults first, then `.fcignore`, then `.arignore`, both at the top of
the folder; the last one that matches decides. So a line such as `!.env.production` or `!venv/`
brings back what a default keeps out. As with git, a file can't be brought back out of a folder that
is left out itself, and a folder that is brought back does not bring what else is left out in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .errors import PackagingError

IGNORE_FILES = (".fcignore", ".arignore")

DEFAULT_PATTERNS = (
    *IGNORE_FILES,
    # Secrets and settings of a developer or a stack.
    ".env",
    ".env.*",
    "!.env.example",
    "Pulumi.*.yaml",
    ".pulumi/",
    # Marks a folder that `pulumi-agentrun build` filled.
    ".agentrun-build",
    ".s/",
    # Version control. Without a slash: in a work tree or submodule `.git` is a file.
    ".git",
    ".hg",
    ".svn",
    # What tools make. `node_modules` is not among them: Node needs it when the agent runs.
    ".venv/",
    "__pycache__/",
    "*.py[cod]",
    ".mypy_cache/",
    ".pytest_cache/",
    ".ruff_cache/",
    ".tox/",
    ".nox/",
    ".idea/",
    ".vscode/",
    ".DS_Store",
)

# Group of pathspec's expressions that matches the slash behind a folder (all releases since 0.10).
_BEHIND_FOLDER = "ps_d"

# `venv` also makes it in environments of any other name, so those are known by it.
_VENV_MARKER = "pyvenv.cfg"


class Patterns:
    """Patterns of git, the last one that matches deciding.

    Only a pattern that names an entry itself counts, as with git. pathspec's own answer for many
    patterns also counts those that name a folder above it, so `!data/` would bring back
    `data/.git`.

    Args:
        lines: Lines of an ignore file.

    Raises:
        ValueError: One of them is no pattern.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._patterns = [found for line in lines if (found := _compiled(line))][::-1]

    def decide(self, name: str) -> bool | None:
        """Tell whether an entry is left out, if the folders above it are not; None: no pattern.

        Args:
            name: Its path with forward slashes; a folder's ends in one.
        """
        bare = name.rstrip("/")
        for folders_only, pattern in self._patterns:
            if folders_only and bare == name:
                continue
            found = pattern.match_file(bare)
            if found is not None and not found.match.groupdict().get(_BEHIND_FOLDER):
                return bool(pattern.include)
        return None


def _compiled(line: str) -> tuple[bool, Any] | None:
    """Whether a line is for folders only, and its pattern without that; None for a comment."""
    import pathspec

    text = line.rstrip()
    folders_only = text.endswith("/") and bool(text.strip("!/"))
    spec = pathspec.GitIgnoreSpec.from_lines([text[:-1] if folders_only else line])
    pattern = next(iter(spec.patterns), None)
    return None if pattern is None or pattern.include is None else (folders_only, pattern)


class IgnoreRules:
    """The patterns that apply to one code folder.

    Raises:
        PackagingError: An ignore file can't be read or has a pattern that is none.
    """

    def __init__(self, root: Path) -> None:
        self._patterns = _compile([*DEFAULT_PATTERNS, *_own_patterns(root)], root)

    def excludes_file(self, relative: str) -> bool:
        """Tell whether a file stays out; `relative` is its path with forward slashes."""
        return bool(self._patterns.decide(relative))

    def excludes_folder(self, relative: str, folder: Path) -> bool:
        """Tell whether a folder stays out, with all that is in it."""
        decided = self._patterns.decide(f"{relative}/")
        if decided is None:
            return (folder / _VENV_MARKER).is_file()
        return decided


def _own_patterns(root: Path) -> list[str]:
    lines: list[str] = []
    for name in IGNORE_FILES:
        path = root / name
        if path.is_file():
            try:
                lines += path.read_text(encoding="utf-8-sig").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise PackagingError(f"can't read {path}: {error}") from error
    return lines


def _compile(lines: list[str], root: Path) -> Patterns:
    try:
        return Patterns(lines)
    except ValueError as error:
        files = " or ".join(IGNORE_FILES)
        raise PackagingError(f"{files} in {root} has a bad pattern: {error}") from error
