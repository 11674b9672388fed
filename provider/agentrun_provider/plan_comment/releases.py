"""What a plan publishes, and what follows every deployment of a runtime."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..kinds.rollout import LATEST
from .plan import Plan
from .steps import Step
from .values import is_unknown


@dataclass(frozen=True)
class Releases:
    """Version numbers that a plan publishes, and who follows none.

    Attributes:
        expected: Number by the URN of its `RuntimeVersion`.
        runtimes: Number by the id of its runtime.
        followers: Names of the endpoints and domains on `LATEST`, by the id or URN of the runtime.
    """

    expected: Mapping[str, str]
    runtimes: Mapping[str, str]
    followers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, step: Step) -> str:
        """Number of the version that an endpoint waits for; empty if it is not known."""
        for urn in step.depends_on:
            if urn in self.expected:
                return self.expected[urn]
        return self.runtimes.get(str(step.new.get("runtimeId")), "")

    def reached(self, step: Step) -> tuple[str, ...]:
        """Names of what serves a change of a runtime, or of a part of it, at once."""
        keys = [step.urn, step.id] if step.kind == "Runtime" else _runtime_of(step)
        return tuple(dict.fromkeys(name for key in keys for name in self.followers.get(key, ())))


def releases(plan: Plan) -> Releases:
    """Find the versions that a plan publishes, by the numbers they will have.

    The service counts them one by one, so the next is one more than the last that this stack
    published, as long as nobody else publishes.
    """
    expected: dict[str, str] = {}
    runtimes: dict[str, str] = {}
    for step in plan.changing:
        number = _next_number(step)
        if number:
            expected[step.urn] = number
            runtime = step.new.get("runtimeId")
            if isinstance(runtime, str) and not is_unknown(runtime):
                runtimes[runtime] = number
    return Releases(expected, runtimes, _followers(plan.steps))


def follows_latest(step: Step) -> bool:
    """Whether an endpoint or a domain serves whatever its runtime is at the moment."""
    if step.op == "delete":
        return False
    if step.kind == "RuntimeCustomDomain":
        return LATEST in routes(step.new).values()
    return step.kind == "RuntimeEndpoint" and is_on_latest(step.new)


def is_on_latest(endpoint: Mapping[str, object]) -> bool:
    """Whether an endpoint's inputs put it on `LATEST`, which they do if they say nothing."""
    return not endpoint.get("rollout") and (endpoint.get("targetVersion") or LATEST) == LATEST


def routes(inputs: Mapping[str, object]) -> dict[str, str]:
    """The version that a domain's requests reach, by path."""
    declared = inputs.get("routes")
    if not isinstance(declared, list):
        declared = [inputs.get("route")]
    found = {}
    for route in declared:
        known = route if isinstance(route, Mapping) else {}
        found[str(known.get("path") or "/*")] = str(known.get("qualifier") or LATEST)
    return found


def _followers(steps: Iterable[Step]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for step in steps:
        # Nobody calls yet what is only made.
        if step.op != "create" and follows_latest(step):
            for key in _runtime_of(step):
                found[key] = (*found.get(key, ()), step.name)
    return found


def _runtime_of(step: Step) -> list[str]:
    """Id and URNs by which a step's runtime may be known; other URNs do no harm."""
    runtime = step.new.get("runtimeId") or step.old.get("runtimeId")
    known = isinstance(runtime, str) and not is_unknown(runtime)
    return [*([str(runtime)] if known else []), *step.depends_on]


def _next_number(step: Step) -> str:
    if step.kind != "RuntimeVersion" or step.op not in ("create", "replace"):
        return ""
    last = str(step.old_outputs.get("version") or "")
    moved = step.old.get("runtimeId") != step.new.get("runtimeId")
    if step.op == "create":
        return "1" if is_unknown(step.new.get("runtimeId")) else ""
    if moved:
        return "1"
    return str(int(last) + 1) if last.isdecimal() else ""
