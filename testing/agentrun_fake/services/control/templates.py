"""Sandbox templates (section 10.5), and switching their MCP server on and off.

Not modelled: `resourceName`, the tools an MCP server really offers, and sandboxes made from a
template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ... import machine
from ...lifecycle import touch
from ...routing import Exchange, Route
from ...schema import Anything, Field, Flag, ListOf, MapOf, Number, Object, Text
from ...store import Record
from ..addresses import data_plane_url
from . import shapes
from .collection import Collection
from .envelope import body_of
from .runtime_fields import show_secrets

_OSS = Object(
    (
        Field("bucketName", Text(), required=True),
        Field("mountPoint", Text(), required=True),
        Field("prefix", Text(), required=True),
        Field("permission", Text(choices=("READ_WRITE", "READ_ONLY"))),
        Field("region", Text()),
        Field("endpoint", Text()),
    )
)
_SECONDS = Number(0, whole=True)
_AS_TEXT = ("sandboxIdleTimeoutInSeconds", "sandboxTTLInSeconds")
_LARGE_DISK = ("Browser", "AllInOne")
SCHEMA = Object(
    (
        Field("templateName", shapes.FREE_NAME, "C-G", required=True),
        Field(
            "templateType",
            Text(choices=("CodeInterpreter", "Browser", "AllInOne", "CustomImage")),
            "C-G",
            required=True,
        ),
        Field("cpu", shapes.CPU, required=True, label="CPU"),
        Field("memory", shapes.MEMORY, required=True),
        Field("networkConfiguration", shapes.NETWORK, required=True),
        Field("diskSize", shapes.DISK, "C-G"),
        Field("containerConfiguration", shapes.CONTAINER),
        Field("credentialConfiguration", Object((Field("credentialName", Text()),))),
        # Tests against the real service did not see it again.
        Field("description", shapes.DESCRIPTION, "CU-"),
        Field("environmentVariables", MapOf(Text())),
        Field("executionRoleArn", shapes.ROLE),
        Field("logConfiguration", shapes.LOG),
        Field("nasConfig", shapes.NAS),
        Field("ossConfiguration", ListOf(_OSS)),
        Field("sandboxIdleTimeoutInSeconds", _SECONDS),
        Field("sandboxTTLInSeconds", _SECONDS),
        Field("scalingConfig", shapes.SCALING, "CU-"),
        Field("armsConfiguration", shapes.ARMS, "CU-"),
        Field("templateConfiguration", MapOf(Anything())),
        Field("allowAnonymousManage", Flag()),
        Field("enableAgent", Flag()),
        Field("enablePreStop", Flag()),
        Field("preStopTimeoutInSeconds", _SECONDS),
        Field("workspaceId", Text()),
    )
)
_ACTIVATION = Object((Field("enabledTools", ListOf(Text())), Field("transport", Text())))


def _problems(fields: Mapping[str, Any]) -> Iterator[str]:
    kind = fields["templateType"]
    if kind in _LARGE_DISK and fields.get("diskSize", 10240) != 10240:
        yield f"diskSize must be 10240 when templateType is {kind}"
    if kind == "CustomImage" and "containerConfiguration" not in fields:
        yield "containerConfiguration is required when templateType is CustomImage"


def _complete(exchange: Exchange, record: Record, shown: dict[str, Any]) -> None:
    scope, cloud = exchange.scope, exchange.cloud
    for name in _AS_TEXT:
        if name in shown:
            shown[name] = str(shown[name])
    arn = f"acs:agentrun:{scope.region}:{scope.account_id}:templates/{record.id}"
    shown.update(templateArn=arn, templateVersion=cloud.unverified.template_version)
    show_secrets(shown, record, cloud.unverified, cloud.store.blobs)
    scaling = record.fields.get("scalingConfig")
    if scaling:
        ready = record.status == machine.READY
        shown["scalingStatus"] = shapes.scaling_status(scaling, ready=ready)
    options = record.internal.get("mcp")
    if options is not None:
        path = f"/templates/{quote(record.name, safe='')}/mcp"
        endpoint = data_plane_url(cloud, scope) + path
        shown.update(mcpOptions=options, mcpState={"status": "READY", "accessEndpoint": endpoint})


COLLECTION = Collection(
    kind="template",
    path="/templates",
    operations=(
        "CreateTemplate",
        "ListTemplates",
        "GetTemplate",
        "UpdateTemplate",
        "DeleteTemplate",
    ),
    schema=SCHEMA,
    name_field="templateName",
    id_field="templateId",
    updated_field="lastUpdatedAt",
    filters={"templateType": "templateType"},
    lasting=True,
    interruptible=True,
    problems=_problems,
    complete=_complete,
)


def activate(exchange: Exchange) -> dict[str, Any]:
    """ActivateTemplateMCP: at once; a second one changes the options."""
    record = COLLECTION.need(exchange)
    options = body_of(exchange, _ACTIVATION, "create")
    return _switched(exchange, record, {key: value for key, value in options.items() if value})


def stop(exchange: Exchange) -> dict[str, Any]:
    """StopTemplateMCP: fine if it was not active."""
    return _switched(exchange, COLLECTION.need(exchange), None)


def _switched(exchange: Exchange, record: Record, options: dict[str, Any] | None) -> dict[str, Any]:
    record.internal["mcp"] = options
    touch(record, exchange.cloud.clock.now())
    return COLLECTION.shown(exchange, record)


ROUTES = (
    *COLLECTION.routes,
    Route("PATCH", "/templates/{name}/mcp/activate", "ActivateTemplateMCP", activate),
    Route("PATCH", "/templates/{name}/mcp/stop", "StopTemplateMCP", stop),
)
