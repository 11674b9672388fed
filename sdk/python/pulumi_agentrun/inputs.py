"""Nested arguments.

Written by `python -m agentrun_provider.sdk_source`; do not edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional, TypedDict, Union

import pulumi


class TimeoutsArgsDict(TypedDict, total=False):
    """The same as `TimeoutsArgs`, as a dict."""

    create: pulumi.Input[str]
    update: pulumi.Input[str]
    delete: pulumi.Input[str]


@pulumi.input_type
class TimeoutsArgs:
    """How long one operation may take in all, as `90s`, `15m` or `1h`."""

    def __init__(
        self,
        *,
        create: Optional[pulumi.Input[str]] = None,
        update: Optional[pulumi.Input[str]] = None,
        delete: Optional[pulumi.Input[str]] = None,
    ) -> None:
        """Args:
        create: For creating; default `15m`.
        update: For updating; default `15m`.
        delete: For deleting; default `15m`.
        """
        if create is not None:
            pulumi.set(self, "create", create)
        if update is not None:
            pulumi.set(self, "update", update)
        if delete is not None:
            pulumi.set(self, "delete", delete)

    @property
    @pulumi.getter
    def create(self) -> Optional[pulumi.Input[str]]:
        """For creating; default `15m`."""
        return pulumi.get(self, "create")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def update(self) -> Optional[pulumi.Input[str]]:
        """For updating; default `15m`."""
        return pulumi.get(self, "update")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def delete(self) -> Optional[pulumi.Input[str]]:
        """For deleting; default `15m`."""
        return pulumi.get(self, "delete")  # type: ignore[no-any-return]


class CodeArgsDict(TypedDict, total=False):
    """The same as `CodeArgs`, as a dict."""

    language: pulumi.Input[str]
    command: pulumi.Input[Sequence[pulumi.Input[str]]]
    src: pulumi.Input[str]
    requirements: pulumi.Input[str]
    build: pulumi.Input[Sequence[pulumi.Input[str]]]
    oss_bucket_name: pulumi.Input[str]
    oss_object_name: pulumi.Input[str]
    checksum: pulumi.Input[str]


@pulumi.input_type
class CodeArgs:
    """Where the agent's code comes from: a local folder or package, or an object in OSS."""

    def __init__(
        self,
        *,
        language: pulumi.Input[str],
        command: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]] = None,
        src: Optional[pulumi.Input[str]] = None,
        requirements: Optional[pulumi.Input[str]] = None,
        build: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]] = None,
        oss_bucket_name: Optional[pulumi.Input[str]] = None,
        oss_object_name: Optional[pulumi.Input[str]] = None,
        checksum: Optional[pulumi.Input[str]] = None,
    ) -> None:
        """Args:
        language: Runtime of the code. The service decides what it supports; `custom` starts
            `command` without a language runtime.
        command: Command that starts the agent, for instance `[python3, app.py]`.
        src: Folder, file, `.zip` or `.jar` with the code, relative to the program's folder.
            Left out of the package: what `.arignore` and `.fcignore` name, `.env` files,
            `.git`, virtual environments and caches. Excludes `oss_bucket_name` and
            `oss_object_name`.
        requirements: List of Python packages, relative to `src`, for instance
            `requirements.txt`; `pyproject.toml` stands for the dependencies that it
            declares. They are installed for the runtime's Linux and Python into `python/`
            of the package, which the running agent has on its path; `src` stays as it is.
            Only wheels are taken; with hashes in the list, only those. An unchanged list is
            not installed again.
        build: Command that is run in `src` before it is packed: one text for the shell,
            such as `npm ci && npm run build`, or a list of program and arguments. It runs
            when the command or a file of `src` changed that git does not ignore, and does
            not see the keys of the deployment.
        oss_bucket_name: Bucket of a package in OSS; needs `oss_object_name`.
        oss_object_name: Key of a package in OSS; needs `oss_bucket_name`.
        checksum: CRC-64 of the OSS object as a decimal number. Set it to have a changed
            object under the same key noticed. Only with an OSS object; a local package gets
            its own.
        """
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

    @property
    @pulumi.getter
    def language(self) -> pulumi.Input[str]:
        """Runtime of the code. The service decides what it supports; `custom` starts `command`
        without a language runtime.
        """
        return pulumi.get(self, "language")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def command(self) -> Optional[pulumi.Input[Sequence[pulumi.Input[str]]]]:
        """Command that starts the agent, for instance `[python3, app.py]`."""
        return pulumi.get(self, "command")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def src(self) -> Optional[pulumi.Input[str]]:
        """Folder, file, `.zip` or `.jar` with the code, relative to the program's folder. Left out
        of the package: what `.arignore` and `.fcignore` name, `.env` files, `.git`, virtual
        environments and caches. Excludes `oss_bucket_name` and `oss_object_name`.
        """
        return pulumi.get(self, "src")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def requirements(self) -> Optional[pulumi.Input[str]]:
        """List of Python packages, relative to `src`, for instance `requirements.txt`;
        `pyproject.toml` stands for the dependencies that it declares. They are installed for
        the runtime's Linux and Python into `python/` of the package, which the running agent
        has on its path; `src` stays as it is. Only wheels are taken; with hashes in the list,
        only those. An unchanged list is not installed again.
        """
        return pulumi.get(self, "requirements")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def build(self) -> Optional[pulumi.Input[Sequence[pulumi.Input[str]]]]:
        """Command that is run in `src` before it is packed: one text for the shell, such as `npm
        ci && npm run build`, or a list of program and arguments. It runs when the command or a
        file of `src` changed that git does not ignore, and does not see the keys of the
        deployment.
        """
        return pulumi.get(self, "build")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="ossBucketName")
    def oss_bucket_name(self) -> Optional[pulumi.Input[str]]:
        """Bucket of a package in OSS; needs `oss_object_name`."""
        return pulumi.get(self, "oss_bucket_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="ossObjectName")
    def oss_object_name(self) -> Optional[pulumi.Input[str]]:
        """Key of a package in OSS; needs `oss_bucket_name`."""
        return pulumi.get(self, "oss_object_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def checksum(self) -> Optional[pulumi.Input[str]]:
        """CRC-64 of the OSS object as a decimal number. Set it to have a changed object under the
        same key noticed. Only with an OSS object; a local package gets its own.
        """
        return pulumi.get(self, "checksum")  # type: ignore[no-any-return]


class RegistryAuthArgsDict(TypedDict, total=False):
    """The same as `RegistryAuthArgs`, as a dict."""

    user_name: pulumi.Input[str]
    password: pulumi.Input[str]


@pulumi.input_type
class RegistryAuthArgs:
    """User and password of an image registry."""

    def __init__(
        self,
        *,
        user_name: pulumi.Input[str],
        password: pulumi.Input[str],
    ) -> None:
        """Args:
        user_name: User of the registry.
        password: Password of the registry; kept encrypted in the state. Secret.
        """
        pulumi.set(self, "user_name", user_name)
        pulumi.set(self, "password", password)

    @property
    @pulumi.getter(name="userName")
    def user_name(self) -> pulumi.Input[str]:
        """User of the registry."""
        return pulumi.get(self, "user_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def password(self) -> pulumi.Input[str]:
        """Password of the registry; kept encrypted in the state."""
        return pulumi.get(self, "password")  # type: ignore[no-any-return]


class RegistryCertArgsDict(TypedDict, total=False):
    """The same as `RegistryCertArgs`, as a dict."""

    insecure: pulumi.Input[bool]
    root_ca_cert_base64: pulumi.Input[str]


@pulumi.input_type
class RegistryCertArgs:
    """How the registry's certificate is checked."""

    def __init__(
        self,
        *,
        insecure: Optional[pulumi.Input[bool]] = None,
        root_ca_cert_base64: Optional[pulumi.Input[str]] = None,
    ) -> None:
        """Args:
        insecure: Accept any certificate.
        root_ca_cert_base64: Certificate of the registry's own authority, base64.
        """
        if insecure is not None:
            pulumi.set(self, "insecure", insecure)
        if root_ca_cert_base64 is not None:
            pulumi.set(self, "root_ca_cert_base64", root_ca_cert_base64)

    @property
    @pulumi.getter
    def insecure(self) -> Optional[pulumi.Input[bool]]:
        """Accept any certificate."""
        return pulumi.get(self, "insecure")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="rootCaCertBase64")
    def root_ca_cert_base64(self) -> Optional[pulumi.Input[str]]:
        """Certificate of the registry's own authority, base64."""
        return pulumi.get(self, "root_ca_cert_base64")  # type: ignore[no-any-return]


class RegistryNetworkArgsDict(TypedDict, total=False):
    """The same as `RegistryNetworkArgs`, as a dict."""

    vpc_id: pulumi.Input[str]
    vswitch_id: pulumi.Input[str]
    security_group_id: pulumi.Input[str]


@pulumi.input_type
class RegistryNetworkArgs:
    """The network in which the registry is reached."""

    def __init__(
        self,
        *,
        vpc_id: pulumi.Input[str],
        vswitch_id: pulumi.Input[str],
        security_group_id: pulumi.Input[str],
    ) -> None:
        """Args:
        vpc_id: VPC of the registry.
        vswitch_id: vSwitch of the registry.
        security_group_id: Security group of the registry.
        """
        pulumi.set(self, "vpc_id", vpc_id)
        pulumi.set(self, "vswitch_id", vswitch_id)
        pulumi.set(self, "security_group_id", security_group_id)

    @property
    @pulumi.getter(name="vpcId")
    def vpc_id(self) -> pulumi.Input[str]:
        """VPC of the registry."""
        return pulumi.get(self, "vpc_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="vswitchId")
    def vswitch_id(self) -> pulumi.Input[str]:
        """vSwitch of the registry."""
        return pulumi.get(self, "vswitch_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="securityGroupId")
    def security_group_id(self) -> pulumi.Input[str]:
        """Security group of the registry."""
        return pulumi.get(self, "security_group_id")  # type: ignore[no-any-return]


class RegistryArgsDict(TypedDict, total=False):
    """The same as `RegistryArgs`, as a dict."""

    auth: pulumi.Input[Union[RegistryAuthArgs, RegistryAuthArgsDict]]
    cert: pulumi.Input[Union[RegistryCertArgs, RegistryCertArgsDict]]
    network: pulumi.Input[Union[RegistryNetworkArgs, RegistryNetworkArgsDict]]


@pulumi.input_type
class RegistryArgs:
    """Access to an image registry other than Alibaba Cloud's own."""

    def __init__(
        self,
        *,
        auth: Optional[pulumi.Input[Union[RegistryAuthArgs, RegistryAuthArgsDict]]] = None,
        cert: Optional[pulumi.Input[Union[RegistryCertArgs, RegistryCertArgsDict]]] = None,
        network: Optional[pulumi.Input[Union[RegistryNetworkArgs, RegistryNetworkArgsDict]]] = None,
    ) -> None:
        """Args:
        auth: User and password.
        cert: Certificate checks.
        network: Network in which the registry is reached.
        """
        if auth is not None:
            pulumi.set(self, "auth", auth)
        if cert is not None:
            pulumi.set(self, "cert", cert)
        if network is not None:
            pulumi.set(self, "network", network)

    @property
    @pulumi.getter
    def auth(self) -> Optional[pulumi.Input[Union[RegistryAuthArgs, RegistryAuthArgsDict]]]:
        """User and password."""
        return pulumi.get(self, "auth")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def cert(self) -> Optional[pulumi.Input[Union[RegistryCertArgs, RegistryCertArgsDict]]]:
        """Certificate checks."""
        return pulumi.get(self, "cert")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def network(
        self,
    ) -> Optional[pulumi.Input[Union[RegistryNetworkArgs, RegistryNetworkArgsDict]]]:
        """Network in which the registry is reached."""
        return pulumi.get(self, "network")  # type: ignore[no-any-return]


class ContainerArgsDict(TypedDict, total=False):
    """The same as `ContainerArgs`, as a dict."""

    image: pulumi.Input[str]
    command: pulumi.Input[Sequence[pulumi.Input[str]]]
    port: pulumi.Input[int]
    image_registry_type: pulumi.Input[str]
    acr_instance_id: pulumi.Input[str]
    registry: pulumi.Input[Union[RegistryArgs, RegistryArgsDict]]


@pulumi.input_type
class ContainerArgs:
    """The image the agent runs from."""

    def __init__(
        self,
        *,
        image: pulumi.Input[str],
        command: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]] = None,
        port: Optional[pulumi.Input[int]] = None,
        image_registry_type: Optional[pulumi.Input[str]] = None,
        acr_instance_id: Optional[pulumi.Input[str]] = None,
        registry: Optional[pulumi.Input[Union[RegistryArgs, RegistryArgsDict]]] = None,
    ) -> None:
        """Args:
        image: Image with tag or digest. A digest is what makes a version repeatable: under
            a tag such as `latest` every version runs the newest image.
        command: Command that starts the agent.
        port: Port the container listens on.
        image_registry_type: Kind of registry: `ACR`, `ACREE` (enterprise) or `CUSTOM`.
        acr_instance_id: Registry instance; required with `ACREE`.
        registry: Access to a `CUSTOM` registry.
        """
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
    def image(self) -> pulumi.Input[str]:
        """Image with tag or digest. A digest is what makes a version repeatable: under a tag such
        as `latest` every version runs the newest image.
        """
        return pulumi.get(self, "image")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def command(self) -> Optional[pulumi.Input[Sequence[pulumi.Input[str]]]]:
        """Command that starts the agent."""
        return pulumi.get(self, "command")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def port(self) -> Optional[pulumi.Input[int]]:
        """Port the container listens on."""
        return pulumi.get(self, "port")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="imageRegistryType")
    def image_registry_type(self) -> Optional[pulumi.Input[str]]:
        """Kind of registry: `ACR`, `ACREE` (enterprise) or `CUSTOM`."""
        return pulumi.get(self, "image_registry_type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="acrInstanceId")
    def acr_instance_id(self) -> Optional[pulumi.Input[str]]:
        """Registry instance; required with `ACREE`."""
        return pulumi.get(self, "acr_instance_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def registry(self) -> Optional[pulumi.Input[Union[RegistryArgs, RegistryArgsDict]]]:
        """Access to a `CUSTOM` registry."""
        return pulumi.get(self, "registry")  # type: ignore[no-any-return]


class VpcArgsDict(TypedDict, total=False):
    """The same as `VpcArgs`, as a dict."""

    vpc_id: pulumi.Input[str]
    vswitch_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    security_group_id: pulumi.Input[str]


@pulumi.input_type
class VpcArgs:
    """The VPC the instances run in."""

    def __init__(
        self,
        *,
        vpc_id: pulumi.Input[str],
        vswitch_ids: pulumi.Input[Sequence[pulumi.Input[str]]],
        security_group_id: pulumi.Input[str],
    ) -> None:
        """Args:
        vpc_id: Id of the VPC.
        vswitch_ids: vSwitches; instances are spread over them.
        security_group_id: Security group of the instances.
        """
        pulumi.set(self, "vpc_id", vpc_id)
        pulumi.set(self, "vswitch_ids", vswitch_ids)
        pulumi.set(self, "security_group_id", security_group_id)

    @property
    @pulumi.getter(name="vpcId")
    def vpc_id(self) -> pulumi.Input[str]:
        """Id of the VPC."""
        return pulumi.get(self, "vpc_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="vswitchIds")
    def vswitch_ids(self) -> pulumi.Input[Sequence[pulumi.Input[str]]]:
        """vSwitches; instances are spread over them."""
        return pulumi.get(self, "vswitch_ids")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="securityGroupId")
    def security_group_id(self) -> pulumi.Input[str]:
        """Security group of the instances."""
        return pulumi.get(self, "security_group_id")  # type: ignore[no-any-return]


class LogArgsDict(TypedDict, total=False):
    """The same as `LogArgs`, as a dict."""

    project: pulumi.Input[str]
    logstore: pulumi.Input[str]
    auto: pulumi.Input[bool]


@pulumi.input_type
class LogArgs:
    """Where the agent's output goes in the log service (SLS)."""

    def __init__(
        self,
        *,
        project: Optional[pulumi.Input[str]] = None,
        logstore: Optional[pulumi.Input[str]] = None,
        auto: Optional[pulumi.Input[bool]] = None,
    ) -> None:
        """Args:
        project: Log project; must exist. Excludes `auto`.
        logstore: Logstore of the project; must exist. Excludes `auto`.
        auto: Use `default-logs` of the project `aliyun-serverless-{account}-{region}`, and
            make project, logstore and index as far as they are missing. By default they are
            never deleted.
        """
        if project is not None:
            pulumi.set(self, "project", project)
        if logstore is not None:
            pulumi.set(self, "logstore", logstore)
        if auto is not None:
            pulumi.set(self, "auto", auto)

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


class HealthCheckArgsDict(TypedDict, total=False):
    """The same as `HealthCheckArgs`, as a dict."""

    http_get_url: pulumi.Input[str]
    initial_delay_seconds: pulumi.Input[int]
    period_seconds: pulumi.Input[int]
    timeout_seconds: pulumi.Input[int]
    failure_threshold: pulumi.Input[int]
    success_threshold: pulumi.Input[int]


@pulumi.input_type
class HealthCheckArgs:
    """How the service decides whether an instance is healthy."""

    def __init__(
        self,
        *,
        http_get_url: Optional[pulumi.Input[str]] = None,
        initial_delay_seconds: Optional[pulumi.Input[int]] = None,
        period_seconds: Optional[pulumi.Input[int]] = None,
        timeout_seconds: Optional[pulumi.Input[int]] = None,
        failure_threshold: Optional[pulumi.Input[int]] = None,
        success_threshold: Optional[pulumi.Input[int]] = None,
    ) -> None:
        """Args:
        http_get_url: Path that is requested, for instance `/health`.
        initial_delay_seconds: Seconds before the first request (0 to 300).
        period_seconds: Seconds between two requests (1 to 300).
        timeout_seconds: Seconds one request may take (1 to 60).
        failure_threshold: Failures in a row that make it unhealthy (1 to 10).
        success_threshold: Successes in a row that make it healthy (1 to 10).
        """
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
    def http_get_url(self) -> Optional[pulumi.Input[str]]:
        """Path that is requested, for instance `/health`."""
        return pulumi.get(self, "http_get_url")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="initialDelaySeconds")
    def initial_delay_seconds(self) -> Optional[pulumi.Input[int]]:
        """Seconds before the first request (0 to 300)."""
        return pulumi.get(self, "initial_delay_seconds")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="periodSeconds")
    def period_seconds(self) -> Optional[pulumi.Input[int]]:
        """Seconds between two requests (1 to 300)."""
        return pulumi.get(self, "period_seconds")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="timeoutSeconds")
    def timeout_seconds(self) -> Optional[pulumi.Input[int]]:
        """Seconds one request may take (1 to 60)."""
        return pulumi.get(self, "timeout_seconds")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="failureThreshold")
    def failure_threshold(self) -> Optional[pulumi.Input[int]]:
        """Failures in a row that make it unhealthy (1 to 10)."""
        return pulumi.get(self, "failure_threshold")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="successThreshold")
    def success_threshold(self) -> Optional[pulumi.Input[int]]:
        """Successes in a row that make it healthy (1 to 10)."""
        return pulumi.get(self, "success_threshold")  # type: ignore[no-any-return]


