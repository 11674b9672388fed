"""Places inside a structured configuration value, ``outer.inner[0]``, as the CLI writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pulumi_local.errors import EngineError

Path = Sequence[str | int]

_STEP = re.compile(
    r"""\.?(?P<name>[^.\[\]"]+) | \[(?P<index>[0-9]+)\] | \["(?P<quoted>(?:[^"\\]|\\.)*)"\]""",
    re.VERBOSE,
)


def parse_path(text: str) -> list[str | int]:
    """Split a path into keys and list indexes.

    Raises EngineError if it is not one.
    """
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if not found or (at == 0 and text.startswith(".")):
            raise EngineError(f"configuration path '{text}' is not valid at position {at + 1}")
        if found["index"] is not None:
            steps.append(int(found["index"]))
        elif found["quoted"] is not None:
            steps.append(re.sub(r"\\(.)", r"\1", found["quoted"]))
        else:
            steps.append(found["name"])
        at = found.end()
    if not steps or not isinstance(steps[0], str):
        raise EngineError(f"configuration path '{text}' does not begin with a key")
    return steps


def find(value: Any, path: Path) -> Any:
    """What stands at a path, or None."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def replaced(value: Any, path: Path, new: Any) -> Any:
    """A copy of a value with something else at a path; what is missing on the way is made.

    Raises EngineError where the path and the value have different forms, or a list has a gap.
    """
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        if value is not None and not isinstance(value, dict):
            raise EngineError(f"'{step}' can't be set: what is there has no keys")
        return {**(value or {}), step: replaced((value or {}).get(step), rest, new)}
    if value is not None and not isinstance(value, list):
        raise EngineError(f"[{step}] can't be set: what is there is no list")
    items = list(value or [])
    if step > len(items):
        raise EngineError(f"[{step}] can't be set: the list has {len(items)} items")
    old = items[step] if step < len(items) else None
    return [*items[:step], replaced(old, rest, new), *items[step + 1 :]]


def removed(value: Any, path: Path) -> Any:
    """A copy of a value without what stands at a path, which must be there."""
    step, rest = path[0], path[1:]
    if isinstance(value, list) and isinstance(step, int):
        inner = [removed(value[step], rest)] if rest else []
        return [*value[:step], *inner, *value[step + 1 :]]
    inner_map = {step: removed(value[step], rest)} if rest else {}
    return {**{key: item for key, item in value.items() if key != step}, **inner_map}


def typed(text: str) -> Any:
    """A value at a path: booleans and whole numbers are such, all else is text (as in the CLI)."""
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"0|-?[1-9][0-9]*", text):
        return int(text)
    return text
