"""Look up what exists already: made in the console, by another stack, or by `s deploy`.

Each function has an `_output` form that takes outputs of other resources and gives an output; in a
preview it is unknown as long as one of its arguments is. The plain forms ask at once and return
values. The provider's settings come from the stack, as for resources.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Optional, TypeVar

import pulumi

T = TypeVar("T")


@dataclass(frozen=True)
class RuntimeResult:
    """A runtime that exists."""

    id: str
    """Id, as `runtime_id` of other resources takes it."""
    name: str
    """Name."""
    arn: str
    """Full name in the cloud."""
    status: str
    """State, `READY` if it can serve."""
    properties: Mapping[str, Any]
    """All fields by the names of `Runtime`'s arguments and outputs."""


@dataclass(frozen=True)
class RuntimeEndpointResult:
    """An endpoint that exists."""

    id: str
    """Id in the form `runtimeId/endpointId`."""
    name: str
    """Name."""
    url: Optional[str]
    """Public address."""
    target_version: str
    """Version that gets the traffic which is not split off."""
    status: str
    """State, `READY` if it can serve."""
    properties: Mapping[str, Any]
    """All fields by the names of `RuntimeEndpoint`'s arguments and outputs."""


@dataclass(frozen=True)
class RuntimeVersionResult:
    """A published version of a runtime."""

    version: str
    """Number."""
    description: Optional[str]
    """What was said at publishing."""
    published_at: Optional[str]
    """Time, ISO 8601."""


def get_runtime(
    *,
    name: Optional[str] = None,
    id: Optional[str] = None,
    region: Optional[str] = None,
    account_id: Optional[str] = None,
    profile: Optional[str] = None,
) -> RuntimeResult:
    """Find a runtime by its name or its id.

    Args:
        name: Exact name.
        id: Id, in place of the name.
        region: Region; default: the provider's.
        account_id: Account number; default: the provider's.
        profile: Credentials profile; default: the provider's.

    Raises:
        pulumi.RunError: There is none, or the service refused the call.
    """
    where = {"region": region, "account_id": account_id, "profile": profile}
    found = _ask(where, "get_runtime", name=name, runtime_id=id)
    return _runtime(found)


def get_runtime_output(
    *,
    name: Optional[pulumi.Input[str]] = None,
    id: Optional[pulumi.Input[str]] = None,
    region: Optional[pulumi.Input[str]] = None,
    account_id: Optional[pulumi.Input[str]] = None,
    profile: Optional[pulumi.Input[str]] = None,
) -> pulumi.Output[RuntimeResult]:
    """As `get_runtime`, with outputs for arguments."""
    return _output(
        get_runtime, name=name, id=id, region=region, account_id=account_id, profile=profile
    )


def list_runtimes(
    *,
    name_prefix: str = "",
    system_tag: Optional[str] = None,
    region: Optional[str] = None,
    account_id: Optional[str] = None,
    profile: Optional[str] = None,
) -> list[RuntimeResult]:
    """List the runtimes of a region.

    Args:
        name_prefix: How their names begin; default: all.
        system_tag: Tag that they carry; default: any.
        region: Region; default: the provider's.
        account_id: Account number; default: the provider's.
        profile: Credentials profile; default: the provider's.

    Raises:
        pulumi.RunError: The service refused the call.
    """
    where = {"region": region, "account_id": account_id, "profile": profile}
    found = _ask(where, "list_runtimes", name_prefix=name_prefix, system_tag=system_tag)
    return [_runtime(item) for item in found]


def list_runtimes_output(
    *,
    name_prefix: pulumi.Input[str] = "",
    system_tag: Optional[pulumi.Input[str]] = None,
    region: Optional[pulumi.Input[str]] = None,
    account_id: Optional[pulumi.Input[str]] = None,
    profile: Optional[pulumi.Input[str]] = None,
) -> pulumi.Output[list[RuntimeResult]]:
    """As `list_runtimes`, with outputs for arguments."""
    return _output(
        list_runtimes,
        name_prefix=name_prefix,
        system_tag=system_tag,
        region=region,
        account_id=account_id,
        profile=profile,
    )


