"""Programs that are functions: they register resources over gRPC, as SDKs do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc
from pulumi_local.values import UNKNOWN
from pulumi_local.wire import from_struct, to_struct, to_value

TIMEOUT_SECONDS = 20
TYPE = "stub:index:Thing"


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
