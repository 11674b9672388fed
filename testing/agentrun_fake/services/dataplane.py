"""The data plane: where endpoints are called.

With `FakeSettings.run` a call is handed to the deployed program, else it is answered that nothing
runs here; so are calls to containers and to agents that are hosted elsewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .. import keyring
from ..errors import ServiceError
from ..http import Later, Request, Response, json_response
from ..keyring import Refused
from ..routing import Exchange, Route
from ..settings import Key
from ..signatures import agentrun4
from ..store import Record, Scope
from ..verification import verify_agentrun4
from .addresses import data_plane_url
from .guard import check_caller, is_signed

if TYPE_CHECKING:
    from ..cloud import FakeCloud

PREFIX = "/agent-runtimes/"
_HOST = re.compile(
    r"(?P<account>[0-9]+)(?P<signed>-ram)?\.(?P<label>agentrun-data[a-z-]*)\.(?P<region>[a-z0-9-]+)"
    r"\.aliyuncs\.com"
)


def public_url(cloud: FakeCloud, scope: Scope, runtime: str, endpoint: str) -> str:
    """Public URL of an endpoint, built from names (section 4.3): on the fake's own address if it
    has one, else on the real host."""
    names = f"{quote(runtime, safe='')}/endpoints/{quote(endpoint, safe='')}"
    return f"{data_plane_url(cloud, scope)}{PREFIX}{names}/invocations"


def invoke(exchange: Exchange) -> Later:
    """Find what a call is for, and hand it over."""
    scope, runtime, endpoint = _find(exchange)
    exchange.found_in(scope)
    exchange.mark["resource"] = f"endpoint/{runtime.name}/{endpoint.name}"
    if endpoint.status not in ("READY", "UPDATING"):
        raise ServiceError(503, "ERR_NOT_READY", f"endpoint {endpoint.name} is {endpoint.status}")
    _check_network(exchange, endpoint)
    check_caller(exchange, scope, runtime)
    why = why_not_run(exchange, runtime)
    if why:
        text = f"endpoint {endpoint.name} of agent runtime {runtime.name} exists, but {why}"
        raise ServiceError(501, "ERR_NOT_RUN_HERE", text)
    programs = exchange.cloud.programs
    call = programs.plan(scope, runtime, endpoint, exchange.request, exchange.request_id)
    # What comes after `/agent-runtimes/x/endpoints/y/invocations`, as the client encoded it.
    rest = exchange.request.path.split("/")[6:]
    return Later(lambda: call("/" + "/".join(rest)))


def _check_network(exchange: Exchange, endpoint: Record) -> None:
    """Refuse calls from the public network where they are switched off.

    Raises:
        ServiceError: 403; only the host of the data plane inside a VPC may be called.
    """
    if not endpoint.fields.get("disablePublicNetworkAccess"):
        return
    match = _HOST.fullmatch(exchange.request.host)
    label = exchange.cloud.unverified.private_data_host
    if match is None or match["label"] != label:
        text = f"endpoint {endpoint.name} can't be called from the public network"
        raise ServiceError(403, "ERR_FORBIDDEN", f"{text} (disablePublicNetworkAccess)")


def why_not_run(exchange: Exchange, runtime: Record) -> str | None:
    """Why a call can't be handed over; None if it can."""
    if not exchange.cloud.settings.run:
        return "this fake does not run the deployed program"
    if runtime.fields["artifactType"] != "Code":
        return "containers are not run here"
    if runtime.fields.get("externalAgentEndpointUrl"):
        return "an agent that is hosted elsewhere is not called from here"
    if exchange.request.header("upgrade"):
        return f"the fake does not speak {exchange.request.header('upgrade')}"
    return None


def _find(exchange: Exchange) -> tuple[Scope, Record, Record]:
    """Look in the scope that the host or a signature names; an address without a signature names
    none, so all are looked through."""
    store = exchange.cloud.store
    names = exchange.path["runtime"], exchange.path["endpoint"]
    scopes = [exchange.scope]
    if exchange.request.host_is_address and not is_signed(exchange):
        scopes += [scope for scope in store.scopes() if scope != exchange.scope]
    for scope in scopes:
        for runtime in store.all(scope, "runtime"):
            for endpoint in store.all(scope, "endpoint", runtime.id):
                if (runtime.name, endpoint.name) == names:
                    return scope, runtime, endpoint
    text = f"endpoint {names[1]} of agent runtime {names[0]} does not exist"
    raise ServiceError(404, exchange.cloud.unverified.code_of_not_found, text)


class DataPlane:
    """Calls to endpoints. Some are signed with an access key: those to the host that is for them,
    and others if they say so. A runtime's credential may guard the rest."""

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
        """The host's third label; another host names none, but a signature does."""
        match = _HOST.fullmatch(request.host)
        claim = None if match else agentrun4.parse(request.header(agentrun4.HEADER))
        return match["region"] if match else claim and claim.region

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """Who signed. Without a signature the account is the host's, or the first one, unless the
        host is the one for signed calls."""
        match = _HOST.fullmatch(request.host)
        if request.header(agentrun4.HEADER) or (match and match["signed"]):
            region = self.region(request) or cloud.settings.region
            key = verify_agentrun4(request, region, cloud.keys, cloud.signing_clock.now())
            if match and match["account"] != key.account_id:
                raise Refused(keyring.UNKNOWN_KEY, f"{key.key_id} is of another account")
            return key
        return Key("", "", match["account"] if match else cloud.settings.account_id)

    def refusal(self, refused: Refused) -> ServiceError:
        """The data plane's code (1.6)."""
        detail = f": {refused.detail}" if refused.detail else ""
        text = f"the signature in {agentrun4.HEADER} is refused: {refused.why}{detail}"
        return ServiceError(403, "ERR_FORBIDDEN", text)

    def authorize(self, exchange: Exchange) -> None:
        """Temporary keys of the upload bucket are good for nothing here."""
        key = exchange.principal.key
        if key is not None and key.only:
            raise ServiceError(403, "ERR_FORBIDDEN", "the caller is not authorized")

    def answer(self, exchange: Exchange, result: Any) -> Response:
        """JSON."""
        return json_response(200, result)

    def refuse(self, error: ServiceError, request_id: str, scope: Scope | None) -> Response:
        """The data plane's error envelope, like that of the control plane."""
        body: dict[str, Any] = {
            "code": error.code,
            "message": error.message,
            "requestId": request_id,
        }
        if error.denied is not None:
            body["accessDeniedDetail"] = error.denied
        return json_response(error.status, body, error.headers)
