"""RuntimeCustomDomain: a domain of your own that leads to a runtime.

API: section 8.5 of the reference, Function Compute 3.0, `/custom-domains/{name}` with a route to
the function behind the runtime.

Quirks: a domain belongs to everybody who has a route on it, and is written as a whole; so a write
begins with a look at what is there, keeps the routes of other functions, never takes a protocol
away from them, and sends back the other settings that were not declared. Removing the last route
removes the domain. A private key may be held back, so drift of it is not seen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from ..client import path_segment
from ..drift import observed
from ..errors import AlreadyExists, ApiError, ConfigError, NotFound
from ..fields import Problem, Shape
from ..kind import Kind, State, adopts, dump, plan
from ..session import Session
from ..unknown import is_known
from ..wire import from_wire, to_wire
from .domain_inputs import HTTPS, CustomDomainInputs, CustomDomainOutputs
from .domain_routes import agree, declared, function_of, merged, routes_of, split, wanted_routes
from .domain_settings import SETTINGS, kept, same, seen, union

_ABSENT = "DomainNameNotFound"

# Codes of the service that leave open what to do (seen in people's logs and in vendor pages).
_EXPLAINED = {
    "DomainNameNotResolved": "add a CNAME record of {domain} to {cname}, wait until it is known, "
    "and run again",
    "InvalidICPLicense": "a domain that is used in mainland China needs an ICP filing with Alibaba "
    "Cloud",
}


class RuntimeCustomDomainKind(Kind[CustomDomainInputs]):
    """Sets, reads and removes the routes of domains to runtimes."""

    name: ClassVar[str] = "RuntimeCustomDomain"
    Inputs: ClassVar[type[Any]] = CustomDomainInputs
    Outputs: ClassVar[type[Shape]] = CustomDomainOutputs

    def label(self, inputs: Mapping[str, Any]) -> str:
        return f"RuntimeCustomDomain {inputs.get('domain_name', '?')}"

    def complete(self, inputs: dict[str, Any], session: Session) -> list[Problem]:
        if inputs.get("protocol") is None:
            inputs["protocol"] = "HTTP" if inputs.get("cert_config") is None else "HTTPS"
        protocol, domain = inputs["protocol"], inputs.get("domain_name")
        if is_known(protocol) and isinstance(domain, str):
            inputs["url"] = f"{'https' if protocol in HTTPS else 'http'}://{domain}"
        return []

    def keeps_name(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        # Only another domain, or another region, replaces it.
        return bool(old.get("domain_name") == new.get("domain_name"))

    def key(self, resource_id: str, inputs: Mapping[str, Any]) -> str:
        # A domain is shared; what belongs to a resource are the routes of its runtime.
        return f"{self.name}/{resource_id}/{inputs.get('runtime_id')}"

    def create(self, session: Session, inputs: CustomDomainInputs) -> State:
        call = _Call(session, inputs)
        with session.exclusive(call.key):
            live = call.find()
            if live is None:
                live = call.make()
            else:
                live = call.join(live, adopt=adopts(session, dump(inputs)))
        return call.state(live)

    def read(self, session: Session, state: State) -> State | None:
        live = _find(session, state.id)
        runtime_id = state.inputs.get("runtime_id") or _runtime_behind(live)
        if live is None or runtime_id is None:
            return None
        mine, _ = split(routes_of(live), {function_of(runtime_id)})
        if not mine:
            return None
        known = {"runtime_id": runtime_id, "domain_name": state.id, **state.inputs}
        found = observed(CustomDomainInputs, known, seen(known, live), {})
        whole = CustomDomainInputs.model_validate(found, by_name=True)
        if not state.inputs or not agree(wanted_routes(whole), mine):
            found = {k: v for k, v in found.items() if k not in ("route", "routes")}
            found |= declared(mine)
        return State(state.id, found, _outputs(session, live))

    def update(self, session: Session, state: State, inputs: CustomDomainInputs) -> State:
        new = dump(inputs)
        if all(change.operational for change in plan(self, state.inputs, new)):
            return State(state.id, new, state.outputs)
        call = _Call(session, inputs)
        with session.exclusive(call.key):
            live = call.find()
            if live is None:
                live = call.make()
            else:
                live = call.change(live, str(state.inputs.get("runtime_id")))
        return call.state(live)

    def delete(self, session: Session, state: State) -> None:
        with session.exclusive(_key(state.id)):
            live = _find(session, state.id)
            mine, others = split(
                routes_of(live), {function_of(str(state.inputs.get("runtime_id")))}
            )
            if live is None or (others and not mine):
                return
            if others:
                _write(session, state.id, {**kept(live), "routeConfig": {"routes": others}})
                return
            try:
                _send(session, "DeleteCustomDomain", "DELETE", state.id)
            except NotFound as refusal:
                if refusal.code != _ABSENT:
                    raise


RUNTIME_CUSTOM_DOMAIN = RuntimeCustomDomainKind()


class _Call:
    """The calls of one operation on one domain."""

    def __init__(self, session: Session, inputs: CustomDomainInputs) -> None:
        self.session = session
        self.inputs = inputs
        self.domain = inputs.domain_name
        self.key = _key(inputs.domain_name)
        self.wanted = wanted_routes(inputs)

    def find(self) -> dict[str, Any] | None:
        return _find(self.session, self.domain)

    def make(self) -> dict[str, Any]:
        """Create the domain; one that appears meanwhile is joined."""
        protocol = self.inputs.protocol or "HTTP"
        body = {
            "domainName": self.domain,
            "protocol": protocol,
            "routeConfig": {"routes": self.wanted},
            **self._settings(),
        }
        self._need_certificate(protocol, body)
        try:
            # A repeated create is refused by name, and what is there then is looked at.
            return _send(self.session, "CreateCustomDomain", "POST", None, body, self.domain)
        except AlreadyExists:
            live = self.find()
            if live is None:
                raise
        return self.join(live, adopt=False)

    def join(self, live: Mapping[str, Any], *, adopt: bool) -> dict[str, Any]:
        """Put the runtime on a domain that exists."""
        mine, others = split(routes_of(live), {function_of(self.inputs.runtime_id)})
        if mine and not agree(self.wanted, mine) and not adopt:
            paths = ", ".join(str(route.get("path")) for route in mine)
            raise ConfigError(
                f"the domain {self.domain} leads to runtime {self.inputs.runtime_id} already, by "
                f"{paths}, which this resource did not set",
                "set adopt=True to replace these routes, declare the same, or remove them first",
            )
        if mine:
            key = RUNTIME_CUSTOM_DOMAIN.key(self.domain, {"runtime_id": self.inputs.runtime_id})
            self.session.holding.take_over(key)
        return self._put(live, mine, others, union(live.get("protocol"), self.inputs.protocol))

    def change(self, live: Mapping[str, Any], old_runtime: str) -> dict[str, Any]:
        """Give the domain the declared routes in place of the runtime's former ones."""
        ours = {function_of(old_runtime), function_of(self.inputs.runtime_id)}
        mine, others = split(routes_of(live), ours)
        # Only a domain that is the runtime's alone can lose a protocol.
        online = live.get("protocol") if others else None
        return self._put(live, mine, others, union(online, self.inputs.protocol))

    def state(self, live: Mapping[str, Any]) -> State:
        return State(self.domain, dump(self.inputs), _outputs(self.session, live))

    def _put(
        self,
        live: Mapping[str, Any],
        mine: list[dict[str, Any]],
        others: list[dict[str, Any]],
        protocol: str,
    ) -> dict[str, Any]:
        settings = self._settings()
        routes = merged(self.wanted, mine, others, self.domain)
        in_place = agree(self.wanted, mine) and protocol == live.get("protocol")
        if in_place and all(same(live.get(name), value) for name, value in settings.items()):
            return dict(live)
        body = {
            **kept(live),
            "protocol": protocol,
            **settings,
            "routeConfig": {"routes": routes},
        }
        self._need_certificate(protocol, {**live, **body})
        told = "takes a route on a domain that exists" if not mine else "changes its routes"
        self.session.progress(f"RuntimeCustomDomain {self.domain}", told, 0)
        return _write(self.session, self.domain, body)

    def _settings(self) -> dict[str, Any]:
        body = to_wire(self.inputs, skip=("domain_name",))
        return {name: body[name] for name in SETTINGS if name in body}

    def _need_certificate(self, protocol: str, domain: Mapping[str, Any]) -> None:
        if protocol in HTTPS and not domain.get("certConfig"):
            raise ConfigError(
                f"the domain {self.domain} has no certificate for {protocol}",
                "give it a cert_config, or use protocol HTTP",
            )


