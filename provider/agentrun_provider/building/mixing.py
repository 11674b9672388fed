"""What must not lie in a code folder whose requirements are installed into the package."""

from __future__ import annotations

from pathlib import Path

from ..code_folder import CodeFolder
from ..ignoring import IgnoreRules
from .cache import CACHE_VARIABLE
from .failures import BuildError


def check_not_filled(root: Path, name: str) -> None:
    """Refuse a code folder that has something where the requirements go.

    Args:
        root: The code folder.
        name: Folder of the package that the requirements go to.

    Raises:
        BuildError: There is something already, which would be mixed with them.
    """
    if not (root / name).exists():
        return
    files = (file.name for file in CodeFolder(root).files())
    own = next((file for file in files if file.split("/")[0] == name), None)
    if own is not None:
        raise BuildError(
            f"{root / name} is there already ({own}), and requirements would be installed into it",
            f"Remove it or name {name} in .arignore to have requirements installed; leave "
            "requirements out to deploy the folder as it is",
        )


def check_cache_outside(root: Path, cache: Path) -> None:
    """Refuse a code folder that would be packed together with the cache of requirements.

    Raises:
        BuildError: It has the cache in it, and no ignore file names that.
    """
    if would_be_packed(root, cache, folder=True):
        raise BuildError(
            f"the cache of requirements, {cache}, lies in the code folder and would be packed",
            f"Set {CACHE_VARIABLE} to a folder outside of it, or name it in .arignore",
            field="src",
        )


def would_be_packed(root: Path, path: Path, *, folder: bool = False) -> bool:
    """Whether a file or folder, there or not, lies in a code folder and no ignore file names it."""
    real, place = root.resolve(), path.resolve()
    if not root.is_dir() or not place.is_relative_to(real):
        return False
    rules, way = IgnoreRules(root), place.relative_to(real).parts
    names = ["/".join(way[: end + 1]) for end in range(len(way))]
    if not folder and names and rules.excludes_file(names.pop()):
        return False
    return not any(rules.excludes_folder(name, real / name) for name in names)
