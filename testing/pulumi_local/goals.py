"""What a program wants of one resource, as it registered it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from pulumi.runtime.proto import resource_pb2

from pulumi_local.aliases import Alias
from pulumi_local.errors import EngineError
from pulumi_local.state import PROVIDER_TYPE_PREFIX, Resource
from pulumi_local.values import PropertyMap, Value
from pulumi_local.wire import from_struct, from_value


@dataclass(frozen=True)
class Goal:
    """One registration. Field names are those of `Resource` where they mean the same."""

    type: str
    name: str
    custom: bool = True
    remote: bool = False
    parent: str = ""
    inputs: PropertyMap = field(default_factory=dict)
    protect: bool = False
    dependencies: Sequence[str] = ()
    property_dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    provider: str = ""
    version: str = ""
    plugin_download_url: str = ""
    delete_before_replace: bool | None = None
    """None leaves the choice to the provider."""
    ignore_changes: Sequence[str] = ()
    replace_on_changes: Sequence[str] = ()
    additional_secret_outputs: Sequence[str] = ()
    aliases: Sequence[Alias] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    retain_on_delete: bool = False
    deleted_with: str = ""
    replace_with: Sequence[str] = ()
    replacement_trigger: Value = None
    hide_diff: Sequence[str] = ()
    source_position: str = ""
    stack_trace: Sequence[Mapping[str, Any]] = ()

    @property
    def is_provider(self) -> bool:
        """Whether this is a provider, default or explicit."""
        return self.type.startswith(PROVIDER_TYPE_PREFIX)

    def new_resource(self, urn: str, former_urn: str = "") -> Resource:
        """Return the state that the resource will have, without id and outputs yet."""
        return Resource(
            urn=urn,
            type=self.type,
            custom=self.custom,
            inputs=self.inputs,
            parent=self.parent,
            protect=self.protect,
            dependencies=list(self.dependencies),
            provider=self.provider,
            property_dependencies={k: list(v) for k, v in self.property_dependencies.items()},
            additional_secret_outputs=list(self.additional_secret_outputs),
            aliases=[former_urn] if former_urn else [],
            custom_timeouts=dict(self.custom_timeouts),
            retain_on_delete=self.retain_on_delete,
            deleted_with=self.deleted_with,
            replace_with=list(self.replace_with),
            source_position=self.source_position,
            stack_trace=[dict(frame) for frame in self.stack_trace],
            ignore_changes=list(self.ignore_changes),
            hide_diff=list(self.hide_diff),
            replace_on_changes=list(self.replace_on_changes),
            replacement_trigger=self.replacement_trigger,
        )


def goal_from_request(request: resource_pb2.RegisterResourceRequest, root: Path) -> Goal:
    """Read a registration; source positions are told relative to the project's ``root``.

    Raises EngineError for what this engine does not support.
    """
    _refuse_unsupported(request)
    explicit = request.deleteBeforeReplaceDefined or request.deleteBeforeReplace
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        remote=request.remote,
        parent=request.parent,
        inputs=from_struct(request.object),
        protect=request.protect,
        dependencies=list(request.dependencies),
        property_dependencies={k: list(v.urns) for k, v in request.propertyDependencies.items()},
        provider=request.provider,
        version=request.version,
        plugin_download_url=request.pluginDownloadURL,
        delete_before_replace=request.deleteBeforeReplace if explicit else None,
        ignore_changes=list(request.ignoreChanges),
        replace_on_changes=list(request.replaceOnChanges),
        additional_secret_outputs=list(request.additionalSecretOutputs),
        aliases=[*map(_alias, request.aliases), *(Alias(urn=urn) for urn in request.aliasURNs)],
        custom_timeouts=_timeouts(request.customTimeouts),
        retain_on_delete=request.retainOnDelete,
        deleted_with=request.deletedWith,
        replace_with=list(request.replace_with),
        replacement_trigger=_optional_value(request, "replacement_trigger"),
        hide_diff=list(request.hideDiffs),
        source_position=source_position(request.sourcePosition, root),
        stack_trace=stack_trace(request.stackTrace, root),
    )


def source_position(position: Any, root: Path) -> str:
    """Spell a position in the program's source as the state does; empty if there is none."""
    if not position.uri:
        return ""
    path = unquote(urlsplit(position.uri).path)
    text = f"project:///{Path(os.path.relpath(path, root)).as_posix()}#{position.line}"
    return f"{text},{position.column}" if position.column else text


def stack_trace(trace: Any, root: Path) -> list[dict[str, Any]]:
    """Spell a stack trace as the state does."""
    positions = (source_position(frame.pc, root) for frame in trace.frames)
    return [{"sourcePosition": text} if text else {} for text in positions]


def _refuse_unsupported(request: resource_pb2.RegisterResourceRequest) -> None:
    used = {
        "transforms": bool(request.transforms),
        "resource hooks": request.HasField("hooks") and bool(request.hooks.ListFields()),
        "importing resources": bool(request.importId),
        "state migrations": bool(request.state_migrations),
        "environment mappings of providers": bool(request.envVarMappings),
    }
    for name, is_used in used.items():
        if is_used:
            raise unsupported(name)


def unsupported(feature: str) -> EngineError:
    """Return the error for a feature that only the Pulumi CLI has."""
    return EngineError(f"{feature}: not supported by the embedded engine, use the Pulumi CLI")


def _alias(alias: Any) -> Alias:
    if alias.WhichOneof("alias") == "urn":
        return Alias(urn=alias.urn)
    spec = alias.spec
    return Alias(
        name=spec.name,
        type=spec.type,
        stack=spec.stack,
        project=spec.project,
        parent=spec.parentUrn,
        no_parent=spec.noParent,
    )


def _timeouts(timeouts: Any) -> dict[str, float]:
    texts = {name: getattr(timeouts, name) for name in ("create", "update", "delete", "read")}
    return {name: parse_duration(text) for name, text in texts.items() if text}


_UNIT_SECONDS: Final = {
    "h": 3600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 1e-3,
    "us": 1e-6,
    "µs": 1e-6,
    "ns": 1e-9,
}
_DURATION_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|us|µs|ns|m|s)")


def parse_duration(text: str) -> float:
    """Return the seconds of a duration such as ``1h30m`` or ``1.5s``.

    Raises EngineError if it is not one.
    """
    if text == "0":
        return 0.0
    parts = _DURATION_PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise EngineError(f"not a time-out: {text!r} (examples: 30s, 5m, 1h30m)")
    return sum(float(number) * _UNIT_SECONDS[unit] for number, unit in parts)


def _optional_value(request: Any, name: str) -> Value:
    return from_value(getattr(request, name)) if request.HasField(name) else None
