"""What a check found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from ..errors import AgentRunError

Status = Literal["ok", "warn", "fail", "skip"]


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes:
        check: What was looked at, e.g. `credentials`.
        status: `ok`; `warn`: works, but is not as it should be; `fail`: something will not work;
            `skip`: could not be looked at, or does not apply.
        message: What was found.
        fix: What to do about it; empty if there is nothing to do.
    """

    check: str
    status: Status
    message: str
    fix: str = ""


def failed(check: str, error: AgentRunError, subject: str = "") -> Finding:
    """The finding that an error stands for, about a subject within the check."""
    text = " ".join(str(error).split())
    return Finding(check, "fail", f"{subject}: {text}" if subject else text, error.hint)


def guarded(check: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """Run a check; an error is what it found."""
    try:
        return list(look())
    except AgentRunError as error:
        return [failed(check, error)]