class ProtocolSettingArgsDict(TypedDict, total=False):
    """The same as `ProtocolSettingArgs`, as a dict."""

    type: pulumi.Input[str]
    name: pulumi.Input[str]
    config: pulumi.Input[str]
    path: pulumi.Input[str]
    path_prefix: pulumi.Input[str]
    method: pulumi.Input[str]
    headers: pulumi.Input[str]
    request_content_type: pulumi.Input[str]
    response_content_type: pulumi.Input[str]
    input_body_json_schema: pulumi.Input[str]
    output_body_json_schema: pulumi.Input[str]
    a2a_agent_card: pulumi.Input[str]
    a2a_agent_card_url: pulumi.Input[str]


@pulumi.input_type
class ProtocolSettingArgs:
    """One protocol that the agent speaks."""

    def __init__(
        self,
        *,
        type: pulumi.Input[str],
        name: Optional[pulumi.Input[str]] = None,
        config: Optional[pulumi.Input[str]] = None,
        path: Optional[pulumi.Input[str]] = None,
        path_prefix: Optional[pulumi.Input[str]] = None,
        method: Optional[pulumi.Input[str]] = None,
        headers: Optional[pulumi.Input[str]] = None,
        request_content_type: Optional[pulumi.Input[str]] = None,
        response_content_type: Optional[pulumi.Input[str]] = None,
        input_body_json_schema: Optional[pulumi.Input[str]] = None,
        output_body_json_schema: Optional[pulumi.Input[str]] = None,
        a2a_agent_card: Optional[pulumi.Input[str]] = None,
        a2a_agent_card_url: Optional[pulumi.Input[str]] = None,
    ) -> None:
        """Args:
        type: Marker of the protocol; unique in the list.
        name: Name for display.
        config: Settings as JSON text; preferred over the single fields below.
        path: Path of the route.
        path_prefix: Prefix of the route.
        method: HTTP method of the route.
        headers: Headers of the route.
        request_content_type: Content type of requests.
        response_content_type: Content type of replies.
        input_body_json_schema: JSON schema of requests.
        output_body_json_schema: JSON schema of replies.
        a2a_agent_card: A2A agent card as JSON text.
        a2a_agent_card_url: Address of the A2A agent card.
        """
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
    def type(self) -> pulumi.Input[str]:
        """Marker of the protocol; unique in the list."""
        return pulumi.get(self, "type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def name(self) -> Optional[pulumi.Input[str]]:
        """Name for display."""
        return pulumi.get(self, "name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def config(self) -> Optional[pulumi.Input[str]]:
        """Settings as JSON text; preferred over the single fields below."""
        return pulumi.get(self, "config")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def path(self) -> Optional[pulumi.Input[str]]:
        """Path of the route."""
        return pulumi.get(self, "path")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="pathPrefix")
    def path_prefix(self) -> Optional[pulumi.Input[str]]:
        """Prefix of the route."""
        return pulumi.get(self, "path_prefix")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def method(self) -> Optional[pulumi.Input[str]]:
        """HTTP method of the route."""
        return pulumi.get(self, "method")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def headers(self) -> Optional[pulumi.Input[str]]:
        """Headers of the route."""
        return pulumi.get(self, "headers")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="requestContentType")
    def request_content_type(self) -> Optional[pulumi.Input[str]]:
        """Content type of requests."""
        return pulumi.get(self, "request_content_type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="responseContentType")
    def response_content_type(self) -> Optional[pulumi.Input[str]]:
        """Content type of replies."""
        return pulumi.get(self, "response_content_type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="inputBodyJsonSchema")
    def input_body_json_schema(self) -> Optional[pulumi.Input[str]]:
        """JSON schema of requests."""
        return pulumi.get(self, "input_body_json_schema")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="outputBodyJsonSchema")
    def output_body_json_schema(self) -> Optional[pulumi.Input[str]]:
        """JSON schema of replies."""
        return pulumi.get(self, "output_body_json_schema")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="a2AAgentCard")
    def a2a_agent_card(self) -> Optional[pulumi.Input[str]]:
        """A2A agent card as JSON text."""
        return pulumi.get(self, "a2a_agent_card")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="a2AAgentCardUrl")
    def a2a_agent_card_url(self) -> Optional[pulumi.Input[str]]:
        """Address of the A2A agent card."""
        return pulumi.get(self, "a2a_agent_card_url")  # type: ignore[no-any-return]


