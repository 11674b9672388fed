"""Nested outputs.

Written by `python -m agentrun_provider.sdk_source`; do not edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

import pulumi

from . import outputs


@pulumi.output_type
class Timeouts(dict):  # type: ignore[type-arg]
    """How long one operation may take in all, as `90s`, `15m` or `1h`."""

    def __init__(
        self,
        *,
        create: Optional[str] = None,
        update: Optional[str] = None,
        delete: Optional[str] = None,
    ) -> None:
        if create is not None:
            pulumi.set(self, "create", create)
        if update is not None:
            pulumi.set(self, "update", update)
        if delete is not None:
            pulumi.set(self, "delete", delete)

    @property
    @pulumi.getter
    def create(self) -> Optional[str]:
        """For creating; default `15m`."""
        return pulumi.get(self, "create")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def update(self) -> Optional[str]:  # type: ignore[override]
        """For updating; default `15m`."""
        return pulumi.get(self, "update")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def delete(self) -> Optional[str]:
        """For deleting; default `15m`."""
        return pulumi.get(self, "delete")  # type: ignore[no-any-return]


@pulumi.output_type
class Code(dict):  # type: ignore[type-arg]
    """Where the agent's code comes from: a local folder or package, or an object in OSS."""

    def __init__(
        self,
        *,
        language: str,
        command: Optional[Sequence[str]] = None,
        src: Optional[str] = None,
        requirements: Optional[str] = None,
        build: Optional[Sequence[str]] = None,
        oss_bucket_name: Optional[str] = None,
        oss_object_name: Optional[str] = None,
        checksum: Optional[str] = None,
        content_hash: Optional[str] = None,
    ) -> None:
        pulumi.set(self, "language", language)
        if command is not None:
            pulumi.set(self, "command", command)
        if src is not None:
            pulumi.set(self, "src", src)
        if requirements is not None:
            pulumi.set(self, "requirements", requirements)
        if build is not None:
            pulumi.set(self, "build", build)
        if oss_bucket_name is not None:
            pulumi.set(self, "oss_bucket_name", oss_bucket_name)
        if oss_object_name is not None:
            pulumi.set(self, "oss_object_name", oss_object_name)
        if checksum is not None:
            pulumi.set(self, "checksum", checksum)
        if content_hash is not None:
            pulumi.set(self, "content_hash", content_hash)

    @property
    @pulumi.getter
    def language(self) -> str:
        """Runtime of the code. The service decides what it supports; `custom` starts `command`
        without a language runtime.
        """
        return pulumi.get(self, "language")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def command(self) -> Optional[Sequence[str]]:
        """Command that starts the agent, for instance `[python3, app.py]`."""
        return pulumi.get(self, "command")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def src(self) -> Optional[str]:
        """Folder, file, `.zip` or `.jar` with the code, relative to the program's folder. Left out
        of the package: what `.arignore` and `.fcignore` name, `.env` files, `.git`, virtual
        environments and caches. Excludes `oss_bucket_name` and `oss_object_name`.
        """
        return pulumi.get(self, "src")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def requirements(self) -> Optional[str]:
        """List of Python packages, relative to `src`, for instance `requirements.txt`;
        `pyproject.toml` stands for the dependencies that it declares. They are installed for
        the runtime's Linux and Python into `python/` of the package, which the running agent
        has on its path; `src` stays as it is. Only wheels are taken; with hashes in the list,
        only those. An unchanged list is not installed again.
        """
        return pulumi.get(self, "requirements")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def build(self) -> Optional[Sequence[str]]:
        """Command that is run in `src` before it is packed: one text for the shell, such as `npm
        ci && npm run build`, or a list of program and arguments. It runs when the command or a
        file of `src` changed that git does not ignore, and does not see the keys of the
        deployment.
        """
        return pulumi.get(self, "build")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="ossBucketName")
    def oss_bucket_name(self) -> Optional[str]:
        """Bucket of a package in OSS; needs `oss_object_name`."""
        return pulumi.get(self, "oss_bucket_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="ossObjectName")
    def oss_object_name(self) -> Optional[str]:
        """Key of a package in OSS; needs `oss_bucket_name`."""
        return pulumi.get(self, "oss_object_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def checksum(self) -> Optional[str]:
        """CRC-64 of the OSS object as a decimal number. Set it to have a changed object under the
        same key noticed. Only with an OSS object; a local package gets its own.
        """
        return pulumi.get(self, "checksum")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="contentHash")
    def content_hash(self) -> Optional[str]:
        """Hash of the package's content (names, contents, execute bits) and, with `requirements`
        or `build`, of what the rest is made from; filled in at preview. Time stamps do not
        count.
        """
        return pulumi.get(self, "content_hash")  # type: ignore[no-any-return]


@pulumi.output_type
class RegistryAuth(dict):  # type: ignore[type-arg]
    """User and password of an image registry."""

    def __init__(
        self,
        *,
        user_name: str,
        password: str,
    ) -> None:
        pulumi.set(self, "user_name", user_name)
        pulumi.set(self, "password", password)

    @property
    @pulumi.getter(name="userName")
    def user_name(self) -> str:
        """User of the registry."""
        return pulumi.get(self, "user_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def password(self) -> str:
        """Password of the registry; kept encrypted in the state."""
        return pulumi.get(self, "password")  # type: ignore[no-any-return]


@pulumi.output_type
class RegistryCert(dict):  # type: ignore[type-arg]
    """How the registry's certificate is checked."""

    def __init__(
        self,
        *,
        insecure: Optional[bool] = None,
        root_ca_cert_base64: Optional[str] = None,
    ) -> None:
        if insecure is not None:
            pulumi.set(self, "insecure", insecure)
        if root_ca_cert_base64 is not None:
            pulumi.set(self, "root_ca_cert_base64", root_ca_cert_base64)

    @property
    @pulumi.getter
    def insecure(self) -> Optional[bool]:
        """Accept any certificate."""
        return pulumi.get(self, "insecure")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="rootCaCertBase64")
    def root_ca_cert_base64(self) -> Optional[str]:
        """Certificate of the registry's own authority, base64."""
        return pulumi.get(self, "root_ca_cert_base64")  # type: ignore[no-any-return]


@pulumi.output_type
class RegistryNetwork(dict):  # type: ignore[type-arg]
    """The network in which the registry is reached."""

    def __init__(
        self,
        *,
        vpc_id: str,
        vswitch_id: str,
        security_group_id: str,
    ) -> None:
        pulumi.set(self, "vpc_id", vpc_id)
        pulumi.set(self, "vswitch_id", vswitch_id)
        pulumi.set(self, "security_group_id", security_group_id)

    @property
    @pulumi.getter(name="vpcId")
    def vpc_id(self) -> str:
        """VPC of the registry."""
        return pulumi.get(self, "vpc_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="vswitchId")
    def vswitch_id(self) -> str:
        """vSwitch of the registry."""
        return pulumi.get(self, "vswitch_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="securityGroupId")
    def security_group_id(self) -> str:
        """Security group of the registry."""
        return pulumi.get(self, "security_group_id")  # type: ignore[no-any-return]


@pulumi.output_type
class Registry(dict):  # type: ignore[type-arg]
    """Access to an image registry other than Alibaba Cloud's own."""

    def __init__(
        self,
        *,
        auth: Optional[outputs.RegistryAuth] = None,
        cert: Optional[outputs.RegistryCert] = None,
        network: Optional[outputs.RegistryNetwork] = None,
    ) -> None:
        if auth is not None:
            pulumi.set(self, "auth", auth)
        if cert is not None:
            pulumi.set(self, "cert", cert)
        if network is not None:
            pulumi.set(self, "network", network)

    @property
    @pulumi.getter
    def auth(self) -> Optional[outputs.RegistryAuth]:
        """User and password."""
        return pulumi.get(self, "auth")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def cert(self) -> Optional[outputs.RegistryCert]:
        """Certificate checks."""
        return pulumi.get(self, "cert")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def network(self) -> Optional[outputs.RegistryNetwork]:
        """Network in which the registry is reached."""
        return pulumi.get(self, "network")  # type: ignore[no-any-return]


@pulumi.output_type
class Container(dict):  # type: ignore[type-arg]
    """The image the agent runs from."""

    def __init__(
        self,
        *,
        image: str,
        command: Optional[Sequence[str]] = None,
        port: Optional[int] = None,
        image_registry_type: Optional[str] = None,
        acr_instance_id: Optional[str] = None,
        registry: Optional[outputs.Registry] = None,
    ) -> None:
        pulumi.set(self, "image", image)
        if command is not None:
            pulumi.set(self, "command", command)
        if port is not None:
            pulumi.set(self, "port", port)
        if image_registry_type is not None:
            pulumi.set(self, "image_registry_type", image_registry_type)
        if acr_instance_id is not None:
            pulumi.set(self, "acr_instance_id", acr_instance_id)
        if registry is not None:
            pulumi.set(self, "registry", registry)

    @property
    @pulumi.getter
    def image(self) -> str:
        """Image with tag or digest. A digest is what makes a version repeatable: under a tag such
        as `latest` every version runs the newest image.
        """
        return pulumi.get(self, "image")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def command(self) -> Optional[Sequence[str]]:
        """Command that starts the agent."""
        return pulumi.get(self, "command")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def port(self) -> Optional[int]:
        """Port the container listens on."""
        return pulumi.get(self, "port")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="imageRegistryType")
    def image_registry_type(self) -> Optional[str]:
        """Kind of registry: `ACR`, `ACREE` (enterprise) or `CUSTOM`."""
        return pulumi.get(self, "image_registry_type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="acrInstanceId")
    def acr_instance_id(self) -> Optional[str]:
        """Registry instance; required with `ACREE`."""
        return pulumi.get(self, "acr_instance_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def registry(self) -> Optional[outputs.Registry]:
        """Access to a `CUSTOM` registry."""
        return pulumi.get(self, "registry")  # type: ignore[no-any-return]


@pulumi.output_type
class Vpc(dict):  # type: ignore[type-arg]
    """The VPC the instances run in."""

    def __init__(
        self,
        *,
        vpc_id: str,
        vswitch_ids: Sequence[str],
        security_group_id: str,
    ) -> None:
        pulumi.set(self, "vpc_id", vpc_id)
        pulumi.set(self, "vswitch_ids", vswitch_ids)
        pulumi.set(self, "security_group_id", security_group_id)

    @property
    @pulumi.getter(name="vpcId")
    def vpc_id(self) -> str:
        """Id of the VPC."""
        return pulumi.get(self, "vpc_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="vswitchIds")
    def vswitch_ids(self) -> Sequence[str]:
        """vSwitches; instances are spread over them."""
        return pulumi.get(self, "vswitch_ids")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="securityGroupId")
    def security_group_id(self) -> str:
        """Security group of the instances."""
        return pulumi.get(self, "security_group_id")  # type: ignore[no-any-return]


@pulumi.output_type
class Log(dict):  # type: ignore[type-arg]
    """Where the agent's output goes in the log service (SLS)."""

    def __init__(
        self,
        *,
        project: Optional[str] = None,
        logstore: Optional[str] = None,
        auto: Optional[bool] = None,
    ) -> None:
        if project is not None:
            pulumi.set(self, "project", project)
        if logstore is not None:
            pulumi.set(self, "logstore", logstore)
        if auto is not None:
            pulumi.set(self, "auto", auto)

    @property
    @pulumi.getter
    def project(self) -> Optional[str]:
        """Log project; must exist. Excludes `auto`."""
        return pulumi.get(self, "project")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def logstore(self) -> Optional[str]:
        """Logstore of the project; must exist. Excludes `auto`."""
        return pulumi.get(self, "logstore")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def auto(self) -> Optional[bool]:
        """Use `default-logs` of the project `aliyun-serverless-{account}-{region}`, and make
        project, logstore and index as far as they are missing. By default they are never
        deleted.
        """
        return pulumi.get(self, "auto")  # type: ignore[no-any-return]


@pulumi.output_type
class HealthCheck(dict):  # type: ignore[type-arg]
    """How the service decides whether an instance is healthy."""

    def __init__(
        self,
        *,
        http_get_url: Optional[str] = None,
        initial_delay_seconds: Optional[int] = None,
        period_seconds: Optional[int] = None,
        timeout_seconds: Optional[int] = None,
        failure_threshold: Optional[int] = None,
        success_threshold: Optional[int] = None,
    ) -> None:
        if http_get_url is not None:
            pulumi.set(self, "http_get_url", http_get_url)
        if initial_delay_seconds is not None:
            pulumi.set(self, "initial_delay_seconds", initial_delay_seconds)
        if period_seconds is not None:
            pulumi.set(self, "period_seconds", period_seconds)
        if timeout_seconds is not None:
            pulumi.set(self, "timeout_seconds", timeout_seconds)
        if failure_threshold is not None:
            pulumi.set(self, "failure_threshold", failure_threshold)
        if success_threshold is not None:
            pulumi.set(self, "success_threshold", success_threshold)

    @property
    @pulumi.getter(name="httpGetUrl")
    def http_get_url(self) -> Optional[str]:
        """Path that is requested, for instance `/health`."""
        return pulumi.get(self, "http_get_url")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="initialDelaySeconds")
    def initial_delay_seconds(self) -> Optional[int]:
        """Seconds before the first request (0 to 300)."""
        return pulumi.get(self, "initial_delay_seconds")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="periodSeconds")
    def period_seconds(self) -> Optional[int]:
        """Seconds between two requests (1 to 300)."""
        return pulumi.get(self, "period_seconds")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="timeoutSeconds")
    def timeout_seconds(self) -> Optional[int]:
        """Seconds one request may take (1 to 60)."""
        return pulumi.get(self, "timeout_seconds")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="failureThreshold")
    def failure_threshold(self) -> Optional[int]:
        """Failures in a row that make it unhealthy (1 to 10)."""
        return pulumi.get(self, "failure_threshold")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="successThreshold")
    def success_threshold(self) -> Optional[int]:
        """Successes in a row that make it healthy (1 to 10)."""
        return pulumi.get(self, "success_threshold")  # type: ignore[no-any-return]


