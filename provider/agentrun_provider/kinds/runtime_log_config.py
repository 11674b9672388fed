"""RuntimeLogConfig: where the output of a runtime goes, for a runtime that leaves it unset.

API: `logConfiguration` of a runtime, section 2.3 of the reference, and for `auto` the log service,
section 7; reads and writes are those of `runtime_part` and `log_auto`.

Quirks: some records of the service hold an empty object, which counts as not set; a log project can
be slow to appear after it was made; a project is shared by all that log to it, so only what this
stack made is ever deleted, only if that was asked for, and only once nothing else uses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..drift import observed
from ..fields import Computed, Operational, Problem, Replaces, Shape, absent
from ..kind import Inputs, Kind, Outputs, State, adopts, dump, plan, timeout_seconds
from ..session import Session
from ..unverified import CLEARED_BY_TYPE
from .log_auto import LOGSTORE, LogPlace, default_project, ensure_logs, remove_logs
from .runtime_part import Part, Site, change, look, release, take
from .shapes import DeclaredByRuntime, LogTarget, managed_twice

LOG = Part("logConfiguration", ("project", "logstore"), CLEARED_BY_TYPE["object"], "log target")


class _OfRuntime(Inputs):
    """What it belongs to; a class of its own, so that it stays in front of the target's fields."""

    runtime_id: Annotated[str, Replaces("the log target belongs to one runtime")] = Field(
        min_length=1, description="Id of the runtime, `runtime.id`; its own `log` must stay unset."
    )


class LogConfigInputs(LogTarget, _OfRuntime):
    """Inputs of a runtime's log target."""

    delete_on_destroy: Annotated[bool | None, Operational()] = Field(
        None,
        description="With `auto`: delete what was made, with all logs in it, once nothing else "
        "uses it. Default: it is left, and so is whatever existed before.",
    )

    declared_by_runtime: DeclaredByRuntime = Field(
        None, description="Fields of the part that the runtime's own resource declares."
    )

    def rules(self) -> Iterator[Problem]:
        yield from managed_twice(self.declared_by_runtime)
        yield from super().rules()
        if self.delete_on_destroy is True and absent(self.auto):
            yield Problem(("delete_on_destroy",), "is for auto: nothing else is made")


class LogConfigOutputs(Outputs):
    """What the service adds to a runtime's log target."""

    log_project: str = Field(description="Log project in use, also with `auto`.")
    log_store: str = Field(description="Logstore in use, also with `auto`.")
    created: Annotated[list[str] | None, Computed()] = Field(
        None, description="What of `project`, `logstore` and `index` this stack made."
    )


class RuntimeLogConfigKind(Kind[LogConfigInputs]):
    """Sets, reads and resets the log target of runtimes."""

    name: ClassVar[str] = "RuntimeLogConfig"
    Inputs: ClassVar[type[Any]] = LogConfigInputs
    Outputs: ClassVar[type[Shape]] = LogConfigOutputs
    # A version keeps the log target too, so the SDK offers a fingerprint to trigger one.
    versioned: ClassVar[bool] = True
    # What a `Runtime` of the same program must leave unset.
    part_of_runtime: ClassVar[tuple[str, ...]] = ("log",)

    def label(self, inputs: Mapping[str, Any]) -> str:
        return f"RuntimeLogConfig of {inputs.get('runtime_id', '?')}"

    def keeps_name(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        return all(old.get(key) == new.get(key) for key in ("region", "runtime_id"))

    def create(self, session: Session, inputs: LogConfigInputs) -> State:
        declared = dump(inputs)
        site = self._site(session, inputs.runtime_id, declared, "create")
        place = _declared_place(session, inputs)

        def make_logs() -> None:
            nonlocal place
            place = ensure_logs(session, inputs.owner, site.label, site.seconds)

        take(
            site,
            LOG,
            _body(place),
            adopt=adopts(session, declared),
            prepare=make_logs if inputs.auto else None,
        )
        return State(inputs.runtime_id, declared, _outputs(place))

    def read(self, session: Session, state: State) -> State | None:
        live = look(self._site(session, state.id, state.inputs, "delete"))
        if live is None:
            return None
        seen = {"runtime_id": state.id, **LOG.of(live)}
        place = _place_of(state)
        if state.inputs.get("auto") and place and LOG.holds(live, _body(place)):
            return state
        # What is not the automatic place is told by its names, so that it shows as a change.
        declared = {key: value for key, value in state.inputs.items() if key != "auto"}
        found = observed(LogConfigInputs, declared, seen, {})
        outputs = dict(state.outputs)
        if not state.inputs.get("auto") and LOG.of(live):
            outputs |= {"log_project": seen.get("project"), "log_store": seen.get("logstore")}
        return State(state.id, found, outputs)

    def update(self, session: Session, state: State, inputs: LogConfigInputs) -> State:
        new = dump(inputs)
        if all(item.operational for item in plan(self, state.inputs, new)):
            return State(state.id, new, state.outputs)
        site = self._site(session, state.id, new, "update")
        old, place = _place_of(state), _declared_place(session, inputs)
        if inputs.auto:
            place = ensure_logs(session, inputs.owner, site.label, site.seconds)
        change(site, LOG, _body(place))
        if old and old.created:
            place = self._succeed(session, state, old, place, site.label)
        return State(state.id, new, _outputs(place))

    def delete(self, session: Session, state: State) -> None:
        site = self._site(session, state.id, state.inputs, "delete")
        release(site, LOG)
        place = _place_of(state)
        if place and state.inputs.get("delete_on_destroy"):
            remove_logs(session, place, state.inputs.get("owner"), site.label)

    def _succeed(
        self, session: Session, state: State, old: LogPlace, place: LogPlace, label: str
    ) -> LogPlace:
        """Go on from an older place: what was made there stays ours, or is given up."""
        if (old.project, old.logstore) == (place.project, place.logstore):
            both = dict.fromkeys((*old.created, *place.created))
            return LogPlace(place.project, place.logstore, tuple(both))
        if state.inputs.get("delete_on_destroy"):
            remove_logs(session, old, state.inputs.get("owner"), label)
        else:
            session.progress(label, f"leaves the log project {old.project} as it is", 0)
        return place

    def _site(
        self, session: Session, runtime_id: str, inputs: Mapping[str, Any], operation: str
    ) -> Site:
        seconds = timeout_seconds(session, inputs, operation)
        label = self.label({**inputs, "runtime_id": runtime_id})
        return Site(session, runtime_id, label, seconds, self.key(runtime_id, inputs))


RUNTIME_LOG_CONFIG = RuntimeLogConfigKind()


def _declared_place(session: Session, inputs: LogConfigInputs) -> LogPlace:
    if inputs.auto:
        return LogPlace(default_project(session), LOGSTORE)
    assert inputs.project is not None, "the rules ask for it"
    assert inputs.logstore is not None, "the rules ask for it"
    return LogPlace(inputs.project, inputs.logstore)


def _place_of(state: State) -> LogPlace | None:
    """The place in use after the last deployment; None if nothing is known of it."""
    project, logstore = state.outputs.get("log_project"), state.outputs.get("log_store")
    if not project or not logstore:
        return None
    return LogPlace(project, logstore, tuple(state.outputs.get("created") or ()))


def _body(place: LogPlace) -> dict[str, Any]:
    return {"project": place.project, "logstore": place.logstore}


def _outputs(place: LogPlace) -> dict[str, Any]:
    outputs: dict[str, Any] = {"log_project": place.project, "log_store": place.logstore}
    return outputs | ({"created": list(place.created)} if place.created else {})
