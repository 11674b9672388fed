"""Custom domains of Function Compute 3.0 (section 8.5): routes from a domain's paths to functions.

Bodies follow the models of the official SDK. An update keeps what it leaves out, as updates of
AgentRun do (2.6); nothing shows it for domains. Codes are those that clients look for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from ..errors import ServiceError
from ..http import Response
from ..routing import Exchange, Route
from ..schema import Field, Flag, ListOf, Number, Object, Text
from ..store import Record, Scope
from .fc3_requests import body_of, limit_of

KIND = "fc_custom_domain"
_FUNCTION_PREFIX = "agentrun-"
_HTTPS = ("HTTPS", "HTTP,HTTPS")
_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_TLS_VERSIONS = ("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_RULES = ListOf(
    Object(
        (
            Field("match", Text(), required=True),
            Field("replacement", Text(), required=True),
        )
    )
)
_ROUTE = Object(
    (
        Field("path", Text("/.*"), required=True),
        Field("functionName", Text(), required=True),
        Field("qualifier", Text()),
        Field(
            "methods",
            ListOf(Text(choices=("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"))),
        ),
        Field(
            "rewriteConfig",
            Object(
                (
                    Field("equalRules", _RULES),
                    Field("regexRules", _RULES),
                    Field("wildcardRules", _RULES),
                )
            ),
        ),
    )
)
_CERTIFICATE = Object(
    (
        Field("certName", Text("[a-zA-Z_][a-zA-Z0-9_-]{0,127}"), required=True),
        Field("certificate", Text("(?s)-----BEGIN .*"), required=True),
        # Whether it is returned is an assumption: `returns_passwords`.
        Field("privateKey", Text("(?s)-----BEGIN .*", secret=True), "CU-", required=True),
    )
)
SCHEMA = Object(
    (
        Field(
            "domainName",
            Text(rf"(?=.{{1,256}}$)(?:\*\.)?(?:{_LABEL}\.)+[a-zA-Z]{{2,63}}"),
            "C-G",
            required=True,
        ),
        Field("protocol", Text(choices=("HTTP", *_HTTPS))),
        Field("routeConfig", Object((Field("routes", ListOf(_ROUTE)),))),
        Field("certConfig", _CERTIFICATE),
        Field(
            "tlsConfig",
            Object(
                (
                    Field("minVersion", Text(choices=_TLS_VERSIONS), required=True),
                    Field("maxVersion", Text(choices=_TLS_VERSIONS)),
                    Field("cipherSuites", ListOf(Text())),
                )
            ),
        ),
        Field(
            "authConfig",
            Object(
                (
                    Field("authType", Text(choices=("anonymous", "function", "jwt"))),
                    Field("authInfo", Text()),
                )
            ),
        ),
        Field("wafConfig", Object((Field("enableWAF", Flag()),))),
        Field(
            "corsConfig",
            Object(
                (
                    Field("allowCredentials", Flag()),
                    Field("allowHeaders", ListOf(Text())),
                    Field("allowMethods", ListOf(Text())),
                    Field("allowOrigins", ListOf(Text())),
                    Field("exposeHeaders", ListOf(Text())),
                    Field("maxAge", Number(0, whole=True)),
                )
            ),
        ),
    )
)


def create(exchange: Exchange) -> dict[str, Any]:
    """CreateCustomDomain: 409 `DomainNameAlreadyExists` if it is there."""
    fields = body_of(exchange, "create", SCHEMA)
    name = fields["domainName"]
    exchange.mark["resource"] = f"domain/{name}"
    if exchange.cloud.store.get(exchange.scope, KIND, name) is not None:
        raise ServiceError(409, "DomainNameAlreadyExists", f"domain name {name} already exists")
    fields.setdefault("protocol", "HTTP")
    _refuse_bad(exchange, fields, set())
    now = exchange.cloud.clock.now()
    record = Record(KIND, name, name, fields, now, now)
    exchange.cloud.store.add(exchange.scope, record)
    return _shown(exchange, record)


def get(exchange: Exchange) -> dict[str, Any]:
    """GetCustomDomain: 404 `DomainNameNotFound`."""
    return _shown(exchange, _need(exchange))


def update(exchange: Exchange) -> dict[str, Any]:
    """UpdateCustomDomain: what is left out keeps its value."""
    record = _need(exchange)
    fields = {**record.fields, **body_of(exchange, "update", SCHEMA)}
    _refuse_bad(exchange, fields, {route["functionName"] for route in _routes(record.fields)})
    record.fields = fields
    record.updated_at = exchange.cloud.clock.now()
    return _shown(exchange, record)


def delete(exchange: Exchange) -> Response:
    """DeleteCustomDomain: an empty reply."""
    exchange.cloud.store.remove(exchange.scope, _need(exchange))
    return Response(204, headers=(("x-fc-request-id", exchange.request_id),))


def list_all(exchange: Exchange) -> dict[str, Any]:
    """ListCustomDomains, in pages told by a token."""
    params = exchange.request.params
    limit = limit_of(params, default=20, most=100)
    found = sorted(
        (
            record
            for record in exchange.cloud.store.all(exchange.scope, KIND)
            if record.name > params.get("nextToken", "")
            and record.name.startswith(params.get("prefix", ""))
        ),
        key=lambda record: record.name,
    )
    shown = found[:limit]
    result: dict[str, Any] = {"customDomains": [_shown(exchange, record) for record in shown]}
    if len(found) > len(shown):
        result["nextToken"] = shown[-1].name
    return result


def _refuse_bad(exchange: Exchange, fields: Mapping[str, Any], known: Collection[str]) -> None:
    """What concerns several fields, or functions; a `known` one may have gone since."""
    problems = list(_problems(fields))
    if problems:
        raise ServiceError(400, "InvalidArgument", "; ".join(problems))
    for route in _routes(fields):
        name = route["functionName"]
        runtime_id = name.removeprefix(_FUNCTION_PREFIX)
        runtime = exchange.cloud.store.get(exchange.scope, "runtime", runtime_id)
        if name not in known and (runtime is None or runtime_id == name):
            raise ServiceError(404, "FunctionNotFound", f"function {name} does not exist")


def _problems(fields: Mapping[str, Any]) -> Iterator[str]:
    if fields["protocol"] in _HTTPS and "certConfig" not in fields:
        yield f"certConfig is required when protocol is {fields['protocol']}"
    paths = [route["path"] for route in _routes(fields)]
    for path in sorted({path for path in paths if paths.count(path) > 1}):
        yield f"routeConfig.routes has the path {path} more than once"


def _routes(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = fields.get("routeConfig", {}).get("routes", [])
    return found


def _need(exchange: Exchange) -> Record:
    name = exchange.path["domain"]
    exchange.mark["resource"] = f"domain/{name}"
    record = exchange.cloud.store.get(exchange.scope, KIND, name)
    if record is None:
        raise ServiceError(404, "DomainNameNotFound", f"domain name {name} does not exist")
    return record


def _shown(exchange: Exchange, record: Record) -> dict[str, Any]:
    scope: Scope = exchange.scope
    shown: dict[str, Any] = SCHEMA.returned(record.fields)
    if exchange.cloud.unverified.returns_passwords and "certConfig" in shown:
        shown["certConfig"] = dict(record.fields["certConfig"])
    return {
        **shown,
        "accountId": scope.account_id,
        "apiVersion": "2023-03-30",
        "createdTime": _time(record.created_at),
        "lastModifiedTime": _time(record.updated_at),
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


ROUTES = (
    Route("POST", "/custom-domains", "CreateCustomDomain", create),
    Route("GET", "/custom-domains", "ListCustomDomains", list_all),
    Route("GET", "/custom-domains/{domain}", "GetCustomDomain", get),
    Route("PUT", "/custom-domains/{domain}", "UpdateCustomDomain", update),
    Route("DELETE", "/custom-domains/{domain}", "DeleteCustomDomain", delete),
)
