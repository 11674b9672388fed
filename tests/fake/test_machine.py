"""The table of states, and how long passing states last."""

from __future__ import annotations

import pytest
from agentrun_fake import machine
from agentrun_fake.machine import PASSING, TRANSITIONS, Event, Pace, Pending


def test_every_passing_state_has_a_good_and_a_bad_exit() -> None:
    assert {"CREATING", "UPDATING", "DELETING"} == PASSING
    for state in PASSING:
        assert {Event.SUCCEED, Event.FAIL} <= set(TRANSITIONS[state])
        assert machine.next_state(state, Event.SUCCEED) not in PASSING
        assert machine.next_state(state, Event.FAIL) not in PASSING


def test_every_state_that_is_not_passing_can_be_left_by_a_client() -> None:
    for state in set(TRANSITIONS) - PASSING - {machine.ABSENT}:
        assert machine.next_state(state, Event.DELETE) == machine.DELETING


def test_the_table_leads_to_known_states_only_and_reaches_all_of_them() -> None:
    reached = {state for exits in TRANSITIONS.values() for state in exits.values()}
    assert reached == set(TRANSITIONS)


@pytest.mark.parametrize("event", [Event.SUCCEED, Event.FAIL])
def test_nothing_happens_by_itself_in_a_final_state(event: Event) -> None:
    for state in set(TRANSITIONS) - PASSING:
        assert machine.next_state(state, event) is None


@pytest.mark.parametrize(
    ("pace", "reads", "now", "end"),
    [
        (Pace(), 0, 100.0, 100.0),
        (Pace(ms=500), 0, 100.4, None),
        (Pace(ms=500), 0, 103.0, 100.5),
        (Pace(reads=2), 1, 900.0, None),
        (Pace(reads=2), 2, 100.0, 100.0),
        (Pace(manual=True), 9, 900.0, None),
    ],
)
def test_a_passing_state_ends_by_time_or_by_reads(
    pace: Pace, reads: int, now: float, end: float | None
) -> None:
    assert Pending(since=100.0, reads=reads).ended_at(pace, now) == end


def test_a_stuck_state_does_not_end() -> None:
    assert Pending(since=0, stuck=True).ended_at(Pace(), 1e9) is None
