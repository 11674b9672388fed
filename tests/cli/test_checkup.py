"""The checks of `doctor` and the comparisons of `info` one by one, without sockets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agentrun_fake.clock import ManualClock
from agentrun_fake.cloud import FakeCloud
from agentrun_provider.checkup import resources
from agentrun_provider.checkup.finding import Finding
from agentrun_provider.checkup.network import probe_all
from agentrun_provider.cli.doctor_tools import check_interpreter
from agentrun_provider.client import Client
from agentrun_provider.comparing import HIDDEN, Difference, compare, is_kind
from agentrun_provider.config import resolve
from agentrun_provider.credentials import provider_for
from agentrun_provider.overview import endpoint_overview, runtime_overview, shares
from agentrun_provider.session import Session

ACCOUNT = "1234567890123456"
BODY: dict[str, Any] = {
    "agentRuntimeName": "bare",
    "artifactType": "Container",
    "containerConfiguration": {"image": "registry.example.com/a/b:1"},
    "cpu": 1,
    "memory": 2048,
    "port": 9000,
    "networkConfiguration": {"networkMode": "PUBLIC"},
    "environmentVariables": {"LEVEL": "info", "KEY": "k"},
}


@pytest.fixture
def session() -> Iterator[Session]:
    clock = ManualClock()
    config = {
        "agentrun:region": "cn-hangzhou",
        "agentrun:accountId": ACCOUNT,
        "agentrun:accessKeyId": "testak",
        "agentrun:accessKeySecret": "testsecret",
    }
    settings = resolve(config, {})
    transport = FakeCloud(clock=clock).transport()
    keys = provider_for(settings)
    with Client(settings, keys, transport=transport, sleep=clock.sleep) as client:
        yield Session(settings, client=client, clock=clock)


@pytest.fixture
def runtime_id(session: Session) -> str:
    made = session.client.call("CreateAgentRuntime", "POST", "/agents/runtimes", body=BODY)
    return str(made["agentRuntimeId"])


def only(findings: Iterator[Finding]) -> Finding:
    (finding,) = findings
    return finding


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("READY", "ok"),
        ("UPDATING", "warn"),
        ("CREATE_FAILED", "fail"),
        ("UPDATE_FAILED", "fail"),
        ("DELETING", "fail"),
    ],
)
def test_a_runtime_is_judged_by_its_status(status: str, expected: str) -> None:
    live = {"agentRuntimeName": "a", "status": status, "statusReason": "no image"}
    finding = only(resources.check_runtime(live))
    assert finding.status == expected
    assert f"a is {status}" in finding.message
    assert bool(finding.fix) == (expected != "ok")
    assert ("no image" in finding.message) == (expected == "fail")


def test_a_runtime_without_endpoints_is_warned_of(session: Session, runtime_id: str) -> None:
    finding = only(resources.check_endpoints(session, runtime_id))
    assert finding.status == "warn"
    assert "nobody can call it" in finding.message


@pytest.mark.parametrize(
    ("status", "expected"), [("READY", "ok"), ("CREATING", "warn"), ("CREATE_FAILED", "fail")]
)
def test_endpoints_are_judged_by_their_status(
    session: Session, monkeypatch: pytest.MonkeyPatch, status: str, expected: str
) -> None:
    listed = [{"agentRuntimeEndpointName": "live", "status": status, "statusReason": "quota"}]
    monkeypatch.setattr(resources, "list_endpoints", lambda *_: listed)
    finding = only(resources.check_endpoints(session, "x"))
    assert finding.status == expected
    assert f"live is {status}" in finding.message


def test_no_role_is_nothing_to_check(session: Session) -> None:
    assert only(resources.check_role(session, None)).status == "skip"


def test_a_role_of_another_account_is_found_without_asking(session: Session) -> None:
    finding = only(resources.check_role(session, "acs:ram::999:role/other"))
    assert finding.status == "fail"
    assert f"of another account than the keys ({ACCOUNT})" in finding.message


@pytest.mark.parametrize("role", ["missing", f"acs:ram::{ACCOUNT}:role/missing"])
def test_a_role_is_found_missing_by_its_short_name_and_its_arn(session: Session, role: str) -> None:
    finding = only(resources.check_role(session, role))
    assert (finding.status, finding.message) == ("fail", "there is no RAM role missing")


def test_a_runtime_without_logs_is_warned_of(session: Session) -> None:
    finding = only(resources.check_logs(session, None, None))
    assert finding.status == "warn"
    assert "auto" in finding.fix


def test_hosts_that_hold_the_account_are_left_out_where_it_is_not_known(session: Session) -> None:
    settings = dataclasses.replace(
        session.settings,
        control_endpoint="http://127.0.0.1:1",
        account_id=None,
        connect_timeout=1,
    )
    found = [probe.finding for probe in probe_all(settings, "")]
    skipped = [finding.message for finding in found if finding.status == "skip"]
    assert skipped == [
        "data plane: the account's number is not known",
        "function compute, uploads: the account's number is not known",
    ]
    # The rest would be the vendor's own hosts, which keys for somewhere else must not reach.
    told = [finding for finding in found if finding.status == "fail"]
    assert len(told) == 5
    assert "needs the service at" in told[1].message


INPUTS = {
    "name": "bare",
    "container": {"image": "registry.example.com/a/b:1"},
    "cpu": 1,
    "memory": 2048,
    "port": 9000,
    "internetAccess": True,
}


def differences(session: Session, runtime_id: str, **inputs: Any) -> list[Difference]:
    found = compare(session, "Runtime", runtime_id, {**INPUTS, **inputs}, {})
    assert found is not None
    return [item for item in found if item.field.split(".")[0] in inputs]


def test_a_variable_that_differs_is_told_and_a_secret_one_is_not_looked_at(
    session: Session, runtime_id: str
) -> None:
    variables = {"LEVEL": "debug", "KEY": HIDDEN}
    found = differences(session, runtime_id, environment_variables=variables)
    assert found == [Difference("environment_variables.LEVEL", "debug", "info")]
    assert differences(session, runtime_id, environment_variables=HIDDEN) == []


@pytest.mark.parametrize("name", ["log", "memory", "role", "nas", "internet_access"])
def test_an_input_that_is_secret_as_a_whole_is_not_looked_at(
    session: Session, runtime_id: str, name: str
) -> None:
    assert differences(session, runtime_id, **{name: HIDDEN}) == []


def test_what_is_gone_is_told_apart_from_what_is_the_same(
    session: Session, runtime_id: str
) -> None:
    assert compare(session, "Runtime", "no-such-id", INPUTS, {}) is None
    assert differences(session, runtime_id, memory=2048) == []


def test_components_are_no_kinds() -> None:
    assert is_kind("Runtime")
    assert not is_kind("Agent")


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ({}, {"LATEST": 1.0}),
        ({"targetVersion": "2"}, {"2": 1.0}),
        (
            {
                "targetVersion": "2",
                "routingConfiguration": {"versionWeights": [{"version": "3", "weight": 0.1}]},
            },
            {"3": 0.1, "2": 0.9},
        ),
        (
            {
                "targetVersion": "2",
                "routingConfiguration": {"versionWeights": [{"version": "3", "weight": 1.0}]},
            },
            {"3": 1.0},
        ),
    ],
)
def test_the_shares_of_an_endpoint_sum_to_all_calls(
    endpoint: dict[str, Any], expected: dict[str, float]
) -> None:
    assert shares(endpoint) == expected


def test_instances_that_are_kept_and_a_container_are_part_of_the_overview() -> None:
    scaling = {"minInstances": 2, "currentInstances": 1, "scheduledPolicies": []}
    endpoint = {"agentRuntimeEndpointName": "live", "scalingStatus": scaling}
    assert endpoint_overview(endpoint)["scaling"] == {"minInstances": 2, "currentInstances": 1}
    agent = runtime_overview(BODY, [endpoint], "cn-hangzhou")
    assert agent["artifact"] == {"image": "registry.example.com/a/b:1"}
    assert agent["environmentVariables"] == ["KEY", "LEVEL"]
    # Keys of a registry must never get out.
    secret = {"image": "a", "registryConfig": {"authConfig": {"password": "p"}}}
    shown = runtime_overview({**BODY, "containerConfiguration": secret}, [], "cn-hangzhou")
    assert shown["artifact"] == {"image": "a"}


def test_relative_programs_are_found_from_the_projects_folder(tmp_path: Path) -> None:

    (tmp_path / "Pulumi.yaml").write_text(
        "name: a\nruntime:\n  name: python\n  options:\n    toolchain: uv\n"
    )
    (finding,) = check_interpreter(tmp_path, {})
    assert finding.status == "fail"
    assert f"{tmp_path}/.venv/bin/python does not start" in finding.message
