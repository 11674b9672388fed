"""What a reviewer should look at before a plan is carried out."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .differences import Difference, differences
from .domain_risks import domain_risks
from .markup import code
from .masking import is_secret
from .phrases import goes, replacing
from .plan import Plan
from .releases import Releases
from .runtime_risks import endpoint_risks, network_and_log_risks, runtime_risks
from .runtime_words import restarts
from .steps import Step
from .values import shown

RISKS: Final = {
    "failed": "the preview did not get to its end",
    "deletion": "something is deleted",
    "replacement": "something is made anew: it has another id, and may have another address",
    "traffic-shift": "an endpoint's or a domain's traffic goes to another version",
    "public-access": "something is opened to the internet, or to callers without a credential",
    "weaker-protection": "a domain loses its firewall, its encryption or newer TLS versions",
    "protection-off": "protection against deletion is taken off",
    "smaller-size": "less CPU, memory, disk, fewer instances, or logs kept for less time",
    "secret-changed": "a secret gets another value",
    "secret-exposed": "what is or looks like a credential stands in plain text",
    "role-changed": "the agent acts as another RAM role",
    "network-changed": "the agent runs in another network",
    "log-off": "the agent's output is no longer kept",
    "mutable-image": "the image has a tag that may come to mean another one",
    "latest-in-production": "production serves a change without a release, by way of LATEST",
}
"""Name and meaning of each risk, gravest first."""

_SIZES = (
    "cpu",
    "memory",
    "diskSize",
    "instanceConcurrency",
    "reservedConcurrency",
    "maxInstances",
    "retentionPeriod",
)
_SIZE_LEAVES = ("minInstances", "target")
_OPEN_TO_ALL = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True)
class Risk:
    """Something to look at.

    Attributes:
        name: One of `RISKS`.
        step: The resource; None for the whole plan.
        text: What it is, in one line of Markdown, to be read after the name of the resource.
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
        for name, text in _of_step(step, published, is_production):
            found.append(Risk(name, step, text))
    order = list(RISKS)
    return sorted(found, key=lambda risk: order.index(risk.name))


Found = Iterator[tuple[str, str]]


def _of_step(step: Step, published: Releases, is_production: bool) -> Found:
    changes = differences(step)
    for finder in (_lifetime, _openings, _sizes, _secrets, network_and_log_risks):
        yield from finder(step, changes)
    if step.kind == "Runtime":
        yield from runtime_risks(step, changes)
    if step.kind == "RuntimeEndpoint":
        yield from endpoint_risks(step, changes, published, is_production)
    elif step.kind == "RuntimeCustomDomain":
        yield from domain_risks(step, changes, is_production)
    elif is_production:
        yield from _reaching(step, published)


def _lifetime(step: Step, changes: list[Difference]) -> Found:
    if step.kind != "RuntimeVersion":
        if step.op == "delete" and goes(step) == "prevented":
            yield "deletion", "is to be deleted, which its `deletionPolicy` `prevent` refuses"
        elif step.op == "delete" and goes(step) == "deleted":
            yield "deletion", "is gone from the service" if step.observed else "is deleted"
        if step.op == "replace":
            why = _codes(replacing(step))
            yield "replacement", "is replaced" + (f" because of {why}" if why else "")
    if step.op == "delete":
        return
    if step.protected == (True, False):
        yield "protection-off", "loses Pulumi's `protect`"
    for change in changes:
        if change.path == ("deletionPolicy",) and change.old == "prevent":
            yield "protection-off", f"loses {code('deletionPolicy')} `prevent`"
        if change.top in ("deletionProtection", "deletionProtectionEnabled") and change.old is True:
            yield "protection-off", f"loses {code(change.top)}"


def _openings(step: Step, changes: list[Difference]) -> Found:
    """What other providers' resources let in."""
    if step.kind or step.op == "delete":
        return
    for change in changes:
        if _opens(change):
            told = code(shown(change.new, change.last))
            yield "public-access", f"{code(change.dotted)} is {told}"


def _opens(change: Difference) -> bool:
    if change.last.lower() == "acl":
        return str(change.new).startswith("public")
    return _mentions(change.new) and not _mentions(change.old)


def _mentions(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_mentions, value.values()))
    if isinstance(value, list):
        return any(map(_mentions, value))
    return value in _OPEN_TO_ALL


def _sizes(step: Step, changes: list[Difference]) -> Found:
    reserved = step.new.get("reservedConcurrency") if step.kind == "RuntimeConcurrency" else None
    if step.op == "create" and _number(reserved) == 0:
        yield "smaller-size", "reserves no instances: **no call gets through**"
    if step.op not in ("update", "replace"):
        return
    for change in changes:
        if change.path == ("scaling",) and change.new is None:
            yield "smaller-size", f"keeps no instances ready (was {code(shown(change.old))})"
        if change.top not in _SIZES and change.last not in _SIZE_LEAVES:
            continue
        before, after = _number(change.old), _number(change.new)
        if before is not None and change.new is None:
            yield "smaller-size", f"{code(change.dotted)} is no longer set (was {before:g})"
        elif before is not None and after is not None and after < before:
            arrow = f"{code(shown(change.old))} → {code(shown(change.new))}"
            stops = ": **no call gets through**" if _blocks(change, after) else ""
            yield "smaller-size", f"{code(change.dotted)} {arrow}{stops}"


def _blocks(change: Difference, after: float) -> bool:
    return change.path == ("reservedConcurrency",) and after == 0


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


def _secrets(step: Step, changes: list[Difference]) -> Found:
    if step.op == "delete" or step.kind == "RuntimeVersion":
        return
    secrets = [each for each in changes if each.secret and not each.revealed]
    differing = step.op in ("update", "replace")
    changed = [each.dotted for each in secrets if each.sort == "change" and differing]
    if changed:
        one_of = "one of " if len(changed) > 1 and _are_guessed(step, secrets) else ""
        yield "secret-changed", f"gets another value of {one_of}{_codes(changed)}"
    lost = [each.dotted for each in secrets if each.sort == "remove" and differing]
    if lost:
        yield "secret-changed", f"loses {_codes(lost)}"
    revealed = [each.dotted for each in changes if each.revealed]
    if revealed:
        yield "secret-exposed", f"no longer keeps {_codes(revealed)} secret"
    exposed = [each.dotted for each in changes if each.exposed and not each.revealed]
    if exposed:
        yield "secret-exposed", f"holds what looks like a credential in plain: {_codes(exposed)}"


def _are_guessed(step: Step, secrets: list[Difference]) -> bool:
    """Whether the document tells no more than that one of the secrets changes."""
    return not step.paths and all(is_secret(each.old) and is_secret(each.new) for each in secrets)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(map(code, names))


def _reaching(step: Step, published: Releases) -> Found:
    names = published.reached(step) if restarts(step) else ()
    if names:
        yield "latest-in-production", f"reaches {_codes(names)} at once, by way of `LATEST`"
