"""Workspaces (section 10.2)."""

from __future__ import annotations

from typing import Any

from ...clock import iso_time
from ...routing import Exchange, Route
from ...schema import Field, Flag, Object, Text, merged
from ...store import Record
from . import shapes
from .envelope import already_exists, bad_request, body_of, invalid, matches_name, not_found, page

KIND = "workspace"
DEFAULT_NAME = "default"
SCHEMA = Object(
    (
        Field("name", Text(shapes.NAME), "C-G", required=True),
        Field("description", shapes.DESCRIPTION),
        Field("resourceGroupId", Text(), "C-G"),
        Field("enablePresetModel", Flag(), "C--"),
    )
)


def default(exchange: Exchange) -> Record:
    """The workspace that every account has in every region."""
    for record in exchange.cloud.store.all(exchange.scope, KIND):
        if record.internal.get("default"):
            return record
    return _add(exchange, {"name": DEFAULT_NAME}, is_default=True)


def check_exists(exchange: Exchange, workspace_id: str) -> None:
    """Refuse a workspace that does not exist.

    Raises:
        ServiceError: 400.
    """
    if exchange.cloud.store.get(exchange.scope, KIND, workspace_id) is None:
        raise invalid(f"workspaceId: workspace {workspace_id} does not exist")


def create(exchange: Exchange) -> dict[str, Any]:
    """CreateWorkspace."""
    default(exchange)
    body = body_of(exchange, SCHEMA, "create")
    exchange.mark["resource"] = f"{KIND}/{body['name']}"
    for other in exchange.cloud.store.all(exchange.scope, KIND):
        if other.name == body["name"]:
            raise already_exists(exchange, f"workspace {other.name}")
    return _shown(exchange, _add(exchange, merged(SCHEMA, {}, body)))


def list_all(exchange: Exchange) -> dict[str, Any]:
    """ListWorkspaces: the list's key is `workspaces`, the name filter matches partly."""
    default(exchange)
    group = exchange.request.params.get("resourceGroupId", "")
    found = [
        _shown(exchange, record)
        for record in exchange.cloud.store.all(exchange.scope, KIND)
        if matches_name(exchange, "name", record.name)
        and (not group or record.fields.get("resourceGroupId") == group)
    ]
    return page(exchange, found, "workspaces")


def get(exchange: Exchange) -> dict[str, Any]:
    """GetWorkspace."""
    return _shown(exchange, need(exchange))


def update(exchange: Exchange) -> dict[str, Any]:
    """UpdateWorkspace: the description only."""
    record = need(exchange)
    body = body_of(exchange, SCHEMA, "update")
    record.fields = merged(SCHEMA, record.fields, body)
    record.updated_at = exchange.cloud.clock.now()
    return _shown(exchange, record)


def delete(exchange: Exchange) -> dict[str, Any]:
    """DeleteWorkspace; not the default one, and not one that holds runtimes."""
    record = need(exchange)
    if record.internal.get("default"):
        raise bad_request("the default workspace can't be deleted")
    for runtime in exchange.cloud.store.all(exchange.scope, "runtime"):
        if runtime.fields.get("workspaceId") == record.id:
            raise bad_request(f"workspace {record.name} still holds runtime {runtime.name}")
    exchange.cloud.store.remove(exchange.scope, record)
    return {"workspaceId": record.id}


def _add(exchange: Exchange, fields: dict[str, Any], *, is_default: bool = False) -> Record:
    cloud = exchange.cloud
    now = cloud.clock.now()
    internal = {"default": is_default}
    record = Record(KIND, cloud.ids.uuid(), fields["name"], fields, now, now, internal=internal)
    return cloud.store.add(exchange.scope, record)


def need(exchange: Exchange) -> Record:
    """The workspace that the path names.

    Raises:
        ServiceError: 404.
    """
    default(exchange)
    workspace_id = exchange.path["workspace_id"]
    record = exchange.cloud.store.get(exchange.scope, KIND, workspace_id)
    exchange.mark["resource"] = f"{KIND}/{record.name if record else workspace_id}"
    if record is None:
        raise not_found(exchange, f"workspace {workspace_id}")
    return record


def _shown(exchange: Exchange, record: Record) -> dict[str, Any]:
    scope = exchange.scope
    return {
        **SCHEMA.returned(record.fields),
        "workspaceId": record.id,
        "workspaceArn": f"acs:agentrun:{scope.region}:{scope.account_id}:workspaces/{record.id}",
        "isDefault": bool(record.internal.get("default")),
        "createdAt": iso_time(record.created_at),
        "updatedAt": iso_time(record.updated_at),
    }


ROUTES = (
    Route("POST", "/workspaces", "CreateWorkspace", create),
    Route("GET", "/workspaces", "ListWorkspaces", list_all),
    Route("GET", "/workspaces/{workspace_id}", "GetWorkspace", get),
    Route("PUT", "/workspaces/{workspace_id}", "UpdateWorkspace", update),
    Route("DELETE", "/workspaces/{workspace_id}", "DeleteWorkspace", delete),
)
