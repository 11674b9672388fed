"""Objects nested in the inputs of two or more kinds, or too large to stand inside one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ..fields import (
    Computed,
    Internal,
    Local,
    MaybeUnknown,
    Problem,
    Secret,
    Shape,
    Unordered,
    Wire,
    WriteOnly,
    absent,
    given,
)
from ..unknown import UNKNOWN

Text = Annotated[str, MaybeUnknown]

VPC_ID = r"^vpc-[a-z0-9]+$"
VSWITCH_ID = r"^vsw-[a-z0-9]+$"
SECURITY_GROUP_ID = r"^sg-[a-z0-9]+$"
LOG_PROJECT = r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$"

Language = Literal[
    "python3.10", "python3.12", "nodejs18", "nodejs20", "java8", "java11", "java17", "custom"
]


PYTHON_LANGUAGES = ("python3.10", "python3.12")


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Code(Shape):
    """Where the agent's code comes from: a local folder or package, or an object in OSS."""

    language: Language = Field(
        description="Runtime of the code. The service decides what it supports; `custom` starts "
        "`command` without a language runtime.",
    )
    command: list[Text] | None = Field(
        None, description="Command that starts the agent, for instance `[python3, app.py]`."
    )
    src: Annotated[str | None, Local()] = Field(
        None,
        min_length=1,
        description="Folder, file, `.zip` or `.jar` with the code, relative to the program's "
        "folder. Left out of the package: what `.arignore` and `.fcignore` name, `.env` files, "
        "`.git`, virtual environments and caches. Excludes `oss_bucket_name` and "
        "`oss_object_name`.",
    )
    requirements: Annotated[str | None, Local()] = Field(
        None,
        min_length=1,
        description="List of Python packages, relative to `src`, for instance `requirements.txt`; "
        "`pyproject.toml` stands for the dependencies that it declares. "
        "They are installed for the runtime's Linux and Python into `python/` of the package, "
        "which the running agent has on its path; `src` stays as it is. Only wheels are taken; "
        "with hashes in the list, only those. An unchanged list is not installed again.",
    )
    build: Annotated[list[Text] | None, Local(), BeforeValidator(_as_list)] = Field(
        None,
        min_length=1,
        description="Command that is run in `src` before it is packed: one text for the shell, "
        "such as `npm ci && npm run build`, or a list of program and arguments. It runs when the "
        "command or a file of `src` changed that git does not ignore, and does not see the keys "
        "of the deployment.",
    )
    oss_bucket_name: str | None = Field(
        None, min_length=1, description="Bucket of a package in OSS; needs `oss_object_name`."
    )
    oss_object_name: str | None = Field(
        None, min_length=1, description="Key of a package in OSS; needs `oss_bucket_name`."
    )
    checksum: str | None = Field(
        None,
        pattern=r"^[0-9]{1,20}$",
        description="CRC-64 of the OSS object as a decimal number. Set it to have a changed "
        "object under the same key noticed. Only with an OSS object; a local package gets its own.",
    )
    content_hash: Annotated[str | None, Computed()] = Field(
        None,
        description="Hash of the package's content (names, contents, execute bits) and, with "
        "`requirements` or `build`, of what the rest is made from; filled in at preview. Time "
        "stamps do not count.",
    )

    def rules(self) -> Iterator[Problem]:
        pair = (self.oss_bucket_name, self.oss_object_name)
        if given(self.src):
            if any(map(given, pair)):
                yield Problem((), "takes either src or an OSS object, not both")
            if given(self.checksum):
                yield Problem(("checksum",), "is for OSS objects; a local package gets its own")
        elif absent(self.src) and all(map(absent, pair)):
            yield Problem((), "needs src, or oss_bucket_name and oss_object_name")
        elif given(pair[0]) and absent(pair[1]):
            yield Problem(("oss_object_name",), "is required with oss_bucket_name")
        elif given(pair[1]) and absent(pair[0]):
            yield Problem(("oss_bucket_name",), "is required with oss_object_name")
        for name in ("requirements", "build"):
            if given(getattr(self, name)) and absent(self.src):
                yield Problem((), f"takes {name} only with a folder given as src")
        foreign = given(self.language) and self.language not in PYTHON_LANGUAGES
        if given(self.requirements) and foreign:
            words = " and ".join(PYTHON_LANGUAGES)
            yield Problem(
                ("requirements",), f"is for {words}; other languages take a build command"
            )


class RegistryAuth(Shape):
    """User and password of an image registry."""

    user_name: str = Field(description="User of the registry.")
    password: Annotated[str, Secret(), WriteOnly()] = Field(
        description="Password of the registry; kept encrypted in the state."
    )


