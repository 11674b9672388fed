"""Who depends on whom, and what follows for the order of deletions."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from pulumi_local.providers import reference_urn
from pulumi_local.state import Resource


def dependencies_of(resource: Resource) -> set[str]:
    """Return the URNs that must exist as long as a resource does."""
    urns = {resource.parent, resource.deleted_with, *resource.dependencies}
    for of_property in resource.property_dependencies.values():
        urns.update(of_property)
    if resource.provider:
        urns.add(reference_urn(resource.provider))
    urns.discard("")
    urns.discard(resource.urn)
    return urns


def dependents_in_order(root: Resource, resources: Sequence[Resource]) -> Iterator[Resource]:
    """Yield what depends on a resource, directly or not, in the order of ``resources``.

    These must be in order of dependencies. Children of a component depend on what it does.
    """
    affected = {root.urn}
    for resource in resources:
        if resource.urn == root.urn:
            continue
        related = dependencies_of(resource) | set(resource.replace_with)
        if affected.intersection(related):
            affected.add(resource.urn)
            yield resource


def delete_in_order(
    resources: Iterable[Resource], delete: Callable[[Resource], None], workers: int
) -> None:
    """Delete resources in parallel, each once all that depend on it are gone.

    ``resources`` are in the order of the state, where a name means the resource before it: with
    a replacement there may be two of one URN. ``delete`` should not raise; what it could not
    delete it has noted elsewhere; if it raises nevertheless, that comes out of here.
    """
    condemned = list(resources)
    by_urn: dict[str, list[int]] = defaultdict(list)
    for index, resource in enumerate(condemned):
        by_urn[resource.urn].append(index)
    needs = [
        {i for urn in dependencies_of(r) for i in by_urn.get(urn, ()) if i < position}
        for position, r in enumerate(condemned)
    ]
    waiting = [0] * len(condemned)
    for needed in needs:
        for index in needed:
            waiting[index] += 1
    _Deletion(condemned, needs, waiting, delete).run(workers)


class _Deletion:
    def __init__(
        self,
        condemned: Sequence[Resource],
        needs: Sequence[set[int]],
        waiting: list[int],
        delete: Callable[[Resource], None],
    ) -> None:
        self._condemned = condemned
        self._needs = needs
        self._waiting = waiting
        self._delete = delete
        self._left = len(condemned)
        self._changed = threading.Condition()
        self._error: BaseException | None = None

    def run(self, workers: int) -> None:
        if not self._condemned:
            return
        ready = [index for index, count in enumerate(self._waiting) if count == 0]
        with ThreadPoolExecutor(max_workers=max(workers, 1)) as pool, self._changed:
            for index in ready:
                pool.submit(self._one, pool, index)
            self._changed.wait_for(lambda: self._left == 0)
        if self._error is not None:
            raise self._error

    def _one(self, pool: ThreadPoolExecutor, index: int) -> None:
        try:
            self._delete(self._condemned[index])
        except BaseException as error:
            self._error = error
        finally:
            with self._changed:
                self._left -= 1
                for needed in self._needs[index]:
                    self._waiting[needed] -= 1
                    if self._waiting[needed] == 0:
                        pool.submit(self._one, pool, needed)
                self._changed.notify_all()
