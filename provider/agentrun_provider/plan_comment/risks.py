"""What a reviewer should look at before a plan is carried out."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .differences import Difference, differences, is_unknown, shown
from .markup import code, escaped
from .plan import Plan, Step
from .traffic_words import moves, split
from .words import Releases, replacing

RISKS: Final = {
    "failed": "the preview did not get to its end",
    "deletion": "something is deleted",
    "replacement": "something is made anew: it has another id, and may have another address",
    "traffic-shift": "an endpoint's traffic goes to another version",
    "public-access": "something is opened to the internet, or to callers without a credential",
    "protection-off": "protection against deletion is taken off",
    "smaller-size": "less CPU, memory, disk or fewer instances",
    "secret-changed": "a secret gets another value",
    "secret-exposed": "what looks like a credential stands in plain text",
    "role-changed": "the agent acts as another RAM role",
    "network-changed": "the agent runs in another network",
    "mutable-image": "the image has a tag that may come to mean another one",
    "latest-in-production": "an endpoint of production follows every deployment",
}
"""Name and meaning of each risk, gravest first."""

_SIZES = ("cpu", "memory", "diskSize", "instanceConcurrency", "reservedConcurrency", "maxInstances")
_SIZE_LEAVES = ("minInstances", "target")
_OPEN_TO_ALL = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True)
class Risk:
    """Something to look at.

    Attributes:
        name: One of `RISKS`.
        step: The resource; None for the whole plan.
        text: What it is, in one line of Markdown.
    """

    name: str
    step: Step | None
    text: str


def risks(plan: Plan, published: Releases, production: Iterable[str] = ()) -> list[Risk]:
    """Find what a reviewer should look at, gravest first.

    Args:
        plan: The plan.
        published: Versions that it publishes.
        production: Names of production stacks; `*` matches anything.
    """
    is_production = any(fnmatch.fnmatchcase(plan.stack, pattern) for pattern in production)
    found = [Risk("failed", None, "the preview failed, so this is not all")] if plan.failed else []
    for step in plan.changing:
        found += _of_step(step, published, is_production)
    order = list(RISKS)
    return sorted(found, key=lambda risk: order.index(risk.name))


def _of_step(step: Step, published: Releases, is_production: bool) -> Iterator[Risk]:
    changes = differences(step)
    for finder in (_lifetime, _access, _sizes, _secrets, _agent_settings):
        for name, text in finder(step, changes):
            yield Risk(name, step, text)
    if step.kind == "RuntimeEndpoint":
        for name, text in _traffic(step, published, is_production):
            yield Risk(name, step, text)


Found = Iterator[tuple[str, str]]


def _lifetime(step: Step, changes: list[Difference]) -> Found:
    if step.op == "delete" and step.kind != "RuntimeVersion":
        yield "deletion", "is deleted"
    if step.op == "replace" and step.kind != "RuntimeVersion":
        why = ", ".join(map(code, replacing(step)))
        yield "replacement", "is replaced" + (f" because of {why}" if why else "")
    if step.op != "delete" and step.protected == (True, False):
        yield "protection-off", "Pulumi's `protect` is taken off"
    for change in changes:
        if change.path == ("deletionPolicy",) and change.old == "prevent" and step.op != "delete":
            yield "protection-off", f"{code('deletionPolicy')} `prevent` is taken off"
        if change.top in ("deletionProtection", "deletionProtectionEnabled") and change.old is True:
            yield "protection-off", f"{code(change.top)} is taken off"


def _access(step: Step, changes: list[Difference]) -> Found:
    if step.op == "delete":
        return
    for change in changes:
        name = change.path[-1]
        if change.path == ("disablePublicNetworkAccess",) and change.old is True:
            yield "public-access", "can be called from the internet from now on"
        if step.kind == "Runtime" and change.path == ("credential",) and change.new is None:
            yield "public-access", "is called without a credential from now on"
        reaches_out = step.kind == "Runtime" and change.path == ("internetAccess",)
        if reaches_out and change.old is False and change.new is True:
            yield "public-access", "its instances reach the internet from now on"
        if not step.kind and _opens(name, change):
            yield "public-access", f"{code(change.dotted)} is {code(shown(change.new, name))}"


def _opens(name: str, change: Difference) -> bool:
    if name.lower() == "acl":
        return str(change.new).startswith("public")
    return _mentions(change.new) and not _mentions(change.old)


def _mentions(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_mentions, value.values()))
    if isinstance(value, list):
        return any(map(_mentions, value))
    return value in _OPEN_TO_ALL


def _sizes(step: Step, changes: list[Difference]) -> Found:
    if step.op not in ("update", "replace"):
        return
    for change in changes:
        if change.top not in _SIZES and change.path[-1] not in _SIZE_LEAVES:
            continue
        before, after = _number(change.old), _number(change.new)
        if before is not None and after is not None and after < before:
            yield (
                "smaller-size",
                f"{code(change.dotted)} {code(shown(change.old))} → {code(shown(change.new))}",
            )
        elif before is not None and change.new is None and change.top in ("scaling",):
            yield "smaller-size", f"{code(change.dotted)} is no longer set (was {before:g})"


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


def _secrets(step: Step, changes: list[Difference]) -> Found:
    if step.op == "delete" or step.kind == "RuntimeVersion":
        return
    changed = [each.dotted for each in changes if each.secret and step.op != "create"]
    if changed:
        names = ", ".join(map(code, changed))
        one_of = "one of " if len(changed) > 1 and not step.paths else ""
        yield "secret-changed", f"{one_of}{names} gets another value"
    exposed = [each.dotted for each in changes if each.exposed]
    if exposed:
        names = ", ".join(map(code, exposed))
        yield "secret-exposed", f"{names} looks like a credential and is no Pulumi secret"


def _agent_settings(step: Step, changes: list[Difference]) -> Found:
    if step.kind != "Runtime" or step.op not in ("create", "update", "replace"):
        return
    if step.op != "create":
        for change in changes:
            if change.path == ("role",):
                yield "role-changed", f"{code(shown(change.old))} → {code(shown(change.new))}"
        if any(change.top == "vpc" for change in changes):
            yield "network-changed", "its VPC, vSwitches or security group change"
    container = step.new.get("container")
    image = container.get("image") if isinstance(container, Mapping) else None
    touched = step.op == "create" or any(change.top == "container" for change in changes)
    if touched and isinstance(image, str) and not is_unknown(image) and _is_mutable(image):
        yield "mutable-image", f"{code(image)} has no digest and no tag that stays"


def _is_mutable(image: str) -> bool:
    if "@sha256:" in image:
        return False
    tag = image.rpartition("/")[2].partition(":")[2]
    return tag in ("", "latest", "dev", "main", "master", "stable")


def _traffic(step: Step, published: Releases, is_production: bool) -> Found:
    number = published.of(step)
    if step.op == "update" and moves(step, number):
        before, after = split(step.old, ""), split(step.new, number)
        yield "traffic-shift", f"{escaped(before)} → {escaped(after)}"
    follows = step.new.get("targetVersion") == "LATEST"
    moved = step.op == "create" or step.old.get("targetVersion") != "LATEST"
    if is_production and follows and moved and step.op != "delete":
        yield "latest-in-production", "is on `LATEST`: every deployment reaches it at once"
