"""What the service has now against what was declared at the last deployment.

The comparison is the one of a refresh: what the service fills in by itself is no difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from .fields import Path, Secret, Shape, has, shape_of
from .kind import Kind, State, known_inputs, plan
from .kinds import load
from .session import Session

HIDDEN: Final = "[secret]"
"""Stands for a value that is secret in the state; such values are not compared."""

# Errors of pydantic about texts that are texts, though of a form that `HIDDEN` does not have.
_OF_TEXT: Final = ("string_", "literal_error", "value_error")


@dataclass(frozen=True)
class Difference:
    """One field that is not as declared.

    Attributes:
        field: Its path, e.g. `vpc.vswitch_ids`.
        declared: The value of the last deployment; None if it was not set.
        live: The value now; None if it is not set.
    """

    field: str
    declared: Any
    live: Any


def is_kind(name: str) -> bool:
    """Whether there is a kind of that name, rather than a component or nothing."""
    try:
        load(name)
    except LookupError:
        return False
    return True


def compare(
    session: Session,
    kind_name: str,
    resource_id: str,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
) -> list[Difference] | None:
    """Compare one resource of a state with the service.

    Args:
        session: Connection.
        kind_name: Name of its kind.
        resource_id: Its id in the state.
        inputs: Its inputs in the state, in either spelling, secrets as `HIDDEN`.
        outputs: Its outputs in the state, likewise.

    Returns:
        The fields that differ; None if the resource is gone.

    Raises:
        AgentRunError: The service could not be asked.
    """
    kind = load(kind_name)
    plain = {**inputs, **outputs}
    given = known_inputs(kind.Inputs, plain)
    unreadable = _unreadable(kind.Inputs, given)
    declared = _without(given, unreadable)
    known = _without(known_inputs(kind.Outputs, plain), unreadable)
    found = kind.read(session, State(resource_id, declared, known))
    if found is None:
        return None
    return _differences(kind, declared, _without(found.inputs, unreadable))


def _without(values: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _unreadable(model: type[Shape], given: Mapping[str, Any]) -> set[str]:
    """Inputs that are secret where something else than text is wanted, e.g. a secret as a whole."""
    try:
        model.model_validate(given, by_name=True)
    except ValidationError as error:
        wrong = {
            str(problem["loc"][0])
            for problem in error.errors()
            if problem["loc"] and not problem["type"].startswith(_OF_TEXT)
        }
        return {name for name in wrong if _holds_hidden(given.get(name))}
    return set()


def _differences(
    kind: Kind[Any], declared: Mapping[str, Any], live: Mapping[str, Any]
) -> list[Difference]:
    return [
        Difference(
            _path(change.path),
            HIDDEN if _is_secret(kind.Inputs, change.path) else change.old,
            HIDDEN if _is_secret(kind.Inputs, change.path) else change.new,
        )
        for change in plan(kind, declared, live)
        if not change.operational and not _holds_hidden(change.old)
    ]


def _holds_hidden(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_hidden(item) for item in value.values())
    if isinstance(value, list):
        return any(_holds_hidden(item) for item in value)
    return bool(value == HIDDEN)


def _is_secret(model: type[Shape] | None, path: Path) -> bool:
    for step in path:
        field = model.model_fields.get(str(step)) if model else None
        if field is None:
            continue
        if has(field, Secret):
            return True
        model = shape_of(field.annotation)
    return False


def _path(path: Path) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.lstrip(".")
