"""What happens during a deployment, told to whoever renders it.

The deployment calls ``on_event(event)`` with one of the frozen types below, one at a time and in
the order things happen; it may do so from any of its threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pulumi_local.state import Resource
from pulumi_local.values import PropertyDiff, PropertyMap, Value

Operation: TypeAlias = Literal["update", "refresh", "destroy"]
"""What a run does; a preview is the same operation with ``dry_run`` set."""

Op: TypeAlias = Literal[
    "same",
    "create",
    "update",
    "delete",
    "replace",
    "create-replacement",
    "delete-replaced",
    "read",
    "read-replacement",
    "refresh",
    "discard",
    "discard-replaced",
    "remove-pending-replace",
]
"""The CLI's words for what a step does to a resource."""

Severity: TypeAlias = Literal["debug", "info", "info#err", "warning", "error"]
"""The CLI's severities; ``info#err`` is what a program or plugin wrote to standard error."""


@dataclass(frozen=True)
class Step:
    """One step on one resource: the plan before it runs, the result after it ran."""

    op: Op
    urn: str
    type: str
    old: Resource | None = None
    new: Resource | None = None
    diff: Sequence[PropertyDiff] = ()
    """Each changed property, as deep as it is known."""
    keys: Sequence[str] = ()
    """Names of the top-level properties that cause a replacement."""
    replace_keys: Sequence[str] = ()
    """Property paths that the provider gave as reasons for a replacement."""
    id: str = ""
    provider: str = ""
    """Reference ``urn::id`` of the provider that performs the step."""

    @property
    def changes_protection(self) -> bool:
        """Whether the resource can be deleted from now on, or no longer."""
        return bool(self.old and self.new and self.old.protect != self.new.protect)


@dataclass(frozen=True)
class Prelude:
    """Opens a run."""

    project: str
    stack: str
    operation: Operation
    dry_run: bool
    config: Mapping[str, Value] = field(default_factory=dict)
    """The stack's whole configuration by ``namespace:name``, secrets wrapped."""


@dataclass(frozen=True)
class ResourcePre:
    """A step starts (or, in a preview, is planned)."""

    step: Step


@dataclass(frozen=True)
class ResourceDone:
    """A step is done; ``step.new`` holds the outputs. ``seconds`` is the time it took."""

    step: Step
    seconds: float


@dataclass(frozen=True)
class ResourceFailed:
    """A step failed; the reason has been told as a `Diagnostic` too."""

    step: Step
    message: str


@dataclass(frozen=True)
class Diagnostic:
    """A line for the user, with the resource it belongs to if any.

    ``ephemeral`` marks a progress line that is worthless once the run is over;
    ``stream_id`` joins the pieces of one longer output.
    """

    severity: Severity
    message: str
    urn: str | None = None
    stream_id: int = 0
    ephemeral: bool = False


@dataclass(frozen=True)
class StackOutputs:
    """The program's outputs before and after the run; they may hold secrets and unknowns."""

    old: PropertyMap
    new: PropertyMap


@dataclass(frozen=True)
class Summary:
    """Closes a run: how many resources per op, how long it took, whether it failed."""

    operation: Operation
    dry_run: bool
    changes: Mapping[str, int]
    seconds: float
    failed: bool = False


Event: TypeAlias = (
    Prelude | ResourcePre | ResourceDone | ResourceFailed | Diagnostic | StackOutputs | Summary
)

OnEvent: TypeAlias = Callable[[Event], None]
"""A receiver of events; it must not raise."""
