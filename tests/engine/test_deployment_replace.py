"""Replacing resources: in which order, what goes along, and what prevents it."""

from __future__ import annotations

import pytest
from pulumi_local.provider_api import ProviderError


@pytest.fixture(autouse=True)
def _names_replace(stack):
    """A change of "name" or "from" replaces, as nothing else does."""
    stack.provider.replace_keys = {"name", "from"}


def chain(name, **options):
    """b is made from an output of a and must be replaced with it; c only uses b's id."""

    def program(p):
        a = p.resource("a", {"name": name}, **options)
        b = p.resource("b", {"from": a["arn"]}, uses={"from": a})
        p.resource("c", {"other": b["arn"]}, uses={"other": b})

    return program


def single(name, **options):
    return lambda p: p.resource("a", {"name": name}, **options)


def test_the_new_one_is_made_before_the_old_one_is_deleted(stack):
    stack.up(chain("x"))

    result = stack.up(chain("y"))

    assert stack.provider.changing_calls() == [
        ("create", "a"),
        ("create", "b"),
        ("update", "c"),
        ("delete", "b"),
        ("delete", "a"),
    ]
    assert result.changes == {"replace": 2, "update": 1, "same": 1}
    assert sorted(stack.provider.world) == ["a-4", "b-5", "c-3"]
    assert [r.delete for r in stack.snapshot().resources] == [False] * 5


def test_the_steps_of_a_replacement_are_shown_as_the_cli_does(stack):
    stack.up(single("x"))
    stack.up(single("y"))

    assert stack.steps() == [
        ("create-replacement", "a"),
        ("replace", "a"),
        ("delete-replaced", "a"),
    ]
    step = stack.step("replace", "a")
    assert step.keys == ["name"]
    assert [(d.path, d.kind) for d in step.diff] == [("name", "update-replace")]


def test_a_preview_shows_a_replacement_in_full(stack):
    stack.up(single("x"))
    assert stack.preview(single("y")).changes == {"replace": 1, "same": 1}
    assert stack.steps() == [
        ("create-replacement", "a"),
        ("replace", "a"),
        ("delete-replaced", "a"),
    ]
    assert stack.provider.changing_calls() == []


@pytest.mark.parametrize("asked_by", ["provider", "program"])
def test_deleting_first_takes_dependents_along_that_must_be_replaced_too(stack, asked_by):
    stack.provider.delete_before_replace = asked_by == "provider"
    options = {"delete_before_replace": True} if asked_by == "program" else {}
    stack.up(chain("x", **options))

    result = stack.up(chain("y", **options))

    assert stack.provider.changing_calls() == [
        ("delete", "b"),
        ("delete", "a"),
        ("create", "a"),
        ("create", "b"),
        ("update", "c"),
    ]
    assert result.changes == {"replace": 2, "update": 1, "same": 1}
    assert stack.up(chain("y", **options)).unchanged


def test_the_program_may_refuse_deleting_first(stack):
    stack.provider.delete_before_replace = True
    stack.up(single("x"))
    stack.up(single("y", delete_before_replace=False))
    assert stack.provider.changing_calls() == [("create", "a"), ("delete", "a")]


def test_a_dependent_that_left_the_program_is_forgotten_after_it_was_deleted_first(stack):
    stack.up(chain("x", delete_before_replace=True))

    result = stack.up(single("y", delete_before_replace=True))

    assert not result.failed
    assert set(stack.resources()) == {"a"}
    assert set(stack.provider.world) == {"a-4"}


def test_a_resource_deleted_for_its_replacement_is_made_by_the_next_update(stack):
    stack.up(single("x", delete_before_replace=True))
    stack.provider.faults["create", "a"] = ProviderError("no room")

    assert stack.up(single("y", delete_before_replace=True)).failed
    assert stack.resources()["a"].pending_replacement
    stack.provider.faults.clear()
    stack.up(single("y", delete_before_replace=True))

    assert stack.provider.changing_calls() == [("create", "a")]
    assert not stack.resources()["a"].pending_replacement
    assert len(stack.snapshot().resources) == 3


def test_a_dependent_that_was_deleted_first_is_not_deleted_again(stack):
    stack.up(chain("x", delete_before_replace=True))
    stack.provider.faults["create", "b"] = ProviderError("no room")
    assert stack.up(chain("y", delete_before_replace=True)).failed
    stack.provider.faults.clear()

    assert not stack.up(chain("y", delete_before_replace=True)).failed

    assert stack.provider.changing_calls() == [("create", "b"), ("update", "c")]


def test_an_old_one_that_could_not_be_deleted_is_deleted_by_the_next_update(stack):
    stack.up(single("x"))
    stack.provider.faults["delete", "a"] = ProviderError("in use")

    assert stack.up(single("y")).failed
    waiting = [r.id for r in stack.snapshot().resources if r.delete]
    assert waiting == ["a-1"]
    stack.provider.faults.clear()
    assert not stack.up(single("y")).failed
    assert stack.provider.changing_calls() == [("delete", "a")]
    assert set(stack.provider.world) == {"a-2"}