@pulumi.output_type
class ProtocolSetting(dict):  # type: ignore[type-arg]
    """One protocol that the agent speaks."""

    def __init__(
        self,
        *,
        type: str,
        name: Optional[str] = None,
        config: Optional[str] = None,
        path: Optional[str] = None,
        path_prefix: Optional[str] = None,
        method: Optional[str] = None,
        headers: Optional[str] = None,
        request_content_type: Optional[str] = None,
        response_content_type: Optional[str] = None,
        input_body_json_schema: Optional[str] = None,
        output_body_json_schema: Optional[str] = None,
        a2a_agent_card: Optional[str] = None,
        a2a_agent_card_url: Optional[str] = None,
    ) -> None:
        pulumi.set(self, "type", type)
        if name is not None:
            pulumi.set(self, "name", name)
        if config is not None:
            pulumi.set(self, "config", config)
        if path is not None:
            pulumi.set(self, "path", path)
        if path_prefix is not None:
            pulumi.set(self, "path_prefix", path_prefix)
        if method is not None:
            pulumi.set(self, "method", method)
        if headers is not None:
            pulumi.set(self, "headers", headers)
        if request_content_type is not None:
            pulumi.set(self, "request_content_type", request_content_type)
        if response_content_type is not None:
            pulumi.set(self, "response_content_type", response_content_type)
        if input_body_json_schema is not None:
            pulumi.set(self, "input_body_json_schema", input_body_json_schema)
        if output_body_json_schema is not None:
            pulumi.set(self, "output_body_json_schema", output_body_json_schema)
        if a2a_agent_card is not None:
            pulumi.set(self, "a2a_agent_card", a2a_agent_card)
        if a2a_agent_card_url is not None:
            pulumi.set(self, "a2a_agent_card_url", a2a_agent_card_url)

    @property
    @pulumi.getter
    def type(self) -> str:
        """Marker of the protocol; unique in the list."""
        return pulumi.get(self, "type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def name(self) -> Optional[str]:
        """Name for display."""
        return pulumi.get(self, "name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def config(self) -> Optional[str]:
        """Settings as JSON text; preferred over the single fields below."""
        return pulumi.get(self, "config")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def path(self) -> Optional[str]:
        """Path of the route."""
        return pulumi.get(self, "path")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="pathPrefix")
    def path_prefix(self) -> Optional[str]:
        """Prefix of the route."""
        return pulumi.get(self, "path_prefix")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def method(self) -> Optional[str]:
        """HTTP method of the route."""
        return pulumi.get(self, "method")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def headers(self) -> Optional[str]:
        """Headers of the route."""
        return pulumi.get(self, "headers")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="requestContentType")
    def request_content_type(self) -> Optional[str]:
        """Content type of requests."""
        return pulumi.get(self, "request_content_type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="responseContentType")
    def response_content_type(self) -> Optional[str]:
        """Content type of replies."""
        return pulumi.get(self, "response_content_type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="inputBodyJsonSchema")
    def input_body_json_schema(self) -> Optional[str]:
        """JSON schema of requests."""
        return pulumi.get(self, "input_body_json_schema")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="outputBodyJsonSchema")
    def output_body_json_schema(self) -> Optional[str]:
        """JSON schema of replies."""
        return pulumi.get(self, "output_body_json_schema")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="a2AAgentCard")
    def a2a_agent_card(self) -> Optional[str]:
        """A2A agent card as JSON text."""
        return pulumi.get(self, "a2a_agent_card")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="a2AAgentCardUrl")
    def a2a_agent_card_url(self) -> Optional[str]:
        """Address of the A2A agent card."""
        return pulumi.get(self, "a2a_agent_card_url")  # type: ignore[no-any-return]


