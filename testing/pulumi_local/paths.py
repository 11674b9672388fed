"""Property paths as options name them: ``tags.team``, ``rules[0].port``, ``*``, ``["a.b"]``.

Facts: sdk/go/common/resource/property_path.go of Pulumi.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pulumi_local.values import Path, Secret, Value

WILDCARD: Final = "*"

_PART = re.compile(
    r"""\.?(?:
        \[\s*"(?P<quoted>(?:[^"\\]|\\.)*)"\s*\]   # ["any name"]
      | \[(?P<index>\d+)\]                       # [0]
      | \[(?P<any>\*)\]                          # [*]
      | (?P<name>[^.\[\]]+)                      # name, or * for any
    )""",
    re.VERBOSE,
)

_MISSING: Final = object()


def parse_path(text: str) -> Path:
    """Take a path apart. Raises ValueError if it is not one."""
    parts: list[str | int] = []
    position = 0
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            raise ValueError(f"not a property path: {text!r}")
        position = match.end()
        if match["quoted"] is not None:
            parts.append(re.sub(r"\\(.)", r"\1", match["quoted"]))
        elif match["index"] is not None:
            parts.append(int(match["index"]))
        else:
            parts.append(match["any"] or match["name"])
    return tuple(parts)


def covers(pattern: Path, path: Path) -> bool:
    """Whether a path is at or below a pattern, in which ``*`` stands for any part."""
    if len(pattern) > len(path):
        return False
    return all(wanted in (WILDCARD, part) for wanted, part in zip(pattern, path, strict=False))


def look_up(value: Value, path: Path) -> Value:
    """Return what is at a path, None if there is nothing; secrecy is kept."""
    secret = False
    for part in path:
        if isinstance(value, Secret):
            value, secret = value.value, True
        value = _child(value, part)
        if value is _MISSING:
            return None
    return Secret(value) if secret and not isinstance(value, Secret) else value


def reset(old: Value, new: Value, path: Path) -> tuple[Value, bool]:
    """Return ``new`` with what is at a path set back to what it is in ``old``.

    What only ``new`` has at the path is dropped. The second result is False if that cannot be
    done because one of the two lacks the place where it would be.
    """
    if isinstance(new, Secret):
        inner, done = reset(old, new.value, path)
        return Secret(inner), done
    while isinstance(old, Secret):
        old = old.value
    if path[0] == WILDCARD:
        return _reset_all(old, new, path[1:])
    return _reset_part(old, new, path[0], path[1:])


def _reset_all(old: Value, new: Value, rest: Path) -> tuple[Value, bool]:
    results = True
    for part in {*_parts(old), *_parts(new)}:
        new, done = _reset_part(old, new, part, rest)
        results = results and done
    return new, results


def _reset_part(old: Value, new: Value, part: str | int, rest: Path) -> tuple[Value, bool]:
    before, after = _child(old, part), _child(new, part)
    if before is _MISSING and after is _MISSING:
        return new, True
    if rest:
        if before is _MISSING or after is _MISSING:
            return new, False
        value, done = reset(before, after, rest)
        return _with_child(new, part, value), done
    if isinstance(new, dict) and isinstance(part, str):
        return _with_child(new, part, before), True
    if before is _MISSING or after is _MISSING:
        # A list cannot lose or gain one position without moving the others.
        return new, False
    return _with_child(new, part, before), True


def _parts(value: Value) -> Iterator[str | int]:
    if isinstance(value, dict):
        yield from value
    elif isinstance(value, list):
        yield from range(len(value))


def _child(value: Value, part: str | int) -> Value:
    while isinstance(value, Secret):
        value = value.value
    if isinstance(value, dict):
        return value.get(str(part), _MISSING)
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return _MISSING


def _with_child(value: Value, part: str | int, child: Value) -> Value:
    if isinstance(value, list):
        return [child if index == part else item for index, item in enumerate(value)]
    copy = dict(value)
    if child is _MISSING:
        copy.pop(part, None)
    else:
        copy[part] = child
    return copy
