"""What all operations of the control plane share: envelopes, bodies, paging (1.1, 1.2, 1.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...errors import ServiceError
from ...http import Response, json_response, read_json, whole_number
from ...routing import Exchange
from ...schema import Object, check
from ...store import Record

DEFAULT_PAGE_SIZE = 20


def refusal(error: ServiceError, request_id: str) -> Response:
    """The error envelope of the control plane and the data plane (1.6)."""
    body: dict[str, Any] = {
        "code": error.code,
        "message": error.message,
        "requestId": request_id,
    }
    if error.denied is not None:
        body["accessDeniedDetail"] = error.denied
    return json_response(error.status, body, error.headers)


def invalid(*problems: str) -> ServiceError:
    """400 with all problems at once; the service joins them with semicolons (1.6)."""
    return ServiceError(400, "ERR_VALIDATION_FAILED", "; ".join(problems))


def bad_request(message: str) -> ServiceError:
    """400 for a request that is well formed but not possible."""
    return ServiceError(400, "ERR_BAD_REQUEST", message)


def not_found(exchange: Exchange, what: str) -> ServiceError:
    """404; clients look for `does not exist`."""
    code = exchange.cloud.unverified.code_of_not_found
    return ServiceError(404, code, f"{what} does not exist")


def already_exists(exchange: Exchange, what: str) -> ServiceError:
    """The name is taken; clients look for `already exists`."""
    assumed = exchange.cloud.unverified
    return ServiceError(assumed.status_of_exists, assumed.code_of_exists, f"{what} already exists")


def conflict(exchange: Exchange, message: str) -> ServiceError:
    """A write in a state that forbids it."""
    assumed = exchange.cloud.unverified
    return ServiceError(assumed.busy_status or 409, assumed.code_of_conflict, message)


def body_of(exchange: Exchange, schema: Object, verb: str) -> dict[str, Any]:
    """The request's body, checked.

    Raises:
        ServiceError: 400 naming everything that is wrong.
    """
    try:
        body = read_json(exchange.request.body or b"{}")
    except ValueError:
        raise bad_request("the request body is not valid JSON") from None
    problems = check(schema, body, verb, exchange.cloud.unverified.refuse_unknown_fields)
    if problems:
        raise invalid(*problems)
    checked: dict[str, Any] = body
    return checked


def page(exchange: Exchange, items: Sequence[Any], key: str = "items") -> dict[str, Any]:
    """One page of a list, as asked for by `pageNumber` and `pageSize`."""
    number = _positive(exchange, "pageNumber", 1, None)
    size = _positive(
        exchange, "pageSize", DEFAULT_PAGE_SIZE, exchange.cloud.unverified.max_page_size
    )
    start = (number - 1) * size
    shown = list(items[start : start + size])
    return {key: shown, "pageNumber": number, "pageSize": size, "total": len(items)}


def _positive(exchange: Exchange, name: str, default: int, high: int | None) -> int:
    text = exchange.request.params.get(name, "")
    if not text:
        return default
    number = whole_number(text)
    if not number:
        raise invalid(f"{name} must be a positive integer, not {text[:40]!r}")
    if high is not None and number > high:
        raise invalid(f"{name} must be from 1 to {high}, not {number}")
    return number


def words(exchange: Exchange, *names: str) -> set[str]:
    """Values of comma-separated query parameters, all in one set."""
    params = exchange.request.params
    parts = [part.strip() for name in names for part in params.get(name, "").split(",")]
    return {part for part in parts if part}


def matches_name(exchange: Exchange, parameter: str, name: str) -> bool:
    """Whether a name passes the list's name filter under its `searchMode`."""
    wanted = exchange.request.params.get(parameter, "")
    mode = exchange.request.params.get("searchMode") or exchange.cloud.unverified.search_default
    return not wanted or (name == wanted if mode == "exact" else wanted in name)


def observed(exchange: Exchange, records: Sequence[Record]) -> list[Record]:
    """The records that are still there when looked at, newest first."""
    seen = [exchange.cloud.lifecycle.observe(exchange.scope, record) for record in records]
    return [record for record in reversed(seen) if record is not None]
