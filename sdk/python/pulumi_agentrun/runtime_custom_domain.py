"""RuntimeCustomDomain: a domain of your own that leads to a runtime.

Written by `python -m agentrun_provider.sdk_source`; do not edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional, Union

import pulumi

from . import outputs
from ._resource import AgentRunResource, Props
from .inputs import (
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
    TimeoutsArgs,
    TimeoutsArgsDict,
)


@pulumi.input_type
class _RuntimeCustomDomainProps(Props):
    """What is sent to the engine for a `RuntimeCustomDomain`."""

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
    @pulumi.getter(name="domainName")
    def domain_name(self) -> Optional[pulumi.Input[str]]:
        """Domain of your own; `*.example.com` takes all below it. It must have a CNAME record to
        `{account}.{region}.fc.aliyuncs.com` before it can be used.
        """
        return pulumi.get(self, "domain_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def protocol(self) -> Optional[pulumi.Input[str]]:
        """`HTTP`, `HTTPS` or `HTTP,HTTPS`; default: HTTPS with a `cert_config`, else HTTP. What
        other routes of the domain need stays on.
        """
        return pulumi.get(self, "protocol")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def route(self) -> Optional[pulumi.Input[Union[DomainRouteArgs, DomainRouteArgsDict]]]:
        """The one route to the runtime; default: everything, to `LATEST`."""
        return pulumi.get(self, "route")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def routes(
        self,
    ) -> Optional[
        pulumi.Input[Sequence[pulumi.Input[Union[DomainRouteArgs, DomainRouteArgsDict]]]]
    ]:
        """Several routes to the runtime, in place of `route`."""
        return pulumi.get(self, "routes")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="certConfig")
    def cert_config(self) -> Optional[pulumi.Input[Union[DomainCertArgs, DomainCertArgsDict]]]:
        """Certificate; unset: the one that the domain has."""
        return pulumi.get(self, "cert_config")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="tlsConfig")
    def tls_config(self) -> Optional[pulumi.Input[Union[DomainTlsArgs, DomainTlsArgsDict]]]:
        """TLS versions; unset: left as they are."""
        return pulumi.get(self, "tls_config")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="authConfig")
    def auth_config(self) -> Optional[pulumi.Input[Union[DomainAuthArgs, DomainAuthArgsDict]]]:
        """Authentication of callers; unset: left as it is."""
        return pulumi.get(self, "auth_config")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="wafConfig")
    def waf_config(self) -> Optional[pulumi.Input[Union[DomainWafArgs, DomainWafArgsDict]]]:
        """Firewall; unset: left as it is."""
        return pulumi.get(self, "waf_config")  # type: ignore[no-any-return]


class RuntimeCustomDomain(AgentRunResource, module="agentrun", name="RuntimeCustomDomain"):
    """A domain of your own that leads to a runtime."""

    def __init__(
        self,
        resource_name: str,
        opts: Optional[pulumi.ResourceOptions] = None,
        *,
        runtime_id: pulumi.Input[str],
        domain_name: pulumi.Input[str],
        region: Optional[pulumi.Input[str]] = None,
        account_id: Optional[pulumi.Input[str]] = None,
        profile: Optional[pulumi.Input[str]] = None,
        timeouts: Optional[pulumi.Input[Union[TimeoutsArgs, TimeoutsArgsDict]]] = None,
        adopt: Optional[pulumi.Input[bool]] = None,
        deletion_policy: Optional[pulumi.Input[str]] = None,
        protocol: Optional[pulumi.Input[str]] = None,
        route: Optional[pulumi.Input[Union[DomainRouteArgs, DomainRouteArgsDict]]] = None,
        routes: Optional[
            pulumi.Input[Sequence[pulumi.Input[Union[DomainRouteArgs, DomainRouteArgsDict]]]]
        ] = None,
        cert_config: Optional[pulumi.Input[Union[DomainCertArgs, DomainCertArgsDict]]] = None,
        tls_config: Optional[pulumi.Input[Union[DomainTlsArgs, DomainTlsArgsDict]]] = None,
        auth_config: Optional[pulumi.Input[Union[DomainAuthArgs, DomainAuthArgsDict]]] = None,
        waf_config: Optional[pulumi.Input[Union[DomainWafArgs, DomainWafArgsDict]]] = None,
    ) -> None:
        """Declare a RuntimeCustomDomain.

        Args:
            resource_name: Name in the stack.
            opts: Pulumi's options.
            runtime_id: Id of the runtime, `runtime.id`.
            domain_name: Domain of your own; `*.example.com` takes all below it. It must have a
                CNAME record to `{account}.{region}.fc.aliyuncs.com` before it can be used. A
                change replaces the resource: the resource is this domain's routes.
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
            protocol: `HTTP`, `HTTPS` or `HTTP,HTTPS`; default: HTTPS with a `cert_config`, else
                HTTP. What other routes of the domain need stays on.
            route: The one route to the runtime; default: everything, to `LATEST`.
            routes: Several routes to the runtime, in place of `route`.
            cert_config: Certificate; unset: the one that the domain has.
            tls_config: TLS versions; unset: left as they are.
            auth_config: Authentication of callers; unset: left as it is.
            waf_config: Firewall; unset: left as it is.
        """
        props = _RuntimeCustomDomainProps(
            runtime_id=runtime_id,
            domain_name=domain_name,
            region=region,
            account_id=account_id,
            profile=profile,
            timeouts=timeouts,
            adopt=adopt,
            deletion_policy=deletion_policy,
            protocol=protocol,
            route=route,
            routes=routes,
            cert_config=cert_config,
            tls_config=tls_config,
            auth_config=auth_config,
            waf_config=waf_config,
        )
        super().__init__(
            "RuntimeCustomDomain",
            resource_name,
            props,
            outputs=("url", "served_protocol", "cname"),
            secrets=(("cert_config", "private_key"), ("auth_config", "auth_info")),
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
    @pulumi.getter(name="domainName")
    def domain_name(self) -> pulumi.Output[str]:
        """Domain of your own; `*.example.com` takes all below it. It must have a CNAME record to
        `{account}.{region}.fc.aliyuncs.com` before it can be used.
        """
        return pulumi.get(self, "domain_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def protocol(self) -> pulumi.Output[Optional[str]]:
        """`HTTP`, `HTTPS` or `HTTP,HTTPS`; default: HTTPS with a `cert_config`, else HTTP. What
        other routes of the domain need stays on.
        """
        return pulumi.get(self, "protocol")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def route(self) -> pulumi.Output[Optional[outputs.DomainRoute]]:
        """The one route to the runtime; default: everything, to `LATEST`."""
        return pulumi.get(self, "route")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def routes(self) -> pulumi.Output[Optional[Sequence[outputs.DomainRoute]]]:
        """Several routes to the runtime, in place of `route`."""
        return pulumi.get(self, "routes")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="certConfig")
    def cert_config(self) -> pulumi.Output[Optional[outputs.DomainCert]]:
        """Certificate; unset: the one that the domain has."""
        return pulumi.get(self, "cert_config")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="tlsConfig")
    def tls_config(self) -> pulumi.Output[Optional[outputs.DomainTls]]:
        """TLS versions; unset: left as they are."""
        return pulumi.get(self, "tls_config")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="authConfig")
    def auth_config(self) -> pulumi.Output[Optional[outputs.DomainAuth]]:
        """Authentication of callers; unset: left as it is."""
        return pulumi.get(self, "auth_config")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="wafConfig")
    def waf_config(self) -> pulumi.Output[Optional[outputs.DomainWaf]]:
        """Firewall; unset: left as it is."""
        return pulumi.get(self, "waf_config")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def url(self) -> pulumi.Output[Optional[str]]:
        """Address of the domain, `https://agents.example.com`."""
        return pulumi.get(self, "url")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="servedProtocol")
    def served_protocol(self) -> pulumi.Output[Optional[str]]:
        """Protocols of the whole domain, also for other routes."""
        return pulumi.get(self, "served_protocol")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def cname(self) -> pulumi.Output[Optional[str]]:
        """What the domain's CNAME record must point to."""
        return pulumi.get(self, "cname")  # type: ignore[no-any-return]
