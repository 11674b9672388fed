"""Nested dicts reach the engine under the names that come back, so their secrets stay secret."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pulumi_agentrun as agentrun
import pytest
from pulumi_agentrun._resource import _with_secret
from pulumi_agentrun._spelling import field_hint, spelled
from pulumi_agentrun.runtime import _RuntimeProps


def as_sent(argument: str, value: Any) -> Any:
    return spelled(value, field_hint(_RuntimeProps, argument))


def test_keys_of_typed_dicts_are_translated_at_every_depth() -> None:
    given = {
        "image": "i",
        "image_registry_type": "CUSTOM",
        "registry": {"auth": {"user_name": "u", "password": "p"}},
    }
    assert as_sent("container", given) == {
        "image": "i",
        "imageRegistryType": "CUSTOM",
        "registry": {"auth": {"userName": "u", "password": "p"}},
    }


def test_lists_of_typed_dicts_are_translated() -> None:
    given = {"mount_points": [{"server_addr": "a:/", "mount_dir": "/a"}]}
    assert as_sent("nas", given) == {"mountPoints": [{"serverAddr": "a:/", "mountDir": "/a"}]}


def test_what_is_spelled_as_the_engine_does_stays() -> None:
    given = {"vpcId": "v", "vswitch_ids": ["w"], "unheard_of": 1}
    assert as_sent("vpc", given) == {"vpcId": "v", "vswitchIds": ["w"], "unheard_of": 1}


def test_the_users_own_keys_stay_as_they_are() -> None:
    given = {"LOG_LEVEL": "info", "some_key": "x"}
    assert as_sent("environment_variables", given) == given


def test_dicts_inside_objects_are_translated_and_the_object_stays_as_it_was() -> None:
    inner: Any = {"auth": {"user_name": "u", "password": "p"}}
    given = agentrun.ContainerArgs(image="i", registry=inner)
    assert as_sent("container", given).registry == {"auth": {"userName": "u", "password": "p"}}
    assert given.registry is inner


def test_what_an_output_holds_stays() -> None:
    async def sent() -> bool:
        output = pulumi.Output.from_input({"license_key": "k"})
        return as_sent("arms", output) is output

    assert asyncio.run(sent())


@pytest.mark.parametrize("key", ["license_key", "licenseKey"])
def test_a_secret_is_found_in_either_spelling(key: str) -> None:
    async def marked() -> Any:
        return _with_secret(as_sent("arms", {"enable": True, key: "k"}), ("license_key",))

    value = asyncio.run(marked())
    assert set(value) == {"enable", "licenseKey"}
    assert isinstance(value["licenseKey"], pulumi.Output)
