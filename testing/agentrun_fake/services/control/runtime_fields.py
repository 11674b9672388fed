"""Fields of an agent runtime (section 2.2), their rules, and how a record is shown."""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterator, Mapping
from typing import Any

from ...clock import iso_time
from ...schema import Field, Flag, ListOf, MapOf, Number, Object, Text
from ...store import Record, Scope
from ...unverified import Unverified
from . import shapes

SCHEMA = Object(
    (
        Field("agentRuntimeName", Text(shapes.NAME), required=True),
        Field("artifactType", Text(choices=("Code", "Container")), required=True),
        Field("cpu", shapes.CPU, required=True, label="CPU"),
        Field("memory", shapes.MEMORY, required=True),
        Field("port", shapes.PORT, required=True),
        Field("codeConfiguration", shapes.CODE),
        Field("containerConfiguration", shapes.CONTAINER),
        Field("networkConfiguration", shapes.NETWORK),
        Field("diskSize", shapes.DISK),
        Field("description", shapes.DESCRIPTION),
        Field("environmentVariables", MapOf(Text())),
        Field("executionRoleArn", shapes.ROLE),
        Field("credentialName", Text(shapes.SHORT_NAME)),
        Field("credentialId", Text(), "C--"),
        Field("logConfiguration", shapes.LOG),
        Field("protocolConfiguration", shapes.PROTOCOL),
        Field("healthCheckConfiguration", shapes.HEALTH_CHECK),
        Field("nasConfig", shapes.NAS),
        Field("ossMountConfig", shapes.OSS_MOUNT),
        Field("armsConfiguration", shapes.ARMS, "CU-"),
        Field("sessionConcurrencyLimitPerInstance", Number(1, 200, whole=True)),
        Field("sessionIdleTimeoutSeconds", Number(60, 86400, whole=True)),
        Field("enableSessionIsolation", Flag()),
        Field("disableSessionAffinity", Flag()),
        Field(
            "sessionAffinityType",
            Text(choices=("NONE", "HEADER_FIELD", "GENERATED_COOKIE", "COOKIE")),
        ),
        Field("headerFieldName", Text(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")),
        Field("disableOndemand", Flag()),
        Field("edition", Text()),
        Field("externalAgentEndpointUrl", Text()),
        Field("resourceGroupId", Text(), "C-G"),
        Field("workspaceId", Text()),
        Field("systemTags", ListOf(Text())),
        Field("forceEvictInstances", Flag(), "-U-"),
    )
)

_ARTIFACTS = {"Code": "codeConfiguration", "Container": "containerConfiguration"}


def problems_of(fields: Mapping[str, Any], assumed: Unverified) -> Iterator[str]:
    """What is wrong with a runtime's fields taken together."""
    needed = _ARTIFACTS.get(fields.get("artifactType", ""))
    if needed and needed not in fields:
        yield f"{needed} is required when artifactType is {fields['artifactType']}"
    if assumed.network_required and "networkConfiguration" not in fields:
        yield "NetworkConfiguration is required"
    language = fields.get("codeConfiguration", {}).get("language")
    if language is not None and language not in assumed.languages:
        known = ", ".join(assumed.languages)
        yield f"codeConfiguration.language must be one of {known}, not {language!r}"
    if fields.get("sessionAffinityType") == "HEADER_FIELD" and "headerFieldName" not in fields:
        yield "headerFieldName is required when sessionAffinityType is HEADER_FIELD"
    network = fields.get("networkConfiguration", {})
    if ("vpcId" in network) != ("vswitchIds" in network):
        missing = "vswitchIds" if "vpcId" in network else "vpcId"
        yield f"networkConfiguration.{missing} is required"
    for name, step in (("cpu", assumed.cpu_step), ("memory", assumed.memory_step)):
        if step and name in fields and not _is_multiple(fields[name], step):
            yield f"{name} must be a multiple of {step}, not {fields[name]}"


def source_problems(code: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with where a sent `codeConfiguration` says that the package is."""
    pair = [name for name in ("ossBucketName", "ossObjectName") if code.get(name)]
    if len(pair) == 1:
        other = "ossObjectName" if pair == ["ossBucketName"] else "ossBucketName"
        yield f"codeConfiguration.{other} is required"
    elif bool(code.get("zipFile")) == bool(pair):
        yield (
            "codeConfiguration needs exactly one of zipFile and ossBucketName with ossObjectName"
        )


def _is_multiple(value: float, step: float) -> bool:
    return abs(value / step - round(value / step)) < 1e-9


def normalised(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields as the service keeps them (section 2.2)."""
    if fields.get("sessionAffinityType") == "COOKIE":
        fields["sessionAffinityType"] = "GENERATED_COOKIE"
    if "cpu" in fields:
        fields["cpu"] = float(fields["cpu"])
    fields.pop("forceEvictInstances", None)
    return fields


def runtime_arn(scope: Scope, record: Record) -> str:
    """ARN of a runtime."""
    return f"acs:agentrun:{scope.region}:{scope.account_id}:runtimes/{record.id}"


def show(
    scope: Scope, record: Record, assumed: Unverified, blobs: Mapping[str, bytes]
) -> dict[str, Any]:
    """A runtime as replies show it; what is not set is absent (11.1)."""
    shown: dict[str, Any] = SCHEMA.returned(copy.deepcopy(record.fields))
    show_secrets(shown, record, assumed, blobs)
    return {
        **shown,
        "agentRuntimeId": record.id,
        "agentRuntimeArn": runtime_arn(scope, record),
        "agentRuntimeVersion": assumed.latest_name,
        "status": record.status,
        **({"statusReason": record.reason} if record.reason else {}),
        "createdAt": iso_time(record.created_at),
        "lastUpdatedAt": iso_time(record.updated_at),
    }


def show_secrets(
    shown: dict[str, Any], record: Record, assumed: Unverified, blobs: Mapping[str, bytes]
) -> None:
    """Put the package and the password of the registry into a reply, if replies repeat them."""
    if assumed.returns_zip and record.internal.get("inline"):
        content = blobs[record.internal["package"]]
        shown["codeConfiguration"]["zipFile"] = base64.b64encode(content).decode()
    container = record.fields.get("containerConfiguration", {})
    auth = container.get("registryConfig", {}).get("authConfig", {})
    if assumed.returns_passwords and "password" in auth:
        registry = shown["containerConfiguration"].setdefault("registryConfig", {})
        registry.setdefault("authConfig", {})["password"] = auth["password"]
