"""Put installed requirements into the code folder itself, as the vendor's own tool does."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from .failures import BuildError
from .source import PACKAGES_FOLDER

# Left out of packages, see `ignoring`.
_MARK = ".agentrun-build"
_MARK_TEXT = "Made by `pulumi-agentrun build --into-src`, which replaces this folder.\n"


def put_into(source: Path, packages: Path) -> Path:
    """Copy installed requirements into `python/` of a code folder.

    A folder of that name is replaced only if it was made by this function.

    Args:
        source: The code folder.
        packages: The folder that holds what is installed.

    Returns:
        The folder that was filled.

    Raises:
        BuildError: There is such a folder already that somebody else filled, or it can't be
            written.
    """
    place = source / PACKAGES_FOLDER
    if place.exists() and not (place / _MARK).is_file():
        raise BuildError(
            f"{place} is there already and was not made by this command",
            "Remove it, or leave out --into-src",
        )
    try:
        _replace(place, packages)
    except OSError as error:
        raise BuildError(f"can't write {place}: {error.strerror or error}") from error
    return place


def _replace(place: Path, packages: Path) -> None:
    """Fill a folder beside the place, so that half of it is never seen there."""
    beside = Path(tempfile.mkdtemp(prefix=".agentrun-", dir=place.parent))
    try:
        made = beside / PACKAGES_FOLDER
        shutil.copytree(packages, made)
        (made / _MARK).write_text(_MARK_TEXT, encoding="utf-8")
        if place.exists():
            place.rename(beside / "former")
        made.rename(place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