@pulumi.output_type
class Protocol(dict):  # type: ignore[type-arg]
    """The protocols that the agent speaks."""

    def __init__(
        self,
        *,
        type: str,
        settings: Optional[Sequence[outputs.ProtocolSetting]] = None,
    ) -> None:
        pulumi.set(self, "type", type)
        if settings is not None:
            pulumi.set(self, "settings", settings)

    @property
    @pulumi.getter
    def type(self) -> str:
        """Main protocol of the agent."""
        return pulumi.get(self, "type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def settings(self) -> Optional[Sequence[outputs.ProtocolSetting]]:
        """Protocols in detail."""
        return pulumi.get(self, "settings")  # type: ignore[no-any-return]


@pulumi.output_type
class NasMount(dict):  # type: ignore[type-arg]
    """One NAS file system mounted into the instances."""

    def __init__(
        self,
        *,
        server_addr: str,
        mount_dir: str,
        enable_tls: Optional[bool] = None,
    ) -> None:
        pulumi.set(self, "server_addr", server_addr)
        pulumi.set(self, "mount_dir", mount_dir)
        if enable_tls is not None:
            pulumi.set(self, "enable_tls", enable_tls)

    @property
    @pulumi.getter(name="serverAddr")
    def server_addr(self) -> str:
        """Address and path, `<mount target>:/<path>`."""
        return pulumi.get(self, "server_addr")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="mountDir")
    def mount_dir(self) -> str:
        """Folder of the instance it is mounted at."""
        return pulumi.get(self, "mount_dir")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="enableTls")
    def enable_tls(self) -> Optional[bool]:
        """Encrypt the connection."""
        return pulumi.get(self, "enable_tls")  # type: ignore[no-any-return]


