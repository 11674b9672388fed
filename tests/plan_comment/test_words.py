"""What is said to happen to each resource is what an up does to it."""

from __future__ import annotations

from typing import Any

import pytest

from .documents import (
    CONCURRENCY,
    DOMAIN,
    ENDPOINT,
    LOG_CONFIG,
    RUNTIME,
    UNKNOWN,
    VERSION,
    VPC_CONFIG,
    comment,
    row,
    step,
)

SITE = {"runtimeId": "r1", "domainName": "agents.example.com"}
LATEST = {"name": "edge", "runtimeId": "r1", "targetVersion": "LATEST", "traffic": "100 % LATEST"}
AGENT = {"name": "agent"}


def said(op: str, old: Any, new: Any, token: str = RUNTIME, **more: Any) -> str:
    """What the table says of one resource."""
    made = comment(step(op, old, new, token=token, name="it", **more))
    return row(made.body, "it")


@pytest.mark.parametrize(
    ("policy", "options", "words"),
    [
        ({}, {}, "**deletes runtime `agent`** and its address"),
        ({"deletionPolicy": "retain"}, {}, "forgets runtime `agent` and leaves it in the service"),
        ({}, {"retainOnDelete": True}, "forgets runtime `agent` and leaves it in the service"),
        (
            {"deletionPolicy": "prevent"},
            {},
            "**can't delete runtime `agent`**: its `deletionPolicy` is `prevent`, so the "
            "deployment fails",
        ),
    ],
)
def test_what_stays_in_the_service_is_not_called_deleted(
    policy: dict[str, str], options: dict[str, bool], words: str
) -> None:
    assert said("delete", {**AGENT, **policy}, None, oldState=options) == words


@pytest.mark.parametrize("token", [ENDPOINT, CONCURRENCY, VPC_CONFIG, LOG_CONFIG, DOMAIN, "x:y:Z"])
def test_every_kind_can_be_retained(token: str) -> None:
    old = {"runtimeId": "r1", "domainName": "a.example.com", "deletionPolicy": "retain"}
    made = comment(step("delete", old, None, token=token, name="it"))
    assert "leaves it in the service" in row(made.body, "it")
    assert made.risks == ()


def test_a_deletion_that_is_prevented_is_flagged_as_one() -> None:
    made = comment(step("delete", {**AGENT, "deletionPolicy": "prevent"}, None))
    assert [(risk.name, "refuses" in risk.text) for risk in made.risks] == [("deletion", True)]


def test_a_replacement_says_what_becomes_of_the_old_one() -> None:
    sides = {"name": "a", "deletionPolicy": "retain"}, {"name": "b", "deletionPolicy": "retain"}
    assert said("replace", *sides).endswith("; the old one stays in the service")
    sides = {"name": "a", "deletionPolicy": "prevent"}, {"name": "b"}
    assert "**fails at the old one**" in said("replace", *sides)


def test_a_deleted_endpoint_is_told_with_its_traffic() -> None:
    old = {"name": "it", "runtimeId": "r1", "targetVersion": "3", "traffic": "100 % v3"}
    words = "**deletes endpoint** and its address, which has 100 % v3"
    assert said("delete", old, None, ENDPOINT) == words


def test_whoever_is_on_latest_is_told_with_the_change_of_the_runtime() -> None:
    live = {"name": "live", "runtimeId": "r1", "targetVersion": "3", "traffic": "100 % v3"}
    steps = [
        step("update", {**AGENT, "cpu": 1}, {**AGENT, "cpu": 2}, oldState={"id": "r1"}),
        step("same", LATEST, LATEST, token=ENDPOINT, name="edge"),
        step("same", {**LATEST, "runtimeId": "r2"}, {**LATEST, "runtimeId": "r2"}, token=ENDPOINT),
        step("same", live, live, token=ENDPOINT, name="live"),
        step("same", SITE, SITE, token=DOMAIN, name="site"),
    ]
    made = comment(*steps)
    served = "cpu `1` → `2` vCPU — restarts the runtime; `edge`, `site` serve it at once"
    assert row(made.body, "agent") == served
    assert [risk.name for risk in made.risks] == ["latest-in-production"]


def test_a_change_reaches_nobody_by_an_endpoint_that_is_only_made() -> None:
    made = comment(
        step("update", {**AGENT, "cpu": 1}, {**AGENT, "cpu": 2}, oldState={"id": "r1"}),
        step("create", None, LATEST, token=ENDPOINT, name="edge"),
    )
    assert row(made.body, "agent").endswith("restarts the runtime")


def test_what_reaches_latest_is_told_of_several_in_one_sentence() -> None:
    part = {"runtimeId": "r1", "internetAccess": False}
    steps = [
        step("update", {**part, "internetAccess": True}, part, token=VPC_CONFIG, name=name)
        for name in "ab"
    ]
    edge = step("same", LATEST, LATEST, token=ENDPOINT, name="edge")
    assert "`a`, `b` reach `edge` at once" in comment(*steps, edge).body


