"""The ResourceMonitor service: what a running program says to the engine."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from pulumi_local.assets import hash_assets
from pulumi_local.errors import EngineError
from pulumi_local.goals import Goal, goal_from_request, source_position, stack_trace, unsupported
from pulumi_local.providers import ProviderTable, package_of
from pulumi_local.registrar import Registered, Registrar
from pulumi_local.run import Run, Stopped, internal_error
from pulumi_local.values import PropertyMap, deep_equal
from pulumi_local.wire import Encoding, from_struct, to_struct

# "transforms" and the hooks are not among what is supported, but said to be: so the program is
# told by this engine that it has not got them, and not by its SDK to update the CLI.
_FEATURES: Final = (
    "SECRETS",
    "RESOURCE_REFERENCES",
    "OUTPUT_VALUES",
    "ALIAS_SPECS",
    "REPLACEMENT_TRIGGER",
    "DELETED_WITH",
    "REPLACE_WITH",
    "TRANSFORMS",
    "INVOKE_TRANSFORMS",
    "RESOURCE_HOOKS",
    "ERROR_HOOKS",
    "STATE_MIGRATIONS",
)
_LEGACY_FEATURES: Final = frozenset(
    {
        "secrets",
        "resourceReferences",
        "outputValues",
        "aliasSpecs",
        "deletedWith",
        "replaceWith",
        "transforms",
        "invokeTransforms",
        "resourceHooks",
        "errorHooks",
    }
)
_RESULTS: Final = {
    "done": resource_pb2.SUCCESS,
    "failed": resource_pb2.FAIL,
    # SDKs treat all that is not a success alike, and older ones know no other number.
    "skipped": resource_pb2.FAIL,
}
_RUN_IS_ENDING: Final = "the run is ending, see the errors above"
_GET_RESOURCE: Final = "pulumi:pulumi:getResource"


@dataclass
class MonitorService(resource_pb2_grpc.ResourceMonitorServicer):
    """Serves one program in one run."""

    run: Run
    registrar: Registrar
    providers: ProviderTable
    root: Path
    """The project's folder, which source positions are told relative to."""
    folder: Path
    """The program's folder, which paths of assets are relative to."""
    organization: str = "organization"
    stack_outputs: PropertyMap = field(default_factory=dict)
    outputs_registered: bool = False

    def GetDeploymentInfo(  # noqa: N802 - named by the protocol
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> Any:
        """Tell about the run and what this engine can do."""
        return resource_pb2.DeploymentInfo(
            project=self.run.project,
            stack=self.run.stack,
            organization=self.organization,
            config=self.run.config.plain(),
            configSecretKeys=self.run.config.secret_keys(),
            dryRun=self.run.preview,
            parallel=self.run.parallel,
            supportedFeatures=_supported_features(),
        )

    def SupportsFeature(  # noqa: N802
        self, request: resource_pb2.SupportsFeatureRequest, context: grpc.ServicerContext
    ) -> Any:
        """Tell older SDKs what this engine can do."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _LEGACY_FEATURES)

    def RegisterResource(  # noqa: N802
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> Any:
        """Bring about what the program wants of one resource."""
        with _Answering(self.run, context):
            goal = goal_from_request(request, self.root)
            goal = replace(goal, inputs=hash_assets(goal.inputs, self.folder))
            registered = self.registrar.register(goal)
            if registered.outcome != "done" and not request.supportsResultReporting:
                raise Stopped
            encoding = Encoding(request.acceptSecrets, request.acceptResources)
            return _register_response(registered, encoding)

    def RegisterResourceOutputs(  # noqa: N802
        self, request: resource_pb2.RegisterResourceOutputsRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Take the outputs of a component or of the stack."""
        with _Answering(self.run, context):
            outputs = hash_assets(from_struct(request.outputs), self.folder)
            resource = self.run.journal.new_resources().get(request.urn)
            if request.urn == self.registrar.stack_urn:
                self.stack_outputs, self.outputs_registered = outputs, True
                # The stack's outputs stay as they were if the run fails: they are set at its end.
            elif resource is not None and not deep_equal(resource.outputs, outputs):
                self.run.journal.change(resource, outputs=outputs)
                self.run.journal.save()
        return empty_pb2.Empty()

    def ReadResource(  # noqa: N802
        self, request: resource_pb2.ReadResourceRequest, context: grpc.ServicerContext
    ) -> Any:
        """Read a resource that is managed elsewhere."""
        with _Answering(self.run, context):
            goal = Goal(
                type=request.type,
                name=request.name,
                parent=request.parent,
                inputs=from_struct(request.properties),
                dependencies=list(request.dependencies),
                provider=request.provider,
                version=request.version,
                plugin_download_url=request.pluginDownloadURL,
                additional_secret_outputs=list(request.additionalSecretOutputs),
                source_position=source_position(request.sourcePosition, self.root),
                stack_trace=stack_trace(request.stackTrace, self.root),
            )
            registered = self.registrar.read(goal, request.id)
            if registered.resource is None:
                # This call has no way to say so in its answer.
                raise Stopped
            encoding = Encoding(request.acceptSecrets, request.acceptResources)
            return resource_pb2.ReadResourceResponse(
                urn=registered.urn, properties=to_struct(registered.resource.outputs, encoding)
            )

    def Invoke(  # noqa: N802
        self, request: resource_pb2.ResourceInvokeRequest, context: grpc.ServicerContext
    ) -> Any:
        """Call a function of a provider."""
        with _Answering(self.run, context):
            args = hash_assets(from_struct(request.args), self.folder)
            if request.tok == _GET_RESOURCE:
                return _invoke_response(self._get_resource(str(args.get("urn"))), [])
            provider = self._invoked_provider(request)
            found = provider.invoke(request.tok, args, preview=self.run.preview)
            return _invoke_response(found.value, found.failures)

    def Call(  # noqa: N802
        self, request: resource_pb2.ResourceCallRequest, context: grpc.ServicerContext
    ) -> NoReturn:
        """Refuse methods of components of other packages."""
        self._refuse("methods of resources", context)

    def RegisterStackTransform(  # noqa: N802
        self, request: Any, context: grpc.ServicerContext
    ) -> NoReturn:
        """Refuse transforms."""
        self._refuse("transforms", context)

    def RegisterStackInvokeTransform(  # noqa: N802
        self, request: Any, context: grpc.ServicerContext
    ) -> NoReturn:
        """Refuse transforms of invokes."""
        self._refuse("transforms", context)

    def RegisterResourceHook(  # noqa: N802
        self, request: Any, context: grpc.ServicerContext
    ) -> NoReturn:
        """Refuse hooks."""
        self._refuse("resource hooks", context)

    def RegisterErrorHook(  # noqa: N802
        self, request: Any, context: grpc.ServicerContext
    ) -> NoReturn:
        """Refuse hooks."""
        self._refuse("error hooks", context)

    def RegisterPackage(  # noqa: N802
        self, request: Any, context: grpc.ServicerContext
    ) -> NoReturn:
        """Refuse parameterized packages."""
        self._refuse("parameterized packages", context)

    def SignalAndWaitForShutdown(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Let the program end: nothing here calls it back."""
        return empty_pb2.Empty()

    def _invoked_provider(self, request: resource_pb2.ResourceInvokeRequest) -> Any:
        ref = request.provider or self.registrar.default_provider(
            package_of(request.tok), request.version, request.pluginDownloadURL
        )
        return self.providers.get(ref)

    def _get_resource(self, urn: str) -> PropertyMap:
        resource = self.run.journal.new_resources().get(urn)
        if resource is None:
            raise EngineError(f"unknown resource {urn}")
        return {"urn": urn, "id": resource.id, "state": dict(resource.outputs)}

    def _refuse(self, feature: str, context: grpc.ServicerContext) -> NoReturn:
        with _Answering(self.run, context):
            raise unsupported(feature)


class _Answering(AbstractContextManager[None]):
    """Turns the engine's errors into the status of a call, once they are told to the user."""

    def __init__(self, run: Run, context: grpc.ServicerContext) -> None:
        self._run = run
        self._context = context

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        if error is None:
            return
        answer = _RUN_IS_ENDING
        if not isinstance(error, Stopped):
            told = error if isinstance(error, EngineError) else internal_error(error)
            self._run.fail(told)
            answer = str(told)
        self._run.note_answer(answer)
        self._context.abort(grpc.StatusCode.UNKNOWN, answer)


def _supported_features() -> list[Any]:
    """Return the features by number, those that the installed SDK knows."""
    kinds = getattr(resource_pb2, "ResourceMonitorFeature", None)
    if kinds is None:
        return []
    names = (f"RESOURCE_MONITOR_FEATURE_{name}" for name in _FEATURES)
    known = set(kinds.keys())
    return [kinds.Value(name) for name in names if name in known]


def _register_response(registered: Registered, encoding: Encoding) -> Any:
    response = resource_pb2.RegisterResourceResponse(
        urn=registered.urn, result=_RESULTS[registered.outcome]
    )
    resource = registered.resource
    if resource is not None:
        response.id = resource.id
        response.object.CopyFrom(to_struct(resource.outputs, encoding))
    return response


def _invoke_response(value: PropertyMap, failures: Any) -> Any:
    response = resource_pb2.ResourceInvokeResponse()
    getattr(response, "return").CopyFrom(to_struct(value))
    for failure in failures:
        response.failures.append(
            provider_pb2.CheckFailure(property=failure.property, reason=failure.reason)
        )
    return response
