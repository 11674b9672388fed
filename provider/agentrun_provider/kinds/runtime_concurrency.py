"""RuntimeConcurrency: the most instances a runtime may have at a time, reserved for it.

API: section 5.1 of the reference, Function Compute 3.0, `/functions/agentrun-{id}/concurrency`.

Quirks: the setting belongs to the function behind the runtime; replies have no envelope; where none
is set the answer is a 404 with `OnDemandConfigNotFound`; a put overwrites whatever is there, so
what somebody else has set is looked for first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..client import path_segment
from ..drift import observed
from ..errors import ApiError, ConfigError, NotFound
from ..fields import Follows, Replaces, Shape, Wire
from ..kind import Inputs, Kind, Outputs, State, adopts, dump, plan
from ..session import Session
from ..unverified import CONCURRENCY_QUOTA_MARKERS
from ..wire import from_wire

_ABSENT = ("OnDemandConfigNotFound", "FunctionNotFound")

# Codes that the API lists for this operation, and what they ask for.
_EXPLAINED = {
    "ProvisionConfigExist": "more instances than that are provisioned: lower their number first",
    "ResidentScalingConfigExists": "the runtime has resident instances: remove that setting first",
    "ResourcePoolInsufficientCapacity": "the resource pool has no room for so many instances",
}
_QUOTA = (
    "one runtime may take at most 90 % of the region's quota of instances, which all runtimes and "
    "functions share: reserve less, lower another reservation, or have the quota raised"
)


class ConcurrencyInputs(Inputs):
    """Inputs of a runtime's reserved concurrency."""

    runtime_id: Annotated[str, Replaces("the setting belongs to one runtime")] = Field(
        min_length=1, description="Id of the runtime, `runtime.id`."
    )
    reserved_concurrency: int = Field(
        ge=0,
        description="Instances the runtime may have at most, provisioned and on-demand ones "
        "together; they are kept free for it. 0 blocks all calls. At most 90 % of the region's "
        "quota.",
    )


class ConcurrencyOutputs(Outputs):
    """What the service adds to a runtime's reserved concurrency."""

    function_name: Annotated[str, Follows("agentrun-{id}")] = Field(
        description="Function behind the runtime, `agentrun-{id}`."
    )
    function_arn: Annotated[str | None, Wire("functionArn")] = Field(
        None, description="ARN of that function."
    )


class RuntimeConcurrencyKind(Kind[ConcurrencyInputs]):
    """Sets, reads and removes the reserved concurrency of runtimes."""

    name: ClassVar[str] = "RuntimeConcurrency"
    Inputs: ClassVar[type[Any]] = ConcurrencyInputs
    Outputs: ClassVar[type[Shape]] = ConcurrencyOutputs

    def label(self, inputs: Mapping[str, Any]) -> str:
        return f"RuntimeConcurrency of {inputs.get('runtime_id', '?')}"

    def keeps_name(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        return all(old.get(key) == new.get(key) for key in ("region", "runtime_id"))

    def create(self, session: Session, inputs: ConcurrencyInputs) -> State:
        declared = dump(inputs)
        runtime_id, wanted = inputs.runtime_id, inputs.reserved_concurrency
        with session.exclusive(runtime_id):
            live = _find(session, runtime_id)
            held = live.get("reservedConcurrency") if live else None
            if live is None or held != wanted:
                if held is not None:
                    if not adopts(session, declared):
                        raise _occupied(runtime_id, held)
                    self._tell(session, declared, f"adopts {held} => {wanted}")
                live = _put(session, runtime_id, wanted)
            if held is not None:
                session.holding.take_over(self.key(runtime_id, declared))
        return State(runtime_id, declared, _outputs(runtime_id, live))

    def read(self, session: Session, state: State) -> State | None:
        live = _find(session, state.id)
        if live is None:
            return None
        seen = from_wire(ConcurrencyInputs, live) | {"runtime_id": state.id}
        found = observed(ConcurrencyInputs, state.inputs, seen, {})
        return State(state.id, found, {**state.outputs, **_outputs(state.id, live)})

    def update(self, session: Session, state: State, inputs: ConcurrencyInputs) -> State:
        new = dump(inputs)
        if all(change.operational for change in plan(self, state.inputs, new)):
            return State(state.id, new, state.outputs)
        with session.exclusive(state.id):
            live = _put(session, state.id, inputs.reserved_concurrency)
        return State(state.id, new, _outputs(state.id, live))

    def delete(self, session: Session, state: State) -> None:
        with session.exclusive(state.id):
            try:
                _call(session, "DeleteConcurrencyConfig", "DELETE", state.id)
            except NotFound as refusal:
                if refusal.code not in _ABSENT:
                    raise

    def _tell(self, session: Session, inputs: Mapping[str, Any], text: str) -> None:
        session.progress(self.label(inputs), text, 0)


RUNTIME_CONCURRENCY = RuntimeConcurrencyKind()


def _find(session: Session, runtime_id: str) -> dict[str, Any] | None:
    """The setting; None if there is none, or no such runtime."""
    try:
        return _call(session, "GetConcurrencyConfig", "GET", runtime_id)
    except NotFound as refusal:
        if refusal.code not in _ABSENT:
            raise
        return None


def _put(session: Session, runtime_id: str, wanted: int) -> dict[str, Any]:
    body = {"reservedConcurrency": wanted}
    try:
        return _call(session, "PutConcurrencyConfig", "PUT", runtime_id, body)
    except ApiError as refusal:
        why = _why(refusal)
        if why is None:
            raise
        raise type(refusal)(
            refusal.code,
            f"{refusal.message.rstrip('. ')}: {why}",
            refusal.status,
            refusal.request_id,
            refusal.operation,
            service=refusal.service,
        ) from refusal


def _why(refusal: ApiError) -> str | None:
    """What a refusal means in terms of quotas and neighbouring settings, if it is about them."""
    told = f"{refusal.code} {refusal.message}".lower()
    if any(marker in told for marker in CONCURRENCY_QUOTA_MARKERS):
        return _QUOTA
    return _EXPLAINED.get(refusal.code)


def _call(
    session: Session, operation: str, method: str, runtime_id: str, body: Any = None
) -> dict[str, Any]:
    path = f"/functions/{path_segment(_function(runtime_id))}/concurrency"
    return session.client.call_fcv3(operation, method, path, body=body) or {}


def _function(runtime_id: str) -> str:
    return f"agentrun-{runtime_id}"


def _outputs(runtime_id: str, live: Mapping[str, Any]) -> dict[str, Any]:
    return from_wire(ConcurrencyOutputs, live) | {"function_name": _function(runtime_id)}


def _occupied(runtime_id: str, held: int) -> ConfigError:
    return ConfigError(
        f"runtime {runtime_id} has a reserved concurrency of {held} already that this resource did "
        "not set",
        "set adopt=True to replace it, declare the same number to take it over, or remove it first",
    )
