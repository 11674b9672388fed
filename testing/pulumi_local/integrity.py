"""Checks that a state does not contradict itself, as the CLI does before it uses one."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_local.errors import StateError
from pulumi_local.state import Resource, Snapshot


def check_integrity(snapshot: Snapshot) -> None:
    """Raise StateError, naming every problem, if the state breaks a rule of `find_problems`."""
    problems = list(find_problems(snapshot))
    if problems:
        raise StateError("the state is damaged; refusing to use it:\n  " + "\n  ".join(problems))


def find_problems(snapshot: Snapshot) -> Iterator[str]:
    """Describe what is wrong with a state.

    Each resource comes after its provider, parent and dependencies; one URN names at most one
    resource that is not waiting for its deletion.
    """
    seen: set[str] = set()
    living: set[str] = set()
    provider_references: set[str] = set()
    for resource in snapshot.resources:
        if resource.provider and resource.provider not in provider_references:
            yield f"{resource.urn} refers to the unknown provider {resource.provider}"
        yield from _unknown_references(resource, seen)
        if not resource.delete:
            if resource.urn in living:
                yield f"{resource.urn} is there twice"
            living.add(resource.urn)
        seen.add(resource.urn)
        if resource.is_provider:
            provider_references.add(f"{resource.urn}::{resource.id}")


def _unknown_references(resource: Resource, seen: set[str]) -> Iterator[str]:
    if resource.parent and resource.parent not in seen:
        yield f"{resource.urn} comes before its parent {resource.parent}, or that is missing"
    by_property = [urn for urns in resource.property_dependencies.values() for urn in urns]
    for urn in sorted({*resource.dependencies, *by_property}):
        if urn not in seen:
            yield f"{resource.urn} comes before its dependency {urn}, or that is missing"
    if resource.deleted_with and resource.deleted_with not in seen:
        yield f"{resource.urn} is deleted with {resource.deleted_with}, which is missing"
