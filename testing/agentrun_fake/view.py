"""How Python code looks into a fake cloud and changes it behind its clients' backs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .errors import BadControlRequest
from .lifecycle import touch
from .machine import TRANSITIONS, Pace
from .store import Bucket, Record, Scope, StoredObject

if TYPE_CHECKING:
    import threading

    from .clock import Clock
    from .lifecycle import Lifecycle
    from .settings import FakeSettings
    from .store import Store


class View:
    """The part of `FakeCloud` that tests use beside requests."""

    settings: FakeSettings
    store: Store
    clock: Clock
    lifecycle: Lifecycle
    lock: threading.RLock

    @property
    def home(self) -> Scope:
        """The scope of the first account in the default region."""
        return Scope(self.settings.account_id, self.settings.region)

    def records(self, kind: str, scope: Scope | None = None) -> list[Record]:
        """All records of a kind, passing states brought up to date."""
        with self.lock:
            self.lifecycle.settle()
            return self.store.all(scope or self.home, kind)

    def runtimes(self, scope: Scope | None = None) -> dict[str, dict[str, Any]]:
        """Declared fields of all runtimes by name, with write-only fields and `status`."""
        return {item.name: _plain(item) for item in self.records("runtime", scope)}

    def endpoints(self, runtime: str, scope: Scope | None = None) -> dict[str, dict[str, Any]]:
        """Declared fields of a runtime's endpoints by name, with write-only fields and `status`."""
        owner = self.find({"runtime": runtime}, scope)
        found = self.records("endpoint", scope)
        return {item.name: _plain(item) for item in found if item.parent == owner.id}

    def find(self, where: Mapping[str, Any], scope: Scope | None = None) -> Record:
        """The record that `{"runtime": name or id}`, optionally with `"endpoint"`, or another
        kind's `{kind: name or id}` names.

        Raises:
            BadControlRequest: There is none.
        """
        owner = (
            self._named("runtime", where["runtime"], None, scope) if "runtime" in where else None
        )
        others = [kind for kind in where if kind != "runtime"]
        if len(others) > 1 or (not others and owner is None):
            raise BadControlRequest(f"name one resource, not {dict(where)}")
        if not others:
            assert owner is not None, "checked above"
            return owner
        return self._named(others[0], where[others[0]], owner.id if owner else None, scope)

    def _named(self, kind: str, name: str, parent: str | None, scope: Scope | None) -> Record:
        for record in self.store.all(scope or self.home, kind, parent):
            if name in (record.name, record.id):
                return record
        raise BadControlRequest(f"there is no {kind} {name!r} in {(scope or self.home).region}")

    def mutate(
        self,
        where: Mapping[str, Any],
        *,
        set: Mapping[str, Any] | None = None,  # noqa: A002 - the word of the control interface
        unset: list[str] | None = None,
        status: str | None = None,
        reason: str | None = None,
        delete: bool = False,
        scope: Scope | None = None,
    ) -> None:
        """Change a resource as if somebody else had: at once, with no checks and no call logged.

        Args:
            where: Which resource, see `find`.
            set: Fields to set.
            unset: Fields to remove.
            status: Status to put it into.
            reason: Its `statusReason`.
            delete: Whether to remove it, with all that belongs to it.
            scope: Account and region; the first ones by default.
        """
        with self.lock:
            record = self.find(where, scope)
            if delete:
                self.store.remove(scope or self.home, record)
                return
            if status is not None:
                if status not in TRANSITIONS:
                    raise BadControlRequest(f"{status!r} is none of {', '.join(TRANSITIONS)}")
                record.status, record.reason, record.pending = status, reason, None
            record.fields.update(set or {})
            for name in unset or []:
                record.fields.pop(name, None)
            touch(record, self.clock.now())

    def pace(
        self,
        *,
        ms: float = 0,
        reads: int | None = None,
        manual: bool = False,
        kind: str | None = None,
    ) -> None:
        """Set how long passing states last, in general or of one kind (see `machine.Pace`)."""
        with self.lock:
            pace = Pace(ms, reads, manual)
            if kind is None:
                self.lifecycle.pace = pace
            else:
                self.lifecycle.paces[kind] = pace

    def finish(self) -> None:
        """End all passing states now, also those that are stuck."""
        with self.lock:
            self.lifecycle.finish()

    def put_object(
        self, bucket: str, key: str, content: bytes, content_type: str = "application/octet-stream"
    ) -> None:
        """Put an object into a bucket of the first account, which is made if it does not exist."""
        with self.lock:
            home = self.store.buckets.setdefault(bucket, Bucket(bucket, *self.home))
            digest = self.store.keep_blob(content)
            home.objects[key] = StoredObject(digest, len(content), content_type, self.clock.now())

    def get_object(self, bucket: str, key: str) -> bytes:
        """Bytes of an object.

        Raises:
            KeyError: There is none.
        """
        with self.lock:
            return self.store.blobs[self.store.buckets[bucket].objects[key].digest]


def _plain(record: Record) -> dict[str, Any]:
    return {**record.fields, "status": record.status, "id": record.id}