class ProtocolArgsDict(TypedDict, total=False):
    """The same as `ProtocolArgs`, as a dict."""

    type: pulumi.Input[str]
    settings: pulumi.Input[
        Sequence[pulumi.Input[Union[ProtocolSettingArgs, ProtocolSettingArgsDict]]]
    ]


@pulumi.input_type
class ProtocolArgs:
    """The protocols that the agent speaks."""

    def __init__(
        self,
        *,
        type: Optional[pulumi.Input[str]] = None,
        settings: Optional[
            pulumi.Input[
                Sequence[pulumi.Input[Union[ProtocolSettingArgs, ProtocolSettingArgsDict]]]
            ]
        ] = None,
    ) -> None:
        """Args:
        type: Main protocol of the agent. Default: 'HTTP'.
        settings: Protocols in detail.
        """
        if type is not None:
            pulumi.set(self, "type", type)
        if settings is not None:
            pulumi.set(self, "settings", settings)

    @property
    @pulumi.getter
    def type(self) -> Optional[pulumi.Input[str]]:
        """Main protocol of the agent."""
        return pulumi.get(self, "type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def settings(
        self,
    ) -> Optional[
        pulumi.Input[Sequence[pulumi.Input[Union[ProtocolSettingArgs, ProtocolSettingArgsDict]]]]
    ]:
        """Protocols in detail."""
        return pulumi.get(self, "settings")  # type: ignore[no-any-return]


