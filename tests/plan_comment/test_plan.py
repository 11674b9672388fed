"""How documents of previews, destroys and adoptions are read."""

from __future__ import annotations

import json

import pytest
from agentrun_provider.plan_comment.comment import compose
from agentrun_provider.plan_comment.plan import read_plan

from .documents import ENDPOINT, RUNTIME, STACK, VERSION, comment, document, plan, row, step

LIVE = {"name": "live", "runtimeId": "r1", "targetVersion": "3", "traffic": "100 % v3"}
STACK_GONE = {"op": "delete", "urn": STACK["urn"], "oldState": STACK["newState"]}


def destroyed(*steps: object, **more: object) -> str:
    """The document of a destroy: the stack comes last."""
    return json.dumps({"steps": [*steps, STACK_GONE], "changeSummary": {"delete": 3}, **more})


def test_a_destroy_is_told_as_the_deletions_that_it_is() -> None:
    text = destroyed(
        step("delete", LIVE, None, token=ENDPOINT, name="live"), step("delete", {"name": "agent"})
    )
    made = compose(read_plan(text, "plan.json"))
    assert "### Preview of shop / prod" in made.body
    assert "**Everything in the stack is deleted**: 2 resources." in made.body
    assert made.changes == 2
    assert {(risk.name, risk.step and risk.step.name) for risk in made.risks} == {
        ("deletion", "live"),
        ("deletion", "agent"),
    }


def test_an_empty_program_deletes_everything_too() -> None:
    gone = step("delete", {"name": "agent"})
    whole = comment(gone, changeSummary={"delete": 1, "same": 1})
    assert "Everything in the stack is deleted" in whole.body
    some = comment(gone, changeSummary={"delete": 1, "same": 2})
    assert "**1 change**: 1 to delete." in some.body


def test_a_destroy_that_failed_halfway_is_no_drift() -> None:
    trouble = [{"severity": "error", "message": "resource is protected"}]
    steps = [step("delete", LIVE, None, token=ENDPOINT, name="live")]
    made = compose(read_plan(json.dumps({"steps": steps, "diagnostics": trouble}), "plan.json"))
    assert made.title == "Preview of shop / prod"
    assert "resource is protected" in made.body


def test_the_stack_is_known_from_an_error_if_nothing_else_tells_it() -> None:
    urn = step("delete", LIVE)["urn"]
    trouble = [{"severity": "error", "message": "error: it is protected", "urn": urn}]
    read = read_plan(json.dumps({"steps": [], "diagnostics": trouble}), "plan.json")
    assert read.identity == "shop/prod"


def test_that_the_preview_failed_is_not_told_twice() -> None:
    reason = {"severity": "error", "message": "error: memory is too small"}
    end = {"severity": "error", "message": "error: preview failed"}
    assert [text for _, _, text in plan(diagnostics=[reason, end]).problems] == [
        "memory is too small"
    ]
    assert [text for _, _, text in plan(diagnostics=[end]).problems] == ["preview failed"]


def test_protection_that_is_taken_off_is_a_change_although_engines_call_it_none() -> None:
    kept = {"name": "agent"}
    loses = step("same", kept, kept, oldState={"protect": True}, newState={"protect": False})
    gains = step("same", kept, kept, oldState={"protect": False}, newState={"protect": True})
    made = comment(loses)
    assert [risk.name for risk in made.risks] == ["protection-off"]
    assert "**1 change**: 1 to unprotect." in made.body
    assert row(made.body, "agent").startswith("can be deleted from now on")
    assert comment(gains).changes == 0


def test_an_adoption_is_told_with_what_it_changes() -> None:
    message = "Runtime shop-agent: an up adopts 4e4e-1, changes memory 4096 => 8192\n\n"
    told = [{"severity": "info", "message": message}]
    made = comment(step("create", None, {"name": "shop-agent", "adopt": True}), diagnostics=told)
    said = "**adopts what exists** `shop-agent`: `4e4e-1, changes memory 4096 => 8192`"
    assert row(made.body, "agent") == said
    assert "1 to adopt" in made.body


def test_an_adoption_that_a_preview_cannot_foresee_is_said_to_be_possible() -> None:
    live = {"name": "live", "runtimeId": "r1", "targetVersion": "3", "adopt": True}
    made = comment(step("create", None, live, token=ENDPOINT, name="live"))
    assert (
        row(made.body, "live")
        == "creates endpoint: 100 % v3; one that exists already is taken over"
    )


def test_the_order_of_rows_does_not_depend_on_the_order_of_steps() -> None:
    runtime = step("update", {"name": "agent", "cpu": 1}, {"name": "agent", "cpu": 2}, name="z")
    needs = {"dependencies": [runtime["urn"]]}
    release = step("create", None, {"runtimeId": "r"}, token=VERSION, name="a", newState=needs)
    other = step("create", None, {"name": "other"}, name="b")
    orders = [(runtime, release, other), (other, release, runtime), (release, runtime, other)]
    bodies = {comment(*order).body for order in orders}
    assert len(bodies) == 1
    assert [each.name for each in plan(*orders[2]).changing] == ["b", "z", "a"]


def test_dependencies_that_go_round_do_no_harm() -> None:
    urns = [step("create", None, {}, name=name)["urn"] for name in "ab"]
    steps = [
        step("create", None, {}, name=name, newState={"dependencies": [urn]})
        for name, urn in zip("ab", reversed(urns), strict=True)
    ]
    assert [each.name for each in plan(*steps).changing] == ["a", "b"]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ('environmentVariables["A.KEY"]', "environmentVariables.A.KEY"),
        ("environmentVariables.PLAIN", "environmentVariables.PLAIN"),
        ("code.build[1]", "code.build"),
    ],
)
def test_a_secret_that_changes_is_found_by_any_path_of_the_engine(path: str, found: str) -> None:
    inputs = {
        "name": "agent",
        "memory": 1024,
        "environmentVariables": {"A.KEY": "[secret]", "PLAIN": "[secret]"},
        "code": {"build": "[secret]"},
    }
    listed = {path: {"kind": "update"}, "memory": {"kind": "update"}}
    made = comment(step("update", inputs, {**inputs, "memory": 2048}, detailedDiff=listed))
    (risk,) = [risk for risk in made.risks if risk.name == "secret-changed"]
    assert risk.text == f"gets another value of `{found}`"
    assert f"! {found}: [secret] changes" in made.body


def test_a_document_with_odd_parts_is_read_as_far_as_it_goes() -> None:
    text = document(step("create", None, {"name": "agent"}), diagnostics=["odd", None])
    assert read_plan(text, "plan.json").changing[0].type == RUNTIME