@pulumi.output_type
class Nas(dict):  # type: ignore[type-arg]
    """NAS file systems mounted into the instances; they are reached through `vpc`."""

    def __init__(
        self,
        *,
        mount_points: Sequence[outputs.NasMount],
        user_id: Optional[int] = None,
        group_id: Optional[int] = None,
    ) -> None:
        pulumi.set(self, "mount_points", mount_points)
        if user_id is not None:
            pulumi.set(self, "user_id", user_id)
        if group_id is not None:
            pulumi.set(self, "group_id", group_id)

    @property
    @pulumi.getter(name="mountPoints")
    def mount_points(self) -> Sequence[outputs.NasMount]:
        """File systems, at most 5."""
        return pulumi.get(self, "mount_points")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="userId")
    def user_id(self) -> Optional[int]:
        """Owner of written files."""
        return pulumi.get(self, "user_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="groupId")
    def group_id(self) -> Optional[int]:
        """Group of written files."""
        return pulumi.get(self, "group_id")  # type: ignore[no-any-return]


@pulumi.output_type
class OssMountPoint(dict):  # type: ignore[type-arg]
    """One bucket mounted into the instances."""

    def __init__(
        self,
        *,
        bucket_name: str,
        mount_dir: str,
        bucket_path: Optional[str] = None,
        endpoint: Optional[str] = None,
        read_only: Optional[bool] = None,
    ) -> None:
        pulumi.set(self, "bucket_name", bucket_name)
        pulumi.set(self, "mount_dir", mount_dir)
        if bucket_path is not None:
            pulumi.set(self, "bucket_path", bucket_path)
        if endpoint is not None:
            pulumi.set(self, "endpoint", endpoint)
        if read_only is not None:
            pulumi.set(self, "read_only", read_only)

    @property
    @pulumi.getter(name="bucketName")
    def bucket_name(self) -> str:
        """Name of the bucket."""
        return pulumi.get(self, "bucket_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="mountDir")
    def mount_dir(self) -> str:
        """Folder of the instance it is mounted at."""
        return pulumi.get(self, "mount_dir")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="bucketPath")
    def bucket_path(self) -> Optional[str]:
        """Path inside the bucket."""
        return pulumi.get(self, "bucket_path")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def endpoint(self) -> Optional[str]:
        """OSS endpoint of the bucket."""
        return pulumi.get(self, "endpoint")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="readOnly")
    def read_only(self) -> Optional[bool]:
        """Mount without write access."""
        return pulumi.get(self, "read_only")  # type: ignore[no-any-return]


