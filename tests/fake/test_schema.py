"""Strict bodies: everything that is wrong is named at once, with its path."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_fake.schema import (
    Anything,
    Choice,
    Field,
    Flag,
    ListOf,
    MapOf,
    Number,
    Object,
    Text,
    check,
    merged,
)

SCHEMA = Object(
    (
        Field("name", Text(r"[a-z]+"), required=True),
        Field("cpu", Number(1, 4), required=True, label="CPU"),
        Field("count", Number(0, whole=True)),
        Field("size", Choice((1, 2))),
        Field("on", Flag()),
        Field("mode", Text(choices=("A", "B"))),
        Field("note", Text(longest=3)),
        Field("words", ListOf(Text())),
        Field("env", MapOf(Text())),
        Field("free", Anything()),
        Field("fixed", Text(), "C-G"),
        Field("secret", Text(), "CU-"),
        Field(
            "net",
            Object(
                (
                    Field("id", Text(), required=True),
                    Field("port", Number(1, 9, whole=True)),
                    Field("password", Text(), "CU-"),
                    Field("points", ListOf(Object((Field("dir", Text(), required=True),)))),
                )
            ),
        ),
    )
)
GOOD = {"name": "ab", "cpu": 2}


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ({"name": 1}, "name must be a string"),
        ({"name": "A"}, "name must match [a-z]+, not 'A'"),
        ({"cpu": "2"}, "cpu must be a number"),
        ({"cpu": True}, "cpu must be a number"),
        ({"cpu": 5}, "cpu must be 1 to 4, not 5"),
        ({"count": 1.5}, "count must be an integer"),
        ({"count": -1}, "count must be at least 0, not -1"),
        ({"size": 3}, "size must be 1 or 2, not 3"),
        ({"size": True}, "size must be an integer"),
        ({"on": "true"}, "on must be a boolean"),
        ({"mode": "C"}, "mode must be one of A, B, not 'C'"),
        ({"note": "long"}, "note must have at most 3 characters"),
        ({"note": {}}, "note must be a string"),
        ({"words": "x"}, "words must be a list"),
        ({"words": ["x", 1]}, "words[1] must be a string"),
        ({"env": []}, "env must be an object"),
        ({"env": {"A": 1}}, "env.A must be a string"),
        ({"net": []}, "net must be an object"),
        ({"net": {"port": 1}}, "Net.id is required"),
        ({"net": {"id": "a", "port": 10}}, "net.port must be 1 to 9, not 10"),
        ({"net": {"id": "a", "points": [{}]}}, "Net.points[0].dir is required"),
        ({"net": {"id": "a", "more": 1}}, "net.more is unknown"),
        ({"more": 1}, "more is unknown"),
    ],
)
def test_a_wrong_field_is_named_with_its_path(extra: dict[str, Any], problem: str) -> None:
    assert check(SCHEMA, {**GOOD, **extra}, "create") == [problem]


def test_all_problems_are_named_at_once() -> None:
    assert check(SCHEMA, {"size": 9, "more": 1}, "create") == [
        "Name is required",
        "CPU is required",
        "size must be 1 or 2, not 9",
        "more is unknown",
    ]


def test_a_body_that_is_no_object_is_refused() -> None:
    assert check(SCHEMA, [1], "create") == ["body must be an object"]


def test_an_update_may_leave_out_what_create_needs_but_not_clear_it() -> None:
    assert check(SCHEMA, {"on": True}, "update") == []
    assert check(SCHEMA, {"cpu": None}, "update") == ["CPU is required"]


def test_a_field_that_update_does_not_take_is_named() -> None:
    assert check(SCHEMA, {"fixed": "x"}, "update") == ["fixed is not accepted on update"]


def test_unknown_fields_can_be_tolerated_and_are_then_dropped() -> None:
    body = {**GOOD, "more": 1}
    assert check(SCHEMA, body, "create", refuse_unknown=False) == []
    assert "more" not in merged(SCHEMA, {}, body)


def test_lists_of_objects_that_clients_send_empty_count_as_not_set() -> None:
    body = {**GOOD, "net": {"id": "a", "points": []}}
    assert check(SCHEMA, body, "create") == []
    assert merged(SCHEMA, {}, body)["net"] == {"id": "a"}


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_an_empty_value_clears_a_field(empty: Any) -> None:
    old = {**GOOD, "free": "x", "on": False, "count": 0}
    assert merged(SCHEMA, old, {"free": empty}) == {**GOOD, "on": False, "count": 0}
    assert merged(SCHEMA, old, {"free": empty}, empty_clears=False) == old


def test_false_zero_and_an_empty_variable_are_values() -> None:
    body = {"on": False, "count": 0, "env": {"A": ""}}
    assert merged(SCHEMA, {}, body) == body


def test_a_nested_object_is_replaced_or_merged() -> None:
    old = {"net": {"id": "a", "port": 1}}
    assert merged(SCHEMA, old, {"net": {"id": "b"}}) == {"net": {"id": "b"}}
    assert merged(SCHEMA, old, {"net": {"id": "b"}}, deep=True) == {"net": {"id": "b", "port": 1}}


def test_replies_show_neither_write_only_fields_nor_nested_ones() -> None:
    stored = {**GOOD, "secret": "s", "net": {"id": "a", "password": "p"}, "words": ["x"]}
    assert SCHEMA.returned(stored) == {**GOOD, "net": {"id": "a"}, "words": ["x"]}
