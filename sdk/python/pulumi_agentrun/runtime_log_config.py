"""RuntimeLogConfig: where the output of a runtime goes, for a runtime that leaves it unset.

Written by `python -m agentrun_provider.sdk_source`; do not edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional, Union

import pulumi

from . import outputs
from ._fingerprint import fingerprint_of
from ._resource import AgentRunResource, Props
from .inputs import TimeoutsArgs, TimeoutsArgsDict


@pulumi.input_type
class _RuntimeLogConfigProps(Props):
    """What is sent to the engine for a `RuntimeLogConfig`."""

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
        """Id of the runtime, `runtime.id`; its own `log` must stay unset."""
        return pulumi.get(self, "runtime_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def project(self) -> Optional[pulumi.Input[str]]:
        """Log project; must exist. Excludes `auto`."""
        return pulumi.get(self, "project")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def logstore(self) -> Optional[pulumi.Input[str]]:
        """Logstore of the project; must exist. Excludes `auto`."""
        return pulumi.get(self, "logstore")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def auto(self) -> Optional[pulumi.Input[bool]]:
        """Use `default-logs` of the project `aliyun-serverless-{account}-{region}`, and make
        project, logstore and index as far as they are missing. By default they are never
        deleted.
        """
        return pulumi.get(self, "auto")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="deleteOnDestroy")
    def delete_on_destroy(self) -> Optional[pulumi.Input[bool]]:
        """With `auto`: delete what was made, with all logs in it, once nothing else uses it.
        Default: it is left, and so is whatever existed before.
        """
        return pulumi.get(self, "delete_on_destroy")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="declaredByRuntime")
    def declared_by_runtime(self) -> Optional[pulumi.Input[Sequence[pulumi.Input[str]]]]:
        """Fields of the part that the runtime's own resource declares."""
        return pulumi.get(self, "declared_by_runtime")  # type: ignore[no-any-return]


class RuntimeLogConfig(AgentRunResource, module="agentrun", name="RuntimeLogConfig"):
    """Where the output of a runtime goes, for a runtime that leaves it unset."""

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
        project: Optional[pulumi.Input[str]] = None,
        logstore: Optional[pulumi.Input[str]] = None,
        auto: Optional[pulumi.Input[bool]] = None,
        delete_on_destroy: Optional[pulumi.Input[bool]] = None,
    ) -> None:
        """Declare a RuntimeLogConfig.

        Args:
            resource_name: Name in the stack.
            opts: Pulumi's options.
            runtime_id: Id of the runtime, `runtime.id`; its own `log` must stay unset. A change
                replaces the resource: the log target belongs to one runtime.
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
            project: Log project; must exist. Excludes `auto`.
            logstore: Logstore of the project; must exist. Excludes `auto`.
            auto: Use `default-logs` of the project `aliyun-serverless-{account}-{region}`, and
                make project, logstore and index as far as they are missing. By default they are
                never deleted.
            delete_on_destroy: With `auto`: delete what was made, with all logs in it, once
                nothing else uses it. Default: it is left, and so is whatever existed before.
        """
        props = _RuntimeLogConfigProps(
            runtime_id=runtime_id,
            region=region,
            account_id=account_id,
            profile=profile,
            timeouts=timeouts,
            adopt=adopt,
            deletion_policy=deletion_policy,
            project=project,
            logstore=logstore,
            auto=auto,
            delete_on_destroy=delete_on_destroy,
        )
        super().__init__(
            "RuntimeLogConfig",
            resource_name,
            props,
            outputs=("log_project", "log_store", "created"),
            secrets=(),
            parts=("log",),
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
        """Id of the runtime, `runtime.id`; its own `log` must stay unset."""
        return pulumi.get(self, "runtime_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def project(self) -> pulumi.Output[Optional[str]]:
        """Log project; must exist. Excludes `auto`."""
        return pulumi.get(self, "project")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def logstore(self) -> pulumi.Output[Optional[str]]:
        """Logstore of the project; must exist. Excludes `auto`."""
        return pulumi.get(self, "logstore")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def auto(self) -> pulumi.Output[Optional[bool]]:
        """Use `default-logs` of the project `aliyun-serverless-{account}-{region}`, and make
        project, logstore and index as far as they are missing. By default they are never
        deleted.
        """
        return pulumi.get(self, "auto")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="deleteOnDestroy")
    def delete_on_destroy(self) -> pulumi.Output[Optional[bool]]:
        """With `auto`: delete what was made, with all logs in it, once nothing else uses it.
        Default: it is left, and so is whatever existed before.
        """
        return pulumi.get(self, "delete_on_destroy")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="logProject")
    def log_project(self) -> pulumi.Output[str]:
        """Log project in use, also with `auto`."""
        return pulumi.get(self, "log_project")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="logStore")
    def log_store(self) -> pulumi.Output[str]:
        """Logstore in use, also with `auto`."""
        return pulumi.get(self, "log_store")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def created(self) -> pulumi.Output[Optional[Sequence[str]]]:
        """What of `project`, `logstore` and `index` this stack made."""
        return pulumi.get(self, "created")  # type: ignore[no-any-return]

    @property
    def fingerprint(self) -> pulumi.Output[str]:
        """Hash of the configuration and code, known at preview; give it to a
        `RuntimeVersion` to have one published whenever either changes.
        """
        return fingerprint_of(
            self,
            (
                "project",
                "logstore",
            ),
            (),
        )
