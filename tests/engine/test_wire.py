"""Property values on the wire."""

from __future__ import annotations

import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc
from pulumi_local.values import (
    ASSET_SIG,
    OUTPUT_SIG,
    RESOURCE_SIG,
    SECRET_SIG,
    SIG_KEY,
    UNKNOWN,
    UNKNOWN_STRING,
    ResourceRef,
    Secret,
)
from pulumi_local.wire import Encoding, from_struct, to_struct

URN = "urn:pulumi:s::p::t:m:T::n"


def plain(values, encoding=None):
    struct = to_struct(values, encoding) if encoding else to_struct(values)
    return json_format.MessageToDict(struct)


def message(values):
    struct = struct_pb2.Struct()
    struct.update(values)
    return struct


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        512,
        -7,
        1.5,
        2**60,
        "",
        "text",
        [],
        {},
        [1, [2, {"a": None}]],
        {"a": {"b": [True, "x"]}},
        UNKNOWN,
        Secret("s"),
        Secret({"a": [1, UNKNOWN]}),
        ResourceRef(URN),
        ResourceRef(URN, "id-1", "1.0.0"),
        ResourceRef(URN, UNKNOWN),
        {SIG_KEY: ASSET_SIG, "text": "hello", "hash": "abc"},
    ],
)
def test_values_survive_the_way_there_and_back(value):
    back = from_struct(to_struct({"v": value}))["v"]
    assert back == value
    assert type(back) is type(value) or isinstance(value, int)


def test_whole_numbers_come_back_as_integers_and_booleans_as_booleans():
    values = from_struct(message({"n": 512.0, "f": 0.5, "b": True}))
    assert values == {"n": 512, "f": 0.5, "b": True}
    assert isinstance(values["n"], int)
    assert isinstance(values["b"], bool)


def test_unknowns_of_every_type_are_unknown():
    for mark in (UNKNOWN_STRING, "3eeb2bf0-c639-47a8-9e75-3b44932eb421"):
        assert from_struct(message({"v": [mark]})) == {"v": [UNKNOWN]}
    assert plain({"v": UNKNOWN}) == {"v": rpc.UNKNOWN}


def test_secrets_are_marked_as_sdks_mark_them():
    struct = to_struct({"v": Secret([1])})
    assert rpc.is_rpc_secret(rpc.deserialize_properties(struct)["v"])
    assert plain({"v": Secret([1])}) == {"v": {SIG_KEY: SECRET_SIG, "value": [1.0]}}


def test_a_secret_in_a_secret_is_one_secret():
    inner = {SIG_KEY: SECRET_SIG, "value": "x"}
    assert from_struct(message({"v": {SIG_KEY: SECRET_SIG, "value": inner}})) == {"v": Secret("x")}


def test_a_receiver_that_knows_no_secrets_gets_them_plain_at_any_depth():
    values = {"v": [Secret({"a": Secret("x")})]}
    assert plain(values, Encoding(secrets=False)) == {"v": [{"a": "x"}]}


@pytest.mark.parametrize(
    ("reference", "sent"),
    [
        (ResourceRef(URN, "id-1"), "id-1"),
        (ResourceRef(URN), URN),
        (ResourceRef(URN, UNKNOWN), UNKNOWN_STRING),
    ],
)
def test_a_receiver_that_knows_no_references_gets_ids(reference, sent):
    assert plain({"v": reference}, Encoding(resources=False)) == {"v": sent}


@pytest.mark.parametrize(
    ("output", "value"),
    [
        ({"value": 1, "secret": False}, 1),
        ({"value": "x", "secret": True, "dependencies": [URN]}, Secret("x")),
        ({"secret": False}, UNKNOWN),
        ({"secret": True}, Secret(UNKNOWN)),
    ],
)
def test_outputs_become_their_value(output, value):
    assert from_struct(message({"v": {SIG_KEY: OUTPUT_SIG, **output}})) == {"v": value}


def test_references_are_read_with_and_without_an_id():
    base = {SIG_KEY: RESOURCE_SIG, "urn": URN}
    assert from_struct(message({"v": base})) == {"v": ResourceRef(URN)}
    assert from_struct(message({"v": {**base, "id": ""}})) == {"v": ResourceRef(URN, UNKNOWN)}


def test_a_string_that_only_contains_a_mark_is_a_string():
    text = f"x{UNKNOWN_STRING}"
    assert from_struct(message({"v": text})) == {"v": text}


def test_what_is_not_a_property_value_is_refused():
    with pytest.raises(TypeError, match="not a property value: object"):
        to_struct({"v": object()})
