"""Instances that are kept ready for calls: `minInstances` of an endpoint (section 4.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .. import machine
from ..store import Record
from .revision import Revision

_OVER = frozenset({machine.CREATE_FAILED, machine.DELETING})


@dataclass(frozen=True)
class Provision:
    """Instances of a revision that are there before anybody calls, and do not idle out.

    Attributes:
        revision: What they run.
        count: How many.
        most: How many instances the runtime may have in all.
    """

    revision: Revision
    count: int
    most: int


def summed(provisions: Iterable[Provision]) -> Mapping[str, Provision]:
    """By revision, what several endpoints want of it; never more than the runtime may have."""
    found: dict[str, Provision] = {}
    for item in provisions:
        before = found.get(item.revision.key)
        count = min(item.count + (before.count if before else 0), item.most)
        found[item.revision.key] = replace(item, count=count)
    return found


def least_instances(endpoint: Record) -> int:
    """How many instances an endpoint wants to be ready; none once it is of no use any more."""
    if endpoint.status in _OVER:
        return 0
    return int(endpoint.fields.get("scalingConfig", {}).get("minInstances", 0))


def can_run(runtime: Record) -> bool:
    """Whether instances of a runtime can be started here before anybody calls."""
    return (
        runtime.status not in _OVER
        and runtime.fields["artifactType"] == "Code"
        and not runtime.fields.get("externalAgentEndpointUrl")
    )
