"""RuntimeEndpoint: the address of a runtime and the versions behind it.

Written by `python -m agentrun_provider.sdk_source`; do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

import pulumi

from . import outputs
from ._resource import AgentRunResource, Props
from .inputs import (
    CanaryArgs,
    CanaryArgsDict,
    RolloutArgs,
    RolloutArgsDict,
    ScalingArgs,
    ScalingArgsDict,
    SmokeArgs,
    SmokeArgsDict,
    TimeoutsArgs,
    TimeoutsArgsDict,
    VersionWeightArgs,
    VersionWeightArgsDict,
)


@pulumi.input_type
class _RuntimeEndpointProps(Props):
    """What is sent to the engine for a `RuntimeEndpoint`."""

    __init__ = Props.__init__

    @property
    @pulumi.getter
    def region(self) -> Optional[pulumi.Input[str]]:
        """Region; default: the provider's `agentrun:region`."""
        return pulumi.get(self, "region")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="accountId")
    def account_id(self) -> Optional[pulumi.Input[str]]:
        """Account number; default: `agentrun:accountId`, or asked from the service."""
        return pulumi.get(self, "account_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def profile(self) -> Optional[pulumi.Input[str]]:
        """Credentials profile for this resource; default: the provider's."""
        return pulumi.get(self, "profile")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def timeouts(self) -> Optional[pulumi.Input[Union[TimeoutsArgs, TimeoutsArgsDict]]]:
        """How long the operations on this resource may take."""
        return pulumi.get(self, "timeouts")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def adopt(self) -> Optional[pulumi.Input[bool]]:
        """Take over what exists already under the name, changing only what differs; default:
        `agentrun:adopt`, else an existing one is refused.
        """
        return pulumi.get(self, "adopt")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="deletionPolicy")
    def deletion_policy(self) -> Optional[pulumi.Input[str]]:
        """What a delete does: `delete` (default) removes it, `retain` leaves it in the service,
        `prevent` refuses.
        """
        return pulumi.get(self, "deletion_policy")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def owner(self) -> Optional[pulumi.Input[str]]:
        """Mark of the stack and resource, by which an interrupted create is found."""
        return pulumi.get(self, "owner")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="runtimeId")
    def runtime_id(self) -> Optional[pulumi.Input[str]]:
        """Id of the runtime, `runtime.id`."""
        return pulumi.get(self, "runtime_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def name(self) -> Optional[pulumi.Input[str]]:
        """Name of the endpoint, part of its address; default: from project, stack and resource
        name.
        """
        return pulumi.get(self, "name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def description(self) -> Optional[pulumi.Input[str]]:
        """What it is for."""
        return pulumi.get(self, "description")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="targetVersion")
    def target_version(self) -> Optional[pulumi.Input[str]]:
        """Version that gets the traffic: a number pins it, `LATEST` (default) follows every
        deployment of the runtime.
        """
        return pulumi.get(self, "target_version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def canary(self) -> Optional[pulumi.Input[Union[CanaryArgs, CanaryArgsDict]]]:
        """Version that gets a share of the traffic; excludes `version_weights`."""
        return pulumi.get(self, "canary")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="versionWeights")
    def version_weights(
        self,
    ) -> Optional[
        pulumi.Input[Sequence[pulumi.Input[Union[VersionWeightArgs, VersionWeightArgsDict]]]]
    ]:
        """Shares of several versions beside the target version, which gets the rest."""
        return pulumi.get(self, "version_weights")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def rollout(self) -> Optional[pulumi.Input[Union[RolloutArgs, RolloutArgsDict]]]:
        """Let the newest version be tried out, promoted or rolled back by configuration, in place
        of `target_version`, `canary` and `version_weights`.
        """
        return pulumi.get(self, "rollout")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def smoke(self) -> Optional[pulumi.Input[Union[SmokeArgs, SmokeArgsDict]]]:
        """Request that must succeed before the endpoint's traffic changes."""
        return pulumi.get(self, "smoke")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="disablePublicNetworkAccess")
    def disable_public_network_access(self) -> Optional[pulumi.Input[bool]]:
        """Close the endpoint to the internet."""
        return pulumi.get(self, "disable_public_network_access")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def scaling(self) -> Optional[pulumi.Input[Union[ScalingArgs, ScalingArgsDict]]]:
        """Instances kept ready. Never returned, so drift of it is not seen."""
        return pulumi.get(self, "scaling")  # type: ignore[no-any-return]


