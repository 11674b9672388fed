"""Logs that the provider makes itself: what is made, who owns it, and when it goes."""

from __future__ import annotations

import pytest
from agentrun_provider.kind import State
from agentrun_provider.sls import LogService

from .conftest import RUNTIME, STACK, Stage
from .log_targets import (
    AUTO,
    PROJECT,
    SLS_OPERATIONS,
    TARGET,
    configure,
    inputs,
    make_project,
    sls,
    target,
)


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
