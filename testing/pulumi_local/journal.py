"""The stack's state while a run changes it, saved after each step.

The new state grows in the order steps finish, which is an order of dependencies; what the run has
not come to yet follows as it was. So whatever moment the engine dies at, the last saved state is
whole, and names the operations that were under way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from pulumi_local.provider_api import ProviderGone
from pulumi_local.state import OperationType, PendingOperation, Resource, Snapshot

Save = Callable[[Snapshot], None]
"""Makes a state durable; it must be on disk on return."""


class Journal:
    """The old state, the new resources, and what happened to the old ones.

    Safe to use from several threads. ``save`` is None in a preview, where nothing is kept.
    """

    def __init__(self, base: Snapshot, save: Save | None) -> None:
        self._base = base.copy()
        self._base.resources = [resource.copy() for resource in base.resources]
        self._save = save
        self._lock = threading.Lock()
        self._save_lock = threading.Lock()
        self._new: list[Resource] = []
        self._gone: set[int] = set()
        self._pending = list(base.pending_operations)
        self._version = 0
        self._saved_version = 0

    @property
    def old_resources(self) -> list[Resource]:
        """The resources of the old state, also those waiting to be deleted."""
        return self._base.resources

    @property
    def interrupted(self) -> list[PendingOperation]:
        """The operations that the run before was interrupted in."""
        return list(self._base.pending_operations)

    def forget_interrupted(self) -> None:
        """Drop the operations of the run before, once the user has been told."""
        with self._changing():
            self._pending = [p for p in self._pending if p not in self._base.pending_operations]

    @contextmanager
    def operation(self, resource: Resource, kind: OperationType) -> Iterator[None]:
        """Remember an operation as being under way, on disk, for as long as the body runs.

        The body records the outcome; that and the end of the operation are saved together. If
        the provider vanishes meanwhile, the operation stays recorded for the next run to tell.
        """
        pending = PendingOperation(resource, kind)
        with self._changing():
            self._pending.append(pending)
        self.save()
        try:
            yield
        except ProviderGone:
            raise
        except BaseException:
            self._end(pending)
            raise
        self._end(pending)

    def _end(self, pending: PendingOperation) -> None:
        with self._changing():
            self._pending = [p for p in self._pending if p is not pending]
        self.save()

    def add(self, resource: Resource) -> None:
        """Record a resource that is new."""
        with self._changing():
            self._new.append(resource)

    def succeed(self, old: Resource, new: Resource) -> None:
        """Record that an old resource became a new one."""
        with self._changing():
            self._gone.add(id(old))
            self._new.append(new)

    def remove(self, old: Resource) -> None:
        """Record that a resource is gone."""
        with self._changing():
            self._gone.add(id(old))

    def change(self, resource: Resource, **fields: object) -> None:
        """Change fields of a recorded or old resource in place."""
        with self._changing():
            for name, value in fields.items():
                setattr(resource, name, value)

    def save(self) -> None:
        """Make everything recorded so far durable; threads that wait share one write."""
        if self._save is None:
            return
        with self._lock:
            wanted = self._version
        with self._save_lock:
            if self._saved_version >= wanted:
                return
            with self._lock:
                version, snapshot = self._version, self._snapshot()
            self._save(snapshot)
            self._saved_version = version

    def snapshot(self) -> Snapshot:
        """Return the state as it is now."""
        with self._lock:
            return self._snapshot()

    def new_resources(self) -> Mapping[str, Resource]:
        """The resources recorded in this run, by URN."""
        with self._lock:
            return {r.urn: r for r in self._new if id(r) not in self._gone}

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock:
            yield
            self._version += 1

    def _snapshot(self) -> Snapshot:
        both = (*self._new, *self._base.resources)
        resources = [r.copy() for r in both if id(r) not in self._gone]
        _follow_renames(resources)
        snapshot = self._base.copy()
        snapshot.resources = resources
        snapshot.pending_operations = list(self._pending)
        return snapshot


def _follow_renames(resources: list[Resource]) -> None:
    """Point references to former URNs at the present ones, and forget the former ones."""
    renamed = {former: r.urn for r in resources for former in r.aliases}
    for resource in resources:
        resource.aliases = []
    if not renamed:
        return

    def now(urn: str) -> str:
        return renamed.get(urn, urn)

    for resource in resources:
        resource.parent = now(resource.parent)
        resource.deleted_with = now(resource.deleted_with)
        resource.dependencies = [now(urn) for urn in resource.dependencies]
        resource.replace_with = [now(urn) for urn in resource.replace_with]
        resource.property_dependencies = {
            key: [now(urn) for urn in urns] for key, urns in resource.property_dependencies.items()
        }
        if resource.provider:
            urn, _, id_ = resource.provider.rpartition("::")
            resource.provider = f"{now(urn)}::{id_}"
