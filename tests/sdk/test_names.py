"""Names in the service that were not given are derived, valid, and the same at every run."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pulumi
import pytest
from pulumi_agentrun._resource import default_name, owner_mark

VALID = re.compile(r"^[a-z][a-z0-9-]{0,62}$")


@pytest.fixture(autouse=True)
def stack() -> Iterator[None]:
    settings = pulumi.runtime.Settings(project="My Shop", stack="dev", organization="organization")
    pulumi.runtime.configure(settings)
    yield
    pulumi.runtime.settings.reset_options()


def test_a_name_tells_project_stack_and_resource() -> None:
    assert default_name("agent") == "my-shop-dev-agent"


@pytest.mark.parametrize("resource", ["agent", "Agent_2", "代理", "x" * 200, "a/b", "9lives"])
def test_a_name_is_valid_and_stable(resource: str) -> None:
    assert VALID.match(default_name(resource))
    assert default_name(resource) == default_name(resource)


def test_names_that_are_cut_stay_different() -> None:
    assert default_name("x" * 200 + "1") != default_name("x" * 200 + "2")


def test_the_owner_mark_tells_stacks_and_resources_apart() -> None:
    marks = {owner_mark(kind, name) for kind in ("Runtime", "Other") for name in ("a", "b")}
    assert len(marks) == 4
    assert len({mark.rpartition("-")[0] for mark in marks}) == 1
