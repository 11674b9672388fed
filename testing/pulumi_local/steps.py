"""The single steps: what is done to one resource, by its provider and in the state.

Facts: pkg/resource/deploy/step.go and step_executor.go of Pulumi.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_local.diffing import Difference
from pulumi_local.events import Op, Step
from pulumi_local.provider_api import InitFailed
from pulumi_local.providers import ProviderTable
from pulumi_local.run import Run, now
from pulumi_local.state import Resource
from pulumi_local.values import PropertyMap, Secret

# What may differ between two saved states of a resource without being worth a write.
_INCIDENTAL: Mapping[str, Any] = {
    "source_position": "",
    "stack_trace": [],
    "created": "",
    "modified": "",
}


def same_state(old: Resource, new: Resource) -> bool:
    """Whether a resource is recorded alike, apart from where the program registers it."""
    return _comparable(old) == _comparable(new)


def _comparable(resource: Resource) -> Resource:
    # SDKs name dependencies in no particular order.
    return resource.copy(
        dependencies=sorted(resource.dependencies),
        property_dependencies={k: sorted(v) for k, v in resource.property_dependencies.items()},
        **_INCIDENTAL,
    )


class Steps:
    """Carries out steps. Each shows itself, and raises `Stopped` if it failed or must not start."""

    def __init__(self, run: Run, providers: ProviderTable) -> None:
        self._run = run
        self._journal = run.journal
        self._providers = providers

    def same(self, old: Resource, new: Resource) -> None:
        """Keep a resource; options and dependencies may have changed."""
        _keep_identity(old, new)
        new.outputs = dict(old.outputs)
        new.init_errors = list(old.init_errors)
        mark_secrets(new)
        with self._run.showing(self._run.step("same", old, new)):
            self._journal.succeed(old, new)
            if not same_state(old, new):
                self._journal.save()

    def create(self, new: Resource) -> None:
        """Make a resource that was not there."""
        step = self._run.step("create", None, new)
        with self._run.showing(step), self._journal.operation(new, "creating"):
            self._make(new, None)

    def create_replacement(self, old: Resource, new: Resource, difference: Difference) -> None:
        """Make the new one of a replacement; the old one, if still there, is deleted later."""
        step = self._run.step("create-replacement", old, new, difference)
        with self._run.showing(step), self._journal.operation(new, "creating"):
            self._make(new, old)

    def replaced(self, old: Resource, new: Resource, difference: Difference) -> None:
        """Show a replacement as a whole."""
        with self._run.showing(self._run.step("replace", old, new, difference)):
            pass

    def update(self, old: Resource, new: Resource, difference: Difference) -> None:
        """Change a resource in place."""
        _keep_identity(old, new)
        with self._run.showing(self._run.step("update", old, new, difference)):
            if new.custom:
                with self._journal.operation(new, "updating"):
                    self._change(old, new)
            else:
                new.outputs = dict(old.outputs)
                self._journal.succeed(old, new)
                self._journal.save()

    def delete(
        self,
        old: Resource,
        *,
        replacing: bool = False,
        pending_replacement: bool = False,
        already_gone: Iterable[str] = (),
    ) -> None:
        """Delete a resource.

        ``replacing`` if a new one takes its place, ``pending_replacement`` if that comes only
        after this; ``already_gone`` are the URNs deleted in this run.
        """
        with self._run.showing(self._delete_step(old, replacing)):
            if self._is_to_be_deleted(old, already_gone):
                with self._journal.operation(old, "deleting"):
                    self._providers.of_type(old.type, old.provider).delete(
                        old.urn,
                        old.id,
                        old.inputs,
                        old.outputs,
                        timeout_seconds=old.custom_timeouts.get("delete", 0.0),
                    )
                    self._record_delete(old, pending_replacement)
            else:
                self._record_delete(old, pending_replacement)
                self._journal.save()

    def forget_pending_replacement(self, old: Resource) -> None:
        """Drop a resource that was deleted for a replacement nobody wants any more."""
        with self._run.showing(self._run.step("remove-pending-replace", old, None)):
            self._journal.remove(old)
            self._journal.save()

    def read(self, old: Resource | None, new: Resource) -> None:
        """Read a resource that is managed elsewhere."""
        replacing = old is not None and not old.external and old.id != new.id
        op: Op = "read-replacement" if replacing else "read"
        with self._run.showing(self._run.step(op, old, new)) as showing:
            found = self._providers.get(new.provider).read(new.urn, new.id, new.inputs, {})
            if not found.id:
                raise InitFailed([f"resource {new.id!r} does not exist"], id="", outputs={})
            new.id, new.outputs = found.id, found.outputs
            mark_secrets(new)
            showing.step = self._run.step(op, old, new)
            if old is not None and replacing:
                self._journal.change(old, delete=True)
            if old is not None and not replacing:
                self._journal.succeed(old, new)
            else:
                self._journal.add(new)
            if old is None or not same_state(old, new):
                self._journal.save()

    def _make(self, new: Resource, replaced: Resource | None) -> None:
        failed: InitFailed | None = None
        if new.custom:
            provider = self._providers.of_type(new.type, new.provider)
            try:
                made = provider.create(
                    new.urn,
                    new.inputs,
                    timeout_seconds=new.custom_timeouts.get("create", 0.0),
                    preview=self._run.preview,
                )
                new.id, new.outputs = made.id, made.outputs
            except InitFailed as error:
                new.id, new.outputs, new.init_errors = error.id, error.outputs, error.reasons
                failed = error
        new.created = new.modified = now()
        mark_secrets(new)
        self._journal.add(new)
        if replaced is not None and replaced.pending_replacement:
            self._journal.remove(replaced)
        elif replaced is not None:
            self._journal.change(replaced, delete=True)
        if failed is not None:
            raise failed

    def _change(self, old: Resource, new: Resource) -> None:
        failed: InitFailed | None = None
        try:
            new.outputs = self._providers.of_type(new.type, new.provider).update(
                new.urn,
                old.id,
                old.inputs,
                old.outputs,
                new.inputs,
                timeout_seconds=new.custom_timeouts.get("update", 0.0),
                preview=self._run.preview,
                ignore_changes=new.ignore_changes,
            )
        except InitFailed as error:
            new.outputs, new.init_errors = error.outputs, error.reasons
            failed = error
        new.modified = now()
        mark_secrets(new)
        self._journal.succeed(old, new)
        if failed is not None:
            raise failed

    def _delete_step(self, old: Resource, replacing: bool) -> Step:
        if old.external:
            return self._run.step("discard-replaced" if replacing else "discard", old, None)
        return self._run.step("delete-replaced" if replacing else "delete", old, None)

    def _is_to_be_deleted(self, old: Resource, already_gone: Iterable[str]) -> bool:
        """Whether deleting takes more than forgetting."""
        if self._run.preview or not old.custom or old.external or old.retain_on_delete:
            return False
        return not old.is_provider and old.deleted_with not in already_gone

    def _record_delete(self, old: Resource, pending_replacement: bool) -> None:
        if pending_replacement:
            self._journal.change(old, pending_replacement=True)
        else:
            self._journal.remove(old)


def _keep_identity(old: Resource, new: Resource) -> None:
    new.id, new.created, new.modified = old.id, old.created, old.modified


def mark_secrets(resource: Resource) -> None:
    """Mark outputs secret that the program says are, or that are secret as inputs."""
    outputs: PropertyMap = dict(resource.outputs)
    for key, value in outputs.items():
        wanted = key in resource.additional_secret_outputs
        if (wanted or isinstance(resource.inputs.get(key), Secret)) and not isinstance(
            value, Secret
        ):
            outputs[key] = Secret(value)
    resource.outputs = outputs
