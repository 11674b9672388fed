"""Custom domains of runtimes: as declared, as the fake holds them, and as others make them."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_provider.kind import State

from .conftest import CODE, Stage

DOMAIN = "agents.example.com"
KIND = "RuntimeCustomDomain"
CERT = {
    "cert_name": "ours",
    "certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "private_key": "-----BEGIN RSA PRIVATE KEY-----\nMIIC\n-----END RSA PRIVATE KEY-----\n",
}
WIRE_CERT = {
    "certName": "theirs",
    "certificate": "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----",
    "privateKey": "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
}


@pytest.fixture
def neighbour(stage: Stage) -> State:
    """Another runtime, whose routes are somebody else's."""
    state = stage.create("Runtime", name="neighbour", code=CODE)
    stage.operations()
    return state


def inputs(runtime: State, **more: Any) -> dict[str, Any]:
    return {"runtime_id": runtime.id, "domain_name": DOMAIN, **more}


def bind(stage: Stage, runtime: State, **more: Any) -> State:
    return stage.create(KIND, **inputs(runtime, **more))


def live(stage: Stage, name: str = DOMAIN) -> dict[str, Any] | None:
    found = [r.fields for r in stage.cloud.records("fc_custom_domain") if r.name == name]
    return found[0] if found else None


def routes(stage: Stage) -> list[tuple[str, str]]:
    """Path and function of every route."""
    found = ((live(stage) or {}).get("routeConfig") or {}).get("routes") or []
    return [(route["path"], route["functionName"]) for route in found]


def function(runtime: State) -> str:
    return f"agentrun-{runtime.id}"


def made_elsewhere(stage: Stage, runtime: State, **body: Any) -> None:
    """A domain that somebody else made, with a route to a runtime at `/v1/*`."""
    whole = {
        "domainName": DOMAIN,
        "protocol": "HTTP",
        "routeConfig": {"routes": [{"path": "/v1/*", "functionName": function(runtime)}]},
        **body,
    }
    stage.session.client.call_fcv3("CreateCustomDomain", "POST", "/custom-domains", body=whole)
    stage.operations()


def change_elsewhere(stage: Stage, **body: Any) -> None:
    path = f"/custom-domains/{DOMAIN}"
    stage.session.client.call_fcv3("UpdateCustomDomain", "PUT", path, body=body)
    stage.operations()
