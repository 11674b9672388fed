"""Install a list of requirements for the runtime's machine, with uv.

Where packages come from is the user's: whatever `UV_*` variables and uv's configuration files say
of indexes, proxies and certificates holds here as well.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from .failures import BuildError
from .requirement_list import RequirementList
from .running import Tell, environment, run
from .target import Target
from .tidy import installed, tidy
from .uv_failures import explained

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
# Variables that decide which packages are chosen, beside the list itself.
_CHOOSING = re.compile(
    r"UV_(INDEX|DEFAULT_INDEX|EXTRA_INDEX|FIND_LINKS|CONSTRAINT|OVERRIDE|EXCLUDE|"
    r"PRERELEASE|RESOLUTION|TORCH_BACKEND|CONFIG_FILE|NO_CONFIG|NO_SOURCES)\w*$"
)
_USER_OF_URL = re.compile(r"//[^/@\s]*@")
_TOLD = re.compile(r"(Resolved|Prepared|Installed) \d+ packages? in ")


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


def choice_digest(variables: Mapping[str, str]) -> str:
    """Fingerprint of the variables that decide which packages are chosen.

    Users and passwords of addresses do not count, since they may change every hour.
    """
    chosen = sorted(
        f"{name}={_USER_OF_URL.sub('//', value)}"
        for name, value in variables.items()
        if _CHOOSING.match(name) and not name.endswith(("_USERNAME", "_PASSWORD"))
    )
    return hashlib.sha256("\n".join(chosen).encode()).hexdigest()


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
    variables = {name: value for name, value in environment().items() if name not in _OWN}
    lines: list[str] = []

    def on_line(line: str) -> None:
        lines.append(line)
        if _TOLD.match(line):
            tell(line)

    # uv looks for its configuration from here upwards; relative paths of the list start here too.
    top = requirements.path.parent
    if run(command, top, variables, on_line, field="requirements"):
        raise explained("\n".join(lines), requirements.path, target)
    tidy(folder)
    if not installed(folder) and not requirements.asks_for_nothing:
        # Markers such as `sys_platform == "win32"` may rule out every line.
        tell(f"{requirements.path} asks for nothing on {target.platform}")


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
