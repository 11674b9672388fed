"""What an update of a runtime keeps, changes and refuses (section 2.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from agentrun_fake import FakeCloud, ManualClock

from .conftest import Api, zip_bytes
from .runtime_bodies import PATH, code, code_runtime, refused_update, when


def test_an_update_merges_at_the_top_level_and_replaces_below(api: Api, clock: ManualClock) -> None:
    runtime_id = api.create(
        description="old",
        environmentVariables={"A": "1", "B": ""},
        healthCheckConfiguration={"httpGetUrl": "/health", "periodSeconds": 5},
    )
    clock.advance(2)
    before = api.get(runtime_id)
    answer = api.update(runtime_id, memory=4096, healthCheckConfiguration={"httpGetUrl": "/up"})
    assert answer["status"] == "UPDATING"
    clock.advance(2)
    after = api.get(runtime_id)
    assert after["status"] == "READY"
    assert after["memory"] == 4096
    assert after["description"] == "old"
    assert after["environmentVariables"] == {"A": "1", "B": ""}
    assert after["healthCheckConfiguration"] == {"httpGetUrl": "/up"}
    assert when(after["lastUpdatedAt"]) > when(before["lastUpdatedAt"])
    assert after["createdAt"] == before["createdAt"]


@pytest.mark.parametrize(
    ("field", "value", "empty"),
    [
        ("description", "text", ""),
        ("description", "text", None),
        ("environmentVariables", {"A": "1"}, {}),
        ("systemTags", ["x"], []),
        ("diskSize", 512, None),
        ("nasConfig", {"mountPoints": [{"serverAddr": "s:/", "mountDir": "/m"}]}, {}),
        (
            "nasConfig",
            {"mountPoints": [{"serverAddr": "s:/", "mountDir": "/m"}]},
            {"mountPoints": []},
        ),
    ],
)
def test_an_empty_value_clears_a_field(
    api: Api, clock: ManualClock, field: str, value: Any, empty: Any
) -> None:
    runtime_id = api.create(**{field: value})
    clock.advance(2)
    assert api.get(runtime_id)[field] == value
    api.update(runtime_id, **{field: empty})
    clock.advance(2)
    assert field not in api.get(runtime_id)


def test_what_create_needs_cannot_be_cleared(api: Api, clock: ManualClock) -> None:
    runtime_id = api.create()
    clock.advance(2)
    assert refused_update(api, runtime_id, cpu=None) == (
        400,
        "ERR_VALIDATION_FAILED",
        "CPU is required",
    )


@pytest.mark.parametrize(
    ("mode", "status", "name"),
    [("ignore", 200, "demo"), ("refuse", 400, "demo"), ("rename", 200, "b")],
)
def test_another_name_in_an_update_is_treated_as_assumed(
    api: Api, clock: ManualClock, assume: Callable[..., None], mode: str, status: int, name: str
) -> None:
    assume(rename_on_put=mode)
    runtime_id = api.create("demo")
    clock.advance(2)
    body = {"agentRuntimeName": "b"}
    assert (
        api.reply("UpdateAgentRuntime", "PUT", f"{PATH}/{runtime_id}", body).status_code == status
    )
    assert api.get(runtime_id)["agentRuntimeName"] == name


def test_a_container_sent_to_a_code_runtime_is_kept_and_the_type_stays(
    api: Api, clock: ManualClock
) -> None:
    made = api.call("CreateAgentRuntime", "POST", PATH, code_runtime(code(zip_bytes(app=""))))
    clock.advance(2)
    container = {"image": "i:1"}
    api.update(made["agentRuntimeId"], artifactType="Container", containerConfiguration=container)
    clock.advance(2)
    shown = api.get(made["agentRuntimeId"])
    assert shown["artifactType"] == "Code"
    assert shown["containerConfiguration"] == container
    assert shown["codeConfiguration"]["language"] == "python3.12"


def test_write_only_fields_are_stored_and_never_returned(
    api: Api, cloud: FakeCloud, clock: ManualClock
) -> None:
    secrets: dict[str, Any] = {
        "armsConfiguration": {"armsLicenseKey": "k", "enableArms": True},
        "credentialId": "c-1",
        "containerConfiguration": {
            "image": "i:1",
            "registryConfig": {"authConfig": {"userName": "u", "password": "p"}},
        },
    }
    runtime_id = api.create(**secrets)
    for shown in (api.get(runtime_id), api.list()["items"][0]):
        assert not {"armsConfiguration", "credentialId"} & set(shown)
        auth = shown["containerConfiguration"]["registryConfig"]["authConfig"]
        assert auth == {"userName": "u"}
    stored = cloud.runtimes()["demo"]
    assert {key: stored[key] for key in secrets} == secrets
    clock.advance(2)
    api.update(runtime_id, forceEvictInstances=True)
    assert "forceEvictInstances" not in cloud.runtimes()["demo"]


def test_an_update_of_a_busy_runtime_conflicts(
    api: Api, clock: ManualClock, assume: Callable[..., None]
) -> None:
    runtime_id = api.create()
    status, _, message = refused_update(api, runtime_id, memory=4096)
    assert (status, message) == (409, "runtime demo is CREATING and can't be updated")
    clock.advance(2)
    api.update(runtime_id, memory=4096)
    assert refused_update(api, runtime_id, memory=128)[0] == 409
    assume(busy_status=400)
    assert refused_update(api, runtime_id, memory=128)[0] == 400
    assume(busy_status=0)
    assert api.update(runtime_id, memory=128)["status"] == "UPDATING"
    clock.advance(2)
    assert api.get(runtime_id)["memory"] == 128


def test_a_failed_runtime_takes_no_update_if_that_is_assumed(
    api: Api, cloud: FakeCloud, assume: Callable[..., None]
) -> None:
    runtime_id = api.create()
    cloud.mutate({"runtime": "demo"}, status="CREATE_FAILED", reason="no luck")
    assume(failed_can_update=False)
    assert refused_update(api, runtime_id, memory=4096)[0] == 409
    api.delete(runtime_id)


def test_a_removed_workspace_means_the_default_one(api: Api, clock: ManualClock) -> None:
    default = api.get(api.create("first"))["workspaceId"]
    other = api.call("CreateWorkspace", "POST", "/workspaces", {"name": "other"})["workspaceId"]
    runtime_id = api.create(workspaceId=other)
    clock.advance(2)
    api.update(runtime_id, workspaceId="")
    assert api.get(runtime_id)["workspaceId"] == default


def test_a_workspace_stays_if_that_is_assumed(
    api: Api, clock: ManualClock, assume: Callable[..., None]
) -> None:
    assume(workspace_moves=False)
    runtime_id = api.create()
    before = api.get(runtime_id)["workspaceId"]
    other = api.call("CreateWorkspace", "POST", "/workspaces", {"name": "other"})["workspaceId"]
    clock.advance(2)
    api.update(runtime_id, workspaceId=other)
    assert api.get(runtime_id)["workspaceId"] == before


def test_nested_objects_are_merged_if_that_is_assumed(
    api: Api, clock: ManualClock, assume: Callable[..., None]
) -> None:
    assume(merge="deep")
    made = api.call("CreateAgentRuntime", "POST", PATH, code_runtime(code(zip_bytes(app=""))))
    clock.advance(2)
    api.update(made["agentRuntimeId"], healthCheckConfiguration={"httpGetUrl": "/up"})
    clock.advance(2)
    api.update(made["agentRuntimeId"], healthCheckConfiguration={"periodSeconds": 5})
    shown = api.get(made["agentRuntimeId"])
    assert shown["healthCheckConfiguration"] == {"httpGetUrl": "/up", "periodSeconds": 5}


@pytest.mark.parametrize(
    ("mode", "status", "kind"),
    [("ignore", 200, "Container"), ("refuse", 400, "Container"), ("switch", 200, "Code")],
)
def test_another_kind_of_artifact_is_treated_as_assumed(
    api: Api, clock: ManualClock, assume: Callable[..., None], mode: str, status: int, kind: str
) -> None:
    assume(artifact_switch=mode)
    runtime_id = api.create()
    clock.advance(2)
    body = {"artifactType": "Code", "codeConfiguration": code(zip_bytes(app=""))}
    reply = api.reply("UpdateAgentRuntime", "PUT", f"{PATH}/{runtime_id}", body)
    assert reply.status_code == status
    assert api.get(runtime_id)["artifactType"] == kind
