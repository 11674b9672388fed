"""The dynamic host, called as the `pulumi.dynamic` process calls it."""

from __future__ import annotations

import base64
import logging
import pickle
import sys
import traceback
from typing import Any

import dill
import pulumi.dynamic
import pytest
from agentrun_fake.server import ThreadedServer
from agentrun_provider.hosts.dynamic import KindProvider, OperationError
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.output import Unknown

from .conftest import RUNTIME, Serve


def test_the_serialised_provider_holds_no_code_and_no_settings() -> None:
    text = serialize_provider(KindProvider("Runtime"))
    assert len(text) < 200
    again = dill.loads(base64.b64decode(text))  # noqa: S301 - made just above
    assert (type(again), again.kind) == (KindProvider, "Runtime")
    assert serialize_provider(again) == text
    assert not KindProvider.serialize_as_secret_always


def test_a_state_of_a_newer_release_is_told_so() -> None:
    state = pickle.dumps(KindProvider("Hologram", "99.0"))
    provider = pickle.loads(state)  # noqa: S301 - made just above
    config = pulumi.dynamic.Config({"agentrun:region": "cn-hangzhou"}, "project")
    with pytest.raises(OperationError, match="upgrade the package"):
        provider.configure(pulumi.dynamic.ConfigureRequest(config))


