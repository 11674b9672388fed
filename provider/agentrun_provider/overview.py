"""A runtime as `info` tells it: the shape of `s info` (reference, section 9.2), and some more.

All functions take replies of the service and give plain data in the API's spelling.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from .client import path_segment
from .errors import NotFound
from .kinds.rollout import LATEST, traffic_text
from .kinds.runtime_calls import runtime_path
from .kinds.traffic import routing_inputs
from .session import Session
from .unverified import OWNER_TAG_PREFIX


def list_endpoints(session: Session, runtime_id: str) -> list[dict[str, Any]]:
    """All endpoints of a runtime as the service lists them, by name."""
    path = f"{runtime_path(runtime_id)}/endpoints"
    found = session.client.paginate("ListAgentRuntimeEndpoints", path)
    return sorted(found, key=lambda item: str(item.get("agentRuntimeEndpointName")))


def list_versions(session: Session, runtime_id: str) -> list[dict[str, Any]]:
    """The published versions of a runtime as the service lists them, newest first."""
    path = f"{runtime_path(runtime_id)}/versions"
    found = [
        item
        for item in session.client.paginate("ListAgentRuntimeVersions", path)
        if str(item.get("agentRuntimeVersion")).isdecimal()
    ]
    return sorted(found, key=lambda item: int(item["agentRuntimeVersion"]), reverse=True)


def version_overview(version: Mapping[str, Any]) -> dict[str, Any]:
    """A version as people see it: without the mark that this provider puts into descriptions."""
    return _filled(
        {
            "version": str(version.get("agentRuntimeVersion")),
            "publishedAt": version.get("lastUpdatedAt"),
            "description": _MARK.sub("", str(version.get("description") or "")),
        }
    )


_MARK = re.compile(rf" ?\[{re.escape(OWNER_TAG_PREFIX)}[0-9a-f]{{16}}\]$")


def read_concurrency(session: Session, runtime_id: str) -> int | None:
    """The reserved concurrency of a runtime; None if none is set."""
    path = f"/functions/{path_segment(f'agentrun-{runtime_id}')}/concurrency"
    try:
        reply = session.client.call_fcv3("GetConcurrencyConfig", "GET", path)
    except NotFound as refusal:
        if refusal.code != "OnDemandConfigNotFound":
            raise
        return None
    held = (reply or {}).get("reservedConcurrency")
    return None if held is None else int(held)


def is_managed(live: Mapping[str, Any]) -> bool:
    """Whether a stack of this provider made a runtime or has taken it over, as its tags tell."""
    return any(str(tag).startswith(OWNER_TAG_PREFIX) for tag in live.get("systemTags") or [])


def shares(endpoint: Mapping[str, Any]) -> dict[str, float]:
    """Which versions an endpoint's calls go to: the share of each, from 0 to 1."""
    inputs = _routing(endpoint)
    result: dict[str, float] = defaultdict(float)
    entries = inputs.get("version_weights") or []
    for entry in entries:
        result[str(entry["version"])] += float(entry["weight"])
    rest = 1.0 - sum(result.values())
    if rest > 0 or not entries:
        result[inputs["target_version"]] += rest
    return {version: round(share, 6) for version, share in result.items() if share > 0}


def traffic(endpoint: Mapping[str, Any]) -> str:
    """How an endpoint's calls are split, in words: `90 % v3, 10 % v4`."""
    return traffic_text(_routing(endpoint)) or ""


def endpoint_overview(endpoint: Mapping[str, Any]) -> dict[str, Any]:
    """An endpoint as `s info` tells it, with its traffic in words and its kept instances."""
    weights = (endpoint.get("routingConfiguration") or {}).get("versionWeights") or []
    scaling = endpoint.get("scalingStatus") or {}
    return _filled(
        {
            "id": endpoint.get("agentRuntimeEndpointId"),
            "arn": endpoint.get("agentRuntimeEndpointArn"),
            "name": endpoint.get("agentRuntimeEndpointName"),
            "url": endpoint.get("endpointPublicUrl"),
            "version": str(endpoint.get("targetVersion") or LATEST),
            "traffic": traffic(endpoint),
            "status": endpoint.get("status"),
            "statusReason": endpoint.get("statusReason"),
            "description": endpoint.get("description"),
            "disablePublicNetworkAccess": endpoint.get("disablePublicNetworkAccess"),
            "routingConfig": {"weights": weights} if weights else None,
            "scaling": _filled({key: scaling.get(key) for key in _SCALING}),
        }
    )


_SCALING = ("minInstances", "targetInstances", "currentInstances", "currentError")


def runtime_overview(
    live: Mapping[str, Any],
    endpoints: Iterable[Mapping[str, Any]],
    region: str,
    *,
    show_environment: bool = False,
) -> dict[str, Any]:
    """A runtime as `s info` tells it.

    Args:
        live: The runtime as the service has it.
        endpoints: Its endpoints, likewise.
        region: Where it is.
        show_environment: Whether to give the values of environment variables, which may be secret,
            and not only their names.
    """
    variables = live.get("environmentVariables") or {}
    return _filled(
        {
            "id": live.get("agentRuntimeId"),
            "arn": live.get("agentRuntimeArn"),
            "name": live.get("agentRuntimeName"),
            "version": live.get("agentRuntimeVersion"),
            "description": live.get("description"),
            "artifactType": live.get("artifactType"),
            "artifact": _artifact(live),
            "status": live.get("status"),
            "statusReason": live.get("statusReason"),
            "resources": _picked(live, "cpu", "memory", "diskSize", "port"),
            "timestamps": _picked(live, "createdAt", "lastUpdatedAt"),
            "sessions": _picked(
                live,
                "sessionConcurrencyLimitPerInstance",
                "sessionIdleTimeoutSeconds",
                "sessionAffinityType",
            ),
            "network": live.get("networkConfiguration"),
            "log": live.get("logConfiguration"),
            "executionRole": live.get("executionRoleArn"),
            "credential": live.get("credentialName"),
            "environmentVariables": dict(variables) if show_environment else sorted(variables),
            "ossMountConfig": live.get("ossMountConfig"),
            "region": region,
            "workspaceId": live.get("workspaceId"),
            "endpoints": [endpoint_overview(endpoint) for endpoint in endpoints],
        }
    )


def _artifact(live: Mapping[str, Any]) -> dict[str, Any]:
    # Keys of registries and packages themselves are not for showing.
    code, container = live.get("codeConfiguration") or {}, live.get("containerConfiguration") or {}
    if live.get("artifactType") == "Container":
        return _picked(container, "image", "imageRegistryType", "command")
    return _picked(code, "language", "command", "checksum")


def _routing(endpoint: Mapping[str, Any]) -> dict[str, Any]:
    declared: dict[str, Any] = {"version_weights": []}
    split = routing_inputs(declared, endpoint.get("routingConfiguration") or {})
    return {"target_version": str(endpoint.get("targetVersion") or LATEST), **split}


def _picked(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return _filled({name: data.get(name) for name in names})


def _filled(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in (None, "", {}, [])}
