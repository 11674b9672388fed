"""Versions against the fake service: published when something changed, and exactly once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from agentrun_provider.checking import validate
from agentrun_provider.errors import NotFound, ServerFault, WaitFailed
from agentrun_provider.kind import State
from agentrun_provider.kinds import load
from agentrun_provider.unknown import UNKNOWN

from .conftest import CODE, Stage
from .faults import FAULTS

STACK = "x-pulumi-0123456789"
OWNER = f"{STACK}-bbbbbbbbbb"


@pytest.fixture
def runtime(stage: Stage) -> State:
    state = stage.create("Runtime", name="demo", code=CODE, owner=f"{STACK}-aaaaaaaaaa")
    stage.operations()
    return state


def inputs(runtime: State, fingerprint: str = "one", **more: Any) -> dict[str, Any]:
    return {"runtime_id": runtime.id, "fingerprint": fingerprint, "owner": OWNER, **more}


def publish(stage: Stage, runtime: State, fingerprint: str = "one", **more: Any) -> State:
    return stage.create("RuntimeVersion", **inputs(runtime, fingerprint, **more))


def numbers(stage: Stage) -> list[str]:
    return [record.name for record in stage.cloud.records("version")]


def assume(stage: Stage, **values: Any) -> None:
    stage.cloud.unverified = stage.cloud.unverified.changed(**values)


def test_a_version_is_published_with_its_number_and_time(stage: Stage, runtime: State) -> None:
    state = publish(stage, runtime, description="first", publisher="ci")
    assert state.id == f"{runtime.id}/1"
    assert state.outputs["version"] == "1"
    assert "previous_version" not in state.outputs
    assert datetime.fromisoformat(state.outputs["published_at"]).timestamp() == pytest.approx(
        stage.clock.now(), abs=1e-3
    )
    body = stage.body("PublishRuntimeVersion")
    assert body["publisher"] == "ci"
    assert body["description"].startswith("first [x-pulumi-")


def test_another_configuration_is_another_version_after_the_last(
    stage: Stage, runtime: State
) -> None:
    old = publish(stage, runtime, "one")
    (change,) = stage.changes("RuntimeVersion", old, **inputs(runtime, "two"))
    assert change.replaces == "a version is a snapshot of the runtime"
    # The old one serves until the traffic has moved.
    assert not load("RuntimeVersion").keeps_name(old.inputs, inputs(runtime, "two"))
    new = publish(stage, runtime, "two")
    assert (new.outputs["version"], new.outputs["previous_version"]) == ("2", "1")


@pytest.mark.parametrize(
    "other",
    [
        {"triggers": {"release": "2"}},
        {"description": "other"},
        {"publisher": "other"},
        {"runtime_id": "another"},
    ],
)
def test_whatever_else_makes_a_version_makes_another_one(
    stage: Stage, runtime: State, other: dict[str, Any]
) -> None:
    state = publish(stage, runtime, triggers={"release": "1"})
    wanted = {**inputs(runtime, triggers={"release": "1"}), **other}
    (change,) = stage.changes("RuntimeVersion", state, **wanted)
    assert change.replaces
    if "runtime_id" not in other:
        assert stage.create("RuntimeVersion", **wanted).outputs["version"] == "2"


def test_the_same_program_again_changes_nothing_and_calls_nothing(
    stage: Stage, runtime: State
) -> None:
    state = publish(stage, runtime, description="first", triggers={"release": "1"})
    stage.operations()
    same = inputs(runtime, description="first", triggers={"release": "1"})
    assert stage.changes("RuntimeVersion", state, **same) == []
    assert stage.operations() == []


def test_going_back_to_an_earlier_configuration_is_a_new_release(
    stage: Stage, runtime: State
) -> None:
    for fingerprint in ("a", "b", "a"):
        state = publish(stage, runtime, fingerprint)
    assert state.outputs["version"] == "3"
    assert numbers(stage) == ["1", "2", "3"]


def test_a_publish_takes_no_more_calls_than_needed(stage: Stage, runtime: State) -> None:
    publish(stage, runtime)
    assert stage.operations() == [
        "GetAgentRuntime",
        "ListAgentRuntimeVersions",
        "PublishRuntimeVersion",
    ]


def test_what_an_interrupted_up_published_is_taken(stage: Stage, runtime: State) -> None:
    left = publish(stage, runtime, description="first")
    stage.session = stage.fresh_session()
    stage.operations()
    state = publish(stage, runtime, description="first")
    assert state == left
    assert "PublishRuntimeVersion" not in stage.operations()


def test_a_version_of_somebody_else_is_never_taken(stage: Stage, runtime: State) -> None:
    publish(stage, runtime, owner=f"{STACK}-cccccccccc")
    assert publish(stage, runtime).outputs["version"] == "2"


def test_publishing_waits_until_the_runtime_is_ready(stage: Stage, runtime: State) -> None:
    path = f"/agents/runtimes/{runtime.id}"
    stage.session.client.call("UpdateAgentRuntime", "PUT", path, body={"memory": 1024})
    publish(stage, runtime)
    (record,) = stage.cloud.records("version")
    assert record.fields["memory"] == 1024


def test_a_runtime_that_gets_busy_in_between_is_waited_for(stage: Stage, runtime: State) -> None:
    stage.cloud.faults.add(
        operation="PublishRuntimeVersion",
        status=400,
        code="ERR_BAD_REQUEST",
        message="runtime must be in READY status to publish a version",
    )
    assert publish(stage, runtime).outputs["version"] == "1"


def test_a_failed_runtime_is_not_published(stage: Stage, runtime: State) -> None:
    stage.cloud.mutate({"runtime": "demo"}, status="UPDATE_FAILED", reason="no such image")
    with pytest.raises(WaitFailed) as failed:
        publish(stage, runtime)
    assert "no such image" in failed.value.one_line()
    assert numbers(stage) == []


def test_a_runtime_that_is_not_there_is_told(stage: Stage, runtime: State) -> None:
    stage.cloud.mutate({"runtime": "demo"}, delete=True)
    with pytest.raises(NotFound) as refused:
        publish(stage, runtime)
    assert runtime.id in refused.value.one_line()


@pytest.mark.parametrize("assumption", ["same", "refuse"])
def test_where_nothing_changed_the_newest_version_is_taken(
    stage: Stage, runtime: State, assumption: str
) -> None:
    publish(stage, runtime)
    assume(stage, publish_unchanged=assumption)
    wanted = inputs(runtime, triggers={"release": "2"}, description="second")
    state = stage.create("RuntimeVersion", **wanted)
    assert state.outputs["version"] == "1"
    found = stage.read("RuntimeVersion", state)
    assert found == state
    assert stage.changes("RuntimeVersion", found, **wanted) == []


def test_a_refusal_for_another_reason_is_not_taken_for_unchanged(
    stage: Stage, runtime: State
) -> None:
    publish(stage, runtime)
    stage.cloud.faults.add(
        operation="PublishRuntimeVersion", status=500, message="no change today", times=None
    )
    with pytest.raises(ServerFault):
        publish(stage, runtime, "two")


def test_the_mark_is_no_part_of_what_is_read(stage: Stage, runtime: State) -> None:
    state = publish(stage, runtime, description="first [of many]")
    assert stage.read("RuntimeVersion", state) == state
    unknown = load("RuntimeVersion").read(stage.session, State(state.id, {}, {}))
    assert unknown is not None
    assert unknown.inputs == {"runtime_id": runtime.id, "description": "first [of many]"}
    assert unknown.outputs == state.outputs


@pytest.mark.parametrize("holds_latest", [True, False])
def test_an_entry_latest_is_no_version(stage: Stage, runtime: State, holds_latest: bool) -> None:
    assume(stage, list_holds_latest=holds_latest)
    first, second = publish(stage, runtime, "a"), publish(stage, runtime, "b")
    assert stage.read("RuntimeVersion", first) == first
    assert second.outputs["previous_version"] == "1"


def test_numbers_are_compared_as_numbers_over_all_pages(stage: Stage, runtime: State) -> None:
    for index in range(60):
        state = publish(stage, runtime, str(index))
    assert (state.outputs["version"], state.outputs["previous_version"]) == ("60", "59")
    assert publish(stage, runtime, "59").id == state.id


def test_a_version_is_gone_with_its_runtime_and_only_then(stage: Stage, runtime: State) -> None:
    state = publish(stage, runtime)
    stage.cloud.faults.add(operation="ListAgentRuntimeVersions", status=500, times=None)
    with pytest.raises(ServerFault):
        stage.read("RuntimeVersion", state)
    stage.cloud.faults.clear()
    assert stage.read("RuntimeVersion", State(f"{runtime.id}/9", state.inputs)) is None
    stage.cloud.mutate({"runtime": "demo"}, delete=True)
    assert stage.read("RuntimeVersion", state) is None


def test_a_delete_calls_nothing_and_says_so_in_one_line(stage: Stage, runtime: State) -> None:
    state = publish(stage, runtime)
    stage.operations()
    stage.progress.clear()
    stage.delete("RuntimeVersion", state)
    assert stage.operations() == []
    ((_, line),) = stage.progress
    assert line == "version 1 stays in the service, which has no call to delete it"


def test_what_only_steers_the_provider_publishes_nothing(stage: Stage, runtime: State) -> None:
    state = publish(stage, runtime)
    stage.operations()
    updated = stage.update("RuntimeVersion", state, **inputs(runtime, timeouts={"create": "1h"}))
    assert stage.operations() == []
    assert updated.id == state.id


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize(
    "operation", ["GetAgentRuntime", "ListAgentRuntimeVersions", "PublishRuntimeVersion"]
)
def test_a_passing_fault_publishes_exactly_once(
    stage: Stage, runtime: State, operation: str, fault: dict[str, Any], when: str
) -> None:
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    state = stage.converge(lambda: publish(stage, runtime))
    assert stage.cloud.faults.report()[0]["fired"] == 1
    assert numbers(stage) == ["1"]
    assert state.id == f"{runtime.id}/1"
    assert stage.changes("RuntimeVersion", state, **inputs(runtime)) == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lasting_fault_fails_in_one_line_and_the_next_up_finishes(
    stage: Stage, runtime: State, when: str
) -> None:
    stage.cloud.faults.add(operation="PublishRuntimeVersion", when=when, times=6)
    try:
        publish(stage, runtime)
    except ServerFault as failed:
        line = failed.one_line()
        assert "\n" not in line
        assert "PublishRuntimeVersion" in line
        assert "request id" in line
        assert when == "before"
        publish(stage, runtime)
    assert numbers(stage) == ["1"]


def test_a_fingerprint_or_triggers_must_be_given() -> None:
    model = load("RuntimeVersion").Inputs
    _, problems = validate(model, {"runtime_id": "r"})
    assert [problem.path for problem in problems] == [("fingerprint",)]
    for given in ({"fingerprint": UNKNOWN}, {"triggers": {"a": UNKNOWN}}):
        assert validate(model, {"runtime_id": UNKNOWN, **given})[1] == []


def test_a_description_leaves_room_for_the_mark(stage: Stage, runtime: State) -> None:
    model = load("RuntimeVersion").Inputs
    longest = next(
        length
        for length in range(256, 0, -1)
        if not validate(model, inputs(runtime, description="x" * length))[1]
    )
    publish(stage, runtime, description="x" * longest)
    assert len(stage.body("PublishRuntimeVersion")["description"]) == 256
