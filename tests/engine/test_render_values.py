"""Values and their changes, short and in full."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi_local.render_diff import block, one_line, render_changes
from pulumi_local.values import ASSET_SIG, SIG_KEY, UNKNOWN, PropertyDiff, ResourceRef, Secret

from .rendering import PLAIN


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (2.0, "2"),
        ('say "é"', '"say \\"é\\""'),
        ([], "[]"),
        ({"b": [1, {"c": UNKNOWN}], "a": Secret(1)}, "{a: [secret], b: [1, {c: [unknown]}]}"),
        (ResourceRef("urn:x"), '"urn:x"'),
        ({SIG_KEY: ASSET_SIG, "hash": "0123456789", "path": "a.zip"}, "asset(a.zip, 0123456)"),
    ],
)
def test_values_on_one_line(value: Any, text: str) -> None:
    assert one_line(value) == text


def test_long_values_lose_their_middle() -> None:
    assert one_line("x" * 100, limit=21) == '"xxxxxxxx...xxxxxxxx"'


def test_values_over_several_lines() -> None:
    assert block({"long": [1], "b": {}}, "") == [
        "{",
        "    b   : {}",
        "    long: [",
        "        [0]: 1",
        "    ]",
        "}",
    ]


def change_lines(change: PropertyDiff, *, full: bool) -> list[str]:
    return list(render_changes([change], PLAIN, "", full=full))


def test_a_change_in_the_middle_of_a_long_value_is_still_to_be_seen() -> None:
    old, new = "a" * 100 + "OLD" + "b" * 100, "a" * 100 + "NEW" + "b" * 100
    (line,) = change_lines(PropertyDiff("text", "update", old, new), full=False)
    assert "OLD" in line
    assert "NEW" in line
    assert len(line) < 200


def test_long_texts_are_compared_line_by_line_in_the_full_diff() -> None:
    old, new = "one\ntwo\nthree\n", "one\n2\nthree\n"
    lines = change_lines(PropertyDiff("text", "update", old, new), full=True)
    assert lines == [
        "~ text:",
        "    @@ -1,3 +1,3 @@",
        "     one",
        "    -two",
        "    +2",
        "     three",
    ]


def test_added_and_deleted_values_are_shown_in_full_or_short() -> None:
    change = PropertyDiff("a.b", "add", None, {"k": 1})
    assert change_lines(change, full=False) == ["+ a.b: {k: 1}"]
    assert change_lines(change, full=True) == ["+ a.b: {", "      k: 1", "  }"]
    gone = PropertyDiff("a.b", "delete-replace", "x", None)
    assert change_lines(gone, full=False) == ['- a.b: "x" (forces replacement)']
