"""What the options of an agent mean for its children.

Children inherit `protect`, providers, transforms and the aliases of their parent from Pulumi. The
rest of what people set on a component is handed on here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

import pulumi

_HEAD = re.compile(r"[^.\[]+")


class ChildOptions:
    """Makes the options of each child.

    Args:
        agent: The component.
        opts: The component's options.
    """

    def __init__(
        self, agent: pulumi.ComponentResource, opts: Optional[pulumi.ResourceOptions]
    ) -> None:
        self._agent = agent
        self._opts = opts or pulumi.ResourceOptions()

    def runtime(self) -> pulumi.ResourceOptions:
        """Of the runtime: it waits for what the agent waits for, and so do all the others."""
        options = self.child()
        options.depends_on = self._opts.depends_on
        options.ignore_changes = list(_of_runtime(self._opts.ignore_changes))
        options.replace_on_changes = list(_of_runtime(self._opts.replace_on_changes))
        return options

    def endpoint(self, name: str, release: Optional[pulumi.Resource]) -> pulumi.ResourceOptions:
        """Of an endpoint: what is written as `endpoints.<name>.<field>`.

        It waits for the release, since a version that it names may be the one that is published.
        """
        options = self._below("endpoints", name)
        options.depends_on = [release] if release else None
        return options

    def custom_domain(self) -> pulumi.ResourceOptions:
        """Of the domain: what is written as `custom_domain.<field>`."""
        return self._below("custom_domain")

    def concurrency(self) -> pulumi.ResourceOptions:
        """Of the reserved concurrency, which has one field."""
        options = self.child()
        mine = {"reserved_concurrency", "reservedConcurrency"}
        options.ignore_changes = [p for p in self._opts.ignore_changes or [] if p in mine]
        options.replace_on_changes = [p for p in self._opts.replace_on_changes or [] if p in mine]
        return options

    def child(self) -> pulumi.ResourceOptions:
        """Of any child."""
        return pulumi.ResourceOptions(
            parent=self._agent,
            retain_on_delete=self._opts.retain_on_delete,
            deleted_with=self._opts.deleted_with,
        )

    def _below(self, *place: str) -> pulumi.ResourceOptions:
        options = self.child()
        options.ignore_changes = list(_below(self._opts.ignore_changes, place))
        options.replace_on_changes = list(_below(self._opts.replace_on_changes, place))
        return options


def _of_runtime(paths: Optional[list[str]]) -> Iterator[str]:
    """Whatever does not begin with the name of another part is of the runtime."""
    others = {
        "endpoints",
        "custom_domain",
        "customDomain",
        "reserved_concurrency",
        "reservedConcurrency",
    }
    for path in paths or []:
        head = _HEAD.match(path)
        if head is None or head[0] not in others:
            yield path


def _below(paths: Optional[list[str]], place: tuple[str, ...]) -> Iterator[str]:
    """What stands below a place, seen from there; a place itself means all fields."""
    spellings = {place[0], re.sub(r"_(\w)", lambda match: match[1].upper(), place[0])}
    for path in paths or []:
        parts = re.findall(r'[^.\["\]]+', path)
        if parts[:1] and parts[0] in spellings and tuple(parts[1 : len(place)]) == place[1:]:
            rest = _rest(path, len(place))
            yield rest or "*"


def _rest(path: str, steps: int) -> str:
    """The path without its first steps."""
    for _ in range(steps):
        step = re.match(r'\.?(\["[^"]*"\]|\[[^\]]*\]|[^.\[]+)', path)
        path = path[step.end() :] if step else ""
    return path.removeprefix(".")
