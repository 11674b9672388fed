"""Properties in a comment: long values by what differs, invisible signs made visible."""

from __future__ import annotations

import re
from typing import Any

from .documents import RUNTIME, comment, step


def block(old: Any, new: Any, *, name: str = "value", token: str = "x:y:Z") -> list[str]:
    """The lines of the diff of one property."""
    body = comment(step("update", {name: old}, {name: new}, token=token)).body
    found = re.search(r"```diff\n(.*?)\n```", body, re.DOTALL)
    return found[1].splitlines() if found else []


def test_a_text_of_many_lines_shows_the_lines_that_differ() -> None:
    lines = [f"line {number}" for number in range(200)]
    old = "\n".join(lines)
    new = "\n".join([*lines[:150], "你好 another", *lines[151:]])
    assert block(old, new) == [
        "! value:",
        "    line 149",
        "-   line 150",
        "+   你好 another",
        "    line 151",
    ]


def test_a_long_text_shows_the_place_that_differs() -> None:
    old, new = ("a" * 2_000 + middle + "z" * 2_000 for middle in ("OLD", "NEWER"))
    before, after = block(old, new)
    assert before == f"- value: …{'a' * 40}OLD{'z' * 40}… (4003 characters)"
    assert after == f"+ value: …{'a' * 40}NEWER{'z' * 40}… (4005 characters)"


def test_long_lists_show_what_is_put_in_and_taken_out() -> None:
    items = [f"member-{number:03}" for number in range(60)]
    assert block(items, [*items[:30], "another", *items[31:]]) == [
        "! value: 60 items become 60",
        "-   member-030",
        "+   another",
    ]
    assert block(items, items[::-1]) == ["! value: the same 60 items in another order"]


def test_objects_of_a_list_are_compared_one_by_one() -> None:
    routes = [{"path": "/a", "qualifier": "1"}, {"path": "/b", "qualifier": "1"}]
    changed = [routes[0], {**routes[1], "qualifier": "2"}]
    assert block(routes, changed) == ["- value[1].qualifier: 1", "+ value[1].qualifier: 2"]


def test_the_order_of_an_unordered_list_is_no_change() -> None:
    sides = [{"vpcId": "vpc-1", "vswitchIds": ids} for ids in (["vsw-1", "vsw-2"],) * 2]
    sides[1] = {**sides[1], "vswitchIds": ["vsw-2", "vsw-1"]}
    made = comment(
        step(
            "update",
            {"name": "agent", "memory": 1024, "vpc": sides[0]},
            {"name": "agent", "memory": 2048, "vpc": sides[1]},
            token=RUNTIME,
        )
    )
    assert made.risks == ()
    assert "vswitch" not in made.body


def test_signs_that_cannot_be_seen_are_spelled_out() -> None:
    assert block("admin", "admin\u200b") == ["- value: admin", '+ value: "admin\\u200b"']
    assert block("a", "\u202eevil") == ["- value: a", '+ value: "\\u202eevil"']


def test_texts_in_chinese_stay_readable_when_they_have_several_lines() -> None:
    assert block("一行", "两\n行") == ["- value: 一行", '+ value: "两\\n行"']


def test_a_key_cannot_add_lines_of_its_own() -> None:
    body = comment(step("create", None, {"k\n- fake": {"x\n+ y": "1"}}, token="x:y:Z")).body
    assert "\n- fake" not in body
    assert "\n+ y" not in body


def test_a_secret_that_becomes_plain_shows_neither_value() -> None:
    old = {"name": "agent", "environmentVariables": {"PIN": "[secret]"}}
    new = {"name": "agent", "environmentVariables": {"PIN": "9999"}}
    made = comment(step("update", old, new))
    assert "9999" not in made.body
    assert "! environmentVariables.PIN: [secret] is no secret any more" in made.body
    assert [risk.name for risk in made.risks] == ["secret-exposed"]


def test_a_huge_text_is_not_compared_line_by_line() -> None:
    old, new = ("\n".join(f"{side} {n}" for n in range(5_000)) for side in "ab")
    assert block(old, new) == ["! value: 5000 lines become 5000, too many to compare"]