def test_a_new_reservation_of_none_blocks_the_runtime() -> None:
    new = {"runtimeId": "r1", "reservedConcurrency": 0}
    assert said("create", None, new, CONCURRENCY).startswith("**blocks all calls**")
    old = {"runtimeId": "r1", "reservedConcurrency": 5}
    assert said("update", old, new, CONCURRENCY).startswith("**blocks all calls**: reserved")


@pytest.mark.parametrize(
    ("op", "old", "new", "words"),
    [
        (
            "create",
            None,
            {"vpc": {"vpcId": "vpc-1"}, "internetAccess": False},
            "puts the runtime into `vpc-1` and does not let its instances reach the internet "
            "— restarts the runtime",
        ),
        (
            "update",
            {"internetAccess": True},
            {"internetAccess": False},
            "`internetAccess` `true` → `false` — restarts the runtime",
        ),
        (
            "delete",
            {"vpc": {"vpcId": "vpc-1"}},
            None,
            "**takes the runtime out of its network** — restarts the runtime",
        ),
        (
            "update",
            {"internetAccess": True},
            {"internetAccess": True, "deletionPolicy": "retain"},
            "`deletionPolicy` set to `retain` — without a restart",
        ),
    ],
)
def test_a_network_of_its_own_restarts_the_runtime(op: str, old: Any, new: Any, words: str) -> None:
    assert said(op, old, new, VPC_CONFIG) == words


def test_a_log_of_its_own_restarts_the_runtime() -> None:
    new = {"runtimeId": "r1", "project": "logs", "logstore": "agents"}
    words = "sends the runtime's output to `logs` / `agents` — restarts the runtime"
    assert said("create", None, new, LOG_CONFIG) == words
    assert said("create", None, {"auto": True}, LOG_CONFIG).startswith("sends the runtime's output")
    assert "no longer kept" in said("delete", new, None, LOG_CONFIG)


def test_the_routes_of_a_domain_are_told_as_versions() -> None:
    pinned = {**SITE, "routes": [{"path": "/v1/*", "qualifier": "1"}, {"path": "/*"}]}
    leads = "leads `agents.example.com` to the runtime: `/*` to `LATEST`, `/v1/*` to v1"
    assert said("create", None, pinned, DOMAIN) == leads
    new = {**SITE, "route": {"path": "/*", "qualifier": "2"}}
    changed = "**changes its routes**: `/*` to v2 (was `/*` to `LATEST`)"
    assert said("update", SITE, new, DOMAIN) == changed
    assert (
        said("update", SITE, {**SITE, "runtimeId": UNKNOWN}, DOMAIN) == "leads to another runtime"
    )


def test_a_setting_of_a_domain_that_is_no_longer_declared_stays() -> None:
    old = {**SITE, "wafConfig": {"enable": True}}
    made = comment(step("update", old, SITE, token=DOMAIN, name="it"))
    assert row(made.body, "it") == "`wafConfig` is no longer declared and stays as it is"
    assert made.risks == ()


def test_an_import_is_told_as_one() -> None:
    made = comment(step("import", {}, {**AGENT, "environmentVariables": {"K": "[secret]"}}))
    assert row(made.body, "agent") == "imports it"
    assert made.risks == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (True, None, "**opens it to the internet**"),
        (None, True, "closes it to the internet"),
        (
            None,
            False,
            "`disablePublicNetworkAccess` without any effect; its traffic stays as it is: "
            "100 % LATEST",
        ),
    ],
)
def test_an_endpoint_that_is_open_is_not_opened(old: Any, new: Any, words: str) -> None:
    key = "disablePublicNetworkAccess"
    sides = ({**LATEST, **({} if each is None else {key: each})} for each in (old, new))
    assert said("update", *sides, ENDPOINT) == words


def test_a_long_value_does_not_fill_the_table() -> None:
    old, new = ({**AGENT, "description": letter * 250} for letter in "ab")
    assert said("update", old, new) == "`description` changes — restarts the runtime"


def test_a_version_that_is_forgotten_stays_in_the_service() -> None:
    gone = said("delete", {"runtimeId": "r1"}, None, VERSION, outputs={"version": "4"})
    assert gone == "no longer follows v4, which stays in the service"


@pytest.mark.parametrize(
    ("top", "old", "new", "words"),
    [
        ("container", {"image": "a:1"}, {"image": "a:2"}, "image `a:1` → `a:2`"),
        (
            "container",
            {"image": "a:1", "port": 1},
            {"image": "a:2", "port": 2},
            "image `a:1` → `a:2` (`container.port` `1` → `2`)",
        ),
        (
            "container",
            {"image": "a:1", "command": ["a"]},
            {"image": "a:1", "command": ["b"]},
            "`container.command` changes",
        ),
        (
            "code",
            {"language": "python3.12", "command": ["a"]},
            {"language": "python3.12", "command": ["b"]},
            "`code.command` changes",
        ),
    ],
)
def test_how_it_is_started_is_told_apart_from_what_is_started(
    top: str, old: Any, new: Any, words: str
) -> None:
    sides = {**AGENT, top: old}, {**AGENT, top: new}
    assert said("update", *sides) == f"{words} — restarts the runtime"
