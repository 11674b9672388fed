"""The fake's own control interface, below `/_fake/`; it takes no signature.

| Request | Does |
|---|---|
| GET (nothing) | a page for people, see `dashboard` |
| GET `overview` | what that page shows |
| GET `health` | tells that it runs |
| POST `reset` | forgets resources, calls, faults |
| POST `seed` | the same, and makes ids and time repeatable: `{seed, time}`, see `FakeCloud.seed` |
| POST `clock` | moves a clock that stands still: `{advance}`, in seconds |
| GET `state` | all resources, with write-only fields |
| GET `dump` | the same with packages and objects, for `load` |
| POST `load` | replaces all resources by those of a dump |
| GET `instances` | the programs that run here, with the last lines of their output |
| GET `calls` (`?writes=1`), DELETE `calls` | call log with counts; empties it |
| GET, POST, DELETE `faults` | rules in force; adds one or a list of them; drops them |
| GET, POST `transitions` | how long passing states last: `{ms, reads, manual, kind}`; `{finish}` |
| POST `mutate` | changes what `{runtime, endpoint}` name: `{set, unset, status, reason, delete}` |
| GET, POST `assumptions` | what is not known of the real service, and its switches |
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .errors import BadControlRequest, check_types
from .faults import Fault
from .http import Request, Response, json_response, read_json
from .store import Scope
from .unverified import catalogue

if TYPE_CHECKING:
    from .cloud import FakeCloud

PREFIX = "/_fake/"
_MUTATIONS = {
    "set": "object | None",
    "unset": "list | None",
    "status": "str | None",
    "reason": "str | None",
    "delete": "bool",
}
_PACE = {
    "ms": "float",
    "reads": "int | None",
    "manual": "bool",
    "kind": "str | None",
    "finish": "bool",
}
_LAST_MOMENT = 2**32
"""The year 2106; far beyond it no time can be written."""
_LOG = logging.getLogger("agentrun_fake.admin")


class Admin:
    """Answers the control interface of one cloud."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud
        self._actions: dict[tuple[str, str], Callable[[Request], Any]] = {
            ("GET", ""): self._page,
            ("GET", "overview"): self._overview,
            ("GET", "health"): self._health,
            ("POST", "reset"): self._reset,
            ("POST", "seed"): self._seed,
            ("POST", "clock"): self._move_clock,
            ("GET", "state"): self._state,
            ("GET", "dump"): self._dump,
            ("POST", "load"): self._load,
            ("GET", "instances"): self._instances,
            ("GET", "calls"): self._calls,
            ("DELETE", "calls"): self._clear_calls,
            ("GET", "faults"): self._list_faults,
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "transitions"): self._show_transitions,
            ("POST", "transitions"): self._transitions,
            ("POST", "mutate"): self._mutate,
            ("GET", "assumptions"): self._show_assumptions,
            ("POST", "assumptions"): self._assume,
        }

    def claims(self, request: Request) -> bool:
        """Whether the request is for the control interface."""
        return request.path.startswith(PREFIX)

    def handle(self, request: Request) -> Response:
        """Answer a request of the control interface."""
        name = request.path[len(PREFIX) :].strip("/")
        action = self._actions.get((request.method, name))
        if action is None:
            known = sorted(f"{method} {PREFIX}{path}" for method, path in self._actions)
            return json_response(404, {"error": f"no {request.method} {name}", "known": known})
        try:
            with self._cloud.lock:
                result = action(request)
                if request.method != "GET":
                    self._cloud.changed()
                return result if isinstance(result, Response) else json_response(200, result)
        except (BadControlRequest, ValueError) as error:
            return json_response(400, {"error": str(error)})
        except Exception:
            _LOG.exception("%s %s failed inside the fake", request.method, request.path)
            return json_response(500, {"error": "the fake itself failed; its log tells more"})

    def _page(self, request: Request) -> Any:
        # Imported when somebody looks; tests that don't should start quickly.
        from .dashboard import page

        return page()

    def _overview(self, request: Request) -> Any:
        from .dashboard import overview

        return overview(self._cloud)

    def _health(self, request: Request) -> Any:
        settings = self._cloud.settings
        return {"status": "ok", "account": settings.account_id, "region": settings.region}

    def _reset(self, request: Request) -> Any:
        self._cloud.reset()
        return {"status": "ok"}

    def _seed(self, request: Request) -> Any:
        given = _object(request, "seed", "time")
        seed, moment = given.get("seed"), given.get("time")
        check_types({"seed": (seed, "int | None"), "time": (moment, "float | None")})
        if moment is not None:
            _check_range("time", moment, _LAST_MOMENT)
        self._cloud.seed(seed, moment)
        return {"status": "ok"}

    def _move_clock(self, request: Request) -> Any:
        seconds: Any = _object(request, "advance").get("advance")
        check_types({"advance": (seconds, "float")})
        clock = self._cloud.clock
        _check_range("advance", seconds, _LAST_MOMENT - clock.now())
        clock.advance(seconds)
        return {"now": clock.now()}

    def _dump(self, request: Request) -> Any:
        from .persistence import dump

        self._cloud.lifecycle.settle()
        return dump(self._cloud)

    def _load(self, request: Request) -> Any:
        from .persistence import load

        plain = _object(request)
        check_types({"blobs": (plain.get("blobs", {}), "object")})
        check_types({digest: (text, "str") for digest, text in plain.get("blobs", {}).items()})
        load(self._cloud, plain)
        return {"status": "ok"}

    def _state(self, request: Request) -> Any:
        self._cloud.lifecycle.settle()
        return self._cloud.store.snapshot()

    def _instances(self, request: Request) -> Any:
        return {"instances": self._cloud.programs.report()}

    def _calls(self, request: Request) -> Any:
        writes_only = request.params.get("writes", "") not in ("", "0", "false")
        return self._cloud.calls.report(writes_only=writes_only)

    def _clear_calls(self, request: Request) -> Any:
        self._cloud.calls.clear()
        return {"status": "ok"}

    def _list_faults(self, request: Request) -> Any:
        return {"faults": self._cloud.faults.report()}

    def _add_faults(self, request: Request) -> Any:
        given = _payload(request)
        rules = given.get("faults", [given]) if isinstance(given, dict) else given
        check_types({"faults": (rules, "list")})
        for fault in [Fault.from_json(rule) for rule in rules]:
            self._cloud.faults.add(fault)
        return self._list_faults(request)

    def _clear_faults(self, request: Request) -> Any:
        self._cloud.faults.clear()
        return {"status": "ok"}

    def _show_transitions(self, request: Request) -> Any:
        lifecycle = self._cloud.lifecycle
        kinds = {kind: asdict(pace) for kind, pace in lifecycle.paces.items()}
        return {"pace": asdict(lifecycle.pace), "kinds": kinds}

    def _transitions(self, request: Request) -> Any:
        given = _object(request, "ms", "reads", "manual", "kind", "finish")
        check_types({name: (value, _PACE[name]) for name, value in given.items()})
        if given.pop("finish", False):
            self._cloud.finish()
        if given:
            self._cloud.pace(**given)
        return self._show_transitions(request)

    def _mutate(self, request: Request) -> Any:
        given = _payload(request)
        if not isinstance(given, dict):
            raise BadControlRequest("the body must be an object")
        home = self._cloud.home
        scope = Scope(
            given.pop("account", home.account_id),
            given.pop("region", home.region),
        )
        changes = {name: given.pop(name) for name in _MUTATIONS if name in given}
        check_types({"account": (scope.account_id, "str"), "region": (scope.region, "str")})
        check_types({name: (value, _MUTATIONS[name]) for name, value in changes.items()})
        check_types({name: (value, "str") for name, value in given.items()})
        self._cloud.mutate(given, scope=scope, **changes)
        return {"status": "ok"}

    def _show_assumptions(self, request: Request) -> Any:
        return {"assumptions": catalogue(self._cloud.unverified)}

    def _assume(self, request: Request) -> Any:
        self._cloud.unverified = self._cloud.unverified.changed(**_object(request))
        return self._show_assumptions(request)


def _check_range(name: str, value: float, most: float) -> None:
    if not 0 <= value <= most:
        raise BadControlRequest(f"{name} must be from 0 to {most:g} seconds, not {value:g}")


def _payload(request: Request) -> Any:
    try:
        return read_json(request.body or b"{}")
    except ValueError as error:
        raise BadControlRequest(f"the body is no JSON: {error}") from error


def _object(request: Request, *known: str) -> dict[str, Any]:
    given = _payload(request)
    unknown = sorted(set(given) - set(known)) if known and isinstance(given, dict) else []
    if not isinstance(given, dict) or unknown:
        raise BadControlRequest(f"expected an object of {', '.join(known)}; unknown: {unknown}")
    return given