class RegistryCert(Shape):
    """How the registry's certificate is checked."""

    insecure: bool | None = Field(None, description="Accept any certificate.")
    root_ca_cert_base64: Annotated[str | None, Wire("rootCaCertBase64")] = Field(
        None, description="Certificate of the registry's own authority, base64."
    )


class RegistryNetwork(Shape):
    """The network in which the registry is reached."""

    vpc_id: str = Field(pattern=VPC_ID, description="VPC of the registry.")
    # The service spells this one with a capital S, unlike the runtime's own network.
    vswitch_id: Annotated[str, Wire("vSwitchId")] = Field(
        pattern=VSWITCH_ID, description="vSwitch of the registry."
    )
    security_group_id: str = Field(
        pattern=SECURITY_GROUP_ID, description="Security group of the registry."
    )


class Registry(Shape):
    """Access to an image registry other than Alibaba Cloud's own."""

    auth: Annotated[RegistryAuth | None, Wire("authConfig")] = Field(
        None, description="User and password."
    )
    cert: Annotated[RegistryCert | None, Wire("certConfig")] = Field(
        None, description="Certificate checks."
    )
    network: Annotated[RegistryNetwork | None, Wire("networkConfig")] = Field(
        None, description="Network in which the registry is reached."
    )


class Container(Shape):
    """The image the agent runs from."""

    image: str = Field(
        min_length=1,
        description="Image with tag or digest. A digest is what makes a version repeatable: under "
        "a tag such as `latest` every version runs the newest image.",
    )
    command: list[Text] | None = Field(None, description="Command that starts the agent.")
    port: int | None = Field(None, ge=1, le=65535, description="Port the container listens on.")
    image_registry_type: Literal["ACR", "ACREE", "CUSTOM"] | None = Field(
        None, description="Kind of registry: `ACR`, `ACREE` (enterprise) or `CUSTOM`."
    )
    acr_instance_id: str | None = Field(
        None, description="Registry instance; required with `ACREE`."
    )
    registry: Annotated[Registry | None, Wire("registryConfig")] = Field(
        None, description="Access to a `CUSTOM` registry."
    )

    def rules(self) -> Iterator[Problem]:
        if self.image_registry_type == "ACREE" and absent(self.acr_instance_id):
            yield Problem(("acr_instance_id",), "is required with image_registry_type ACREE")


DeclaredByRuntime = Annotated[list[Text] | None, Internal()]
"""Handed over by the SDK: which fields of a part the program's own `Runtime` declares as well."""


def managed_twice(declared: Any) -> Iterator[Problem]:
    """The problem of a part that the runtime's own resource declares, too."""
    if isinstance(declared, list) and declared:
        names = " and ".join(map(str, declared))
        yield Problem(
            ("runtime_id",), f"is of a Runtime that declares {names} itself: use one of the two"
        )


class Vpc(Shape):
    """The VPC the instances run in."""

    vpc_id: str = Field(pattern=VPC_ID, description="Id of the VPC.")
    vswitch_ids: Annotated[
        list[Annotated[str, Field(pattern=VSWITCH_ID), MaybeUnknown]], Unordered()
    ] = Field(min_length=1, description="vSwitches; instances are spread over them.")
    security_group_id: str = Field(
        pattern=SECURITY_GROUP_ID, description="Security group of the instances."
    )


class LogTarget(Shape):
    """A logstore of the log service (SLS): one that is named, or the account's own with `auto`."""

    project: str | None = Field(
        None, pattern=LOG_PROJECT, description="Log project; must exist. Excludes `auto`."
    )
    logstore: str | None = Field(
        None,
        min_length=2,
        max_length=63,
        description="Logstore of the project; must exist. Excludes `auto`.",
    )
    auto: Annotated[bool | None, Local()] = Field(
        None,
        description="Use `default-logs` of the project `aliyun-serverless-{account}-{region}`, "
        "and make project, logstore and index as far as they are missing. By default they are "
        "never deleted.",
    )

    def rules(self) -> Iterator[Problem]:
        pair = {"project": self.project, "logstore": self.logstore}
        auto: Any = self.auto
        if auto is True:
            for name, value in pair.items():
                if given(value):
                    yield Problem((name,), "excludes auto: use one of the two")
        elif auto is UNKNOWN:
            return
        elif all(absent(value) for value in pair.values()):
            yield Problem(("project",), "and logstore are required, or auto")
        else:
            for name, value in pair.items():
                if absent(value):
                    yield Problem((name,), "is required with the other of project and logstore")


class Log(LogTarget):
    """Where the agent's output goes in the log service (SLS)."""


