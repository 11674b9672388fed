"""What was measured, and the table of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

_HEAD = ("what", "floor s", "ours s", "ratio", "calls")


@dataclass
class Row:
    """One comparison.

    Attributes:
        what: What was done.
        floor: Seconds of each run of the floor.
        ours: Seconds of each run of ours.
        calls: Requests that each of our runs made, in words; none where nothing can be called.
    """

    what: str
    floor: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def cells(self) -> tuple[str, ...]:
        """The row's texts: medians, their ratio, and the calls."""
        floor, ours = median(self.floor), median(self.ours)
        return (
            self.what,
            f"{floor:.2f}",
            f"{ours:.2f}",
            f"{ours / floor:.2f}",
            in_words(self.calls),
        )


def in_words(calls: Sequence[str]) -> str:
    """The calls of several runs; all of them where they differ."""
    return " / ".join(dict.fromkeys(calls)) or "-"


def markdown(rows: Iterable[Row]) -> str:
    """A Markdown table; what has no run is left out."""
    body = [row.cells() for row in rows if row.floor and row.ours]
    lines = [_HEAD, ("---", "---:", "---:", "---:", "---"), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
