"""Runtimes that others made are adopted if asked, and kept or deleted as declared."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_provider.errors import AlreadyExists, ConfigError
from agentrun_provider.kind import remove
from agentrun_provider.kinds import load

from .conftest import CODE, Stage
from .runtimes import IMAGE, OWNER, created


def made_by_others(stage: Stage, **more: Any) -> str:
    """A runtime as the Serverless Devs component leaves it: no mark of ours."""
    return str(created(stage, owner=None, environment_variables={"A": "1"}, **more).id)


def test_adopting_what_is_the_same_writes_nothing(stage: Stage) -> None:
    theirs = made_by_others(stage)
    stage.operations()
    state = created(stage, adopt=True, environment_variables={"A": "1"})
    assert state.id == theirs
    assert not {"CreateAgentRuntime", "UpdateAgentRuntime"} & set(stage.operations())
    again = {"adopt": True, "environment_variables": {"A": "1"}, "owner": OWNER}
    assert stage.changes("Runtime", state, name="demo", code=CODE, **again) == []


def test_adopting_changes_only_what_differs_and_tells_it(stage: Stage) -> None:
    theirs = made_by_others(stage)
    stage.cloud.mutate({"runtime": "demo"}, set={"systemTags": ["x-agentrun-cli"]})
    state = created(stage, adopt=True, memory=4096, environment_variables={"A": "1"})
    assert state.id == theirs
    body = stage.body("UpdateAgentRuntime")
    assert body == {"memory": 4096, "systemTags": ["x-agentrun-cli", OWNER]}
    assert (
        "Runtime demo",
        f"adopts {theirs}, changes memory 2048 => 4096, systemTags",
    ) in stage.progress


def test_adopting_can_be_switched_on_for_the_whole_stack(stage: Stage) -> None:
    theirs = made_by_others(stage)
    stage.config = {"agentrun:adopt": "true"}
    stage.session = stage.fresh_session()
    assert created(stage).id == theirs
    with pytest.raises(AlreadyExists):
        created(stage, adopt=False)


def test_adopting_makes_what_is_not_there(stage: Stage) -> None:
    created(stage, adopt=True)
    assert list(stage.cloud.runtimes()) == ["demo"]


def test_adopting_another_kind_of_artifact_is_refused(stage: Stage) -> None:
    made_by_others(stage)
    with pytest.raises(ConfigError, match="runs Code, Container is declared"):
        stage.create("Runtime", name="demo", container=IMAGE, owner=OWNER, adopt=True)


def test_a_refused_name_tells_how_to_adopt(stage: Stage) -> None:
    theirs = made_by_others(stage)
    with pytest.raises(AlreadyExists) as refused:
        created(stage)
    assert theirs in refused.value.one_line()
    assert "adopt=True" in refused.value.one_line()


def test_a_retained_runtime_stays_in_the_service(stage: Stage) -> None:
    state = created(stage, deletion_policy="retain")
    remove(load("Runtime"), stage.session, state)
    assert list(stage.cloud.runtimes()) == ["demo"]
    assert ("Runtime demo", f"is left in the service as {state.id}") in stage.progress


def test_a_protected_runtime_is_not_deleted(stage: Stage) -> None:
    state = created(stage, deletion_policy="prevent")
    with pytest.raises(ConfigError, match="prevent"):
        remove(load("Runtime"), stage.session, state)
    assert list(stage.cloud.runtimes()) == ["demo"]


def test_a_forced_delete_takes_foreign_endpoints_with_it(stage: Stage) -> None:
    state = created(stage, force=True)
    path = f"/agents/runtimes/{state.id}/endpoints"
    for name in ("console", "other"):
        stage.session.client.call(
            "CreateAgentRuntimeEndpoint", "POST", path, body={"agentRuntimeEndpointName": name}
        )
    stage.delete("Runtime", state)
    assert stage.cloud.runtimes() == {}
    assert stage.operations().count("DeleteAgentRuntimeEndpoint") == 2


def test_code_with_another_command_is_sent_when_it_is_adopted(stage: Stage) -> None:
    made_by_others(stage)
    stage.cloud.mutate(
        {"runtime": "demo"},
        set={"codeConfiguration": {"language": "python3.12", "command": ["python3", "old.py"]}},
    )
    created(stage, adopt=True, environment_variables={"A": "1"})
    sent = stage.body("UpdateAgentRuntime")["codeConfiguration"]
    assert sent["command"] == ["python3", "app.py"]
    assert sent["zipFile"]


def test_an_undeclared_network_is_left_alone_by_an_adoption(stage: Stage) -> None:
    made_by_others(stage, internet_access=False)
    created(stage, adopt=True, environment_variables={"A": "1"})
    assert "UpdateAgentRuntime" not in stage.operations()
