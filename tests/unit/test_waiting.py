"""Waits end when, and only when, the service came to rest or time is up."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import pytest
from agentrun_provider.errors import (
    Forbidden,
    ServerFault,
    Throttled,
    TransportFault,
    WaitFailed,
    WaitTimedOut,
)
from agentrun_provider.waiting import Deadline, SystemClock, interval_after, wait_for

Read = str | None | Exception


class ManualClock(Protocol):
    slept: list[float]

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


def reads(*values: Read) -> Callable[[], dict[str, str] | None]:
    """Give one value after the other, the last one for ever."""
    left: list[Read] = list(values)

    def read() -> dict[str, str] | None:
        value = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(value, Exception):
            raise value
        return None if value is None else {"status": value, "reason": f"why {value}"}

    return read


def wait(
    clock: ManualClock,
    *values: Read,
    target: Sequence[str] = ("READY",),
    pending: Sequence[str] = ("CREATING",),
    **options: Any,
) -> dict[str, str] | None:
    return wait_for(
        reads(*values),
        what="Runtime demo",
        status=lambda found: found["status"],
        reason=lambda found: found["reason"],
        pending=set(pending),
        target=set(target),
        clock=clock,
        **{"limit": 900.0, **options},
    )


def test_the_wait_ends_with_what_was_read_at_the_target(clock: ManualClock) -> None:
    found = wait(clock, "CREATING", "CREATING", "READY")

    assert found == {"status": "READY", "reason": "why READY"}


def test_the_first_poll_comes_after_a_second_and_later_ones_ever_more_rarely(
    clock: ManualClock,
) -> None:
    wait(clock, *["CREATING"] * 30, "READY")

    assert clock.slept[:4] == [1, 1, 1, 1]
    assert clock.slept == sorted(clock.slept)
    assert clock.slept[-1] == 10


def test_the_interval_is_a_quarter_of_the_time_waited_within_bounds() -> None:
    assert [interval_after(elapsed) for elapsed in (0, 1, 8, 20, 40, 4000)] == [1, 1, 2, 5, 10, 10]


def test_the_first_delay_can_be_chosen(clock: ManualClock) -> None:
    wait(clock, "READY", first_delay=0.0)

    assert clock.slept == [0]


@pytest.mark.parametrize("status", ["CREATE_FAILED", "SOMETHING_NEW"])
def test_a_status_that_leads_nowhere_ends_the_wait_at_once_with_the_reason(
    clock: ManualClock, status: str
) -> None:
    with pytest.raises(WaitFailed) as failed:
        wait(clock, "CREATING", status, "READY")

    assert (failed.value.status, failed.value.reason) == (status, f"why {status}")
    assert clock.slept == [1, 1]


def test_a_time_out_tells_the_last_status(clock: ManualClock) -> None:
    with pytest.raises(WaitTimedOut) as timed_out:
        wait(clock, "CREATING", limit=60.0)

    assert timed_out.value.last_status == "CREATING"
    assert timed_out.value.seconds == 60
    assert timed_out.value.__cause__ is None
    assert sum(clock.slept) == pytest.approx(60)


def test_a_deadline_shared_by_several_waits_tells_the_whole_time(clock: ManualClock) -> None:
    deadline = Deadline.after(clock, 60.0)
    clock.sleep(50)
    with pytest.raises(WaitTimedOut, match="still CREATING after 60 s"):
        wait(clock, "CREATING", limit=deadline)
    assert sum(clock.slept) == pytest.approx(60)


def test_a_wait_that_begins_after_its_deadline_reads_once(clock: ManualClock) -> None:
    deadline = Deadline.after(clock, 60.0)
    clock.sleep(100)
    assert wait(clock, "READY", limit=deadline) == {"status": "READY", "reason": "why READY"}
    assert clock.slept == [100, 1]


def test_a_last_poll_is_made_when_time_is_up(clock: ManualClock) -> None:
    start = clock.now()

    def read() -> dict[str, str]:
        return {"status": "READY" if clock.now() - start >= 42 else "CREATING", "reason": ""}

    found = wait_for(
        read,
        what="Runtime demo",
        status=lambda value: value["status"],
        reason=lambda value: value["reason"],
        pending={"CREATING"},
        target={"READY"},
        limit=42.0,
        clock=clock,
    )

    assert found is not None


def test_an_empty_target_waits_until_the_thing_is_gone(clock: ManualClock) -> None:
    assert wait(clock, "DELETING", "DELETING", None, target=(), pending=("DELETING",)) is None
    assert len(clock.slept) == 3


def test_a_failed_delete_is_told_with_its_reason(clock: ManualClock) -> None:
    with pytest.raises(WaitFailed, match="why DELETE_FAILED"):
        wait(clock, "DELETING", "DELETE_FAILED", target=(), pending=("DELETING",))


def test_something_just_made_may_not_be_there_yet(clock: ManualClock) -> None:
    assert wait(clock, None, None, "CREATING", "READY") is not None


def test_something_that_vanishes_while_it_is_waited_for_is_a_failure(clock: ManualClock) -> None:
    with pytest.raises(WaitFailed, match="no longer there"):
        wait(clock, *["CREATING"] * 15, None)


@pytest.mark.parametrize(
    "fault",
    [
        ServerFault("C", "m", 503),
        Throttled("C", "m", 429),
        TransportFault("Get", "refused", False),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_one_failing_poll_does_not_lose_the_wait(clock: ManualClock, fault: Exception) -> None:
    assert wait(clock, "CREATING", fault, fault, "READY") is not None


def test_polls_that_fail_to_the_end_are_the_cause_of_the_time_out(clock: ManualClock) -> None:
    fault = TransportFault("Get", "refused", False)

    with pytest.raises(WaitTimedOut) as timed_out:
        wait(clock, "CREATING", fault, limit=30.0)

    assert timed_out.value.__cause__ is fault
    assert timed_out.value.last_status == "CREATING"
    assert "refused" in timed_out.value.one_line()


def test_a_refused_poll_ends_the_wait(clock: ManualClock) -> None:
    with pytest.raises(Forbidden):
        wait(clock, "CREATING", Forbidden("C", "m", 403), "READY")


def test_a_bug_in_the_poll_is_not_hidden(clock: ManualClock) -> None:
    with pytest.raises(KeyError):
        wait(clock, KeyError("agentRuntimeId"))


def test_progress_tells_each_status_with_the_seconds_waited(clock: ManualClock) -> None:
    told: list[tuple[str, float]] = []

    wait(
        clock,
        "CREATING",
        ServerFault("C", "m", 503),
        "READY",
        progress=lambda status, seconds: told.append((status, seconds)),
    )

    assert told == [("CREATING", 1), ("READY", 3)]


def test_the_system_clock_goes_forward() -> None:
    clock = SystemClock()
    before = clock.now()

    clock.sleep(0)

    assert before <= clock.now() <= time.monotonic()
