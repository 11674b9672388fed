"""Translate between the values Pulumi passes to a provider and the core's plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi.output import Unknown as PulumiUnknown
from pydantic.alias_generators import to_camel

from ..fields import Path, Shape, shape_of
from ..unknown import UNKNOWN

PROVIDER_KEY = "__provider"


def from_pulumi(value: Any) -> Any:
    """Make plain data of a value: placeholders become `UNKNOWN`, whole numbers become ints."""
    if isinstance(value, PulumiUnknown):
        return UNKNOWN
    if isinstance(value, Mapping):
        return {k: from_pulumi(v) for k, v in value.items() if k != PROVIDER_KEY}
    if isinstance(value, (list, tuple)):
        return [from_pulumi(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def to_pulumi(model: type[Shape], data: Mapping[str, Any]) -> dict[str, Any]:
    """Make properties of plain data: field names in camel case, other keys untouched.

    Args:
        model: The model whose fields are renamed; keys it does not have are kept as they are.
        data: Plain data by field name.
    """
    result: dict[str, Any] = {}
    for key, value in data.items():
        field = model.model_fields.get(key)
        name = to_camel(key) if field else key
        result[name] = _value_to_pulumi(shape_of(field.annotation) if field else None, value)
    return result


def _value_to_pulumi(model: type[Shape] | None, value: Any) -> Any:
    if value is UNKNOWN:
        return PulumiUnknown()  # type: ignore[no-untyped-call]
    if isinstance(value, Mapping):
        if model is not None:
            return to_pulumi(model, value)
        return {key: _value_to_pulumi(None, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_value_to_pulumi(model, item) for item in value]
    return value


def property_path(path: Path) -> str:
    """Write a path as people do in Python: `vpc.vswitch_ids[0]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