class NasMountArgsDict(TypedDict, total=False):
    """The same as `NasMountArgs`, as a dict."""

    server_addr: pulumi.Input[str]
    mount_dir: pulumi.Input[str]
    enable_tls: pulumi.Input[bool]


@pulumi.input_type
class NasMountArgs:
    """One NAS file system mounted into the instances."""

    def __init__(
        self,
        *,
        server_addr: pulumi.Input[str],
        mount_dir: pulumi.Input[str],
        enable_tls: Optional[pulumi.Input[bool]] = None,
    ) -> None:
        """Args:
        server_addr: Address and path, `<mount target>:/<path>`.
        mount_dir: Folder of the instance it is mounted at.
        enable_tls: Encrypt the connection.
        """
        pulumi.set(self, "server_addr", server_addr)
        pulumi.set(self, "mount_dir", mount_dir)
        if enable_tls is not None:
            pulumi.set(self, "enable_tls", enable_tls)

    @property
    @pulumi.getter(name="serverAddr")
    def server_addr(self) -> pulumi.Input[str]:
        """Address and path, `<mount target>:/<path>`."""
        return pulumi.get(self, "server_addr")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="mountDir")
    def mount_dir(self) -> pulumi.Input[str]:
        """Folder of the instance it is mounted at."""
        return pulumi.get(self, "mount_dir")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="enableTls")
    def enable_tls(self) -> Optional[pulumi.Input[bool]]:
        """Encrypt the connection."""
        return pulumi.get(self, "enable_tls")  # type: ignore[no-any-return]


