"""The tree of a plan: what changes, where, and why."""

from __future__ import annotations

import pytest
from pulumi_local.events import Op, ResourcePre
from pulumi_local.style import Palette
from pulumi_local.values import UNKNOWN, PropertyDiff, Secret

from .rendering import component, human, planned, resource, run, step


def test_a_plan_shows_what_changes_in_its_place_in_the_tree() -> None:
    group = component("group")
    events = run(
        *planned("same", group),
        *planned("same", resource("untouched")),
        *planned("update", resource("first", group), [PropertyDiff("memory", "update", 1, 2)]),
        *planned(
            "replace", resource("second", group), [PropertyDiff("name", "update-replace", "a", "b")]
        ),
        *planned("create", resource("third")),
        *planned("delete", resource("fourth")),
        changes={"same": 3, "update": 1, "replace": 1, "create": 1, "delete": 1},
    )
    assert human(events) == (
        "Previewing update (dev):\n"
        "\n"
        "     Type                 Name      Plan\n"
        "     pulumi:pulumi:Stack  demo-dev\n"
        "     ├─ demo:index:Group  group\n"
        " ~   │  ├─ demo:Thing     first     update\n"
        "     │  │         ~ memory: 1 => 2\n"
        " +-  │  └─ demo:Thing     second    replace\n"
        '     │            ~ name: "a" => "b" (forces replacement)\n'
        " +   ├─ demo:Thing        third     create\n"
        " -   └─ demo:Thing        fourth    delete\n"
        "\n"
        "Resources:\n"
        "    +  1 to create\n"
        "    ~  1 to update\n"
        "    -  1 to delete\n"
        "    +- 1 to replace\n"
        "    3 unchanged\n"
        "\n"
    )


def test_nothing_to_do_shows_no_tree() -> None:
    text = human(run(*planned("same", resource("a")), changes={"same": 2}))
    assert text == "Previewing update (dev):\n\nResources:\n    2 unchanged\n\n"


def test_the_three_steps_of_a_replacement_are_one_row_with_its_reasons() -> None:
    thing = resource("a")
    reasons = [PropertyDiff("name", "update-replace", "x", "y")]
    text = human(
        run(
            ResourcePre(step("create-replacement", thing, thing, reasons)),
            ResourcePre(step("replace", thing, thing, reasons)),
            ResourcePre(step("delete-replaced", thing, None)),
            changes={"replace": 1},
        )
    )
    assert text.count("demo:Thing") == 1
    assert 'replace\n               ~ name: "x" => "y" (forces replacement)' in text


@pytest.mark.parametrize("op", ["delete", "delete-replaced"])
def test_what_an_earlier_replacement_left_is_listed_beside_the_living_resource(op: Op) -> None:
    leftover = step(op, resource("a", id="old"), None)
    text = human(run(*planned("same", resource("a")), ResourcePre(leftover)))
    assert "a     delete (left by an earlier replacement)" in text.replace("demo-dev", "")


def test_changed_provider_code_is_said_in_words_and_never_shown() -> None:
    change = [PropertyDiff("__provider", "update", "gASV", "gASW")]
    text = human(run(*planned("update", resource("a"), change)), full_diff=True)
    assert "update [provider code changed]" in text
    assert "gAS" not in text
    assert "__provider" not in text


def test_the_full_diff_shows_every_property_and_identity() -> None:
    thing = resource("a", id="id-1", inputs={"__provider": "x", "size": 2, "tags": {"k": ["v"]}})
    text = human(
        run(*planned("update", thing, [PropertyDiff("size", "update", 1, 2)])), full_diff=True
    )
    assert "[id=id-1]" in text
    assert f"[urn={thing.urn}]" in text
    assert "~ size: 1 => 2" in text
    assert 'tags: {\n                     k: [\n                         [0]: "v"' in text


def test_the_full_diff_of_a_create_lists_its_inputs_with_secrets_and_unknowns_marked() -> None:
    thing = resource("a", inputs={"pw": Secret("hunter2"), "url": UNKNOWN})
    text = human(run(*planned("create", thing)), full_diff=True)
    assert "+ pw : [secret]" in text
    assert "+ url: [unknown]" in text
    assert "hunter2" not in text


def test_a_protected_resource_about_to_go_is_marked() -> None:
    assert "delete [protected]" in human(run(*planned("delete", resource("a", protect=True))))


@pytest.mark.parametrize(
    ("before", "words"), [(False, "[protected from now on]"), (True, "[no longer protected]")]
)
def test_protection_that_changes_is_shown_though_nothing_else_does(
    before: bool, words: str
) -> None:
    old, new = (resource("a", protect=protect) for protect in (before, not before))
    text = human(run(ResourcePre(step("same", old, new))))
    assert f"demo:Thing        a          {words}" in text


def test_what_stays_as_it_is_is_listed_when_asked_for() -> None:
    events = run(*planned("same", resource("a")))
    assert "demo:Thing" not in human(events)
    assert "└─ demo:Thing        a\n" in human(events, show_sames=True)


def test_without_unicode_the_tree_is_drawn_with_blanks() -> None:
    text = human(run(*planned("create", resource("a"))), encoding="ascii")
    assert " +      demo:Thing        a         create" in text


def test_colours_are_used_only_when_asked_for() -> None:
    events = run(*planned("create", resource("a")))
    assert "\x1b[" not in human(events)
    assert "\x1b[32m+ \x1b[0m" in human(events, palette=Palette(True))