def get_runtime_endpoint(
    *,
    runtime_id: str,
    name: str,
    region: Optional[str] = None,
    account_id: Optional[str] = None,
    profile: Optional[str] = None,
) -> RuntimeEndpointResult:
    """Find an endpoint of a runtime by its name.

    Args:
        runtime_id: Id of the runtime.
        name: Exact name of the endpoint.
        region: Region; default: the provider's.
        account_id: Account number; default: the provider's.
        profile: Credentials profile; default: the provider's.

    Raises:
        pulumi.RunError: There is none, or the service refused the call.
    """
    where = {"region": region, "account_id": account_id, "profile": profile}
    found = _ask(where, "get_runtime_endpoint", runtime_id=runtime_id, name=name)
    return RuntimeEndpointResult(
        id=found["id"],
        name=found["name"],
        url=found.get("url"),
        target_version=found["target_version"],
        status=found["status"],
        properties=found,
    )


def get_runtime_endpoint_output(
    *,
    runtime_id: pulumi.Input[str],
    name: pulumi.Input[str],
    region: Optional[pulumi.Input[str]] = None,
    account_id: Optional[pulumi.Input[str]] = None,
    profile: Optional[pulumi.Input[str]] = None,
) -> pulumi.Output[RuntimeEndpointResult]:
    """As `get_runtime_endpoint`, with outputs for arguments."""
    return _output(
        get_runtime_endpoint,
        runtime_id=runtime_id,
        name=name,
        region=region,
        account_id=account_id,
        profile=profile,
    )


def list_runtime_versions(
    *,
    runtime_id: str,
    region: Optional[str] = None,
    account_id: Optional[str] = None,
    profile: Optional[str] = None,
) -> list[RuntimeVersionResult]:
    """List the published versions of a runtime, newest first.

    Args:
        runtime_id: Id of the runtime.
        region: Region; default: the provider's.
        account_id: Account number; default: the provider's.
        profile: Credentials profile; default: the provider's.

    Raises:
        pulumi.RunError: The service refused the call.
    """
    where = {"region": region, "account_id": account_id, "profile": profile}
    found = _ask(where, "list_runtime_versions", runtime_id=runtime_id)
    return [RuntimeVersionResult(**item) for item in found]


def list_runtime_versions_output(
    *,
    runtime_id: pulumi.Input[str],
    region: Optional[pulumi.Input[str]] = None,
    account_id: Optional[pulumi.Input[str]] = None,
    profile: Optional[pulumi.Input[str]] = None,
) -> pulumi.Output[list[RuntimeVersionResult]]:
    """As `list_runtime_versions`, with outputs for arguments."""
    return _output(
        list_runtime_versions,
        runtime_id=runtime_id,
        region=region,
        account_id=account_id,
        profile=profile,
    )


def _output(function: Callable[..., T], **arguments: Any) -> pulumi.Output[T]:
    return pulumi.Output.all(**arguments).apply(lambda known: function(**known))


def _ask(where: Mapping[str, Optional[str]], question: str, **arguments: Any) -> Any:
    """Ask the service; a program that asks nothing does not load the provider's core."""
    from agentrun_provider import lookups
    from agentrun_provider.errors import AgentRunError
    from agentrun_provider.hosts.sessions import configured, session_for

    config = pulumi.Config("agentrun")
    shared = {"alicloud:region": pulumi.Config("alicloud").get("region")}
    try:
        session = session_for(
            configured(config.get) | {key: value for key, value in shared.items() if value},
            {key: value for key, value in where.items() if value is not None},
        )
        return getattr(lookups, question)(session, **arguments)
    except AgentRunError as error:
        raise pulumi.RunError(f"{question}: {error.one_line()}") from None


def _runtime(found: Mapping[str, Any]) -> RuntimeResult:
    return RuntimeResult(
        id=found["id"],
        name=found["name"],
        arn=found["arn"],
        status=found["status"],
        properties=found,
    )
