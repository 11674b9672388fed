"""The life of an asynchronous resource: one table of states, and the clocks that move it.

A write puts a resource into a passing state (`CREATING`, `UPDATING`, `DELETING`). It leaves that
state by itself: after a time, after a number of reads, or at the next look. Faults can make it end
in failure or hold it where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

ABSENT = "ABSENT"
CREATING = "CREATING"
UPDATING = "UPDATING"
DELETING = "DELETING"
READY = "READY"
CREATE_FAILED = "CREATE_FAILED"
UPDATE_FAILED = "UPDATE_FAILED"
DELETE_FAILED = "DELETE_FAILED"


class Event(Enum):
    """What can happen to a resource. The last two happen by themselves."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    SUCCEED = "succeed"
    FAIL = "fail"


# State -> event -> next state. An event that is not listed is refused in that state.
TRANSITIONS: Mapping[str, Mapping[Event, str]] = {
    ABSENT: {Event.CREATE: CREATING},
    CREATING: {Event.SUCCEED: READY, Event.FAIL: CREATE_FAILED, Event.DELETE: DELETING},
    UPDATING: {Event.SUCCEED: READY, Event.FAIL: UPDATE_FAILED, Event.DELETE: DELETING},
    DELETING: {Event.SUCCEED: ABSENT, Event.FAIL: DELETE_FAILED, Event.DELETE: DELETING},
    READY: {Event.UPDATE: UPDATING, Event.DELETE: DELETING},
    CREATE_FAILED: {Event.UPDATE: UPDATING, Event.DELETE: DELETING},
    UPDATE_FAILED: {Event.UPDATE: UPDATING, Event.DELETE: DELETING},
    DELETE_FAILED: {Event.UPDATE: UPDATING, Event.DELETE: DELETING},
}
PASSING = frozenset(state for state, exits in TRANSITIONS.items() if Event.SUCCEED in exits)


def next_state(state: str, event: Event) -> str | None:
    """The state that an event leads to, or None if it is refused."""
    return TRANSITIONS[state].get(event)


@dataclass(frozen=True)
class Pace:
    """How long passing states last.

    Attributes:
        ms: Milliseconds; used unless `reads` is given.
        reads: Number of reads that still see the passing state.
        manual: True if they only end when told to.
    """

    ms: float = 0
    reads: int | None = None
    manual: bool = False


@dataclass
class Pending:
    """A passing state that will end.

    Attributes:
        since: When it began.
        reads: How often it was looked at.
        outcome: How it ends.
        reason: Why, if it fails.
        stuck: True if it never ends by itself.
        held: True while something that runs decides how it ends.
    """

    since: float
    reads: int = 0
    outcome: Event = Event.SUCCEED
    reason: str | None = None
    stuck: bool = False
    held: bool = False

    def ended_at(self, pace: Pace, now: float) -> float | None:
        """When it ended, or None if it has not yet."""
        if self.stuck or self.held or pace.manual:
            return None
        if pace.reads is not None:
            return now if self.reads >= pace.reads else None
        end = self.since + pace.ms / 1000
        return end if end <= now else None
