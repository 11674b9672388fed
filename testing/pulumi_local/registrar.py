"""From what a program registers to the steps that bring it about.

Each registration runs in the thread that the program's call came in on: checks and comparisons
of independent resources overlap, and only the decisions are made one at a time.
Facts: pkg/resource/deploy/step_generator.go of Pulumi.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Literal

from pulumi_local.aliases import Identity, former_urns
from pulumi_local.diffing import (
    Difference,
    apply_ignore_changes,
    compare_inputs,
    difference,
    forced,
)
from pulumi_local.errors import EngineError
from pulumi_local.goals import Goal
from pulumi_local.provider_api import Provider
from pulumi_local.providers import (
    ProviderTable,
    default_inputs,
    default_name,
    package_of,
    reference,
    reference_urn,
)
from pulumi_local.replacements import Replacements
from pulumi_local.run import Run, Stopped
from pulumi_local.state import PROVIDER_TYPE_PREFIX, STACK_TYPE, Resource
from pulumi_local.steps import Steps
from pulumi_local.values import PropertyMap, deep_equal, diff_paths

Outcome = Literal["done", "failed", "skipped"]


@dataclass(frozen=True)
class Registered:
    """How a registration ended; ``resource`` is its state if it is done."""

    outcome: Outcome
    urn: str
    resource: Resource | None = None


@dataclass
class _Case:
    """One registration on its way."""

    goal: Goal
    urn: str
    old: Resource | None
    new: Resource
    recreating: bool = False
    """Whether the old one was deleted in this run, as what it depended on was replaced."""
    provider: Provider | None = None
    ignored: PropertyMap = field(default_factory=dict)


class Registrar:
    """Brings about what a program registers. Safe to use from several threads."""

    def __init__(self, run: Run, providers: ProviderTable, steps: Steps) -> None:
        self._run = run
        self._providers = providers
        self._steps = steps
        self._lock = threading.Lock()
        old = [r for r in run.journal.old_resources if not r.delete]
        self._old = {resource.urn: resource for resource in old}
        self._seen: set[str] = set()
        self._former: dict[str, str] = {}
        """Former URNs by the present ones."""
        self._present: dict[str, str] = {}
        """Present URNs by the former ones."""
        self._replaced: set[str] = set()
        self._defaults: dict[tuple[str, str], Future[str]] = {}
        self._stack_urn = ""
        self._replacements = Replacements(run, providers, steps)

    @property
    def stack_urn(self) -> str:
        """The URN of the stack's root resource, empty until it is registered."""
        return self._stack_urn

    def handled(self, resource: Resource) -> bool:
        """Whether the program still has a resource of the old state, perhaps renamed."""
        with self._lock:
            urn = self._present.get(resource.urn, resource.urn)
            return urn in self._seen and not self._replacements.was_deleted(resource.urn)

    @property
    def deleted(self) -> set[str]:
        """The URNs of the resources deleted so far."""
        return self._replacements.deleted

    def register(self, goal: Goal) -> Registered:
        """Bring about one registration, and tell how it ended."""
        urn = self._identity(goal).urn
        try:
            self._run.go_on()
            case = self._begin(goal)
            resource = self._carry_out(case)
        except Stopped:
            skipped = self._run.stopping and not self._run.failed
            return Registered("skipped" if skipped else "failed", urn)
        except EngineError as error:
            self._run.fail(error, urn)
            return Registered("failed", urn)
        return Registered("done", urn, resource)

    def read(self, goal: Goal, id_: str) -> Registered:
        """Bring about the reading of a resource that is managed elsewhere."""
        urn = self._identity(goal).urn
        try:
            self._run.go_on()
            case = self._begin(goal)
            new = replace(case.new, id=id_, external=True)
            new.provider = goal.provider or self._default_provider(goal)
            with self._run.slot():
                self._steps.read(case.old, new)
        except Stopped:
            return Registered("failed" if self._run.failed else "skipped", urn)
        except EngineError as error:
            self._run.fail(error, urn)
            return Registered("failed", urn)
        return Registered("done", urn, new)

    def default_provider(self, package: str, version: str = "", download_url: str = "") -> str:
        """Return the reference of a package's default provider, registering it at first use.

        Raises Stopped if that fails, which is told once for all that need it.
        """
        key = (package, version)
        with self._lock:
            future = self._defaults.get(key)
            mine = future is None
            if future is None:
                future = self._defaults[key] = Future()
        if mine:
            try:
                future.set_result(self._register_default(package, version, download_url))
            except EngineError as error:
                self._run.fail(error)
                future.set_exception(Stopped())
            except BaseException as error:
                future.set_exception(error)
        return future.result()

    def _register_default(self, package: str, version: str, download_url: str) -> str:
        goal = Goal(
            type=f"{PROVIDER_TYPE_PREFIX}{package}",
            name=default_name(version),
            inputs=default_inputs(package, version, download_url, self._run.config),
        )
        return reference(self._carry_out(self._begin(goal)))

    def _default_provider(self, goal: Goal) -> str:
        return self.default_provider(package_of(goal.type), goal.version, goal.plugin_download_url)

    def _identity(self, goal: Goal) -> Identity:
        return Identity(
            self._run.stack, self._run.project, goal.type, goal.name, self._parent(goal)
        )

    def _parent(self, goal: Goal) -> str:
        if goal.parent or goal.type == STACK_TYPE or goal.is_provider and not goal.parent:
            return goal.parent
        return self._stack_urn

    def _begin(self, goal: Goal) -> _Case:
        """Claim the URN, and find the old resource under its present or a former URN."""
        goal = replace(goal, parent=self._parent(goal))
        identity = self._identity(goal)
        urn = identity.urn
        with self._lock:
            if urn in self._seen:
                raise EngineError(
                    f"duplicate resource URN {urn}: two resources of one type have one name"
                )
            if urn in self._present:
                raise EngineError(
                    f"{urn} is the former name of {self._present[urn]}; it cannot be used again"
                )
            self._seen.add(urn)
            if goal.type == STACK_TYPE:
                self._stack_urn = urn
            old = self._find_old(urn, former_urns(identity, goal.aliases, self._former))
            former = old.urn if old is not None and old.urn != urn else ""
            self._replacements.begin({urn, former})
            return _Case(
                goal,
                urn,
                old,
                goal.new_resource(urn, former),
                recreating=old is not None and self._replacements.was_deleted(old.urn),
            )

    def _find_old(self, urn: str, former: Sequence[str]) -> Resource | None:
        for candidate in (urn, *former):
            old = self._old.get(candidate)
            if old is None:
                continue
            if candidate != urn:
                if candidate in self._seen or candidate in self._present:
                    raise EngineError(f"{candidate} is also, or was also, another resource")
                self._present[candidate] = urn
                self._former[urn] = candidate
            return old
        return None

    def _carry_out(self, case: _Case) -> Resource:
        goal, new = case.goal, case.new
        if goal.remote:
            raise EngineError(
                f"{goal.type}: components of other packages are not supported by the embedded"
                " engine, use the Pulumi CLI"
            )
        if goal.custom and not goal.is_provider:
            new.provider = goal.provider or self._default_provider(goal)
        if goal.custom:
            case.provider = self._providers.of_type(new.type, new.provider)
        with self._run.slot():
            self._check(case)
            self._decide(case)
        if goal.is_provider:
            self._providers.activate(new)
        return new

    def _check(self, case: _Case) -> None:
        """Apply ignored changes, and let the provider check and complete the inputs."""
        old, new, goal = case.old, case.new, case.goal
        known = old if old is not None and not old.external and not case.recreating else None
        if known is not None:
            new.inputs, impossible = apply_ignore_changes(
                new.inputs, known.inputs, goal.ignore_changes
            )
            if impossible:
                paths = ", ".join(impossible)
                self._run.say(
                    "info",
                    f"cannot ignore changes in added or removed elements of the path: {paths}",
                    case.urn,
                )
        if case.provider is not None:
            self._check_inputs(case, known.inputs if known else None, new.inputs)

    def _check_inputs(self, case: _Case, olds: PropertyMap | None, news: PropertyMap) -> None:
        assert case.provider is not None
        checked = case.provider.check(case.urn, olds, news, preview=self._run.preview)
        for failure in checked.failures:
            place = f"{failure.property}: " if failure.property else ""
            self._run.fail(f"{place}{failure.reason}", case.urn)
        if checked.failures:
            raise Stopped
        case.new.inputs = checked.inputs

    def _decide(self, case: _Case) -> None:
        old, new = case.old, case.new
        if old is None:
            self._steps.create(new)
        elif case.recreating:
            self._replacements.recreate(old, new)
            self._note_replaced(case.urn)
        elif old.external or old.custom != new.custom:
            self._note_replaced(case.urn)
            self._replacements.create_first(old, new, forced("provider"))
        else:
            self._decide_by(case, old, self._compare(case, old))

    def _compare(self, case: _Case, old: Resource) -> Difference:
        new = case.new
        reason = self._outside_reason(case, old)
        if reason:
            return forced(reason, diff_paths(old.inputs, new.inputs))
        if case.provider is None:
            return compare_inputs(old.inputs, new.inputs)
        result = case.provider.diff(
            case.urn,
            old.id,
            old.inputs,
            old.outputs,
            new.inputs,
            ignore_changes=case.goal.ignore_changes,
        )
        return difference(result, old.inputs, old.outputs, new.inputs, case.goal.replace_on_changes)

    def _outside_reason(self, case: _Case, old: Resource) -> str:
        """Return why a resource must be replaced whatever its own properties say, if so."""
        new = case.new
        with self._lock:
            if any(urn in self._replaced for urn in new.replace_with):
                return "replaceWith"
            if new.deleted_with in self._replaced:
                return "deletedWith"
        before, trigger = old.replacement_trigger, new.replacement_trigger
        if trigger is not None and before is not None and not deep_equal(trigger, before):
            return "replacementTrigger"
        return "provider" if self._provider_changed(case, old) else ""

    def _provider_changed(self, case: _Case, old: Resource) -> bool:
        """Whether the new provider cannot take over what the old one manages."""
        before, after = old.provider, case.new.provider
        if before == after:
            return False
        if not before or not after:
            return True
        before_urn, after_urn = reference_urn(before), reference_urn(after)
        with self._lock:
            if self._present.get(before_urn) == after_urn:
                return False
        known = self._old.get(before_urn)
        now = self._run.journal.new_resources().get(after_urn)
        if known is None or now is None:
            return True
        return (
            self._providers.get(after)
            .diff_config(after_urn, known.inputs, known.outputs, now.inputs)
            .replacement
        )

    def _decide_by(self, case: _Case, old: Resource, found: Difference) -> None:
        new = case.new
        if old.pending_replacement or (found.changed and found.replacement):
            self._replace(case, old, found)
        elif found.changed or old.init_errors:
            self._steps.update(old, new, found)
        else:
            self._steps.same(old, new)

    def _replace(self, case: _Case, old: Resource, found: Difference) -> None:
        self._refuse_if_protected(case, old)
        self._note_replaced(case.urn)
        if case.provider is not None:
            # Defaults carried over from the old one do not hold for a new one.
            self._check_inputs(case, None, case.goal.inputs)
        delete_first = found.result.delete_before_replace
        if case.goal.delete_before_replace is not None:
            delete_first = case.goal.delete_before_replace
        if delete_first:
            self._replacements.delete_first(old, case.new, found)
        else:
            self._replacements.create_first(old, case.new, found)

    def _refuse_if_protected(self, case: _Case, old: Resource) -> None:
        if not (old.protect and case.new.protect):
            return
        self._run.fail(
            f"unable to replace resource {case.urn!r} as it is protected. To unprotect it,"
            " remove the `protect` option from it in the program and run `up`",
            case.urn,
        )
        # A preview goes on to show the change that is the reason.
        self._run.go_on()

    def _note_replaced(self, urn: str) -> None:
        with self._lock:
            self._replaced.add(urn)
