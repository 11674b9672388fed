"""What both engines printed for the same programs becomes the same comment."""

from __future__ import annotations

import pytest
from agentrun_provider.plan_comment.comment import Surroundings, compose
from agentrun_provider.plan_comment.risks import RISKS

from .documents import ENGINES, NAMES, recorded, recorded_text, row

# The CLI tells less here, as the comment says.
_TOLD_LESS = {"canary_drift_refresh", "invalid", "replace", "risky", "secret_only"}


def body(engine: str, name: str, *, drift: bool = False) -> str:
    return compose(recorded(engine, name), Surroundings(("prod",), drift)).body


@pytest.mark.parametrize("name", [name for name in NAMES if name not in _TOLD_LESS])
def test_both_engines_previews_become_the_same_comment(name: str) -> None:
    shown = []
    for engine in ENGINES:
        plan = recorded(engine, name)
        rows = {step.name: row(body(engine, name), step.name) for step in plan.changing}
        risks = {(r.name, r.step and r.step.name) for r in compose(plan).risks}
        shown.append((plan.identity, rows, risks))
    assert shown[0] == shown[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_release_is_told_in_words_of_the_field(engine: str) -> None:
    text = body(engine, "canary_release")
    assert row(text, "agent") == "memory `2048` → `4096` MB — restarts the runtime"
    assert row(text, "release") == "publishes **v2** `two`"
    assert row(text, "candidate") == "**moves to v2**: 100 % v2 (was 100 % v1)"
    assert row(text, "production") == "**tries a canary**: 90 % v1, 10 % v2 (was 100 % v1)"
    assert "**4 changes**: 3 to update, 1 to publish." in text


@pytest.mark.parametrize("engine", ENGINES)
def test_a_promotion_and_a_rollback_are_told_apart(engine: str) -> None:
    promoted = row(body(engine, "canary_promote"), "production")
    assert promoted == "**promotes v2**: 100 % v2 (was 90 % v1, 10 % v2)"
    taken_back = row(body(engine, "canary_rollback"), "production")
    assert taken_back == "**goes back to v1**: 100 % v1 (was 90 % v1, 10 % v2)"


@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_reviewer_should_look_at_is_flagged(engine: str) -> None:
    found = {(r.name, r.step.name) for r in compose(recorded(engine, "risky")).risks if r.step}
    assert found >= {
        ("deletion", "reserved"),
        ("deletion", "staging"),
        ("replacement", "internal"),
        ("traffic-shift", "production"),
        ("public-access", "production"),
        ("protection-off", "agent"),
        ("smaller-size", "agent"),
    }
    assert not [name for name, resource in found if resource == "release"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_secret_that_alone_changes_is_flagged_and_not_shown(engine: str) -> None:
    made = compose(recorded(engine, "secret_only"))
    secrets = [r.text for r in made.risks if r.name == "secret-changed"]
    assert secrets == ["gets another value of `environmentVariables.API_KEY`"]
    assert "! environmentVariables.API_KEY: [secret] changes" in made.body


def test_where_the_cli_hides_whether_a_secret_changes_the_comment_says_so() -> None:
    note = "Secrets of `agent` may change, too"
    assert note in body("pulumi", "risky")
    assert note not in body("local", "risky")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_new_name_replaces_everything_that_hangs_on_the_runtime(engine: str) -> None:
    made = compose(recorded(engine, "replace"))
    replaced = {r.step.name for r in made.risks if r.name == "replacement" and r.step}
    assert replaced == {"agent", "internal", "staging", "reserved", "production"}
    assert "`name`: the name is part of the address" in row(made.body, "agent")
    assert row(made.body, "release") == "publishes **v1**"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_failed_preview_says_why(engine: str) -> None:
    made = compose(recorded(engine, "invalid"))
    assert made.plan.failed
    assert made.risks[0].name == "failed"
    assert "must match pattern '^[a-zA-Z][a-zA-Z0-9_-]{0,127}$' (got 'shop agent')" in made.body
    assert "- `agent`: `name: must match" in made.body
    assert "Traceback" not in made.body


@pytest.mark.parametrize("engine", ENGINES)
def test_drift_is_told_from_a_preview_with_refresh(engine: str) -> None:
    text = body(engine, "canary_drift_preview", drift=True)
    assert "### Drift of canary / prod" in text
    assert "**3 resources are not as deployed.**" in text
    assert "memory `8192` → `4096` MB" in row(text, "agent")
    assert "removes `LOG`" in row(text, "agent")
    assert row(text, "candidate") == "**is gone from the service** and is created again"


def test_a_refresh_tells_drift_as_far_as_its_document_does() -> None:
    full, counted = (compose(recorded(engine, "canary_drift_refresh")) for engine in ENGINES[::-1])
    assert "memory `4096` → `8192` MB" in row(full.body, "agent")
    assert counted.changes == full.changes == 2
    assert "1 further resource differs" in counted.body
    assert "pulumi preview --refresh --json" in counted.body


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", NAMES)
def test_no_comment_holds_outputs_or_the_engines_own_properties(engine: str, name: str) -> None:
    text = body(engine, name)
    assert "__provider" not in text
    assert "x-pulumi-" not in text
    assert "acs:agentrun:" not in text
    assert "invocations" not in text
    assert "[known after the deployment]" not in text.split("<details>")[0]
    assert {risk.name for risk in compose(recorded(engine, name)).risks} <= set(RISKS)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", NAMES)
def test_recordings_hold_nothing_of_the_machine_they_were_made_on(engine: str, name: str) -> None:
    text = recorded_text(engine, name)
    for private in ("/root", "/tmp", "/work", "/home", "hunter2"):
        assert private not in text
