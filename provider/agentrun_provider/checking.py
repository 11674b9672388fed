"""Turn what a user declared into complete inputs, or into all the problems with it at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .fields import Path, Problem, Shape, canonical, shape_of, snake_case
from .unknown import UNKNOWN

S = TypeVar("S", bound=Shape)

_NOT_KNOWN = "is not a known field"

_REASONS = {
    "missing": "is required",
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be a map",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}

_TEXT_OF_FIXED_FORM = {"string_pattern_mismatch", "literal_error"}


def validate(model: type[S], data: Mapping[str, Any]) -> tuple[S | None, list[Problem]]:
    """Validate plain data against a model.

    Values that are `UNKNOWN` are taken as they are and all the rest is still checked; rules over
    several fields are applied even where other fields are wrong.

    Args:
        model: The model to validate against.
        data: Plain data in either spelling; None counts as not given.

    Returns:
        The validated object (None if anything is wrong) and the problems, sorted by path.
    """
    spelled = _without_none(canonical(model, data))
    instance, problems = _attempt(model, spelled)
    if instance is None:
        # Bad values become "maybe set", so that the rules can still speak about the others.
        lenient, _ = _attempt(model, _soften(spelled, problems))
        if lenient is not None:
            problems += collect_rules(lenient)
        return None, _tidy(problems)
    problems = collect_rules(instance)
    return (None if problems else instance), _tidy(problems)


def collect_rules(shape: Shape) -> list[Problem]:
    """Apply the rules of an object and of all objects nested in it."""
    return list(_rules(shape))


def _rules(shape: Shape) -> Iterator[Problem]:
    yield from shape.rules()
    for name in type(shape).model_fields:
        value = getattr(shape, name)
        if isinstance(value, Shape):
            yield from (p.below(name) for p in _rules(value))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, Shape):
                    yield from (p.below(name, index) for p in _rules(item))


def _attempt(model: type[S], data: dict[str, Any]) -> tuple[S | None, list[Problem]]:
    try:
        return model.model_validate(data, by_name=True), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        return None, [_problem(model, detail, data) for detail in details]


def _problem(model: type[Shape], detail: ErrorDetails, data: Any) -> Problem:
    path = _path(detail, data)
    if detail["type"] == "extra_forbidden":
        return Problem(path, _NOT_KNOWN + _suggestion(model, path))
    return Problem(path, _reason(detail))


def _path(detail: ErrorDetails, data: Any) -> Path:
    """The place of an error, without the labels pydantic adds for the members of a union."""
    path: list[str | int] = []
    for step in detail["loc"]:
        if _holds(data, step):
            data = data[step]
        elif detail["type"] != "missing" or step != detail["loc"][-1]:
            continue
        path.append(step)
    return tuple(path)


def _holds(data: Any, step: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(step, int) and step < len(data)
    return isinstance(data, Mapping) and step in data


def _reason(detail: ErrorDetails) -> str:
    known = _REASONS.get(detail["type"])
    if known:
        return known
    message = detail["msg"].removeprefix("Value error, ")
    message = message.replace("Input should", "must").replace("String should", "must")
    return message[0].lower() + message[1:] + _got(detail)


def _got(detail: ErrorDetails) -> str:
    """The refused value, where it can't be a secret: numbers, and text of a fixed form."""
    value = detail["input"]
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return ""
    if isinstance(value, str) and detail["type"] not in _TEXT_OF_FIXED_FORM:
        return ""
    if detail["type"] == "value_error":
        # A message of our own says it already.
        return ""
    return f" (got {value!r})"


def _suggestion(model: type[Shape], path: Path) -> str:
    owner: type[Shape] | None = model
    for step in path[:-1]:
        if owner is not None and isinstance(step, str) and step in owner.model_fields:
            owner = shape_of(owner.model_fields[step].annotation)
    if owner is None:
        return ""
    close = difflib.get_close_matches(snake_case(str(path[-1])), owner.model_fields, n=1)
    return f", did you mean {close[0]}?" if close else ""


def _soften(data: Any, problems: list[Problem]) -> Any:
    """Copy `data` with every bad value made `UNKNOWN` and every unknown key left out."""
    copied = _copy(data)
    for problem in problems:
        target = copied
        for step in problem.path[:-1]:
            target = target[step] if target is not UNKNOWN else UNKNOWN
        if target is UNKNOWN or not problem.path:
            continue
        if problem.reason.startswith(_NOT_KNOWN):
            del target[problem.path[-1]]
        else:
            target[problem.path[-1]] = UNKNOWN
    return copied


def _copy(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {k: _copy(v) for k, v in data.items()}
    return [_copy(v) for v in data] if isinstance(data, list) else data


def _without_none(data: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            result[key] = _without_none(dict(value))
        elif isinstance(value, list):
            result[key] = [_without_none(v) if isinstance(v, dict) else v for v in value]
        elif value is not None:
            result[key] = value
    return result


def _tidy(problems: list[Problem]) -> list[Problem]:
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda p: [str(step).zfill(4) for step in p.path])
