"""What every kind of resource is, and the parts that all kinds do the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, ClassVar, Literal, Protocol, TypeVar

from pydantic import Field
from pydantic.alias_generators import to_camel

from .belonging import ACCOUNT, refuse_other_account, with_account
from .checking import validate
from .diff import Change, diff
from .errors import ConfigError
from .fields import Internal, Local, Operational, Problem, Replaces, Shape, canonical, shape_of
from .kinds.shapes import Timeouts
from .session import Session
from .unknown import is_known
from .wire import is_empty

I = TypeVar("I", bound="Inputs", contravariant=True)  # noqa: E741 - the usual letter


class Inputs(Shape):
    """Fields that every kind has."""

    region: Annotated[str | None, Replaces("a resource lives in one region"), Local()] = Field(
        None,
        pattern=r"^[a-z0-9-]+$",
        description="Region; default: the provider's `agentrun:region`.",
    )
    account_id: Annotated[str | None, Operational()] = Field(
        None,
        pattern=r"^[0-9]+$",
        description="Account number; default: `agentrun:accountId`, or asked from the service.",
    )
    profile: Annotated[str | None, Operational()] = Field(
        None, description="Credentials profile for this resource; default: the provider's."
    )
    timeouts: Annotated[Timeouts | None, Operational()] = Field(
        None, description="How long the operations on this resource may take."
    )
    adopt: Annotated[bool | None, Operational()] = Field(
        None,
        description="Take over what exists already under the name, changing only what differs; "
        "default: `agentrun:adopt`, else an existing one is refused.",
    )
    deletion_policy: Annotated[Literal["delete", "retain", "prevent"] | None, Operational()] = (
        Field(
            None,
            description="What a delete does: `delete` (default) removes it, `retain` leaves it in "
            "the service, `prevent` refuses.",
        )
    )
    owner: Annotated[str | None, Internal()] = Field(
        None, description="Mark of the stack and resource, by which an interrupted create is found."
    )


class Outputs(Shape):
    """What the state keeps of every kind."""

    account: Annotated[str | None, Internal()] = Field(
        None, description="Number of the account, for what has no ARN that tells it."
    )


@dataclass(frozen=True)
class State:
    """A resource that exists.

    Attributes:
        id: Its id in Pulumi's state.
        inputs: What was declared, or what was found in its place; plain data by field name.
        outputs: What the service added, by field name of the kind's `Outputs`.
    """

    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """Result of a check: complete inputs as plain data, and every reason to refuse them."""

    inputs: dict[str, Any]
    problems: list[Problem]


class Kind(Protocol[I]):
    """One kind of resource. A host calls only these members and knows no kind by name.

    Attributes:
        name: Name of the resource, as in `agentrun:index:<name>`.
        Inputs: Model of what is declared.
        Outputs: Model of what the service adds.
        versioned: Whether published versions keep it, so that the SDK offers a fingerprint of it.
        part_of_runtime: Fields of a `Runtime` that hold the same thing and must be left unset.
    """

    name: ClassVar[str]
    Inputs: ClassVar[type[Any]]
    Outputs: ClassVar[type[Shape]]
    versioned: ClassVar[bool] = False
    part_of_runtime: ClassVar[tuple[str, ...]] = ()

    def complete(self, inputs: dict[str, Any], session: Session) -> list[Problem]:
        """Fill in, in place, what a check computes; may be given partly wrong or unknown data."""
        return []

    def carry_over(self, inputs: dict[str, Any], old: Mapping[str, Any]) -> None:
        """Fill in, in place, what is decided from one deployment to the next."""
        return

    def foresee(self, session: Session, inputs: dict[str, Any]) -> str | None:
        """Tell what an adopting create would take over; None if there is nothing to tell."""
        return None

    def replacements(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
        """Top-level fields that force a replacement beyond their marker, each with the reason."""
        return {}

    def keeps_name(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Tell whether a replacement would have the name of what it replaces."""
        return False

    def key(self, resource_id: str, inputs: Mapping[str, Any]) -> str:
        """What tells the thing that a resource stands for from all others (see `holding`)."""
        return f"{self.name}/{resource_id}"

    def label(self, inputs: Mapping[str, Any]) -> str:
        """The resource as a person would call it, for progress lines and errors."""
        ...

    def create(self, session: Session, inputs: I) -> State:
        """Make the resource and wait until it is ready.

        Raises:
            Incomplete: It was made but is of no use; the id travels with the error.
        """
        ...

    def read(self, session: Session, state: State) -> State | None:
        """Read the resource as it is now; None only if it is certainly gone."""
        ...

    def update(self, session: Session, state: State, inputs: I) -> State:
        """Change the resource in place and wait until it is ready."""
        ...

    def delete(self, session: Session, state: State) -> None:
        """Remove the resource and wait until it is gone; gone already is fine."""
        ...