@pulumi.output_type
class OssMount(dict):  # type: ignore[type-arg]
    """Buckets mounted into the instances."""

    def __init__(
        self,
        *,
        mount_points: Sequence[outputs.OssMountPoint],
    ) -> None:
        pulumi.set(self, "mount_points", mount_points)

    @property
    @pulumi.getter(name="mountPoints")
    def mount_points(self) -> Sequence[outputs.OssMountPoint]:
        """Buckets, at most 5."""
        return pulumi.get(self, "mount_points")  # type: ignore[no-any-return]


@pulumi.output_type
class Arms(dict):  # type: ignore[type-arg]
    """Tracing with ARMS."""

    def __init__(
        self,
        *,
        enable: Optional[bool] = None,
        license_key: Optional[str] = None,
        cms_workspace: Optional[str] = None,
    ) -> None:
        if enable is not None:
            pulumi.set(self, "enable", enable)
        if license_key is not None:
            pulumi.set(self, "license_key", license_key)
        if cms_workspace is not None:
            pulumi.set(self, "cms_workspace", cms_workspace)

    @property
    @pulumi.getter
    def enable(self) -> Optional[bool]:
        """Switch tracing on."""
        return pulumi.get(self, "enable")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="licenseKey")
    def license_key(self) -> Optional[str]:
        """License key of ARMS; kept encrypted in the state."""
        return pulumi.get(self, "license_key")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="cmsWorkspace")
    def cms_workspace(self) -> Optional[str]:
        """Workspace of the monitoring service."""
        return pulumi.get(self, "cms_workspace")  # type: ignore[no-any-return]


