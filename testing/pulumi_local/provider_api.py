"""What the engine asks of a provider, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pulumi_local.errors import EngineError
from pulumi_local.values import DiffKind, PropertyMap


class ProviderError(EngineError):
    """A provider refused or failed; ``detail`` is for debugging, such as a traceback."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class ProviderGone(ProviderError):
    """A provider's process ended during a call: nobody knows whether it was carried out."""


class InitFailed(ProviderError):
    """A resource exists but is not fit for use; it is kept in the state with the reasons."""

    def __init__(
        self,
        reasons: Sequence[str],
        *,
        id: str,
        outputs: PropertyMap,
        inputs: PropertyMap | None = None,
    ) -> None:
        super().__init__("\n".join(reasons) or "the resource failed to initialize")
        self.reasons = list(reasons)
        self.id = id
        self.outputs = outputs
        self.inputs = inputs


@dataclass(frozen=True)
class Failure:
    """One input that a provider refuses; ``property`` is a path and may be empty."""

    property: str
    reason: str


@dataclass(frozen=True)
class CheckResult:
    """Inputs as the provider wants them, and what is wrong with them."""

    inputs: PropertyMap
    failures: Sequence[Failure] = ()


@dataclass(frozen=True)
class DetailedChange:
    """How one property changed; ``in_inputs`` says whether the old value is an input."""

    kind: DiffKind
    in_inputs: bool = False


@dataclass(frozen=True)
class DiffResult:
    """How a resource differs from what is wanted.

    ``changes`` is None if the provider cannot tell: then the inputs are compared.
    """

    changes: bool | None
    replaces: Sequence[str] = ()
    """Property paths that force a replacement."""
    diffs: Sequence[str] = ()
    """Property paths that changed."""
    detailed: Mapping[str, DetailedChange] | None = None
    delete_before_replace: bool = False

    @property
    def replacement(self) -> bool:
        """Whether the resource must be replaced."""
        detailed = self.detailed or {}
        return bool(self.replaces) or any(c.kind.endswith("-replace") for c in detailed.values())


@dataclass(frozen=True)
class CreateResult:
    """A resource made; ``id`` is empty if this was a preview that cannot know it."""

    id: str
    outputs: PropertyMap


@dataclass(frozen=True)
class ReadResult:
    """A resource as it is; an empty ``id`` says that there is none.

    ``inputs`` is None if the provider does not tell inputs apart from outputs.
    """

    id: str
    outputs: PropertyMap
    inputs: PropertyMap | None = None
    init_errors: Sequence[str] = ()


@dataclass(frozen=True)
class InvokeResult:
    """What a function returned, or what is wrong with its arguments."""

    value: PropertyMap = field(default_factory=dict)
    failures: Sequence[Failure] = ()


class Provider(Protocol):
    """A configured provider. Every method may raise ProviderError; time-outs are in seconds."""

    def check(
        self, urn: str, olds: PropertyMap | None, news: PropertyMap, *, preview: bool
    ) -> CheckResult:
        """Check and complete inputs; ``olds`` are the old inputs, None for a new resource."""

    def diff(
        self,
        urn: str,
        id: str,
        old_inputs: PropertyMap,
        old_outputs: PropertyMap,
        new_inputs: PropertyMap,
        *,
        ignore_changes: Sequence[str] = (),
    ) -> DiffResult:
        """Compare a resource with its new inputs, which may hold unknowns."""

    def create(
        self, urn: str, inputs: PropertyMap, *, timeout_seconds: float, preview: bool
    ) -> CreateResult:
        """Make a resource. May raise InitFailed."""

    def update(
        self,
        urn: str,
        id: str,
        old_inputs: PropertyMap,
        old_outputs: PropertyMap,
        new_inputs: PropertyMap,
        *,
        timeout_seconds: float,
        preview: bool,
        ignore_changes: Sequence[str] = (),
    ) -> PropertyMap:
        """Change a resource in place and return its outputs. May raise InitFailed."""

    def delete(
        self,
        urn: str,
        id: str,
        inputs: PropertyMap,
        outputs: PropertyMap,
        *,
        timeout_seconds: float,
    ) -> None:
        """Delete a resource."""

    def read(self, urn: str, id: str, inputs: PropertyMap, outputs: PropertyMap) -> ReadResult:
        """Read a resource as it is now."""

    def invoke(self, token: str, args: PropertyMap, *, preview: bool) -> InvokeResult:
        """Call a function."""


class ConfigurableProvider(Provider, Protocol):
    """A provider before and after it got its configuration."""

    def check_config(self, urn: str, olds: PropertyMap | None, news: PropertyMap) -> CheckResult:
        """Check and complete the provider's own inputs."""

    def diff_config(
        self, urn: str, old_inputs: PropertyMap, old_outputs: PropertyMap, new_inputs: PropertyMap
    ) -> DiffResult:
        """Compare the provider's own inputs; a replacement replaces all its resources."""

    def configure(self, urn: str, id: str, inputs: PropertyMap) -> None:
        """Give the provider its configuration; in a preview it may hold unknowns."""
