"""What uv says when it fails, and what to do about it."""

from __future__ import annotations

import re
from pathlib import Path

from .failures import BuildError
from .target import Target

_FRAME = re.compile(r"[×╰─▶│├]+")
_NOISE = re.compile(r"^(Using |warning: |Resolved |Prepared |Updating |Building |Downloading )")
_LABEL = re.compile(r"^(?:error|cause): ")
# The conclusion of every chain of reasons; it adds nothing.
_CONCLUSION = re.compile(
    r",? (?:and )?we can conclude that (?:your requirements are unsatisfiable|"
    r"the requirements are unsatisfiable)"
)

# Said again, and better, by the message in front or the hint behind.
_REPEATED = re.compile(
    r"No solution found when resolving dependencies(?: for [^:]*)?:? *|"
    r" *hint: Wheels are required for `[^`]+` because building from source is disabled"
    r"[^(]*\([^)]*\)"
)

_FULL = re.compile(r"(?i)no space left on device|quota exceeded|not enough space on the disk")
_NO_CACHE = re.compile(r"Failed to initialize cache")
_TOO_OLD = re.compile(r"unexpected argument '--|invalid value '[^']*' for '--")
_MISMATCH = re.compile(r"Hash mismatch for `(?P<what>[^`]+)`")
_NOT_LOCKED = re.compile(r"`--require-hashes` mode.*?found: (?P<what>\S+)")
_NO_WHEEL = re.compile(r"(?P<what>[\w.\-]+(?:[=<>!~]=?[\w.,<>=!~*]+)?) has no usable wheels")
_DISABLED = re.compile(
    r"Building source distributions (?:for `?(?P<what>[\w.\-]+)`? )?is disabled"
    r"(?:, but attempted to build `(?P<tried>[\w.\-]+)`)?"
)
_WRONG_TAG = re.compile(
    r"(?P<what>[\w.\-]+(?:[=<>!~]=?[\w.,<>=!~*]+)?) has no wheels with a matching "
    r"(?P<tag>platform|Python version|Python implementation|Python ABI|ABI)"
)
_REFUSED = re.compile(r"lack of valid authentication|\b40[13] (?:Unauthorized|Forbidden)|\b407\b")
_UNKNOWN = re.compile(r"(?P<what>[\w.\-]+) was not found in the (?:package registry|provided)")
_UNSOLVED = re.compile(r"No solution found")
_OTHER_PYTHON = re.compile(r"the (?:requested|current) Python version")
_NETWORK = re.compile(
    r"(?i)failed to fetch|error sending request|dns error|could not connect|connection refused|"
    r"timed out|certificate|unauthorized|forbidden|network was disabled"
)


def explained(output: str, path: Path, target: Target) -> BuildError:
    """The error that the output of a failed run of uv stands for.

    Args:
        output: All that it has written.
        path: The list of requirements.
        target: The machine that was installed for.
    """
    text = _flat(output)
    machine = f"Python {target.python} on {target.platform}"
    detail = _REPEATED.sub("", text).strip()
    for pattern, message, hint in _CAUSES:
        found = pattern.search(text)
        if found:
            groups = found.groupdict()
            what = groups.get("what") or groups.get("tried") or "a package"
            told = message.format(what=what, machine=machine)
            return BuildError(
                f"{path}: {told}: {detail}", hint.format(lock=lock_command(target, path.name))
            )
    return BuildError(f"{path}: {detail or 'uv failed without a word'}")


def source_only(what: str, path: Path) -> BuildError:
    """The error for a package that comes as source only.

    Args:
        what: Its name.
        path: The list of requirements.
    """
    return BuildError(f"{path}: {what} {_SOURCE_ONLY}", _BUILD_A_WHEEL)


def lock_command(target: Target, name: str) -> str:
    """The command that fixes releases and hashes of a list for the runtime's machine.

    Without naming it, uv would fix what this machine needs.

    Args:
        target: The machine.
        name: The list, which is to be locked from now on, or a project file.
    """
    source = name if name.endswith(".toml") else f"{name.removesuffix('.txt')}.in"
    return (
        f"uv pip compile --generate-hashes --python-version {target.python} "
        f"--python-platform {target.platform} --only-binary :all: {source} -o "
        f"{'requirements.txt' if name.endswith('.toml') else name}"
    )


def _flat(output: str) -> str:
    lines = (_FRAME.sub("", line).strip() for line in output.splitlines())
    text = " ".join(_LABEL.sub("", line) for line in lines if line and not _NOISE.match(line))
    return _CONCLUSION.sub("", text).strip()


_SOURCE_ONLY = "comes as source only, and source is not built here"
_BUILD_A_WHEEL = (
    "Build a wheel of it for the runtime's Linux and name that file, choose a release that has "
    "one, or deploy a container image"
)

_CAUSES: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        _FULL,
        "a disk is full",
        "Make room, or set AGENTRUN_CACHE_DIR and UV_CACHE_DIR to folders on another disk",
    ),
    (
        _NO_CACHE,
        "uv can't use its cache",
        "Make its folder writable, or set UV_CACHE_DIR to another one",
    ),
    (
        _TOO_OLD,
        "uv is too old",
        "Run pip install --upgrade 'pulumi-agentrun[build]', or uv self update",
    ),
    (
        _MISMATCH,
        "{what} is not the file that the list was locked to",
        "If you trust the new file, lock the list anew ({lock}); else find out who changed it",
    ),
    (
        _NOT_LOCKED,
        "{what} has no hash, and a list with hashes needs one for every package",
        "Lock the whole list: {lock}",
    ),
    (
        _DISABLED,
        f"{{what}} {_SOURCE_ONLY}",
        _BUILD_A_WHEEL,
    ),
    (
        _NO_WHEEL,
        "{what} has no wheel, and source is not built here",
        "Build a wheel of it for the runtime's Linux and make it known with UV_FIND_LINKS, choose "
        "a release that has one, or deploy a container image",
    ),
    (
        _WRONG_TAG,
        "{what} has no wheel for {machine}",
        "Choose a release that has one, build it and make it known with UV_FIND_LINKS, or deploy a "
        "container image",
    ),
    (
        _REFUSED,
        "the package index refuses the user and password, or wants some",
        "Give them in the address of UV_DEFAULT_INDEX or UV_INDEX, as UV_INDEX_NAME_USERNAME and "
        "UV_INDEX_NAME_PASSWORD for the index NAME, or in ~/.netrc",
    ),
    (
        _UNKNOWN,
        "no package {what} was found",
        "Check its spelling and the index in use (UV_DEFAULT_INDEX, UV_INDEX; uv does not read "
        "pip's settings)",
    ),
    (
        _NETWORK,
        "the package index can't be used",
        "Check the network, and the index in use (UV_DEFAULT_INDEX, UV_INDEX, UV_SYSTEM_CERTS; uv "
        "does not read pip's settings)",
    ),
    (
        _OTHER_PYTHON,
        "something in the list is not for {machine}",
        "Choose releases that support this Python, or another language",
    ),
    (
        _UNSOLVED,
        "the list can't be satisfied",
        "Change the versions that it asks for",
    ),
)
