"""A stack to deploy in tests, with the real backend and protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_local.backend import FileBackend
from pulumi_local.deployment import Deployment, Result
from pulumi_local.events import Diagnostic, Event, ResourceDone, ResourceFailed, ResourcePre, Step
from pulumi_local.project import Project
from pulumi_local.stack_config import ConfigValue, StackConfig
from pulumi_local.state import Resource, Snapshot, urn_name
from pulumi_local.vault import Vault

from .scripted import Client, ProgramFunction, ScriptedProgram
from .stub_provider import StubProvider


@dataclass
class LocalStack:
    """A stack under test; its state is kept on disk between operations."""

    folder: Path
    provider: StubProvider = field(default_factory=StubProvider)
    config: dict[str, ConfigValue] = field(default_factory=dict)
    simulate: Sequence[str] = ()
    parallel: int = 16
    name: str = "dev"
    project: str = "proj"
    events: list[Event] = field(default_factory=list)
    on_event: Callable[[Event], None] = lambda event: None
    deployment: Deployment | None = None
    # Deriving a key is slow on purpose, so it is done once.
    vault: Vault = field(default_factory=lambda: Vault({"PULUMI_CONFIG_PASSPHRASE": "test"}))

    @property
    def backend(self) -> FileBackend:
        return FileBackend(self.folder / "state", self.vault)

    def up(self, program: ProgramFunction, *, refresh: bool = False) -> Result:
        return self._run(program, lambda d: d.up(refresh=refresh))

    def preview(self, program: ProgramFunction, *, refresh: bool = False) -> Result:
        return self._run(program, lambda d: d.preview(refresh=refresh))

    def refresh(self, *, preview: bool = False) -> Result:
        return self._run(_no_program, lambda d: d.refresh(preview=preview))

    def destroy(self, *, preview: bool = False) -> Result:
        return self._run(_no_program, lambda d: d.destroy(preview=preview))

    def _run(self, program: ProgramFunction, action: Callable[[Deployment], Result]) -> Result:
        self.events.clear()
        self.provider.calls.clear()

        def receive(event: Event) -> None:
            self.events.append(event)
            self.on_event(event)

        with Deployment(
            Project(root=self.folder, name=self.project),
            self.name,
            self.backend,
            StackConfig(self.config),
            on_event=receive,
            parallel=self.parallel,
            simulate=self.simulate,
            program=ScriptedProgram(program),
            open_provider=None if self.simulate else self._open,
        ) as self.deployment:
            return action(self.deployment)

    def _open(self, package: str, version: str, urn: str) -> Any:
        from pulumi_local.stack_references import BuiltinProvider

        if package == "pulumi":
            return BuiltinProvider(self.project, self.backend.load)
        assert package == "stub"
        return self.provider

    def steps(self) -> list[tuple[str, str]]:
        """Op and name of each step that was done, in order, without what stayed the same."""
        done = (e.step for e in self.events if isinstance(e, ResourceDone))
        return [(s.op, urn_name(s.urn)) for s in done if s.op != "same"]

    def planned(self) -> list[tuple[str, str]]:
        """Op and name of each step that was begun."""
        begun = (e.step for e in self.events if isinstance(e, ResourcePre))
        return [(s.op, urn_name(s.urn)) for s in begun if s.op != "same"]

    def step(self, op: str, name: str) -> Step:
        """The step of an op on a resource."""
        done = (e.step for e in self.events if isinstance(e, ResourceDone))
        (found,) = (s for s in done if (s.op, urn_name(s.urn)) == (op, name))
        return found

    def failed_steps(self) -> list[tuple[str, str]]:
        """Op and name of each step that failed."""
        failed = (e.step for e in self.events if isinstance(e, ResourceFailed))
        return [(s.op, urn_name(s.urn)) for s in failed]

    def messages(self, severity: str = "error") -> list[str]:
        """What the user was told."""
        said = (e for e in self.events if isinstance(e, Diagnostic))
        return [d.message for d in said if d.severity == severity]

    def snapshot(self) -> Snapshot:
        """The state on disk."""
        return self.backend.load(self.project, self.name) or Snapshot()

    def resources(self) -> dict[str, Resource]:
        """The resources of the state on disk by name, without providers and the stack."""
        kept = (r for r in self.snapshot().resources if not r.is_provider and not r.delete)
        return {r.name: r for r in kept if r.type != "pulumi:pulumi:Stack"}


def _no_program(_client: Client) -> None:
    raise AssertionError("no program is run here")