@pulumi.output_type
class Canary(dict):  # type: ignore[type-arg]
    """The version that is tried out, and its share; the rest goes to `target_version`."""

    def __init__(
        self,
        *,
        version: str,
        weight: float,
    ) -> None:
        pulumi.set(self, "version", version)
        pulumi.set(self, "weight", weight)

    @property
    @pulumi.getter
    def version(self) -> str:
        """Number of a published version."""
        return pulumi.get(self, "version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def weight(self) -> float:
        """Share of the traffic, above 0 and below 1; 0.1 is 10 %."""
        return pulumi.get(self, "weight")  # type: ignore[no-any-return]


@pulumi.output_type
class VersionWeight(dict):  # type: ignore[type-arg]
    """A version and its share of the traffic."""

    def __init__(
        self,
        *,
        version: str,
        weight: float,
    ) -> None:
        pulumi.set(self, "version", version)
        pulumi.set(self, "weight", weight)

    @property
    @pulumi.getter
    def version(self) -> str:
        """Number of a published version."""
        return pulumi.get(self, "version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def weight(self) -> float:
        """Share of the traffic, above 0 and below 1; 0.1 is 10 %."""
        return pulumi.get(self, "weight")  # type: ignore[no-any-return]


@pulumi.output_type
class Rollout(dict):  # type: ignore[type-arg]
    """How a new version gets its traffic; the version promoted last stays the stable one."""

    def __init__(
        self,
        *,
        version: str,
        canary_weight: Optional[float] = None,
        promote: Optional[bool] = None,
        rollback: Optional[bool] = None,
    ) -> None:
        pulumi.set(self, "version", version)
        if canary_weight is not None:
            pulumi.set(self, "canary_weight", canary_weight)
        if promote is not None:
            pulumi.set(self, "promote", promote)
        if rollback is not None:
            pulumi.set(self, "rollback", rollback)

    @property
    @pulumi.getter
    def version(self) -> str:
        """Newest version, `version.version` of a RuntimeVersion."""
        return pulumi.get(self, "version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="canaryWeight")
    def canary_weight(self) -> Optional[float]:
        """Share of the newest version while it is not promoted; default: none."""
        return pulumi.get(self, "canary_weight")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def promote(self) -> Optional[bool]:
        """Make the newest version the stable one."""
        return pulumi.get(self, "promote")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def rollback(self) -> Optional[bool]:
        """Give all traffic back: from a version on trial to the stable one, otherwise to the
        version that was stable before.
        """
        return pulumi.get(self, "rollback")  # type: ignore[no-any-return]


@pulumi.output_type
class Smoke(dict):  # type: ignore[type-arg]
    """A request that must succeed before traffic moves."""

    def __init__(
        self,
        *,
        url: str,
        path: Optional[str] = None,
        body: Optional[str] = None,
        content_type: Optional[str] = None,
        expected_status: Optional[int] = None,
        expected_text: Optional[str] = None,
        attempts: Optional[int] = None,
        timeout_seconds: Optional[int] = None,
    ) -> None:
        pulumi.set(self, "url", url)
        if path is not None:
            pulumi.set(self, "path", path)
        if body is not None:
            pulumi.set(self, "body", body)
        if content_type is not None:
            pulumi.set(self, "content_type", content_type)
        if expected_status is not None:
            pulumi.set(self, "expected_status", expected_status)
        if expected_text is not None:
            pulumi.set(self, "expected_text", expected_text)
        if attempts is not None:
            pulumi.set(self, "attempts", attempts)
        if timeout_seconds is not None:
            pulumi.set(self, "timeout_seconds", timeout_seconds)

    @property
    @pulumi.getter
    def url(self) -> str:
        """Where the version to try answers, an endpoint's `url`."""
        return pulumi.get(self, "url")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def path(self) -> Optional[str]:
        """Path that is appended, for instance `/health`."""
        return pulumi.get(self, "path")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def body(self) -> Optional[str]:
        """Body to POST; without one it is a GET."""
        return pulumi.get(self, "body")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="contentType")
    def content_type(self) -> Optional[str]:
        """Type of the body; default JSON."""
        return pulumi.get(self, "content_type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="expectedStatus")
    def expected_status(self) -> Optional[int]:
        """Status of a good answer; default 200."""
        return pulumi.get(self, "expected_status")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="expectedText")
    def expected_text(self) -> Optional[str]:
        """Text that a good answer holds."""
        return pulumi.get(self, "expected_text")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def attempts(self) -> Optional[int]:
        """How often it is tried, some seconds apart; default 3."""
        return pulumi.get(self, "attempts")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="timeoutSeconds")
    def timeout_seconds(self) -> Optional[int]:
        """Seconds one answer may take; default 30."""
        return pulumi.get(self, "timeout_seconds")  # type: ignore[no-any-return]


@pulumi.output_type
class ScheduledPolicy(dict):  # type: ignore[type-arg]
    """A number of instances at certain times."""

    def __init__(
        self,
        *,
        name: str,
        schedule_expression: str,
        target: int,
        start_time: Optional[str] = None,
        end_time: Optional[str] = None,
        time_zone: Optional[str] = None,
    ) -> None:
        pulumi.set(self, "name", name)
        pulumi.set(self, "schedule_expression", schedule_expression)
        pulumi.set(self, "target", target)
        if start_time is not None:
            pulumi.set(self, "start_time", start_time)
        if end_time is not None:
            pulumi.set(self, "end_time", end_time)
        if time_zone is not None:
            pulumi.set(self, "time_zone", time_zone)

    @property
    @pulumi.getter
    def name(self) -> str:
        """Name of the policy."""
        return pulumi.get(self, "name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="scheduleExpression")
    def schedule_expression(self) -> str:
        """When it applies, for instance `cron(0 8 * * ? *)`."""
        return pulumi.get(self, "schedule_expression")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def target(self) -> int:
        """Number of instances."""
        return pulumi.get(self, "target")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="startTime")
    def start_time(self) -> Optional[str]:
        """From then on, `2024-01-01T08:00:00`."""
        return pulumi.get(self, "start_time")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="endTime")
    def end_time(self) -> Optional[str]:
        """Until then, `2024-12-31T08:00:00`."""
        return pulumi.get(self, "end_time")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="timeZone")
    def time_zone(self) -> Optional[str]:
        """Time zone, for instance `Asia/Shanghai`."""
        return pulumi.get(self, "time_zone")  # type: ignore[no-any-return]


