"""Replacing resources, in the one order or the other.

Creating first keeps the gap short; deleting first is for what cannot exist twice. Then whatever
depends on the resource, and would have to be replaced too when it changes, is deleted before it.
Facts: pkg/resource/deploy/step_generator.go of Pulumi (calculateDependentReplacements).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from pulumi_local.dependencies import dependents_in_order
from pulumi_local.diffing import Difference, difference
from pulumi_local.errors import EngineError
from pulumi_local.providers import ProviderTable, reference_urn
from pulumi_local.run import Run
from pulumi_local.state import Resource
from pulumi_local.steps import Steps
from pulumi_local.values import UNKNOWN


class Replacements:
    """Carries out replacements, and knows what was deleted for them."""

    def __init__(self, run: Run, providers: ProviderTable, steps: Steps) -> None:
        self._run = run
        self._providers = providers
        self._steps = steps
        self._lock = threading.Lock()
        self._begun: set[str] = set()
        self._waiting: dict[str, Sequence[str]] = {}
        """Deleted along with something else, and not registered again yet: the reasons."""
        self._deleted: set[str] = set()

    @property
    def deleted(self) -> set[str]:
        """The URNs of the resources deleted so far."""
        with self._lock:
            return set(self._deleted)

    def begin(self, urns: set[str]) -> None:
        """Note that a resource, known by these URNs, is registered: it needs no later one."""
        with self._lock:
            self._begun |= urns

    def was_deleted(self, urn: str) -> bool:
        """Whether a resource was deleted along with something it depends on."""
        with self._lock:
            return urn in self._waiting

    def create_first(self, old: Resource, new: Resource, found: Difference) -> None:
        """Make the new one; the old one is deleted at the end of the run."""
        self._steps.create_replacement(old, new, found)
        self._steps.replaced(old, new, found)

    def delete_first(self, old: Resource, new: Resource, found: Difference) -> None:
        """Delete the old one with what must go before it, and make the new one."""
        condemned = self._condemned(old)
        for dependent, _ in condemned:
            self._refuse_if_protected(dependent, old)
        for dependent, reasons in reversed(condemned):
            self._delete(dependent)
            with self._lock:
                self._waiting[dependent.urn] = reasons
        if not old.pending_replacement:
            self._delete(old)
        self._steps.replaced(old, new, found)
        self._steps.create_replacement(old, new, found)

    def recreate(self, old: Resource, new: Resource) -> None:
        """Make a resource again that was deleted along with something it depends on."""
        with self._lock:
            reasons = self._waiting.pop(old.urn)
        found = Difference(changed=True, reasons=list(reasons))
        self._steps.replaced(old, new, found)
        self._steps.create_replacement(old, new, found)

    def _delete(self, old: Resource) -> None:
        self._steps.delete(old, replacing=True, pending_replacement=True, already_gone=self.deleted)
        with self._lock:
            self._deleted.add(old.urn)

    def _refuse_if_protected(self, dependent: Resource, old: Resource) -> None:
        if dependent.protect:
            raise EngineError(
                f"unable to replace {dependent.urn!r}, as replacing {old.urn!r} needs, because it"
                " is protected. To unprotect it, remove the `protect` option from it in the"
                " program and run `up`"
            )

    def _condemned(self, root: Resource) -> list[tuple[Resource, Sequence[str]]]:
        """List what must be deleted before a resource, in order of dependencies, with reasons."""
        with self._lock:
            begun, waiting = set(self._begun), set(self._waiting)
        resources = [r for r in self._run.journal.old_resources if not r.delete]
        affected = {root.urn}
        condemned: list[tuple[Resource, Sequence[str]]] = []
        for dependent in dependents_in_order(root, resources):
            if dependent.urn in begun:
                continue
            reasons = self._reasons(dependent, affected)
            if reasons is None:
                continue
            affected.add(dependent.urn)
            if dependent.urn not in waiting and not dependent.pending_replacement:
                condemned.append((dependent, reasons))
        return condemned

    def _reasons(self, resource: Resource, affected: set[str]) -> Sequence[str] | None:
        """Return why a resource must be replaced with ``affected`` ones; None if it need not."""
        if resource.deleted_with in affected:
            return ["deletedWith"]
        if affected.intersection(resource.replace_with):
            return ["replaceWith"]
        if not resource.custom or resource.external:
            return None
        if resource.provider and reference_urn(resource.provider) in affected:
            return ["provider"]
        changing = {
            key
            for key, urns in resource.property_dependencies.items()
            if key in resource.inputs and affected.intersection(urns)
        }
        return self._reasons_if_unknown(resource, changing) if changing else None

    def _reasons_if_unknown(self, resource: Resource, names: set[str]) -> Sequence[str] | None:
        """Ask the provider what it would do if some of the inputs were to change."""
        inputs = {k: UNKNOWN if k in names else v for k, v in resource.inputs.items()}
        result = self._providers.of_type(resource.type, resource.provider).diff(
            resource.urn,
            resource.id,
            resource.inputs,
            resource.outputs,
            inputs,
            ignore_changes=resource.ignore_changes,
        )
        found = difference(
            result, resource.inputs, resource.outputs, inputs, resource.replace_on_changes
        )
        return list(found.reasons) if found.changed and found.replacement else None
