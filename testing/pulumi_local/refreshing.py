"""Refresh: the state brought in line with what is really there.

Facts: pkg/resource/deploy/step.go of Pulumi (RefreshStep).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from pulumi_local.dependencies import dependencies_of
from pulumi_local.diffing import UNCHANGED, Difference, difference, inverted
from pulumi_local.errors import EngineError
from pulumi_local.events import Op
from pulumi_local.provider_api import Provider, ReadResult
from pulumi_local.providers import ProviderTable
from pulumi_local.run import Run, Stopped, now
from pulumi_local.state import Resource
from pulumi_local.steps import mark_secrets
from pulumi_local.values import deep_equal


class Refresher:
    """Reads every resource of the state, in parallel."""

    def __init__(self, run: Run, providers: ProviderTable) -> None:
        self._run = run
        self._journal = run.journal
        self._providers = providers

    def refresh_all(self) -> None:
        """Refresh the state; failures are told and end the run."""
        resources = [r for r in self._journal.old_resources if not r.delete]
        with ThreadPoolExecutor(max_workers=max(self._run.parallel, 1)) as pool:
            found = list(pool.map(self._refresh, resources))
        if self._run.stopping:
            return
        gone = {r.urn for r, new in zip(resources, found, strict=True) if new is None}
        for old, new in zip(resources, found, strict=True):
            if new is None:
                self._journal.remove(old)
            else:
                self._journal.succeed(old, _without(new, gone) if gone else new)
        self._journal.save()

    def _refresh(self, old: Resource) -> Resource | None:
        """Return a resource as it is now, None if it is gone; as it was if the run is ending."""
        if not old.custom or old.is_provider or old.pending_replacement:
            # Nothing outside the state says anything about these.
            return old.copy()
        try:
            with self._run.slot():
                return self._read(old)
        except Stopped:
            return old
        except EngineError as error:
            self._run.fail(error, old.urn)
            return old

    def _read(self, old: Resource) -> Resource | None:
        with self._run.showing(self._run.step("refresh", old, old)) as showing:
            provider = self._providers.get(old.provider)
            found = provider.read(old.urn, old.id, old.inputs, old.outputs)
            if not found.id:
                showing.step = self._run.step("delete", old, None)
                return None
            new = _as_found(old, found)
            if found.init_errors:
                reasons = "\n* ".join(found.init_errors)
                self._run.say("warning", f"refreshed but not healthy:\n* {reasons}", old.urn)
            if same_content(old, new):
                showing.step = self._run.step("same", old, new)
            else:
                new.modified = now()
                drift = UNCHANGED if old.external else self._drift(provider, old, new)
                # The state takes over what the provider sees no difference in, and nothing else
                # comes of that.
                op: Op = "update" if drift.changed or old.external else "same"
                showing.step = self._run.step(op, old, new, drift)
            return new

    def _drift(self, provider: Provider, old: Resource, new: Resource) -> Difference:
        """Return what changed outside the program.

        The provider is asked what the program would change back; the drift is the reverse.
        """
        result = provider.diff(
            new.urn,
            new.id,
            new.inputs,
            new.outputs,
            old.inputs,
            ignore_changes=old.ignore_changes,
        )
        back = difference(result, new.inputs, new.outputs, old.inputs)
        return Difference(back.changed, back.result, inverted(back.properties))


def same_content(old: Resource, new: Resource) -> bool:
    """Whether a resource is in reality as the state has it."""
    return (
        old.id == new.id
        and old.init_errors == new.init_errors
        and deep_equal(old.inputs, new.inputs)
        and deep_equal(old.outputs, new.outputs)
    )


def _as_found(old: Resource, found: ReadResult) -> Resource:
    new = old.copy(
        id=found.id,
        inputs=old.inputs if found.inputs is None else found.inputs,
        outputs=found.outputs,
        init_errors=list(found.init_errors),
    )
    mark_secrets(new)
    return new


def _without(resource: Resource, gone: set[str]) -> Resource:
    """Drop references to resources that are gone, as nothing in the state may lack its base."""
    if not gone.intersection(dependencies_of(resource) | set(resource.replace_with)):
        return resource
    return resource.copy(
        parent="" if resource.parent in gone else resource.parent,
        deleted_with="" if resource.deleted_with in gone else resource.deleted_with,
        dependencies=[urn for urn in resource.dependencies if urn not in gone],
        replace_with=[urn for urn in resource.replace_with if urn not in gone],
        property_dependencies={
            key: [urn for urn in urns if urn not in gone]
            for key, urns in resource.property_dependencies.items()
        },
    )
