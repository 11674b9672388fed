"""Property values as the engine holds them in memory.

A value is plain JSON data (``None``, ``bool``, ``int``, ``float``, ``str``, ``list``, ``dict``)
plus three things JSON cannot say: a value not known yet (`UNKNOWN`), a secret (`Secret`) and a
reference to another resource (`ResourceRef`). Assets and archives stay the tagged dictionaries
they are on the wire and in the state file; the tags below are Pulumi's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, final

Value: TypeAlias = Any
"""Any property value, as the module's docstring describes."""

PropertyMap: TypeAlias = dict[str, Value]
"""The properties of a resource by name."""

# Type marks of Pulumi's wire and state format (sdk/go/common/resource/sig).
SIG_KEY: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIG: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark, not a secret
RESOURCE_SIG: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_SIG: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET_SIG: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE_SIG: Final = "0def7320c3a5731c473e5ecbe6d01bc7"

# How an unknown string is spelled on the wire; every engine writes this one form.
UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

SECRET_MASK: Final = "[secret]"  # noqa: S105 - what is shown instead of a secret


@final
class Unknown:
    """The type of `UNKNOWN`: a value that only the real update will tell."""

    _instance: Unknown | None = None

    def __new__(cls) -> Unknown:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __copy__(self) -> Unknown:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Unknown:
        return self

    def __reduce__(self) -> tuple[type[Unknown], tuple[()]]:
        return (Unknown, ())


UNKNOWN: Final = Unknown()


@final
@dataclass(frozen=True)
class Secret:
    """A value that is encrypted in the state and masked wherever it is shown."""

    value: Value

    def __repr__(self) -> str:
        return "Secret(...)"


@final
@dataclass(frozen=True)
class ResourceRef:
    """A reference to a registered resource, passed as a property value.

    ``id`` is None for a component, `UNKNOWN` while the resource has none yet.
    """

    urn: str
    id: Value = None
    package_version: str = ""


def is_asset(value: Value) -> bool:
    """Say whether a value is an asset or archive in its tagged form."""
    return isinstance(value, dict) and value.get(SIG_KEY) in (ASSET_SIG, ARCHIVE_SIG)


def children(value: Value) -> Iterator[Value]:
    """Yield the values directly inside a list, dictionary or secret."""
    if isinstance(value, Secret):
        yield value.value
    elif isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, ResourceRef):
        yield value.id


def contains_unknown(value: Value) -> bool:
    """Say whether any part of a value is not known yet."""
    return isinstance(value, Unknown) or any(contains_unknown(part) for part in children(value))


def contains_secret(value: Value) -> bool:
    """Say whether a value is, or holds at any depth, a secret."""
    return isinstance(value, Secret) or any(contains_secret(part) for part in children(value))


def strip_secrets(value: Value) -> Value:
    """Return a copy of a value with every `Secret` wrapper removed."""
    if isinstance(value, Secret):
        return strip_secrets(value.value)
    if isinstance(value, list):
        return [strip_secrets(item) for item in value]
    if isinstance(value, dict):
        return {key: strip_secrets(item) for key, item in value.items()}
    return value


def mask(value: Value) -> Value:
    """Return a copy of a value with every secret replaced by ``[secret]``."""
    if isinstance(value, Secret):
        return SECRET_MASK
    if isinstance(value, list):
        return [mask(item) for item in value]
    if isinstance(value, dict):
        return {key: mask(item) for key, item in value.items()}
    return value


def secret_strings(value: Value, *, inside: bool = False) -> Iterator[str]:
    """Yield every string inside a secret, for masking it in free text."""
    if isinstance(value, Secret):
        yield from secret_strings(value.value, inside=True)
    elif isinstance(value, str):
        if inside:
            yield value
    else:
        for part in children(value):
            yield from secret_strings(part, inside=inside)


def deep_equal(old: Value, new: Value) -> bool:
    """Compare two values; secrets by their content, numbers by their amount, assets by hash.

    `UNKNOWN` equals only itself, and a boolean never equals a number.
    """
    old, new = _bare(old), _bare(new)
    if isinstance(old, dict) and isinstance(new, dict):
        if is_asset(old) and is_asset(new) and old.get("hash") and new.get("hash"):
            return bool(old[SIG_KEY] == new[SIG_KEY] and old["hash"] == new["hash"])
        return old.keys() == new.keys() and all(deep_equal(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(deep_equal, old, new))
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    return bool(old == new)


def _bare(value: Value) -> Value:
    while isinstance(value, Secret):
        value = value.value
    return value


DiffKind: TypeAlias = Literal[
    "add", "delete", "update", "add-replace", "delete-replace", "update-replace"
]
"""How a property changed; the forms ending in ``-replace`` force a replacement."""


@final
@dataclass(frozen=True)
class PropertyDiff:
    """One changed property; ``path`` is in the CLI's spelling, such as ``a.b[0]``."""

    path: str
    kind: DiffKind
    old: Value = None
    new: Value = None

    @property
    def replaces(self) -> bool:
        """Whether this change forces the resource to be replaced."""
        return self.kind.endswith("-replace")


Path: TypeAlias = tuple[str | int, ...]
"""A property path taken apart: names and list positions."""

_PLAIN_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*\Z")


def format_path(path: Path) -> str:
    """Spell a path as the CLI does: ``a.b[0]``, and ``a["x.y"]`` for names that need quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_NAME.match(part):
            text += f".{part}" if text else part
        else:
            escaped = part.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{escaped}"]'
    return text


def diff_paths(old: Mapping[str, Value], new: Mapping[str, Value]) -> list[PropertyDiff]:
    """List the leaf properties in which two maps differ, in name order, lists by position."""
    return list(_diff_maps((), old, new))


def _diff_maps(
    path: Path, old: Mapping[str, Value], new: Mapping[str, Value]
) -> Iterator[PropertyDiff]:
    for key in sorted(old.keys() | new.keys()):
        here = (*path, key)
        if key not in old:
            yield PropertyDiff(format_path(here), "add", None, new[key])
        elif key not in new:
            yield PropertyDiff(format_path(here), "delete", old[key], None)
        else:
            yield from _diff_values(here, old[key], new[key])


def _diff_values(path: Path, old: Value, new: Value) -> Iterator[PropertyDiff]:
    if deep_equal(old, new):
        return
    # A secret is one leaf: its inner structure is not shown either.
    if isinstance(old, dict) and isinstance(new, dict) and not (is_asset(old) or is_asset(new)):
        yield from _diff_maps(path, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _diff_lists(path, old, new)
    else:
        yield PropertyDiff(format_path(path), "update", old, new)


def _diff_lists(path: Path, old: list[Value], new: list[Value]) -> Iterator[PropertyDiff]:
    shared = min(len(old), len(new))
    for index in range(shared):
        yield from _diff_values((*path, index), old[index], new[index])
    for index in range(shared, len(new)):
        yield PropertyDiff(format_path((*path, index)), "add", None, new[index])
    for index in range(shared, len(old)):
        yield PropertyDiff(format_path((*path, index)), "delete", old[index], None)
