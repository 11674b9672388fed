"""The difference of two sets of inputs follows the markers on their fields."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from agentrun_provider.diff import Change, diff
from agentrun_provider.fields import Internal, Operational, Replaces, Shape, Unordered
from agentrun_provider.unknown import UNKNOWN


class Inner(Shape):
    size: int | None = None
    ids: Annotated[list[str] | None, Unordered()] = None


class Outer(Shape):
    name: Annotated[str | None, Replaces("it is fixed")] = None
    inner: Inner | None = None
    items: list[Inner] | None = None
    variables: dict[str, str] | None = None
    patience: Annotated[int | None, Operational()] = None
    owner: Annotated[str | None, Internal()] = None
    flag: bool | None = None


def paths(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [change.path for change in diff(Outer, old, new)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {}),
        ({"inner": {"size": 1}}, {"inner": {"size": 1.0}}),
        ({"inner": {"ids": ["b", "a"]}}, {"inner": {"ids": ["a", "b"]}}),
        ({"owner": "x"}, {"owner": "y"}),
        ({"name": None}, {}),
    ],
)
def test_what_means_the_same_is_no_change(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert paths(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"inner": {"size": 1}}, {"inner": {"size": 2}}, [("inner", "size")]),
        ({"inner": {"size": 1}}, {}, [("inner",)]),
        (
            {"variables": {"a": "1"}},
            {"variables": {"b": "1"}},
            [("variables", "a"), ("variables", "b")],
        ),
        ({"items": [{"size": 1}]}, {"items": [{"size": 2}]}, [("items", 0, "size")]),
        ({"items": [{"size": 1}]}, {"items": []}, [("items",)]),
        ({"flag": True}, {"flag": 1}, [("flag",)]),
        ({"variables": {"a": "1"}}, {"variables": {"a": UNKNOWN}}, [("variables", "a")]),
    ],
)
def test_a_change_is_told_where_it_is(
    old: dict[str, Any], new: dict[str, Any], expected: list[tuple[Any, ...]]
) -> None:
    assert paths(old, new) == expected


def test_a_field_that_is_fixed_at_creation_replaces_and_says_why() -> None:
    assert diff(Outer, {"name": "a"}, {"name": "b"}) == [
        Change(("name",), "a", "b", replaces="it is fixed")
    ]


def test_a_value_that_is_not_known_yet_replaces_too() -> None:
    (change,) = diff(Outer, {"name": "a"}, {"name": UNKNOWN})
    assert change.replaces == "it is fixed"


def test_what_only_steers_the_provider_is_marked_so() -> None:
    (change,) = diff(Outer, {}, {"patience": 3})
    assert change.operational
