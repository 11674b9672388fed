"""A provider that is a plugin process, spoken to over gRPC.

Facts: pkg/resource/plugin/provider_plugin.go of Pulumi. A plugin that does not accept secrets
gets plain values; what it returns under the same name as a secret input is marked secret again.
A plugin without previews is not asked to create or update in one: the inputs stand in for the
outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from pulumi_local.provider_api import (
    CheckResult,
    CreateResult,
    DetailedChange,
    DiffResult,
    Failure,
    InitFailed,
    InvokeResult,
    ProviderError,
    ReadResult,
)
from pulumi_local.rpc_errors import provider_error
from pulumi_local.state import urn_name, urn_type
from pulumi_local.values import (
    DiffKind,
    PropertyMap,
    Secret,
    contains_secret,
    contains_unknown,
    strip_secrets,
)
from pulumi_local.wire import Encoding, from_struct, to_struct

_KINDS: Final[dict[int, DiffKind]] = {
    provider_pb2.PropertyDiff.ADD: "add",
    provider_pb2.PropertyDiff.ADD_REPLACE: "add-replace",
    provider_pb2.PropertyDiff.DELETE: "delete",
    provider_pb2.PropertyDiff.DELETE_REPLACE: "delete-replace",
    provider_pb2.PropertyDiff.UPDATE: "update",
    provider_pb2.PropertyDiff.UPDATE_REPLACE: "update-replace",
}
_CHANGES: Final = {
    provider_pb2.DiffResponse.DIFF_UNKNOWN: None,
    provider_pb2.DiffResponse.DIFF_NONE: False,
    provider_pb2.DiffResponse.DIFF_SOME: True,
}


class PluginProvider:
    """One configuration of a plugin; implements `ConfigurableProvider`."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        self._stub = stub
        self._encoding = Encoding(secrets=False, resources=False)
        self._previews = False
        self._configured = False

    def check_config(self, urn: str, olds: PropertyMap | None, news: PropertyMap) -> CheckResult:
        """Check the provider's own inputs; plugins need not have an opinion."""
        request = provider_pb2.CheckRequest(urn=urn, **_identity(urn))
        request.olds.CopyFrom(_plain(olds or {}))
        request.news.CopyFrom(_plain(news))
        reply = _call_optional(self._stub.CheckConfig, request)
        if reply is None:
            return CheckResult(news)
        inputs = from_struct(reply.inputs) if reply.HasField("inputs") else dict(news)
        mark_like(inputs, news)
        return CheckResult(inputs, _failures(reply.failures))

    def diff_config(
        self, urn: str, old_inputs: PropertyMap, old_outputs: PropertyMap, new_inputs: PropertyMap
    ) -> DiffResult:
        """Compare the provider's own inputs; plugins need not have an opinion."""
        request = provider_pb2.DiffRequest(urn=urn, **_identity(urn))
        request.olds.CopyFrom(_plain(old_outputs))
        request.news.CopyFrom(_plain(new_inputs))
        request.old_inputs.CopyFrom(_plain(old_inputs))
        reply = _call_optional(self._stub.DiffConfig, request)
        return DiffResult(changes=None) if reply is None else _diff_result(reply)

    def configure(self, urn: str, id: str, inputs: PropertyMap) -> None:
        """Configure the plugin, unless something is not known yet: then it can only preview."""
        if contains_unknown(inputs):
            return
        config = {key: value for key, value in inputs.items() if not _is_engines_own(key)}
        plain = strip_secrets(config)
        request = provider_pb2.ConfigureRequest(
            variables={_variable(urn, key): _text(value) for key, value in plain.items()},
            args=_plain(config),
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
            id=id,
            urn=urn,
            **_identity(urn),
        )
        reply = _call(self._stub.Configure, request)
        self._encoding = Encoding(secrets=reply.acceptSecrets, resources=reply.acceptResources)
        self._previews = reply.supportsPreview
        self._configured = True

    def check(
        self, urn: str, olds: PropertyMap | None, news: PropertyMap, *, preview: bool
    ) -> CheckResult:
        """See `Provider.check`."""
        if not self._configured:
            return CheckResult(news)
        request = provider_pb2.CheckRequest(urn=urn, **_identity(urn))
        # No old inputs are told by an absent message, not by an empty one.
        if olds is not None:
            request.olds.CopyFrom(self._encode(olds))
        request.news.CopyFrom(self._encode(news))
        reply = _call(self._stub.Check, request)
        inputs = self._decode(reply.inputs, news) if reply.HasField("inputs") else dict(news)
        return CheckResult(inputs, _failures(reply.failures))

    def diff(
        self,
        urn: str,
        id: str,
        old_inputs: PropertyMap,
        old_outputs: PropertyMap,
        new_inputs: PropertyMap,
        *,
        ignore_changes: Sequence[str] = (),
    ) -> DiffResult:
        """See `Provider.diff`."""
        if not self._configured:
            return DiffResult(changes=None)
        request = provider_pb2.DiffRequest(
            id=id,
            urn=urn,
            olds=self._encode(old_outputs),
            news=self._encode(new_inputs),
            old_inputs=self._encode(old_inputs),
            ignoreChanges=list(ignore_changes),
            **_identity(urn),
        )
        return _diff_result(_call(self._stub.Diff, request))

    def create(
        self, urn: str, inputs: PropertyMap, *, timeout_seconds: float, preview: bool
    ) -> CreateResult:
        """See `Provider.create`."""
        if preview and not self._configured:
            return CreateResult("", {})
        if preview and not self._previews:
            return CreateResult("", dict(inputs))
        request = provider_pb2.CreateRequest(
            urn=urn,
            properties=self._encode(inputs),
            timeout=timeout_seconds,
            preview=preview,
            **_identity(urn),
        )
        try:
            reply = _call(self._stub.Create, request)
        except InitFailed as failed:
            mark_like(failed.outputs, inputs)
            raise
        if not reply.id and not preview:
            raise ProviderError("the provider returned no id from create")
        return CreateResult(reply.id, self._decode(reply.properties, inputs))

    def update(
        self,
        urn: str,
        id: str,
        old_inputs: PropertyMap,
        old_outputs: PropertyMap,
        new_inputs: PropertyMap,
        *,
        timeout_seconds: float,
        preview: bool,
        ignore_changes: Sequence[str] = (),
    ) -> PropertyMap:
        """See `Provider.update`."""
        if preview and not self._configured:
            return {}
        if preview and not self._previews:
            return dict(new_inputs)
        request = provider_pb2.UpdateRequest(
            id=id,
            urn=urn,
            olds=self._encode(old_outputs),
            news=self._encode(new_inputs),
            old_inputs=self._encode(old_inputs),
            timeout=timeout_seconds,
            ignoreChanges=list(ignore_changes),
            preview=preview,
            **_identity(urn),
        )
        try:
            reply = _call(self._stub.Update, request)
        except InitFailed as failed:
            mark_like(failed.outputs, new_inputs)
            raise
        return self._decode(reply.properties, new_inputs)

    def delete(
        self,
        urn: str,
        id: str,
        inputs: PropertyMap,
        outputs: PropertyMap,
        *,
        timeout_seconds: float,
    ) -> None:
        """See `Provider.delete`."""
        self._need_configuration()
        request = provider_pb2.DeleteRequest(
            id=id,
            urn=urn,
            properties=self._encode(outputs),
            old_inputs=self._encode(inputs),
            timeout=timeout_seconds,
            **_identity(urn),
        )
        _call(self._stub.Delete, request)

    def read(self, urn: str, id: str, inputs: PropertyMap, outputs: PropertyMap) -> ReadResult:
        """See `Provider.read`."""
        self._need_configuration()
        request = provider_pb2.ReadRequest(
            id=id,
            urn=urn,
            properties=self._encode(outputs),
            inputs=self._encode(inputs),
            **_identity(urn),
        )
        try:
            reply = _call(self._stub.Read, request)
        except InitFailed as failed:
            mark_like(failed.outputs, outputs)
            if failed.inputs is not None:
                mark_like(failed.inputs, inputs)
            return ReadResult(failed.id, failed.outputs, failed.inputs, failed.reasons)
        return ReadResult(
            reply.id,
            self._decode(reply.properties, outputs),
            self._decode(reply.inputs, inputs) if reply.HasField("inputs") else None,
        )

    def invoke(self, token: str, args: PropertyMap, *, preview: bool) -> InvokeResult:
        """See `Provider.invoke`."""
        self._need_configuration()
        request = provider_pb2.InvokeRequest(tok=token, args=self._encode(args), preview=preview)
        reply = _call(self._stub.Invoke, request)
        return InvokeResult(from_struct(getattr(reply, "return")), _failures(reply.failures))

    def _need_configuration(self) -> None:
        if not self._configured:
            raise ProviderError("the provider's configuration is not known yet")

    def _encode(self, values: PropertyMap) -> struct_pb2.Struct:
        return to_struct(values, self._encoding)

    def _decode(self, struct: struct_pb2.Struct, marked: PropertyMap) -> PropertyMap:
        values = from_struct(struct)
        if not self._encoding.secrets:
            mark_like(values, marked)
        return values


