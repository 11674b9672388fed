"""Agent runtimes (section 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ... import machine
from ...machine import Event
from ...routing import Exchange, Route
from ...schema import merged
from ...store import Record
from . import endpoints, versions, workspaces
from .envelope import (
    already_exists,
    bad_request,
    body_of,
    invalid,
    matches_name,
    observed,
    page,
    words,
)
from .packages import Package, fetch
from .runtime_access import KIND, check_at_rest, look, need, shown
from .runtime_fields import SCHEMA, normalised, problems_of, source_problems


def create(exchange: Exchange) -> dict[str, Any]:
    """CreateAgentRuntime: answers at once, with CREATING."""
    cloud, scope = exchange.cloud, exchange.scope
    body = body_of(exchange, SCHEMA, "create")
    exchange.mark["resource"] = f"{KIND}/{body['agentRuntimeName']}"
    fields = _put_together(exchange, {}, body)
    limit = cloud.unverified.session_concurrency_default
    if limit is not None:
        fields.setdefault("sessionConcurrencyLimitPerInstance", limit)
    fields.setdefault("workspaceId", workspaces.default(exchange).id)
    workspaces.check_exists(exchange, fields["workspaceId"])
    _check_free(exchange, fields["agentRuntimeName"], fields["workspaceId"])
    package = _package(exchange, body)
    now = cloud.clock.now()
    name = fields["agentRuntimeName"]
    record = Record(KIND, cloud.ids.uuid(), name, fields, now, now, status=machine.ABSENT)
    _take(record, package)
    cloud.lifecycle.begin(record, Event.CREATE, exchange.outcome, package and package.problem)
    cloud.store.add(scope, record)
    if cloud.settings.run:
        cloud.programs.prove(scope, record)
    if cloud.unverified.default_endpoint:
        endpoints.add(exchange, record, {"agentRuntimeEndpointName": "Default"})
    return shown(exchange, record)


def get(exchange: Exchange) -> dict[str, Any]:
    """GetAgentRuntime: the draft, or with `agentRuntimeVersion` the snapshot of a version."""
    record = look(exchange, need(exchange))
    version = exchange.request.params.get("agentRuntimeVersion", "")
    if version in ("", exchange.cloud.unverified.latest_name):
        return shown(exchange, record)
    return versions.shown_runtime(exchange, record, version)


def list_all(exchange: Exchange) -> dict[str, Any]:
    """ListAgentRuntimes: whole objects, newest first."""
    places = words(exchange, "workspaceId", "workspaceIds")
    groups = words(exchange, "resourceGroupId", "discoveryResourceGroupId")
    tags = words(exchange, "systemTags")
    found = [
        record
        for record in exchange.cloud.store.all(exchange.scope, KIND)
        if matches_name(exchange, "agentRuntimeName", record.name)
        and (not places or record.fields.get("workspaceId") in places)
        and (not groups or record.fields.get("resourceGroupId") in groups)
        and (not tags or tags & set(record.fields.get("systemTags", [])))
    ]
    statuses = words(exchange, "status")
    seen = observed(exchange, found)
    wanted = [record for record in seen if not statuses or record.status in statuses]
    result = page(exchange, wanted)
    result["items"] = [shown(exchange, record) for record in result["items"]]
    return result


def update(exchange: Exchange) -> dict[str, Any]:
    """UpdateAgentRuntime: merges at the top level, answers with UPDATING."""
    cloud = exchange.cloud
    record = need(exchange)
    body = body_of(exchange, SCHEMA, "update")
    check_at_rest(exchange, record, "be updated")
    fields = _put_together(exchange, record.fields, _fixed_left_out(exchange, record, body))
    fields.setdefault("workspaceId", workspaces.default(exchange).id)
    workspaces.check_exists(exchange, fields["workspaceId"])
    if fields["agentRuntimeName"] != record.name:
        _check_free(exchange, fields["agentRuntimeName"], fields["workspaceId"])
    package = _package(exchange, body)
    cloud.lifecycle.begin(record, Event.UPDATE, exchange.outcome, package and package.problem)
    record.fields, record.name = fields, fields["agentRuntimeName"]
    _take(record, package)
    if cloud.settings.run:
        if body.get("forceEvictInstances"):
            cloud.programs.evict(exchange.scope, record)
        cloud.programs.prove(exchange.scope, record)
    return shown(exchange, record)


def delete(exchange: Exchange) -> dict[str, Any]:
    """DeleteAgentRuntime: answers with the id only; a second one while DELETING succeeds."""
    cloud = exchange.cloud
    record = need(exchange)
    left = [
        item.name
        for item in cloud.store.all(exchange.scope, "endpoint", record.id)
        if item.status != machine.DELETING
    ]
    if left and cloud.unverified.delete_with_endpoints == "refuse":
        names = ", ".join(left)
        raise bad_request(f"agent runtime {record.name} still has endpoints: {names}")
    cloud.lifecycle.begin(record, Event.DELETE, exchange.outcome)
    return {"agentRuntimeId": record.id}


def _put_together(
    exchange: Exchange, old: Mapping[str, Any], body: Mapping[str, Any]
) -> dict[str, Any]:
    """Stored fields after a body.

    Raises:
        ServiceError: 400 naming what is wrong with them.
    """
    assumed = exchange.cloud.unverified
    deep = assumed.merge == "deep"
    clears = assumed.empty_clears or not old
    fields = merged(SCHEMA, old, body, deep=deep, empty_clears=clears)
    problems = list(problems_of(fields, assumed))
    if body.get("codeConfiguration"):
        code = fields.get("codeConfiguration", {})
        problems += source_problems(body["codeConfiguration"] if not deep else code)
    if problems:
        raise invalid(*problems)
    return normalised(fields)


def _fixed_left_out(exchange: Exchange, record: Record, body: dict[str, Any]) -> dict[str, Any]:
    """Treat what may be fixed after create as the assumptions say."""
    assumed = exchange.cloud.unverified
    modes = {"agentRuntimeName": assumed.rename_on_put, "artifactType": assumed.artifact_switch}
    modes["workspaceId"] = "move" if assumed.workspace_moves else "ignore"
    kept = dict(body)
    for name, mode in modes.items():
        if name not in body or body[name] == record.fields.get(name):
            continue
        if mode == "refuse":
            raise invalid(f"{name} can't be changed")
        if mode == "ignore":
            del kept[name]
    return kept


def _check_free(exchange: Exchange, name: str, workspace_id: str) -> None:
    per_workspace = exchange.cloud.unverified.name_scope == "workspace"
    for other in exchange.cloud.store.all(exchange.scope, KIND):
        same_place = other.fields.get("workspaceId") == workspace_id
        if other.name == name and (same_place or not per_workspace):
            raise already_exists(exchange, f"agent runtime {name}")


def _package(exchange: Exchange, body: Mapping[str, Any]) -> Package | None:
    """The package a body names, if it names one.

    Raises:
        ServiceError: 400, it can't be used and that is refused at once.
    """
    code = body.get("codeConfiguration")
    if not code:
        return None
    cloud = exchange.cloud
    package = fetch(cloud.store, exchange.scope.region, code, cloud.unverified)
    if package.problem and cloud.unverified.bad_code == "refuse":
        raise invalid(package.problem)
    return package


def _take(record: Record, package: Package | None) -> None:
    """Keep the package apart from the fields: it may be large, and versions share it."""
    if package is not None:
        record.internal.update(package=package.digest, inline=package.inline)
        record.fields["codeConfiguration"].pop("zipFile", None)


ROUTES = (
    Route("POST", "/agents/runtimes", "CreateAgentRuntime", create),
    Route("GET", "/agents/runtimes", "ListAgentRuntimes", list_all),
    Route("GET", "/agents/runtimes/{runtime_id}", "GetAgentRuntime", get),
    Route("PUT", "/agents/runtimes/{runtime_id}", "UpdateAgentRuntime", update),
    Route("DELETE", "/agents/runtimes/{runtime_id}", "DeleteAgentRuntime", delete),
)
