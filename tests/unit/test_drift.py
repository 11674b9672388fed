"""Drift is told apart from what the service fills in by itself."""

from __future__ import annotations

from typing import Annotated, Any

from agentrun_provider.drift import observed, service_defaults
from agentrun_provider.fields import (
    Internal,
    Local,
    Operational,
    Replaces,
    Secret,
    Shape,
    Unmanaged,
    WriteOnly,
)


class Check(Shape):
    url: str | None = None
    period: int | None = None


class Mount(Shape):
    path: str
    mode: str | None = None


class Thing(Shape):
    name: Annotated[str, Replaces("fixed")]
    size: int | None = None
    check: Check | None = None
    mounts: list[Mount] | None = None
    log: Annotated[str | None, Unmanaged()] = None
    key: Annotated[str | None, WriteOnly()] = None
    password: Annotated[str | None, Secret()] = None
    folder: Annotated[str | None, Local()] = None
    patience: Annotated[int | None, Operational()] = None
    owner: Annotated[str | None, Internal()] = None


DECLARED: dict[str, Any] = {
    "name": "n",
    "check": {"url": "/h"},
    "mounts": [{"path": "/a"}],
    "key": "k",
    "password": "p",
    "folder": "./code",
    "patience": 3,
    "owner": "me",
}
LIVE: dict[str, Any] = {
    "name": "n",
    "size": 1,
    "check": {"url": "/h", "period": 30},
    "mounts": [{"path": "/a", "mode": "rw"}],
}
DEFAULTS = service_defaults(Thing, DECLARED, LIVE)


def changed(**live: Any) -> dict[str, Any]:
    """What differs from the declared inputs when the service holds something else."""
    found = observed(Thing, DECLARED, {**LIVE, **live}, DEFAULTS)
    return {
        key: found.get(key) for key in {*found, *DECLARED} if found.get(key) != DECLARED.get(key)
    }


def test_the_defaults_of_the_service_are_recorded_at_any_depth() -> None:
    assert DEFAULTS == {"size": 1, "check": {"period": 30}, "mounts": [{"mode": "rw"}]}


def test_nothing_changed_means_the_inputs_stay_as_declared() -> None:
    assert changed() == {}


def test_a_declared_value_that_was_changed_shows() -> None:
    assert changed(check={"url": "/other", "period": 30}) == {"check": {"url": "/other"}}


def test_an_undeclared_value_that_differs_from_the_recorded_default_shows() -> None:
    assert changed(size=5) == {"size": 5}
    assert changed(check={"url": "/h", "period": 60}) == {"check": {"url": "/h", "period": 60}}
    assert changed(mounts=[{"path": "/a", "mode": "ro"}]) == {
        "mounts": [{"path": "/a", "mode": "ro"}]
    }


def test_a_declared_value_that_was_removed_shows_as_gone() -> None:
    assert changed(check=None) == {"check": None}


def test_an_unset_part_that_may_belong_to_somebody_else_is_left_alone() -> None:
    assert changed(log="theirs") == {}


def test_what_is_never_returned_stays_as_declared() -> None:
    assert changed(key=None, password=None, owner=None, folder=None) == {}


def test_a_secret_that_is_returned_is_compared() -> None:
    assert changed(password="other") == {"password": "other"}


def test_a_name_that_a_short_reply_leaves_out_is_not_lost() -> None:
    assert changed(name=None) == {}