class RuntimeEndpoint(AgentRunResource, module="agentrun", name="RuntimeEndpoint"):
    """The address of a runtime and the versions behind it."""

    def __init__(
        self,
        resource_name: str,
        opts: Optional[pulumi.ResourceOptions] = None,
        *,
        runtime_id: pulumi.Input[str],
        name: Optional[pulumi.Input[str]] = None,
        region: Optional[pulumi.Input[str]] = None,
        account_id: Optional[pulumi.Input[str]] = None,
        profile: Optional[pulumi.Input[str]] = None,
        timeouts: Optional[pulumi.Input[Union[TimeoutsArgs, TimeoutsArgsDict]]] = None,
        adopt: Optional[pulumi.Input[bool]] = None,
        deletion_policy: Optional[pulumi.Input[str]] = None,
        description: Optional[pulumi.Input[str]] = None,
        target_version: Optional[pulumi.Input[str]] = None,
        canary: Optional[pulumi.Input[Union[CanaryArgs, CanaryArgsDict]]] = None,
        version_weights: Optional[
            pulumi.Input[Sequence[pulumi.Input[Union[VersionWeightArgs, VersionWeightArgsDict]]]]
        ] = None,
        rollout: Optional[pulumi.Input[Union[RolloutArgs, RolloutArgsDict]]] = None,
        smoke: Optional[pulumi.Input[Union[SmokeArgs, SmokeArgsDict]]] = None,
        disable_public_network_access: Optional[pulumi.Input[bool]] = None,
        scaling: Optional[pulumi.Input[Union[ScalingArgs, ScalingArgsDict]]] = None,
    ) -> None:
        """Declare a RuntimeEndpoint.

        Args:
            resource_name: Name in the stack.
            opts: Pulumi's options.
            runtime_id: Id of the runtime, `runtime.id`. A change replaces the resource: an
                endpoint belongs to one runtime.
            name: Name of the endpoint, part of its address; default: from project, stack and
                resource name. A change replaces the resource: the name is part of the address.
            region: Region; default: the provider's `agentrun:region`. A change replaces the
                resource: a resource lives in one region.
            account_id: Account number; default: `agentrun:accountId`, or asked from the
                service.
            profile: Credentials profile for this resource; default: the provider's.
            timeouts: How long the operations on this resource may take.
            adopt: Take over what exists already under the name, changing only what differs;
                default: `agentrun:adopt`, else an existing one is refused.
            deletion_policy: What a delete does: `delete` (default) removes it, `retain` leaves
                it in the service, `prevent` refuses.
            description: What it is for.
            target_version: Version that gets the traffic: a number pins it, `LATEST` (default)
                follows every deployment of the runtime.
            canary: Version that gets a share of the traffic; excludes `version_weights`.
            version_weights: Shares of several versions beside the target version, which gets
                the rest.
            rollout: Let the newest version be tried out, promoted or rolled back by
                configuration, in place of `target_version`, `canary` and `version_weights`.
            smoke: Request that must succeed before the endpoint's traffic changes.
            disable_public_network_access: Close the endpoint to the internet.
            scaling: Instances kept ready. Never returned, so drift of it is not seen.
        """
        props = _RuntimeEndpointProps(
            runtime_id=runtime_id,
            name=name,
            region=region,
            account_id=account_id,
            profile=profile,
            timeouts=timeouts,
            adopt=adopt,
            deletion_policy=deletion_policy,
            description=description,
            target_version=target_version,
            canary=canary,
            version_weights=version_weights,
            rollout=rollout,
            smoke=smoke,
            disable_public_network_access=disable_public_network_access,
            scaling=scaling,
        )
        super().__init__(
            "RuntimeEndpoint",
            resource_name,
            props,
            outputs=(
                "traffic",
                "previous_version",
                "rolled_back_version",
                "endpoint_id",
                "arn",
                "url",
                "status",
                "status_reason",
                "scaling_status",
                "service_defaults",
            ),
            secrets=(),
            opts=opts,
        )

    @property
    @pulumi.getter
    def region(self) -> pulumi.Output[Optional[str]]:
        """Region; default: the provider's `agentrun:region`."""
        return pulumi.get(self, "region")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="accountId")
    def account_id(self) -> pulumi.Output[Optional[str]]:
        """Account number; default: `agentrun:accountId`, or asked from the service."""
        return pulumi.get(self, "account_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def profile(self) -> pulumi.Output[Optional[str]]:
        """Credentials profile for this resource; default: the provider's."""
        return pulumi.get(self, "profile")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def timeouts(self) -> pulumi.Output[Optional[outputs.Timeouts]]:
        """How long the operations on this resource may take."""
        return pulumi.get(self, "timeouts")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def adopt(self) -> pulumi.Output[Optional[bool]]:
        """Take over what exists already under the name, changing only what differs; default:
        `agentrun:adopt`, else an existing one is refused.
        """
        return pulumi.get(self, "adopt")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="deletionPolicy")
    def deletion_policy(self) -> pulumi.Output[Optional[str]]:
        """What a delete does: `delete` (default) removes it, `retain` leaves it in the service,
        `prevent` refuses.
        """
        return pulumi.get(self, "deletion_policy")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="runtimeId")
    def runtime_id(self) -> pulumi.Output[str]:
        """Id of the runtime, `runtime.id`."""
        return pulumi.get(self, "runtime_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def name(self) -> pulumi.Output[str]:
        """Name of the endpoint, part of its address; default: from project, stack and resource
        name.
        """
        return pulumi.get(self, "name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def description(self) -> pulumi.Output[Optional[str]]:
        """What it is for."""
        return pulumi.get(self, "description")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="targetVersion")
    def target_version(self) -> pulumi.Output[Optional[str]]:
        """Version that gets the traffic: a number pins it, `LATEST` (default) follows every
        deployment of the runtime.
        """
        return pulumi.get(self, "target_version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def canary(self) -> pulumi.Output[Optional[outputs.Canary]]:
        """Version that gets a share of the traffic; excludes `version_weights`."""
        return pulumi.get(self, "canary")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="versionWeights")
    def version_weights(self) -> pulumi.Output[Optional[Sequence[outputs.VersionWeight]]]:
        """Shares of several versions beside the target version, which gets the rest."""
        return pulumi.get(self, "version_weights")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def rollout(self) -> pulumi.Output[Optional[outputs.Rollout]]:
        """Let the newest version be tried out, promoted or rolled back by configuration, in place
        of `target_version`, `canary` and `version_weights`.
        """
        return pulumi.get(self, "rollout")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def smoke(self) -> pulumi.Output[Optional[outputs.Smoke]]:
        """Request that must succeed before the endpoint's traffic changes."""
        return pulumi.get(self, "smoke")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def traffic(self) -> pulumi.Output[Optional[str]]:
        """The split in words, for instance `90 % v3, 10 % v4`."""
        return pulumi.get(self, "traffic")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="previousVersion")
    def previous_version(self) -> pulumi.Output[Optional[str]]:
        """The version that was stable before; a rollback goes there."""
        return pulumi.get(self, "previous_version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="rolledBackVersion")
    def rolled_back_version(self) -> pulumi.Output[Optional[str]]:
        """The newest version at the time of the last rollback."""
        return pulumi.get(self, "rolled_back_version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="disablePublicNetworkAccess")
    def disable_public_network_access(self) -> pulumi.Output[Optional[bool]]:
        """Close the endpoint to the internet."""
        return pulumi.get(self, "disable_public_network_access")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def scaling(self) -> pulumi.Output[Optional[outputs.Scaling]]:
        """Instances kept ready. Never returned, so drift of it is not seen."""
        return pulumi.get(self, "scaling")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="endpointId")
    def endpoint_id(self) -> pulumi.Output[str]:
        """Id of the endpoint; the resource's id is `runtimeId/endpointId`."""
        return self._following("endpoint_id", "{own_id}")

    @property
    @pulumi.getter
    def arn(self) -> pulumi.Output[str]:
        """`acs:agentrun:{region}:{account}:runtime-endpoints/{id}`."""
        return self._following("arn", "acs:agentrun:{region}:{account}:runtime-endpoints/{own_id}")

    @property
    @pulumi.getter
    def url(self) -> pulumi.Output[Optional[str]]:
        """Public address; append a path such as `/openai/v1/chat/completions`."""
        return self._following(
            "url", "{data_url}/agent-runtimes/{runtime_name}/endpoints/{name}/invocations"
        )

    @property
    @pulumi.getter
    def status(self) -> pulumi.Output[str]:
        """State of the endpoint, `READY` after a deployment."""
        return self._following("status", "READY")

    @property
    @pulumi.getter(name="statusReason")
    def status_reason(self) -> pulumi.Output[Optional[str]]:
        """Why it is in that state."""
        return pulumi.get(self, "status_reason")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="scalingStatus")
    def scaling_status(self) -> pulumi.Output[Optional[Mapping[str, Any]]]:
        """Instances kept ready at the moment."""
        return pulumi.get(self, "scaling_status")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="serviceDefaults")
    def service_defaults(self) -> pulumi.Output[Optional[Mapping[str, Any]]]:
        """What the service holds beyond the declared fields."""
        return pulumi.get(self, "service_defaults")  # type: ignore[no-any-return]
