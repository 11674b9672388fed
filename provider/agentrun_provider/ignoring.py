"""Which files of a code folder stay out of its package.

Patterns are those of git: defaults first, then `.fcignore`, then `.arignore`, both at the top of
the folder; the last one that matches decides. So a line such as `!.env.production` or `!venv/`
brings back what a default keeps out. As with git, a file can't be brought back out of a folder that
is left out itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .errors import PackagingError

if TYPE_CHECKING:
    import pathspec

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

# `venv` also makes it in environments of any other name, so those are known by it.
_VENV_MARKER = "pyvenv.cfg"


class IgnoreRules:
    """The patterns that apply to one code folder.

    Raises:
        PackagingError: An ignore file can't be read or has a pattern that is none.
    """

    def __init__(self, root: Path) -> None:
        self._spec = _compile([*DEFAULT_PATTERNS, *_own_patterns(root)], root)

    def excludes_file(self, relative: str) -> bool:
        """Tell whether a file stays out; `relative` is its path with forward slashes."""
        return bool(self._spec.check_file(relative).include)

    def excludes_folder(self, relative: str, folder: Path) -> bool:
        """Tell whether a folder stays out, with all that is in it."""
        decided = self._spec.check_file(f"{relative}/").include
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


def _compile(lines: list[str], root: Path) -> pathspec.GitIgnoreSpec:
    import pathspec

    try:
        return pathspec.GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        files = " or ".join(IGNORE_FILES)
        raise PackagingError(f"{files} in {root} has a bad pattern: {error}") from error
