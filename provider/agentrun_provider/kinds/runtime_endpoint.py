"""RuntimeEndpoint: the address of a runtime and the versions behind it.

API: section 4 of the reference, below `/agents/runtimes/{id}/endpoints`. Fields are in
`endpoint_inputs`, the weights' translation in `traffic`.

Quirks: the service refuses writes until the runtime is READY; `scalingConfig` is never returned and
removed by a flag of its own; the public address is there before the endpoint is ready, so only the
status counts; an endpoint has no tags, so one that an interrupted create left is known by belonging
to a runtime of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from ..adoption import differences, told
from ..client import path_segment
from ..drift import observed, service_defaults
from ..errors import AlreadyExists, Incomplete, NotFound, WaitFailed
from ..fields import Problem, Shape
from ..kind import Kind, State, adopts, dump, plan, timeout_seconds
from ..session import Session
from ..unknown import UNKNOWN
from ..waiting import Deadline
from ..wire import from_wire, resets, to_wire
from .endpoint_inputs import EndpointInputs, EndpointOutputs
from .rollout import LATEST, decide, traffic_text
from .runtime_calls import (
    BUSY,
    DEAD,
    FAILED,
    LEAVING,
    READY,
    find_by_id,
    runtime_path,
    unless_busy,
)
from .smoke_gate import pass_smoke_gate
from .traffic import routing_body, routing_inputs, splits

T = TypeVar("T")

TRAFFIC = frozenset({"target_version", "canary", "version_weights"})
_OWN_RULES = ("name", "runtime_id", "canary", "version_weights", "scaling")


class RuntimeEndpointKind(Kind[EndpointInputs]):
    """Creates, reads, updates and deletes endpoints."""

    name: ClassVar[str] = "RuntimeEndpoint"
    Inputs: ClassVar[type[Any]] = EndpointInputs
    Outputs: ClassVar[type[Shape]] = EndpointOutputs

    def label(self, inputs: Mapping[str, Any]) -> str:
        return f"RuntimeEndpoint {inputs.get('name', '?')}"

    def complete(self, inputs: dict[str, Any], session: Session) -> list[Problem]:
        if inputs.get("rollout") is None and inputs.get("target_version") is None:
            inputs["target_version"] = LATEST
        if inputs.get("rollout") is None:
            set_traffic_text(inputs)
        return []

    def carry_over(self, inputs: dict[str, Any], old: Mapping[str, Any]) -> None:
        """Decide a rollout from what was decided last."""
        if not self.keeps_name(old, inputs):
            # Another endpoint will take its place, for which nothing was decided yet.
            old = {}
        rollout = inputs.get("rollout")
        if rollout is not None and rollout is not UNKNOWN:
            inputs |= decide(rollout, old)
            set_traffic_text(inputs)

    def keeps_name(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        # Under another runtime the same name is another address.
        return all(old.get(key) == new.get(key) for key in ("name", "runtime_id"))

    def create(self, session: Session, inputs: EndpointInputs) -> State:
        declared = dump(inputs)
        call = _Call(session, declared, self.label(declared), "create")
        pass_smoke_gate(session, inputs.smoke, call.label)
        body = {"agentRuntimeEndpointName": inputs.name, **_body(inputs)}
        endpoint_id = call.create_or_resume(body)
        try:
            live = call.await_ready(endpoint_id)
        except WaitFailed as error:
            raise Incomplete(f"{inputs.runtime_id}/{endpoint_id}", {}, error) from error
        return _state(declared, live)

    def foresee(self, session: Session, inputs: dict[str, Any]) -> str | None:
        """Tell what a create would take over and change; None if there is nothing yet."""
        if "runtime_id" not in inputs:
            return None
        live = _Call(session, inputs, self.label(inputs), "create").find_by_name()
        if live is None:
            return None
        return _told_adoption(_body(EndpointInputs.model_validate(inputs, by_name=True)), live)

    def read(self, session: Session, state: State) -> State | None:
        call = _Call(session, state.inputs, self.label(state.inputs), "delete")
        live = call.find(_own_id(state))
        if live is not None and live.get("status") == "DELETING":
            call.await_gone(_own_id(state))
            live = None
        if live is None:
            return None
        seen = from_wire(EndpointInputs, live)
        seen |= routing_inputs(state.inputs, {"versionWeights": splits(live)})
        found = observed(
            EndpointInputs, state.inputs, seen, state.outputs.get("service_defaults") or {}
        )
        return State(state.id, found, {**state.outputs, **_outputs(live)})

    def update(self, session: Session, state: State, inputs: EndpointInputs) -> State:
        new = dump(inputs)
        changes = plan(self, state.inputs, new)
        if all(change.operational for change in changes):
            return State(state.id, new, state.outputs)
        call = _Call(session, new, self.label(new), "update")
        if any(change.field in TRAFFIC for change in changes):
            pass_smoke_gate(session, inputs.smoke, call.label)
        body = _body(inputs) | resets(state.inputs, inputs, skip=_OWN_RULES)
        if inputs.scaling is None and state.inputs.get("scaling") is not None:
            body["deleteScalingConfig"] = True
        call.write(_own_id(state), body)
        return _state(new, call.await_ready(_own_id(state)))

    def delete(self, session: Session, state: State) -> None:
        call = _Call(session, state.inputs, self.label(state.inputs), "delete")
        call.remove(_own_id(state))


RUNTIME_ENDPOINT = RuntimeEndpointKind()


class _Call:
    """The calls of one operation on one endpoint, inside its time."""

    def __init__(
        self, session: Session, inputs: Mapping[str, Any], label: str, operation: str
    ) -> None:
        self.session = session
        self.runtime_id = str(inputs["runtime_id"])
        self.name = str(inputs["name"])
        self.owner = inputs.get("owner")
        self.adopt = adopts(session, inputs)
        self.label = label
        self.path = f"{runtime_path(self.runtime_id)}/endpoints"
        seconds = timeout_seconds(session, inputs, operation)
        self.deadline = Deadline.after(session.clock, seconds)

    def find(self, endpoint_id: str) -> dict[str, Any] | None:
        try:
            return self._get(endpoint_id)
        except NotFound:
            return None

    def find_by_name(self) -> dict[str, Any] | None:
        query = {"endpointName": self.name, "searchMode": "exact"}
        items = self.session.client.paginate("ListAgentRuntimeEndpoints", self.path, query)
        return next((i for i in items if i.get("agentRuntimeEndpointName") == self.name), None)

    def create_or_resume(self, body: dict[str, Any]) -> str:
        existing = self.find_by_name() if self.adopt else None
        if existing is not None and existing.get("status") not in DEAD:
            return self._adopt(existing, body)
        try:
            return self._create(body)
        except AlreadyExists as refusal:
            left = self._ours()
            if left is None:
                raise self._foreign(refusal) from refusal
        endpoint_id = str(left["agentRuntimeEndpointId"])
        if left.get("status") in DEAD:
            self.session.progress(self.label, f"replaces a {left['status']} one", 0)
            self.remove(endpoint_id)
            return self._create(body)
        self._take_over(endpoint_id)
        self.write(endpoint_id, {k: v for k, v in body.items() if k != "agentRuntimeEndpointName"})
        return endpoint_id

    def _adopt(self, live: Mapping[str, Any], body: dict[str, Any]) -> str:
        endpoint_id = str(live["agentRuntimeEndpointId"])
        changes = _adoption(body, live)
        self._take_over(endpoint_id)
        self.session.progress(self.label, _told_adoption(body, live), 0)
        if not changes and live.get("status") in FAILED:
            # What failed to be applied is held already; only another update tries it again.
            changes = {k: v for k, v in body.items() if k != "agentRuntimeEndpointName"}
        if changes:
            self.write(endpoint_id, changes)
        return endpoint_id

    def _take_over(self, endpoint_id: str) -> None:
        """Note that it was there before, so that nobody removes it as something half-made."""
        key = RUNTIME_ENDPOINT.key(f"{self.runtime_id}/{endpoint_id}", {})
        self.session.holding.take_over(key)

    def write(self, endpoint_id: str, body: dict[str, Any]) -> None:
        path = self._path(endpoint_id)
        self._when_ready(
            lambda: self.session.client.call("UpdateAgentRuntimeEndpoint", "PUT", path, body=body)
        )

    def remove(self, endpoint_id: str) -> None:
        path = self._path(endpoint_id)
        try:
            self._when_ready(
                lambda: self.session.client.call("DeleteAgentRuntimeEndpoint", "DELETE", path)
            )
        except NotFound:
            return
        self.await_gone(endpoint_id)

    def await_gone(self, endpoint_id: str) -> None:
        self._wait(lambda: self.find(endpoint_id), LEAVING, frozenset())

    def await_ready(self, endpoint_id: str) -> dict[str, Any]:
        live = self._wait(lambda: self._get(endpoint_id), BUSY, READY)
        assert live is not None, "a wait with a target ends with a reply"
        return live

    def _create(self, body: dict[str, Any]) -> str:
        reply = self._when_ready(
            lambda: self.session.client.create_once(
                "CreateAgentRuntimeEndpoint", self.path, body, find=self._ours
            )
        )
        return str(reply["agentRuntimeEndpointId"])

    def _ours(self) -> dict[str, Any] | None:
        """The endpoint of this name, if the runtime it belongs to was made by the same stack."""
        runtime = find_by_id(self.session, self.runtime_id)
        tags = (runtime or {}).get("systemTags") or []
        stack = str(self.owner or "").rpartition("-")[0]
        if not stack or not any(tag.rpartition("-")[0] == stack for tag in tags):
            return None
        return self.find_by_name()

    def _foreign(self, refusal: AlreadyExists) -> AlreadyExists:
        found = self.find_by_name()
        known = f" (endpoint {found['agentRuntimeEndpointId']})" if found else ""
        return AlreadyExists(
            code=refusal.code,
            message=f"runtime {self.runtime_id} has an endpoint named {self.name} already{known} "
            "that was not made by this stack",
            status=refusal.status,
            request_id=refusal.request_id,
            operation=refusal.operation,
        )

    def _when_ready(self, send: Callable[[], T]) -> T:
        """Send a request; while the runtime or the endpoint is busy, wait and send it again."""

        def alone() -> T:
            with self.session.exclusive(self.runtime_id):
                return send()

        label = f"Runtime of {self.label}"
        return unless_busy(self.session, self.runtime_id, label, self.deadline, alone)

    def _wait(
        self, read: Any, pending: frozenset[str], target: frozenset[str]
    ) -> dict[str, Any] | None:
        live: dict[str, Any] | None = self.session.wait(
            read,
            what=self.label,
            status=lambda reply: str(reply.get("status") or ""),
            reason=lambda reply: reply.get("statusReason") or None,
            pending=pending,
            target=target,
            limit=self.deadline,
        )
        return live

    def _get(self, endpoint_id: str) -> dict[str, Any]:
        reply: dict[str, Any] = self.session.client.call(
            "GetAgentRuntimeEndpoint", "GET", self._path(endpoint_id)
        )
        return reply

    def _path(self, endpoint_id: str) -> str:
        return f"{self.path}/{path_segment(endpoint_id)}"


def _adoption(body: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a body that an endpoint does not hold yet."""
    changes = differences(body, live, ignored=("agentRuntimeEndpointName",))
    if not body.get("routingConfiguration", {}).get("versionWeights") and not splits(live):
        # No split at all may be written in several ways.
        changes.pop("routingConfiguration", None)
    return changes


