"""A stack to deploy in tests: a scripted program, a stub provider, the real backend and protocol.

The program is a function that registers resources over gRPC, as SDKs do; the provider is an
object in the engine's own process that keeps its world in a dictionary.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc
from pulumi_local.backend import FileBackend
from pulumi_local.deployment import Deployment, Result
from pulumi_local.events import Diagnostic, Event, ResourceDone, ResourceFailed, ResourcePre, Step
from pulumi_local.project import Project
from pulumi_local.provider_api import (
    CheckResult,
    CreateResult,
    DiffResult,
    Failure,
    InvokeResult,
    ProviderError,
    ReadResult,
)
from pulumi_local.stack_config import ConfigValue, StackConfig
from pulumi_local.state import Resource, Snapshot, urn_name
from pulumi_local.values import UNKNOWN, contains_unknown, deep_equal, strip_secrets
from pulumi_local.vault import Vault
from pulumi_local.wire import from_struct, to_struct, to_value

from .commands import project as project

TIMEOUT_SECONDS = 20
TYPE = "stub:index:Thing"


class StubProvider:
    """A provider over a dictionary. Set its fields to make it behave."""

    def __init__(self) -> None:
        self.world: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.seen: dict[tuple[str, str], dict[str, Any]] = {}
        """What the last call of a kind on a resource was given."""
        self.replace_keys: set[str] = set()
        self.delete_before_replace = False
        self.knows_diff = True
        self.previews = False
        self.faults: dict[tuple[str, str], BaseException] = {}
        self.failures: dict[str, list[Failure]] = {}
        self.extra_outputs: dict[str, Any] = {}
        self.during: Callable[[str, str], None] = lambda operation, name: None
        self._lock = threading.Lock()
        self._count = 0

    def changing_calls(self) -> list[tuple[str, str]]:
        """The calls that change the world, in order."""
        return [call for call in self.calls if call[0] in ("create", "update", "delete")]

    def check_config(self, urn, olds, news):
        return CheckResult(news)

    def diff_config(self, urn, old_inputs, old_outputs, new_inputs):
        replaces = [k for k in self.replace_keys if old_inputs.get(k) != new_inputs.get(k)]
        return DiffResult(changes=not deep_equal(old_inputs, new_inputs), replaces=replaces)

    def configure(self, urn, id, inputs):
        self._note("configure", urn, inputs=inputs)

    def check(self, urn, olds, news, *, preview):
        self._note("check", urn, olds=olds, news=news)
        return CheckResult(news, self.failures.get(urn_name(urn), ()))

    def diff(self, urn, id, old_inputs, old_outputs, new_inputs, *, ignore_changes=()):
        self._note("diff", urn, new_inputs=new_inputs)
        if not self.knows_diff:
            return DiffResult(changes=None)
        changed = [
            key
            for key in sorted(old_inputs.keys() | new_inputs.keys())
            if contains_unknown(new_inputs.get(key))
            or not deep_equal(old_inputs.get(key), new_inputs.get(key))
        ]
        return DiffResult(
            changes=bool(changed),
            replaces=[key for key in changed if key in self.replace_keys],
            diffs=changed,
            delete_before_replace=self.delete_before_replace,
        )

    def create(self, urn, inputs, *, timeout_seconds, preview):
        if preview:
            return CreateResult("", dict(inputs))
        self._note("create", urn, inputs=inputs, timeout=timeout_seconds)
        with self._lock:
            self._count += 1
            id_ = f"{urn_name(urn)}-{self._count}"
            self.world[id_] = dict(inputs)
        return CreateResult(id_, self._outputs(id_, inputs))

    def update(
        self,
        urn,
        id,
        old_inputs,
        old_outputs,
        new_inputs,
        *,
        timeout_seconds,
        preview,
        ignore_changes=(),
    ):
        if preview:
            return dict(new_inputs)
        self._note("update", urn, inputs=new_inputs, timeout=timeout_seconds)
        self.world[id] = dict(new_inputs)
        return self._outputs(id, new_inputs)

    def delete(self, urn, id, inputs, outputs, *, timeout_seconds):
        self._note("delete", urn, id=id)
        self.world.pop(id, None)

    def read(self, urn, id, inputs, outputs):
        self._note("read", urn, id=id)
        if id not in self.world:
            return ReadResult("", {})
        return ReadResult(id, self._outputs(id, self.world[id]), dict(self.world[id]))

    def invoke(self, token, args, *, preview):
        self._note("invoke", f"urn:pulumi:s::p::stub:index:Function::{token}", args=args)
        return InvokeResult({"echo": args})

    def _outputs(self, id_: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {**strip_secrets(dict(inputs)), "arn": f"arn:{id_}", **self.extra_outputs}

    def _note(self, operation: str, urn: str, **seen: Any) -> None:
        name = urn_name(urn)
        with self._lock:
            self.calls.append((operation, name))
            self.seen[operation, name] = seen
        self.during(operation, name)
        fault = self.faults.get((operation, name))
        if fault is not None:
            raise fault


@dataclass
class Registered:
    """The answer to a registration."""

    urn: str
    id: str
    outputs: dict[str, Any]
    ok: bool

    def __getitem__(self, name: str) -> Any:
        """An output; what is missing is not known yet."""
        return self.outputs.get(name, UNKNOWN)


class Client:
    """What a program does: registers resources over gRPC, as SDKs do."""

    def __init__(self, address: str, project: str, stack: str) -> None:
        self._channel = grpc.insecure_channel(address)
        self.monitor = resource_pb2_grpc.ResourceMonitorStub(self._channel)
        self._pool = ThreadPoolExecutor(max_workers=32)
        self.stack = self.component(f"{project}-{stack}", type_="pulumi:pulumi:Stack")

    def close(self) -> None:
        self._pool.shutdown()
        self._channel.close()

    def resource(
        self,
        name: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        type_: str = TYPE,
        custom: bool = True,
        parent: Registered | None = None,
        uses: Mapping[str, Registered] | None = None,
        depends_on: Sequence[Registered] = (),
        **options: Any,
    ) -> Registered:
        """Register a resource; ``uses`` says which resource each input came from."""
        uses = uses or {}
        used = {resource.urn for resource in (*uses.values(), *depends_on)}
        request = resource_pb2.RegisterResourceRequest(
            type=type_,
            name=name,
            custom=custom,
            parent=parent.urn if parent else "",
            object=to_struct(inputs or {}),
            dependencies=options.pop("dependencies", sorted(used)),
            propertyDependencies={
                key: resource_pb2.RegisterResourceRequest.PropertyDependencies(urns=[value.urn])
                for key, value in uses.items()
            },
            acceptSecrets=True,
            acceptResources=True,
            supportsResultReporting=True,
            **_translated(options),
        )
        reply = self.monitor.RegisterResource(request, timeout=TIMEOUT_SECONDS)
        ok = reply.result == resource_pb2.SUCCESS
        return Registered(reply.urn, reply.id, from_struct(reply.object), ok)

    def component(self, name: str, **options: Any) -> Registered:
        """Register a component."""
        return self.resource(name, **{"type_": "my:index:Component", "custom": False, **options})

    def read(self, type_: str, name: str, id_: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Read a resource that is managed elsewhere."""
        request = resource_pb2.ReadResourceRequest(
            type=type_, name=name, id=id_, properties=to_struct(inputs), acceptSecrets=True
        )
        return from_struct(self.monitor.ReadResource(request, timeout=TIMEOUT_SECONDS).properties)

    def invoke(self, token: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """Call a function."""
        request = resource_pb2.ResourceInvokeRequest(tok=token, args=to_struct(args))
        reply = self.monitor.Invoke(request, timeout=TIMEOUT_SECONDS)
        return from_struct(getattr(reply, "return"))

    def export(self, **outputs: Any) -> None:
        """Register the outputs of the stack."""
        self.outputs_of(self.stack, **outputs)

    def outputs_of(self, resource: Registered, **outputs: Any) -> None:
        """Register the outputs of a component."""
        request = resource_pb2.RegisterResourceOutputsRequest(
            urn=resource.urn, outputs=to_struct(outputs)
        )
        self.monitor.RegisterResourceOutputs(request, timeout=TIMEOUT_SECONDS)

    def together(self, *registrations: Callable[[], Registered]) -> list[Registered]:
        """Make registrations at the same time."""
        futures = [self._pool.submit(registration) for registration in registrations]
        return [future.result(TIMEOUT_SECONDS) for future in futures]


def _translated(options: Mapping[str, Any]) -> dict[str, Any]:
    """Spell options as the protocol does."""
    options = dict(options)
    if "delete_before_replace" in options:
        options["deleteBeforeReplace"] = options.pop("delete_before_replace")
        options["deleteBeforeReplaceDefined"] = True
    names = {
        "ignore_changes": "ignoreChanges",
        "replace_on_changes": "replaceOnChanges",
        "additional_secret_outputs": "additionalSecretOutputs",
        "retain_on_delete": "retainOnDelete",
        "alias_urns": "aliasURNs",
    }
    options = {names.get(name, name): value for name, value in options.items()}
    if "deleted_with" in options:
        options["deletedWith"] = options.pop("deleted_with").urn
    if "replace_with" in options:
        options["replace_with"] = [r.urn for r in options["replace_with"]]
    if "trigger" in options:
        options["replacement_trigger"] = to_value(options.pop("trigger"))
    if "timeouts" in options:
        options["customTimeouts"] = resource_pb2.RegisterResourceRequest.CustomTimeouts(
            **options.pop("timeouts")
        )
    return options


ProgramFunction = Callable[[Client], None]


class ScriptedProgram:
    """A program that is a function, run in a thread of the test's process."""

    def __init__(self, function: ProgramFunction) -> None:
        self._function = function

    def start(self, settings, on_line):
        return RunningScript(self._function, settings)


class RunningScript:
    """A scripted program that was started."""

    def __init__(self, function: ProgramFunction, settings: Any) -> None:
        self.exit_code = 0
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(function, settings), daemon=True)
        self._thread.start()

    def _run(self, function: ProgramFunction, settings: Any) -> None:
        client = Client(settings.monitor, settings.project, settings.stack)
        try:
            function(client)
        except grpc.RpcError as error:
            self.exit_code, self.error = 1, error
        except SystemExit as error:
            self.exit_code = int(error.code or 0)
        finally:
            client.close()

    def wait(self) -> int:
        self._thread.join(TIMEOUT_SECONDS)
        assert not self._thread.is_alive(), "the program did not end"
        return self.exit_code

    def stop(self) -> None:
        """Nothing to do: it ends when its calls are answered."""

    def kill(self) -> None:
        """Nothing to do either."""


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


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[LocalStack]:
    """A stack without a state, of one stub provider."""
    return LocalStack(tmp_path)


@pytest.fixture
def make_stack(tmp_path: Path) -> Callable[..., LocalStack]:
    """Makes further stacks that share the backend with ``stack``."""
    return lambda **fields: LocalStack(tmp_path, **fields)


@pytest.fixture
def fault() -> Callable[[str], ProviderError]:
    """Makes errors of a provider."""
    return ProviderError
