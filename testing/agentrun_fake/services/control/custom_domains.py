"""Custom domains (section 10.9). They have neither id, workspace nor status.

Not modelled: DNS, certificates' contents, and traffic through a domain.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from ...routing import Exchange
from ...schema import Field, Flag, ListOf, Object, Text
from ...store import Record
from . import shapes
from .collection import Collection

_HTTPS = ("HTTPS", "HTTP,HTTPS")
_ROUTE = Object(
    (
        Field("path", Text()),
        Field("methods", ListOf(Text())),
        Field("resourceType", Text(choices=("runtime", "flow"))),
        Field("resourceName", Text()),
        Field("agentRuntimeEndpointName", Text()),
        Field("flowEndpointName", Text()),
        Field(
            "compatibleProtocol",
            Text(choices=("native", "openai", "dify-workflow", "dify-chatflow")),
        ),
        Field("removeBasePathOnForward", Flag()),
    )
)
SCHEMA = Object(
    (
        Field(
            "domainName",
            Text(
                r"(?=.{1,253}$)(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63}"
            ),
            "C-G",
            required=True,
        ),
        Field("protocol", Text(choices=("HTTP", *_HTTPS)), required=True),
        Field("domainType", Text(choices=("STANDARD", "SANDBOX")), "C-G"),
        Field(
            "certConfig",
            Object(
                (
                    Field("certName", Text(r"[a-zA-Z_][a-zA-Z0-9_-]{0,127}")),
                    Field("certificate", Text()),
                    # Whether it is returned is an assumption: `returns_passwords`.
                    Field("privateKey", Text(), "CU-"),
                )
            ),
        ),
        Field(
            "tlsConfig",
            Object(
                (
                    Field("cipherSuites", ListOf(Text())),
                    Field("minVersion", Text()),
                    Field("maxVersion", Text()),
                )
            ),
        ),
        Field("routeConfig", Object((Field("routes", ListOf(_ROUTE)),))),
        Field("description", shapes.DESCRIPTION),
    )
)


def _problems(fields: Mapping[str, Any]) -> Iterator[str]:
    if fields["protocol"] in _HTTPS and "certConfig" not in fields:
        yield f"certConfig is required when protocol is {fields['protocol']}"
    paths = [route.get("path") for route in _routes(fields)]
    for path in sorted({path for path in paths if path and paths.count(path) > 1}):
        yield f"routeConfig.routes has the path {path} more than once"


def _routes(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = fields.get("routeConfig", {}).get("routes", [])
    return found


def _complete(exchange: Exchange, record: Record, shown: dict[str, Any]) -> None:
    """A route to a flow names the endpoint `Default` unless it says another."""
    for route in _routes(shown):
        if route.get("resourceType") == "flow":
            route.setdefault("flowEndpointName", "Default")
    if exchange.cloud.unverified.returns_passwords and "certConfig" in shown:
        shown["certConfig"] = copy.deepcopy(record.fields["certConfig"])


COLLECTION = Collection(
    kind="custom_domain",
    path="/agents/custom-domains",
    operations=(
        "CreateCustomDomain",
        "ListCustomDomains",
        "GetCustomDomain",
        "UpdateCustomDomain",
        "DeleteCustomDomain",
    ),
    schema=SCHEMA,
    name_field="domainName",
    filters={
        "domainType": "domainType",
        "resourceName": lambda record: {
            route.get("resourceName", "") for route in _routes(record.fields)
        },
        "resourceType": lambda record: {
            route.get("resourceType", "") for route in _routes(record.fields)
        },
    },
    problems=_problems,
    complete=_complete,
)
ROUTES = COLLECTION.routes
