"""How types, fields and descriptions of the models are written in the SDK."""

from __future__ import annotations

import re
import textwrap
import types
import typing
from collections.abc import Iterator
from typing import Annotated, Any, Union

from pydantic.fields import FieldInfo

from .fields import Computed, Internal, Shape, has, shape_of

Fields = list[tuple[str, FieldInfo]]

_ARGUMENT = re.compile(r" +\w+: ")

_PLAIN = {str: "str", int: "int", float: "float", bool: "bool"}


def is_optional(annotation: Any) -> bool:
    """Tell whether None is allowed."""
    if typing.get_origin(annotation) is Annotated:
        return is_optional(typing.get_args(annotation)[0])
    return type(None) in typing.get_args(annotation)


def input_type(annotation: Any) -> str:
    """The type of an argument: every value, also a nested one, may be a Pulumi output."""
    return f"pulumi.Input[{_input(annotation)}]"


def _input(annotation: Any) -> str:
    plain = _strip(annotation)
    origin = typing.get_origin(plain)
    if isinstance(plain, type) and issubclass(plain, Shape):
        return f"Union['{plain.__name__}Args', '{plain.__name__}ArgsDict']"
    if origin is list:
        return f"Sequence[{input_type(typing.get_args(plain)[0])}]"
    if origin is dict:
        value = typing.get_args(plain)[1]
        return "Mapping[str, Any]" if value is Any else f"Mapping[str, {input_type(value)}]"
    return _scalar(plain)


def output_type(annotation: Any) -> str:
    """The type of an output's value."""
    plain = _strip(annotation)
    origin = typing.get_origin(plain)
    if isinstance(plain, type) and issubclass(plain, Shape):
        return f"'outputs.{plain.__name__}'"
    if origin is list:
        return f"Sequence[{output_type(typing.get_args(plain)[0])}]"
    if origin is dict:
        value = typing.get_args(plain)[1]
        return f"Mapping[str, {'Any' if value is Any else output_type(value)}]"
    return _scalar(plain)


def _scalar(plain: Any) -> str:
    if typing.get_origin(plain) is typing.Literal:
        return _PLAIN[type(typing.get_args(plain)[0])]
    return _PLAIN[plain]


def _strip(annotation: Any) -> Any:
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return _strip(typing.get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        rest = [a for a in typing.get_args(annotation) if a is not type(None)]
        return _strip(rest[0])
    return annotation


def nested_shapes(model: type[Shape]) -> Iterator[type[Shape]]:
    """Yield the models nested in a model, inner ones first."""
    for field in model.model_fields.values():
        nested = shape_of(field.annotation)
        if nested is not None:
            yield from nested_shapes(nested)
            yield nested


def user_fields(model: type[Shape]) -> Fields:
    """The fields a user can set, required ones first."""
    fields = [
        (name, field)
        for name, field in model.model_fields.items()
        if not has(field, Internal) and not has(field, Computed)
    ]
    return sorted(fields, key=lambda pair: not pair[1].is_required())


def docstring(text: str, indent: int) -> str:
    """A description as a docstring, wrapped and indented."""
    lines: list[str] = []
    for line in text.splitlines():
        hang = " " * (len(line) - len(line.lstrip()) + 4)
        lines += textwrap.wrap(
            line, 96 - indent, subsequent_indent=hang if _ARGUMENT.match(line) else ""
        ) or [""]
    pad = " " * indent
    if len(lines) == 1 and len(lines[0]) + indent + 6 <= 100:
        return f'{pad}"""{lines[0]}"""'
    body = "\n".join(f"{pad}{line}".rstrip() for line in lines)
    return f'{pad}"""{body.lstrip()}\n{pad}"""'
