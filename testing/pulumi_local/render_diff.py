"""Human rendering of property values and of the changes between them."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence

from pulumi_local.style import Palette, kind_mark
from pulumi_local.values import (
    ASSET_SIG,
    SECRET_MASK,
    SIG_KEY,
    PropertyDiff,
    ResourceRef,
    Secret,
    Unknown,
    Value,
    deep_equal,
    is_asset,
)

UNKNOWN_TEXT = "[unknown]"
HIDDEN_PROPERTIES = frozenset({"__provider"})
"""Properties that are the provider's own code, worthless to a reader."""

_SHORT = 72  # characters of a value in the compact form
_FORCES = " (forces replacement)"


def one_line(value: Value, limit: int = 0) -> str:
    """Spell a value on one line; with a ``limit``, long text loses its middle."""
    if isinstance(value, Secret):
        return SECRET_MASK
    if isinstance(value, Unknown):
        return UNKNOWN_TEXT
    if isinstance(value, ResourceRef):
        return f'"{value.urn}"'
    if is_asset(value):
        return _describe_asset(value)
    if isinstance(value, dict):
        inner = ", ".join(f"{key}: {one_line(value[key])}" for key in sorted(value))
        return _shorten("{" + inner + "}", limit)
    if isinstance(value, list):
        return _shorten("[" + ", ".join(one_line(item) for item in value) + "]", limit)
    return _shorten(json.dumps(_plain_number(value), ensure_ascii=False), limit)


def _plain_number(value: Value) -> Value:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _shorten(text: str, limit: int) -> str:
    if not limit or len(text) <= limit:
        return text
    half = (limit - 3) // 2
    return f"{text[:half]}...{text[-half:]}"


def _describe_asset(asset: Mapping[str, Value]) -> str:
    kind = "asset" if asset[SIG_KEY] == ASSET_SIG else "archive"
    source = asset.get("path") or asset.get("uri") or ("text" if asset.get("text") else "assets")
    return f"{kind}({source}, {str(asset.get('hash', ''))[:7] or 'no hash'})"


def _is_block(value: Value) -> bool:
    return isinstance(value, dict | list) and bool(value) and not is_asset(value)


def block(value: Value, indent: str) -> list[str]:
    """Spell a value over several lines; the first one carries no indent."""
    if not _is_block(value):
        return [one_line(value)]
    if isinstance(value, dict):
        width = max(len(key) for key in value)
        items = [(f"{key:<{width}}: ", value[key]) for key in sorted(value)]
        opening, closing = "{", "}"
    else:
        items = [(f"[{index}]: ", item) for index, item in enumerate(value)]
        opening, closing = "[", "]"
    lines = [opening]
    for label, item in items:
        first, *rest = block(item, indent + "    ")
        lines += [f"{indent}    {label}{first}", *rest]
    return [*lines, indent + closing]


def render_changes(
    changes: Sequence[PropertyDiff], palette: Palette, indent: str, *, full: bool
) -> Iterator[str]:
    """Yield the lines for a resource's changed properties, hidden ones left out."""
    for change in changes:
        if _top_level(change.path) not in HIDDEN_PROPERTIES:
            yield from _render_change(change, palette, indent, full)


def _render_change(
    change: PropertyDiff, palette: Palette, indent: str, full: bool
) -> Iterator[str]:
    mark, color = kind_mark(change.kind)
    head = f"{indent}{palette.paint(mark, color)} {change.path}: "
    tail = palette.paint(_FORCES, "35") if change.replaces else ""
    if full and mark == "~" and _is_long_text(change.old) and _is_long_text(change.new):
        yield head.rstrip() + tail
        yield from _text_diff(change.old, change.new, palette, indent + "    ")
    elif full and mark != "~":
        first, *rest = block(change.new if mark == "+" else change.old, indent + "  ")
        yield head + first + tail
        yield from rest
    else:
        yield head + _transition(change, mark, 0 if full else _SHORT) + tail


def _transition(change: PropertyDiff, mark: str, limit: int) -> str:
    if mark == "+":
        return one_line(change.new, limit)
    if mark == "-":
        return one_line(change.old, limit)
    old, new = one_line(change.old, limit), one_line(change.new, limit)
    if old == new and limit:
        # The shortened forms hide the difference; show what follows the common part instead.
        old, new = _from_first_difference(one_line(change.old), one_line(change.new), limit)
    return f"{old} => {new}"


def _from_first_difference(old: str, new: str, limit: int) -> tuple[str, str]:
    pairs = enumerate(zip(old, new, strict=False))
    shared = next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))
    start = max(shared - 10, 0)
    return f"...{old[start : start + limit]}", f"...{new[start : start + limit]}"


def _is_long_text(value: Value) -> bool:
    return isinstance(value, str) and value.count("\n") > 1


def _text_diff(old: str, new: str, palette: Palette, indent: str) -> Iterator[str]:
    colors = {"+": "32", "-": "31"}
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2)
    for line in list(lines)[2:]:
        yield indent + palette.paint(line, colors.get(line[:1], ""))


def render_properties(
    properties: Mapping[str, Value], palette: Palette, indent: str, mark: str = " ", color: str = ""
) -> Iterator[str]:
    """Yield the lines for whole properties, each with a mark, hidden ones left out."""
    shown = sorted(key for key in properties if key not in HIDDEN_PROPERTIES)
    width = max((len(key) for key in shown), default=0)
    for key in shown:
        first, *rest = block(properties[key], indent + "  ")
        yield f"{indent}{palette.paint(mark, color)} {key:<{width}}: {first}"
        yield from rest


def render_outputs(
    old: Mapping[str, Value], new: Mapping[str, Value], palette: Palette, *, all_of_them: bool
) -> list[str]:
    """Return the lines for a stack's outputs; ``all_of_them`` includes the unchanged ones."""
    lines: list[str] = []
    width = max((len(key) for key in (*old, *new)), default=0)
    for key in sorted(old.keys() | new.keys()):
        label = f"{key:<{width}}"
        if key not in new:
            lines += _output_line("-", "31", label, old[key], palette)
        elif key not in old:
            lines += _output_line("+", "32", label, new[key], palette)
        elif deep_equal(old[key], new[key]):
            lines += _output_line(" ", "", label, new[key], palette) if all_of_them else []
        else:
            text = f"{label}: {one_line(old[key])} => {one_line(new[key])}"
            lines.append(f"  {palette.paint('~', '33')} {text}")
    return lines


def _output_line(mark: str, color: str, label: str, value: Value, palette: Palette) -> list[str]:
    first, *rest = block(value, "    ")
    return [f"  {palette.paint(mark, color)} {label}: {first}", *rest]


def hidden_change(changes: Sequence[PropertyDiff]) -> bool:
    """Whether the only thing that changed is hidden, so that the reader needs a word instead."""
    return bool(changes) and all(_top_level(change.path) in HIDDEN_PROPERTIES for change in changes)


def _top_level(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]
