"""Runtime: an agent's code or image with its size, network, role and logs.

API: section 2 of the reference, `/agents/runtimes` and `/agents/runtimes/{id}`. Its fields are in
`runtime_inputs`, their translation in `runtime_body`, the calls and waiting in `runtime_calls`.

Quirks: create, update and delete answer at once and go on in the background; an update merges at
the top level, so what was removed from the program is sent with its empty value;
`armsConfiguration` is never returned; the service has no defaults for cpu, memory and port, so the
check fills them in; a name is unique, which is how a create whose reply was lost is found again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..drift import service_defaults
from ..errors import Incomplete, WaitFailed
from ..fields import Problem, Shape
from ..kind import Kind, State, adopts, dump, plan, timeout_seconds
from ..session import Session
from ..wire import is_empty
from .runtime_adoption import adopt, adoptable, foreseen_adoption
from .runtime_body import create_body, live_inputs, observe, reply_outputs, update_body
from .runtime_calls import (
    await_gone,
    await_ready,
    create_or_resume,
    find_by_id,
    remove,
    write,
)
from .runtime_code import complete_code, package_code
from .runtime_inputs import RuntimeInputs, RuntimeOutputs


class RuntimeKind(Kind[RuntimeInputs]):
    """Creates, reads, updates and deletes runtimes."""

    name: ClassVar[str] = "Runtime"
    Inputs: ClassVar[type[Any]] = RuntimeInputs
    Outputs: ClassVar[type[Shape]] = RuntimeOutputs
    # The service keeps numbered snapshots of it, so the SDK offers a fingerprint.
    versioned: ClassVar[bool] = True

    def label(self, inputs: Mapping[str, Any]) -> str:
        return f"Runtime {inputs.get('name', '?')}"

    def complete(self, inputs: dict[str, Any], session: Session) -> list[Problem]:
        if inputs.get("workspace") is None and session.settings.workspace:
            inputs["workspace"] = session.settings.workspace
        if inputs.get("vpc") is not None and inputs.get("internet_access") is None:
            inputs["internet_access"] = True
        return complete_code(inputs.get("code"), session.folder)

    def replacements(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
        artifacts = [side.get("container") is not None for side in (old, new)]
        if artifacts[0] == artifacts[1]:
            return {}
        return dict.fromkeys(("code", "container"), "the kind of artifact is fixed at creation")

    def keeps_name(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        return bool(old.get("name") == new.get("name"))

    def create(self, session: Session, inputs: RuntimeInputs) -> State:
        declared = dump(inputs)
        label, seconds = self._bounds(session, declared, "create")
        runtime_id, checksum = self._made(session, inputs, declared, label, seconds)
        try:
            live = await_ready(session, runtime_id, label, seconds)
        except WaitFailed as error:
            raise Incomplete(runtime_id, {}, error) from error
        return self._state(declared, live, checksum)

    def _made(
        self,
        session: Session,
        inputs: RuntimeInputs,
        declared: Mapping[str, Any],
        label: str,
        seconds: float,
    ) -> tuple[str, str | None]:
        """Make the runtime, or take it over; returns its id and the checksum of its package."""
        live = adoptable(session, inputs.name) if adopts(session, declared) else None
        if live is not None:
            taken = adopt(session, live, inputs, label, seconds)
            session.holding.take_over(self.key(taken.runtime_id, declared))
            return taken.runtime_id, taken.checksum
        package = package_code(session, inputs.code) if inputs.code else None
        body = create_body(session, inputs, package)
        runtime_id = create_or_resume(session, inputs.owner, body, label, seconds)
        return runtime_id, package.checksum if package else None

    def foresee(self, session: Session, inputs: dict[str, Any]) -> str | None:
        """Tell what a create would take over and change; None if there is nothing yet."""
        live = adoptable(session, inputs["name"])
        if live is None:
            return None
        wanted = RuntimeInputs.model_validate(inputs, by_name=True)
        return foreseen_adoption(session, live, wanted).line

    def read(self, session: Session, state: State) -> State | None:
        live = find_by_id(session, state.id)
        if live is None:
            return None
        if live.get("status") == "DELETING":
            label, seconds = self._bounds(session, state.inputs, "delete")
            await_gone(session, state.id, label, seconds)
            return None
        found = observe(state.inputs, live, state.outputs)
        now = reply_outputs(live)
        # Parts of it may belong to other resources; what those write is no drift of this one.
        others = set() if "log" in found else {"log_project", "log_store"}
        others |= {"last_updated_at"} if found == state.inputs else set()
        news = {key: value for key, value in now.items() if key not in others}
        return State(state.id, found, {**state.outputs, **news})

    def update(self, session: Session, state: State, inputs: RuntimeInputs) -> State:
        new = dump(inputs)
        label, seconds = self._bounds(session, new, "update")
        changed = plan(self, state.inputs, new)
        if all(change.operational for change in changed):
            return State(state.id, new, state.outputs)
        package = None
        if inputs.code and any(change.field == "code" for change in changed):
            package = package_code(session, inputs.code)
        body = update_body(session, state.inputs, inputs, package)
        with session.exclusive(state.id):
            write(session, state.id, body, label, seconds)
            live = await_ready(session, state.id, label, seconds)
        checksum = package.checksum if package else state.outputs.get("code_checksum")
        return self._state(new, live, checksum)

    def delete(self, session: Session, state: State) -> None:
        label, seconds = self._bounds(session, state.inputs, "delete")
        with session.exclusive(state.id):
            remove(session, state.id, label, seconds, force=bool(state.inputs.get("force")))

    def _bounds(
        self, session: Session, inputs: Mapping[str, Any], operation: str
    ) -> tuple[str, float]:
        return self.label(inputs), timeout_seconds(session, inputs, operation)

    def _state(
        self, inputs: dict[str, Any], live: Mapping[str, Any], checksum: str | None
    ) -> State:
        outputs = reply_outputs(live) | {
            "code_checksum": checksum,
            "service_defaults": service_defaults(RuntimeInputs, inputs, live_inputs(inputs, live)),
        }
        kept = {key: value for key, value in outputs.items() if not is_empty(value)}
        return State(str(live["agentRuntimeId"]), inputs, kept)


RUNTIME = RuntimeKind()
