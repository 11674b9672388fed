"""One property that differs, as lines of a diff.

A value that fits is shown whole, before and after. Of a long one, such as a prompt of many lines or
a document in JSON, only what differs is shown, with a little of what stands around it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from os.path import commonprefix
from typing import Any, Final

from .differences import Difference
from .values import in_one_line, is_special, is_unknown, safe_value, shown, visible

_SHORT: Final = 120
"""Characters of a value that is shown whole even if little of it differs."""

_AROUND: Final = 40
_MOST_LINES: Final = 40
_LONGEST_LINE: Final = 200
# Comparing takes time that grows with the square of the number of lines.
_MOST_COMPARED: Final = 2_000


def diff_lines(change: Difference) -> list[str]:
    """The lines of one difference, each with its sign; `!` where there are no two sides."""
    if change.secret and change.sort == "change":
        if change.revealed:
            return [f"! {change.dotted}: [secret] is no secret any more"]
        return [f"! {change.dotted}: [secret] changes"]
    if change.sort == "change":
        return _changed(change)
    sign, value = ("+", change.new) if change.sort == "add" else ("-", change.old)
    leaves = _leaves(change.dotted, change.last, value)
    return [f"{sign} {path}: {_shown(item, name)}" for path, name, item in leaves]


def _changed(change: Difference) -> list[str]:
    sides = change.old, change.new
    safe = [safe_value(side, change.last) for side in sides]
    known = not any(map(is_unknown, sides))
    if known and all(isinstance(side, str) and "\n" in side for side in safe):
        return _texts(change.dotted, safe[0].splitlines(), safe[1].splitlines())
    texts = [_shown(side, change.last) for side in sides]
    if known and max(map(len, map(in_one_line, safe))) > _SHORT:
        if all(isinstance(side, list) for side in safe):
            return _items(change.dotted, *([in_one_line(item) for item in side] for side in safe))
        if all(isinstance(side, str) for side in safe):
            texts = _windows(*map(in_one_line, safe))
    return [f"- {change.dotted}: {texts[0]}", f"+ {change.dotted}: {texts[1]}"]


def _texts(path: str, old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Texts of several lines: those that differ, each between its neighbours."""
    head = f"! {path}:"
    if max(len(old), len(new)) > _MOST_COMPARED:
        return [f"{head} {len(old)} lines become {len(new)}, too many to compare"]
    if list(old) == list(new):
        return [f"{head} only how its lines end"]
    lines = _compared(old, new, 1)
    left = len(lines) - _MOST_LINES
    return [head, *lines[:_MOST_LINES], *([f"  … and {left} more lines"] if left > 0 else [])]


def _compared(old: Sequence[str], new: Sequence[str], around: int) -> list[str]:
    """Lines that differ, with so many around them; of long ones what differs of them."""
    found = list(difflib.unified_diff(old, new, lineterm="", n=around))[2:]
    texts = [(line[0], visible(line[1:].expandtabs(4))) for line in found if line[:2] != "@@"]
    for index, (sign, text) in enumerate(texts[:-1]):
        after, other = texts[index + 1]
        if (sign, after) == ("-", "+") and max(len(text), len(other)) > _LONGEST_LINE:
            before, behind = _windows(text, other)
            texts[index : index + 2] = [(sign, before), (after, behind)]
    return [f"{sign}   {_cut(text)}".rstrip() for sign, text in texts]


def _cut(text: str) -> str:
    return text if len(text) <= 3 * _LONGEST_LINE else f"{text[: 3 * _LONGEST_LINE]}…"


def _items(path: str, old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Lists: what is taken out and what is put in."""
    if sorted(old) == sorted(new):
        return [f"! {path}: the same {len(old)} items in another order"]
    if max(len(old), len(new)) > _MOST_COMPARED:
        return [f"! {path}: {len(old)} items become {len(new)}, too many to compare"]
    lines = _compared(old, new, 0)
    left = len(lines) - _MOST_LINES
    more = [f"  … and {left} more items"] if left > 0 else []
    return [f"! {path}: {len(old)} items become {len(new)}", *lines[:_MOST_LINES], *more]


def _windows(old: str, new: str) -> list[str]:
    """What differs of two long texts, with a little of what stands before and after it."""
    start = len(commonprefix([old, new]))
    room = min(len(old), len(new)) - start
    end = len(commonprefix([old[::-1][:room], new[::-1][:room]]))
    return [
        _window(text, max(0, start - _AROUND), len(text) - end + _AROUND) for text in (old, new)
    ]


def _window(text: str, start: int, end: int) -> str:
    part = text[start:end]
    cut = part if len(part) <= 2 * _LONGEST_LINE else f"{part[: 2 * _LONGEST_LINE]}…"
    before, after = "…" if start else "", "…" if end < len(text) and cut == part else ""
    note = f" ({len(text)} characters)" if before or after or cut != part else ""
    return f"{before}{cut}{after}{note}"


def _leaves(path: str, name: str, value: object) -> Iterator[tuple[str, str, Any]]:
    """The values of nested objects, each with its path and its name."""
    if isinstance(value, Mapping) and value and not is_special(value):
        for key, item in sorted(value.items()):
            yield from _leaves(f"{path}.{visible(str(key))}", str(key), item)
    else:
        yield path, name, value


def _shown(value: object, name: str) -> str:
    if is_unknown(value):
        return "(known after the deployment)"
    return shown(value, name)
