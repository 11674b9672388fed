"""RuntimeVpcConfig: the network of a runtime that is created elsewhere or leaves it unset.

Written by `python -m agentrun_provider.sdk_source`; do not edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional, Union

import pulumi

from . import outputs
from ._fingerprint import fingerprint_of
from ._resource import AgentRunResource, Props
from .inputs import TimeoutsArgs, TimeoutsArgsDict, VpcArgs, VpcArgsDict


@pulumi.input_type
class _RuntimeVpcConfigProps(Props):
    """What is sent to the engine for a `RuntimeVpcConfig`."""

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
        """Id of the runtime, `runtime.id`; its own `vpc` and `internet_access` must stay unset."""
        return pulumi.get(self, "runtime_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def vpc(self) -> Optional[pulumi.Input[Union[VpcArgs, VpcArgsDict]]]:
        """VPC to run in."""
        return pulumi.get(self, "vpc")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="internetAccess")
    def internet_access(self) -> Optional[pulumi.Input[bool]]:
        """Whether instances reach the internet; with a `vpc` the default is true."""
        return pulumi.get(self, "internet_access")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="declaredByRuntime")
    def declared_by_runtime(self) -> Optional[pulumi.Input[Sequence[pulumi.Input[str]]]]:
        """Fields of the part that the runtime's own resource declares."""
        return pulumi.get(self, "declared_by_runtime")  # type: ignore[no-any-return]


class RuntimeVpcConfig(AgentRunResource, module="agentrun", name="RuntimeVpcConfig"):
    """The network of a runtime that is created elsewhere or leaves it unset."""

    def __init__(
        self,
        resource_name: str,
        opts: Optional[pulumi.ResourceOptions] = None,
        *,
        runtime_id: pulumi.Input[str],
        region: Optional[pulumi.Input[str]] = None,
        account_id: Optional[pulumi.Input[str]] = None,
        profile: Optional[pulumi.Input[str]] = None,
        timeouts: Optional[pulumi.Input[Union[TimeoutsArgs, TimeoutsArgsDict]]] = None,
        adopt: Optional[pulumi.Input[bool]] = None,
        deletion_policy: Optional[pulumi.Input[str]] = None,
        vpc: Optional[pulumi.Input[Union[VpcArgs, VpcArgsDict]]] = None,
        internet_access: Optional[pulumi.Input[bool]] = None,
    ) -> None:
        """Declare a RuntimeVpcConfig.

        Args:
            resource_name: Name in the stack.
            opts: Pulumi's options.
            runtime_id: Id of the runtime, `runtime.id`; its own `vpc` and `internet_access`
                must stay unset. A change replaces the resource: the network belongs to one
                runtime.
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
            vpc: VPC to run in.
            internet_access: Whether instances reach the internet; with a `vpc` the default is
                true.
        """
        props = _RuntimeVpcConfigProps(
            runtime_id=runtime_id,
            region=region,
            account_id=account_id,
            profile=profile,
            timeouts=timeouts,
            adopt=adopt,
            deletion_policy=deletion_policy,
            vpc=vpc,
            internet_access=internet_access,
        )
        super().__init__(
            "RuntimeVpcConfig",
            resource_name,
            props,
            outputs=("network_mode",),
            secrets=(),
            parts=("vpc", "internet_access"),
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
        """Id of the runtime, `runtime.id`; its own `vpc` and `internet_access` must stay unset."""
        return pulumi.get(self, "runtime_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def vpc(self) -> pulumi.Output[Optional[outputs.Vpc]]:
        """VPC to run in."""
        return pulumi.get(self, "vpc")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="internetAccess")
    def internet_access(self) -> pulumi.Output[Optional[bool]]:
        """Whether instances reach the internet; with a `vpc` the default is true."""
        return pulumi.get(self, "internet_access")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="networkMode")
    def network_mode(self) -> pulumi.Output[Optional[str]]:
        """`PUBLIC`, `PRIVATE` or `PUBLIC_AND_PRIVATE`."""
        return pulumi.get(self, "network_mode")  # type: ignore[no-any-return]

    @property
    def fingerprint(self) -> pulumi.Output[str]:
        """Hash of the configuration and code, known at preview; give it to a
        `RuntimeVersion` to have one published whenever either changes.
        """
        return fingerprint_of(
            self,
            (
                "vpc",
                "internet_access",
            ),
            (),
        )
