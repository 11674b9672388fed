"""The end of a run: what nobody wants any more is deleted, dependents first."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from pulumi_local.dependencies import delete_in_order
from pulumi_local.run import Run, Stopped
from pulumi_local.state import Resource
from pulumi_local.steps import Steps


class Deleter:
    """Deletes resources of the old state."""

    def __init__(self, run: Run, steps: Steps) -> None:
        self._run = run
        self._steps = steps
        self._gone: set[str] = set()
        self._lock = threading.Lock()

    def delete(self, condemned: Sequence[Resource], already_gone: set[str]) -> None:
        """Delete resources in the order of their dependencies, in parallel.

        ``already_gone`` are the URNs that were deleted earlier in this run. Nothing at all is
        deleted if any of them is protected.
        """
        if not self._none_protected(condemned):
            return
        self._gone = already_gone | {r.urn for r in condemned}
        delete_in_order(condemned, self._delete, self._run.parallel)

    def _none_protected(self, condemned: Sequence[Resource]) -> bool:
        # What waits for its deletion was replaced, which was refused then if it was protected.
        protected = [r for r in condemned if r.protect and not r.delete]
        for resource in protected:
            self._run.fail(
                f"resource {resource.urn!r} cannot be deleted because it is protected. To"
                " unprotect it, remove the `protect` option from it in the program and run `up`",
                resource.urn,
            )
        return not protected

    def _delete(self, resource: Resource) -> None:
        # A failed step has told so; a resource that is needed by one still there must stay.
        try:
            with self._run.slot():
                if resource.pending_replacement:
                    self._steps.forget_pending_replacement(resource)
                else:
                    self._steps.delete(resource, replacing=resource.delete, already_gone=self._gone)
        except Stopped:
            return
