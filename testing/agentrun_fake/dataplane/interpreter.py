"""Which Python runs a package: the one it was built for, if this machine has it.

The service has a Python for each `language`. Here it is the fake's own, unless the package's
compiled modules or its language ask for another one and the search path has it. A name on the
path proves nothing (version managers put one there for each version they know of), so it is
started once. Without one that starts the fake's own Python has a try: many packages don't mind.
"""

from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

from .revision import Revision

_PROBE_SECONDS = 10
_PROBE = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable, sep='\\n')"
# E.g. `_speedups.cpython-312-x86_64-linux-gnu.so`; modules of the stable ABI name no version.
_MODULE = re.compile(r".+\.cpython-3(?P<minor>[0-9]+)-(?P<machine>[a-z0-9_-]+)\.so")
_LANGUAGE = re.compile(r"python(?P<version>3\.[0-9]+)")
_OWN = "{}.{}".format(*sys.version_info[:2])


class Interpreter(NamedTuple):
    """A Python for a package.

    Attributes:
        path: Its program.
        doubt: Why it may be the wrong one; empty if it is what was asked for.
    """

    path: str
    doubt: str = ""


def interpreter_for(revision: Revision, folder: Path) -> Interpreter:
    """The Python that runs a revision.

    Args:
        revision: What runs. A command that names a version decides; then the compiled modules of
            the package do, then its language.
        folder: The unpacked package.
    """
    named = _LANGUAGE.fullmatch((revision.command or [""])[0])
    spoken = _LANGUAGE.fullmatch(revision.fields.get("codeConfiguration", {}).get("language", ""))
    built = _built_for(folder)
    if named:
        version, why = named["version"], "the command asks for it"
    elif built:
        version, why = built.version, "the package's modules were built for it"
    elif spoken:
        version, why = spoken["version"], "codeConfiguration.language asks for it"
    else:
        return Interpreter(sys.executable)
    path = sys.executable if version == _OWN else find(version)
    doubts = []
    if path is None:
        doubts.append(
            f"it ran with Python {_OWN}, since no python{version} that starts is on the path, and "
            f"{why}"
        )
    if built and built.machine not in (sysconfig.get_config_var("EXT_SUFFIX") or ""):
        doubts.append(
            f"the package's modules were built for {built.machine}, and this machine is "
            f"{platform.system()} on {platform.machine()}"
        )
    return Interpreter(path or sys.executable, "; ".join(doubts))


def find(version: str) -> str | None:
    """A Python of this version on the search path that starts; None if there is none."""
    return _probed(f"python{version}", version, os.environ.get("PATH", ""))


@functools.cache
def _probed(name: str, version: str, search_path: str) -> str | None:
    program = shutil.which(name, path=search_path)
    if program is None:
        return None
    try:
        # What was found under the name of a Python is run as one.
        done = subprocess.run(  # noqa: S603
            [program, "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Not what was found: that may ask the current folder or the environment which Python it is.
    told, _, path = done.stdout.strip().partition("\n")
    return path if done.returncode == 0 and told == version and path else None


class _Build(NamedTuple):
    version: str
    machine: str


@functools.lru_cache(maxsize=256)
def _built_for(folder: Path) -> _Build | None:
    """For which Python the compiled modules were built; None if there are none. A package is
    unpacked once, into a folder of its own."""
    found = {
        _Build(f"3.{match['minor']}", match["machine"])
        for path in folder.rglob("*.cpython-3*.so")
        if (match := _MODULE.fullmatch(path.name))
    }
    own = [build for build in found if build.version == _OWN]
    return min(own or found, default=None)
