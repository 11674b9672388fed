"""Reading lines of a logstore: `GetLogs`, with its parameters in the query, and `GetLogsV2`, with
them in the body.

Not modelled: analysis statements, highlights, scans, and the compressed replies that clients allow
but don't need.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ServiceError
from ..http import Response, json_response, whole_number
from ..log_query import QueryError
from ..log_store import LogLine, LogPage
from ..routing import Exchange
from ..schema import Field, Flag, Number, Object, Text, check
from ..store import Record

MOST_PER_PAGE = 100
_MOMENT = Number(0, 2**32, whole=True)
_PARAMETERS = Object(
    (
        Field("from", _MOMENT, required=True),
        Field("to", _MOMENT, required=True),
        Field("query", Text()),
        Field("topic", Text()),
        Field("line", Number(0, MOST_PER_PAGE, whole=True)),
        Field("offset", Number(0, whole=True)),
        Field("reverse", Flag()),
    )
)
_NUMBERS = ("from", "to", "line", "offset")


def get_logs(exchange: Exchange, logstore: Record) -> Response:
    """GetLogs: a bare list, all else in headers."""
    given: dict[str, Any] = {
        name: value
        for name, value in exchange.request.params.items()
        if _PARAMETERS.field(name) and value
    }
    for name in _NUMBERS:
        if name in given:
            number = whole_number(given[name])
            given[name] = given[name] if number is None else number
    if "reverse" in given:
        given["reverse"] = {"true": True, "false": False}.get(given["reverse"], given["reverse"])
    page = _find(exchange, logstore, given)
    headers = [
        ("x-log-requestid", exchange.request_id),
        ("x-log-progress", "Complete"),
        ("x-log-count", str(len(page.lines))),
    ]
    return json_response(200, [_shown(item) for item in page.lines], headers)


def get_logs_v2(exchange: Exchange, logstore: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """GetLogsV2: lines with an account of the search."""
    page = _find(exchange, logstore, given)
    meta = {
        "progress": "Complete",
        "count": len(page.lines),
        "processedRows": page.total,
        "elapsedMillisecond": 0,
        "hasSQL": False,
        "isAccurate": True,
        "whereQuery": given.get("query", ""),
        "aggQuery": "",
    }
    return {"meta": meta, "data": [_shown(item) for item in page.lines]}


def _find(exchange: Exchange, logstore: Record, given: Mapping[str, Any]) -> LogPage:
    problems = check(_PARAMETERS, given, "create", refuse_unknown=False)
    if problems:
        raise ServiceError(400, "ParameterInvalid", "; ".join(problems))
    if given["from"] >= given["to"]:
        raise ServiceError(400, "InvalidTimeRange", "request time range is invalid")
    if "index" not in logstore.internal:
        text = f"logstore {logstore.name} has no index, so it can't be searched"
        raise ServiceError(400, "IndexConfigNotExist", text)
    project = logstore.id.partition("/")[0]
    try:
        return exchange.cloud.logs.query(
            exchange.scope,
            project,
            logstore.name,
            given["from"],
            given["to"],
            given.get("query") or "",
            topic=given.get("topic") or "",
            line=given.get("line", MOST_PER_PAGE),
            offset=given.get("offset", 0),
            reverse=given.get("reverse", False),
        )
    except QueryError as error:
        raise ServiceError(400, "InvalidQueryString", str(error)) from error


def _shown(item: LogLine) -> dict[str, str]:
    """A line as replies show it; all values are text."""
    return {
        **item.fields,
        "__time__": str(int(item.time)),
        "__source__": item.source,
        "__topic__": item.topic,
    }