def _told_adoption(body: Mapping[str, Any], live: Mapping[str, Any]) -> str:
    return f"adopts {live['agentRuntimeEndpointId']}, {told(_adoption(body, live), live)}"


def _body(inputs: EndpointInputs) -> dict[str, Any]:
    """The whole desired state; an empty list of weights clears an older split."""
    body = to_wire(inputs, skip=_OWN_RULES)
    body["routingConfiguration"] = routing_body(inputs)
    if inputs.scaling is not None:
        body["scalingConfig"] = to_wire(inputs.scaling)
    return body


def set_traffic_text(inputs: dict[str, Any]) -> None:
    """Put the split into words, for people who read a preview."""
    text = traffic_text(inputs)
    if text is not None:
        inputs["traffic"] = text


def _own_id(state: State) -> str:
    """The endpoint's part of an id of the form `runtimeId/endpointId`."""
    return state.id.rpartition("/")[2]


def _state(inputs: dict[str, Any], live: Mapping[str, Any]) -> State:
    seen = from_wire(EndpointInputs, live)
    defaults = service_defaults(EndpointInputs, inputs, seen)
    outputs = _outputs(live) | ({"service_defaults": defaults} if defaults else {})
    return State(f"{inputs['runtime_id']}/{live['agentRuntimeEndpointId']}", inputs, outputs)


def _outputs(live: Mapping[str, Any]) -> dict[str, Any]:
    return from_wire(EndpointOutputs, live)
