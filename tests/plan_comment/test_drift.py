"""Drift: what others changed, told as found and not as something that a deployment does."""

from __future__ import annotations

import json
from typing import Any

from agentrun_provider.plan_comment.comment import Comment, Surroundings, compose
from agentrun_provider.plan_comment.plan import read_plan

from .documents import ENDPOINT, STACK, comment, row, step

AGENT = {"name": "agent", "memory": 4096, "deletionPolicy": "retain"}
LIVE = {
    "name": "live",
    "runtimeId": "r1",
    "targetVersion": "1",
    "traffic": "100 % v1",
    "rollout": {"version": "6"},
}


def refreshed(*steps: dict[str, Any]) -> Comment:
    """The comment of a refresh without the program."""
    text = json.dumps({"steps": steps, "changeSummary": {"same": 1}})
    return compose(read_plan(text, "drift.json"), Surroundings(("prod",), drift=True))


def test_what_a_refresh_does_not_find_is_gone_whatever_its_policy_is() -> None:
    made = refreshed(step("delete", AGENT, None))
    assert row(made.body, "agent") == "**is gone from the service**"
    assert [(risk.name, risk.text) for risk in made.risks] == [
        ("deletion", "is gone from the service")
    ]


def test_a_refresh_restarts_nothing() -> None:
    made = refreshed(step("update", AGENT, {**AGENT, "memory": 512}))
    assert row(made.body, "agent") == "memory `4096` → `512` MB"
    assert [risk.name for risk in made.risks] == ["smaller-size"]


def test_traffic_that_others_moved_is_told_although_the_text_of_the_deployment_stays() -> None:
    # A refresh finds the numbers; the text beside them is that of the last deployment.
    moved = {**LIVE, "targetVersion": "2"}
    made = refreshed(step("update", LIVE, moved, token=ENDPOINT, name="live"))
    assert row(made.body, "live") == "**moves to v2**: 100 % v2 (was 100 % v1)"


def test_a_rollout_that_goes_on_from_where_others_moved_it_says_so() -> None:
    found, planned = {**LIVE, "targetVersion": "2"}, {**LIVE, "targetVersion": "2"}
    planned["traffic"] = "100 % v2"
    made = comment(step("update", found, planned, token=ENDPOINT, name="live"), drift=True)
    words = "**stays on 100 % v2**, where others moved it from 100 % v1"
    assert row(made.body, "live") == words
    assert made.risks == ()


def test_an_endpoint_that_is_put_back_is_not_newly_on_latest() -> None:
    edge = {**LIVE, "targetVersion": "LATEST", "traffic": "100 % LATEST", "rollout": None}
    gone = step("refresh", edge, edge, token=ENDPOINT, name="edge")
    again = step("create", None, edge, token=ENDPOINT, name="edge")
    text = json.dumps({"steps": [gone, STACK, again]})
    made = compose(read_plan(text, "drift.json"), Surroundings(("prod",), drift=True))
    assert "is gone from the service" in row(made.body, "edge")
    assert made.risks == ()


def test_a_secret_that_is_new_is_not_called_changed_and_a_lost_one_is() -> None:
    base = {"name": "agent", "environmentVariables": {"A": "1"}}
    with_key = {"name": "agent", "environmentVariables": {"A": "1", "KEY": "[secret]"}}
    assert comment(step("update", base, with_key)).risks == ()
    (lost,) = comment(step("update", with_key, base)).risks
    assert (lost.name, lost.text) == ("secret-changed", "loses `environmentVariables.KEY`")
