"""Base model of everything a user declares, and the markers that state a field's rules once.

A marker sits in the field's annotation, `Annotated[str, Replaces("fixed at creation")]`. Checks,
diffs, request bodies, reading back, the documentation and the SDK all follow from it.

Inside the core a value that is unknown at preview is `UNKNOWN`; a model accepts it at any place
and validates all the rest.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, Union

from pydantic import BaseModel, ConfigDict, ValidationInfo, WrapValidator, field_validator
from pydantic.alias_generators import to_camel, to_snake
from pydantic.fields import FieldInfo
from pydantic_core import core_schema

from .unknown import UNKNOWN

Path = tuple[str | int, ...]
Marker = TypeVar("Marker")


@dataclass(frozen=True)
class Replaces:
    """A change of the field makes a new resource; `reason` completes "because ..."."""

    reason: str


@dataclass(frozen=True)
class Secret:
    """The value must never be shown or stored in plain text."""


@dataclass(frozen=True)
class WriteOnly:
    """The service takes the value and never returns it, so drift cannot be seen."""


@dataclass(frozen=True)
class Unmanaged:
    """Left unset, the field may belong to somebody else: it is neither compared nor overwritten."""


@dataclass(frozen=True)
class Unordered:
    """The order of the list means nothing to the service."""


@dataclass(frozen=True)
class Operational:
    """Steers the provider and is never sent to the service."""


@dataclass(frozen=True)
class Computed:
    """Filled in by the provider's check; a user does not set it."""


@dataclass(frozen=True)
class Local:
    """Means something on the deploying machine only, so the service neither gets nor returns it."""


@dataclass(frozen=True)
class Follows:
    """An output that follows from what is known before an update, by a template.

    The template may name inputs, `id`, `own_id` (its last part), `account`, `data_url` and, for
    what belongs to a runtime, `runtime_name`.
    """

    template: str


@dataclass(frozen=True)
class Internal:
    """Handed over by the SDK for the provider's own use; neither documented nor compared."""


@dataclass(frozen=True)
class Wire:
    """The service's name of the field, where it is not the camel-case form of ours."""

    name: str


@dataclass(frozen=True)
class ResetTo:
    """What to send when the field is removed from the program (default: by type, see `wire`)."""

    value: Any


def _pass_unknown(
    value: Any, handler: core_schema.ValidatorFunctionWrapHandler, info: ValidationInfo
) -> Any:
    return value if value is UNKNOWN else handler(value)


MaybeUnknown = WrapValidator(_pass_unknown)
"""For the items of lists and maps; whole fields take `UNKNOWN` without it."""


@dataclass(frozen=True)
class Problem:
    """One reason why inputs are refused: where, in the spelling of the model, and why."""

    path: Path
    reason: str

    def below(self, *prefix: str | int) -> Problem:
        """The same problem seen from an outer object."""
        return Problem((*prefix, *self.path), self.reason)


class Shape(BaseModel):
    """A group of declared fields: the inputs of a kind, or an object nested in them."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        loc_by_alias=False,
        allow_inf_nan=False,
    )

    @field_validator("*", mode="wrap")
    @classmethod
    def _accept_unknown(cls, value: Any, handler: core_schema.ValidatorFunctionWrapHandler) -> Any:
        return value if value is UNKNOWN else handler(value)

    def rules(self) -> Iterator[Problem]:
        """Yield the problems that concern several fields; fields may be `UNKNOWN` (maybe set)."""
        yield from ()


def given(value: object) -> bool:
    """Tell whether a field is certainly set: neither absent nor unknown."""
    return value is not None and value is not UNKNOWN


def absent(value: object) -> bool:
    """Tell whether a field is certainly not set."""
    return value is None


def marker(field: FieldInfo, kind: type[Marker]) -> Marker | None:
    """Return the field's marker of that kind, or None."""
    for item in field.metadata:
        if isinstance(item, kind):
            return item
    return None


def has(field: FieldInfo, kind: type[Any]) -> bool:
    """Tell whether the field carries a marker of that kind."""
    return marker(field, kind) is not None


def wire_name(name: str, field: FieldInfo) -> str:
    """The service's name of a field."""
    renamed = marker(field, Wire)
    return renamed.name if renamed else to_camel(name)


def shape_of(annotation: Any) -> type[Shape] | None:
    """The model inside an annotation such as `Vpc | None` or `list[Annotated[Mount, ...]]`."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    for argument in typing.get_args(annotation):
        found = shape_of(argument)
        if found is not None:
            return found
    return None


def plain_type(annotation: Any) -> Any:
    """The annotation without `Annotated` and without `| None`."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return plain_type(typing.get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        rest = [a for a in typing.get_args(annotation) if a is not type(None)]
        return plain_type(rest[0])
    return annotation


def snake_case(name: str) -> str:
    """Spell a name as the models do."""
    return to_snake(name)


def canonical(model: type[Shape], data: Mapping[str, Any]) -> dict[str, Any]:
    """Spell every known key as the model does; both spellings are accepted, other keys stay.

    Args:
        model: The model the data is meant for.
        data: Plain data, keys in snake case or camel case.
    """
    names = {to_camel(name): name for name in model.model_fields}
    result: dict[str, Any] = {}
    for key, value in data.items():
        name = key if key in model.model_fields else names.get(key, key)
        field = model.model_fields.get(name)
        nested = shape_of(field.annotation) if field else None
        result[name] = _canonical_value(nested, value) if nested else value
    return result


def _canonical_value(model: type[Shape], value: Any) -> Any:
    if isinstance(value, Mapping):
        return canonical(model, value)
    if isinstance(value, (list, tuple)):
        return [_canonical_value(model, item) for item in value]
    return value
