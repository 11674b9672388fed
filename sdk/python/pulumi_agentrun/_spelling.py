"""Spells the keys of nested dicts as the engine does.

Pulumi translates the names of nested arguments if they are objects, but leaves dicts alone where
either is allowed. The provider takes both spellings; the engine, however, finds a secret again in
what the provider gives back only under the same key. So a secret in a dict must go there by the
name that comes back.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from . import inputs

# Types are looked at as they are written: to evaluate them takes time at every start.
_TYPED_DICT = re.compile(r"\b\w+ArgsDict\b")


def camel_case(name: str) -> str:
    """The engine's name of a field."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def spelled(value: Any, hint: str) -> Any:
    """A value with the keys of all typed dicts in it in the engine's spelling.

    Args:
        value: What the program gave for an argument; what an output holds stays as it is.
        hint: Type of the argument, as it is written. Dicts that it has no fields for, such as
            environment variables, are the user's own and stay as they are.
    """
    if isinstance(value, Mapping):
        return _dict(value, _fields_of(hint))
    if isinstance(value, (list, tuple)):
        return [spelled(item, hint) for item in value]
    if type(value).__module__ == inputs.__name__:
        return _object(value)
    return value


def _dict(value: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    hints = {camel_case(name): hint for name, hint in fields.items()}
    keys = {key: camel_case(key) if key in fields else key for key in value}
    return {keys[key]: spelled(item, hints.get(keys[key], "")) for key, item in value.items()}


def _object(value: Any) -> Any:
    """An object of arguments, whose own fields Pulumi translates."""
    changed = copy.copy(value)
    for name, item in vars(value).items():
        changed.__dict__[name] = spelled(item, field_hint(type(value), name))
    return changed


def field_hint(owner: type[Any], name: str) -> str:
    """The type of a field as it is written; empty if there is none."""
    declared = getattr(owner, name, None)
    if not isinstance(declared, property) or declared.fget is None:
        return ""
    return str(declared.fget.__annotations__.get("return", ""))


def _fields_of(hint: str) -> dict[str, str]:
    """The fields of the typed dict that a type allows, each with its type."""
    named = _TYPED_DICT.search(hint)
    if named is None:
        return {}
    declared = getattr(inputs, named[0]).__annotations__
    return {name: getattr(item, "__forward_arg__", str(item)) for name, item in declared.items()}