@pulumi.output_type
class Scaling(dict):  # type: ignore[type-arg]
    """How many instances are kept ready."""

    def __init__(
        self,
        *,
        min_instances: Optional[int] = None,
        scheduled_policies: Optional[Sequence[outputs.ScheduledPolicy]] = None,
    ) -> None:
        if min_instances is not None:
            pulumi.set(self, "min_instances", min_instances)
        if scheduled_policies is not None:
            pulumi.set(self, "scheduled_policies", scheduled_policies)

    @property
    @pulumi.getter(name="minInstances")
    def min_instances(self) -> Optional[int]:
        """Instances kept at least."""
        return pulumi.get(self, "min_instances")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="scheduledPolicies")
    def scheduled_policies(self) -> Optional[Sequence[outputs.ScheduledPolicy]]:
        """Numbers of instances by time."""
        return pulumi.get(self, "scheduled_policies")  # type: ignore[no-any-return]


@pulumi.output_type
class DomainRoute(dict):  # type: ignore[type-arg]
    """Which requests to a domain a runtime gets."""

    def __init__(
        self,
        *,
        path: str,
        qualifier: str,
        methods: Optional[Sequence[str]] = None,
    ) -> None:
        pulumi.set(self, "path", path)
        pulumi.set(self, "qualifier", qualifier)
        if methods is not None:
            pulumi.set(self, "methods", methods)

    @property
    @pulumi.getter
    def path(self) -> str:
        """Path, `/chat`, or everything below one, `/v1/*`. No two functions can have the same."""
        return pulumi.get(self, "path")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def qualifier(self) -> str:
        """Version that answers: a number, or `LATEST`, which every deployment reaches at once."""
        return pulumi.get(self, "qualifier")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def methods(self) -> Optional[Sequence[str]]:
        """HTTP methods; default: as the service decides."""
        return pulumi.get(self, "methods")  # type: ignore[no-any-return]


