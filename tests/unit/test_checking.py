"""Inputs are refused with all their problems at once, in the spelling of the program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from agentrun_provider.checking import validate
from agentrun_provider.fields import MaybeUnknown, Problem, Shape, given
from agentrun_provider.unknown import UNKNOWN, is_known
from pydantic import Field


class Inner(Shape):
    size: int = Field(ge=1, le=10)
    label: str | None = None


class Outer(Shape):
    name: str = Field(pattern="^[a-z]+$")
    left: Inner | None = None
    right: Inner | None = None
    items: list[Annotated[Inner, MaybeUnknown]] | None = None
    variables: dict[str, Annotated[str, MaybeUnknown]] | None = None

    def rules(self) -> Iterator[Problem]:
        if given(self.left) and given(self.right):
            yield Problem(("right",), "excludes left")


def problems(data: dict[str, Any]) -> dict[str, str]:
    _, found = validate(Outer, data)
    return {".".join(map(str, p.path)): p.reason for p in found}


def test_good_data_gives_an_object_and_no_problem() -> None:
    instance, found = validate(Outer, {"name": "a", "left": {"size": 3}})
    assert found == []
    assert instance is not None
    assert instance.left == Inner(size=3)


def test_all_problems_are_told_at_once_with_their_paths() -> None:
    found = problems(
        {
            "name": "A",
            "left": {"size": 99, "lable": "x"},
            "right": {"size": 1},
            "items": [{"size": 1}, {}],
            "variables": {"keyName": 3},
        }
    )
    assert found == {
        "name": "must match pattern '^[a-z]+$' (got 'A')",
        "left.size": "must be less than or equal to 10 (got 99)",
        "left.lable": "is not a known field, did you mean label?",
        "right": "excludes left",
        "items.1.size": "is required",
        "variables.keyName": "must be text",
    }


def test_a_rule_over_two_fields_is_told_beside_a_wrong_value_of_another_field() -> None:
    found = problems({"name": "A", "left": {"size": 1}, "right": {"size": 1}})
    assert set(found) == {"name", "right"}


def test_camel_case_and_snake_case_keys_are_both_understood() -> None:
    class Spelled(Shape):
        long_name: str
        inner_list: list[Inner] | None = None

    both = validate(Spelled, {"longName": "x", "inner_list": [{"size": 1}]})
    assert both == (Spelled(long_name="x", inner_list=[Inner(size=1)]), [])


@pytest.mark.parametrize(
    "data",
    [
        {"name": UNKNOWN},
        {"name": "a", "left": UNKNOWN, "right": {"size": 1}},
        {"name": "a", "left": {"size": UNKNOWN}},
        {"name": "a", "items": [UNKNOWN, {"size": UNKNOWN}]},
        {"name": "a", "variables": {"k": UNKNOWN}},
    ],
)
def test_unknown_values_pass_at_any_depth(data: dict[str, Any]) -> None:
    instance, found = validate(Outer, data)
    assert found == []
    assert instance is not None


def test_what_is_known_is_checked_beside_unknown_values() -> None:
    found = problems({"name": UNKNOWN, "items": [UNKNOWN, {"size": 0}]})
    assert found == {"items.1.size": "must be greater than or equal to 1 (got 0)"}


def test_text_of_free_form_is_not_repeated_in_a_message() -> None:
    found = problems({"name": "a", "left": {"size": "hunter2"}})
    assert found == {"left.size": "must be a whole number"}


def test_none_counts_as_not_given() -> None:
    assert problems({"name": "a", "left": None}) == {}
    assert problems({"name": None}) == {"name": "is required"}


def test_is_known_looks_into_lists_and_maps() -> None:
    assert is_known({"a": [1, {"b": 2}]})
    assert not is_known({"a": [1, {"b": UNKNOWN}]})