def _key(domain: str) -> str:
    return f"custom-domain/{domain}"


def _find(session: Session, domain: str) -> dict[str, Any] | None:
    try:
        return _send(session, "GetCustomDomain", "GET", domain)
    except NotFound as refusal:
        if refusal.code != _ABSENT:
            raise
        return None


def _write(session: Session, domain: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return _send(session, "UpdateCustomDomain", "PUT", domain, body)


def _send(
    session: Session,
    operation: str,
    method: str,
    domain: str | None,
    body: Mapping[str, Any] | None = None,
    told: str | None = None,
) -> dict[str, Any]:
    path = "/custom-domains" + (f"/{path_segment(domain)}" if domain else "")
    try:
        reply = session.client.call_fcv3(operation, method, path, body=body, idempotent=True)
    except ApiError as refusal:
        why = _EXPLAINED.get(refusal.code)
        if why is None:
            raise
        cname = f"{session.account_id}.{session.settings.region}.fc.aliyuncs.com"
        raise type(refusal)(
            refusal.code,
            f"{refusal.message.rstrip('. ')}: {why.format(domain=domain or told, cname=cname)}",
            refusal.status,
            refusal.request_id,
            refusal.operation,
            service=refusal.service,
        ) from refusal
    return reply or {}


def _runtime_behind(live: Mapping[str, Any] | None) -> str | None:
    """The runtime of a domain that is read without knowing anything of it."""
    functions: Collection[str] = [str(r.get("functionName")) for r in routes_of(live)]
    prefix = function_of("")
    return next((name[len(prefix) :] for name in functions if name.startswith(prefix)), None)


def _outputs(session: Session, live: Mapping[str, Any]) -> dict[str, Any]:
    account = live.get("accountId") or session.settings.account_id
    outputs = from_wire(CustomDomainOutputs, live)
    if account:
        outputs["cname"] = f"{account}.{session.settings.region}.fc.aliyuncs.com"
    return outputs
