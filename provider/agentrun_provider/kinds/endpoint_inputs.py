"""What a user declares of an endpoint, and what the service adds to it (section 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from ..fields import (
    Computed,
    Follows,
    MaybeUnknown,
    Operational,
    Problem,
    Replaces,
    ResetTo,
    Shape,
    Wire,
    WriteOnly,
    given,
)
from ..kind import Inputs, Outputs


def _as_text(value: Any) -> Any:
    """Versions are numbers to people and text to the service; both are taken."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return str(int(value))
    return value


Version = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^[1-9][0-9]*$")]
TargetVersion = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^(LATEST|[1-9][0-9]*)$")]


def _as_share(value: Any) -> Any:
    """Refuse a percentage, and say how to write it."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 1 <= value < 100:
        raise ValueError(
            f"must be a share between 0 and 1 (got {value:g}): for {value:g} % write "
            f"{value / 100:g}"
        )
    return value


class VersionWeight(Shape):
    """A version and its share of the traffic."""

    version: Version = Field(description="Number of a published version.")
    weight: Annotated[float, BeforeValidator(_as_share)] = Field(
        gt=0, lt=1, description="Share of the traffic, above 0 and below 1; 0.1 is 10 %."
    )


class Canary(VersionWeight):
    """The version that is tried out, and its share; the rest goes to `target_version`."""


class Rollout(Shape):
    """How a new version gets its traffic; the version promoted last stays the stable one."""

    version: Version = Field(description="Newest version, `version.version` of a RuntimeVersion.")
    canary_weight: Annotated[float | None, BeforeValidator(_as_share)] = Field(
        None,
        ge=0,
        lt=1,
        description="Share of the newest version while it is not promoted; default: none.",
    )
    promote: bool | None = Field(None, description="Make the newest version the stable one.")
    rollback: bool | None = Field(
        None,
        description="Give all traffic back: from a version on trial to the stable one, otherwise "
        "to the version that was stable before.",
    )

    def rules(self) -> Iterator[Problem]:
        if self.promote is True and self.rollback is True:
            yield Problem(("rollback",), "excludes promote: use one of the two")


class Smoke(Shape):
    """A request that must succeed before traffic moves."""

    url: str = Field(
        pattern=r"^https?://", description="Where the version to try answers, an endpoint's `url`."
    )
    path: str | None = Field(
        None, pattern=r"^/", description="Path that is appended, for instance `/health`."
    )
    body: str | None = Field(None, description="Body to POST; without one it is a GET.")
    content_type: str | None = Field(None, description="Type of the body; default JSON.")
    expected_status: int | None = Field(
        None, ge=100, le=599, description="Status of a good answer; default 200."
    )
    expected_text: str | None = Field(None, description="Text that a good answer holds.")
    attempts: int | None = Field(
        None, ge=1, le=20, description="How often it is tried, some seconds apart; default 3."
    )
    timeout_seconds: int | None = Field(
        None, ge=1, le=300, description="Seconds one answer may take; default 30."
    )


class ScheduledPolicy(Shape):
    """A number of instances at certain times."""

    name: str = Field(min_length=1, description="Name of the policy.")
    schedule_expression: str = Field(
        min_length=1, description="When it applies, for instance `cron(0 8 * * ? *)`."
    )
    target: int = Field(ge=0, description="Number of instances.")
    start_time: str | None = Field(None, description="From then on, `2024-01-01T08:00:00`.")
    end_time: str | None = Field(None, description="Until then, `2024-12-31T08:00:00`.")
    time_zone: str | None = Field(None, description="Time zone, for instance `Asia/Shanghai`.")


class Scaling(Shape):
    """How many instances are kept ready."""

    min_instances: int | None = Field(None, ge=0, description="Instances kept at least.")
    scheduled_policies: list[Annotated[ScheduledPolicy, MaybeUnknown]] | None = Field(
        None, description="Numbers of instances by time."
    )


class EndpointInputs(Inputs):
    """Inputs of an endpoint."""

    runtime_id: Annotated[
        str, Replaces("an endpoint belongs to one runtime"), Wire("agentRuntimeId")
    ] = Field(min_length=1, description="Id of the runtime, `runtime.id`.")
    name: Annotated[
        str, Replaces("the name is part of the address"), Wire("agentRuntimeEndpointName")
    ] = Field(
        pattern=r"^[a-zA-Z][a-zA-Z0-9_-]{0,63}$",
        description="Name of the endpoint, part of its address; default: from project, stack and "
        "resource name.",
    )
    description: str | None = Field(None, max_length=256, description="What it is for.")
    target_version: TargetVersion | None = Field(
        None,
        description="Version that gets the traffic: a number pins it, `LATEST` (default) follows "
        "every deployment of the runtime.",
    )
    canary: Canary | None = Field(
        None, description="Version that gets a share of the traffic; excludes `version_weights`."
    )
    version_weights: list[Annotated[VersionWeight, MaybeUnknown]] | None = Field(
        None,
        description="Shares of several versions beside the target version, which gets the rest.",
    )
    rollout: Annotated[Rollout | None, Operational()] = Field(
        None,
        description="Let the newest version be tried out, promoted or rolled back by "
        "configuration, in place of `target_version`, `canary` and `version_weights`.",
    )
    smoke: Annotated[Smoke | None, Operational()] = Field(
        None, description="Request that must succeed before the endpoint's traffic changes."
    )
    traffic: Annotated[str | None, Computed(), Operational()] = Field(
        None, description="The split in words, for instance `90 % v3, 10 % v4`."
    )
    previous_version: Annotated[str | None, Computed(), Operational()] = Field(
        None, description="The version that was stable before; a rollback goes there."
    )
    rolled_back_version: Annotated[str | None, Computed(), Operational()] = Field(
        None, description="The newest version at the time of the last rollback."
    )
    disable_public_network_access: Annotated[bool | None, ResetTo(False)] = Field(
        None, description="Close the endpoint to the internet."
    )
    scaling: Annotated[Scaling | None, Wire("scalingConfig"), WriteOnly()] = Field(
        None, description="Instances kept ready. Never returned, so drift of it is not seen."
    )

    def rules(self) -> Iterator[Problem]:
        for field in ("target_version", "canary", "version_weights"):
            if given(self.rollout) and given(getattr(self, field)):
                yield Problem((field,), "is decided by rollout: use one of the two")
        if given(self.canary) and given(self.version_weights):
            yield Problem(("version_weights",), "excludes canary: use one of the two")
        yield from self._split_rules("canary", [self.canary])
        if isinstance(self.version_weights, list):
            yield from self._split_rules("version_weights", self.version_weights)

    def _split_rules(self, field: str, entries: list[Any]) -> Iterator[Problem]:
        seen: set[str] = set()
        shares = 0.0
        for index, entry in enumerate(entries):
            if not isinstance(entry, VersionWeight):
                continue
            where = (field,) if field == "canary" else (field, index)
            if given(entry.version) and entry.version == self.target_version:
                yield Problem(
                    (*where, "version"), "is the target version, so nothing would be split"
                )
            elif entry.version in seen:
                yield Problem((*where, "version"), "is in the list already")
            seen |= {entry.version} if given(entry.version) else set()
            shares += entry.weight if given(entry.weight) else 0.0
        if shares >= 1:
            yield Problem((field,), f"takes {shares:g} of the traffic and leaves none")


class EndpointOutputs(Outputs):
    """What the service adds to an endpoint."""

    endpoint_id: Annotated[str, Wire("agentRuntimeEndpointId"), Follows("{own_id}")] = Field(
        description="Id of the endpoint; the resource's id is `runtimeId/endpointId`."
    )
    arn: Annotated[
        str,
        Wire("agentRuntimeEndpointArn"),
        Follows("acs:agentrun:{region}:{account}:runtime-endpoints/{own_id}"),
    ] = Field(description="`acs:agentrun:{region}:{account}:runtime-endpoints/{id}`.")
    url: Annotated[
        str | None,
        Wire("endpointPublicUrl"),
        Follows("{data_url}/agent-runtimes/{runtime_name}/endpoints/{name}/invocations"),
    ] = Field(
        None, description="Public address; append a path such as `/openai/v1/chat/completions`."
    )
    status: Annotated[str, Follows("READY")] = Field(
        description="State of the endpoint, `READY` after a deployment."
    )
    status_reason: str | None = Field(None, description="Why it is in that state.")
    scaling_status: dict[str, Any] | None = Field(
        None, description="Instances kept ready at the moment."
    )
    service_defaults: Annotated[dict[str, Any] | None, Computed()] = Field(
        None, description="What the service holds beyond the declared fields."
    )
