"""Previews: they tell what an update would do, and touch nothing."""

from __future__ import annotations

from pulumi_local.provider_api import Failure, ProviderError
from pulumi_local.values import UNKNOWN


def test_outputs_of_what_is_to_be_created_are_unknown(stack):
    answers = {}

    def program(p):
        a = answers["a"] = p.resource("a", {"size": 1})
        answers["b"] = p.resource("b", {"from": a["arn"]}, uses={"from": a})
        p.export(arn=a["arn"], size=a["size"])

    result = stack.preview(program)

    assert result.changes == {"create": 3}
    assert answers["a"].id == ""
    assert answers["b"]["from"] is UNKNOWN
    assert result.outputs == {"arn": UNKNOWN, "size": 1}
    assert stack.provider.changing_calls() == []


def test_a_preview_writes_no_state(stack):
    stack.preview(lambda p: p.resource("a"))
    assert stack.backend.load("proj", "dev") is None
    stack.up(lambda p: p.resource("a", {"size": 1}))
    path = stack.folder / "state/.pulumi/stacks/proj/dev.json"
    before = path.read_bytes()
    stack.preview(lambda p: p.resource("a", {"size": 2}))
    stack.preview(lambda p: None)
    stack.destroy(preview=True)
    assert path.read_bytes() == before


def test_a_preview_without_changes_says_that_an_update_would_do_nothing(stack):
    def program(p):
        a = p.resource("a", {"size": 1})
        p.export(arn=a["arn"])

    stack.up(program)
    assert stack.preview(program).unchanged


def test_a_changed_option_or_stack_output_is_a_change_of_the_state(stack):
    stack.up(lambda p: p.resource("a", {"size": 1}))
    assert not stack.preview(lambda p: p.resource("a", {"size": 1}, protect=True)).unchanged
    assert not stack.preview(lambda p: (p.resource("a", {"size": 1}), p.export(x=1))).unchanged


def test_all_refused_inputs_of_all_resources_are_told_at_once(stack):
    stack.provider.failures = {
        "a": [Failure("size", "must be positive"), Failure("rules[0].port", "is required")],
        "b": [Failure("", "needs a or b")],
    }

    result = stack.preview(lambda p: (p.resource("a"), p.resource("b"), p.resource("c")))

    assert result.failed
    assert stack.messages() == [
        "size: must be positive",
        "rules[0].port: is required",
        "needs a or b",
    ]
    assert ("create", "c") in stack.steps()


def test_what_depends_on_a_refused_resource_is_still_checked(stack):
    stack.provider.failures = {"a": [Failure("x", "bad")], "b": [Failure("y", "bad too")]}

    def program(p):
        a = p.resource("a")
        p.resource("b", {"from": a["arn"]}, uses={"from": a})

    stack.preview(program)

    assert stack.messages() == ["x: bad", "y: bad too"]


def test_refused_inputs_stop_an_update_before_anything_later_is_touched(stack):
    stack.provider.failures = {"a": [Failure("size", "bad")]}

    result = stack.up(lambda p: (p.resource("a"), p.resource("b")))

    assert result.failed
    assert stack.provider.changing_calls() == []


def test_a_provider_that_fails_to_compare_fails_the_preview(stack):
    stack.up(lambda p: p.resource("a", {"size": 1}))
    stack.provider.faults["diff", "a"] = ProviderError("cannot compare")
    assert stack.preview(lambda p: p.resource("a", {"size": 2})).failed
    assert stack.messages() == ["cannot compare"]


def test_an_internal_error_fails_the_run_and_is_told(stack):
    stack.provider.faults["check", "a"] = ZeroDivisionError("oops")

    assert stack.preview(lambda p: p.resource("a")).failed

    assert "internal error" in stack.messages()[0]
    assert any("ZeroDivisionError" in text for text in stack.messages("debug"))


def test_the_order_in_which_dependencies_are_named_is_no_change(stack):
    def program(turned):
        def run(p):
            both = [p.resource("a"), p.resource("b")]
            urns = [r.urn for r in (reversed(both) if turned else both)]
            p.resource("c", {"size": 1}, dependencies=urns)

        return run

    stack.up(program(turned=False))
    assert stack.preview(program(turned=True)).unchanged


def test_the_preview_of_a_program_that_fails_plans_no_deletion(stack):
    stack.up(lambda p: p.resource("a"))

    def broken(p):
        raise SystemExit(1)

    assert stack.preview(broken).failed
    assert stack.steps() == []
