"""The log target of a runtime as a resource of its own, against the fake service."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from agentrun_provider.checking import validate
from agentrun_provider.errors import (
    AgentRunError,
    ConfigError,
    Forbidden,
    Incomplete,
    NotFound,
    ServerFault,
    WaitTimedOut,
)
from agentrun_provider.kind import State
from agentrun_provider.kinds import load
from agentrun_provider.sls import LogService
from agentrun_provider.unknown import UNKNOWN

from .conftest import ACCOUNT, CODE, Stage
from .faults import FAULTS

STACK = "x-pulumi-0123456789"
OWNER = f"{STACK}-bbbbbbbbbb"
TARGET = {"project": "prod-logs", "logstore": "agents"}
PROJECT = f"aliyun-serverless-{ACCOUNT}-cn-hangzhou"
AUTO = {"project": PROJECT, "logstore": "default-logs"}
RUNTIME = {"name": "demo", "code": CODE, "owner": f"{STACK}-aaaaaaaaaa"}
SLS_OPERATIONS = [
    "GetProject",
    "CreateProject",
    "GetLogStore",
    "CreateLogStore",
    "GetIndex",
    "CreateIndex",
]


@pytest.fixture
def runtime(stage: Stage) -> State:
    state = stage.create("Runtime", **RUNTIME)
    stage.operations()
    return state


def inputs(runtime: State, **more: Any) -> dict[str, Any]:
    given = {} if more.get("auto") else TARGET
    return {"runtime_id": runtime.id, "owner": OWNER, **given, **more}


def configure(stage: Stage, runtime: State, **more: Any) -> State:
    return stage.create("RuntimeLogConfig", **inputs(runtime, **more))


def target(stage: Stage, name: str = "demo") -> Any:
    return stage.cloud.runtimes()[name].get("logConfiguration")


def set_elsewhere(stage: Stage, value: dict[str, Any]) -> None:
    stage.cloud.mutate({"runtime": "demo"}, set={"logConfiguration": value})


def sls(stage: Stage) -> list[str]:
    """Names of all projects and logstores."""
    return [r.id for kind in ("log_project", "logstore") for r in stage.cloud.records(kind)]


def make_project(stage: Stage, description: str = "of somebody else") -> None:
    LogService(stage.session.client).create_project(PROJECT, description)
    stage.operations()


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


def test_auto_makes_project_logstore_and_index_and_logs_there(stage: Stage, runtime: State) -> None:
    state = configure(stage, runtime, auto=True)
    assert target(stage) == AUTO
    assert sls(stage) == [PROJECT, f"{PROJECT}/default-logs"]
    (logstore,) = stage.cloud.records("logstore")
    assert logstore.fields == {"logstoreName": "default-logs", "shardCount": 1, "ttl": 30}
    index = logstore.internal["index"]
    assert index["keys"]["events"]["max_depth"] == -1
    assert index["keys"]["functionName"]["caseSensitive"] is True
    assert len(index["keys"]) == 7 + 6 + 9 + 3 + 1
    assert "".join(index["line"]["token"]) == ", '\";=()[]{}?@&<>/:\n\t\r"
    assert state.outputs == {
        "log_project": PROJECT,
        "log_store": "default-logs",
        "created": ["project", "logstore", "index"],
    }
    assert "project" not in state.inputs


def test_the_calls_are_no_more_than_needed(stage: Stage, runtime: State) -> None:
    configure(stage, runtime, auto=True)
    made = [name for name in stage.operations() if name in SLS_OPERATIONS]
    assert made == [
        *("GetProject", "CreateProject", "GetProject"),
        *("GetLogStore", "CreateLogStore", "GetLogStore"),
        *("GetIndex", "CreateIndex", "GetIndex"),
    ]


def test_what_exists_is_used_as_it_is(stage: Stage, runtime: State) -> None:
    configure(stage, runtime, auto=True)
    before = [(r.id, r.fields, r.internal) for r in stage.cloud.records("logstore")]
    stage.create("Runtime", **{**RUNTIME, "name": "second", "owner": f"{STACK}-cccccccccc"})
    second = State(stage.cloud.find({"runtime": "second"}).id, {})
    stage.operations()
    configure(stage, second, auto=True)
    assert target(stage, "second") == AUTO
    found = [name for name in stage.operations() if name in SLS_OPERATIONS]
    assert found == ["GetProject", "GetLogStore", "GetIndex"]
    assert before == [(r.id, r.fields, r.internal) for r in stage.cloud.records("logstore")]


def test_only_what_was_missing_is_remembered_as_ours(stage: Stage, runtime: State) -> None:
    make_project(stage)
    state = configure(stage, runtime, auto=True)
    assert state.outputs["created"] == ["logstore", "index"]
    stage.cloud.reset()
    runtime = stage.create("Runtime", **RUNTIME)
    make_project(stage, "made by x-pulumi-9999999999")
    assert configure(stage, runtime, auto=True).outputs["created"] == ["logstore", "index"]


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("GetProject", "ProjectNotExist"),
        ("GetLogStore", "LogStoreNotExist"),
        ("GetIndex", "IndexConfigNotExist"),
        ("CreateLogStore", "ProjectNotExist"),
        ("CreateIndex", "LogStoreNotExist"),
    ],
)
def test_what_is_slow_to_appear_is_read_back_until_it_does(
    stage: Stage, runtime: State, operation: str, code: str
) -> None:
    stage.cloud.faults.add(operation=operation, status=404, code=code, times=4)
    start = stage.clock.now()
    state = configure(stage, runtime, auto=True)
    assert stage.clock.now() - start > 2
    assert stage.cloud.faults.report()[0]["fired"] == 4
    assert target(stage) == AUTO
    assert state.outputs["created"] == ["project", "logstore", "index"]


def test_what_never_appears_is_told_after_the_time_allowed(stage: Stage, runtime: State) -> None:
    stage.cloud.faults.add(operation="GetLogStore", status=404, code="LogStoreNotExist", times=None)
    with pytest.raises(WaitTimedOut) as late:
        configure(stage, runtime, auto=True, timeouts={"create": "60s"})
    assert "log store of RuntimeLogConfig" in late.value.one_line()
    assert not target(stage)
    stage.cloud.faults.clear()
    state = configure(stage, runtime, auto=True)
    assert state.outputs["created"] == ["project", "logstore", "index"]


def test_missing_rights_on_the_log_service_are_told(stage: Stage, runtime: State) -> None:
    stage.cloud.faults.add(
        operation="CreateProject", status=403, code="Unauthorized", message="no", times=None
    )
    with pytest.raises(Forbidden) as refused:
        configure(stage, runtime, auto=True)
    assert "log:CreateProject" in refused.value.one_line()
    assert not target(stage)


def test_the_logs_stay_by_default(stage: Stage, runtime: State) -> None:
    state = configure(stage, runtime, auto=True)
    stage.delete("RuntimeLogConfig", state)
    assert not target(stage)
    assert sls(stage) == [PROJECT, f"{PROJECT}/default-logs"]


def test_the_logs_go_if_that_is_asked_for_and_we_made_them(stage: Stage, runtime: State) -> None:
    state = configure(stage, runtime, auto=True, delete_on_destroy=True)
    stage.delete("RuntimeLogConfig", state)
    assert sls(stage) == []
    assert not target(stage)
    stage.delete("RuntimeLogConfig", state)


def test_the_wish_can_be_added_later(stage: Stage, runtime: State) -> None:
    state = configure(stage, runtime, auto=True)
    stage.operations()
    wanted = inputs(runtime, auto=True, delete_on_destroy=True)
    state = stage.update("RuntimeLogConfig", state, **wanted)
    assert stage.operations() == []
    stage.delete("RuntimeLogConfig", state)
    assert sls(stage) == []


def test_a_project_of_somebody_else_is_never_deleted(stage: Stage, runtime: State) -> None:
    make_project(stage)
    state = configure(stage, runtime, auto=True, delete_on_destroy=True)
    stage.delete("RuntimeLogConfig", state)
    assert sls(stage) == [PROJECT], "the logstore was ours"


def test_a_logstore_of_somebody_else_is_never_deleted(stage: Stage, runtime: State) -> None:
    make_project(stage)
    LogService(stage.session.client).create_logstore(PROJECT, "default-logs", 1, 30)
    state = configure(stage, runtime, auto=True, delete_on_destroy=True)
    assert state.outputs["created"] == ["index"]
    stage.delete("RuntimeLogConfig", state)
    assert sls(stage) == [PROJECT, f"{PROJECT}/default-logs"]


def test_a_project_that_others_put_logs_into_keeps_theirs(stage: Stage, runtime: State) -> None:
    state = configure(stage, runtime, auto=True, delete_on_destroy=True)
    LogService(stage.session.client).create_logstore(PROJECT, "theirs", 1, 30)
    stage.delete("RuntimeLogConfig", state)
    assert sls(stage) == [PROJECT, f"{PROJECT}/theirs"]


def test_a_project_that_was_made_anew_by_somebody_else_is_left(
    stage: Stage, runtime: State
) -> None:
    state = configure(stage, runtime, auto=True, delete_on_destroy=True)
    stage.cloud.mutate({"log_project": PROJECT}, set={"description": "theirs"})
    stage.delete("RuntimeLogConfig", state)
    assert PROJECT in sls(stage)


def test_the_last_of_several_users_deletes_the_logs(stage: Stage, runtime: State) -> None:
    second = stage.create("Runtime", **{**RUNTIME, "name": "second"})
    whole = {"auto": True, "delete_on_destroy": True}
    first_log = configure(stage, runtime, **whole)
    second_log = configure(stage, second, **whole, owner=f"{STACK}-dddddddddd")
    stage.progress.clear()
    stage.delete("RuntimeLogConfig", first_log)
    assert target(stage, "second") == AUTO
    assert PROJECT in sls(stage)
    assert "keeps the logs, which second uses too" in [text for _, text in stage.progress]
    stage.delete("RuntimeLogConfig", second_log)
    assert sls(stage) == []


def test_logs_go_also_if_the_runtime_is_gone(stage: Stage, runtime: State) -> None:
    state = configure(stage, runtime, auto=True, delete_on_destroy=True)
    stage.cloud.mutate({"runtime": "demo"}, delete=True)
    stage.delete("RuntimeLogConfig", state)
    assert sls(stage) == []


@pytest.mark.parametrize("wish", [True, None])
def test_going_over_to_a_place_of_ones_own_gives_up_what_was_made(
    stage: Stage, runtime: State, wish: bool | None
) -> None:
    state = configure(stage, runtime, auto=True, delete_on_destroy=wish)
    state = stage.update("RuntimeLogConfig", state, **inputs(runtime))
    assert target(stage) == TARGET
    assert state.outputs == {"log_project": "prod-logs", "log_store": "agents"}
    assert bool(sls(stage)) is (wish is None)
    back = stage.update("RuntimeLogConfig", state, **inputs(runtime, auto=True))
    assert target(stage) == AUTO
    assert back.outputs["created"] == ["project", "logstore", "index"]


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


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("operation", ["GetAgentRuntime", "UpdateAgentRuntime", *SLS_OPERATIONS])
def test_a_create_converges_whatever_fails(
    stage: Stage, runtime: State, operation: str, fault: dict[str, Any], when: str
) -> None:
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    wanted = inputs(runtime, auto=True, delete_on_destroy=True)
    state = stage.converge(lambda: stage.create("RuntimeLogConfig", **wanted))
    assert stage.cloud.faults.report()[0]["fired"] == 1
    assert target(stage) == AUTO
    assert state.outputs["created"] == ["project", "logstore", "index"]
    assert stage.read("RuntimeLogConfig", state) == state
    assert stage.changes("RuntimeLogConfig", state, **wanted) == []
    stage.delete("RuntimeLogConfig", state)
    assert sls(stage) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("operation", ["GetAgentRuntime", "UpdateAgentRuntime", *SLS_OPERATIONS])
def test_an_update_converges_whatever_fails(
    stage: Stage, runtime: State, operation: str, fault: dict[str, Any], when: str
) -> None:
    state = configure(stage, runtime)
    wanted = inputs(runtime, auto=True, delete_on_destroy=True)
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    state = stage.converge(lambda: stage.update("RuntimeLogConfig", state, **wanted))
    assert stage.cloud.faults.report()[0]["fired"] == 1
    assert target(stage) == AUTO
    stage.delete("RuntimeLogConfig", state)
    assert sls(stage) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize(
    "operation",
    [
        "GetAgentRuntime",
        "UpdateAgentRuntime",
        "ListAgentRuntimes",
        "GetProject",
        "ListLogStores",
        "DeleteProject",
    ],
)
def test_a_delete_converges_whatever_fails(
    stage: Stage, runtime: State, operation: str, fault: dict[str, Any], when: str
) -> None:
    state = configure(stage, runtime, auto=True, delete_on_destroy=True)
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    stage.converge(lambda: stage.delete("RuntimeLogConfig", state))
    assert stage.cloud.faults.report()[0]["fired"] == 1
    assert not target(stage)
    assert sls(stage) == []


@pytest.mark.parametrize("operation", SLS_OPERATIONS)
def test_a_lasting_fault_fails_in_one_line_with_its_operation(
    stage: Stage, runtime: State, operation: str
) -> None:
    stage.cloud.faults.add(operation=operation, status=500, code="InternalServerError", times=None)
    with pytest.raises(AgentRunError) as failed:
        configure(stage, runtime, auto=True)
    line = failed.value.one_line()
    assert "\n" not in line
    for part in (operation, "InternalServerError", "request id"):
        assert part in line
