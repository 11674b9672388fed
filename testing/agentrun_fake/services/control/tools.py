"""Tools (section 10.6).

The service's text says that a name is unique within the workspace; as the path of a tool has only
its name, this fake keeps names unique within account and region.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...http import read_json
from ...routing import Exchange
from ...schema import Field, Flag, ListOf, MapOf, Number, Object, Text
from ...store import Record
from . import shapes
from .collection import Collection, Taken
from .envelope import invalid
from .packages import fetch
from .runtime_fields import show_secrets, source_problems

_API = Object((Field("method", Text()), Field("path", Text())))
_BOUND_TOOL = Object(
    (
        Field("toolName", Text()),
        Field("apis", ListOf(_API)),
        Field("method", Text()),
        Field("path", Text()),
    )
)
_HOOK = Object(
    (
        Field("event", Text(), required=True),
        Field("url", Text(), required=True),
        Field("apiVersion", Text()),
        Field("description", Text()),
        Field("enabled", Flag()),
        Field("headers", MapOf(Text())),
        Field("timeout", Number(0, whole=True)),
    )
)
_MCP = Object(
    (
        Field("sessionAffinity", Text(choices=("NONE", "MCP_SSE", "MCP_STREAMABLE"))),
        Field("sessionAffinityConfig", Text()),
        Field("proxyEnabled", Flag()),
        Field("boundConfiguration", Object((Field("boundTools", ListOf(_BOUND_TOOL)),))),
        Field("mcpProxyConfiguration", Object((Field("hooks", ListOf(_HOOK)),))),
    )
)
_METHODS = (
    "MCP_REMOTE", "MCP_LOCAL_STDIO", "MCP_LOCAL", "MCP_BUNDLE", "CODE_PACKAGE", "OPENAPI_IMPORT",
)  # fmt: skip
SCHEMA = Object(
    (
        Field("toolName", shapes.FREE_NAME, "C-G", required=True),
        Field("toolType", Text(choices=("MCP", "FUNCTIONCALL", "SKILL")), "C-G", required=True),
        Field("createMethod", Text(choices=_METHODS), required=True),
        Field("artifactType", Text(choices=("Code", "Container"))),
        Field("codeConfiguration", shapes.CODE),
        Field("containerConfiguration", shapes.CONTAINER),
        Field("cpu", shapes.CPU),
        Field("memory", shapes.MEMORY),
        Field("port", shapes.PORT),
        Field("timeout", Number(0, whole=True)),
        Field("protocolSpec", Text()),
        Field("mcpConfig", _MCP),
        Field("environmentVariables", MapOf(Text())),
        Field("executionRoleArn", shapes.ROLE),
        Field("logConfiguration", shapes.LOG),
        Field("nasConfig", shapes.NAS),
        Field("ossMountConfig", shapes.OSS_MOUNT),
        Field("networkConfiguration", shapes.NETWORK),
        Field("credentialName", Text(shapes.SHORT_NAME)),
        Field("description", shapes.DESCRIPTION),
        Field("workspaceId", Text()),
    )
)
_ARTIFACTS = {"Code": "codeConfiguration", "Container": "containerConfiguration"}


def _problems(fields: Mapping[str, Any]) -> Iterator[str]:
    needed = _ARTIFACTS.get(fields.get("artifactType", ""))
    if needed and needed not in fields:
        yield f"{needed} is required when artifactType is {fields['artifactType']}"
    try:
        read_json(fields.get("protocolSpec", "null").encode())
    except ValueError:
        yield "protocolSpec must be JSON text"


def _take(exchange: Exchange, fields: dict[str, Any], body: Mapping[str, Any]) -> Taken:
    """Check the package that a body names, and keep it apart."""
    code = body.get("codeConfiguration")
    if not code:
        return Taken()
    problems = list(source_problems(code))
    if problems:
        raise invalid(*problems)
    cloud = exchange.cloud
    package = fetch(cloud.store, exchange.scope.region, code, cloud.unverified)
    if package.problem and cloud.unverified.bad_code == "refuse":
        raise invalid(package.problem)
    fields["codeConfiguration"].pop("zipFile", None)
    return Taken({"package": package.digest, "inline": package.inline}, package.problem)


def _complete(exchange: Exchange, record: Record, shown: dict[str, Any]) -> None:
    cloud = exchange.cloud
    show_secrets(shown, record, cloud.unverified, cloud.store.blobs)


COLLECTION = Collection(
    kind="tool",
    path="/agents/tools",
    operations=("CreateTool", "ListTools", "GetTool", "UpdateTool", "DeleteTool"),
    schema=SCHEMA,
    name_field="toolName",
    id_field="toolId",
    filters={"toolType": "toolType"},
    lasting=True,
    problems=_problems,
    take=_take,
    complete=_complete,
)
ROUTES = COLLECTION.routes
