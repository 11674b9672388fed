"""Install a list of requirements for the runtime's machine, with uv.

Where packages come from is the user's: whatever `UV_*` variables and uv's configuration files say
of indexes, proxies and certificates holds here as well.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from .cache import cache_folder
from .clashes import settle
from .failures import BuildError, without_secrets
from .requirement_list import RequirementList
from .running import Tell, environment, run
from .target import Target
from .tidy import installed, tidy
from .uv_failures import explained, source_only
from .uv_settings import check_no_source

# What a variable of the user would turn against the options below.
_OWN = (
    "UV_BREAK_SYSTEM_PACKAGES",
    "UV_COMPILE_BYTECODE",
    "UV_LINK_MODE",
    "UV_NO_BINARY",
    "UV_NO_BINARY_PACKAGE",
    "UV_ONLY_BINARY",
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
    "UV_WORKING_DIR",
    "VIRTUAL_ENV",
)
_TOLD = re.compile(r"(Resolved|Prepared|Installed) \d+ packages? in |warning: ")
# Ending uv at once leaves nothing of what it is about to run.
_BUILDING = re.compile(r"\s*Building (?P<what>[\w.-]+)(?:==| @ )")
_AGAIN = ("--reinstall-package",)


def find_uv() -> str:
    """The path of uv: the Python package's, else the one on the PATH.

    Raises:
        BuildError: There is none.
    """
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
    if found is None:
        raise BuildError(
            "uv is needed to install requirements, and it is not there",
            "Run pip install 'pulumi-agentrun[build]'",
        )
    return found


def install(requirements: RequirementList, target: Target, folder: Path, tell: Tell) -> None:
    """Install a list into an empty folder, reproducibly.

    Args:
        requirements: The list.
        target: The machine to install for.
        folder: Where to; the packages are at its top.
        tell: Gets lines of progress.

    Raises:
        BuildError: uv is missing, or what the list asks for can't be had as wheels.
    """
    command = _command(find_uv(), requirements, target, folder)
    path = requirements.path
    check_no_source(os.environ, path.parent)
    _run(command, path, target, tell)
    _check_wheels(folder, path)
    for line in settle(folder, lambda name: _run([*command, *_AGAIN, name], path, target, _silent)):
        tell(line)
    tidy(folder)
    if not installed(folder) and not requirements.asks_for_nothing:
        # Markers such as `sys_platform == "win32"` may rule out every line.
        tell(f"{requirements.path} asks for nothing on {target.platform}")


def _silent(line: str) -> None:
    """Progress of what was told before."""


def _run(command: list[str], path: Path, target: Target, tell: Tell) -> None:
    variables = _variables()
    lines: list[str] = []

    def on_line(line: str) -> None:
        lines.append(line)
        built = _BUILDING.match(line)
        if built:
            raise source_only(built["what"], path)
        if _TOLD.match(line):
            tell(without_secrets(line))

    # uv looks for its configuration from here upwards; relative paths of the list start here too.
    if run(command, path.parent, variables, on_line, field="requirements"):
        raise explained("\n".join(lines), path, target)


def _variables() -> dict[str, str]:
    variables = {name: value for name, value in environment().items() if name not in _OWN}
    try:
        Path.home()
    except RuntimeError:
        # Else uv would put its cache where it runs, which is the code folder.
        variables.setdefault("UV_CACHE_DIR", str(cache_folder() / "uv"))
    return variables


def _check_wheels(folder: Path, path: Path) -> None:
    """Refuse what uv has made of source on this machine before and takes for a wheel."""
    for note in sorted(folder.glob("*.dist-info/direct_url.json")):
        origin = json.loads(note.read_text(encoding="utf-8"))
        address = urlsplit(str(origin.get("url"))).path
        if "archive_info" not in origin or not address.lower().endswith(".whl"):
            what = note.parent.name.removesuffix(".dist-info").rsplit("-", 1)[0]
            raise source_only(what, path)


def _command(uv: str, requirements: RequirementList, target: Target, folder: Path) -> list[str]:
    options = {
        "--target": str(folder.absolute()),
        "--python": sys.executable,
        "--python-version": target.python,
        "--python-platform": target.platform,
        "--only-binary": ":all:",
        # A link into uv's own cache would be written through.
        "--link-mode": "copy",
        "--color": "never",
    }
    words = [uv, "pip", "install", "--no-compile-bytecode", "--no-progress"]
    words += [word for pair in options.items() for word in pair]
    if requirements.hashed:
        words.append("--require-hashes")
    return [*words, "-r", requirements.path.name]
