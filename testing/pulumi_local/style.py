"""Marks, words and colours of the human output: what a step or a property change looks like."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TextIO

from pulumi_local.events import Op
from pulumi_local.values import DiffKind


@dataclass(frozen=True)
class OpStyle:
    """How an operation is shown: its mark, and its words before, while and after it runs."""

    mark: str
    color: str
    planned: str
    running: str
    done: str


_GREEN, _YELLOW, _RED, _MAGENTA, _CYAN, _PLAIN = "32", "33", "31", "35", "36", ""

OPS: Final[Mapping[Op, OpStyle]] = {
    "same": OpStyle("  ", _PLAIN, "unchanged", "checking", "unchanged"),
    "create": OpStyle("+ ", _GREEN, "create", "creating", "created"),
    "update": OpStyle("~ ", _YELLOW, "update", "updating", "updated"),
    "delete": OpStyle("- ", _RED, "delete", "deleting", "deleted"),
    "replace": OpStyle("+-", _MAGENTA, "replace", "replacing", "replaced"),
    "create-replacement": OpStyle(
        "++", _GREEN, "create replacement", "creating replacement", "created replacement"
    ),
    "delete-replaced": OpStyle(
        "--", _RED, "delete original", "deleting original", "deleted original"
    ),
    "read": OpStyle("> ", _CYAN, "read", "reading", "read"),
    "read-replacement": OpStyle(
        ">>", _CYAN, "read for replacement", "reading for replacement", "read for replacement"
    ),
    "refresh": OpStyle("~ ", _CYAN, "refresh", "refreshing", "refreshed"),
    "discard": OpStyle("< ", _RED, "discard", "discarding", "discarded"),
    "discard-replaced": OpStyle(
        "<<", _RED, "discard original", "discarding original", "discarded original"
    ),
    "remove-pending-replace": OpStyle("~ ", _PLAIN, "complete replace", "completing", "completed"),
}

# The order in which a summary counts; "same" comes last and in its own words.
SUMMARY_ORDER: Final[tuple[Op, ...]] = (
    "create",
    "update",
    "delete",
    "replace",
    "create-replacement",
    "delete-replaced",
    "read",
    "read-replacement",
    "refresh",
    "discard",
    "discard-replaced",
)

_KIND_MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "add": ("+", _GREEN),
    "delete": ("-", _RED),
    "update": ("~", _YELLOW),
}


def kind_mark(kind: DiffKind) -> tuple[str, str]:
    """Return the mark and colour of a property change."""
    return _KIND_MARKS[kind.removesuffix("-replace")]


class Palette:
    """Colours text, or leaves it plain."""

    def __init__(self, enabled: bool) -> None:
        """Colour if ``enabled``."""
        self.enabled = enabled

    @classmethod
    def for_stream(
        cls, stream: TextIO, environ: Mapping[str, str] = os.environ, choice: str = "auto"
    ) -> Palette:
        """Decide by ``choice`` (auto, always, never), the terminal and ``NO_COLOR``."""
        if choice != "auto":
            return cls(choice == "always")
        wanted = not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        return cls(wanted and stream.isatty())

    def paint(self, text: str, color: str) -> str:
        """Return a text in a colour (an SGR number)."""
        return f"\x1b[{color}m{text}\x1b[0m" if self.enabled and color else text

    def bold(self, text: str) -> str:
        """Return a text in bold type."""
        return self.paint(text, "1")

    def error(self, text: str) -> str:
        """Return a text in the colour of errors."""
        return self.paint(text, _RED)

    def warning(self, text: str) -> str:
        """Return a text in the colour of warnings."""
        return self.paint(text, _YELLOW)


_DYNAMIC = re.compile(r"pulumi-(?:python|nodejs):dynamic[/:]")


def display_type(type_token: str) -> str:
    """Shorten a type token for reading.

    The package and path of a dynamic provider say nothing to the reader, so
    ``pulumi-python:dynamic/demo:Thing`` is shown as ``demo:Thing``; and as in the CLI,
    ``aws:s3/bucket:Bucket`` is shown as ``aws:s3:Bucket``.
    """
    short = _DYNAMIC.sub("", type_token)
    package, _, rest = short.partition(":")
    module, _, name = rest.partition(":")
    if name and "/" in module:
        module = module.split("/", 1)[0]
        return f"{package}:{module}:{name}"
    return short
