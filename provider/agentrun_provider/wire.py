"""Translate between declared fields and the JSON bodies of the service, following the markers."""

from __future__ import annotations

import typing
from collections.abc import Collection, Mapping
from typing import Any

from pydantic.fields import FieldInfo

from .fields import (
    Computed,
    Internal,
    Local,
    Operational,
    ResetTo,
    Shape,
    has,
    marker,
    plain_type,
    shape_of,
    wire_name,
)
from .unverified import CLEARED_BY_TYPE

_EMPTY: tuple[Any, ...] = (None, "", [], {})


def is_empty(value: Any) -> bool:
    """Tell whether a value of the service means "not set"; zero and false are values."""
    return not isinstance(value, (bool, int, float)) and value in _EMPTY


def is_sent(field: FieldInfo) -> bool:
    """Tell whether the service knows the field at all."""
    return not any(has(field, kind) for kind in (Operational, Internal, Computed, Local))


def to_wire(shape: Shape, *, skip: Collection[str] = ()) -> dict[str, Any]:
    """Build the body of an object from its set fields.

    Args:
        shape: The declared object, all values known.
        skip: Fields of this object, not of nested ones, that the caller translates itself.
    """
    body: dict[str, Any] = {}
    for name, field in type(shape).model_fields.items():
        value = getattr(shape, name)
        if value is not None and name not in skip and is_sent(field):
            body[wire_name(name, field)] = _value_to_wire(value)
    return body


def _value_to_wire(value: Any) -> Any:
    if isinstance(value, Shape):
        return to_wire(value)
    if isinstance(value, list):
        return [_value_to_wire(item) for item in value]
    return value


def resets(old: Mapping[str, Any], new: Shape, *, skip: Collection[str] = ()) -> dict[str, Any]:
    """Build the part of an update's body that clears what the program no longer declares."""
    body: dict[str, Any] = {}
    for name, field in type(new).model_fields.items():
        if name in skip or not is_sent(field) or getattr(new, name) is not None:
            continue
        if old.get(name) is not None:
            body[wire_name(name, field)] = reset_value(field)
    return body


def reset_value(field: FieldInfo) -> Any:
    """What to send to clear a field."""
    explicit = marker(field, ResetTo)
    return explicit.value if explicit else CLEARED_BY_TYPE[_type_word(field.annotation)]


def _type_word(annotation: Any) -> str:
    plain = plain_type(annotation)
    origin = typing.get_origin(plain)
    if origin is list:
        return "list"
    if origin is dict:
        return "map"
    if isinstance(plain, type) and issubclass(plain, Shape):
        return "object"
    is_text = plain is str or origin is typing.Literal
    return "text" if is_text else "other"


def from_wire(model: type[Shape], body: Mapping[str, Any]) -> dict[str, Any]:
    """Read the fields of a model out of a reply; what is empty or not modelled is left out."""
    result: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        value = body.get(wire_name(name, field))
        if is_sent(field) and not is_empty(value):
            read = _value_from_wire(shape_of(field.annotation), value)
            if not is_empty(read):
                result[name] = read
    return result


def _value_from_wire(model: type[Shape] | None, value: Any) -> Any:
    if model is not None and isinstance(value, Mapping):
        return from_wire(model, value)
    if model is not None and isinstance(value, list):
        return [_value_from_wire(model, item) for item in value]
    return value