class HealthCheck(Shape):
    """How the service decides whether an instance is healthy."""

    http_get_url: str | None = Field(
        None, pattern=r"^/", description="Path that is requested, for instance `/health`."
    )
    initial_delay_seconds: int | None = Field(
        None, ge=0, le=300, description="Seconds before the first request (0 to 300)."
    )
    period_seconds: int | None = Field(
        None, ge=1, le=300, description="Seconds between two requests (1 to 300)."
    )
    timeout_seconds: int | None = Field(
        None, ge=1, le=60, description="Seconds one request may take (1 to 60)."
    )
    failure_threshold: int | None = Field(
        None, ge=1, le=10, description="Failures in a row that make it unhealthy (1 to 10)."
    )
    success_threshold: int | None = Field(
        None, ge=1, le=10, description="Successes in a row that make it healthy (1 to 10)."
    )


class ProtocolSetting(Shape):
    """One protocol that the agent speaks."""

    type: str = Field(min_length=1, description="Marker of the protocol; unique in the list.")
    name: str | None = Field(None, description="Name for display.")
    config: str | None = Field(
        None, description="Settings as JSON text; preferred over the single fields below."
    )
    path: str | None = Field(None, description="Path of the route.")
    path_prefix: str | None = Field(None, description="Prefix of the route.")
    method: str | None = Field(None, description="HTTP method of the route.")
    headers: str | None = Field(None, description="Headers of the route.")
    request_content_type: str | None = Field(None, description="Content type of requests.")
    response_content_type: str | None = Field(None, description="Content type of replies.")
    input_body_json_schema: str | None = Field(None, description="JSON schema of requests.")
    output_body_json_schema: str | None = Field(None, description="JSON schema of replies.")
    a2a_agent_card: Annotated[str | None, Wire("a2aAgentCard")] = Field(
        None, description="A2A agent card as JSON text."
    )
    a2a_agent_card_url: Annotated[str | None, Wire("a2aAgentCardUrl")] = Field(
        None, description="Address of the A2A agent card."
    )


class Protocol(Shape):
    """The protocols that the agent speaks."""

    type: Literal["HTTP", "HTTPS", "MCP", "SUPER_AGENT"] = Field(
        "HTTP", description="Main protocol of the agent."
    )
    settings: Annotated[
        list[Annotated[ProtocolSetting, MaybeUnknown]] | None, Wire("protocolSettings")
    ] = Field(None, description="Protocols in detail.")


class NasMount(Shape):
    """One NAS file system mounted into the instances."""

    server_addr: str = Field(
        pattern=r"^[^:]+:/.*$", description="Address and path, `<mount target>:/<path>`."
    )
    mount_dir: str = Field(pattern=r"^/", description="Folder of the instance it is mounted at.")
    enable_tls: Annotated[bool | None, Wire("enableTLS")] = Field(
        None, description="Encrypt the connection."
    )


class Nas(Shape):
    """NAS file systems mounted into the instances; they are reached through `vpc`."""

    mount_points: list[Annotated[NasMount, MaybeUnknown]] = Field(
        min_length=1, max_length=5, description="File systems, at most 5."
    )
    user_id: int | None = Field(None, ge=-1, description="Owner of written files.")
    group_id: int | None = Field(None, ge=-1, description="Group of written files.")


class OssMountPoint(Shape):
    """One bucket mounted into the instances."""

    bucket_name: str = Field(min_length=3, max_length=63, description="Name of the bucket.")
    mount_dir: str = Field(pattern=r"^/", description="Folder of the instance it is mounted at.")
    bucket_path: str | None = Field(None, description="Path inside the bucket.")
    endpoint: str | None = Field(None, description="OSS endpoint of the bucket.")
    read_only: bool | None = Field(None, description="Mount without write access.")


class OssMount(Shape):
    """Buckets mounted into the instances."""

    mount_points: list[Annotated[OssMountPoint, MaybeUnknown]] = Field(
        min_length=1, max_length=5, description="Buckets, at most 5."
    )


class Arms(Shape):
    """Tracing with ARMS."""

    enable: Annotated[bool | None, Wire("enableArms")] = Field(
        None, description="Switch tracing on."
    )
    license_key: Annotated[str | None, Secret(), Wire("armsLicenseKey")] = Field(
        None, description="License key of ARMS; kept encrypted in the state."
    )
    cms_workspace: str | None = Field(None, description="Workspace of the monitoring service.")


Duration = Annotated[str, Field(pattern=r"^[1-9][0-9]*(s|m|h)$")]


class Timeouts(Shape):
    """How long one operation may take in all, as `90s`, `15m` or `1h`."""

    create: Duration | None = Field(None, description="For creating; default `15m`.")
    update: Duration | None = Field(None, description="For updating; default `15m`.")
    delete: Duration | None = Field(None, description="For deleting; default `15m`.")
