"""What went wrong in a call to a plugin, as one of the engine's own errors.

A plugin adds structured reasons to a failed call in the ``grpc-status-details-bin`` trailer. The
dynamic provider server of the `pulumi` package has none: it answers with a whole traceback, of
which only the exception's own message is for the user.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import grpc
from google.protobuf.message import Message
from google.rpc import status_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import errors_pb2, provider_pb2

from pulumi_local.provider_api import InitFailed, ProviderError, ProviderGone
from pulumi_local.wire import from_struct

_TRACEBACK = "Traceback (most recent call last):"
# The first line of an exception in a traceback: its class, perhaps dotted, and its message.
_RAISED = re.compile(r"^(?P<name>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?$")
_PREFIX = "Exception calling application: "

_DETAILS: tuple[type[Message], ...] = (
    provider_pb2.ErrorResourceInitFailed,
    errors_pb2.InputPropertiesError,
    provider_pb2.ConfigureErrorMissingKeys,
)


def provider_error(error: grpc.RpcError) -> ProviderError:
    """Translate a failed call; InitFailed if the resource exists nevertheless."""
    text = error.details() or ""
    for detail in _details(error):
        if isinstance(detail, provider_pb2.ErrorResourceInitFailed):
            return InitFailed(
                list(detail.reasons),
                id=detail.id,
                outputs=from_struct(detail.properties),
                inputs=from_struct(detail.inputs) if detail.HasField("inputs") else None,
            )
        if isinstance(detail, errors_pb2.InputPropertiesError):
            lines = [f"{e.property_path}: {e.reason}" for e in detail.errors]
            return ProviderError("\n".join([text, *lines]).strip())
        if isinstance(detail, provider_pb2.ConfigureErrorMissingKeys):
            lines = [f"missing {key.name}: {key.description}" for key in detail.missingKeys]
            return ProviderError("\n".join(["the provider lacks configuration", *lines]))
    if error.code() == grpc.StatusCode.UNAVAILABLE:
        return ProviderGone("the provider's process has ended unexpectedly", text)
    return ProviderError(_message(text) or error.code().name, text)


def _details(error: grpc.RpcError) -> Iterator[Message]:
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        for packed in status_pb2.Status.FromString(value).details:
            for kind in _DETAILS:
                if packed.Is(kind.DESCRIPTOR):
                    detail = kind()
                    packed.Unpack(detail)
                    yield detail


def _message(text: str) -> str:
    """What to tell the user: of a traceback, the message of the exception that was raised last."""
    start = text.rfind(_TRACEBACK)
    if start < 0:
        return text.removeprefix(_PREFIX).strip()
    lines = text[start:].splitlines()[1:]
    for index, line in enumerate(lines):
        # Frames are indented; the exception's first line is the first that is not.
        if line and not line.startswith(" "):
            raised = _RAISED.match(line)
            if raised is None:
                return "\n".join(lines[index:]).strip()
            first = raised["message"] or raised["name"]
            return "\n".join([first, *lines[index + 1 :]]).strip()
    return text.strip()
