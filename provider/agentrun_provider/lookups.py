"""Questions a program may ask about what exists, in this stack or elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import ConfigError
from .kinds.endpoint_inputs import EndpointInputs, EndpointOutputs
from .kinds.runtime_body import live_inputs
from .kinds.runtime_calls import PATH, find_by_id, find_by_name, runtime_path
from .kinds.runtime_inputs import RuntimeOutputs
from .kinds.traffic import routing_inputs
from .session import Session
from .wire import from_wire

_LATEST = "LATEST"


def get_runtime(
    session: Session, *, name: str | None = None, runtime_id: str | None = None
) -> dict[str, Any]:
    """One runtime, by its name or its id.

    Returns:
        `id`, the fields of the inputs and of the outputs, by their Python names.

    Raises:
        ConfigError: There is none, or not exactly one of name and id is given.
    """
    if (name is None) == (runtime_id is None):
        raise ConfigError("give either the name or the id of the runtime to look up")
    live = find_by_id(session, str(runtime_id)) if name is None else find_by_name(session, name)
    if live is None:
        raise ConfigError(
            f"there is no runtime {name or runtime_id} in {session.settings.region}",
            "check the name and the region, or deploy the stack that makes it first",
        )
    return _runtime(live)


def list_runtimes(
    session: Session, *, name_prefix: str = "", system_tag: str | None = None
) -> list[dict[str, Any]]:
    """All runtimes of the region whose name begins so, and that carry the tag if one is given."""
    query = {"systemTags": system_tag} if system_tag else {}
    found = session.client.paginate("ListAgentRuntimes", PATH, query)
    return [
        _runtime(live)
        for live in found
        if str(live.get("agentRuntimeName", "")).startswith(name_prefix)
        and (system_tag is None or system_tag in (live.get("systemTags") or []))
    ]


def get_runtime_endpoint(session: Session, *, runtime_id: str, name: str) -> dict[str, Any]:
    """One endpoint of a runtime, by its name.

    Raises:
        ConfigError: The runtime has none of that name.
    """
    path = f"{runtime_path(runtime_id)}/endpoints"
    query = {"endpointName": name, "searchMode": "exact"}
    for live in session.client.paginate("ListAgentRuntimeEndpoints", path, query):
        if live.get("agentRuntimeEndpointName") == name:
            fields = from_wire(EndpointInputs, live) | from_wire(EndpointOutputs, live)
            fields |= routing_inputs(
                {"version_weights": []}, live.get("routingConfiguration") or {}
            )
            return {"id": f"{runtime_id}/{live['agentRuntimeEndpointId']}", **fields}
    raise ConfigError(
        f"runtime {runtime_id} has no endpoint named {name}",
        "check the name, or deploy the stack that makes it first",
    )


def list_runtime_versions(session: Session, *, runtime_id: str) -> list[dict[str, Any]]:
    """The published versions of a runtime, newest first; `LATEST` is none of them."""
    path = f"{runtime_path(runtime_id)}/versions"
    found = [
        {
            "version": str(item["agentRuntimeVersion"]),
            "description": item.get("description"),
            "published_at": item.get("lastUpdatedAt"),
        }
        for item in session.client.paginate("ListAgentRuntimeVersions", path)
        if str(item.get("agentRuntimeVersion")) != _LATEST
    ]
    return sorted(found, key=lambda item: int(item["version"]), reverse=True)


def _runtime(live: Mapping[str, Any]) -> dict[str, Any]:
    fields = live_inputs({}, live) | from_wire(RuntimeOutputs, live)
    return {"id": str(live["agentRuntimeId"]), **fields}
