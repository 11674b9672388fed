"""Read scalars of an `agent` block, held against the schema of the component (section 9.1)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .failures import Faults, Place
from .reading import Node
from .references import EnvRef, Mixed, OutputRef, plain_text
from .secrecy import is_secret, repeatable
from .values import Items, Kind, Late, Origin, Plain, Value


@dataclass(frozen=True, order=True)
class Trap:
    """Something in a file that does not do what it seems to, or that needs attention.

    Attributes:
        place: Where it stands.
        text: What it is, what the component makes of it, and what holds now.
    """

    place: Place
    text: str


@dataclass
class Report:
    """What reading a file finds, beside its values.

    Attributes:
        faults: Gets what is wrong.
        secrets: Values that are known to be secret, since they have the name of one in `vars`.
        traps: What needs attention.
        dropped: Fields that go nowhere: path in the resource, place, and why.
    """

    faults: Faults
    secrets: frozenset[str] = frozenset()
    traps: list[Trap] = field(default_factory=list)
    dropped: list[tuple[str, Place, str]] = field(default_factory=list)

    def trap(self, place: Place, text: str) -> None:
        """Note a trap."""
        self.traps.append(Trap(place, text))

    def drop(self, path: str, place: Place, why: str) -> None:
        """Note a field that the program does not have."""
        self.dropped.append((path, place, why))

    def is_secret(self, name: str, value: str) -> bool:
        """Whether text is a secret, by what it is called, by itself, or as one of `vars`."""
        return is_secret(name, value) or any(each in value for each in self.secrets)

    def shown(self, value: Any) -> str:
        """A value as a message may tell it."""
        if isinstance(value, (dict, list)):
            return "a mapping" if isinstance(value, dict) else "a list"
        return "…" if self.is_secret("", str(value)) else repr(value)


Read = Callable[[Node, str, Report], "Value | None"]
"""Reads a node at a path; None if it is wrong, which the report then says."""


def origin(node: Node, path: str) -> Origin:
    """Where a node is, with those of its comments that may be repeated."""
    return Origin(path, node.place, repeatable(node.notes))


def late(node: Node, path: str, kind: Kind, report: Report, *, secret: bool = False) -> Late | None:
    """A value that is known at deployment only; None if it is known now."""
    value = node.value
    parts = value.parts if isinstance(value, Mixed) else (value,)
    if not any(isinstance(part, (EnvRef, OutputRef)) for part in parts):
        return None
    hidden = any(isinstance(part, str) and report.is_secret("", part) for part in parts)
    variables = [part for part in parts if isinstance(part, EnvRef)]
    told = any(part.default and report.is_secret(part.name, part.default) for part in variables)
    if hidden or told:
        report.trap(node.place, _EXPOSED.format(path))
    secret = (
        secret
        or told
        or any(part.source == "secret" or is_secret(part.name, None) for part in variables)
    )
    return Late(parts, kind, secret or hidden, hidden, origin(node, path))


def text(
    pattern: str = "",
    *,
    longest: int = 0,
    choices: Sequence[str] = (),
    secret: bool = False,
    lenient: bool = False,
    hint: str = "",
) -> Read:
    """Reads text.

    Args:
        pattern: What it must match.
        longest: How many characters it may have.
        choices: What it may be.
        secret: Whether it is one, whatever it looks like.
        lenient: Whether numbers are taken as text, since people write them so.
        hint: Said when it does not match.
    """

    def read(node: Node, path: str, report: Report) -> Value | None:
        unknown = late(node, path, "text", report, secret=secret)
        if unknown is not None:
            return unknown
        value = node.value
        if lenient and isinstance(value, (int, float, bool)):
            value = plain_text(value)
        if not isinstance(value, str):
            report.faults.add(node.place, f"{path} must be text")
        elif longest and len(value) > longest:
            report.faults.add(
                node.place, f"{path} has {len(value)} characters, more than the {longest} allowed"
            )
        elif choices and value not in choices:
            report.faults.add(node.place, f"{path} is {report.shown(value)}, not {_or(choices)}")
        elif pattern and not re.search(pattern, value):
            report.faults.add(
                node.place,
                f"{path} is {report.shown(value)}: {hint or f'it must match {pattern}'}",
            )
        else:
            found = not secret and report.is_secret("", value)
            if found:
                report.trap(node.place, _EXPOSED.format(path))
            return Plain(value, secret or found, origin(node, path))
        return None

    return read


def number(low: float, high: float, *, whole: bool = True, choices: Sequence[int] = ()) -> Read:
    """Reads a number within bounds, or one of some."""

    def read(node: Node, path: str, report: Report) -> Value | None:
        unknown = late(node, path, "whole" if whole else "number", report)
        if unknown is not None:
            return unknown
        value = node.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            report.faults.add(node.place, f"{path} must be a number, not {report.shown(value)}")
        elif not math.isfinite(value):
            report.faults.add(node.place, f"{path} must be a number, not {value}")
        elif whole and value != int(value):
            report.faults.add(node.place, f"{path} must be a whole number, not {value}")
        elif choices and value not in choices:
            report.faults.add(node.place, f"{path} is {value}, not {_or(map(str, choices))}")
        elif not choices and not low <= value <= high:
            report.faults.add(
                node.place, f"{path} is {plain_text(value)}, not from {low:g} to {high:g}"
            )
        else:
            return Plain(int(value) if whole else float(value), False, origin(node, path))
        return None

    return read


def flag(node: Node, path: str, report: Report) -> Value | None:
    """Reads true or false."""
    unknown = late(node, path, "flag", report)
    if unknown is not None:
        return unknown
    if not isinstance(node.value, bool):
        report.faults.add(
            node.place, f"{path} must be true or false, not {report.shown(node.value)}"
        )
        return None
    return Plain(node.value, False, origin(node, path))


def listing(item: Read, *, least: int = 0, single: bool = False) -> Read:
    """Reads a list.

    Args:
        item: Reads one item.
        least: How many there must be.
        single: Whether one item may stand without a list.
    """

    def read(node: Node, path: str, report: Report) -> Value | None:
        nodes = node.value
        if single and not isinstance(nodes, list):
            nodes = [node]
        if not isinstance(nodes, list):
            report.faults.add(node.place, f"{path} must be a list")
            return None
        if len(nodes) < least:
            report.faults.add(node.place, f"{path} must have at least {least} entry")
        found = [item(each, f"{path}[{index}]", report) for index, each in enumerate(nodes)]
        return Items(tuple(each for each in found if each is not None), origin(node, path))

    return read


def variable(name: str) -> Read:
    """Reads a variable of the agent's environment, which may be a secret by its name or value."""

    def read(node: Node, path: str, report: Report) -> Value | None:
        unknown = late(node, path, "text", report, secret=is_secret(name, None))
        if unknown is not None:
            return unknown
        if isinstance(node.value, (dict, list)):
            report.faults.add(node.place, f"{path} must be text")
            return None
        value = plain_text(node.value)
        secret = report.is_secret(name, value)
        if not isinstance(node.value, str):
            shown = "written" if secret else value
            report.trap(
                node.place,
                f"`{path}` is {shown} without quotes, which the component's schema refuses; it is "
                "taken as text",
            )
        if secret:
            report.trap(node.place, _EXPOSED.format(path))
        return Plain(value, secret, origin(node, path))

    return read


_EXPOSED = (
    "`{}` holds what looks like a credential in plain text: whoever can read the file, or its "
    "history, has it. It becomes a secret of the configuration; rotate it"
)


def _or(choices: Any) -> str:
    *rest, last = choices
    return f"{', '.join(rest)} or {last}" if rest else str(last)
