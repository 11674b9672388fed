"""The Engine service: what programs and plugins log, and the root resource.

It lives as long as the deployment and serves the run that is under way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from pulumi_local.events import Diagnostic, Severity

_SEVERITIES: Final[dict[int, Severity]] = {
    engine_pb2.DEBUG: "debug",
    engine_pb2.INFO: "info",
    engine_pb2.WARNING: "warning",
    engine_pb2.ERROR: "error",
}


class EngineService(engine_pb2_grpc.EngineServicer):
    """Forwards logs as diagnostics."""

    def __init__(self, on_log: Callable[[Diagnostic], None]) -> None:
        self._on_log = on_log
        self._root_urn = ""

    def Log(  # noqa: N802 - named by the protocol
        self, request: engine_pb2.LogRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Forward one message."""
        self._on_log(
            Diagnostic(
                _SEVERITIES[request.severity],
                request.message,
                request.urn or None,
                request.streamId,
                request.ephemeral,
            )
        )
        return empty_pb2.Empty()

    def GetRootResource(  # noqa: N802
        self, request: engine_pb2.GetRootResourceRequest, context: grpc.ServicerContext
    ) -> engine_pb2.GetRootResourceResponse:
        """Return the URN that was set last."""
        return engine_pb2.GetRootResourceResponse(urn=self._root_urn)

    def SetRootResource(  # noqa: N802
        self, request: engine_pb2.SetRootResourceRequest, context: grpc.ServicerContext
    ) -> engine_pb2.SetRootResourceResponse:
        """Remember the URN of the root resource."""
        self._root_urn = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(  # noqa: N802
        self, request: Any, context: grpc.ServicerContext
    ) -> Any:
        """Accept any version: this engine is none of the CLI's."""
        return engine_pb2.RequirePulumiVersionResponse()
