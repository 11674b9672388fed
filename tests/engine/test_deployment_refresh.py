"""Refresh and destroy."""

from __future__ import annotations

import pytest
from pulumi_local.provider_api import ProviderError
from pulumi_local.values import Secret


def two(p):
    a = p.resource("a", {"size": 1})
    p.resource("b", {"from": a["arn"]}, uses={"from": a})


def test_a_refresh_takes_over_what_changed_outside(stack):
    stack.up(two)
    stack.provider.world["a-1"]["size"] = 5

    result = stack.refresh()

    assert result.changes == {"update": 1, "same": 1}
    assert [(d.path, d.old, d.new) for d in stack.step("update", "a").diff] == [("size", 1, 5)]
    assert stack.resources()["a"].inputs == {"size": 5}
    assert stack.provider.changing_calls() == []


def test_what_a_provider_sees_no_difference_in_is_taken_over_and_no_drift(stack):
    stack.up(two)
    stack.provider.extra_outputs = {"seen": "today"}

    result = stack.refresh()

    assert result.changes == {"same": 2}
    assert stack.resources()["a"].outputs["seen"] == "today"
    assert stack.refresh().unchanged


def test_the_next_update_puts_back_what_changed_outside(stack):
    stack.up(two)
    stack.provider.world["a-1"]["size"] = 5

    result = stack.up(two, refresh=True)

    assert stack.provider.world["a-1"] == {"size": 1}
    assert not result.failed


def test_what_is_gone_is_removed_from_the_state_with_references_to_it(stack):
    stack.up(two)
    del stack.provider.world["a-1"]

    result = stack.refresh()

    assert result.changes == {"delete": 1, "same": 1}
    assert set(stack.resources()) == {"b"}
    assert stack.resources()["b"].dependencies == []
    stack.backend.load_checked("proj", "dev")


def test_a_preview_of_a_refresh_keeps_the_state(stack):
    stack.up(two)
    del stack.provider.world["a-1"]

    assert stack.refresh(preview=True).changes == {"delete": 1, "same": 1}
    assert set(stack.resources()) == {"a", "b"}


def test_a_preview_after_a_refresh_sees_what_was_found(stack):
    stack.up(two)
    del stack.provider.world["a-1"]

    assert stack.preview(two, refresh=True).changes["create"] == 1
    assert set(stack.resources()) == {"a", "b"}


def test_a_refresh_that_fails_changes_nothing(stack):
    stack.up(two)
    stack.provider.world["a-1"]["size"] = 5
    stack.provider.faults["read", "b"] = ProviderError("no connection")

    result = stack.refresh()

    assert result.failed
    assert stack.messages() == ["no connection"]
    assert stack.resources()["a"].inputs == {"size": 1}


def test_secrets_stay_secret_through_a_refresh(stack):
    stack.up(lambda p: p.resource("a", {"key": Secret("s")}, additional_secret_outputs=["arn"]))
    stack.provider.world["a-1"] = {"key": Secret("t")}

    stack.refresh()

    outputs = stack.resources()["a"].outputs
    assert outputs == {"key": Secret("t"), "arn": Secret("arn:a-1")}


def test_destroy_deletes_everything_dependents_first(stack):
    stack.up(two)

    result = stack.destroy()

    assert result.changes == {"delete": 3}
    assert stack.provider.changing_calls() == [("delete", "b"), ("delete", "a")]
    assert stack.snapshot().resources == []
    assert stack.provider.world == {}


def test_a_preview_of_destroy_deletes_nothing(stack):
    stack.up(two)
    assert stack.destroy(preview=True).changes == {"delete": 3}
    assert stack.provider.changing_calls() == []


def test_a_protected_resource_keeps_destroy_from_deleting_anything(stack):
    def program(p):
        a = p.resource("a", protect=True)
        p.resource("b", {"from": a["arn"]}, uses={"from": a})

    stack.up(program)
    result = stack.destroy()

    assert result.failed
    assert stack.provider.changing_calls() == []
    assert set(stack.resources()) == {"a", "b"}


def test_what_a_resource_needs_outlives_its_failed_deletion(stack):
    stack.up(lambda p: (two(p), p.resource("x")))
    stack.provider.faults["delete", "b"] = ProviderError("in use")

    assert stack.destroy().failed

    assert {"a", "b"} <= set(stack.resources())
    stack.provider.faults.clear()
    assert not stack.destroy().failed
    assert stack.snapshot().resources == []


@pytest.mark.parametrize("operation", ["up", "destroy"])
def test_a_resource_deleted_behind_the_back_can_still_be_handled(stack, operation):
    stack.up(two)
    stack.provider.world.clear()
    result = stack.up(two, refresh=True) if operation == "up" else stack.destroy()
    assert not result.failed
