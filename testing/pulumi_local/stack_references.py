"""The engine's own provider, package ``pulumi``: references to other stacks.

Facts: pkg/resource/deploy/builtins.go of Pulumi.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from pulumi_local.errors import EngineError
from pulumi_local.provider_api import (
    CheckResult,
    CreateResult,
    DiffResult,
    InvokeResult,
    ProviderError,
    ReadResult,
)
from pulumi_local.state import Snapshot, urn_type
from pulumi_local.values import PropertyMap, Value, contains_secret, strip_secrets

BUILTIN_PACKAGE: Final = "pulumi"
STACK_REFERENCE_TYPE: Final = "pulumi:pulumi:StackReference"

LoadStack = Callable[[str, str], Snapshot | None]
"""Returns the state of a stack, given project and stack; None if there is no such stack."""


class BuiltinProvider:
    """Reads stack references; implements `ConfigurableProvider`."""

    def __init__(self, project: str, load: LoadStack) -> None:
        """Read stacks with ``load``; names without a project mean ``project``."""
        self._project = project
        self._load = load

    def check_config(self, urn: str, olds: PropertyMap | None, news: PropertyMap) -> CheckResult:
        """Accept any configuration; there is none."""
        return CheckResult(news)

    def diff_config(
        self, urn: str, old_inputs: PropertyMap, old_outputs: PropertyMap, new_inputs: PropertyMap
    ) -> DiffResult:
        """Never differ."""
        return DiffResult(changes=False)

    def configure(self, urn: str, id: str, inputs: PropertyMap) -> None:
        """Need no configuration."""

    def check(
        self, urn: str, olds: PropertyMap | None, news: PropertyMap, *, preview: bool
    ) -> CheckResult:
        """Refuse: nothing of this package can be made."""
        raise _cannot_be_made(urn)

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
        """Leave the comparison to the engine."""
        return DiffResult(changes=None)

    def create(
        self, urn: str, inputs: PropertyMap, *, timeout_seconds: float, preview: bool
    ) -> CreateResult:
        """Refuse: nothing of this package can be made."""
        raise _cannot_be_made(urn)

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
        """Refuse: nothing of this package can be changed."""
        raise _cannot_be_made(urn)

    def delete(
        self,
        urn: str,
        id: str,
        inputs: PropertyMap,
        outputs: PropertyMap,
        *,
        timeout_seconds: float,
    ) -> None:
        """Forget a reference."""

    def read(self, urn: str, id: str, inputs: PropertyMap, outputs: PropertyMap) -> ReadResult:
        """Read the outputs of the stack that is referred to."""
        if urn_type(urn) != STACK_REFERENCE_TYPE:
            raise _cannot_be_made(urn)
        name = str(strip_secrets(inputs.get("name")) or id)
        return ReadResult(id, self._outputs(name), inputs)

    def invoke(self, token: str, args: PropertyMap, *, preview: bool) -> InvokeResult:
        """Refuse: there are no functions."""
        raise ProviderError(f"{token}: not supported by the embedded engine, use the Pulumi CLI")

    def _outputs(self, name: str) -> dict[str, Value]:
        project, stack = self._split(name)
        try:
            snapshot = self._load(project, stack)
        except EngineError as error:
            raise ProviderError(f"stack reference {name!r}: {error}") from error
        if snapshot is None:
            raise ProviderError(f"unknown stack {name!r}")
        outputs = snapshot.stack_outputs()
        secret = sorted(key for key, value in outputs.items() if contains_secret(value))
        return {"name": name, "outputs": dict(outputs), "secretOutputNames": secret}

    def _split(self, name: str) -> tuple[str, str]:
        """Take ``[organization/][project/]stack`` apart; files know no organizations."""
        parts = name.split("/")
        if len(parts) > 3 or not all(parts):
            raise ProviderError(f"not the name of a stack: {name!r}")
        return (parts[-2] if len(parts) > 1 else self._project), parts[-1]


def _cannot_be_made(urn: str) -> ProviderError:
    return ProviderError(f"{urn_type(urn)}: not supported by the embedded engine")