def test_a_whole_life(
    serve: Serve, cloud: ThreadedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    provider = serve("Runtime")
    checked = provider.check({}, dict(RUNTIME))
    assert checked.failures == []
    made = provider.create({**checked.inputs, "__provider": "stamp"})
    outs = made.outs or {}
    assert outs["status"] == "READY"
    assert outs["memory"] == 2048
    assert "Runtime demo: " in capsys.readouterr().out

    again = provider.check(checked.inputs, dict(RUNTIME)).inputs
    assert provider.diff(made.id, outs, again).changes is False

    larger = provider.check(checked.inputs, {**RUNTIME, "memory": 4096.0}).inputs
    diff = provider.diff(made.id, outs, larger)
    assert (diff.changes, diff.replaces) == (True, [])
    outs = provider.update(made.id, outs, larger).outs or {}
    assert outs["memory"] == 4096

    cloud.cloud.mutate({"runtime": "demo"}, set={"memory": 1024})
    read = provider.read(made.id, outs)
    assert (read.inputs or {})["memory"] == 1024
    provider.delete(made.id, outs)
    assert not provider.read(made.id, outs).id


def test_a_rename_replaces_and_the_same_name_deletes_first(serve: Serve) -> None:
    provider = serve("Runtime")
    old = provider.check({}, dict(RUNTIME)).inputs
    renamed = provider.diff("id", old, provider.check({}, {**RUNTIME, "name": "other"}).inputs)
    assert (renamed.replaces, renamed.delete_before_replace) == (["name"], False)
    container = {**RUNTIME, "code": None, "container": {"image": "i@sha256:0"}}
    switched = provider.diff("id", old, provider.check({}, container).inputs)
    assert set(switched.replaces or []) == {"code", "container"}
    assert switched.delete_before_replace is True


def test_what_an_option_of_the_program_replaces_is_deleted_first_if_its_name_stays(
    serve: Serve,
) -> None:
    provider = serve("Runtime")
    old = provider.check({}, dict(RUNTIME)).inputs
    # As with `replace_on_changes=["memory"]`, of which a provider is not told.
    larger = provider.diff("id", old, {**old, "memory": 4096})
    assert (larger.replaces, larger.delete_before_replace) == ([], True)
    provider = serve("RuntimeConcurrency")
    old = {"runtimeId": "r", "reservedConcurrency": 1, "region": "cn-hangzhou"}
    assert provider.diff("r", old, {**old, "reservedConcurrency": 2}).delete_before_replace
    assert not provider.diff("r", old, {**old, "runtimeId": "s"}).delete_before_replace


def test_failures_of_a_check_carry_the_path_as_the_program_spells_it(serve: Serve) -> None:
    vpc = {"vpcId": "net", "vswitchIds": ["vsw-1", "x"], "securityGroupId": "sg-1"}
    failures = serve("Runtime").check({}, {**RUNTIME, "memory": 1, "vpc": vpc}).failures
    assert {f.property for f in failures} == {"memory", "vpc.vpc_id", "vpc.vswitch_ids[1]"}


def test_values_unknown_at_preview_pass_through_check_and_diff(serve: Serve) -> None:
    provider = serve("Runtime")
    unknown = Unknown()
    variables = {"HOST": unknown, "camelCase": "x"}
    checked = provider.check({}, {**RUNTIME, "environmentVariables": variables, "role": unknown})
    assert checked.failures == []
    assert isinstance(checked.inputs["role"], Unknown)
    assert isinstance(checked.inputs["environmentVariables"]["HOST"], Unknown)
    assert checked.inputs["environmentVariables"]["camelCase"] == "x"
    old = provider.check({}, dict(RUNTIME)).inputs
    assert provider.diff("id", old, checked.inputs).changes is True


def test_a_failure_is_one_line_without_a_traceback(serve: Serve) -> None:
    provider = serve("Runtime", accessKeySecret="wrong")
    checked = provider.check({}, dict(RUNTIME)).inputs
    try:
        provider.create(checked)
    except OperationError:
        shown = traceback.format_exc()
    assert shown.count("\n") == 1, "what the launcher sends to the engine"
    assert shown.startswith("AgentRunError: could not create Runtime demo: ")
    assert "agentrun:accessKeySecret" in shown
    assert "wrong" not in shown.replace("is wrong", "")


def test_a_half_made_runtime_is_removed_since_its_id_would_be_lost(
    serve: Serve, cloud: ThreadedServer
) -> None:
    cloud.cloud.faults.add(
        kind="create_failed", operation="CreateAgentRuntime", reason="no such image"
    )
    provider = serve("Runtime")
    with pytest.raises(OperationError, match="no such image"):
        provider.create(provider.check({}, dict(RUNTIME)).inputs)
    assert cloud.cloud.runtimes() == {}


def test_missing_settings_are_told_by_check(serve: Serve) -> None:
    provider = serve("Runtime", region="")
    failures = provider.check({}, dict(RUNTIME)).failures
    assert len(failures) == 1
    assert "agentrun:region" in failures[0].reason


def test_settings_of_one_resource_win_over_those_of_the_stack(serve: Serve) -> None:
    checked = serve("Runtime").check({}, {**RUNTIME, "region": "cn-beijing"})
    assert checked.inputs["region"] == "cn-beijing"


def test_debugging_brings_the_tracebacks_back(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTRUN_DEBUG", "1")
    serve("Runtime")
    assert sys.tracebacklimit == 1000


def test_debugging_logs_calls_once_and_nothing_of_the_libraries(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AGENTRUN_DEBUG", "1")
    # As in a process of its own, where nobody has set up logging yet.
    monkeypatch.setattr(logging.root, "handlers", [])
    providers = [serve("Runtime") for _ in range(3)]
    providers[0].create(providers[0].check({}, RUNTIME).inputs)
    lines = capsys.readouterr().err.splitlines()
    assert {line.split(":")[1].split(".")[0] for line in lines} == {"agentrun_provider"}
    assert len([line for line in lines if ":CreateAgentRuntime: POST" in line]) == 1


def test_plain_values_round_trip(serve: Serve) -> None:
    inputs: dict[str, Any] = serve("Runtime").check({}, {**RUNTIME, "cpu": 1.5}).inputs
    assert inputs["cpu"] == 1.5
    assert inputs["code"]["contentHash"]


def test_a_preview_tells_what_would_be_adopted_and_asks_only_then(
    serve: Serve, cloud: ThreadedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    provider = serve("Runtime")
    provider.create(provider.check({}, {**RUNTIME, "owner": "x-pulumi-9-9"}).inputs)
    cloud.cloud.calls.clear()
    provider.check({}, {**RUNTIME, "memory": 4096})
    assert list(cloud.cloud.calls) == []
    capsys.readouterr()
    checked = provider.check({}, {**RUNTIME, "memory": 4096, "adopt": True})
    assert checked.failures == []
    assert "changes memory 2048 => 4096" in capsys.readouterr().out
    assert cloud.cloud.calls.writes == []
    unknown = {**RUNTIME, "role": Unknown(), "adopt": True}
    assert provider.check({}, unknown).failures == []


def test_an_adoption_that_can_not_be_foreseen_is_refused_at_preview(serve: Serve) -> None:
    failures = (
        serve("Runtime", accessKeySecret="nope").check({}, {**RUNTIME, "adopt": True}).failures
    )
    assert [failure.property for failure in failures] == ["adopt"]
    assert "agentrun:accessKeySecret" in failures[0].reason
