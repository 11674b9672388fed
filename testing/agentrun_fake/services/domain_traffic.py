"""Traffic of custom domains of Function Compute (section 8.5): a request is told by its Host.

The route with the path itself wins, then the longest one that ends in `*`; a route may be for some
methods only. The function gets the path as it came. The host is not asked for an address: DNS is
not modelled, so a client on this machine names the domain in the Host header.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .. import machine
from ..errors import ServiceError
from ..http import Later, Request, Response, json_response
from ..keyring import Refused
from ..routing import Exchange, Route
from ..settings import Key
from ..store import Record, Scope
from .dataplane import why_not_run
from .fc3_domains import KIND
from .guard import check_caller

if TYPE_CHECKING:
    from ..cloud import FakeCloud

_FUNCTION_PREFIX = "agentrun-"
_OF_THE_VENDOR = ".aliyuncs.com"
LATEST = "LATEST"


def invoke(exchange: Exchange) -> Later:
    """Find the function that a request is for, and hand it over."""
    cloud, request = exchange.cloud, exchange.request
    scope, domain = _need(cloud, request)
    exchange.found_in(scope)
    exchange.mark["resource"] = f"domain/{domain.name}"
    route = _route(domain, request)
    runtime = _runtime(cloud, scope, route["functionName"])
    qualifier = route.get("qualifier") or LATEST
    if qualifier == LATEST and runtime.status in (machine.CREATING, machine.CREATE_FAILED):
        text = f"function {route['functionName']} is not ready: {runtime.status}"
        raise ServiceError(503, "FunctionNotReady", text)
    check_caller(exchange, scope, runtime)
    why = why_not_run(exchange, runtime) or _not_modelled(domain.fields, route)
    if why:
        text = f"domain {domain.name} leads to agent runtime {runtime.name}, but {why}"
        raise ServiceError(501, "ERR_NOT_RUN_HERE", text)
    if (
        qualifier != LATEST
        and cloud.store.get(scope, "version", f"{runtime.id}:{qualifier}") is None
    ):
        text = f"version {qualifier} of function {route['functionName']} does not exist"
        raise ServiceError(404, "VersionNotFound", text)
    call = cloud.programs.plan_version(scope, runtime, qualifier, request, exchange.request_id)
    return Later(lambda: call(request.path))


def domain_of(cloud: FakeCloud, request: Request) -> tuple[Scope, Record] | None:
    """The domain that a request's Host names; its own one, or one with a `*` for the first label.

    The vendor's own hosts are none, whatever somebody declares.
    """
    host = request.host
    if request.host_is_address or host.endswith(_OF_THE_VENDOR):
        return None
    wanted = (host, f"*.{host.partition('.')[2]}")
    found: dict[str, tuple[Scope, Record]] = {}
    for scope in cloud.store.scopes():
        for record in cloud.store.all(scope, KIND):
            found.setdefault(record.name.lower(), (scope, record))
    return next((found[name] for name in wanted if name in found), None)


def _need(cloud: FakeCloud, request: Request) -> tuple[Scope, Record]:
    found = domain_of(cloud, request)
    if found is None:
        raise ServiceError(404, "DomainNameNotFound", f"domain name {request.host} does not exist")
    return found


def _route(domain: Record, request: Request) -> Mapping[str, Any]:
    path = unquote(request.path)
    routes: Iterable[Mapping[str, Any]] = domain.fields.get("routeConfig", {}).get("routes", [])
    fitting = [
        route
        for route in routes
        if _fits(route["path"], path) and request.method in route.get("methods", [request.method])
    ]
    if not fitting:
        text = (
            f"no route found in domain '{domain.name}' for path '{path}' and method "
            f"'{request.method}'"
        )
        raise ServiceError(404, "DomainRouteNotFound", text)
    return max(fitting, key=lambda route: (route["path"] == path, len(route["path"])))


def _fits(pattern: str, path: str) -> bool:
    return path == pattern or (pattern.endswith("*") and path.startswith(pattern[:-1]))


def _runtime(cloud: FakeCloud, scope: Scope, function: str) -> Record:
    record = cloud.store.get(scope, "runtime", function.removeprefix(_FUNCTION_PREFIX))
    if record is None or record.status == machine.DELETING:
        raise ServiceError(404, "FunctionNotFound", f"function {function} does not exist")
    return record


def _not_modelled(domain: Mapping[str, Any], route: Mapping[str, Any]) -> str | None:
    """What would decide about the request and is not known here; None if nothing would."""
    kind = domain.get("authConfig", {}).get("authType", "anonymous")
    if kind != "anonymous":
        return f"the fake does not know whom authConfig of type {kind} lets pass"
    if route.get("rewriteConfig"):
        return "the fake does not rewrite paths (rewriteConfig)"
    return None


class DomainTraffic:
    """Requests to custom domains. They carry no signature; a runtime's credential may guard it."""

    name = "domain"
    routes: tuple[Route, ...] = (Route("*", "/{path*}", "InvokeFunction", invoke, write=False),)

    def claims(self, request: Request, cloud: FakeCloud) -> bool:
        """Told by the host."""
        with cloud.lock:
            return domain_of(cloud, request) is not None

    def segments(self, request: Request) -> list[str]:
        """The whole path."""
        return request.segments

    def region(self, request: Request) -> str | None:
        """The domain knows it, its name does not."""
        return None

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """Anybody may call; the account is the domain's."""
        return Key("", "", _need(cloud, request)[0].account_id)

    def refusal(self, refused: Refused) -> ServiceError:
        """Nobody is refused for a signature."""
        return ServiceError(403, "AccessDenied", refused.why)

    def authorize(self, exchange: Exchange) -> None:
        """Nothing is forbidden."""

    def answer(self, exchange: Exchange, result: Any) -> Response:
        """JSON."""
        return json_response(200, result)

    def refuse(self, error: ServiceError, request_id: str, scope: Scope | None) -> Response:
        """The error body of Function Compute."""
        body = {"Code": error.code, "Message": error.message, "RequestId": request_id}
        return json_response(error.status, body, error.headers)
