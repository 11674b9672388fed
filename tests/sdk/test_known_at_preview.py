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
    resource = SimpleNamespace(**{name: pulumi.Output.from_input(v) for name, v in known.items()})

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
