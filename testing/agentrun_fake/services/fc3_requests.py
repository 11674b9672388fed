"""What requests to Function Compute 3.0 carry, checked alike for all its operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ServiceError
from ..http import read_json, whole_number
from ..routing import Exchange
from ..schema import Object, check

_SHOWN = 40
"""Characters of a wrong value that an error repeats."""


def body_of(exchange: Exchange, verb: str, schema: Object) -> dict[str, Any]:
    """The body of a request, in its normal form.

    Raises:
        ServiceError: 400 `InvalidArgument`, with every problem of it.
    """
    try:
        body = read_json(exchange.request.body or b"{}")
    except ValueError:
        raise ServiceError(400, "InvalidArgument", "the body is not valid JSON") from None
    problems = check(schema, body, verb)
    if problems:
        raise ServiceError(400, "InvalidArgument", "; ".join(problems))
    normal: dict[str, Any] = schema.normal(body) or {}
    return normal


def limit_of(params: Mapping[str, str], *, default: int, most: int) -> int:
    """How many items are asked for.

    Raises:
        ServiceError: 400 `InvalidArgument`: it is no number from 1 to `most`.
    """
    text = params.get("limit", "") or str(default)
    limit = whole_number(text)
    if limit is None or not 1 <= limit <= most:
        message = f"limit must be from 1 to {most}, not {text[:_SHOWN]}"
        raise ServiceError(400, "InvalidArgument", message)
    return limit


def moment_of(params: Mapping[str, str], name: str) -> int | None:
    """A moment in milliseconds since 1970; None if none is given.

    Raises:
        ServiceError: 400 `InvalidArgument`: it is no such number.
    """
    text = params.get(name, "")
    moment = whole_number(text)
    if text and moment is None:
        message = f"{name} must be milliseconds, not {text[:_SHOWN]}"
        raise ServiceError(400, "InvalidArgument", message)
    return moment
