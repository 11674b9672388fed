"""Outputs that the preview of an update knows although the engine does not.

For a dynamic provider the engine takes the new inputs for the outputs of an update, so everything
the service added would be unknown in the preview, and whatever depends on it would look changed.
Some of these outputs follow from what is known: the resource's id and names, region and account.
"""

from __future__ import annotations

import asyncio
import os
import string
from collections.abc import Awaitable, Sequence
from typing import Any

import pulumi
from pulumi.runtime import is_dry_run

_ACCOUNT_VARIABLES = ("AGENTRUN_ACCOUNT_ID", "ALIBABA_CLOUD_ACCOUNT_ID", "FC_ACCOUNT_ID")


def following(
    resource: pulumi.CustomResource, raw: pulumi.Output[Any], template: str
) -> pulumi.Output[Any]:
    """Return `raw`, or in a preview that does not know it what the template makes of known values.

    Args:
        resource: The resource the output belongs to.
        raw: The output as the engine gives it.
        template: Text with the names of inputs, `id`, `own_id`, `account`, `data_url` and
            `runtime_name` in braces.
    """
    if not is_dry_run():
        return raw
    # Only of a resource that exists; what is about to be made has nothing to follow from.
    names = {"id"} | {name for _, name, _, _ in string.Formatter().parse(template) if name}
    parts = pulumi.Output.all(**{name: _part(resource, name) for name in names})

    async def from_parts() -> bool:
        known = await raw.is_known()
        return not known and await parts.is_known() and all((await parts.future() or {}).values())

    derived = asyncio.ensure_future(from_parts())

    async def value() -> Any:
        if await derived:
            return template.format(**(await parts.future() or {}))
        return await raw.future(with_unknowns=True)

    async def is_known() -> bool:
        return await derived or await raw.is_known()

    return pulumi.Output(
        _started(raw.resources()),
        _started(value()),
        _started(is_known()),
        _started(raw.is_secret()),
    )


def or_declared(raw: pulumi.Output[Any], declared: Any) -> pulumi.Output[Any]:
    """Return `raw`, or in a preview that does not know it what was declared.

    The state has no value of what was declared as empty, or is ignored since before it was
    declared. An update goes by what was declared then, so a preview has to do the same.

    Args:
        raw: The output as the engine gives it.
        declared: What the program gave for it.
    """
    if not is_dry_run():
        return raw
    given = pulumi.Output.from_input(declared)

    async def taken() -> pulumi.Output[Any]:
        return given if not await raw.is_known() and await given.is_known() else raw

    source = asyncio.ensure_future(taken())

    async def value() -> Any:
        return await (await source).future(with_unknowns=True)

    async def is_known() -> bool:
        return await (await source).is_known()

    async def is_secret() -> bool:
        return await (await source).is_secret()

    return pulumi.Output(
        _started(raw.resources()), _started(value()), _started(is_known()), _started(is_secret())
    )


def _started(work: Awaitable[Any]) -> asyncio.Future[Any]:
    return asyncio.ensure_future(work)


def _part(resource: Any, name: str) -> Any:
    if name == "own_id":
        return resource.id.apply(lambda whole: whole.rpartition("/")[2])
    if name == "account":
        return _account(resource)
    if name == "data_url":
        return _data_url(resource)
    if name == "runtime_name":
        # As it was declared: the resource's own output tells of the resource only.
        return _runtime_name(resource._declared.get("runtime_id"))
    return getattr(resource, name)


def _account(resource: Any) -> Any:
    configured = pulumi.Config("agentrun").get("accountId")
    from_environment = (os.environ.get(name) for name in _ACCOUNT_VARIABLES)
    fallback = configured or next((value for value in from_environment if value), "")
    return pulumi.Output.from_input(resource._declared.get("account_id") or fallback)


def _data_url(resource: Any) -> Any:
    override = pulumi.Config("agentrun").get("dataEndpoint") or os.environ.get(
        "AGENTRUN_DATA_ENDPOINT"
    )
    if override:
        return override if "://" in override else f"https://{override}"
    both = pulumi.Output.all(_account(resource), resource.region)
    return both.apply(
        lambda pair: f"https://{pair[0]}.agentrun-data.{pair[1]}.aliyuncs.com" if pair[0] else ""
    )


def _runtime_name(runtime_id: Any) -> Any:
    """The name of the runtime an id belongs to, if that runtime is declared in this program."""

    async def find() -> Any:
        runtime = await _runtime_of(runtime_id)
        return await runtime.name.future() if runtime else ""

    return pulumi.Output.from_input(find())


def declared_by_runtime(runtime_id: Any, parts: Sequence[str]) -> Any:
    """Which of some fields the runtime's own resource declares, if it is in this program."""

    async def find() -> Any:
        runtime = await _runtime_of(runtime_id)
        return [name for name in parts if name in runtime._declared] if runtime else []

    return pulumi.Output.from_input(find())


async def _runtime_of(runtime_id: Any) -> Any:
    if isinstance(runtime_id, pulumi.Output):
        for resource in await runtime_id.resources():
            if type(resource).__name__ == "Runtime":
                return resource
    return None
