"""What the preview of an update knows of a resource, so that nothing else looks changed by it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pulumi
import pulumi_agentrun as agentrun
import pytest
from pulumi_agentrun import _stable
from pulumi_agentrun._fingerprint import fingerprint_of
from pulumi_agentrun._resource import _is_empty


async def value_in_preview(declared: property, **known: Any) -> Any:
    """What a preview says of an output of a resource of which only some values are known."""
    given = known.pop("_declared", {})
    outputs = {name: pulumi.Output.from_input(value) for name, value in known.items()}
    resource = SimpleNamespace(**outputs, _declared=given)

    async def now(value: Any) -> Any:
        return value

    def following(_name: str, template: str) -> pulumi.Output[Any]:
        raw: pulumi.Output[Any] = pulumi.Output(now(set()), now(None), now(False), now(False))
        return _stable.following(resource, raw, template)  # type: ignore[arg-type]

    assert declared.fget is not None
    output = declared.fget(SimpleNamespace(_following=following))
    return await output.future() if await output.is_known() else None


@pytest.mark.parametrize(("known", "version"), [("r-1/7", "7"), ("", None)])
def test_the_number_of_a_version_is_known_unless_it_is_about_to_be_published(
    monkeypatch: pytest.MonkeyPatch, known: str, version: str | None
) -> None:
    monkeypatch.setattr(_stable, "is_dry_run", lambda: True)
    declared: Any = agentrun.RuntimeVersion.version
    assert asyncio.run(value_in_preview(declared, id=known)) == version


class Runtime:
    """A runtime of the program, as an output knows it."""

    def __init__(self, name: str) -> None:
        self.name = pulumi.Output.from_input(name)


def test_the_address_of_an_endpoint_that_stays_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_stable, "is_dry_run", lambda: True)
    monkeypatch.delenv("AGENTRUN_DATA_ENDPOINT", raising=False)
    declared: Any = agentrun.RuntimeEndpoint.url

    async def look() -> Any:
        async def now(found: Any) -> Any:
            return found

        runtime: Any = Runtime("shop")
        runtime_id: pulumi.Output[str] = pulumi.Output(now({runtime}), now("r-1"), now(True))
        values = {"id": "r-1/e-1", "name": "production", "region": "cn-hangzhou"}
        given = {"runtime_id": runtime_id, "account_id": "123"}
        return await value_in_preview(declared, _declared=given, **values)

    assert asyncio.run(look()) == (
        "https://123.agentrun-data.cn-hangzhou.aliyuncs.com"
        "/agent-runtimes/shop/endpoints/production/invocations"
    )


@pytest.mark.parametrize("declared", [{}, [], "", None])
def test_what_is_declared_as_empty_leaves_a_fingerprint_known(
    monkeypatch: pytest.MonkeyPatch, declared: Any
) -> None:
    monkeypatch.setattr(_stable, "is_dry_run", lambda: True)

    async def fingerprint(value: Any) -> str | None:
        async def now(found: Any) -> Any:
            return found

        # The provider leaves out what is empty, so the engine does not know it in a preview.
        unknown: pulumi.Output[Any] = pulumi.Output(now(set()), now(None), now(False), now(False))
        resource = SimpleNamespace(
            memory=pulumi.Output.from_input(2048), variables=unknown, _declared={"memory": 2048}
        )
        if not _is_empty(value):
            resource._declared["variables"] = value
        output = fingerprint_of(resource, ("memory", "variables"), ())
        return await output.future() if await output.is_known() else None

    async def both() -> list[str | None]:
        return [
            await fingerprint(declared),
            await fingerprint(pulumi.Output.from_input(declared)),
        ]

    plain, computed = asyncio.run(both())
    assert plain == computed is not None


def test_a_resource_that_declares_nothing_that_counts_has_a_fingerprint() -> None:
    async def look() -> str | None:
        return await fingerprint_of(SimpleNamespace(_declared={}), ("project",), ()).future()

    assert asyncio.run(look())


def test_what_is_ignored_since_before_it_was_declared_counts_as_it_does_in_an_update(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_stable, "is_dry_run", lambda: True)

    async def look() -> tuple[bool, Any, bool]:
        async def now(found: Any) -> Any:
            return found

        unknown: pulumi.Output[Any] = pulumi.Output(now(set()), now(None), now(False), now(False))
        output = _stable.or_declared(unknown, pulumi.Output.secret({"A": "1"}))
        return await output.is_known(), await output.future(), await output.is_secret()

    assert asyncio.run(look()) == (True, {"A": "1"}, True)
