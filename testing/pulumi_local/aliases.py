"""Former names of resources: which old resource a registration is about.

Facts: pkg/resource/deploy/step_generator.go of Pulumi (collapseAliasToUrn, generateAliases).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pulumi_local.state import (
    STACK_TYPE,
    make_urn,
    urn_name,
    urn_type,
    urn_type_path,
)


@dataclass(frozen=True)
class Alias:
    """A former URN, or the parts of it that were different."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


@dataclass(frozen=True)
class Identity:
    """What the URN of a resource is made of."""

    stack: str
    project: str
    type: str
    name: str
    parent: str

    @property
    def urn(self) -> str:
        """The URN."""
        return make_urn(self.stack, self.project, self.parent, self.type, self.name)


def former_urns(
    identity: Identity, aliases: Iterable[Alias], renamed: Mapping[str, str]
) -> list[str]:
    """List the URNs a resource may have had, most likely first.

    ``renamed`` maps the present URN of each resource found under a former one to that: children
    of a renamed parent had other URNs too.
    """
    own = [_former(identity, alias, renamed) for alias in aliases]
    found = list(own)
    old_parent = renamed.get(identity.parent)
    if old_parent:
        found.append(_below(identity, old_parent, identity.type, identity.name))
        found += [_below(identity, old_parent, urn_type(urn), urn_name(urn)) for urn in own]
    return [urn for urn in dict.fromkeys(found) if urn != identity.urn]


def _former(identity: Identity, alias: Alias, renamed: Mapping[str, str]) -> str:
    if alias.urn:
        return alias.urn
    parent = identity.parent
    if alias.parent:
        parent = renamed.get(alias.parent, alias.parent)
    if alias.no_parent or (parent and urn_type_path(parent) == STACK_TYPE):
        parent = ""
    return make_urn(
        alias.stack or identity.stack,
        alias.project or identity.project,
        parent,
        alias.type or identity.type,
        alias.name or identity.name,
    )


def _below(identity: Identity, old_parent: str, type_: str, name: str) -> str:
    """The URN under a parent's former name; names often begin with that of the parent."""
    parent_name = urn_name(identity.parent)
    if name.startswith(parent_name):
        name = urn_name(old_parent) + name[len(parent_name) :]
    return make_urn(identity.stack, identity.project, old_parent, type_, name)
