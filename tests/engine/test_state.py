"""The state's model: values, URNs, the checkpoint format and its integrity rules."""

from __future__ import annotations

import copy
import json
import math
import pickle
from typing import Any

import pytest
from pulumi_local.checkpoint import (
    dump_deployment,
    dump_export,
    dump_resource,
    load_checkpoint,
    load_export,
    load_resource,
    secrets_salt,
)
from pulumi_local.errors import StateError
from pulumi_local.integrity import check_integrity, find_problems
from pulumi_local.property_json import (
    compact_json,
    dump_value,
    encrypted,
    load_value,
    masked,
    revealed,
)
from pulumi_local.state import (
    Resource,
    Snapshot,
    make_urn,
    urn_name,
    urn_project,
    urn_stack,
    urn_type,
)
from pulumi_local.values import (
    ASSET_SIG,
    SECRET_SIG,
    SIG_KEY,
    UNKNOWN,
    ResourceRef,
    Secret,
    contains_secret,
    contains_unknown,
    deep_equal,
    diff_paths,
    mask,
    secret_strings,
    strip_secrets,
)

STACK = "urn:pulumi:dev::demo::pulumi:pulumi:Stack::demo-dev"


def seal(text: str) -> dict[str, Any]:
    return {SIG_KEY: SECRET_SIG, "ciphertext": f"sealed:{text}"}


def open_sealed(text: str) -> str:
    return text.removeprefix("sealed:")


def asset(hash_: str, path: str) -> dict[str, str]:
    return {SIG_KEY: ASSET_SIG, "hash": hash_, "path": path}


# --- values


def test_there_is_one_unknown_however_it_is_copied() -> None:
    assert copy.deepcopy({"a": [UNKNOWN]})["a"][0] is UNKNOWN
    assert pickle.loads(pickle.dumps(UNKNOWN)) is UNKNOWN  # noqa: S301 - our own bytes


def test_a_secret_does_not_show_itself() -> None:
    assert "hunter2" not in repr({"pw": Secret("hunter2")})


def test_unknowns_and_secrets_are_found_at_any_depth() -> None:
    assert contains_unknown({"a": [{"b": Secret(UNKNOWN)}]})
    assert contains_unknown(ResourceRef("urn", UNKNOWN))
    assert not contains_unknown({"a": [1, None, "x"]})
    assert contains_secret([{"a": Secret(1)}])
    assert not contains_secret([{"a": 1}])


def test_secrets_can_be_stripped_masked_and_listed() -> None:
    value = {"a": Secret({"b": ["x", Secret("y")]}), "c": "z"}
    assert strip_secrets(value) == {"a": {"b": ["x", "y"]}, "c": "z"}
    assert mask(value) == {"a": "[secret]", "c": "z"}
    assert set(secret_strings(value)) == {"x", "y"}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (0, False, False),
        (None, "", False),
        (Secret("a"), "a", True),
        (Secret("a"), Secret("b"), False),
        (UNKNOWN, UNKNOWN, True),
        (UNKNOWN, "a", False),
        ([1, {"a": 2.0}], [1.0, {"a": 2}], True),
        ([1], [1, 2], False),
        ({"a": None}, {}, False),
        (asset("h", "old.zip"), asset("h", "new.zip"), True),
        (asset("h", "x"), asset("i", "x"), False),
    ],
)
def test_values_are_compared_by_meaning(old: Any, new: Any, same: bool) -> None:
    assert deep_equal(old, new) is same
    assert deep_equal(new, old) is same


def test_differences_are_listed_as_paths_in_the_spelling_of_the_cli() -> None:
    old = {"a": {"b": [1, 2, 3], "x.y": 1}, "gone": 1, "same": 1}
    new = {"a": {"b": [1, 9], "x.y": 2}, "fresh": 1, "same": 1.0}
    found = [(change.path, change.kind) for change in diff_paths(old, new)]
    assert found == [
        ("a.b[1]", "update"),
        ("a.b[2]", "delete"),
        ('a["x.y"]', "update"),
        ("fresh", "add"),
        ("gone", "delete"),
    ]


def test_a_changed_secret_is_one_difference_without_its_inside() -> None:
    changes = diff_paths({"s": Secret({"a": 1})}, {"s": Secret({"a": 2})})
    assert [change.path for change in changes] == ["s"]


# --- URNs


def test_a_child_shows_the_types_of_its_ancestors_but_not_the_stack() -> None:
    parent = make_urn("dev", "demo", STACK, "demo:index:Comp", "comp")
    child = make_urn("dev", "demo", parent, "demo:index:Thing", "child")
    assert parent == "urn:pulumi:dev::demo::demo:index:Comp::comp"
    assert child == "urn:pulumi:dev::demo::demo:index:Comp$demo:index:Thing::child"
    assert (urn_stack(child), urn_project(child)) == ("dev", "demo")
    assert (urn_type(child), urn_name(child)) == ("demo:index:Thing", "child")


def test_a_name_may_hold_the_separator() -> None:
    assert urn_name(make_urn("dev", "demo", "", "a:b:C", "x::y")) == "x::y"


def test_other_text_is_not_a_urn() -> None:
    with pytest.raises(ValueError, match="not a URN"):
        urn_name("arn:aws:x")


