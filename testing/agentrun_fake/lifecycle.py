"""Moves records through the states of `machine`, with the cloud's clock and pace."""

from __future__ import annotations

from collections.abc import Sequence

from . import machine
from .clock import Clock
from .faults import Fault
from .machine import Event, Pace, Pending
from .store import Record, Scope, Store


class Lifecycle:
    """Begins and ends passing states.

    Args:
        store: Where records live; those whose deletion ends are removed from it.
        clock: The time.
        pace: How long passing states last.
    """

    def __init__(self, store: Store, clock: Clock, pace: Pace) -> None:
        self._store = store
        self._clock = clock
        self.pace = pace
        self.paces: dict[str, Pace] = {}
        """Paces of single kinds, instead of the general one."""

    def begin(
        self,
        record: Record,
        event: Event,
        faults: Sequence[Fault] = (),
        failure: str | None = None,
    ) -> None:
        """Put a record into the passing state that an event leads to.

        Args:
            record: The record; a new one has the status `ABSENT`.
            event: Create, update or delete. The caller has checked that it is allowed.
            faults: Rules that decide how it ends.
            failure: Reason why it will fail, if it will.
        """
        state = machine.next_state(record.status, event)
        assert state is not None, f"{event} is not allowed in {record.status}"
        if state == record.status:
            return
        now = self._clock.now()
        pending = Pending(since=now)
        if failure is not None:
            pending.outcome, pending.reason = Event.FAIL, failure
        for fault in faults:
            if fault.kind == "create_failed":
                pending.outcome, pending.reason = Event.FAIL, fault.reason
            pending.stuck = pending.stuck or fault.kind == "stuck"
        record.status, record.reason, record.pending = state, None, pending
        if event is not Event.CREATE:
            touch(record, now)

    def settle(self) -> None:
        """End all passing states whose time has come."""
        now = self._clock.now()
        for scope, record in self._store.everything():
            self._end(scope, record, now)

    def observe(self, scope: Scope, record: Record) -> Record | None:
        """Look at a record as a read does; None if its deletion has ended."""
        self._end(scope, record, self._clock.now())
        if record.pending:
            record.pending.reads += 1
        return self._store.get(scope, record.kind, record.id)

    def finish(self) -> None:
        """End all passing states now, also those that are stuck."""
        now = self._clock.now()
        for scope, record in self._store.everything():
            if record.pending:
                self._leave(scope, record, now)

    def _end(self, scope: Scope, record: Record, now: float) -> None:
        if record.pending is None:
            return
        end = record.pending.ended_at(self.paces.get(record.kind, self.pace), now)
        if end is not None:
            self._leave(scope, record, end)

    def _leave(self, scope: Scope, record: Record, end: float) -> None:
        pending = record.pending
        assert pending is not None, "only a passing state ends"
        state = machine.next_state(record.status, pending.outcome)
        assert state is not None, f"{record.status} has no exit"
        record.pending, record.status, record.reason = None, state, pending.reason
        touch(record, end)
        if state == machine.ABSENT:
            self._store.remove(scope, record)


def touch(record: Record, moment: float) -> None:
    """Move the time of the last change on, always by something: clients compare it (11.1)."""
    record.updated_at = max(moment, record.updated_at + 0.001)
