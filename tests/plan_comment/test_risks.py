"""What is flagged for a reviewer, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_provider.plan_comment.comment import Surroundings, compose
from agentrun_provider.plan_comment.plan import read_plan

from .documents import (
    CONCURRENCY,
    DOMAIN,
    ENDPOINT,
    LOG_CONFIG,
    RUNTIME,
    VPC_CONFIG,
    comment,
    document,
    step,
)

SITE = {"runtimeId": "r1", "domainName": "agents.example.com", "route": {"qualifier": "1"}}
POINT = {"name": "live", "runtimeId": "r1", "targetVersion": "3", "traffic": "100 % v3"}
STORE = "alicloud:log/store:Store"
CLOSED_VPC = {"vpc": {"vpcId": "vpc-1"}, "internetAccess": False}


def flags(op: str, old: Any, new: Any, token: str, stack: str = "prod") -> dict[str, str]:
    """The risks of one step by name."""
    text = document(step(op, old, new, token=token, name="it")).replace(":prod::", f":{stack}::")
    made = compose(read_plan(text, "plan.json"), Surroundings(production=("prod",)))
    return {risk.name: risk.text for risk in made.risks}


@pytest.mark.parametrize(
    ("token", "old", "new", "risk", "text"),
    [
        (RUNTIME, {"log": {"auto": True}}, {}, "log-off", "no longer keeps its output"),
        (RUNTIME, {"vpc": {"vpcId": "vpc-1"}}, {}, "network-changed", "leaves its VPC"),
        (RUNTIME, {"internetAccess": False}, {}, "public-access", "reach the internet"),
        (RUNTIME, {"role": "a"}, {}, "role-changed", "`a` → none"),
        (RUNTIME, {"diskSize": 10240}, {}, "smaller-size", "no longer set (was 10240)"),
        (VPC_CONFIG, {"internetAccess": False}, {"internetAccess": True}, "public-access", "reach"),
        (VPC_CONFIG, {"vpc": {"vpcId": "a"}}, {"vpc": {"vpcId": "b"}}, "network-changed", "vpcId"),
        (
            CONCURRENCY,
            {"reservedConcurrency": 5},
            {"reservedConcurrency": 0},
            "smaller-size",
            "**no call gets through**",
        ),
        (
            "alicloud:log/store:Store",
            {"retentionPeriod": 30},
            {"retentionPeriod": 3},
            "smaller-size",
            "3",
        ),
        (ENDPOINT, {**POINT, "scaling": {"minInstances": 2}}, POINT, "smaller-size", "keeps no"),
        (DOMAIN, SITE, {**SITE, "route": {"qualifier": "2"}}, "traffic-shift", "to v1 → "),
        (DOMAIN, SITE, {**SITE, "route": {}}, "latest-in-production", "`LATEST`"),
        (
            DOMAIN,
            {**SITE, "authConfig": {"authType": "jwt"}},
            {**SITE, "authConfig": {"authType": "anonymous"}},
            "public-access",
            "without authentication",
        ),
        (
            DOMAIN,
            {**SITE, "wafConfig": {"enable": True}},
            {**SITE, "wafConfig": {"enable": False}},
            "weaker-protection",
            "firewall",
        ),
        (
            DOMAIN,
            {**SITE, "protocol": "HTTPS"},
            {**SITE, "protocol": "HTTP,HTTPS"},
            "weaker-protection",
            "without encryption",
        ),
        (
            DOMAIN,
            {**SITE, "tlsConfig": {"minVersion": "TLSv1.2"}},
            {**SITE, "tlsConfig": {"minVersion": "TLSv1.0"}},
            "weaker-protection",
            "TLSv1.0",
        ),
    ],
)
def test_a_change_for_the_worse_is_flagged_and_its_reverse_is_not(
    token: str, old: dict[str, Any], new: dict[str, Any], risk: str, text: str
) -> None:
    assert text in flags("update", old, new, token)[risk]
    back = flags("update", new, old, token)
    assert set(back) <= {"role-changed", "network-changed", "traffic-shift"}


@pytest.mark.parametrize(
    ("token", "old", "found"),
    [
        (VPC_CONFIG, CLOSED_VPC, {"deletion", "network-changed", "public-access"}),
        (VPC_CONFIG, {"vpc": {"vpcId": "vpc-1"}}, {"deletion", "network-changed"}),
        (LOG_CONFIG, {"auto": True}, {"deletion", "log-off"}),
        (CONCURRENCY, {"reservedConcurrency": 5}, {"deletion"}),
        (DOMAIN, SITE, {"deletion"}),
    ],
)
def test_deleting_a_part_is_flagged_with_what_it_means(
    token: str, old: dict[str, Any], found: set[str]
) -> None:
    assert set(flags("delete", old, None, token)) == found


@pytest.mark.parametrize(
    ("token", "new"),
    [
        (ENDPOINT, {**POINT, "canary": {"version": "4", "weight": 0.1}}),
        (DOMAIN, SITE),
        (LOG_CONFIG, {"auto": True}),
        (VPC_CONFIG, CLOSED_VPC),
        (CONCURRENCY, {"reservedConcurrency": 5}),
        (RUNTIME, {"name": "agent", "memory": 512}),
    ],
)
def test_something_new_is_no_risk(token: str, new: dict[str, Any]) -> None:
    assert flags("create", None, new, token) == {}


def test_a_new_reservation_that_blocks_all_calls_is_flagged() -> None:
    found = flags("create", None, {"runtimeId": "r1", "reservedConcurrency": 0}, CONCURRENCY)
    assert "no call gets through" in found["smaller-size"]


def test_latest_is_no_risk_outside_of_production() -> None:
    new = {**SITE, "route": {}}
    assert "latest-in-production" in flags("create", None, new, DOMAIN)
    assert flags("create", None, new, DOMAIN, stack="dev") == {}


def test_the_same_risk_of_several_resources_is_one_sentence() -> None:
    steps = [step("delete", {"name": name}, None, name=name) for name in ("a", "b")]
    assert "- ⚠️ **deletion**: `a`, `b` are deleted" in comment(*steps).body
    assert "- ⚠️ **deletion**: `a` is deleted" in comment(steps[0]).body


@pytest.mark.parametrize(
    ("token", "old", "new"),
    [
        (ENDPOINT, {"name": "edge"}, {"name": "edge", "description": "x"}),
        (ENDPOINT, {"name": "edge"}, {"name": "edge", "targetVersion": "LATEST"}),
        (DOMAIN, SITE, {**SITE, "protocol": "HTTP"}),
        (RUNTIME, {"container": {"image": "a:1"}}, {"container": {"image": "a:1", "port": 80}}),
    ],
)
def test_what_was_so_before_is_no_risk(
    token: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    assert flags("update", old, new, token) == {}
