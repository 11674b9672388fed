"""Compare two sets of inputs, field by field, as the markers say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from .fields import Internal, Operational, Path, Replaces, Shape, Unordered, has, marker, shape_of
from .unknown import UNKNOWN


@dataclass(frozen=True)
class Change:
    """One field that differs.

    Attributes:
        path: Where, in the spelling of the models.
        old: Value so far, None if it was not set.
        new: Value to be, None if it is to be removed, `UNKNOWN` if it is not known yet.
        replaces: Why the change makes a new resource, or None if it is made in place.
        operational: True if the service knows nothing of the field, so that no call is needed.
    """

    path: Path
    old: Any
    new: Any
    replaces: str | None = None
    operational: bool = False

    @property
    def field(self) -> str:
        """The top-level field the change belongs to."""
        return str(self.path[0])


def diff(model: type[Shape], old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """List what differs between two sets of inputs of one model, in field order.

    Args:
        model: Model of both.
        old: Plain data so far, spelled as the model does.
        new: Plain data to be; may hold `UNKNOWN`, which counts as a change.
    """
    changes: list[Change] = []
    for name, field in model.model_fields.items():
        if has(field, Internal):
            continue
        reason = marker(field, Replaces)
        for change in _value(field, (name,), old.get(name), new.get(name)):
            changes.append(
                Change(
                    change.path,
                    change.old,
                    change.new,
                    reason.reason if reason else None,
                    has(field, Operational),
                )
            )
    return changes


def _value(field: FieldInfo | None, path: Path, old: Any, new: Any) -> Iterator[Change]:
    if same(field, old, new):
        return
    nested = shape_of(field.annotation) if field else None
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(k for k in new if k not in old)]:
            inner = nested.model_fields.get(key) if nested else None
            yield from _value(inner, (*path, key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and nested and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _item(nested, (*path, index), before, after)
    else:
        yield Change(path, old, new)


def _item(model: type[Shape], path: Path, old: Any, new: Any) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(k for k in new if k not in old)]:
            yield from _value(model.model_fields.get(key), (*path, key), old.get(key), new.get(key))
    elif old != new:
        yield Change(path, old, new)


def same(field: FieldInfo | None, old: Any, new: Any) -> bool:
    """Tell whether two values of a field mean the same."""
    if old is UNKNOWN or new is UNKNOWN:
        return False
    if isinstance(old, bool) != isinstance(new, bool):
        return False
    unordered = field is not None and has(field, Unordered)
    if unordered and isinstance(old, list) and isinstance(new, list):
        return sorted(map(str, old)) == sorted(map(str, new))
    return bool(old == new)