class NasArgsDict(TypedDict, total=False):
    """The same as `NasArgs`, as a dict."""

    mount_points: pulumi.Input[Sequence[pulumi.Input[Union[NasMountArgs, NasMountArgsDict]]]]
    user_id: pulumi.Input[int]
    group_id: pulumi.Input[int]


@pulumi.input_type
class NasArgs:
    """NAS file systems mounted into the instances; they are reached through `vpc`."""

    def __init__(
        self,
        *,
        mount_points: pulumi.Input[Sequence[pulumi.Input[Union[NasMountArgs, NasMountArgsDict]]]],
        user_id: Optional[pulumi.Input[int]] = None,
        group_id: Optional[pulumi.Input[int]] = None,
    ) -> None:
        """Args:
        mount_points: File systems, at most 5.
        user_id: Owner of written files.
        group_id: Group of written files.
        """
        pulumi.set(self, "mount_points", mount_points)
        if user_id is not None:
            pulumi.set(self, "user_id", user_id)
        if group_id is not None:
            pulumi.set(self, "group_id", group_id)

    @property
    @pulumi.getter(name="mountPoints")
    def mount_points(
        self,
    ) -> pulumi.Input[Sequence[pulumi.Input[Union[NasMountArgs, NasMountArgsDict]]]]:
        """File systems, at most 5."""
        return pulumi.get(self, "mount_points")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="userId")
    def user_id(self) -> Optional[pulumi.Input[int]]:
        """Owner of written files."""
        return pulumi.get(self, "user_id")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="groupId")
    def group_id(self) -> Optional[pulumi.Input[int]]:
        """Group of written files."""
        return pulumi.get(self, "group_id")  # type: ignore[no-any-return]


class OssMountPointArgsDict(TypedDict, total=False):
    """The same as `OssMountPointArgs`, as a dict."""

    bucket_name: pulumi.Input[str]
    mount_dir: pulumi.Input[str]
    bucket_path: pulumi.Input[str]
    endpoint: pulumi.Input[str]
    read_only: pulumi.Input[bool]


@pulumi.input_type
class OssMountPointArgs:
    """One bucket mounted into the instances."""

    def __init__(
        self,
        *,
        bucket_name: pulumi.Input[str],
        mount_dir: pulumi.Input[str],
        bucket_path: Optional[pulumi.Input[str]] = None,
        endpoint: Optional[pulumi.Input[str]] = None,
        read_only: Optional[pulumi.Input[bool]] = None,
    ) -> None:
        """Args:
        bucket_name: Name of the bucket.
        mount_dir: Folder of the instance it is mounted at.
        bucket_path: Path inside the bucket.
        endpoint: OSS endpoint of the bucket.
        read_only: Mount without write access.
        """
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
    def bucket_name(self) -> pulumi.Input[str]:
        """Name of the bucket."""
        return pulumi.get(self, "bucket_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="mountDir")
    def mount_dir(self) -> pulumi.Input[str]:
        """Folder of the instance it is mounted at."""
        return pulumi.get(self, "mount_dir")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="bucketPath")
    def bucket_path(self) -> Optional[pulumi.Input[str]]:
        """Path inside the bucket."""
        return pulumi.get(self, "bucket_path")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def endpoint(self) -> Optional[pulumi.Input[str]]:
        """OSS endpoint of the bucket."""
        return pulumi.get(self, "endpoint")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="readOnly")
    def read_only(self) -> Optional[pulumi.Input[bool]]:
        """Mount without write access."""
        return pulumi.get(self, "read_only")  # type: ignore[no-any-return]


class OssMountArgsDict(TypedDict, total=False):
    """The same as `OssMountArgs`, as a dict."""

    mount_points: pulumi.Input[
        Sequence[pulumi.Input[Union[OssMountPointArgs, OssMountPointArgsDict]]]
    ]


@pulumi.input_type
class OssMountArgs:
    """Buckets mounted into the instances."""

    def __init__(
        self,
        *,
        mount_points: pulumi.Input[
            Sequence[pulumi.Input[Union[OssMountPointArgs, OssMountPointArgsDict]]]
        ],
    ) -> None:
        """Args:
        mount_points: Buckets, at most 5.
        """
        pulumi.set(self, "mount_points", mount_points)

    @property
    @pulumi.getter(name="mountPoints")
    def mount_points(
        self,
    ) -> pulumi.Input[Sequence[pulumi.Input[Union[OssMountPointArgs, OssMountPointArgsDict]]]]:
        """Buckets, at most 5."""
        return pulumi.get(self, "mount_points")  # type: ignore[no-any-return]


