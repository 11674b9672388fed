"""Field tables: one source for strict checking, for what is stored and for what is returned.

A field's flags follow the API reference: `C` accepted on create, `U` on update, `G` returned by
get. So `C-G` can't be changed and `CU-` is never returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol


class Problem(NamedTuple):
    """One thing wrong with a body; `text` names the path."""

    path: str
    text: str


class Type(Protocol):
    """What a value may be."""

    def problems(self, value: Any, path: str, rules: Rules) -> Iterator[Problem]:
        """What is wrong with a value."""
        ...

    def normal(self, value: Any) -> Any:
        """A valid value without its unset parts; None if nothing is left."""
        ...

    def returned(self, value: Any) -> Any:
        """The part of a stored value that replies show."""
        ...


class Rules(NamedTuple):
    """How to check."""

    verb: str
    refuse_unknown: bool = True


class _Scalar:
    def normal(self, value: Any) -> Any:
        return None if value == "" else value

    def returned(self, value: Any) -> Any:
        return value


@dataclass(frozen=True)
class Text(_Scalar):
    """Text, optionally of a pattern, from a set of words, or of a length; what is wrong with a
    `secret` is told without its value."""

    pattern: str | None = None
    choices: tuple[str, ...] | None = None
    longest: int | None = None
    secret: bool = False

    def problems(self, value: Any, path: str, rules: Rules) -> Iterator[Problem]:
        """What is wrong with a value."""
        if not isinstance(value, str):
            yield Problem(path, f"{path} must be a string")
        elif self.choices and value not in self.choices:
            yield Problem(path, f"{path} must be one of {', '.join(self.choices)}, not {value!r}")
        elif self.pattern and not re.fullmatch(self.pattern, value):
            given = "" if self.secret else f", not {value!r}"
            yield Problem(path, f"{path} must match {self.pattern}{given}")
        elif self.longest and len(value) > self.longest:
            yield Problem(path, f"{path} must have at most {self.longest} characters")


@dataclass(frozen=True)
class Number(_Scalar):
    """A number within a range; `whole` for integers."""

    low: float | None = None
    high: float | None = None
    whole: bool = False

    def problems(self, value: Any, path: str, rules: Rules) -> Iterator[Problem]:
        """What is wrong with a value."""
        allowed = int if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, allowed):
            yield Problem(path, f"{path} must be {'an integer' if self.whole else 'a number'}")
            return
        too_low = self.low is not None and value < self.low
        too_high = self.high is not None and value > self.high
        if too_low or too_high:
            bounds = f"at least {self.low}" if self.high is None else f"{self.low} to {self.high}"
            yield Problem(path, f"{path} must be {bounds}, not {value}")


@dataclass(frozen=True)
class Choice(_Scalar):
    """One of some numbers."""

    choices: tuple[int, ...]

    def problems(self, value: Any, path: str, rules: Rules) -> Iterator[Problem]:
        """What is wrong with a value."""
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem(path, f"{path} must be an integer")
        elif value not in self.choices:
            words = " or ".join(str(choice) for choice in self.choices)
            yield Problem(path, f"{path} must be {words}, not {value}")


@dataclass(frozen=True)
class Flag(_Scalar):
    """True or false."""

    def problems(self, value: Any, path: str, rules: Rules) -> Iterator[Problem]:
        """What is wrong with a value."""
        if not isinstance(value, bool):
            yield Problem(path, f"{path} must be a boolean")


@dataclass(frozen=True)
class Anything(_Scalar):
    """Any JSON value, for free-form settings."""

    def normal(self, value: Any) -> Any:
        """The value; nothing if it is empty."""
        return None if value in ("", [], {}) else value

    def problems(self, value: Any, path: str, rules: Rules) -> Iterator[Problem]:
        """Nothing is wrong with it."""
        return iter(())


@dataclass(frozen=True)
class ListOf:
    """A list of equal things."""

    item: Type

    def problems(self, value: Any, path: str, rules: Rules) -> Iterator[Problem]:
        """What is wrong with a value."""
        if not isinstance(value, list):
            yield Problem(path, f"{path} must be a list")
            return
        for index, item in enumerate(value):
            yield from self.item.problems(item, f"{path}[{index}]", rules)

    def normal(self, value: Any) -> Any:
        """The list; nothing if it is empty."""
        return [_kept(self.item.normal(item), item) for item in value] if value else None

    def returned(self, value: Any) -> Any:
        """What replies show of each item."""
        return [self.item.returned(item) for item in value]


@dataclass(frozen=True)
class MapOf:
    """A map from text to equal things."""

    item: Type

    def problems(self, value: Any, path: str, rules: Rules) -> Iterator[Problem]:
        """What is wrong with a value."""
        if not isinstance(value, dict):
            yield Problem(path, f"{path} must be an object")
            return
        for key, item in value.items():
            yield from self.item.problems(item, f"{path}.{key}", rules)

    def normal(self, value: Any) -> Any:
        """The map; nothing if it is empty. An empty text is a value: `NAME=` is a variable."""
        return {key: _kept(self.item.normal(v), v) for key, v in value.items()} if value else None

    def returned(self, value: Any) -> Any:
        """What replies show of each value."""
        return {key: self.item.returned(item) for key, item in value.items()}


@dataclass(frozen=True)
class Field:
    """One field of an object.

    Attributes:
        name: Its name on the wire.
        type: What it may hold.
        flags: See the module's text.
        required: Whether create needs it; within nested objects, whether the object needs it.
        label: Its name in "... is required"; the service writes `CPU`, `Memory`, `Port`.
    """

    name: str
    type: Type
    flags: str = "CUG"
    required: bool = False
    label: str = ""


@dataclass(frozen=True)
class Object:
    """An object with known fields."""

    fields: tuple[Field, ...]
    _by_name: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {item.name: item for item in self.fields})

    def field(self, name: str) -> Field | None:
        """The field of that name."""
        return self._by_name.get(name)

    def problems(self, value: Any, path: str, rules: Rules) -> Iterator[Problem]:
        """What is wrong with an object: unknown, missing, wrong."""
        if not isinstance(value, dict):
            yield Problem(path, f"{path or 'body'} must be an object")
            return
        flag = "C" if rules.verb == "create" else "U"
        for item in self.fields:
            here = f"{path}.{item.name}" if path else item.name
            given = value.get(item.name)
            found = []
            cleared = given in (None, "") or (given == {} and isinstance(item.type, Object))
            if not cleared and flag in item.flags:
                found = list(item.type.problems(given, here, rules))
                yield from found
            unset = not found and self._unset(item, given)
            if item.required and unset and self._needed(item, value, path, rules):
                yield Problem(here, f"{item.label or _labelled(here)} is required")
        for name in value:
            known = self._by_name.get(name)
            if rules.refuse_unknown and (known is None or flag not in known.flags):
                here = f"{path}.{name}" if path else name
                what = "unknown" if known is None else f"not accepted on {rules.verb}"
                yield Problem(here, f"{here} is {what}")

    def _unset(self, item: Field, given: Any) -> bool:
        return given is None or item.type.normal(given) is None

    def _needed(self, item: Field, value: Any, path: str, rules: Rules) -> bool:
        """A nested object is always sent whole; an update may leave out top-level fields, but
        not clear those that create needs."""
        return bool(path) or rules.verb == "create" or item.name in value

    def normal(self, value: Any) -> Any:
        """The object's set fields; nothing if there are none."""
        if not value:
            return None
        result = {}
        for name, item in value.items():
            known = self._by_name.get(name)
            kept = known.type.normal(item) if known and item is not None else None
            if kept is not None:
                result[name] = kept
        return result or None

    def returned(self, value: Any) -> Any:
        """The part of a stored object that replies show."""
        return {
            name: self._by_name[name].type.returned(item)
            for name, item in value.items()
            if name in self._by_name and "G" in self._by_name[name].flags
        }


