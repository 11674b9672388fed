"""What releases of uv say, and what becomes of it; the texts are theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
from agentrun_provider.building.target import TARGETS
from agentrun_provider.building.uv_failures import explained

TARGET = TARGETS["python3.12"]

FRAMED = """Using CPython 3.11.7 interpreter at: /somewhere/bin/python
  × No solution found when resolving dependencies:
  ╰─▶ Because docopt==0.6.2 has no usable wheels and you require
      docopt==0.6.2, we can conclude that your requirements are unsatisfiable.

      hint: Wheels are required for `docopt` because building from source is
      disabled for all packages (i.e., with `--no-build`)
"""
PLAIN = """Using CPython 3.11.7 interpreter at: /somewhere/bin/python
error: No solution found when resolving dependencies
  cause: Because pywin32==306 has no wheels with a matching platform tag (e.g., \
`manylinux_2_31_x86_64`) and you require pywin32==306, we can conclude that your requirements \
are unsatisfiable.

hint: Wheels are available for `pywin32` (v306) on the following platforms: `win32`, `win_amd64`
"""


@pytest.mark.parametrize(
    ("output", "message", "hint"),
    [
        (
            FRAMED,
            "r.txt: docopt==0.6.2 has no wheel, and source is not built here: Because "
            "docopt==0.6.2 has no usable wheels and you require docopt==0.6.2.",
            "UV_FIND_LINKS",
        ),
        (
            PLAIN,
            "r.txt: pywin32==306 has no wheel for Python 3.12 on x86_64-manylinux_2_31: Because "
            "pywin32==306 has no wheels with a matching platform tag (e.g., "
            "`manylinux_2_31_x86_64`) and you require pywin32==306. hint: Wheels are available "
            "for `pywin32` (v306) on the following platforms: `win32`, `win_amd64`",
            "container image",
        ),
        (
            "error: Failed to fetch: `https://user:****@host/simple/demo/`\n"
            "  cause: error sending request for url (https://user:****@host/simple/demo/)\n"
            "  cause: dns error: failed to lookup address information\n",
            "r.txt: the package index can't be used: Failed to fetch: `https://host/simple/demo/` "
            "error sending request for url (https://host/simple/demo/) dns error: failed to lookup "
            "address information",
            "UV_DEFAULT_INDEX",
        ),
        (
            "error: No solution found when resolving dependencies\n"
            "  cause: Because demo was not found in the package registry and you require demo.\n\n"
            "hint: An index URL (https://me:****@host/simple) could not be queried due to a lack "
            "of valid authentication credentials (401 Unauthorized)\n",
            "r.txt: the package index refuses the user and password, or wants some: Because demo "
            "was not found in the package registry and you require demo. hint: An index URL "
            "(https://host/simple) could not be queried due to a lack of valid authentication "
            "credentials (401 Unauthorized)",
            "UV_INDEX_NAME_PASSWORD",
        ),
        (
            "error: Building source distributions for `demo` is disabled\n",
            "r.txt: demo comes as source only, and source is not built here: Building source "
            "distributions for `demo` is disabled",
            "Build a wheel",
        ),
        (
            "error: Building source distributions is disabled, but attempted to build `demo`\n",
            "r.txt: demo comes as source only, and source is not built here: Building source "
            "distributions is disabled, but attempted to build `demo`",
            "Build a wheel",
        ),
        (
            "error: Failed to install: demo-1.0-py3-none-any.whl (demo==1.0)\n"
            "  cause: failed to copy file: No space left on device (os error 28)\n",
            "r.txt: a disk is full: Failed to install: demo-1.0-py3-none-any.whl (demo==1.0) "
            "failed to copy file: No space left on device (os error 28)",
            "AGENTRUN_CACHE_DIR and UV_CACHE_DIR",
        ),
        (
            "error: Failed to initialize cache at `/c`\n  cause: Permission denied (os error 13)\n",
            "r.txt: uv can't use its cache: Failed to initialize cache at `/c` Permission denied "
            "(os error 13)",
            "UV_CACHE_DIR",
        ),
        (
            "error: unexpected argument '--no-compile-bytecode' found\n\n"
            "  tip: a similar argument exists: '--compile'\n",
            "r.txt: uv is too old: unexpected argument '--no-compile-bytecode' found tip: a "
            "similar argument exists: '--compile'",
            "pip install --upgrade",
        ),
        (
            "error: In `--require-hashes` mode, all requirements must have their versions pinned "
            "with `==`, but found: demo\n",
            "r.txt: demo has no hash, and a list with hashes needs one for every package: In "
            "`--require-hashes` mode, all requirements must have their versions pinned with `==`, "
            "but found: demo",
            "--python-version 3.12 --python-platform x86_64-manylinux_2_31",
        ),
        ("error: something new\n", "r.txt: something new", ""),
        ("", "r.txt: uv failed without a word", ""),
    ],
    ids=[
        "framed",
        "plain",
        "network",
        "password",
        "source",
        "folder",
        "full",
        "cache",
        "old",
        "unhashed",
        "unknown",
        "silent",
    ],
)
def test_a_failure_of_uv_is_told_in_one_line(output: str, message: str, hint: str) -> None:
    error = explained(output, Path("r.txt"), TARGET)
    assert str(error) == message
    assert hint in error.hint
    assert bool(error.hint) == bool(hint)