class ArmsArgsDict(TypedDict, total=False):
    """The same as `ArmsArgs`, as a dict."""

    enable: pulumi.Input[bool]
    license_key: pulumi.Input[str]
    cms_workspace: pulumi.Input[str]


@pulumi.input_type
class ArmsArgs:
    """Tracing with ARMS."""

    def __init__(
        self,
        *,
        enable: Optional[pulumi.Input[bool]] = None,
        license_key: Optional[pulumi.Input[str]] = None,
        cms_workspace: Optional[pulumi.Input[str]] = None,
    ) -> None:
        """Args:
        enable: Switch tracing on.
        license_key: License key of ARMS; kept encrypted in the state. Secret.
        cms_workspace: Workspace of the monitoring service.
        """
        if enable is not None:
            pulumi.set(self, "enable", enable)
        if license_key is not None:
            pulumi.set(self, "license_key", license_key)
        if cms_workspace is not None:
            pulumi.set(self, "cms_workspace", cms_workspace)

    @property
    @pulumi.getter
    def enable(self) -> Optional[pulumi.Input[bool]]:
        """Switch tracing on."""
        return pulumi.get(self, "enable")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="licenseKey")
    def license_key(self) -> Optional[pulumi.Input[str]]:
        """License key of ARMS; kept encrypted in the state."""
        return pulumi.get(self, "license_key")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="cmsWorkspace")
    def cms_workspace(self) -> Optional[pulumi.Input[str]]:
        """Workspace of the monitoring service."""
        return pulumi.get(self, "cms_workspace")  # type: ignore[no-any-return]


class CanaryArgsDict(TypedDict, total=False):
    """The same as `CanaryArgs`, as a dict."""

    version: pulumi.Input[str]
    weight: pulumi.Input[float]


@pulumi.input_type
class CanaryArgs:
    """The version that is tried out, and its share; the rest goes to `target_version`."""

    def __init__(
        self,
        *,
        version: pulumi.Input[str],
        weight: pulumi.Input[float],
    ) -> None:
        """Args:
        version: Number of a published version.
        weight: Share of the traffic, above 0 and below 1; 0.1 is 10 %.
        """
        pulumi.set(self, "version", version)
        pulumi.set(self, "weight", weight)

    @property
    @pulumi.getter
    def version(self) -> pulumi.Input[str]:
        """Number of a published version."""
        return pulumi.get(self, "version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def weight(self) -> pulumi.Input[float]:
        """Share of the traffic, above 0 and below 1; 0.1 is 10 %."""
        return pulumi.get(self, "weight")  # type: ignore[no-any-return]


class VersionWeightArgsDict(TypedDict, total=False):
    """The same as `VersionWeightArgs`, as a dict."""

    version: pulumi.Input[str]
    weight: pulumi.Input[float]


@pulumi.input_type
class VersionWeightArgs:
    """A version and its share of the traffic."""

    def __init__(
        self,
        *,
        version: pulumi.Input[str],
        weight: pulumi.Input[float],
    ) -> None:
        """Args:
        version: Number of a published version.
        weight: Share of the traffic, above 0 and below 1; 0.1 is 10 %.
        """
        pulumi.set(self, "version", version)
        pulumi.set(self, "weight", weight)

    @property
    @pulumi.getter
    def version(self) -> pulumi.Input[str]:
        """Number of a published version."""
        return pulumi.get(self, "version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def weight(self) -> pulumi.Input[float]:
        """Share of the traffic, above 0 and below 1; 0.1 is 10 %."""
        return pulumi.get(self, "weight")  # type: ignore[no-any-return]


class RolloutArgsDict(TypedDict, total=False):
    """The same as `RolloutArgs`, as a dict."""

    version: pulumi.Input[str]
    canary_weight: pulumi.Input[float]
    promote: pulumi.Input[bool]
    rollback: pulumi.Input[bool]


@pulumi.input_type
class RolloutArgs:
    """How a new version gets its traffic; the version promoted last stays the stable one."""

    def __init__(
        self,
        *,
        version: pulumi.Input[str],
        canary_weight: Optional[pulumi.Input[float]] = None,
        promote: Optional[pulumi.Input[bool]] = None,
        rollback: Optional[pulumi.Input[bool]] = None,
    ) -> None:
        """Args:
        version: Newest version, `version.version` of a RuntimeVersion.
        canary_weight: Share of the newest version while it is not promoted; default: none.
        promote: Make the newest version the stable one.
        rollback: Give all traffic back: from a version on trial to the stable one,
            otherwise to the version that was stable before.
        """
        pulumi.set(self, "version", version)
        if canary_weight is not None:
            pulumi.set(self, "canary_weight", canary_weight)
        if promote is not None:
            pulumi.set(self, "promote", promote)
        if rollback is not None:
            pulumi.set(self, "rollback", rollback)

    @property
    @pulumi.getter
    def version(self) -> pulumi.Input[str]:
        """Newest version, `version.version` of a RuntimeVersion."""
        return pulumi.get(self, "version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="canaryWeight")
    def canary_weight(self) -> Optional[pulumi.Input[float]]:
        """Share of the newest version while it is not promoted; default: none."""
        return pulumi.get(self, "canary_weight")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def promote(self) -> Optional[pulumi.Input[bool]]:
        """Make the newest version the stable one."""
        return pulumi.get(self, "promote")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def rollback(self) -> Optional[pulumi.Input[bool]]:
        """Give all traffic back: from a version on trial to the stable one, otherwise to the
        version that was stable before.
        """
        return pulumi.get(self, "rollback")  # type: ignore[no-any-return]


class SmokeArgsDict(TypedDict, total=False):
    """The same as `SmokeArgs`, as a dict."""

    url: pulumi.Input[str]
    path: pulumi.Input[str]
    body: pulumi.Input[str]
    content_type: pulumi.Input[str]
    expected_status: pulumi.Input[int]
    expected_text: pulumi.Input[str]
    attempts: pulumi.Input[int]
    timeout_seconds: pulumi.Input[int]


@pulumi.input_type
class SmokeArgs:
    """A request that must succeed before traffic moves."""

    def __init__(
        self,
        *,
        url: pulumi.Input[str],
        path: Optional[pulumi.Input[str]] = None,
        body: Optional[pulumi.Input[str]] = None,
        content_type: Optional[pulumi.Input[str]] = None,
        expected_status: Optional[pulumi.Input[int]] = None,
        expected_text: Optional[pulumi.Input[str]] = None,
        attempts: Optional[pulumi.Input[int]] = None,
        timeout_seconds: Optional[pulumi.Input[int]] = None,
    ) -> None:
        """Args:
        url: Where the version to try answers, an endpoint's `url`.
        path: Path that is appended, for instance `/health`.
        body: Body to POST; without one it is a GET.
        content_type: Type of the body; default JSON.
        expected_status: Status of a good answer; default 200.
        expected_text: Text that a good answer holds.
        attempts: How often it is tried, some seconds apart; default 3.
        timeout_seconds: Seconds one answer may take; default 30.
        """
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
    def url(self) -> pulumi.Input[str]:
        """Where the version to try answers, an endpoint's `url`."""
        return pulumi.get(self, "url")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def path(self) -> Optional[pulumi.Input[str]]:
        """Path that is appended, for instance `/health`."""
        return pulumi.get(self, "path")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def body(self) -> Optional[pulumi.Input[str]]:
        """Body to POST; without one it is a GET."""
        return pulumi.get(self, "body")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="contentType")
    def content_type(self) -> Optional[pulumi.Input[str]]:
        """Type of the body; default JSON."""
        return pulumi.get(self, "content_type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="expectedStatus")
    def expected_status(self) -> Optional[pulumi.Input[int]]:
        """Status of a good answer; default 200."""
        return pulumi.get(self, "expected_status")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="expectedText")
    def expected_text(self) -> Optional[pulumi.Input[str]]:
        """Text that a good answer holds."""
        return pulumi.get(self, "expected_text")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def attempts(self) -> Optional[pulumi.Input[int]]:
        """How often it is tried, some seconds apart; default 3."""
        return pulumi.get(self, "attempts")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="timeoutSeconds")
    def timeout_seconds(self) -> Optional[pulumi.Input[int]]:
        """Seconds one answer may take; default 30."""
        return pulumi.get(self, "timeout_seconds")  # type: ignore[no-any-return]


class ScheduledPolicyArgsDict(TypedDict, total=False):
    """The same as `ScheduledPolicyArgs`, as a dict."""

    name: pulumi.Input[str]
    schedule_expression: pulumi.Input[str]
    target: pulumi.Input[int]
    start_time: pulumi.Input[str]
    end_time: pulumi.Input[str]
    time_zone: pulumi.Input[str]


@pulumi.input_type
class ScheduledPolicyArgs:
    """A number of instances at certain times."""

    def __init__(
        self,
        *,
        name: pulumi.Input[str],
        schedule_expression: pulumi.Input[str],
        target: pulumi.Input[int],
        start_time: Optional[pulumi.Input[str]] = None,
        end_time: Optional[pulumi.Input[str]] = None,
        time_zone: Optional[pulumi.Input[str]] = None,
    ) -> None:
        """Args:
        name: Name of the policy.
        schedule_expression: When it applies, for instance `cron(0 8 * * ? *)`.
        target: Number of instances.
        start_time: From then on, `2024-01-01T08:00:00`.
        end_time: Until then, `2024-12-31T08:00:00`.
        time_zone: Time zone, for instance `Asia/Shanghai`.
        """
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
    def name(self) -> pulumi.Input[str]:
        """Name of the policy."""
        return pulumi.get(self, "name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="scheduleExpression")
    def schedule_expression(self) -> pulumi.Input[str]:
        """When it applies, for instance `cron(0 8 * * ? *)`."""
        return pulumi.get(self, "schedule_expression")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def target(self) -> pulumi.Input[int]:
        """Number of instances."""
        return pulumi.get(self, "target")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="startTime")
    def start_time(self) -> Optional[pulumi.Input[str]]:
        """From then on, `2024-01-01T08:00:00`."""
        return pulumi.get(self, "start_time")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="endTime")
    def end_time(self) -> Optional[pulumi.Input[str]]:
        """Until then, `2024-12-31T08:00:00`."""
        return pulumi.get(self, "end_time")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="timeZone")
    def time_zone(self) -> Optional[pulumi.Input[str]]:
        """Time zone, for instance `Asia/Shanghai`."""
        return pulumi.get(self, "time_zone")  # type: ignore[no-any-return]


