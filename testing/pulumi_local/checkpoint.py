"""The checkpoint format: a snapshot to JSON data and back, as the CLI's file backend keeps it.

A checkpoint is ``{"version": 3, "checkpoint": {"stack": ..., "latest": <deployment>}}``; an export
holds the same deployment as ``{"version": 3, "deployment": ...}``. Version 4 only adds a list of
features without which an older reader would misunderstand the state. (Facts:
sdk/go/common/apitype/core.go and pkg/resource/stack/deployment.go of Pulumi.)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from pulumi_local.errors import StateError
from pulumi_local.property_json import (
    Json,
    OpenSecret,
    SealSecret,
    dump_float,
    dump_value,
    load_value,
)
from pulumi_local.state import PendingOperation, Resource, Snapshot

# Field of the state model -> its key, in the order the CLI writes them.
_KEYS: Final[Mapping[str, str]] = {
    "urn": "urn",
    "custom": "custom",
    "delete": "delete",
    "id": "id",
    "type": "type",
    "inputs": "inputs",
    "outputs": "outputs",
    "parent": "parent",
    "protect": "protect",
    "taint": "taint",
    "external": "external",
    "dependencies": "dependencies",
    "init_errors": "initErrors",
    "provider": "provider",
    "property_dependencies": "propertyDependencies",
    "pending_replacement": "pendingReplacement",
    "additional_secret_outputs": "additionalSecretOutputs",
    "aliases": "aliases",
    "custom_timeouts": "customTimeouts",
    "import_id": "importID",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "replace_with": "replaceWith",
    "created": "created",
    "modified": "modified",
    "source_position": "sourcePosition",
    "stack_trace": "stackTrace",
    "ignore_changes": "ignoreChanges",
    "hide_diff": "hideDiff",
    "replace_on_changes": "replaceOnChanges",
    "replacement_trigger": "replacementTrigger",
    "refresh_before_update": "refreshBeforeUpdate",
    "view_of": "viewOf",
    "resource_hooks": "resourceHooks",
}
_PROPERTY_FIELDS: Final = frozenset({"inputs", "outputs", "replacement_trigger"})
_ALWAYS_WRITTEN: Final = frozenset({"urn", "custom", "type"})

# A resource that uses one of these raises the format's version, as an older reader lacks it.
_FEATURES: Final[Mapping[str, str]] = {
    "refreshBeforeUpdate": "refreshBeforeUpdate",
    "viewOf": "views",
    "resourceHooks": "hooks",
    "taint": "taint",
    "replaceWith": "replaceWith",
    "extensionRef": "extensionParameterization",
    "snippetID": "snippets-prototype",
}
_KNOWN_FEATURES: Final = frozenset({*_FEATURES.values(), "byteString"})


def dump_resource(resource: Resource, seal: SealSecret) -> Json:
    """Turn a resource into JSON data, without the fields that are empty."""
    data: Json = {}
    for name, key in _KEYS.items():
        value = getattr(resource, name)
        if name in _PROPERTY_FIELDS:
            value = dump_value(value, seal)
        elif name == "custom_timeouts":
            value = {limit: dump_float(float(s)) for limit, s in value.items() if s}
        # A trigger may be any value, so only its absence is left out.
        empty: tuple[Any, ...] = (
            (None,) if name == "replacement_trigger" else (None, "", False, [], {})
        )
        if name in _ALWAYS_WRITTEN or value not in empty:
            data[key] = value
    return data | resource.extra


def load_resource(data: Json, open_secret: OpenSecret) -> Resource:
    """Turn JSON data into a resource. Raises StateError if it lacks its urn or type."""
    for required in ("urn", "type"):
        if not data.get(required):
            raise StateError(f"a resource of the state lacks its {required!r}")
    fields: dict[str, Any] = {"custom": False}
    for name, key in _KEYS.items():
        if data.get(key) is not None:
            value = data[key]
            fields[name] = load_value(value, open_secret) if name in _PROPERTY_FIELDS else value
    known = frozenset(_KEYS.values())
    extra = {key: value for key, value in data.items() if key not in known}
    return Resource(**fields, extra=extra)


_DEPLOYMENT_KEYS: Final = frozenset(
    {"manifest", "secrets_providers", "resources", "pending_operations", "metadata"}
)


def dump_deployment(snapshot: Snapshot, seal: SealSecret) -> Json:
    """Turn a snapshot into the ``deployment`` block of a checkpoint or an export."""
    data: Json = {"manifest": {"time": "", "magic": "", "version": ""} | snapshot.manifest}
    if snapshot.secrets_providers:
        data["secrets_providers"] = snapshot.secrets_providers
    if snapshot.resources:
        data["resources"] = [dump_resource(resource, seal) for resource in snapshot.resources]
    if snapshot.pending_operations:
        data["pending_operations"] = [
            {"resource": dump_resource(operation.resource, seal), "type": operation.type}
            for operation in snapshot.pending_operations
        ]
    data["metadata"] = snapshot.metadata
    return data | snapshot.extra


def load_deployment(data: Json, open_secret: OpenSecret) -> Snapshot:
    """Turn a ``deployment`` block into a snapshot."""
    return Snapshot(
        resources=[load_resource(item, open_secret) for item in data.get("resources") or ()],
        pending_operations=[
            PendingOperation(load_resource(item["resource"], open_secret), item["type"])
            for item in data.get("pending_operations") or ()
        ],
        secrets_providers=data.get("secrets_providers") or {},
        metadata=data.get("metadata") or {},
        manifest=data.get("manifest") or {},
        extra={key: value for key, value in data.items() if key not in _DEPLOYMENT_KEYS},
    )


def dump_checkpoint(stack_name: str, snapshot: Snapshot, seal: SealSecret) -> Json:
    """Turn a snapshot into a whole checkpoint; ``stack_name`` is fully qualified."""
    deployment = dump_deployment(snapshot, seal)
    checkpoint = {"stack": stack_name} | snapshot.checkpoint_extra | {"latest": deployment}
    return _versioned(deployment) | {"checkpoint": checkpoint}


def load_checkpoint(data: Json, open_secret: OpenSecret) -> Snapshot:
    """Turn a checkpoint into a snapshot; one that was never deployed to is empty."""
    checkpoint = data.get("checkpoint")
    if not isinstance(checkpoint, dict):
        raise StateError("the state file holds no checkpoint")
    latest = checkpoint.get("latest")
    snapshot = Snapshot()
    if latest:
        _check_version(data)
        snapshot = load_deployment(latest, open_secret)
    extra = {key: value for key, value in checkpoint.items() if key not in ("stack", "latest")}
    return dataclasses.replace(snapshot, checkpoint_extra=extra)


def dump_export(snapshot: Snapshot, seal: SealSecret) -> Json:
    """Turn a snapshot into the document of ``stack export``."""
    deployment = dump_deployment(snapshot, seal)
    return _versioned(deployment) | {"deployment": deployment}


def load_export(data: Json, open_secret: OpenSecret) -> Snapshot:
    """Turn the document of ``stack export`` into a snapshot."""
    deployment = data.get("deployment")
    if not isinstance(deployment, dict):
        raise StateError("the document holds no deployment; is it an export of a stack?")
    _check_version(data)
    return load_deployment(deployment, open_secret)


def _versioned(deployment: Json) -> Json:
    features = {
        feature
        for resource in deployment.get("resources", ())
        for key, feature in _FEATURES.items()
        if key in resource
    }
    return {"version": 4, "features": sorted(features)} if features else {"version": 3}


def _check_version(data: Json) -> None:
    version = data.get("version")
    if version not in (3, 4):
        raise StateError(f"state format {version} is not supported, only 3 and 4 are")
    unknown = sorted(set(data.get("features") or ()) - _KNOWN_FEATURES)
    if unknown:
        raise StateError(f"the state uses features not supported here: {', '.join(unknown)}")


def secrets_salt(secrets_providers: Json) -> str:
    """Return the passphrase salt of a ``secrets_providers`` block, or an empty string.

    Raises StateError if the secrets are encrypted with something else than a passphrase.
    """
    kind = secrets_providers.get("type")
    if not kind:
        return ""
    if kind != "passphrase":
        raise StateError(
            f"the state's secrets are encrypted with {kind!r}; only 'passphrase' is supported here"
        )
    return str(secrets_providers.get("state", {}).get("salt", ""))
