"""Declared fields become the service's bodies, and replies become fields again."""

from __future__ import annotations

from typing import Annotated

from agentrun_provider.fields import Computed, Local, Operational, ResetTo, Shape, Wire
from agentrun_provider.wire import from_wire, is_empty, resets, to_wire


class Mount(Shape):
    mount_dir: str
    enable_tls: Annotated[bool | None, Wire("enableTLS")] = None


class Thing(Shape):
    name: str
    mounts: Annotated[list[Mount] | None, Wire("mountPoints")] = None
    variables: dict[str, str] | None = None
    text: str | None = None
    number: int | None = None
    limit: Annotated[int | None, ResetTo(1)] = None
    src: Annotated[str | None, Local()] = None
    digest: Annotated[str | None, Computed()] = None
    patience: Annotated[int | None, Operational()] = None


def test_only_set_fields_are_sent_under_the_names_of_the_service() -> None:
    thing = Thing(
        name="n",
        mounts=[Mount(mount_dir="/a", enable_tls=True)],
        variables={"some_key": "v"},
        number=0,
        src="./code",
        digest="d",
        patience=3,
    )
    assert to_wire(thing) == {
        "name": "n",
        "mountPoints": [{"mountDir": "/a", "enableTLS": True}],
        "variables": {"some_key": "v"},
        "number": 0,
    }


def test_a_reply_reads_back_as_it_was_sent() -> None:
    thing = Thing(name="n", mounts=[Mount(mount_dir="/a", enable_tls=False)], number=0)
    assert from_wire(Thing, to_wire(thing)) == {
        "name": "n",
        "mounts": [{"mount_dir": "/a", "enable_tls": False}],
        "number": 0,
    }


def test_empty_values_and_unknown_fields_of_a_reply_are_passed_over() -> None:
    reply = {"name": "n", "mountPoints": [], "variables": {}, "text": "", "surprise": 1}
    assert from_wire(Thing, reply) == {"name": "n"}


def test_a_removed_field_is_reset_by_the_empty_value_of_its_type() -> None:
    old = {
        "mounts": [{"mount_dir": "/a"}],
        "variables": {"k": "v"},
        "text": "t",
        "number": 3,
        "limit": 9,
        "src": "./code",
    }
    assert resets(old, Thing(name="n")) == {
        "mountPoints": [],
        "variables": {},
        "text": "",
        "number": None,
        "limit": 1,
    }


def test_what_stays_set_is_not_reset() -> None:
    assert resets({"text": "old"}, Thing(name="n", text="new")) == {}


def test_zero_and_false_are_values() -> None:
    assert not is_empty(0)
    assert not is_empty(False)
    assert is_empty({})