def _kept(normal: Any, given: Any) -> Any:
    """Items of a list keep their place even if nothing in them is set."""
    return given if normal is None else normal


def _labelled(path: str) -> str:
    return path[:1].upper() + path[1:]


def check(schema: Object, body: Any, verb: str, refuse_unknown: bool = True) -> list[str]:
    """All that is wrong with a body of a create or update, in the schema's order."""
    return [problem.text for problem in schema.problems(body, "", Rules(verb, refuse_unknown))]


def merged(
    schema: Object,
    old: Mapping[str, Any],
    body: Mapping[str, Any],
    *,
    deep: bool = False,
    empty_clears: bool = True,
) -> dict[str, Any]:
    """The stored fields after a valid body: what is left out stays, what is empty is cleared.

    Args:
        schema: The object's fields; others are dropped.
        old: What is stored.
        body: What was sent.
        deep: Whether nested objects are merged too, instead of replaced.
        empty_clears: Whether empty values clear; otherwise they are ignored.
    """
    result = dict(old)
    for name, value in body.items():
        known = schema.field(name)
        if known is None:
            continue
        nested = known.type if deep and isinstance(known.type, Object) else None
        kept = None if value is None else known.type.normal(value)
        if kept is None:
            if empty_clears:
                result.pop(name, None)
        elif nested and isinstance(old.get(name), dict):
            result[name] = merged(nested, old[name], value, deep=True, empty_clears=empty_clears)
        else:
            result[name] = kept
    return result
