"""One step of a plan, and the order in which steps are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

UNCHANGED: Final = frozenset({"same", "refresh", "read", "discard"})
"""Operations by which nothing comes about."""


@dataclass(frozen=True)
class Step:
    """What is done with one resource.

    Attributes:
        op: `create`, `update`, `replace`, `delete`, `import` …, `same` or `refresh`.
        urn: Its URN.
        type: Type token.
        kind: Name of an AgentRun resource; empty for those of other providers.
        name: Name in the program.
        old: Inputs so far; empty for a new one.
        new: Inputs to be; empty for one that goes away.
        old_outputs: Outputs so far, of which only a version's number is used.
        protected: Whether it is protected before and after.
        replace_reasons: Properties that make a new resource of it.
        paths: Properties that the engine says differ, which may be secret.
        depends_on: URNs it depends on.
        id: Its id so far; empty for a new one.
        retained: Whether a deletion leaves it in the service, by the program's options.
        observed: Whether it tells what a refresh found, and not what a deployment does.
        adoption: What the provider says that is taken over and changed; empty if nothing is.
        external: Whether reality differed, as far as the document tells.
        custom: False for components, which exist in the program only.
    """

    op: str
    urn: str
    type: str
    kind: str
    name: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    old_outputs: Mapping[str, Any] = field(default_factory=dict)
    protected: tuple[bool, bool] = (False, False)
    replace_reasons: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    external: bool = False
    custom: bool = True
    id: str = ""
    retained: bool = False
    observed: bool = False
    adoption: str = ""

    @property
    def changes(self) -> bool:
        """Whether anything is done with it, or can be done to it from now on."""
        return self.op not in UNCHANGED or self.unprotects

    @property
    def unprotects(self) -> bool:
        """Whether the program's protection against deletion is all that is taken off it."""
        return self.op == "same" and self.protected == (True, False)

    @property
    def verb(self) -> str:
        """What is done with it, in one word for a sum."""
        if self.publishes:
            return "publish"
        if self.unprotects:
            return "unprotect"
        return "adopt" if self.adoption else self.op

    @property
    def publishes(self) -> bool:
        """Whether a version is published, which engines call a creation or a replacement."""
        return self.kind == "RuntimeVersion" and self.op in ("create", "replace")

    @property
    def label(self) -> str:
        """What sort of thing it is, to people."""
        return self.kind or self.type


def in_order(steps: Sequence[Step]) -> list[Step]:
    """What others depend on first, then by name: engines print steps as they happen to come up.

    So the comment of the same plan is the same from run to run.
    """
    by_urn = {step.urn: step for step in sorted(steps, key=lambda step: (step.name, step.urn))}
    graph = {
        urn: [other for other in step.depends_on if other in by_urn and other != urn]
        for urn, step in by_urn.items()
    }
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError:
        # Old and new dependencies together may go round.
        return list(by_urn.values())
    place = {urn: index for index, urn in enumerate(by_urn)}
    result: list[Step] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=place.__getitem__)
        result += [by_urn[urn] for urn in ready]
        sorter.done(*ready)
    return result
