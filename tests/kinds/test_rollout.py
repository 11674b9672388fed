"""A version is tried out, promoted and rolled back by configuration alone."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_provider.kinds import load
from agentrun_provider.kinds.rollout import decide, traffic_text
from agentrun_provider.unknown import UNKNOWN


class Endpoint:
    """An endpoint whose rollout is decided again and again, as each `up` does."""

    def __init__(self) -> None:
        self.inputs: dict[str, Any] = {}

    def up(self, version: Any, **rollout: Any) -> str | None:
        self.inputs = decide({"version": version, **rollout}, self.inputs)
        return traffic_text(self.inputs)


def test_the_guides_release_story() -> None:
    production = Endpoint()
    assert production.up("1", canary_weight=0.1) == "100 % v1", "the first one has nothing beside"
    assert production.up("2", canary_weight=0.1) == "90 % v1, 10 % v2"
    assert production.up("2", canary_weight=0.5) == "50 % v1, 50 % v2"
    assert production.up("2", promote=True) == "100 % v2"
    assert production.up("3", canary_weight=0.1) == "90 % v2, 10 % v3"
    assert production.up("3", rollback=True) == "100 % v2"


def test_a_rollback_after_the_promotion_goes_to_what_was_stable_before() -> None:
    production = Endpoint()
    production.up("1")
    production.up("2", promote=True)
    assert production.up("2", rollback=True) == "100 % v1"


@pytest.mark.parametrize("trial", [{"canary_weight": 0.1}, {"promote": True}])
def test_a_rollback_that_stays_in_the_configuration_moves_nothing_more(
    trial: dict[str, Any],
) -> None:
    production = Endpoint()
    production.up("1")
    production.up("2", **trial)
    first = production.up("2", rollback=True)
    decided = production.inputs
    assert production.up("2", rollback=True) == first == "100 % v1"
    assert production.inputs == decided


def test_a_rollback_decides_the_same_again_for_a_new_endpoint() -> None:
    production = Endpoint()
    production.up("1", rollback=True)
    decided = production.inputs
    assert production.up("1", rollback=True) == "100 % v1"
    assert production.inputs == decided


def test_after_a_rollback_the_stable_version_stays_until_something_is_promoted() -> None:
    production = Endpoint()
    production.up("1")
    production.up("2", canary_weight=0.1)
    production.up("2", rollback=True)
    assert production.up("2") == "100 % v1"
    assert production.up("3") == "100 % v1"
    assert production.up("3", promote=True) == "100 % v3"


def test_a_new_version_without_a_weight_gets_no_traffic() -> None:
    production = Endpoint()
    production.up("1")
    assert production.up("2") == "100 % v1"
    assert production.up("2", canary_weight=0) == "100 % v1"


def test_promoting_stays_quiet_until_there_is_a_newer_version() -> None:
    production = Endpoint()
    production.up("1", promote=True)
    assert production.up("1", promote=True) == "100 % v1"
    assert production.up("2", promote=True) == "100 % v2"
    assert production.inputs["previous_version"] == "1"


def test_a_version_that_is_not_published_yet_shows_as_such() -> None:
    production = Endpoint()
    production.up("3")
    assert production.up(UNKNOWN, canary_weight=0.1) == "90 % v3, 10 % of the new version"


def test_the_same_step_twice_decides_the_same() -> None:
    production = Endpoint()
    production.up("1")
    production.up("2", canary_weight=0.1)
    decided = production.inputs
    production.up("2", canary_weight=0.1)
    assert production.inputs == decided


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ({"target_version": "LATEST"}, "100 % LATEST"),
        (
            {"target_version": "3", "canary": {"version": "4", "weight": 0.125}},
            "87.5 % v3, 12.5 % v4",
        ),
        (
            {
                "target_version": "1",
                "version_weights": [
                    {"version": "2", "weight": 0.2},
                    {"version": "3", "weight": 0.1},
                ],
            },
            "70 % v1, 20 % v2, 10 % v3",
        ),
        ({"target_version": "1", "canary": {"version": "2", "weight": UNKNOWN}}, None),
        ({"target_version": "1", "version_weights": UNKNOWN}, None),
    ],
)
def test_a_split_in_words(inputs: dict[str, Any], text: str | None) -> None:
    assert traffic_text(inputs) == text


def test_a_new_endpoint_in_the_place_of_another_starts_over() -> None:
    kind = load("RuntimeEndpoint")
    old = {"name": "production", "runtime_id": "r-1", "target_version": "6"}
    trial = {"rollout": {"version": UNKNOWN, "canary_weight": 0.1}}
    moved: dict[str, Any] = {"name": "production", "runtime_id": UNKNOWN, **trial}
    kind.carry_over(moved, old)
    assert (moved["traffic"], moved.get("canary")) == ("100 % of the new version", None)
    same: dict[str, Any] = {"name": "production", "runtime_id": "r-1", **trial}
    kind.carry_over(same, old)
    assert same["traffic"] == "90 % v6, 10 % of the new version"
