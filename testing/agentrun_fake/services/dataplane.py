"""The data plane: where endpoints are called.

With `FakeSettings.run` a call is handed to the deployed program, else it is answered that nothing
runs here; so are calls to containers and to agents that are hosted elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
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
from .addresses import PLACE, data_plane_url
from .control.envelope import refusal
from .guard import check_caller, is_signed

if TYPE_CHECKING:
    from ..cloud import FakeCloud

PREFIX = "/agent-runtimes/"
_HOST = re.compile(
    r"(?P<account>[0-9]+)(?P<signed>-ram)?\.(?P<label>agentrun-data[a-z-]*)\.(?P<region>[a-z0-9-]+)"
    r"\.aliyuncs\.com"
)
_PLACE = re.compile(rf"/{PLACE}/(?P<account>[0-9]+)/(?P<region>[a-z0-9-]+)(?=/)")


class _Place(NamedTuple):
    """What a request's host, or else the beginning of its path, says about where it goes."""

    account: str | None = None
    region: str | None = None
    signed: bool = False
    path: str = ""


def _place(request: Request) -> _Place:
    match = _HOST.fullmatch(request.host)
    if match is not None:
        return _Place(match["account"], match["region"], bool(match["signed"]), request.path)
    named = _PLACE.match(request.path)
    if named is None:
        return _Place(path=request.path)
    return _Place(named["account"], named["region"], path=request.path[named.end() :])


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
    rest = _place(exchange.request).path.split("/")[6:]
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
    # Other protocols are offered, not asked for: some clients offer HTTP/2 with each call.
    if "websocket" in exchange.request.header("upgrade").lower():
        return "the fake hands no WebSockets over"
    return None


def _find(exchange: Exchange) -> tuple[Scope, Record, Record]:
    """Look in the scope that the host, the path or a signature names; an address alone names none,
    so all are looked through."""
    store = exchange.cloud.store
    names = exchange.path["runtime"], exchange.path["endpoint"]
    scopes = [exchange.scope]
    named = _place(exchange.request).account is not None or is_signed(exchange)
    if exchange.request.host_is_address and not named:
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
        """Told by the path's first segment, after that which names the place."""
        return _place(request).path.startswith(PREFIX)

    def segments(self, request: Request) -> list[str]:
        """The path after that which names the place."""
        return replace(request, path=_place(request).path).segments

    def region(self, request: Request) -> str | None:
        """The host's third label, or the path's; else a signature may name it."""
        claim = agentrun4.parse(request.header(agentrun4.HEADER))
        return _place(request).region or (claim.region if claim else None)

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """Who signed. Without a signature the account is the host's, or the first one, unless the
        host is the one for signed calls."""
        place = _place(request)
        if request.header(agentrun4.HEADER) or place.signed:
            region = self.region(request) or cloud.settings.region
            key = verify_agentrun4(request, region, cloud.keys, cloud.signing_clock.now())
            if place.account not in (None, key.account_id):
                raise Refused(keyring.UNKNOWN_KEY, f"{key.key_id} is of another account")
            return key
        return Key("", "", place.account or cloud.settings.account_id)

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
        return refusal(error, request_id)
