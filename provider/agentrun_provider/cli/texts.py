"""Values as texts for people, which can do no harm to a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# Escape sequences in texts of others must not reach the terminal; line ends and tabs may.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(text: str) -> str:
    """Take control characters out of a text of others, so that it can't act on the terminal."""
    return _CONTROL.sub("", text)


def cell_text(value: Any) -> str:
    """One value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple)) and all(is_plain(item) for item in value):
        return ", ".join(cell_text(item) for item in value)
    if isinstance(value, (list, tuple, Mapping)):
        return clean(json.dumps(value, ensure_ascii=False))
    return clean(str(value))


def hanging(value: Any, lead: str) -> str:
    """A value behind what leads to it: its further lines below the first, so that none of them
    looks like a name with a value of its own."""
    return ("\n" + " " * len(lead)).join(cell_text(value).splitlines())


def is_plain(value: Any) -> bool:
    """Whether a value is shown in one place, having no names or items of its own."""
    return not isinstance(value, (Mapping, list, tuple))


def flat(cell: str) -> str:
    """A text in one line."""
    return " ".join(cell.split())
