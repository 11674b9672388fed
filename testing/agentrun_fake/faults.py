"""Scripted failures: which call fails, when, and how.

A rule counts the calls of the operations it names. It fires at the `nth` of them and goes on for
`times` calls, or at each call with a seeded `probability`. What it does happens before the service
looks at the request, or after it did what was asked (`when`).
"""

from __future__ import annotations

import fnmatch
import random
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from .errors import BadControlRequest, check_types
from .http import Request

KINDS = ("status", "drop", "delay", "truncate", "throttle", "create_failed", "stuck")
ON_OUTCOME = ("create_failed", "stuck")


@dataclass(frozen=True)
class Fault:
    """A rule.

    Attributes:
        kind: `status` answers an error; `drop` closes the connection; `delay` waits; `truncate`
            cuts the reply's body; `throttle` answers 429 with a retry-after; `create_failed` lets
            what the call started end in CREATE_FAILED, UPDATE_FAILED or DELETE_FAILED; `stuck`
            lets it never end.
        operation: Operation name, or a pattern such as `*Endpoint*`.
        resource: Only calls whose path or body mentions this text; empty for all.
        nth: Number of the first matching call that is hit, from 1.
        times: How many calls are hit; None for all that follow.
        probability: Chance of each call, instead of `nth`; `times` still limits it.
        seed: Makes the chance repeatable.
        when: `before` or `after` the service did what was asked.
        status: Status of the error.
        code: Code of the error.
        message: Text of the error.
        retry_after_ms: Value of `x-acs-retry-after`, in milliseconds.
        delay_ms: How long `delay` waits, in milliseconds.
        reason: `statusReason` of `create_failed`.
        name: To recognise the rule in the call log.
    """

    kind: str = "status"
    operation: str = "*"
    resource: str = ""
    nth: int = 1
    times: int | None = 1
    probability: float | None = None
    seed: int = 0
    when: str = "before"
    status: int = 500
    code: str = "ERR_INTERNAL_SERVER_ERROR"
    message: str = "the service failed (a scripted fault)"
    retry_after_ms: int | None = None
    delay_ms: float = 0
    reason: str = "the service gave up (a scripted fault)"
    name: str = ""

    def __post_init__(self) -> None:
        check_types({item.name: (getattr(self, item.name), item.type) for item in fields(self)})
        if self.kind not in KINDS:
            raise BadControlRequest(f"kind {self.kind!r} is none of {', '.join(KINDS)}")
        if self.when not in ("before", "after"):
            raise BadControlRequest(f"when {self.when!r} is neither before nor after")
        if self.nth < 1 or (self.times is not None and self.times < 1):
            raise BadControlRequest("nth and times count from 1")
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise BadControlRequest("probability is from 0 to 1")
        if not 100 <= self.status <= 599:
            raise BadControlRequest(f"status {self.status} is no HTTP status")
        if self.delay_ms < 0 or (self.retry_after_ms is not None and self.retry_after_ms < 0):
            raise BadControlRequest("delay_ms and retry_after_ms count from 0")

    @property
    def label(self) -> str:
        """How the call log names it."""
        return self.name or f"{self.kind}:{self.operation}"

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Fault:
        """Read a rule.

        Raises:
            BadControlRequest: A field is unknown or wrong.
        """
        if not isinstance(plain, Mapping):
            raise BadControlRequest(f"a fault must be an object, not {plain!r}")
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(plain) - known)
        if unknown:
            raise BadControlRequest(f"unknown in a fault: {', '.join(unknown)}")
        return cls(**plain)


@dataclass
class _Rule:
    fault: Fault
    seen: int = 0
    fired: int = 0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        # Repeatable on purpose.
        self.chance = random.Random(self.fault.seed)  # noqa: S311

    def hits(self, operation: str, mentioned: str) -> bool:
        """Count a call and tell whether it is hit."""
        fault = self.fault
        if not fnmatch.fnmatchcase(operation, fault.operation) or fault.resource not in mentioned:
            return False
        self.seen += 1
        if fault.times is not None and self.fired >= fault.times:
            return False
        if fault.probability is not None:
            hit = self.chance.random() < fault.probability
        else:
            hit = self.seen >= fault.nth
        self.fired += hit
        return hit


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []

    def add(self, fault: Fault | None = None, /, **values: Any) -> Fault:
        """Add a rule, given as a whole or by its fields."""
        made = fault or Fault.from_json(values)
        self._rules.append(_Rule(made))
        return made

    def clear(self) -> None:
        """Drop all rules."""
        self._rules.clear()

    def __iter__(self) -> Iterator[Fault]:
        return iter([rule.fault for rule in self._rules])

    def pick(self, operation: str, request: Request) -> list[Fault]:
        """Count a call for each rule and return the rules that hit it.

        Args:
            operation: The call's operation.
            request: The call; its path and body are searched for the rules' resources.
        """
        mentioned = ""
        # A body may be a package of many megabytes.
        if any(rule.fault.resource for rule in self._rules):
            body = request.body.decode(errors="replace")
            mentioned = f"{request.path}?{request.query} {body}"
        return [rule.fault for rule in self._rules if rule.hits(operation, mentioned)]

    def report(self) -> list[dict[str, Any]]:
        """The rules with how often they matched and fired, as JSON-able data."""
        return [
            {**asdict(rule.fault), "matched": rule.seen, "fired": rule.fired}
            for rule in self._rules
        ]