class ScalingArgsDict(TypedDict, total=False):
    """The same as `ScalingArgs`, as a dict."""

    min_instances: pulumi.Input[int]
    scheduled_policies: pulumi.Input[
        Sequence[pulumi.Input[Union[ScheduledPolicyArgs, ScheduledPolicyArgsDict]]]
    ]


@pulumi.input_type
class ScalingArgs:
    """How many instances are kept ready."""

    def __init__(
        self,
        *,
        min_instances: Optional[pulumi.Input[int]] = None,
        scheduled_policies: Optional[
            pulumi.Input[
                Sequence[pulumi.Input[Union[ScheduledPolicyArgs, ScheduledPolicyArgsDict]]]
            ]
        ] = None,
    ) -> None:
        """Args:
        min_instances: Instances kept at least.
        scheduled_policies: Numbers of instances by time.
        """
        if min_instances is not None:
            pulumi.set(self, "min_instances", min_instances)
        if scheduled_policies is not None:
            pulumi.set(self, "scheduled_policies", scheduled_policies)

    @property
    @pulumi.getter(name="minInstances")
    def min_instances(self) -> Optional[pulumi.Input[int]]:
        """Instances kept at least."""
        return pulumi.get(self, "min_instances")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="scheduledPolicies")
    def scheduled_policies(
        self,
    ) -> Optional[
        pulumi.Input[Sequence[pulumi.Input[Union[ScheduledPolicyArgs, ScheduledPolicyArgsDict]]]]
    ]:
        """Numbers of instances by time."""
        return pulumi.get(self, "scheduled_policies")  # type: ignore[no-any-return]


class DomainRouteArgsDict(TypedDict, total=False):
    """The same as `DomainRouteArgs`, as a dict."""

    path: pulumi.Input[str]
    methods: pulumi.Input[Sequence[pulumi.Input[str]]]
    qualifier: pulumi.Input[str]