@pulumi.output_type
class DomainCert(dict):  # type: ignore[type-arg]
    """The certificate of a domain."""

    def __init__(
        self,
        *,
        cert_name: str,
        certificate: str,
        private_key: str,
    ) -> None:
        pulumi.set(self, "cert_name", cert_name)
        pulumi.set(self, "certificate", certificate)
        pulumi.set(self, "private_key", private_key)

    @property
    @pulumi.getter(name="certName")
    def cert_name(self) -> str:
        """Name of the certificate."""
        return pulumi.get(self, "cert_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def certificate(self) -> str:
        """Certificate with its chain, PEM."""
        return pulumi.get(self, "certificate")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="privateKey")
    def private_key(self) -> str:
        """Private key, PEM; kept encrypted in the state."""
        return pulumi.get(self, "private_key")  # type: ignore[no-any-return]


@pulumi.output_type
class DomainTls(dict):  # type: ignore[type-arg]
    """Which TLS a domain speaks."""

    def __init__(
        self,
        *,
        min_version: Optional[str] = None,
        max_version: Optional[str] = None,
        cipher_suites: Optional[Sequence[str]] = None,
    ) -> None:
        if min_version is not None:
            pulumi.set(self, "min_version", min_version)
        if max_version is not None:
            pulumi.set(self, "max_version", max_version)
        if cipher_suites is not None:
            pulumi.set(self, "cipher_suites", cipher_suites)

    @property
    @pulumi.getter(name="minVersion")
    def min_version(self) -> Optional[str]:
        """Oldest version, `TLSv1.2`."""
        return pulumi.get(self, "min_version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="maxVersion")
    def max_version(self) -> Optional[str]:
        """Newest version, `TLSv1.3`."""
        return pulumi.get(self, "max_version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="cipherSuites")
    def cipher_suites(self) -> Optional[Sequence[str]]:
        """Cipher suites."""
        return pulumi.get(self, "cipher_suites")  # type: ignore[no-any-return]


@pulumi.output_type
class DomainAuth(dict):  # type: ignore[type-arg]
    """How callers of a domain prove who they are."""

    def __init__(
        self,
        *,
        auth_type: str,
        auth_info: Optional[str] = None,
    ) -> None:
        pulumi.set(self, "auth_type", auth_type)
        if auth_info is not None:
            pulumi.set(self, "auth_info", auth_info)

    @property
    @pulumi.getter(name="authType")
    def auth_type(self) -> str:
        """`anonymous`, `function` (signed requests) or `jwt`."""
        return pulumi.get(self, "auth_type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="authInfo")
    def auth_info(self) -> Optional[str]:
        """Settings of `jwt` as JSON text; they may hold keys."""
        return pulumi.get(self, "auth_info")  # type: ignore[no-any-return]


@pulumi.output_type
class DomainWaf(dict):  # type: ignore[type-arg]
    """The web application firewall in front of a domain."""

    def __init__(
        self,
        *,
        enable: bool,
    ) -> None:
        pulumi.set(self, "enable", enable)

    @property
    @pulumi.getter
    def enable(self) -> bool:
        """Whether requests pass the firewall."""
        return pulumi.get(self, "enable")  # type: ignore[no-any-return]
