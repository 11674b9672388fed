"""Agent: a runtime with its published version, endpoints, reservation and domain as one component."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Optional, Union

import pulumi

from ._agent_options import ChildOptions
from ._agent_parts import (
    check_names,
    check_whole,
    endpoint_arguments,
    fields_of,
    in_order,
    shared_arguments,
)
from .agent_inputs import (
    AgentEndpointArgs,
    AgentEndpointArgsDict,
    AgentReleaseArgs,
    AgentReleaseArgsDict,
    AgentRolloutArgs,
    AgentRolloutArgsDict,
    CustomDomainArgs,
    CustomDomainArgsDict,
    RuntimeArguments,
)
from .runtime import Runtime
from .runtime_concurrency import RuntimeConcurrency
from .runtime_custom_domain import RuntimeCustomDomain
from .runtime_endpoint import RuntimeEndpoint
from .runtime_version import RuntimeVersion

if TYPE_CHECKING:
    from typing_extensions import Unpack

_DEFAULT_ENDPOINTS: Sequence[AgentEndpointArgs] = (AgentEndpointArgs(name="production"),)


class Agent(pulumi.ComponentResource):
    """A runtime with its published version, endpoints, reservation and domain.

    Each of these is a resource of its own below the component, so a preview tells what happens to
    which. Options of the component hold for all of them: `protect`, `aliases`, `retain_on_delete`
    and transforms by way of Pulumi, `depends_on` because the runtime waits for it, and the paths of
    `ignore_changes` and `replace_on_changes` because each goes to the resource it belongs to:
    `memory`, `endpoints.production.scaling`, `reserved_concurrency`.

    Attributes:
        runtime: The runtime.
        release: The version published last; None with `publish=False`.
        endpoints: The endpoints by name.
        concurrency: The reserved concurrency, if one was asked for.
        custom_domain: The domain, if one was asked for.
        runtime_id: Id of the runtime.
        arn: ARN of the runtime.
        name: Name of the runtime in the service.
        status: State of the runtime, `READY` after a deployment.
        version: Number of the version published last; with `publish=False` the one that the
            service shows, usually `LATEST`.
        urls: Public address of each endpoint by its name.
        endpoint_ids: Id of each endpoint by its name.
        endpoint_arns: ARN of each endpoint by its name.
        traffic: How each endpoint's traffic is split, in words, by its name.
        custom_domain_url: Address of the domain; None without one.
    """

    runtime: Runtime
    release: Optional[RuntimeVersion]
    endpoints: Mapping[str, RuntimeEndpoint]
    concurrency: Optional[RuntimeConcurrency]
    custom_domain: Optional[RuntimeCustomDomain]
    runtime_id: pulumi.Output[str]
    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    status: pulumi.Output[str]
    version: pulumi.Output[Optional[str]]
    urls: Mapping[str, pulumi.Output[Optional[str]]]
    endpoint_ids: Mapping[str, pulumi.Output[str]]
    endpoint_arns: Mapping[str, pulumi.Output[str]]
    traffic: Mapping[str, pulumi.Output[Optional[str]]]
    custom_domain_url: pulumi.Output[Optional[str]]

    def __init__(
        self,
        resource_name: str,
        opts: Optional[pulumi.ResourceOptions] = None,
        *,
        endpoints: Optional[Sequence[Union[AgentEndpointArgs, AgentEndpointArgsDict]]] = None,
        publish: Optional[Union[bool, AgentReleaseArgs, AgentReleaseArgsDict]] = None,
        rollout: Optional[Union[AgentRolloutArgs, AgentRolloutArgsDict]] = None,
        reserved_concurrency: Optional[pulumi.Input[int]] = None,
        custom_domain: Optional[Union[CustomDomainArgs, CustomDomainArgsDict]] = None,
        **arguments: Unpack[RuntimeArguments],
    ) -> None:
        """Declare an agent.

        Args:
            resource_name: Name in the stack. The children are named after it:
                `{resource_name}` (runtime), `-version`, `-{endpoint}`, `-concurrency`, `-domain`.
            opts: Pulumi's options; see the class for what they do to the children.
            endpoints: The addresses of the agent. Default: one by the name of `production`; `[]`:
                none.
            publish: Whether a version is published whenever the runtime changed (default), or what
                the versions are told. With False, endpoints that name no version are on `LATEST`
                and every deployment reaches them at once.
            rollout: How a new version gets the traffic of the endpoints that name no version.
                Without it a new version has all of it as soon as it is published. With it a new
                version waits for a `canary_weight` or `promote`, and `rollback` takes it back.
            reserved_concurrency: Instances the runtime may have at most, kept free for it.
            custom_domain: A domain of your own that leads to the agent. Its routes do not follow a
                rollout: they go to `LATEST`, or to the version that their `qualifier` names.
            arguments: All arguments of a `Runtime`. `region`, `account_id`, `profile`, `timeouts`,
                `adopt` and `deletion_policy` hold for the other children, too.
        """
        check_names(arguments, RuntimeArguments.__annotations__)
        endpoints = _DEFAULT_ENDPOINTS if endpoints is None else endpoints
        check_whole(endpoints, publish, rollout)
        super().__init__("agentrun:index:Agent", resource_name, None, opts)
        options = ChildOptions(self, opts)
        shared = shared_arguments(arguments)
        self.runtime = Runtime(resource_name, options.runtime(), **arguments)
        self.release = self._publish(publish, resource_name, options, shared)
        self.endpoints = self._endpoints(
            endpoints,
            rollout,
            resource_name,
            options,
            shared,
        )
        self.concurrency = None
        if reserved_concurrency is not None:
            self.concurrency = RuntimeConcurrency(
                f"{resource_name}-concurrency",
                options.concurrency(),
                runtime_id=self.runtime.id,
                reserved_concurrency=reserved_concurrency,
                **shared,
            )
        self.custom_domain = None
        if custom_domain is not None:
            self.custom_domain = RuntimeCustomDomain(
                f"{resource_name}-domain",
                options.custom_domain(),
                runtime_id=self.runtime.id,
                **{**shared, **fields_of(CustomDomainArgs, custom_domain, "custom_domain")},
            )
        self._set_outputs()

    def _publish(
        self, publish: Any, resource_name: str, options: ChildOptions, shared: Mapping[str, Any]
    ) -> Optional[RuntimeVersion]:
        if publish is False:
            return None
        if not isinstance(publish, (type(None), bool, AgentReleaseArgs, Mapping)):
            raise pulumi.RunError(
                f"publish must be True, False, AgentReleaseArgs or a dict (got {publish!r})"
            )
        own = {} if publish in (None, True) else fields_of(AgentReleaseArgs, publish, "publish")
        # A version can't be deleted, so a policy would only stop the next one from being published.
        kept = {key: value for key, value in shared.items() if key != "deletion_policy"}
        return RuntimeVersion(
            f"{resource_name}-version",
            options.child(),
            runtime_id=self.runtime.id,
            fingerprint=self.runtime.fingerprint,
            **{**kept, **own},
        )

    def _endpoints(
        self,
        endpoints: Sequence[Any],
        rollout: Any,
        resource_name: str,
        options: ChildOptions,
        shared: Mapping[str, Any],
    ) -> Mapping[str, RuntimeEndpoint]:
        newest = self.release.version if self.release else None
        made: dict[str, RuntimeEndpoint] = {}
        declared = [
            fields_of(AgentEndpointArgs, value, f"endpoints[{index}]")
            for index, value in enumerate(endpoints)
        ]
        for fields in in_order(declared):
            name = fields["name"]
            urls = {other: endpoint.url for other, endpoint in made.items()}
            made[name] = RuntimeEndpoint(
                f"{resource_name}-{name}",
                options.endpoint(name, self.release),
                runtime_id=self.runtime.id,
                **endpoint_arguments(fields, newest, rollout, urls),
                **shared,
            )
        return {fields["name"]: made[fields["name"]] for fields in declared}

    def _set_outputs(self) -> None:
        self.runtime_id = self.runtime.id
        self.arn = self.runtime.arn
        self.name = self.runtime.name
        self.status = self.runtime.status
        self.version = self.release.version if self.release else self.runtime.version
        self.urls = {name: endpoint.url for name, endpoint in self.endpoints.items()}
        self.endpoint_ids = {name: each.endpoint_id for name, each in self.endpoints.items()}
        self.endpoint_arns = {name: endpoint.arn for name, endpoint in self.endpoints.items()}
        self.traffic = {name: endpoint.traffic for name, endpoint in self.endpoints.items()}
        domain = self.custom_domain
        self.custom_domain_url = domain.url if domain else pulumi.Output.from_input(None)
        self.register_outputs(
            {
                "runtimeId": self.runtime_id,
                "arn": self.arn,
                "name": self.name,
                "status": self.status,
                "version": self.version,
                "urls": self.urls,
                "endpointIds": self.endpoint_ids,
                "endpointArns": self.endpoint_arns,
                "traffic": self.traffic,
                "customDomainUrl": self.custom_domain_url,
            }
        )