def test_a_failed_replacement_keeps_the_old_one(stack):
    stack.up(single("x"))
    stack.provider.faults["create", "a"] = ProviderError("no")

    assert stack.up(single("y")).failed

    assert stack.provider.world == {"a-1": {"name": "x"}}
    assert stack.resources()["a"].id == "a-1"
    assert not stack.resources()["a"].delete


@pytest.mark.parametrize("knows_diff", [True, False])
def test_a_change_can_be_declared_to_replace(stack, knows_diff):
    stack.provider.knows_diff = knows_diff
    stack.up(lambda p: p.resource("a", {"tags": {"team": "x"}}))

    stack.up(lambda p: p.resource("a", {"tags": {"team": "y"}}, replace_on_changes=["tags"]))

    assert stack.provider.changing_calls() == [("create", "a"), ("delete", "a")]
    kinds = [d.kind for d in stack.step("replace", "a").diff]
    assert kinds == ["update-replace"]


def test_a_changed_trigger_replaces(stack):
    stack.up(single("x", trigger="1"))
    assert stack.up(single("x", trigger="1")).unchanged

    stack.up(single("x", trigger="2"))

    assert stack.step("replace", "a").keys == ["replacementTrigger"]


def test_a_replaced_resource_takes_those_along_that_are_to_be_replaced_with_it(stack):
    def program(name):
        def run(p):
            a = p.resource("a", {"name": name})
            p.resource("b", {"size": 1}, replace_with=[a])

        return run

    stack.up(program("x"))
    stack.up(program("y"))

    calls = stack.provider.changing_calls()
    assert calls[:2] == [("create", "a"), ("create", "b")]
    assert sorted(calls[2:]) == [("delete", "a"), ("delete", "b")]
    assert stack.step("replace", "b").keys == ["replaceWith"]


def test_what_is_deleted_with_another_is_not_deleted_itself(stack):
    def program(p):
        a = p.resource("a", {"name": "x"})
        p.resource("b", {"size": 1}, deleted_with=a)

    stack.up(program)
    stack.destroy()

    assert stack.provider.changing_calls() == [("delete", "a")]
    assert stack.resources() == {}


def test_what_is_deleted_with_a_replaced_one_is_made_again(stack):
    def program(name):
        def run(p):
            a = p.resource("a", {"name": name}, delete_before_replace=True)
            p.resource("b", {"size": 1}, deleted_with=a)

        return run

    stack.up(program("x"))
    stack.up(program("y"))

    assert stack.provider.changing_calls() == [
        ("delete", "b"),
        ("delete", "a"),
        ("create", "a"),
        ("create", "b"),
    ]


def test_a_retained_resource_is_forgotten_but_not_deleted(stack):
    stack.up(single("x", retain_on_delete=True))

    stack.up(single("y", retain_on_delete=True))
    assert stack.provider.changing_calls() == [("create", "a")]
    stack.destroy()
    assert stack.provider.changing_calls() == []
    assert set(stack.provider.world) == {"a-1", "a-2"}
    assert stack.snapshot().resources == []


def test_a_protected_resource_is_not_replaced(stack):
    stack.up(single("x", protect=True))

    assert stack.preview(single("y", protect=True)).failed
    assert ("replace", "a") in stack.steps(), "the preview still shows why"
    result = stack.up(single("y", protect=True))

    assert result.failed
    assert "protect" in stack.messages()[0]
    assert stack.provider.changing_calls() == []


def test_a_resource_may_be_unprotected_and_replaced_at_once(stack):
    stack.up(single("x", protect=True))
    assert not stack.up(single("y")).failed


def test_a_protected_dependent_stops_deleting_first_before_anything_is_deleted(stack):
    def program(name):
        def run(p):
            a = p.resource("a", {"name": name}, delete_before_replace=True)
            b = p.resource("b", {"from": a["arn"]}, uses={"from": a}, protect=True)
            p.resource("c", {"from": b["arn"]}, uses={"from": b})

        return run

    stack.up(program("x"))
    result = stack.up(program("y"))

    assert result.failed
    assert stack.provider.changing_calls() == []


def test_a_resource_that_becomes_a_component_is_replaced(stack):
    stack.up(lambda p: p.resource("a", {}, type_="stub:index:Thing"))
    stack.up(lambda p: p.resource("a", {}, type_="stub:index:Thing", custom=False))
    assert stack.provider.changing_calls() == [("delete", "a")]
    assert stack.resources()["a"].custom is False


def test_what_no_longer_depends_on_a_resource_is_not_deleted_before_it(stack):
    """Also if it has got another name: it was registered before, so it cannot need it."""

    def before(p):
        a = p.resource("a", {"name": "x"}, delete_before_replace=True)
        p.resource("b", {"from": a["arn"]}, uses={"from": a})

    def after(p):
        p.resource("c", {"from": "arn:a-1"}, alias_urns=[OLD_B])
        p.resource("a", {"name": "y"}, delete_before_replace=True)

    stack.up(before)
    result = stack.up(after)

    assert not result.failed
    assert stack.provider.changing_calls() == [("delete", "a"), ("create", "a")]


OLD_B = "urn:pulumi:dev::proj::stub:index:Thing::b"
