"""Runtime: an agent's code or image with its size, network, role and logs.

Written by `python -m agentrun_provider.sdk_source`; do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

import pulumi

from . import outputs
from ._fingerprint import fingerprint_of
from ._resource import AgentRunResource, Props
from .inputs import (
    ArmsArgs,
    ArmsArgsDict,
    CodeArgs,
    CodeArgsDict,
    ContainerArgs,
    ContainerArgsDict,
    HealthCheckArgs,
    HealthCheckArgsDict,
    LogArgs,
    LogArgsDict,
    NasArgs,
    NasArgsDict,
    OssMountArgs,
    OssMountArgsDict,
    ProtocolArgs,
    ProtocolArgsDict,
    TimeoutsArgs,
    TimeoutsArgsDict,
    VpcArgs,
    VpcArgsDict,
)


@pulumi.input_type
class _RuntimeProps(Props):
    """What is sent to the engine for a `Runtime`."""

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
    @pulumi.getter
    def name(self) -> Optional[pulumi.Input[str]]:
        """Name of the runtime, part of its address; default: from project, stack and resource
        name.
        """
        return pulumi.get(self, "name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def description(self) -> Optional[pulumi.Input[str]]:
        """What it is for."""
        return pulumi.get(self, "description")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def code(self) -> Optional[pulumi.Input[Union[CodeArgs, CodeArgsDict]]]:
        """Code to run. Exactly one of `code` and `container`."""
        return pulumi.get(self, "code")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def container(self) -> Optional[pulumi.Input[Union[ContainerArgs, ContainerArgsDict]]]:
        """Image to run. Exactly one of `code` and `container`."""
        return pulumi.get(self, "container")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def cpu(self) -> Optional[pulumi.Input[float]]:
        """Cores (0.05 to 16)."""
        return pulumi.get(self, "cpu")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def memory(self) -> Optional[pulumi.Input[int]]:
        """Memory in MB (128 to 32768)."""
        return pulumi.get(self, "memory")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def port(self) -> Optional[pulumi.Input[int]]:
        """Port the agent listens on."""
        return pulumi.get(self, "port")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="diskSize")
    def disk_size(self) -> Optional[pulumi.Input[int]]:
        """Disk in MB, 512 or 10240."""
        return pulumi.get(self, "disk_size")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="environmentVariables")
    def environment_variables(self) -> Optional[pulumi.Input[Mapping[str, pulumi.Input[str]]]]:
        """Environment of the agent; use Pulumi secrets for secret values."""
        return pulumi.get(self, "environment_variables")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def role(self) -> Optional[pulumi.Input[str]]:
        """RAM role the agent acts as: its name, or `acs:ram::<account>:role/<name>`."""
        return pulumi.get(self, "role")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def credential(self) -> Optional[pulumi.Input[str]]:
        """Name of the AgentRun credential that guards inbound calls."""
        return pulumi.get(self, "credential")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="credentialId")
    def credential_id(self) -> Optional[pulumi.Input[str]]:
        """Id of a credential; the service takes it at creation only."""
        return pulumi.get(self, "credential_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def vpc(self) -> Optional[pulumi.Input[Union[VpcArgs, VpcArgsDict]]]:
        """VPC to run in. With neither `vpc` nor `internet_access` the network of an existing
        runtime is left as it is.
        """
        return pulumi.get(self, "vpc")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="internetAccess")
    def internet_access(self) -> Optional[pulumi.Input[bool]]:
        """Whether instances reach the internet; with a `vpc` the default is true."""
        return pulumi.get(self, "internet_access")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def log(self) -> Optional[pulumi.Input[Union[LogArgs, LogArgsDict]]]:
        """Where the output goes. Unset: left as it is."""
        return pulumi.get(self, "log")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="healthCheck")
    def health_check(self) -> Optional[pulumi.Input[Union[HealthCheckArgs, HealthCheckArgsDict]]]:
        """Health checks of the instances."""
        return pulumi.get(self, "health_check")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def protocol(self) -> Optional[pulumi.Input[Union[ProtocolArgs, ProtocolArgsDict]]]:
        """Protocols that the agent speaks."""
        return pulumi.get(self, "protocol")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def nas(self) -> Optional[pulumi.Input[Union[NasArgs, NasArgsDict]]]:
        """NAS file systems; need `vpc`."""
        return pulumi.get(self, "nas")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="ossMount")
    def oss_mount(self) -> Optional[pulumi.Input[Union[OssMountArgs, OssMountArgsDict]]]:
        """Buckets mounted into the instances."""
        return pulumi.get(self, "oss_mount")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def arms(self) -> Optional[pulumi.Input[Union[ArmsArgs, ArmsArgsDict]]]:
        """Tracing with ARMS. Never returned, so drift of it is not seen."""
        return pulumi.get(self, "arms")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="instanceConcurrency")
    def instance_concurrency(self) -> Optional[pulumi.Input[int]]:
        """Sessions one instance serves at a time (1 to 200)."""
        return pulumi.get(self, "instance_concurrency")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="sessionIdleTimeoutSeconds")
    def session_idle_timeout_seconds(self) -> Optional[pulumi.Input[int]]:
        """Seconds after which an idle session ends (60 to 86400)."""
        return pulumi.get(self, "session_idle_timeout_seconds")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="enableSessionIsolation")
    def enable_session_isolation(self) -> Optional[pulumi.Input[bool]]:
        """Give every session an instance of its own."""
        return pulumi.get(self, "enable_session_isolation")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="disableSessionAffinity")
    def disable_session_affinity(self) -> Optional[pulumi.Input[bool]]:
        """Let requests of one session go to any instance."""
        return pulumi.get(self, "disable_session_affinity")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="sessionAffinityType")
    def session_affinity_type(self) -> Optional[pulumi.Input[str]]:
        """How requests of a session find their instance."""
        return pulumi.get(self, "session_affinity_type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="headerFieldName")
    def header_field_name(self) -> Optional[pulumi.Input[str]]:
        """Header that names the session; required with `HEADER_FIELD`."""
        return pulumi.get(self, "header_field_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="disableOndemand")
    def disable_ondemand(self) -> Optional[pulumi.Input[bool]]:
        """Serve from provisioned instances only."""
        return pulumi.get(self, "disable_ondemand")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def edition(self) -> Optional[pulumi.Input[str]]:
        """Edition of the runtime."""
        return pulumi.get(self, "edition")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="externalAgentEndpointUrl")
    def external_agent_endpoint_url(self) -> Optional[pulumi.Input[str]]:
        """Address of an agent that is hosted elsewhere."""
        return pulumi.get(self, "external_agent_endpoint_url")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="resourceGroupId")
    def resource_group_id(self) -> Optional[pulumi.Input[str]]:
        """Resource group; fixed at creation."""
        return pulumi.get(self, "resource_group_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def workspace(self) -> Optional[pulumi.Input[str]]:
        """Id or name of the workspace; default: `agentrun:workspace`, else the account's default
        workspace.
        """
        return pulumi.get(self, "workspace")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="systemTags")
    def system_tags(self) -> Optional[pulumi.Input[Sequence[pulumi.Input[str]]]]:
        """Tags of the runtime, beside the one that marks its owner."""
        return pulumi.get(self, "system_tags")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def force(self) -> Optional[pulumi.Input[bool]]:
        """On deletion, end its sessions and remove the endpoints that are left, also those that
        this program did not make.
        """
        return pulumi.get(self, "force")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="forceEvictInstances")
    def force_evict_instances(self) -> Optional[pulumi.Input[bool]]:
        """End running sessions when the runtime is updated (best effort)."""
        return pulumi.get(self, "force_evict_instances")  # type: ignore[no-any-return]


class Runtime(AgentRunResource, module="agentrun", name="Runtime"):
    """An agent's code or image with its size, network, role and logs."""

    def __init__(
        self,
        resource_name: str,
        opts: Optional[pulumi.ResourceOptions] = None,
        *,
        name: Optional[pulumi.Input[str]] = None,
        region: Optional[pulumi.Input[str]] = None,
        account_id: Optional[pulumi.Input[str]] = None,
        profile: Optional[pulumi.Input[str]] = None,
        timeouts: Optional[pulumi.Input[Union[TimeoutsArgs, TimeoutsArgsDict]]] = None,
        adopt: Optional[pulumi.Input[bool]] = None,
        deletion_policy: Optional[pulumi.Input[str]] = None,
        description: Optional[pulumi.Input[str]] = None,
        code: Optional[pulumi.Input[Union[CodeArgs, CodeArgsDict]]] = None,
        container: Optional[pulumi.Input[Union[ContainerArgs, ContainerArgsDict]]] = None,
        cpu: Optional[pulumi.Input[float]] = None,
        memory: Optional[pulumi.Input[int]] = None,
        port: Optional[pulumi.Input[int]] = None,
        disk_size: Optional[pulumi.Input[int]] = None,
        environment_variables: Optional[pulumi.Input[Mapping[str, pulumi.Input[str]]]] = None,
        role: Optional[pulumi.Input[str]] = None,
        credential: Optional[pulumi.Input[str]] = None,
        credential_id: Optional[pulumi.Input[str]] = None,
        vpc: Optional[pulumi.Input[Union[VpcArgs, VpcArgsDict]]] = None,
        internet_access: Optional[pulumi.Input[bool]] = None,
        log: Optional[pulumi.Input[Union[LogArgs, LogArgsDict]]] = None,
        health_check: Optional[pulumi.Input[Union[HealthCheckArgs, HealthCheckArgsDict]]] = None,
        protocol: Optional[pulumi.Input[Union[ProtocolArgs, ProtocolArgsDict]]] = None,
        nas: Optional[pulumi.Input[Union[NasArgs, NasArgsDict]]] = None,
        oss_mount: Optional[pulumi.Input[Union[OssMountArgs, OssMountArgsDict]]] = None,
        arms: Optional[pulumi.Input[Union[ArmsArgs, ArmsArgsDict]]] = None,
        instance_concurrency: Optional[pulumi.Input[int]] = None,
        session_idle_timeout_seconds: Optional[pulumi.Input[int]] = None,
        enable_session_isolation: Optional[pulumi.Input[bool]] = None,
        disable_session_affinity: Optional[pulumi.Input[bool]] = None,
        session_affinity_type: Optional[pulumi.Input[str]] = None,
        header_field_name: Optional[pulumi.Input[str]] = None,
        disable_ondemand: Optional[pulumi.Input[bool]] = None,
        edition: Optional[pulumi.Input[str]] = None,
        external_agent_endpoint_url: Optional[pulumi.Input[str]] = None,
        resource_group_id: Optional[pulumi.Input[str]] = None,
        workspace: Optional[pulumi.Input[str]] = None,
        system_tags: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]] = None,
        force: Optional[pulumi.Input[bool]] = None,
        force_evict_instances: Optional[pulumi.Input[bool]] = None,
    ) -> None:
        """Declare a Runtime.

        Args:
            resource_name: Name in the stack.
            opts: Pulumi's options.
            name: Name of the runtime, part of its address; default: from project, stack and
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
            code: Code to run. Exactly one of `code` and `container`.
            container: Image to run. Exactly one of `code` and `container`.
            cpu: Cores (0.05 to 16). Default: 1.0.
            memory: Memory in MB (128 to 32768). Default: 2048.
            port: Port the agent listens on. Default: 9000.
            disk_size: Disk in MB, 512 or 10240.
            environment_variables: Environment of the agent; use Pulumi secrets for secret
                values.
            role: RAM role the agent acts as: its name, or `acs:ram::<account>:role/<name>`.
            credential: Name of the AgentRun credential that guards inbound calls.
            credential_id: Id of a credential; the service takes it at creation only. A change
                replaces the resource: it can be given at creation only.
            vpc: VPC to run in. With neither `vpc` nor `internet_access` the network of an
                existing runtime is left as it is.
            internet_access: Whether instances reach the internet; with a `vpc` the default is
                true.
            log: Where the output goes. Unset: left as it is.
            health_check: Health checks of the instances.
            protocol: Protocols that the agent speaks.
            nas: NAS file systems; need `vpc`.
            oss_mount: Buckets mounted into the instances.
            arms: Tracing with ARMS. Never returned, so drift of it is not seen.
            instance_concurrency: Sessions one instance serves at a time (1 to 200).
            session_idle_timeout_seconds: Seconds after which an idle session ends (60 to
                86400).
            enable_session_isolation: Give every session an instance of its own.
            disable_session_affinity: Let requests of one session go to any instance.
            session_affinity_type: How requests of a session find their instance.
            header_field_name: Header that names the session; required with `HEADER_FIELD`.
            disable_ondemand: Serve from provisioned instances only.
            edition: Edition of the runtime.
            external_agent_endpoint_url: Address of an agent that is hosted elsewhere.
            resource_group_id: Resource group; fixed at creation. A change replaces the
                resource: it can be given at creation only.
            workspace: Id or name of the workspace; default: `agentrun:workspace`, else the
                account's default workspace.
            system_tags: Tags of the runtime, beside the one that marks its owner.
            force: On deletion, end its sessions and remove the endpoints that are left, also
                those that this program did not make.
            force_evict_instances: End running sessions when the runtime is updated (best
                effort).
        """
        props = _RuntimeProps(
            name=name,
            region=region,
            account_id=account_id,
            profile=profile,
            timeouts=timeouts,
            adopt=adopt,
            deletion_policy=deletion_policy,
            description=description,
            code=code,
            container=container,
            cpu=cpu,
            memory=memory,
            port=port,
            disk_size=disk_size,
            environment_variables=environment_variables,
            role=role,
            credential=credential,
            credential_id=credential_id,
            vpc=vpc,
            internet_access=internet_access,
            log=log,
            health_check=health_check,
            protocol=protocol,
            nas=nas,
            oss_mount=oss_mount,
            arms=arms,
            instance_concurrency=instance_concurrency,
            session_idle_timeout_seconds=session_idle_timeout_seconds,
            enable_session_isolation=enable_session_isolation,
            disable_session_affinity=disable_session_affinity,
            session_affinity_type=session_affinity_type,
            header_field_name=header_field_name,
            disable_ondemand=disable_ondemand,
            edition=edition,
            external_agent_endpoint_url=external_agent_endpoint_url,
            resource_group_id=resource_group_id,
            workspace=workspace,
            system_tags=system_tags,
            force=force,
            force_evict_instances=force_evict_instances,
        )
        super().__init__(
            "Runtime",
            resource_name,
            props,
            outputs=(
                "arn",
                "version",
                "status",
                "status_reason",
                "created_at",
                "last_updated_at",
                "workspace_id",
                "log_project",
                "log_store",
                "code_checksum",
                "service_defaults",
            ),
            secrets=(("container", "registry", "auth", "password"), ("arms", "license_key")),
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
    @pulumi.getter
    def name(self) -> pulumi.Output[str]:
        """Name of the runtime, part of its address; default: from project, stack and resource
        name.
        """
        return pulumi.get(self, "name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def description(self) -> pulumi.Output[Optional[str]]:
        """What it is for."""
        return pulumi.get(self, "description")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def code(self) -> pulumi.Output[Optional[outputs.Code]]:
        """Code to run. Exactly one of `code` and `container`."""
        return pulumi.get(self, "code")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def container(self) -> pulumi.Output[Optional[outputs.Container]]:
        """Image to run. Exactly one of `code` and `container`."""
        return pulumi.get(self, "container")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def cpu(self) -> pulumi.Output[float]:
        """Cores (0.05 to 16)."""
        return pulumi.get(self, "cpu")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def memory(self) -> pulumi.Output[int]:
        """Memory in MB (128 to 32768)."""
        return pulumi.get(self, "memory")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def port(self) -> pulumi.Output[int]:
        """Port the agent listens on."""
        return pulumi.get(self, "port")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="diskSize")
    def disk_size(self) -> pulumi.Output[Optional[int]]:
        """Disk in MB, 512 or 10240."""
        return pulumi.get(self, "disk_size")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="environmentVariables")
    def environment_variables(self) -> pulumi.Output[Optional[Mapping[str, str]]]:
        """Environment of the agent; use Pulumi secrets for secret values."""
        return pulumi.get(self, "environment_variables")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def role(self) -> pulumi.Output[Optional[str]]:
        """RAM role the agent acts as: its name, or `acs:ram::<account>:role/<name>`."""
        return pulumi.get(self, "role")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def credential(self) -> pulumi.Output[Optional[str]]:
        """Name of the AgentRun credential that guards inbound calls."""
        return pulumi.get(self, "credential")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="credentialId")
    def credential_id(self) -> pulumi.Output[Optional[str]]:
        """Id of a credential; the service takes it at creation only."""
        return pulumi.get(self, "credential_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def vpc(self) -> pulumi.Output[Optional[outputs.Vpc]]:
        """VPC to run in. With neither `vpc` nor `internet_access` the network of an existing
        runtime is left as it is.
        """
        return pulumi.get(self, "vpc")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="internetAccess")
    def internet_access(self) -> pulumi.Output[Optional[bool]]:
        """Whether instances reach the internet; with a `vpc` the default is true."""
        return pulumi.get(self, "internet_access")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def log(self) -> pulumi.Output[Optional[outputs.Log]]:
        """Where the output goes. Unset: left as it is."""
        return pulumi.get(self, "log")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="healthCheck")
    def health_check(self) -> pulumi.Output[Optional[outputs.HealthCheck]]:
        """Health checks of the instances."""
        return pulumi.get(self, "health_check")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def protocol(self) -> pulumi.Output[Optional[outputs.Protocol]]:
        """Protocols that the agent speaks."""
        return pulumi.get(self, "protocol")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def nas(self) -> pulumi.Output[Optional[outputs.Nas]]:
        """NAS file systems; need `vpc`."""
        return pulumi.get(self, "nas")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="ossMount")
    def oss_mount(self) -> pulumi.Output[Optional[outputs.OssMount]]:
        """Buckets mounted into the instances."""
        return pulumi.get(self, "oss_mount")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def arms(self) -> pulumi.Output[Optional[outputs.Arms]]:
        """Tracing with ARMS. Never returned, so drift of it is not seen."""
        return pulumi.get(self, "arms")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="instanceConcurrency")
    def instance_concurrency(self) -> pulumi.Output[Optional[int]]:
        """Sessions one instance serves at a time (1 to 200)."""
        return pulumi.get(self, "instance_concurrency")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="sessionIdleTimeoutSeconds")
    def session_idle_timeout_seconds(self) -> pulumi.Output[Optional[int]]:
        """Seconds after which an idle session ends (60 to 86400)."""
        return pulumi.get(self, "session_idle_timeout_seconds")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="enableSessionIsolation")
    def enable_session_isolation(self) -> pulumi.Output[Optional[bool]]:
        """Give every session an instance of its own."""
        return pulumi.get(self, "enable_session_isolation")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="disableSessionAffinity")
    def disable_session_affinity(self) -> pulumi.Output[Optional[bool]]:
        """Let requests of one session go to any instance."""
        return pulumi.get(self, "disable_session_affinity")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="sessionAffinityType")
    def session_affinity_type(self) -> pulumi.Output[Optional[str]]:
        """How requests of a session find their instance."""
        return pulumi.get(self, "session_affinity_type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="headerFieldName")
    def header_field_name(self) -> pulumi.Output[Optional[str]]:
        """Header that names the session; required with `HEADER_FIELD`."""
        return pulumi.get(self, "header_field_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="disableOndemand")
    def disable_ondemand(self) -> pulumi.Output[Optional[bool]]:
        """Serve from provisioned instances only."""
        return pulumi.get(self, "disable_ondemand")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def edition(self) -> pulumi.Output[Optional[str]]:
        """Edition of the runtime."""
        return pulumi.get(self, "edition")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="externalAgentEndpointUrl")
    def external_agent_endpoint_url(self) -> pulumi.Output[Optional[str]]:
        """Address of an agent that is hosted elsewhere."""
        return pulumi.get(self, "external_agent_endpoint_url")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="resourceGroupId")
    def resource_group_id(self) -> pulumi.Output[Optional[str]]:
        """Resource group; fixed at creation."""
        return pulumi.get(self, "resource_group_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def workspace(self) -> pulumi.Output[Optional[str]]:
        """Id or name of the workspace; default: `agentrun:workspace`, else the account's default
        workspace.
        """
        return pulumi.get(self, "workspace")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="systemTags")
    def system_tags(self) -> pulumi.Output[Optional[Sequence[str]]]:
        """Tags of the runtime, beside the one that marks its owner."""
        return pulumi.get(self, "system_tags")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def force(self) -> pulumi.Output[Optional[bool]]:
        """On deletion, end its sessions and remove the endpoints that are left, also those that
        this program did not make.
        """
        return pulumi.get(self, "force")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="forceEvictInstances")
    def force_evict_instances(self) -> pulumi.Output[Optional[bool]]:
        """End running sessions when the runtime is updated (best effort)."""
        return pulumi.get(self, "force_evict_instances")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def arn(self) -> pulumi.Output[str]:
        """`acs:agentrun:{region}:{account}:runtimes/{id}`."""
        return self._following("arn", "acs:agentrun:{region}:{account}:runtimes/{own_id}")

    @property
    @pulumi.getter
    def version(self) -> pulumi.Output[Optional[str]]:
        """Version that the service shows."""
        return pulumi.get(self, "version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def status(self) -> pulumi.Output[str]:
        """State of the runtime, `READY` after a deployment."""
        return self._following("status", "READY")

    @property
    @pulumi.getter(name="statusReason")
    def status_reason(self) -> pulumi.Output[Optional[str]]:
        """Why it is in that state."""
        return pulumi.get(self, "status_reason")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="createdAt")
    def created_at(self) -> pulumi.Output[Optional[str]]:
        """Time of creation, ISO 8601."""
        return pulumi.get(self, "created_at")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="lastUpdatedAt")
    def last_updated_at(self) -> pulumi.Output[Optional[str]]:
        """Time of the last change, ISO 8601."""
        return pulumi.get(self, "last_updated_at")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="workspaceId")
    def workspace_id(self) -> pulumi.Output[Optional[str]]:
        """Id of the workspace it is in."""
        return pulumi.get(self, "workspace_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="logProject")
    def log_project(self) -> pulumi.Output[Optional[str]]:
        """Log project in use, also with `auto`."""
        return pulumi.get(self, "log_project")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="logStore")
    def log_store(self) -> pulumi.Output[Optional[str]]:
        """Logstore in use, also with `auto`."""
        return pulumi.get(self, "log_store")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="codeChecksum")
    def code_checksum(self) -> pulumi.Output[Optional[str]]:
        """CRC-64 of the deployed package."""
        return pulumi.get(self, "code_checksum")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="serviceDefaults")
    def service_defaults(self) -> pulumi.Output[Optional[Mapping[str, Any]]]:
        """What the service holds beyond the declared fields."""
        return pulumi.get(self, "service_defaults")  # type: ignore[no-any-return]

    @property
    def fingerprint(self) -> pulumi.Output[str]:
        """Hash of the configuration and code, known at preview; give it to a
        `RuntimeVersion` to have one published whenever either changes.
        """
        return fingerprint_of(
            self,
            (
                "description",
                "code",
                "container",
                "cpu",
                "memory",
                "port",
                "disk_size",
                "environment_variables",
                "role",
                "credential",
                "vpc",
                "internet_access",
                "log",
                "health_check",
                "protocol",
                "nas",
                "oss_mount",
                "arms",
                "instance_concurrency",
                "session_idle_timeout_seconds",
                "enable_session_isolation",
                "disable_session_affinity",
                "session_affinity_type",
                "header_field_name",
                "disable_ondemand",
                "edition",
                "external_agent_endpoint_url",
                "workspace",
                "system_tags",
            ),
            ("cpu", "memory", "port"),
        )
