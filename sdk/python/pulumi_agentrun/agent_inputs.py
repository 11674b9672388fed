"""Arguments of an agent.

Written by `python -m agentrun_provider.sdk_source`; do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, TypedDict, Union

import pulumi

from .inputs import (
    ArmsArgs,
    ArmsArgsDict,
    CanaryArgs,
    CanaryArgsDict,
    CodeArgs,
    CodeArgsDict,
    ContainerArgs,
    ContainerArgsDict,
    DomainAuthArgs,
    DomainAuthArgsDict,
    DomainCertArgs,
    DomainCertArgsDict,
    DomainRouteArgs,
    DomainRouteArgsDict,
    DomainTlsArgs,
    DomainTlsArgsDict,
    DomainWafArgs,
    DomainWafArgsDict,
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
    ScalingArgs,
    ScalingArgsDict,
    SmokeArgs,
    SmokeArgsDict,
    TimeoutsArgs,
    TimeoutsArgsDict,
    VersionWeightArgs,
    VersionWeightArgsDict,
    VpcArgs,
    VpcArgsDict,
)

if TYPE_CHECKING:
    from typing_extensions import Required


class RuntimeArguments(TypedDict, total=False):
    """What a `Runtime` can be given; see there what each argument means."""

    name: Optional[pulumi.Input[str]]
    region: Optional[pulumi.Input[str]]
    account_id: Optional[pulumi.Input[str]]
    profile: Optional[pulumi.Input[str]]
    timeouts: Optional[pulumi.Input[Union[TimeoutsArgs, TimeoutsArgsDict]]]
    adopt: Optional[pulumi.Input[bool]]
    deletion_policy: Optional[pulumi.Input[str]]
    description: Optional[pulumi.Input[str]]
    code: Optional[pulumi.Input[Union[CodeArgs, CodeArgsDict]]]
    container: Optional[pulumi.Input[Union[ContainerArgs, ContainerArgsDict]]]
    cpu: Optional[pulumi.Input[float]]
    memory: Optional[pulumi.Input[int]]
    port: Optional[pulumi.Input[int]]
    disk_size: Optional[pulumi.Input[int]]
    environment_variables: Optional[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    role: Optional[pulumi.Input[str]]
    credential: Optional[pulumi.Input[str]]
    credential_id: Optional[pulumi.Input[str]]
    vpc: Optional[pulumi.Input[Union[VpcArgs, VpcArgsDict]]]
    internet_access: Optional[pulumi.Input[bool]]
    log: Optional[pulumi.Input[Union[LogArgs, LogArgsDict]]]
    health_check: Optional[pulumi.Input[Union[HealthCheckArgs, HealthCheckArgsDict]]]
    protocol: Optional[pulumi.Input[Union[ProtocolArgs, ProtocolArgsDict]]]
    nas: Optional[pulumi.Input[Union[NasArgs, NasArgsDict]]]
    oss_mount: Optional[pulumi.Input[Union[OssMountArgs, OssMountArgsDict]]]
    arms: Optional[pulumi.Input[Union[ArmsArgs, ArmsArgsDict]]]
    instance_concurrency: Optional[pulumi.Input[int]]
    session_idle_timeout_seconds: Optional[pulumi.Input[int]]
    enable_session_isolation: Optional[pulumi.Input[bool]]
    disable_session_affinity: Optional[pulumi.Input[bool]]
    session_affinity_type: Optional[pulumi.Input[str]]
    header_field_name: Optional[pulumi.Input[str]]
    disable_ondemand: Optional[pulumi.Input[bool]]
    edition: Optional[pulumi.Input[str]]
    external_agent_endpoint_url: Optional[pulumi.Input[str]]
    resource_group_id: Optional[pulumi.Input[str]]
    workspace: Optional[pulumi.Input[str]]
    system_tags: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]]
    force: Optional[pulumi.Input[bool]]
    force_evict_instances: Optional[pulumi.Input[bool]]


class AgentEndpointArgsDict(TypedDict, total=False):
    """The same as `AgentEndpointArgs`, as a dict."""

    name: Required[str]
    version: Optional[pulumi.Input[Union[str, int]]]
    description: Optional[pulumi.Input[str]]
    canary: Optional[pulumi.Input[Union[CanaryArgs, CanaryArgsDict]]]
    version_weights: Optional[
        pulumi.Input[Sequence[pulumi.Input[Union[VersionWeightArgs, VersionWeightArgsDict]]]]
    ]
    smoke: Optional[pulumi.Input[Union[SmokeArgs, SmokeArgsDict]]]
    disable_public_network_access: Optional[pulumi.Input[bool]]
    scaling: Optional[pulumi.Input[Union[ScalingArgs, ScalingArgsDict]]]


@dataclass(frozen=True, kw_only=True)
class AgentEndpointArgs:
    """One address of an agent and the version behind it."""

    name: str
    """Name of the endpoint, part of its address and of the resource's name."""

    version: Optional[pulumi.Input[Union[str, int]]] = None
    """A number pins the endpoint to that version, `LATEST` follows every deployment; default: the
    version that the agent publishes.
    """

    description: Optional[pulumi.Input[str]] = None
    """What it is for."""

    canary: Optional[pulumi.Input[Union[CanaryArgs, CanaryArgsDict]]] = None
    """Version that gets a share of the traffic; excludes `version_weights`."""

    version_weights: Optional[
        pulumi.Input[Sequence[pulumi.Input[Union[VersionWeightArgs, VersionWeightArgsDict]]]]
    ] = None
    """Shares of several versions beside the target version, which gets the rest."""

    smoke: Optional[pulumi.Input[Union[SmokeArgs, SmokeArgsDict]]] = None
    """Request that must succeed before the endpoint's traffic changes; its `url` may be the name
    of another endpoint of the agent, which is asked then.
    """

    disable_public_network_access: Optional[pulumi.Input[bool]] = None
    """Close the endpoint to the internet."""

    scaling: Optional[pulumi.Input[Union[ScalingArgs, ScalingArgsDict]]] = None
    """Instances kept ready. Never returned, so drift of it is not seen."""


