"""RuntimeVersion: a numbered snapshot of a runtime, published when the runtime changed.

Written by `python -m agentrun_provider.sdk_source`; do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional, Union

import pulumi

from . import outputs
from ._resource import AgentRunResource, Props
from .inputs import TimeoutsArgs, TimeoutsArgsDict


@pulumi.input_type
class _RuntimeVersionProps(Props):
    """What is sent to the engine for a `RuntimeVersion`."""

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
    def fingerprint(self) -> Optional[pulumi.Input[str]]:
        """What the version is a snapshot of, `runtime.fingerprint`: whenever it changes, another
        version is published.
        """
        return pulumi.get(self, "fingerprint")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def triggers(self) -> Optional[pulumi.Input[Mapping[str, pulumi.Input[str]]]]:
        """Further reasons to publish, by any name, for instance `{"network":
        vpc_config.fingerprint}`. One of `fingerprint` and `triggers` is required.
        """
        return pulumi.get(self, "triggers")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def description(self) -> Optional[pulumi.Input[str]]:
        """What the version is. In the service a mark of what was published follows it."""
        return pulumi.get(self, "description")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def publisher(self) -> Optional[pulumi.Input[str]]:
        """Who publishes it. Never returned, so drift of it is not seen."""
        return pulumi.get(self, "publisher")  # type: ignore[no-any-return]


class RuntimeVersion(AgentRunResource, module="agentrun", name="RuntimeVersion"):
    """A numbered snapshot of a runtime, published when the runtime changed."""

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
        fingerprint: Optional[pulumi.Input[str]] = None,
        triggers: Optional[pulumi.Input[Mapping[str, pulumi.Input[str]]]] = None,
        description: Optional[pulumi.Input[str]] = None,
        publisher: Optional[pulumi.Input[str]] = None,
    ) -> None:
        """Declare a RuntimeVersion.

        Args:
            resource_name: Name in the stack.
            opts: Pulumi's options.
            runtime_id: Id of the runtime, `runtime.id`. A change replaces the resource: a
                version belongs to one runtime.
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
            fingerprint: What the version is a snapshot of, `runtime.fingerprint`: whenever it
                changes, another version is published. A change replaces the resource: a version
                is a snapshot of the runtime.
            triggers: Further reasons to publish, by any name, for instance `{"network":
                vpc_config.fingerprint}`. One of `fingerprint` and `triggers` is required. A
                change replaces the resource: a changed trigger asks for another version.
            description: What the version is. In the service a mark of what was published
                follows it. A change replaces the resource: a version is fixed once it is
                published.
            publisher: Who publishes it. Never returned, so drift of it is not seen. A change
                replaces the resource: a version is fixed once it is published.
        """
        props = _RuntimeVersionProps(
            runtime_id=runtime_id,
            region=region,
            account_id=account_id,
            profile=profile,
            timeouts=timeouts,
            adopt=adopt,
            deletion_policy=deletion_policy,
            fingerprint=fingerprint,
            triggers=triggers,
            description=description,
            publisher=publisher,
        )
        super().__init__(
            "RuntimeVersion",
            resource_name,
            props,
            outputs=("version", "previous_version", "published_at"),
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
    def fingerprint(self) -> pulumi.Output[Optional[str]]:
        """What the version is a snapshot of, `runtime.fingerprint`: whenever it changes, another
        version is published.
        """
        return pulumi.get(self, "fingerprint")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def triggers(self) -> pulumi.Output[Optional[Mapping[str, str]]]:
        """Further reasons to publish, by any name, for instance `{"network":
        vpc_config.fingerprint}`. One of `fingerprint` and `triggers` is required.
        """
        return pulumi.get(self, "triggers")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def description(self) -> pulumi.Output[Optional[str]]:
        """What the version is. In the service a mark of what was published follows it."""
        return pulumi.get(self, "description")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def publisher(self) -> pulumi.Output[Optional[str]]:
        """Who publishes it. Never returned, so drift of it is not seen."""
        return pulumi.get(self, "publisher")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def version(self) -> pulumi.Output[str]:
        """Number of the version, as text."""
        return self._following("version", "{own_id}")

    @property
    @pulumi.getter(name="previousVersion")
    def previous_version(self) -> pulumi.Output[Optional[str]]:
        """Number of the version before it, if there is one."""
        return pulumi.get(self, "previous_version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="publishedAt")
    def published_at(self) -> pulumi.Output[Optional[str]]:
        """Time of publication, ISO 8601."""
        return pulumi.get(self, "published_at")  # type: ignore[no-any-return]
