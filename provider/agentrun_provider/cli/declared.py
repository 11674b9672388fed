"""How what a stack declares and what the service has go together, for the commands that show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ..comparing import HIDDEN, Difference, compare, is_kind
from ..errors import AgentRunError, NotFound
from ..overview import list_endpoints, list_versions
from .stack import StackResource
from .target import Target

NOT_SHOWN: Final = "[not shown]"
"""Stands for the value of an environment variable that nobody has asked to see."""


@dataclass(frozen=True)
class Comparison:
    """One resource of the stack against the service.

    Attributes:
        resource: The resource.
        differences: Fields that are not as declared.
        gone: Whether it does not exist any more.
        unknown: Why it could not be compared; empty if it could.
    """

    resource: StackResource
    differences: tuple[Difference, ...] = ()
    gone: bool = False
    unknown: str = ""

    @property
    def clean(self) -> bool:
        """Whether it is as declared, as far as that could be found out."""
        return not self.differences and not self.gone

    def document(self) -> dict[str, Any]:
        """The comparison for `--json`."""
        result: dict[str, Any] = {"kind": self.resource.kind, "resource": self.resource.name}
        if self.unknown:
            return {**result, "unknown": self.unknown}
        if self.gone:
            return {**result, "gone": True}
        changes = [
            {"field": item.field, "declared": item.declared, "live": item.live}
            for item in self.differences
        ]
        return {**result, "differences": changes}


@dataclass(frozen=True)
class Declared:
    """All that a stack declares about a runtime, compared.

    Attributes:
        comparisons: One for each resource.
        extra_endpoints: Names of live endpoints that the stack does not declare.
    """

    comparisons: tuple[Comparison, ...] = ()
    extra_endpoints: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether everything is as declared."""
        return all(item.clean for item in self.comparisons)


def compare_all(
    target: Target, endpoints: list[dict[str, Any]], *, show_environment: bool = False
) -> Declared:
    """Compare every resource of the stack that belongs to the runtime.

    What may not be read is told as not compared, so that a key for reading runtimes is enough for
    a look at the rest.

    Args:
        target: The runtime.
        endpoints: Its live endpoints.
        show_environment: Whether to give the values of environment variables that differ, which
            may be secret although nobody has said so.
    """
    names = set(endpoint_resources(target))
    live = [str(endpoint.get("agentRuntimeEndpointName")) for endpoint in endpoints]
    return Declared(
        tuple(
            found if show_environment else _without_environment(found)
            for found in (_compare(target, item) for item in target.resources if is_kind(item.kind))
        ),
        tuple(name for name in live if target.stack is not None and name not in names),
    )


def endpoints_of(target: Target) -> list[dict[str, Any]]:
    """The live endpoints of a runtime, by name.

    Raises:
        CommandError: The runtime does not exist; exit code 3.
    """
    return _existing(target, lambda: list_endpoints(target.session, target.runtime_id))


def versions_of(target: Target) -> list[dict[str, Any]]:
    """The published versions of a runtime, newest first.

    Raises:
        CommandError: The runtime does not exist; exit code 3.
    """
    return _existing(target, lambda: list_versions(target.session, target.runtime_id))


def endpoint_resources(target: Target) -> dict[str, StackResource]:
    """The stack's endpoints of a runtime, by their names in the service."""
    return {
        str(item.outputs.get("name") or item.inputs.get("name")): item
        for item in target.resources
        if item.kind == "RuntimeEndpoint"
    }


def version_resources(target: Target) -> dict[str, StackResource]:
    """The stack's published versions of a runtime, by number."""
    return {
        str(item.outputs["version"]): item
        for item in target.resources
        if item.kind == "RuntimeVersion" and item.outputs.get("version")
    }


def _existing(target: Target, read: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    try:
        found = read()
    except NotFound:
        found = []
    if not found:
        # A runtime that does not exist has nothing either; asking for it tells the two apart.
        _ = target.live
    return found


def _compare(target: Target, item: StackResource) -> Comparison:
    known = {"runtimeId": target.runtime_id}
    inputs, outputs = (
        # Where it is secret it is known nevertheless: the resource belongs to this runtime.
        {**values, **known} if values.get("runtimeId") == HIDDEN else values
        for values in (item.inputs, item.outputs)
    )
    try:
        found = compare(target.session, item.kind, item.id, inputs, outputs)
    except AgentRunError as error:
        return Comparison(item, unknown=error.one_line())
    if found is None:
        return Comparison(item, gone=True)
    return Comparison(item, tuple(found))


def _without_environment(found: Comparison) -> Comparison:
    def masked(item: Difference) -> Difference:
        if item.field.split(".")[0].split("[")[0] != "environment_variables":
            return item
        return Difference(item.field, _masked(item.declared), _masked(item.live))

    return replace(found, differences=tuple(map(masked, found.differences)))


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict.fromkeys(value, NOT_SHOWN)
    return value if value in (None, HIDDEN) else NOT_SHOWN
