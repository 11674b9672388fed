"""Lay out Python as its usual formatters do: on one line if it fits, else one entry per line."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 88
"""The usual formatters' own limit, since a new project sets none."""


@dataclass(frozen=True)
class Text:
    """A piece that is never broken."""

    text: str


@dataclass(frozen=True)
class Entry:
    """One entry of a group.

    Attributes:
        value: What it is.
        before: `name=`, `"key": ` or nothing.
        notes: Comments above it.
    """

    value: Piece
    before: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Entries between two brackets.

    Attributes:
        opening: What it begins with, `agentrun.Agent(`.
        entries: What is in it.
        closing: The bracket at its end.
        broken: Whether every entry has its own line, even if one would do.
    """

    opening: str
    entries: Sequence[Entry] = field(default_factory=tuple)
    closing: str = ")"
    broken: bool = False


Piece = Text | Group


def width(text: str) -> int:
    """Columns of a text; wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def lay_out(
    piece: Piece, *, indent: int = 0, before: str = "", after: str = "", columns: int = WIDTH
) -> str:
    """Python text of a piece.

    Args:
        piece: What to write.
        indent: Spaces that further lines begin with.
        before: What stands before it on its first line.
        after: What stands behind it on its last line.
        columns: How long a line may get.
    """
    flat = _flat(piece)
    lead = " " * indent
    if flat is not None and width(f"{lead}{before}{flat}{after}") <= columns:
        return f"{lead}{before}{flat}{after}"
    if isinstance(piece, Text) or not piece.entries:
        return f"{lead}{before}{flat}{after}"
    lines = [f"{lead}{before}{piece.opening}"]
    for entry in piece.entries:
        lines += [f"{lead}    # {note}" for note in entry.notes]
        inner = lay_out(
            entry.value, indent=indent + 4, before=entry.before, after=",", columns=columns
        )
        lines.append(inner)
    lines.append(f"{lead}{piece.closing}{after}")
    return "\n".join(lines)


def _flat(piece: Piece) -> str | None:
    """The piece on one line; None if it must not be."""
    if isinstance(piece, Text):
        return piece.text
    if piece.entries and (piece.broken or any(entry.notes for entry in piece.entries)):
        return None
    parts = []
    for entry in piece.entries:
        inner = _flat(entry.value)
        if inner is None:
            return None
        parts.append(f"{entry.before}{inner}")
    return f"{piece.opening}{', '.join(parts)}{piece.closing}"


def literal(value: object) -> str:
    """A plain value as Python writes it; text in double quotes where that takes no more escapes."""
    if not isinstance(value, str):
        return repr(value)
    quote = quote_for(value)
    return f"{quote}{_escaped(value, quote)}{quote}"


def quote_for(text: str) -> str:
    """The quote that takes fewer escapes; the double one if both take as many."""
    return "'" if text.count('"') > text.count("'") else '"'


def in_f_string(text: str, quote: str) -> str:
    """Plain text between the given quotes of an f-string."""
    return _escaped(text, quote).replace("{", "{{").replace("}", "}}")


def _escaped(text: str, quote: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    escaped = "".join(
        char if char.isprintable() or char == " " else char.encode("unicode_escape").decode()
        for char in escaped.replace("\t", "\\t")
    )
    return escaped.replace(quote, f"\\{quote}")