def check(
    kind: Kind[Any],
    news: Mapping[str, Any],
    session: Session,
    olds: Mapping[str, Any] | None = None,
) -> Checked:
    """Validate and complete what a user declared. Makes no request.

    Args:
        kind: The kind the data is for.
        news: Plain data in either spelling; unknown values are `UNKNOWN`.
        session: Used for its settings and folder only.
        olds: The complete inputs of the last deployment, if there was one.
    """
    # The account is not filled in: it may come from one person's environment, and would then differ
    # from machine to machine.
    data = {"region": session.settings.region, **news}
    instance, problems = validate(kind.Inputs, data)
    if instance is None:
        return Checked(dict(news), problems + kind.complete(canonical(kind.Inputs, data), session))
    dumped = dump(instance)
    problems = kind.complete(dumped, session)
    kind.carry_over(dumped, known_inputs(kind.Inputs, olds or {}))
    return Checked(dumped, problems)


def plan(kind: Kind[Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """List the changes between two complete sets of inputs, with the reasons to replace."""
    forced = kind.replacements(old, new)
    accounts = old.get("account_id"), new.get("account_id")
    if all(accounts) and accounts[0] != accounts[1]:
        # Only two known accounts tell a move; naming the account for the first time is none.
        forced = {**forced, "account_id": "a resource lives in one account"}
    return [
        change
        if change.replaces or change.field not in forced
        else Change(change.path, change.old, change.new, forced[change.field])
        for change in diff(kind.Inputs, old, new)
    ]


def settled(session: Session, state: State) -> State:
    """What the state keeps of a resource that was created or updated."""
    return replace(state, outputs=with_account(session, state.outputs))


def read(kind: Kind[Any], session: Session, state: State) -> State | None:
    """Read a resource as it is now; None only if it is certainly gone.

    Raises:
        ConfigError: The keys are of another account, so that nothing can be said.
    """
    found = kind.read(session, state)
    if found is None:
        refuse_other_account(session, state.outputs)
        return None
    kept = {ACCOUNT: state.outputs[ACCOUNT]} if ACCOUNT in state.outputs else {}
    return replace(found, outputs={**found.outputs, **kept})


def remove(kind: Kind[Any], session: Session, state: State) -> None:
    """Delete a resource as its deletion policy says, unless another one has it by now.

    Raises:
        ConfigError: The policy is `prevent`, or the keys are of another account.
    """
    policy = state.inputs.get("deletion_policy")
    label = kind.label(state.inputs)
    if session.holding.is_held(kind.key(state.id, state.inputs), state.inputs.get("owner")):
        session.progress(label, "stays, for another resource or its replacement took it over", 0)
        return
    if policy == "prevent":
        raise ConfigError(
            f"the deletion policy of {label} is prevent",
            "set deletion_policy to delete and run up before removing or replacing it",
        )
    if policy == "retain":
        session.progress(label, f"is left in the service as {state.id}", 0)
        return
    refuse_other_account(session, state.outputs)
    kind.delete(session, state)


def foresee(kind: Kind[Any], session: Session, inputs: Mapping[str, Any]) -> str | None:
    """Tell what the create of an adopting resource would take over; None if there is nothing.

    This is the one question that a preview asks the service, and only where `adopt` was asked for.

    Args:
        kind: The kind of the resource.
        session: Connection.
        inputs: Complete inputs; what is not known yet is left out of the comparison.
    """
    known = {key: value for key, value in inputs.items() if is_known(value)}
    if "name" not in known or not adopts(session, known):
        return None
    return kind.foresee(session, known)


def adopts(session: Session, inputs: Mapping[str, Any]) -> bool:
    """Tell whether something that exists under the name is to be taken over."""
    own = inputs.get("adopt")
    return bool(session.settings.adopt if own is None else own)


def dump(shape: Shape) -> dict[str, Any]:
    """Turn a validated object into plain data; unset and empty optional values are left out."""
    result: dict[str, Any] = {}
    for name, info in type(shape).model_fields.items():
        value = _dump_value(getattr(shape, name))
        if value is None or (is_empty(value) and not info.is_required()):
            continue
        result[name] = value
    return result


def _dump_value(value: Any) -> Any:
    if isinstance(value, Shape):
        return dump(value)
    if isinstance(value, list):
        return [_dump_value(item) for item in value]
    return dict(value) if isinstance(value, dict) else value


def known_inputs(model: type[Shape], data: Mapping[str, Any]) -> dict[str, Any]:
    """Pick the fields of a model out of a state, in the spelling of the model.

    A state may have been written by another release, so what this one does not know is passed over
    and nothing is refused.
    """
    result = {}
    for name, info in model.model_fields.items():
        value = data.get(name, data.get(to_camel(name)))
        nested = shape_of(info.annotation)
        if value is None:
            continue
        if nested and isinstance(value, Mapping):
            value = known_inputs(nested, value)
        elif nested and isinstance(value, list):
            value = [known_inputs(nested, v) if isinstance(v, Mapping) else v for v in value]
        result[name] = value
    return result


def timeout_seconds(session: Session, inputs: Mapping[str, Any], operation: str) -> float:
    """How long an operation may take: the resource's own setting, else the provider's."""
    own = (inputs.get("timeouts") or {}).get(operation)
    if own is None:
        return float(getattr(session.settings, f"{operation}_timeout"))
    return float(own[:-1]) * {"s": 1, "m": 60, "h": 3600}[own[-1]]
