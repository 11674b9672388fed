"""Programs ask about what exists, wherever it was made."""

from __future__ import annotations

import pytest
from agentrun_provider import lookups
from agentrun_provider.errors import ConfigError
from agentrun_provider.kind import State

from .conftest import CODE, Stage


@pytest.fixture
def runtime(stage: Stage) -> State:
    return stage.create(
        "Runtime", name="demo", code=CODE, memory=4096, system_tags=["team-a"], owner="x-pulumi-1-1"
    )


def test_a_runtime_is_found_by_name_and_by_id(stage: Stage, runtime: State) -> None:
    by_name = lookups.get_runtime(stage.session, name="demo")
    assert by_name == lookups.get_runtime(stage.session, runtime_id=runtime.id)
    assert (by_name["id"], by_name["memory"], by_name["status"]) == (runtime.id, 4096, "READY")
    assert by_name["system_tags"] == ["team-a"]


def test_a_name_must_match_exactly(stage: Stage, runtime: State) -> None:
    with pytest.raises(ConfigError, match="there is no runtime dem in cn-hangzhou"):
        lookups.get_runtime(stage.session, name="dem")


@pytest.mark.parametrize("given", [{}, {"name": "demo", "runtime_id": "x"}])
def test_one_of_name_and_id_is_needed(stage: Stage, given: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="either the name or the id"):
        lookups.get_runtime(stage.session, **given)


def test_runtimes_are_listed_over_all_pages(stage: Stage) -> None:
    path = "/agents/runtimes"
    body = {"artifactType": "Container", "containerConfiguration": {"image": "i"}, "cpu": 1}
    body |= {"memory": 128, "port": 1, "networkConfiguration": {"networkMode": "PUBLIC"}}
    for index in range(60):
        tags = ["odd"] if index % 2 else ["even"]
        one = {**body, "agentRuntimeName": f"r{index}", "systemTags": tags}
        stage.session.client.call("CreateAgentRuntime", "POST", path, body=one)
    assert len(lookups.list_runtimes(stage.session)) == 60
    assert len(lookups.list_runtimes(stage.session, name_prefix="r1")) == 11
    assert len(lookups.list_runtimes(stage.session, system_tag="odd")) == 30


def test_an_endpoint_tells_its_traffic(stage: Stage, runtime: State) -> None:
    for _ in range(2):
        versions = f"/agents/runtimes/{runtime.id}/versions"
        stage.session.client.call("PublishRuntimeVersion", "POST", versions, body={})
    canary = {"version": "2", "weight": 0.1}
    made = stage.create(
        "RuntimeEndpoint", runtime_id=runtime.id, name="e", target_version="1", canary=canary
    )
    found = lookups.get_runtime_endpoint(stage.session, runtime_id=runtime.id, name="e")
    assert found["id"] == made.id
    assert (found["target_version"], found["version_weights"]) == ("1", [canary])
    with pytest.raises(ConfigError, match="has no endpoint named f"):
        lookups.get_runtime_endpoint(stage.session, runtime_id=runtime.id, name="f")


def test_versions_are_listed_newest_first_without_latest(stage: Stage, runtime: State) -> None:
    for index in range(11):
        stage.session.client.call(
            "PublishRuntimeVersion",
            "POST",
            f"/agents/runtimes/{runtime.id}/versions",
            body={"description": f"release {index}"},
        )
    found = lookups.list_runtime_versions(stage.session, runtime_id=runtime.id)
    assert [item["version"] for item in found] == [str(n) for n in range(11, 0, -1)]
    assert found[0]["description"] == "release 10"