def mark_like(values: PropertyMap, marked: PropertyMap) -> None:
    """Mark secret, in place, what has the name of something secret in ``marked``."""
    for key, other in marked.items():
        if key not in values:
            continue
        value = values[key]
        if isinstance(value, dict) and isinstance(other, dict):
            mark_like(value, other)
        elif not isinstance(value, Secret) and contains_secret(other):
            values[key] = Secret(value)


def _call(method: Callable[..., Any], request: Any) -> Any:
    try:
        return method(request)
    except grpc.RpcError as error:
        raise provider_error(error) from error


def _call_optional(method: Callable[..., Any], request: Any) -> Any:
    """Call a method that plugins need not have; return None if this one has not."""
    try:
        return method(request)
    except grpc.RpcError as error:
        if error.code() == grpc.StatusCode.UNIMPLEMENTED:
            return None
        raise provider_error(error) from error


def _identity(urn: str) -> dict[str, Any]:
    return {"name": urn_name(urn), "type": urn_type(urn)}


def _plain(values: PropertyMap) -> struct_pb2.Struct:
    return to_struct(values, Encoding(secrets=False, resources=False))


def _failures(failures: Any) -> list[Failure]:
    return [Failure(failure.property, failure.reason) for failure in failures]


def _is_engines_own(key: str) -> bool:
    return key in ("version", "pluginDownloadURL", "__internal")


def _variable(urn: str, key: str) -> str:
    package = urn_type(urn).rsplit(":", 1)[-1]
    return key if ":" in key else f"{package}:config:{key}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _diff_result(reply: Any) -> DiffResult:
    detailed = None
    if reply.hasDetailedDiff or reply.detailedDiff:
        detailed = {
            path: DetailedChange(_KINDS[change.kind], change.inputDiff)
            for path, change in reply.detailedDiff.items()
        }
    return DiffResult(
        changes=_CHANGES[reply.changes],
        replaces=list(reply.replaces),
        diffs=list(reply.diffs),
        detailed=detailed,
        delete_before_replace=reply.deleteBeforeReplace,
    )
