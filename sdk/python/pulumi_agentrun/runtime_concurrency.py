"""RuntimeConcurrency: the most instances a runtime may have at a time, reserved for it.

Written by `python -m agentrun_provider.sdk_source`; do not edit.
"""

from __future__ import annotations

from typing import Optional, Union

import pulumi

from . import outputs
from ._resource import AgentRunResource, Props
from .inputs import TimeoutsArgs, TimeoutsArgsDict


@pulumi.input_type
class _RuntimeConcurrencyProps(Props):
    """What is sent to the engine for a `RuntimeConcurrency`."""

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
    @pulumi.getter(name="reservedConcurrency")
    def reserved_concurrency(self) -> Optional[pulumi.Input[int]]:
        """Instances the runtime may have at most, provisioned and on-demand ones together; they
        are kept free for it. 0 blocks all calls. At most 90 % of the region's quota.
        """
        return pulumi.get(self, "reserved_concurrency")  # type: ignore[no-any-return]


class RuntimeConcurrency(AgentRunResource, module="agentrun", name="RuntimeConcurrency"):
    """The most instances a runtime may have at a time, reserved for it."""

    def __init__(
        self,
        resource_name: str,
        opts: Optional[pulumi.ResourceOptions] = None,
        *,
        runtime_id: pulumi.Input[str],
        reserved_concurrency: pulumi.Input[int],
        region: Optional[pulumi.Input[str]] = None,
        account_id: Optional[pulumi.Input[str]] = None,
        profile: Optional[pulumi.Input[str]] = None,
        timeouts: Optional[pulumi.Input[Union[TimeoutsArgs, TimeoutsArgsDict]]] = None,
        adopt: Optional[pulumi.Input[bool]] = None,
        deletion_policy: Optional[pulumi.Input[str]] = None,
    ) -> None:
        """Declare a RuntimeConcurrency.

        Args:
            resource_name: Name in the stack.
            opts: Pulumi's options.
            runtime_id: Id of the runtime, `runtime.id`. A change replaces the resource: the
                setting belongs to one runtime.
            reserved_concurrency: Instances the runtime may have at most, provisioned and on-
                demand ones together; they are kept free for it. 0 blocks all calls. At most 90
                % of the region's quota.
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
        """
        props = _RuntimeConcurrencyProps(
            runtime_id=runtime_id,
            reserved_concurrency=reserved_concurrency,
            region=region,
            account_id=account_id,
            profile=profile,
            timeouts=timeouts,
            adopt=adopt,
            deletion_policy=deletion_policy,
        )
        super().__init__(
            "RuntimeConcurrency",
            resource_name,
            props,
            outputs=("function_name", "function_arn"),
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
    @pulumi.getter(name="reservedConcurrency")
    def reserved_concurrency(self) -> pulumi.Output[int]:
        """Instances the runtime may have at most, provisioned and on-demand ones together; they
        are kept free for it. 0 blocks all calls. At most 90 % of the region's quota.
        """
        return pulumi.get(self, "reserved_concurrency")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="functionName")
    def function_name(self) -> pulumi.Output[str]:
        """Function behind the runtime, `agentrun-{id}`."""
        return self._following("function_name", "agentrun-{id}")

    @property
    @pulumi.getter(name="functionArn")
    def function_arn(self) -> pulumi.Output[Optional[str]]:
        """ARN of that function."""
        return pulumi.get(self, "function_arn")  # type: ignore[no-any-return]
