"""The fake cloud: takes requests, finds the service and operation, and keeps the books.

It knows no service by name but through `services.ALL`, no socket and no framework; `wsgi`,
`transport` and `server` are its ways in.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import routing
from .admin import Admin
from .browsers import is_foreign
from .calls import Call, CallLog
from .clock import Clock, SystemClock
from .errors import ServiceError
from .faults import ON_OUTCOME, Fault, Faults
from .http import Breakage, Later, Request, Response, json_response
from .ids import IdSource
from .keyring import KeyRing, Principal, Refused
from .lifecycle import Lifecycle
from .log_store import LogStore
from .machine import Pace
from .permissions import check_permission
from .routing import Exchange, Route
from .service import Service
from .settings import FakeSettings
from .store import Scope, Store
from .unverified import Unverified
from .view import View
from .wsgi import WsgiApp

if TYPE_CHECKING:
    import httpx

    from .dataplane import Programs
    from .transport import FakeTransport

_LOG = logging.getLogger("agentrun_fake")


@dataclass
class _Visit:
    """What is known of a request so far, for the call log."""

    request: Request
    service: Service
    request_id: str
    at: float
    scope: Scope | None = None
    route: Route | None = None
    code: str = ""
    faults: list[Fault] = field(default_factory=list)
    mark: dict[str, str] = field(default_factory=dict)
    late_seconds: float = 0


class FakeCloud(View):
    """A fake of AgentRun and of the services around it.

    Args:
        settings: Account, keys, region and speed.
        unverified: Other assumptions about what is not known of the real service.
        clock: Time of the resources; tests pass a `ManualClock`.
        signing_clock: Time that signatures are compared with; the machine's by default, since
            clients sign with that.
    """

    def __init__(
        self,
        settings: FakeSettings | None = None,
        *,
        unverified: Unverified | None = None,
        clock: Clock | None = None,
        signing_clock: Clock | None = None,
    ) -> None:
        self.settings = settings or FakeSettings()
        self.unverified = unverified or Unverified()
        self.clock: Clock = clock or SystemClock()
        self.signing_clock: Clock = signing_clock or SystemClock()
        self.lock = threading.RLock()
        self.store = Store()
        self.logs = LogStore(self.store)
        self.calls = CallLog()
        self.faults = Faults()
        self.ids = IdSource(self.settings.seed)
        self.keys = KeyRing(self.settings.all_keys, self.settings.max_skew_seconds)
        self.lifecycle = Lifecycle(self.store, self.clock, self._first_pace())
        self.base_url: str | None = None
        """Address under which clients reach the data plane; the real hosts if None."""
        self.after_change: Callable[[FakeCloud], None] | None = None
        """Called, under the lock, after each request that may have changed something."""
        self._admin = Admin(self)

    def _first_pace(self) -> Pace:
        return Pace(ms=self.settings.ready_ms, reads=self.settings.ready_reads)

    @property
    def wsgi(self) -> WsgiApp:
        """The cloud as a WSGI application."""
        return WsgiApp(self)

    def transport(self) -> FakeTransport:
        """The cloud as a transport for `httpx.Client`, with no socket in between."""
        # Imported when needed: half of the time this package takes to start is spent in httpx.
        from .transport import FakeTransport

        return FakeTransport(self)

    def client(self, **options: Any) -> httpx.Client:
        """An HTTP client that talks to this cloud in process."""
        import httpx

        return httpx.Client(transport=self.transport(), **options)

    def reset(self) -> None:
        """Forget all resources, calls, faults and temporary keys, end all programs, and begin ids
        anew."""
        self.stop_programs()
        with self.lock:
            self.store.clear()
            self.logs.clear()
            self.calls.clear()
            self.faults.clear()
            self.keys.forget()
            self.ids = IdSource(self.settings.seed)
            self.lifecycle.paces.clear()
            self.lifecycle.pace = self._first_pace()

    def seed(self, seed: int | None, moment: float | None = None) -> None:
        """Begin anew in a repeatable way.

        Args:
            seed: Makes the ids that follow repeatable; None for random ones.
            moment: Time at which the clock stands still from now on, in seconds since 1970; None
                for the machine's.
        """
        self.reset()
        with self.lock:
            self.ids = IdSource(seed)
            self.clock.stand(moment)

    @cached_property
    def programs(self) -> Programs:
        """The deployed programs that run here."""
        # Imported when needed: most tests run none.
        from .dataplane import Programs

        return Programs(self)

    def stop_programs(self) -> None:
        """End all deployed programs; the next call to one starts it anew."""
        if "programs" in self.__dict__:
            self.programs.stop()

    def has_domain(self, host: str) -> bool:
        """Whether a host is a custom domain of Function Compute that was declared here."""
        from .services.domain_traffic import domain_of

        with self.lock:
            return domain_of(self, Request("GET", "/", headers={"host": host})) is not None

    def handle(self, request: Request) -> Response:
        """Answer a request. May be called from many threads at once."""
        if self._admin.claims(request):
            return _refused_page() if is_foreign(request) else self._admin.handle(request)
        # Imported with the first request, so that a cloud that nobody asks is there at once.
        from .services import ALL, PUBLIC

        service = next((item for item in ALL if item.claims(request, self)), None)
        if service is None:
            text = "no service of this fake takes the request: neither path nor headers tell one"
            return json_response(404, {"code": "UnknownService", "message": text})
        if service.name not in PUBLIC and is_foreign(request):
            return _refused_page()
        with self.lock:
            visit = _Visit(request, service, self.ids.request_id(), self.clock.now())
        self._hold_up(visit, self.settings.latency_ms)
        response = self._serve(visit)
        with self.lock:
            self._note(visit, response)
        return replace(response, late_seconds=visit.late_seconds)

    def _serve(self, visit: _Visit) -> Response:
        try:
            with self.lock:
                exchange = self._open(visit)
                visit.faults = self.faults.pick(exchange.route.operation, visit.request)
            self._wait(visit, "before")
            broken = self._fail(visit, "before")
            if broken:
                return broken
            with self.lock:
                result = self._run(visit, exchange)
            response = result.finish() if isinstance(result, Later) else result
            self._wait(visit, "after")
            return self._fail(visit, "after", response) or response
        except ServiceError as error:
            return self._refuse(visit, error)
        except Exception:
            _LOG.exception("%s %s failed inside the fake", visit.request.method, visit.request.path)
            text = "the fake itself failed; its log tells more"
            return self._refuse(visit, ServiceError(500, "ERR_INTERNAL_SERVER_ERROR", text))

    def _open(self, visit: _Visit) -> Exchange:
        """Find out who asks for what."""
        request, service = visit.request, visit.service
        region = service.region(request) or self.settings.region
        visit.scope = Scope(self.settings.account_id, region)
        found = routing.find(service.routes, request, service.segments(request))
        if found:
            visit.route = found[0]
        principal = self._authenticate(visit)
        visit.scope = Scope(principal.account_id, region)
        if found is None:
            text = f"{request.method} {request.path} is no operation of {service.name}"
            raise ServiceError(404, "InvalidAction.NotFound", text)
        exchange = Exchange(
            self,
            request,
            found[0],
            found[1],
            visit.scope,
            principal,
            visit.request_id,
            visit.mark,
        )
        service.authorize(exchange)
        check_permission(principal.key, service.name, found[0].operation, self.unverified)
        return exchange

    def _authenticate(self, visit: _Visit) -> Principal:
        if not self.settings.verify:
            return Principal(self.settings.account_id)
        try:
            key = visit.service.authenticate(visit.request, self)
        except Refused as refused:
            raise visit.service.refusal(refused) from refused
        return Principal(key.account_id, key)

    def _run(self, visit: _Visit, exchange: Exchange) -> Response | Later:
        self.lifecycle.settle()
        outcome = [fault for fault in visit.faults if fault.kind in ON_OUTCOME]
        result = exchange.route.handler(replace(exchange, outcome=outcome))
        if exchange.route.is_write:
            self.changed()
        if isinstance(result, (Response, Later)):
            return result
        return visit.service.answer(exchange, result)

    def _wait(self, visit: _Visit, when: str) -> None:
        for fault in visit.faults:
            if fault.kind == "delay" and fault.when == when:
                self._hold_up(visit, fault.delay_ms)

    def _hold_up(self, visit: _Visit, ms: float) -> None:
        if ms:
            self.clock.sleep(ms / 1000)
            visit.late_seconds += ms / 1000

    def _fail(self, visit: _Visit, when: str, reply: Response | None = None) -> Response | None:
        """What the faults make of a reply, or of a request that was not looked at yet."""
        for fault in visit.faults:
            if fault.when == when and fault.kind in ("status", "throttle"):
                (reply or Response(0)).close()
                return self._refuse(visit, _scripted_error(fault, self.unverified))
            if fault.when == when and fault.kind == "drop":
                return (reply or Response(0)).broken(Breakage.DROPPED)
            if fault.kind == "truncate" and reply is not None:
                return reply.broken(Breakage.TRUNCATED)
        return None

    def _refuse(self, visit: _Visit, error: ServiceError) -> Response:
        visit.code = error.code
        return visit.service.refuse(error, visit.request_id, visit.scope)

    def _note(self, visit: _Visit, response: Response) -> None:
        request, route = visit.request, visit.route
        dropped = response.breakage is Breakage.DROPPED
        call = Call(
            service=visit.service.name,
            operation=route.operation if route else "",
            method=request.method,
            path=request.path,
            query=request.query,
            status=0 if dropped else response.status,
            code=visit.code,
            at=visit.at,
            resource=visit.mark.get("resource", ""),
            write=route.is_write if route else request.method not in ("GET", "HEAD"),
            account_id=visit.mark.get("account", visit.scope.account_id if visit.scope else ""),
            region=visit.mark.get("region", visit.scope.region if visit.scope else ""),
            request_id=visit.request_id,
            faults=tuple(fault.label for fault in visit.faults),
            user_agent=request.header("user-agent"),
        )
        self.calls.add(call)
        _LOG.info(
            "%s %s -> %s %s", call.operation or call.method, call.path, call.status, call.code
        )

    def changed(self) -> None:
        """Tell that something may have changed."""
        if self.settings.run or "programs" in self.__dict__:
            self.programs.follow()
        if self.after_change is not None:
            self.after_change(self)

    def admin(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Use the control interface (see `admin`) from Python."""
        raw, _, query = path.partition("?")
        payload = b"" if body is None else json_response(200, body).body
        response = self._admin.handle(Request(method, f"/_fake/{raw}", query, {}, payload))
        return response.json()


def _refused_page() -> Response:
    text = (
        "web pages of other sites may call deployed agents only; a browser opens the fake itself "
        "by its IP address or as localhost"
    )
    return json_response(403, {"code": "ForeignPage", "message": text})


def _scripted_error(fault: Fault, assumptions: Unverified) -> ServiceError:
    headers: tuple[tuple[str, str], ...] = ()
    if fault.retry_after_ms is not None:
        headers = (("x-acs-retry-after", str(fault.retry_after_ms)),)
    if fault.kind == "throttle":
        if not headers:
            headers = (("x-acs-retry-after", "1000"),)
        text = "Request was denied due to user flow control."
        return ServiceError(429, assumptions.code_of_throttling, text, headers)
    return ServiceError(fault.status, fault.code, fault.message, headers)