@pulumi.input_type
class DomainRouteArgs:
    """Which requests to a domain a runtime gets."""

    def __init__(
        self,
        *,
        path: Optional[pulumi.Input[str]] = None,
        methods: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]] = None,
        qualifier: Optional[pulumi.Input[str]] = None,
    ) -> None:
        """Args:
        path: Path, `/chat`, or everything below one, `/v1/*`. No two functions can have the
            same. Default: '/*'.
        methods: HTTP methods; default: as the service decides.
        qualifier: Version that answers: a number, or `LATEST`, which every deployment
            reaches at once. Default: 'LATEST'.
        """
        if path is not None:
            pulumi.set(self, "path", path)
        if methods is not None:
            pulumi.set(self, "methods", methods)
        if qualifier is not None:
            pulumi.set(self, "qualifier", qualifier)

    @property
    @pulumi.getter
    def path(self) -> Optional[pulumi.Input[str]]:
        """Path, `/chat`, or everything below one, `/v1/*`. No two functions can have the same."""
        return pulumi.get(self, "path")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def methods(self) -> Optional[pulumi.Input[Sequence[pulumi.Input[str]]]]:
        """HTTP methods; default: as the service decides."""
        return pulumi.get(self, "methods")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def qualifier(self) -> Optional[pulumi.Input[str]]:
        """Version that answers: a number, or `LATEST`, which every deployment reaches at once."""
        return pulumi.get(self, "qualifier")  # type: ignore[no-any-return]


class DomainCertArgsDict(TypedDict, total=False):
    """The same as `DomainCertArgs`, as a dict."""

    cert_name: pulumi.Input[str]
    certificate: pulumi.Input[str]
    private_key: pulumi.Input[str]


@pulumi.input_type
class DomainCertArgs:
    """The certificate of a domain."""

    def __init__(
        self,
        *,
        cert_name: pulumi.Input[str],
        certificate: pulumi.Input[str],
        private_key: pulumi.Input[str],
    ) -> None:
        """Args:
        cert_name: Name of the certificate.
        certificate: Certificate with its chain, PEM.
        private_key: Private key, PEM; kept encrypted in the state. Secret.
        """
        pulumi.set(self, "cert_name", cert_name)
        pulumi.set(self, "certificate", certificate)
        pulumi.set(self, "private_key", private_key)

    @property
    @pulumi.getter(name="certName")
    def cert_name(self) -> pulumi.Input[str]:
        """Name of the certificate."""
        return pulumi.get(self, "cert_name")  # type: ignore[no-any-return]

    @property
    @pulumi.getter
    def certificate(self) -> pulumi.Input[str]:
        """Certificate with its chain, PEM."""
        return pulumi.get(self, "certificate")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="privateKey")
    def private_key(self) -> pulumi.Input[str]:
        """Private key, PEM; kept encrypted in the state."""
        return pulumi.get(self, "private_key")  # type: ignore[no-any-return]


class DomainTlsArgsDict(TypedDict, total=False):
    """The same as `DomainTlsArgs`, as a dict."""

    min_version: pulumi.Input[str]
    max_version: pulumi.Input[str]
    cipher_suites: pulumi.Input[Sequence[pulumi.Input[str]]]


@pulumi.input_type
class DomainTlsArgs:
    """Which TLS a domain speaks."""

    def __init__(
        self,
        *,
        min_version: Optional[pulumi.Input[str]] = None,
        max_version: Optional[pulumi.Input[str]] = None,
        cipher_suites: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]] = None,
    ) -> None:
        """Args:
        min_version: Oldest version, `TLSv1.2`.
        max_version: Newest version, `TLSv1.3`.
        cipher_suites: Cipher suites.
        """
        if min_version is not None:
            pulumi.set(self, "min_version", min_version)
        if max_version is not None:
            pulumi.set(self, "max_version", max_version)
        if cipher_suites is not None:
            pulumi.set(self, "cipher_suites", cipher_suites)

    @property
    @pulumi.getter(name="minVersion")
    def min_version(self) -> Optional[pulumi.Input[str]]:
        """Oldest version, `TLSv1.2`."""
        return pulumi.get(self, "min_version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="maxVersion")
    def max_version(self) -> Optional[pulumi.Input[str]]:
        """Newest version, `TLSv1.3`."""
        return pulumi.get(self, "max_version")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="cipherSuites")
    def cipher_suites(self) -> Optional[pulumi.Input[Sequence[pulumi.Input[str]]]]:
        """Cipher suites."""
        return pulumi.get(self, "cipher_suites")  # type: ignore[no-any-return]


class DomainAuthArgsDict(TypedDict, total=False):
    """The same as `DomainAuthArgs`, as a dict."""

    auth_type: pulumi.Input[str]
    auth_info: pulumi.Input[str]


@pulumi.input_type
class DomainAuthArgs:
    """How callers of a domain prove who they are."""

    def __init__(
        self,
        *,
        auth_type: Optional[pulumi.Input[str]] = None,
        auth_info: Optional[pulumi.Input[str]] = None,
    ) -> None:
        """Args:
        auth_type: `anonymous`, `function` (signed requests) or `jwt`. Default: 'anonymous'.
        auth_info: Settings of `jwt` as JSON text; they may hold keys. Secret.
        """
        if auth_type is not None:
            pulumi.set(self, "auth_type", auth_type)
        if auth_info is not None:
            pulumi.set(self, "auth_info", auth_info)

    @property
    @pulumi.getter(name="authType")
    def auth_type(self) -> Optional[pulumi.Input[str]]:
        """`anonymous`, `function` (signed requests) or `jwt`."""
        return pulumi.get(self, "auth_type")  # type: ignore[no-any-return]

    @property
    @pulumi.getter(name="authInfo")
    def auth_info(self) -> Optional[pulumi.Input[str]]:
        """Settings of `jwt` as JSON text; they may hold keys."""
        return pulumi.get(self, "auth_info")  # type: ignore[no-any-return]


class DomainWafArgsDict(TypedDict, total=False):
    """The same as `DomainWafArgs`, as a dict."""

    enable: pulumi.Input[bool]


@pulumi.input_type
class DomainWafArgs:
    """The web application firewall in front of a domain."""

    def __init__(
        self,
        *,
        enable: Optional[pulumi.Input[bool]] = None,
    ) -> None:
        """Args:
        enable: Whether requests pass the firewall. Default: True.
        """
        if enable is not None:
            pulumi.set(self, "enable", enable)

    @property
    @pulumi.getter
    def enable(self) -> Optional[pulumi.Input[bool]]:
        """Whether requests pass the firewall."""
        return pulumi.get(self, "enable")  # type: ignore[no-any-return]
