"""The log target of a runtime as a resource of its own, against the fake service."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from agentrun_provider.checking import validate
from agentrun_provider.errors import ConfigError, Incomplete, NotFound, ServerFault, WaitTimedOut
from agentrun_provider.kind import State
from agentrun_provider.kinds import load
from agentrun_provider.unknown import UNKNOWN

from .conftest import RUNTIME, Stage
from .log_targets import AUTO, TARGET, configure, inputs, set_elsewhere, sls, target


def test_a_target_is_set_and_nothing_but_it_is_written(stage: Stage, runtime: State) -> None:
    before = stage.cloud.runtimes()["demo"]
    state = configure(stage, runtime)
    assert state.id == runtime.id
    assert state.outputs == {"log_project": "prod-logs", "log_store": "agents"}
    assert stage.body("UpdateAgentRuntime") == {"logConfiguration": TARGET}
    assert stage.cloud.runtimes()["demo"] == {**before, "logConfiguration": TARGET}
    assert sls(stage) == []


def test_the_same_program_again_changes_nothing_and_calls_nothing(
    stage: Stage, runtime: State
) -> None:
    for more in ({}, {"auto": True}):
        state = configure(stage, runtime, adopt=True, **more)
        stage.operations()
        wanted = inputs(runtime, adopt=True, **more)
        assert stage.changes("RuntimeLogConfig", state, **wanted) == []
        assert stage.operations() == []
        assert stage.read("RuntimeLogConfig", state) == state


def test_the_runtime_resource_leaves_it_alone(stage: Stage, runtime: State) -> None:
    configure(stage, runtime)
    found = stage.read("Runtime", runtime)
    assert found is not None
    assert stage.changes("Runtime", found, **RUNTIME) == []
    stage.update("Runtime", found, **RUNTIME, memory=4096)
    assert target(stage) == TARGET


def test_a_change_is_one_write(stage: Stage, runtime: State) -> None:
    state = configure(stage, runtime)
    stage.operations()
    state = stage.update("RuntimeLogConfig", state, **inputs(runtime, logstore="other"))
    assert target(stage) == {**TARGET, "logstore": "other"}
    assert state.outputs["log_store"] == "other"
    assert stage.operations().count("UpdateAgentRuntime") == 1


@pytest.mark.parametrize("more", [{"timeouts": {"update": "1h"}}, {"adopt": True}])
def test_what_only_steers_the_provider_needs_no_call(
    stage: Stage, runtime: State, more: dict[str, Any]
) -> None:
    state = configure(stage, runtime)
    stage.operations()
    stage.update("RuntimeLogConfig", state, **inputs(runtime, **more))
    assert stage.operations() == []


def test_another_runtime_replaces(stage: Stage, runtime: State) -> None:
    state = configure(stage, runtime)
    (change,) = stage.changes("RuntimeLogConfig", state, **inputs(State("other", {})))
    assert change.replaces == "the log target belongs to one runtime"
    assert not load("RuntimeLogConfig").keeps_name(state.inputs, inputs(State("other", {})))


@pytest.mark.parametrize("more", [{}, {"auto": True}])
def test_what_somebody_else_set_is_not_overwritten_and_nothing_is_made(
    stage: Stage, runtime: State, more: dict[str, Any]
) -> None:
    set_elsewhere(stage, {"project": "theirs", "logstore": "logs"})
    with pytest.raises(ConfigError) as refused:
        configure(stage, runtime, **more)
    line = refused.value.one_line()
    for part in (runtime.id, "theirs", "adopt=True"):
        assert part in line
    assert stage.operations() == ["GetAgentRuntime"]
    assert sls(stage) == []


def test_an_adoption_replaces_it_and_says_so(stage: Stage, runtime: State) -> None:
    set_elsewhere(stage, {"project": "theirs", "logstore": "logs"})
    configure(stage, runtime, adopt=True)
    assert target(stage) == TARGET
    told = [text for _, text in stage.progress]
    assert "adopts the log target, project theirs, logstore logs" in told


@pytest.mark.parametrize("unset", [{}, {"project": "", "logstore": ""}])
def test_an_empty_record_counts_as_not_set(
    stage: Stage, runtime: State, unset: dict[str, Any]
) -> None:
    set_elsewhere(stage, unset)
    configure(stage, runtime)
    assert target(stage) == TARGET


@pytest.mark.parametrize("live", [{"project": "theirs", "logstore": "logs"}, {}])
@pytest.mark.parametrize("more", [{}, {"auto": True}])
def test_drift_shows_in_the_inputs_and_is_undone(
    stage: Stage, runtime: State, more: dict[str, Any], live: dict[str, Any]
) -> None:
    state = configure(stage, runtime, **more)
    set_elsewhere(stage, live)
    found = stage.read("RuntimeLogConfig", state)
    assert found is not None
    assert {k: found.inputs[k] for k in TARGET if k in found.inputs} == live
    assert stage.changes("RuntimeLogConfig", found, **inputs(runtime, **more))
    again = stage.update("RuntimeLogConfig", found, **inputs(runtime, **more))
    assert target(stage) == (AUTO if more else TARGET)
    assert again == state


def test_a_target_can_be_read_by_its_id_alone(stage: Stage, runtime: State) -> None:
    configure(stage, runtime)
    found = stage.read("RuntimeLogConfig", State(runtime.id, {}))
    assert found is not None
    assert found.inputs == {"runtime_id": runtime.id, **TARGET}
    assert found.outputs == {"log_project": "prod-logs", "log_store": "agents"}


def test_it_is_gone_only_with_the_runtime(stage: Stage, runtime: State) -> None:
    state = configure(stage, runtime)
    stage.cloud.faults.add(operation="GetAgentRuntime", status=500, times=None)
    with pytest.raises(ServerFault):
        stage.read("RuntimeLogConfig", state)
    stage.cloud.faults.clear()
    stage.cloud.mutate({"runtime": "demo"}, delete=True)
    assert stage.read("RuntimeLogConfig", state) is None
    stage.delete("RuntimeLogConfig", state)


def test_a_delete_resets_the_target_only(stage: Stage, runtime: State) -> None:
    before = stage.cloud.runtimes()["demo"]
    state = configure(stage, runtime)
    stage.delete("RuntimeLogConfig", state)
    live = stage.cloud.runtimes()["demo"]
    assert not live.pop("logConfiguration", None)
    assert live == before


def test_a_runtime_that_is_not_there_is_told_before_anything_is_made(stage: Stage) -> None:
    with pytest.raises(NotFound) as refused:
        configure(stage, State("nowhere", {}), auto=True)
    assert "nowhere" in refused.value.one_line()
    assert sls(stage) == []


def test_a_refused_target_is_reset_by_what_the_host_does_next(stage: Stage, runtime: State) -> None:
    stage.cloud.faults.add(
        kind="create_failed", operation="UpdateAgentRuntime", reason="no such project"
    )
    with pytest.raises(Incomplete) as failed:
        configure(stage, runtime)
    assert "no such project" in failed.value.one_line()
    stage.delete("RuntimeLogConfig", State(failed.value.resource_id, inputs(runtime)))
    assert not target(stage)
    assert stage.cloud.runtimes()["demo"]["status"] == "READY"


def test_the_next_up_takes_up_what_an_interrupted_create_began(
    stage: Stage, runtime: State
) -> None:
    stage.cloud.faults.add(kind="stuck", operation="UpdateAgentRuntime")
    with pytest.raises(WaitTimedOut):
        configure(stage, runtime, auto=True, timeouts={"create": "10s"})
    stage.cloud.finish()
    stage.operations()
    stage.session = stage.fresh_session()
    state = configure(stage, runtime, auto=True)
    assert not {"UpdateAgentRuntime", "CreateProject"} & set(stage.operations())
    assert state.outputs["created"] == ["project", "logstore", "index"]


@pytest.mark.parametrize(
    ("declared", "paths"),
    [
        ({}, ["project"]),
        ({"project": "prod-logs"}, ["logstore"]),
        ({"logstore": "agents"}, ["project"]),
        ({"auto": False}, ["project"]),
        ({"auto": True, "project": "prod-logs"}, ["project"]),
        ({"auto": True, **TARGET}, ["logstore", "project"]),
        ({"project": "Prod", "logstore": "x"}, ["logstore", "project"]),
        ({**TARGET, "delete_on_destroy": True}, ["delete_on_destroy"]),
        ({"auto": UNKNOWN}, []),
        ({"project": UNKNOWN, "logstore": UNKNOWN}, []),
        ({"auto": True, "delete_on_destroy": True}, []),
    ],
)
def test_wrong_combinations_are_refused_at_preview(
    declared: dict[str, Any], paths: list[str]
) -> None:
    _, problems = validate(load("RuntimeLogConfig").Inputs, {"runtime_id": UNKNOWN, **declared})
    assert [str(problem.path[0]) for problem in problems] == paths


def test_two_resources_change_one_runtime_at_the_same_time(stage: Stage, runtime: State) -> None:
    failures: list[BaseException] = []
    vpc = {"vpc_id": "vpc-1", "vswitch_ids": ["vsw-1"], "security_group_id": "sg-1"}

    def run(kind: str, declared: dict[str, Any]) -> None:
        try:
            stage.create(kind, **declared)
        except BaseException as error:
            failures.append(error)

    threads = [
        threading.Thread(target=run, args=("RuntimeLogConfig", inputs(runtime, auto=True))),
        threading.Thread(
            target=run, args=("RuntimeVpcConfig", {"runtime_id": runtime.id, "vpc": vpc})
        ),
        threading.Thread(
            target=run,
            args=("RuntimeVersion", {"runtime_id": runtime.id, "fingerprint": "one"}),
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    live = stage.cloud.runtimes()["demo"]
    assert live["logConfiguration"] == AUTO
    assert live["networkConfiguration"]["vpcId"] == "vpc-1"
    assert stage.operations().count("UpdateAgentRuntime") == 2
