"""What a workspace tells about its agents to those who look for them (section 10.2)."""

from __future__ import annotations

import copy
from typing import Any

from ...lifecycle import touch
from ...routing import Exchange, Route
from ...schema import Field, Flag, ListOf, Object, Text, merged
from . import workspaces
from .envelope import body_of

_AGENT = Object(
    tuple(
        Field(name, Text())
        for name in ("agentName", "endpointName", "endpointUrl", "customDomainUrl")
    )
)
_ENDPOINT = Object(
    (
        Field("name", Text()),
        Field("credentialName", Text()),
        Field("returnAgentCredentialContent", Flag()),
        Field("agentEndpointConfigs", ListOf(_AGENT)),
    )
)
SCHEMA = Object((Field("credentialName", Text()), Field("discoveryEndpoints", ListOf(_ENDPOINT))))


def get(exchange: Exchange) -> dict[str, Any]:
    """GetWorkspaceDiscoveryEndpoints; an empty list if nothing was set."""
    settings = workspaces.need(exchange).internal.get("discovery", {})
    return {"discoveryEndpoints": [], **copy.deepcopy(settings)}


def update(exchange: Exchange) -> dict[str, Any]:
    """UpdateWorkspaceDiscoveryEndpoints: like all updates, it leaves alone what is left out."""
    record, assumed = workspaces.need(exchange), exchange.cloud.unverified
    body = body_of(exchange, SCHEMA, "update")
    record.internal["discovery"] = merged(
        SCHEMA, record.internal.get("discovery", {}), body, empty_clears=assumed.empty_clears
    )
    touch(record, exchange.cloud.clock.now())
    return get(exchange)


_PATH = "/workspaces/{workspace_id}/discovery/endpoints"
ROUTES = (
    Route("GET", _PATH, "GetWorkspaceDiscoveryEndpoints", get),
    Route("PUT", _PATH, "UpdateWorkspaceDiscoveryEndpoints", update),
)