class AgentReleaseArgsDict(TypedDict, total=False):
    """The same as `AgentReleaseArgs`, as a dict."""

    triggers: Optional[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    description: Optional[pulumi.Input[str]]
    publisher: Optional[pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class AgentReleaseArgs:
    """What the agent's published versions are told."""

    triggers: Optional[pulumi.Input[Mapping[str, pulumi.Input[str]]]] = None
    """Reasons to publish beside a changed runtime, by any name."""

    description: Optional[pulumi.Input[str]] = None
    """What the version is. In the service a mark of what was published follows it."""

    publisher: Optional[pulumi.Input[str]] = None
    """Who publishes it. Never returned, so drift of it is not seen."""


class AgentRolloutArgsDict(TypedDict, total=False):
    """The same as `AgentRolloutArgs`, as a dict."""

    canary_weight: Optional[pulumi.Input[float]]
    promote: Optional[pulumi.Input[bool]]
    rollback: Optional[pulumi.Input[bool]]


@dataclass(frozen=True, kw_only=True)
class AgentRolloutArgs:
    """How a new version of an agent gets its traffic."""

    canary_weight: Optional[pulumi.Input[float]] = None
    """Share of the newest version while it is not promoted; default: none."""

    promote: Optional[pulumi.Input[bool]] = None
    """Make the newest version the stable one."""

    rollback: Optional[pulumi.Input[bool]] = None
    """Give all traffic back: from a version on trial to the stable one, otherwise to the version
    that was stable before.
    """


class CustomDomainArgsDict(TypedDict, total=False):
    """The same as `CustomDomainArgs`, as a dict."""

    domain_name: Required[pulumi.Input[str]]
    protocol: Optional[pulumi.Input[str]]
    route: Optional[pulumi.Input[Union[DomainRouteArgs, DomainRouteArgsDict]]]
    routes: Optional[
        pulumi.Input[Sequence[pulumi.Input[Union[DomainRouteArgs, DomainRouteArgsDict]]]]
    ]
    cert_config: Optional[pulumi.Input[Union[DomainCertArgs, DomainCertArgsDict]]]
    tls_config: Optional[pulumi.Input[Union[DomainTlsArgs, DomainTlsArgsDict]]]
    auth_config: Optional[pulumi.Input[Union[DomainAuthArgs, DomainAuthArgsDict]]]
    waf_config: Optional[pulumi.Input[Union[DomainWafArgs, DomainWafArgsDict]]]


@dataclass(frozen=True, kw_only=True)
class CustomDomainArgs:
    """A domain of your own that leads to an agent."""

    domain_name: pulumi.Input[str]
    """Domain of your own; `*.example.com` takes all below it. It must have a CNAME record to
    `{account}.{region}.fc.aliyuncs.com` before it can be used.
    """

    protocol: Optional[pulumi.Input[str]] = None
    """`HTTP`, `HTTPS` or `HTTP,HTTPS`; default: HTTPS with a `cert_config`, else HTTP. What other
    routes of the domain need stays on.
    """

    route: Optional[pulumi.Input[Union[DomainRouteArgs, DomainRouteArgsDict]]] = None
    """The one route to the runtime; default: everything, to `LATEST`."""

    routes: Optional[
        pulumi.Input[Sequence[pulumi.Input[Union[DomainRouteArgs, DomainRouteArgsDict]]]]
    ] = None
    """Several routes to the runtime, in place of `route`."""

    cert_config: Optional[pulumi.Input[Union[DomainCertArgs, DomainCertArgsDict]]] = None
    """Certificate; unset: the one that the domain has."""

    tls_config: Optional[pulumi.Input[Union[DomainTlsArgs, DomainTlsArgsDict]]] = None
    """TLS versions; unset: left as they are."""

    auth_config: Optional[pulumi.Input[Union[DomainAuthArgs, DomainAuthArgsDict]]] = None
    """Authentication of callers; unset: left as it is."""

    waf_config: Optional[pulumi.Input[Union[DomainWafArgs, DomainWafArgsDict]]] = None
    """Firewall; unset: left as it is."""
