"""What a user declares of a runtime, and what the service adds to it (sections 2.2 to 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from ..fields import (
    Computed,
    Follows,
    MaybeUnknown,
    Operational,
    Problem,
    Replaces,
    ResetTo,
    Unmanaged,
    Unordered,
    Wire,
    WriteOnly,
    absent,
    given,
)
from ..kind import Inputs, Outputs
from .shapes import (
    Arms,
    Code,
    Container,
    HealthCheck,
    Log,
    Nas,
    OssMount,
    Protocol,
    Text,
    Vpc,
)

ROLE = r"^(acs:ram::[0-9]+:role/)?[a-zA-Z][a-zA-Z0-9_/.-]{0,127}$"


class RuntimeInputs(Inputs):
    """Inputs of a runtime."""

    name: Annotated[str, Replaces("the name is part of the address"), Wire("agentRuntimeName")] = (
        Field(
            pattern=r"^[a-zA-Z][a-zA-Z0-9_-]{0,127}$",
            description="Name of the runtime, part of its address; default: from project, "
            "stack and resource name.",
        )
    )
    description: str | None = Field(None, max_length=256, description="What it is for.")
    code: Annotated[Code | None, Wire("codeConfiguration")] = Field(
        None, description="Code to run. Exactly one of `code` and `container`."
    )
    container: Annotated[Container | None, Wire("containerConfiguration")] = Field(
        None, description="Image to run. Exactly one of `code` and `container`."
    )
    cpu: float = Field(1.0, ge=0.05, le=16, description="Cores (0.05 to 16).")
    memory: int = Field(2048, ge=128, le=32768, description="Memory in MB (128 to 32768).")
    port: int = Field(9000, ge=1, le=65535, description="Port the agent listens on.")
    disk_size: Literal[512, 10240] | None = Field(None, description="Disk in MB, 512 or 10240.")
    environment_variables: dict[str, Text] | None = Field(
        None, description="Environment of the agent; use Pulumi secrets for secret values."
    )
    role: Annotated[str | None, Wire("executionRoleArn")] = Field(
        None,
        pattern=ROLE,
        description="RAM role the agent acts as: its name, or `acs:ram::<account>:role/<name>`.",
    )
    credential: Annotated[str | None, Wire("credentialName")] = Field(
        None,
        pattern=r"^[a-zA-Z][a-zA-Z0-9_-]{0,63}$",
        description="Name of the AgentRun credential that guards inbound calls.",
    )
    credential_id: Annotated[
        str | None, Replaces("it can be given at creation only"), WriteOnly()
    ] = Field(None, description="Id of a credential; the service takes it at creation only.")
    vpc: Annotated[Vpc | None, Unmanaged()] = Field(
        None,
        description="VPC to run in. With neither `vpc` nor `internet_access` the network of "
        "an existing runtime is left as it is.",
    )
    internet_access: Annotated[bool | None, Unmanaged()] = Field(
        None,
        description="Whether instances reach the internet; with a `vpc` the default is true.",
    )
    log: Annotated[Log | None, Wire("logConfiguration"), Unmanaged()] = Field(
        None, description="Where the output goes. Unset: left as it is."
    )
    health_check: Annotated[HealthCheck | None, Wire("healthCheckConfiguration")] = Field(
        None, description="Health checks of the instances."
    )
    protocol: Annotated[Protocol | None, Wire("protocolConfiguration")] = Field(
        None, description="Protocols that the agent speaks."
    )
    nas: Annotated[Nas | None, Wire("nasConfig")] = Field(
        None, description="NAS file systems; need `vpc`."
    )
    oss_mount: Annotated[OssMount | None, Wire("ossMountConfig")] = Field(
        None, description="Buckets mounted into the instances."
    )
    arms: Annotated[Arms | None, Wire("armsConfiguration"), WriteOnly()] = Field(
        None, description="Tracing with ARMS. Never returned, so drift of it is not seen."
    )
    instance_concurrency: Annotated[
        int | None, Wire("sessionConcurrencyLimitPerInstance"), ResetTo(1)
    ] = Field(None, ge=1, le=200, description="Sessions one instance serves at a time (1 to 200).")
    session_idle_timeout_seconds: int | None = Field(
        None, ge=60, le=86400, description="Seconds after which an idle session ends (60 to 86400)."
    )
    enable_session_isolation: Annotated[bool | None, ResetTo(False)] = Field(
        None, description="Give every session an instance of its own."
    )
    disable_session_affinity: Annotated[bool | None, ResetTo(False)] = Field(
        None, description="Let requests of one session go to any instance."
    )
    session_affinity_type: Literal["NONE", "HEADER_FIELD", "GENERATED_COOKIE"] | None = Field(
        None, description="How requests of a session find their instance."
    )
    header_field_name: str | None = Field(
        None, description="Header that names the session; required with `HEADER_FIELD`."
    )
    disable_ondemand: Annotated[bool | None, ResetTo(False)] = Field(
        None, description="Serve from provisioned instances only."
    )
    edition: str | None = Field(None, description="Edition of the runtime.")
    external_agent_endpoint_url: str | None = Field(
        None, pattern=r"^https?://", description="Address of an agent that is hosted elsewhere."
    )
    resource_group_id: Annotated[str | None, Replaces("it can be given at creation only")] = Field(
        None, description="Resource group; fixed at creation."
    )
    workspace: Annotated[str | None, Wire("workspaceId")] = Field(
        None,
        description="Id or name of the workspace; default: `agentrun:workspace`, else the "
        "account's default workspace.",
    )
    system_tags: Annotated[
        list[Annotated[str, Field(min_length=1), MaybeUnknown]] | None, Unordered()
    ] = Field(None, description="Tags of the runtime, beside the one that marks its owner.")
    force: Annotated[bool | None, Operational()] = Field(
        None,
        description="On deletion, end its sessions and remove the endpoints that are left, also "
        "those that this program did not make.",
    )
    force_evict_instances: Annotated[bool | None, Operational()] = Field(
        None, description="End running sessions when the runtime is updated (best effort)."
    )

    def rules(self) -> Iterator[Problem]:
        if given(self.code) and given(self.container):
            yield Problem(("container",), "excludes code: a runtime runs one of the two")
        if absent(self.code) and absent(self.container):
            yield Problem(("code",), "or container is required")
        if given(self.nas) and absent(self.vpc):
            yield Problem(("nas",), "needs vpc: NAS is reached through it")
        if self.session_affinity_type == "HEADER_FIELD" and absent(self.header_field_name):
            yield Problem(("header_field_name",), "is required with HEADER_FIELD")


class RuntimeOutputs(Outputs):
    """What the service adds to a runtime."""

    arn: Annotated[
        str, Wire("agentRuntimeArn"), Follows("acs:agentrun:{region}:{account}:runtimes/{own_id}")
    ] = Field(description="`acs:agentrun:{region}:{account}:runtimes/{id}`.")
    version: Annotated[str | None, Wire("agentRuntimeVersion")] = Field(
        None, description="Version that the service shows."
    )
    status: Annotated[str, Follows("READY")] = Field(
        description="State of the runtime, `READY` after a deployment."
    )
    status_reason: str | None = Field(None, description="Why it is in that state.")
    created_at: str | None = Field(None, description="Time of creation, ISO 8601.")
    last_updated_at: str | None = Field(None, description="Time of the last change, ISO 8601.")
    workspace_id: str | None = Field(None, description="Id of the workspace it is in.")
    log_project: Annotated[str | None, Computed()] = Field(
        None, description="Log project in use, also with `auto`."
    )
    log_store: Annotated[str | None, Computed()] = Field(
        None, description="Logstore in use, also with `auto`."
    )
    code_checksum: Annotated[str | None, Computed()] = Field(
        None, description="CRC-64 of the deployed package."
    )
    service_defaults: Annotated[dict[str, Any] | None, Computed()] = Field(
        None, description="What the service holds beyond the declared fields."
    )
