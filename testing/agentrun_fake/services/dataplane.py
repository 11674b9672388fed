"""The data plane: where endpoints are called. It answers that nothing runs here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..errors import ServiceError
from ..http import Request, Response, json_response
from ..keyring import Refused
from ..routing import Exchange, Route
from ..settings import Key
from ..store import Record, Scope

if TYPE_CHECKING:
    from ..cloud import FakeCloud

PREFIX = "/agent-runtimes/"
_HOST = re.compile(
    r"(?P<account>[0-9]+)(?:-ram)?\.agentrun-data\.(?P<region>[a-z0-9-]+)\.aliyuncs\.com"
)


def public_url(cloud: FakeCloud, scope: Scope, runtime: str, endpoint: str) -> str:
    """Public URL of an endpoint, built from names (section 4.3): on the fake's own address if it
    has one, else on the real host."""
    base = cloud.base_url
    if base is None:
        base = f"https://{scope.account_id}.agentrun-data.{scope.region}.aliyuncs.com"
    names = f"{quote(runtime, safe='')}/endpoints/{quote(endpoint, safe='')}"
    return f"{base}{PREFIX}{names}/invocations"


def invoke(exchange: Exchange) -> Response:
    """Find what a call is for; running it is not modelled."""
    runtime, endpoint = _find(exchange)
    exchange.mark["resource"] = f"endpoint/{runtime.name}/{endpoint.name}"
    if endpoint.status not in ("READY", "UPDATING"):
        raise ServiceError(503, "ERR_NOT_READY", f"endpoint {endpoint.name} is {endpoint.status}")
    text = (
        f"endpoint {endpoint.name} of agent runtime {runtime.name} exists, but this fake does not "
        "run the deployed program"
    )
    raise ServiceError(501, "ERR_NOT_RUN_HERE", text)


def _find(exchange: Exchange) -> tuple[Record, Record]:
    """Look in the scope that the host names; an address names none, so all are looked through."""
    store = exchange.cloud.store
    names = exchange.path["runtime"], exchange.path["endpoint"]
    scopes = [exchange.scope]
    if exchange.request.host_is_address:
        scopes += [scope for scope in store.scopes() if scope != exchange.scope]
    for scope in scopes:
        for runtime in store.all(scope, "runtime"):
            for endpoint in store.all(scope, "endpoint", runtime.id):
                if (runtime.name, endpoint.name) == names:
                    return runtime, endpoint
    text = f"endpoint {names[1]} of agent runtime {names[0]} does not exist"
    raise ServiceError(404, exchange.cloud.unverified.code_of_not_found, text)


class DataPlane:
    """Calls to endpoints. They carry no signature unless the endpoint asks for one."""

    name = "data"
    routes: tuple[Route, ...] = (
        Route(
            "*",
            "/agent-runtimes/{runtime}/endpoints/{endpoint}/invocations",
            "InvokeAgentRuntime",
            invoke,
            write=False,
        ),
        Route(
            "*",
            "/agent-runtimes/{runtime}/endpoints/{endpoint}/invocations/{rest*}",
            "InvokeAgentRuntime",
            invoke,
            write=False,
        ),
    )

    def claims(self, request: Request, cloud: FakeCloud) -> bool:
        """Told by the path's first segment."""
        return request.path.startswith(PREFIX)

    def segments(self, request: Request) -> list[str]:
        """The whole path."""
        return request.segments

    def region(self, request: Request) -> str | None:
        """The host's third label."""
        match = _HOST.fullmatch(request.host)
        return match["region"] if match else None

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """Anybody may call; the account is the host's, or the first one."""
        match = _HOST.fullmatch(request.host)
        return Key("", "", match["account"] if match else cloud.settings.account_id)

    def refusal(self, refused: Refused) -> ServiceError:
        """The data plane's code (1.6)."""
        return ServiceError(403, "ERR_FORBIDDEN", refused.why)

    def authorize(self, exchange: Exchange) -> None:
        """Nothing is forbidden."""

    def answer(self, exchange: Exchange, result: Any) -> Response:
        """JSON."""
        return json_response(200, result)

    def refuse(self, error: ServiceError, request_id: str, scope: Scope | None) -> Response:
        """The data plane's error envelope, like that of the control plane."""
        body = {"code": error.code, "message": error.message, "requestId": request_id}
        return json_response(error.status, body, error.headers)
