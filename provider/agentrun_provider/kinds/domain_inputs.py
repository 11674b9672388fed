"""What a user declares of a runtime's domain, and what the service adds to it (section 8.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from ..fields import (
    Computed,
    Local,
    MaybeUnknown,
    Operational,
    Problem,
    Replaces,
    Secret,
    Shape,
    Unmanaged,
    Unordered,
    Wire,
    WriteOnly,
    given,
)
from ..kind import Inputs, Outputs

Method = Literal["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]
TlsVersion = Literal["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
HTTPS = ("HTTPS", "HTTP,HTTPS")

AUTO = (
    "can't be auto: that domain is granted by a service of Serverless Devs, which nothing else can "
    "ask. Give a domain of your own with a CNAME record to {account}.{region}.fc.aliyuncs.com, or "
    "the whole name of the one that was granted before (*.fc.devsapp.net)"
)
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"


class DomainRoute(Shape):
    """Which requests to a domain a runtime gets."""

    path: str = Field(
        "/*",
        pattern=r"^/",
        description="Path, `/chat`, or everything below one, `/v1/*`. No two functions can have "
        "the same.",
    )
    methods: Annotated[list[Annotated[Method, MaybeUnknown]] | None, Unordered()] = Field(
        None, description="HTTP methods; default: as the service decides."
    )
    qualifier: str = Field(
        "LATEST",
        min_length=1,
        description="Version that answers: a number, or `LATEST`, which every deployment reaches "
        "at once.",
    )


class DomainCert(Shape):
    """The certificate of a domain."""

    cert_name: str = Field(
        pattern=r"^[a-zA-Z_][a-zA-Z0-9_-]{0,127}$", description="Name of the certificate."
    )
    certificate: str = Field(min_length=1, description="Certificate with its chain, PEM.")
    private_key: Annotated[str, Secret(), WriteOnly()] = Field(
        min_length=1, description="Private key, PEM; kept encrypted in the state."
    )


class DomainTls(Shape):
    """Which TLS a domain speaks."""

    min_version: TlsVersion | None = Field(None, description="Oldest version, `TLSv1.2`.")
    max_version: TlsVersion | None = Field(None, description="Newest version, `TLSv1.3`.")
    cipher_suites: Annotated[
        list[Annotated[str, Field(min_length=1), MaybeUnknown]] | None, Unordered()
    ] = Field(None, description="Cipher suites.")


class DomainAuth(Shape):
    """How callers of a domain prove who they are."""

    auth_type: Literal["anonymous", "function", "jwt"] = Field(
        "anonymous", description="`anonymous`, `function` (signed requests) or `jwt`."
    )
    auth_info: Annotated[str | None, Secret()] = Field(
        None, description="Settings of `jwt` as JSON text; they may hold keys."
    )


class DomainWaf(Shape):
    """The web application firewall in front of a domain."""

    enable: Annotated[bool, Wire("enableWAF")] = Field(
        True, description="Whether requests pass the firewall."
    )


class CustomDomainInputs(Inputs):
    """Inputs of a runtime's domain."""

    runtime_id: Annotated[str, Local()] = Field(
        min_length=1, description="Id of the runtime, `runtime.id`."
    )
    domain_name: Annotated[str, Replaces("the resource is this domain's routes")] = Field(
        max_length=256,
        pattern=rf"^(\*\.)?({_LABEL}\.)+[a-zA-Z]{{2,63}}$|^auto$",
        description="Domain of your own; `*.example.com` takes all below it. It must have a CNAME "
        "record to `{account}.{region}.fc.aliyuncs.com` before it can be used.",
    )
    protocol: Literal["HTTP", "HTTPS", "HTTP,HTTPS"] | None = Field(
        None,
        description="`HTTP`, `HTTPS` or `HTTP,HTTPS`; default: HTTPS with a `cert_config`, else "
        "HTTP. What other routes of the domain need stays on.",
    )
    route: Annotated[DomainRoute | None, Local()] = Field(
        None, description="The one route to the runtime; default: everything, to `LATEST`."
    )
    routes: Annotated[list[Annotated[DomainRoute, MaybeUnknown]] | None, Local()] = Field(
        None, description="Several routes to the runtime, in place of `route`."
    )
    cert_config: Annotated[DomainCert | None, Unmanaged()] = Field(
        None, description="Certificate; unset: the one that the domain has."
    )
    tls_config: Annotated[DomainTls | None, Unmanaged(), Wire("tlsConfig")] = Field(
        None, description="TLS versions; unset: left as they are."
    )
    auth_config: Annotated[DomainAuth | None, Unmanaged()] = Field(
        None, description="Authentication of callers; unset: left as it is."
    )
    waf_config: Annotated[DomainWaf | None, Unmanaged()] = Field(
        None, description="Firewall; unset: left as it is."
    )
    url: Annotated[str | None, Computed(), Operational()] = Field(
        None, description="Address of the domain, `https://agents.example.com`."
    )

    def rules(self) -> Iterator[Problem]:
        if self.domain_name == "auto":
            yield Problem(("domain_name",), AUTO)
        if given(self.route) and given(self.routes):
            yield Problem(("routes",), "excludes route: use one of the two")
        seen: set[str] = set()
        for index, item in enumerate(self.routes if isinstance(self.routes, list) else ()):
            if not isinstance(item, DomainRoute) or not given(item.path):
                continue
            if item.path in seen:
                yield Problem(("routes", index, "path"), "is in the list already")
            seen.add(item.path)


class CustomDomainOutputs(Outputs):
    """What the service adds to a runtime's domain."""

    served_protocol: Annotated[str | None, Wire("protocol")] = Field(
        None, description="Protocols of the whole domain, also for other routes."
    )
    cname: Annotated[str | None, Computed()] = Field(
        None, description="What the domain's CNAME record must point to."
    )
