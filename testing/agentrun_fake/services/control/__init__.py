"""The control plane of AgentRun (sections 1 to 4 and 10), below `/2025-09-10/`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ...errors import ServiceError
from ...http import Request, Response, json_response
from ...keyring import Refused
from ...refusals import acs3_refusal, gateway_body
from ...routing import Exchange, Route
from ...settings import Key
from ...store import Scope
from ...verification import verify_acs3
from . import (
    credentials,
    custom_domains,
    discovery,
    endpoints,
    knowledge_bases,
    memory_collections,
    model_proxies,
    model_services,
    runtimes,
    templates,
    tools,
    versions,
    workspaces,
)
from .envelope import refusal

if TYPE_CHECKING:
    from ...cloud import FakeCloud

VERSION = "2025-09-10"
_HOST = re.compile(r"agentrun(?:-vpc)?\.(?P<region>[a-z0-9-]+)\.aliyuncs\.com")


class ControlPlane:
    """Runtimes and what surrounds them."""

    name = "control"
    routes: tuple[Route, ...] = (
        *runtimes.ROUTES,
        *versions.ROUTES,
        *endpoints.ROUTES,
        *workspaces.ROUTES,
        *discovery.ROUTES,
        *credentials.ROUTES,
        *model_services.ROUTES,
        *model_proxies.ROUTES,
        *templates.ROUTES,
        *tools.ROUTES,
        *memory_collections.ROUTES,
        *knowledge_bases.ROUTES,
        *custom_domains.ROUTES,
    )

    def claims(self, request: Request, cloud: FakeCloud) -> bool:
        """Told by the version at the beginning of the path."""
        return request.path.startswith(f"/{VERSION}/")

    def segments(self, request: Request) -> list[str]:
        """The path after the version."""
        return request.segments[1:]

    def region(self, request: Request) -> str | None:
        """The host's second label."""
        match = _HOST.fullmatch(request.host)
        return match["region"] if match else None

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """By ACS3-HMAC-SHA256."""
        return verify_acs3(request, cloud.keys, cloud.signing_clock.now())

    def refusal(self, refused: Refused) -> ServiceError:
        """The gateway's codes."""
        return acs3_refusal(refused)

    def authorize(self, exchange: Exchange) -> None:
        """Temporary keys of the upload bucket are good for nothing here; the headers must name
        the operation that the path is for."""
        check_action(exchange, VERSION)
        key = exchange.principal.key
        if key is not None and key.only:
            action = f"agentrun:{exchange.route.operation}"
            raise ServiceError(403, "NoPermission", f"You are not authorized to {action}.")

    def answer(self, exchange: Exchange, result: Any) -> Response:
        """The success envelope."""
        body = {"code": "SUCCESS", "requestId": exchange.request_id, "data": result}
        return json_response(200, body)

    def refuse(self, error: ServiceError, request_id: str, scope: Scope | None) -> Response:
        """The service's error envelope, or that of the gateway in front of it."""
        if error.gateway:
            host = f"agentrun.{scope.region}.aliyuncs.com" if scope else ""
            return json_response(error.status, gateway_body(error, request_id, host), error.headers)
        return refusal(error, request_id)


def check_action(exchange: Exchange, version: str) -> None:
    """Compare the headers that name version and operation with the path.

    Raises:
        ServiceError: They differ.
    """
    cloud, request = exchange.cloud, exchange.request
    if not (cloud.settings.verify and cloud.unverified.check_action):
        return
    if request.header("x-acs-version") != version:
        raise ServiceError(400, "InvalidVersion", f"x-acs-version must be {version}", gateway=True)
    operation = exchange.route.operation
    if request.header("x-acs-action") != operation:
        text = f"x-acs-action is {request.header('x-acs-action')!r}, the path is for {operation}"
        raise ServiceError(404, "InvalidAction.NotFound", text, gateway=True)
