"""A runtime's life against the fake service."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest
from agentrun_provider import packaging
from agentrun_provider.errors import AlreadyExists, ConfigError, Forbidden, Incomplete, WaitTimedOut

from .conftest import ACCOUNT, CODE, Stage
from .runtimes import IMAGE, OWNER, created

VPC = {"vpc_id": "vpc-1", "vswitch_ids": ["vsw-2", "vsw-1"], "security_group_id": "sg-1"}

EVERYTHING: dict[str, Any] = {
    "name": "whole",
    "description": "all of it",
    "code": CODE,
    "cpu": 2,
    "memory": 4096,
    "port": 8080,
    "disk_size": 10240,
    "environment_variables": {"camelCase": "1", "snake_case": "2"},
    "role": "agentRunRole",
    "credential": "door",
    "vpc": VPC,
    "internet_access": False,
    "log": {"project": "prod-logs", "logstore": "agentrun-runtime"},
    "health_check": {"http_get_url": "/health", "initial_delay_seconds": 0},
    "protocol": {"type": "HTTP", "settings": [{"type": "openai", "config": "{}"}]},
    "nas": {
        "user_id": 1,
        "group_id": 2,
        "mount_points": [{"server_addr": "nas:/a", "mount_dir": "/mnt/a", "enable_tls": True}],
    },
    "oss_mount": {
        "mount_points": [{"bucket_name": "bucket", "mount_dir": "/mnt/b", "read_only": True}]
    },
    "arms": {"enable": True, "license_key": "secret-license"},
    "instance_concurrency": 50,
    "session_idle_timeout_seconds": 600,
    "enable_session_isolation": True,
    "disable_session_affinity": False,
    "session_affinity_type": "HEADER_FIELD",
    "header_field_name": "x-session",
    "disable_ondemand": True,
    "external_agent_endpoint_url": "https://elsewhere.example",
    "system_tags": ["team-a"],
    "owner": OWNER,
}


def test_a_runtime_is_made_and_waited_for(stage: Stage) -> None:
    state = created(stage)
    assert stage.cloud.runtimes()["demo"]["status"] == "READY"
    assert state.outputs["status"] == "READY"
    assert state.outputs["arn"] == f"acs:agentrun:cn-hangzhou:{ACCOUNT}:runtimes/{state.id}"
    assert stage.operations()[0] == "CreateAgentRuntime"
    assert ("Runtime demo", "CREATING") in stage.progress


def test_the_local_folder_arrives_as_a_zip_with_its_checksum(stage: Stage) -> None:
    state = created(stage)
    code = stage.body("CreateAgentRuntime")["codeConfiguration"]
    package = zipfile.ZipFile(io.BytesIO(base64.b64decode(code["zipFile"])))
    assert package.namelist() == ["app.py"]
    assert code["checksum"] == state.outputs["code_checksum"]
    assert "src" not in code


def test_a_large_package_goes_through_the_temporary_bucket(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agentrun_provider.kinds.runtime_code.INLINE_LIMIT_BYTES", 10)
    created(stage)
    code = stage.body("CreateAgentRuntime")["codeConfiguration"]
    assert "zipFile" not in code
    stored = stage.cloud.get_object(code["ossBucketName"], code["ossObjectName"])
    assert stored == packaging.load_package(stage.folder / "code")


def test_every_field_is_sent_and_read_back_without_drift(stage: Stage) -> None:
    state = stage.create("Runtime", **EVERYTHING)
    body = stage.body("CreateAgentRuntime")
    assert body["executionRoleArn"] == f"acs:ram::{ACCOUNT}:role/agentRunRole"
    assert body["networkConfiguration"]["networkMode"] == "PRIVATE"
    assert body["nasConfig"]["mountPoints"][0]["enableTLS"] is True
    assert body["environmentVariables"] == {"camelCase": "1", "snake_case": "2"}
    assert body["systemTags"] == ["team-a", OWNER]
    assert body["armsConfiguration"] == {"enableArms": True, "armsLicenseKey": "secret-license"}
    assert body["healthCheckConfiguration"]["initialDelaySeconds"] == 0
    assert not {"region", "owner", "timeouts", "profile"} & body.keys()
    found = stage.read("Runtime", state)
    assert found is not None
    assert found.inputs == state.inputs
    assert stage.changes("Runtime", found, **EVERYTHING) == []


def test_the_same_program_again_changes_nothing(stage: Stage) -> None:
    state = created(stage)
    stage.operations()
    assert stage.changes("Runtime", state, name="demo", code=CODE, owner=OWNER) == []
    assert stage.operations() == []


def test_a_changed_size_is_one_write_and_sends_no_code(stage: Stage) -> None:
    state = created(stage)
    stage.operations()
    state = stage.update("Runtime", state, name="demo", code=CODE, memory=4096, owner=OWNER)
    assert stage.operations().count("UpdateAgentRuntime") == 1
    body = stage.body("UpdateAgentRuntime")
    assert body["memory"] == 4096
    assert body["cpu"] == 1.0, "the whole desired state is sent"
    assert "codeConfiguration" not in body
    assert stage.cloud.runtimes()["demo"]["memory"] == 4096
    assert state.outputs["status"] == "READY"


def test_changed_code_is_sent_anew(stage: Stage) -> None:
    state = created(stage)
    (stage.folder / "code/app.py").write_text("print('changed')\n")
    (change,) = stage.changes("Runtime", state, name="demo", code=CODE, owner=OWNER)
    assert change.path == ("code", "content_hash")
    updated = stage.update("Runtime", state, name="demo", code=CODE, owner=OWNER)
    assert updated.outputs["code_checksum"] != state.outputs["code_checksum"]
    live = stage.cloud.runtimes()["demo"]["codeConfiguration"]
    assert live["checksum"] == updated.outputs["code_checksum"]


def test_what_is_removed_from_the_program_is_reset(stage: Stage) -> None:
    state = stage.create("Runtime", **EVERYTHING)
    bare = {"name": "whole", "code": CODE, "owner": OWNER}
    state = stage.update("Runtime", state, **bare)
    live = stage.cloud.runtimes()["whole"]
    for gone in ("environmentVariables", "executionRoleArn", "healthCheckConfiguration"):
        assert not live.get(gone), gone
    for gone in ("nasConfig", "ossMountConfig", "logConfiguration", "description"):
        assert not live.get(gone), gone
    assert live["sessionConcurrencyLimitPerInstance"] == 1
    assert live["networkConfiguration"] == {"networkMode": "PUBLIC"}
    found = stage.read("Runtime", state)
    assert found is not None
    assert stage.changes("Runtime", found, **bare) == []


def test_what_only_steers_the_provider_needs_no_call(stage: Stage) -> None:
    state = created(stage)
    stage.operations()
    state = stage.update(
        "Runtime", state, name="demo", code=CODE, owner=OWNER, timeouts={"create": "1h"}
    )
    assert stage.operations() == []
    assert state.inputs["timeouts"] == {"create": "1h"}


@pytest.mark.parametrize(
    ("other", "fields"),
    [
        ({"name": "other"}, {"name"}),
        ({"region": "cn-shanghai"}, {"region"}),
        ({"code": None, "container": IMAGE}, {"code", "container"}),
        ({"resource_group_id": "rg-1"}, {"resource_group_id"}),
    ],
)
def test_a_rename_or_another_artifact_replaces(
    stage: Stage, other: dict[str, Any], fields: set[str]
) -> None:
    state = created(stage)
    wanted = {"name": "demo", "code": CODE, "owner": OWNER, **other}
    changes = stage.changes("Runtime", state, **wanted)
    assert {change.field for change in changes} == fields
    assert all(change.replaces for change in changes)


def test_naming_the_account_for_the_first_time_does_not_replace(stage: Stage) -> None:
    state = created(stage)
    (change,) = stage.changes(
        "Runtime", state, name="demo", code=CODE, owner=OWNER, account_id=ACCOUNT
    )
    assert not change.replaces
    state = stage.update("Runtime", state, name="demo", code=CODE, account_id=ACCOUNT)
    (change,) = stage.changes("Runtime", state, name="demo", code=CODE, account_id="9")
    assert change.replaces == "a resource lives in one account"


def test_delete_waits_until_it_is_gone_and_gone_is_fine(stage: Stage) -> None:
    state = created(stage)
    stage.delete("Runtime", state)
    assert stage.cloud.runtimes() == {}
    stage.delete("Runtime", state)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["drop", "status", "truncate", "throttle"])
def test_a_create_that_fails_in_passing_makes_exactly_one(
    stage: Stage, kind: str, when: str
) -> None:
    stage.cloud.faults.add(kind=kind, operation="CreateAgentRuntime", when=when, status=503)
    state = created(stage)
    assert list(stage.cloud.runtimes()) == ["demo"]
    assert stage.cloud.find({"runtime": "demo"}).id == state.id


def test_the_next_up_takes_up_what_an_interrupted_create_left(stage: Stage) -> None:
    stage.cloud.faults.add(kind="stuck", operation="CreateAgentRuntime")
    with pytest.raises(WaitTimedOut):
        created(stage)
    stage.cloud.finish()
    left = stage.cloud.find({"runtime": "demo"}).id
    stage.session = stage.fresh_session()
    state = created(stage, memory=4096)
    assert state.id == left
    assert stage.cloud.runtimes()["demo"]["memory"] == 4096


def test_a_failed_create_tells_the_reason_and_its_id(stage: Stage) -> None:
    stage.cloud.faults.add(
        kind="create_failed", operation="CreateAgentRuntime", reason="no such image"
    )
    with pytest.raises(Incomplete) as failed:
        created(stage)
    assert failed.value.resource_id == stage.cloud.find({"runtime": "demo"}).id
    assert "no such image" in failed.value.one_line()


def test_a_failed_one_of_ours_is_replaced_by_the_next_up(stage: Stage) -> None:
    stage.cloud.faults.add(kind="create_failed", operation="CreateAgentRuntime")
    with pytest.raises(Incomplete):
        created(stage)
    stage.cloud.faults.clear()
    failed = stage.cloud.find({"runtime": "demo"}).id
    state = created(stage)
    assert state.id != failed
    assert stage.cloud.runtimes()["demo"]["status"] == "READY"


def test_a_runtime_of_somebody_else_under_the_name_is_not_touched(stage: Stage) -> None:
    other = created(stage, owner="x-pulumi-9999999999-abcdefabcd", memory=1024)
    stage.operations()
    with pytest.raises(AlreadyExists) as refused:
        created(stage)
    assert other.id in refused.value.one_line()
    assert "was not made by this stack" in refused.value.one_line()
    assert stage.cloud.runtimes()["demo"]["memory"] == 1024
    assert "UpdateAgentRuntime" not in stage.operations()


def test_removing_the_tags_leaves_the_mark_of_the_owner(stage: Stage) -> None:
    state = created(stage, system_tags=["team-a"])
    stage.update("Runtime", state, name="demo", code=CODE, owner=OWNER)
    assert stage.cloud.runtimes()["demo"]["systemTags"] == [OWNER]


def test_a_runtime_that_was_renamed_in_the_stack_is_told_from_those_of_others(stage: Stage) -> None:
    created(stage)
    with pytest.raises(AlreadyExists) as refused:
        created(stage, owner=f"{OWNER.rpartition('-')[0]}-bbbbbbbbbb")
    assert "by this stack for another resource (one that was renamed needs an alias)" in str(
        refused.value
    )


def test_an_update_waits_for_a_busy_runtime(stage: Stage) -> None:
    state = created(stage)
    other = stage.session.client
    other.call("UpdateAgentRuntime", "PUT", f"/agents/runtimes/{state.id}", body={"memory": 1024})
    stage.update("Runtime", state, name="demo", code=CODE, owner=OWNER, memory=4096)
    assert stage.cloud.runtimes()["demo"]["memory"] == 4096


def test_a_short_role_needs_the_account_and_says_so(stage: Stage) -> None:
    stage.config = {"agentrun:accountId": None}
    stage.session = stage.fresh_session()
    stage.cloud.faults.add(operation="GetCallerIdentity", status=404, code="NoSuchApi", times=None)
    with pytest.raises((ConfigError, Forbidden)) as refused:
        created(stage, role="agentRunRole")
    assert "agentrun:accountId" in refused.value.one_line()


def test_a_workspace_is_found_by_name_and_by_id(stage: Stage) -> None:
    reply = stage.session.client.call("CreateWorkspace", "POST", "/workspaces", body={"name": "w"})
    state = created(stage, workspace="w")
    assert state.outputs["workspace_id"] == reply["workspaceId"]
    found = stage.read("Runtime", state)
    assert found is not None
    assert found.inputs["workspace"] == "w"
    by_id = created(stage, name="second", workspace=reply["workspaceId"])
    assert by_id.outputs["workspace_id"] == reply["workspaceId"]


def test_an_unknown_workspace_is_told_before_anything_is_made(stage: Stage) -> None:
    with pytest.raises(ConfigError) as refused:
        created(stage, workspace="nowhere")
    assert "'nowhere'" in refused.value.one_line()
    assert stage.cloud.runtimes() == {}


def test_a_container_runtime(stage: Stage) -> None:
    state = stage.create("Runtime", name="demo", container=IMAGE, owner=OWNER)
    assert stage.body("CreateAgentRuntime")["artifactType"] == "Container"
    changed = {**IMAGE, "image": "registry.example/agent@sha256:11"}
    stage.update("Runtime", state, name="demo", container=changed, owner=OWNER)
    live = stage.cloud.runtimes()["demo"]["containerConfiguration"]
    assert live["image"].endswith("11")


def test_automatic_logs_are_made_and_used(stage: Stage) -> None:
    state = created(stage, log={"auto": True})
    live = stage.cloud.runtimes()["demo"]["logConfiguration"]
    project = f"aliyun-serverless-{ACCOUNT}-cn-hangzhou"
    assert live == {"project": project, "logstore": "default-logs"}
    assert state.outputs["log_project"] == project
    found = stage.read("Runtime", state)
    assert found is not None
    assert found.inputs == state.inputs
    stage.operations()
    state = stage.update(
        "Runtime", found, name="demo", code=CODE, owner=OWNER, log={"auto": True}, memory=4096
    )
    assert stage.cloud.runtimes()["demo"]["logConfiguration"] == live
    assert not [name for name in stage.operations() if name.startswith("CreateLog")]