# --- checkpoint format


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "text",
        3,
        -0.25,
        1e21,
        UNKNOWN,
        Secret({"a": [1, Secret("inner"), None]}),
        Secret(""),
        ResourceRef("urn:x", "id-1", "1.0.0"),
        ResourceRef("urn:x", None),
        ResourceRef("urn:x", UNKNOWN),
        asset("h", "x.zip"),
        [{"a": [[]], "b": {}}],
        math.inf,
    ],
)
def test_a_value_survives_being_saved_and_loaded(value: Any) -> None:
    text = compact_json(dump_value(value, seal))
    assert load_value(json.loads(text), open_sealed) == value


def test_not_a_number_survives_too() -> None:
    loaded = load_value(dump_value(math.nan, seal), open_sealed)
    assert math.isnan(loaded)


def test_whole_floats_are_written_without_a_fraction() -> None:
    assert compact_json(dump_value([2.0, 2.5], seal)) == "[2,2.5]"


def test_a_secret_is_sealed_once_however_deep_secrets_nest() -> None:
    dumped = dump_value(Secret({"a": Secret("x")}), seal)
    assert list(dumped) == [SIG_KEY, "ciphertext"]
    assert dumped["ciphertext"].startswith("sealed:{")
    assert dumped["ciphertext"].count("sealed:") == 1


def test_secrets_can_be_shown_or_masked_instead() -> None:
    assert dump_value({"a": Secret("x")}, masked) == {"a": "[secret]"}
    assert dump_value({"a": Secret("x")}, revealed)["a"]["plaintext"] == '"x"'


def test_a_malformed_secret_is_refused() -> None:
    for broken in ({}, {"ciphertext": "a", "plaintext": "b"}):
        with pytest.raises(StateError, match="malformed secret"):
            load_value({SIG_KEY: SECRET_SIG} | broken, open_sealed)


def test_empty_fields_are_left_out_and_unknown_ones_kept() -> None:
    data = {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack", "madeUp": {"x": 1}}
    resource = load_resource(data, open_sealed)
    assert resource.extra == {"madeUp": {"x": 1}}
    assert dump_resource(resource, seal) == data


def test_a_resource_without_urn_or_type_is_refused() -> None:
    with pytest.raises(StateError, match="'type'"):
        load_resource({"urn": STACK}, open_sealed)


def test_a_feature_raises_the_version_so_that_an_old_reader_refuses() -> None:
    plain = Snapshot([Resource(STACK, "pulumi:pulumi:Stack", custom=False)])
    assert dump_export(plain, seal)["version"] == 3
    marked = Snapshot([Resource(STACK, "pulumi:pulumi:Stack", custom=False, taint=True)])
    data = dump_export(marked, seal)
    assert (data["version"], data["features"]) == (4, ["taint"])
    assert load_export(data, open_sealed).resources[0].taint


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"version": 2, "deployment": {}}, "format 2"),
        ({"version": 4, "features": ["teleport"], "deployment": {}}, "teleport"),
        ({"version": 3}, "no deployment"),
    ],
)
def test_an_export_not_understood_is_refused(data: dict[str, Any], message: str) -> None:
    with pytest.raises(StateError, match=message):
        load_export(data, open_sealed)


def test_a_checkpoint_without_content_is_refused() -> None:
    with pytest.raises(StateError, match="no checkpoint"):
        load_checkpoint({"version": 3}, open_sealed)


def test_unknown_fields_around_the_resources_are_kept() -> None:
    deployment = {"manifest": {"time": "t"}, "metadata": {}, "snippets": [{"uuid": "u"}]}
    snapshot = load_export({"version": 3, "deployment": deployment}, open_sealed)
    dumped = dump_deployment(snapshot, encrypted(lambda text: text))
    assert dumped["snippets"] == [{"uuid": "u"}]
    assert dumped["manifest"]["time"] == "t"


def test_secrets_of_another_kind_of_provider_are_refused() -> None:
    assert secrets_salt({}) == ""
    assert secrets_salt({"type": "passphrase", "state": {"salt": "v1:x"}}) == "v1:x"
    with pytest.raises(StateError, match="'cloud'"):
        secrets_salt({"type": "cloud", "state": {}})


# --- integrity


def thing(name: str, **fields: Any) -> Resource:
    return Resource(f"urn:pulumi:dev::demo::demo:index:Thing::{name}", "demo:index:Thing", **fields)


def provider(name: str = "default", id_: str = "p1") -> Resource:
    type_ = "pulumi:providers:demo"
    return Resource(f"urn:pulumi:dev::demo::{type_}::{name}", type_, id=id_)


def test_a_sound_state_has_no_problem() -> None:
    maker = provider()
    first = thing("first", provider=f"{maker.urn}::p1")
    second = thing(
        "second",
        parent=first.urn,
        dependencies=[first.urn],
        property_dependencies={"a": [first.urn]},
        deleted_with=first.urn,
    )
    check_integrity(Snapshot([maker, first, second, thing("first", delete=True)]))


@pytest.mark.parametrize(
    ("resources", "problem"),
    [
        ([thing("a", provider="urn:p::id")], "unknown provider"),
        ([thing("a", parent=thing("b").urn), thing("b")], "before its parent"),
        ([thing("a", dependencies=[thing("b").urn]), thing("b")], "before its dependency"),
        ([thing("a", property_dependencies={"x": [thing("b").urn]})], "before its dependency"),
        ([thing("a", deleted_with=thing("b").urn)], "deleted with"),
        ([thing("a"), thing("a")], "there twice"),
    ],
)
def test_a_state_that_contradicts_itself_is_refused(
    resources: list[Resource], problem: str
) -> None:
    assert [problem in text for text in find_problems(Snapshot(resources))] == [True]
    with pytest.raises(StateError, match=problem):
        check_integrity(Snapshot(resources))
