"""A runtime's life as the control plane tells it (sections 2 and 11)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from agentrun_fake import FakeCloud, FakeSettings, ManualClock
from fastcrc import crc64

from .conftest import Api, endpoint_request, runtime, zip_bytes

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
PATH = "/agents/runtimes"


def when(text: str) -> datetime:
    """Read a time as the clients do."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def refused_create(api: Api, body: dict[str, Any]) -> tuple[int, str, str]:
    return api.refusal("CreateAgentRuntime", "POST", PATH, body)


def refused_update(api: Api, runtime_id: str, **body: Any) -> tuple[int, str, str]:
    return api.refusal("UpdateAgentRuntime", "PUT", f"{PATH}/{runtime_id}", body)


def code(content: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "language": "python3.12",
        "command": ["python3", "app.py"],
        "zipFile": base64.b64encode(content).decode(),
        "checksum": str(crc64.xz(content)),
        **changes,
    }


def code_runtime(configuration: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return runtime(
        artifactType="Code",
        containerConfiguration=None,
        codeConfiguration=configuration,
        **changes,
    )


def test_a_runtime_is_created_becomes_ready_is_deleted_and_is_gone(
    api: Api, clock: ManualClock
) -> None:
    made = api.call("CreateAgentRuntime", "POST", PATH, runtime("demo"))
    runtime_id = made["agentRuntimeId"]
    assert UUID.fullmatch(runtime_id)
    assert made["status"] == "CREATING"
    assert made["agentRuntimeArn"] == (
        f"acs:agentrun:cn-hangzhou:1234567890123456:runtimes/{runtime_id}"
    )
    clock.advance(0.9)
    assert api.get(runtime_id)["status"] == "CREATING"
    clock.advance(0.2)
    ready = api.get(runtime_id)
    assert ready["status"] == "READY"
    assert when(ready["lastUpdatedAt"]) > when(ready["createdAt"])
    assert api.delete(runtime_id) == {"agentRuntimeId": runtime_id}
    assert api.get(runtime_id)["status"] == "DELETING"
    assert api.delete(runtime_id) == {"agentRuntimeId": runtime_id}
    clock.advance(1.1)
    status, _, message = api.refusal("GetAgentRuntime", "GET", f"{PATH}/{runtime_id}")
    assert (status, message) == (404, f"agent runtime {runtime_id} does not exist")
    assert api.refusal("DeleteAgentRuntime", "DELETE", f"{PATH}/{runtime_id}")[0] == 404


def test_the_envelopes_are_those_of_the_service(api: Api) -> None:
    good = api.reply("ListAgentRuntimes", "GET", PATH).json()
    assert set(good) == {"code", "requestId", "data"}
    assert good["code"] == "SUCCESS"
    bad = api.reply("GetAgentRuntime", "GET", f"{PATH}/x").json()
    assert set(bad) == {"code", "message", "requestId"}
    assert bad["requestId"] != good["requestId"]


def test_a_reply_holds_what_is_set_the_one_default_and_nothing_unset(api: Api) -> None:
    shown = api.get(api.create(cpu=2))
    assert shown["cpu"] == 2.0
    assert isinstance(shown["cpu"], float)
    assert shown["sessionConcurrencyLimitPerInstance"] == 1
    assert shown["agentRuntimeVersion"] == "LATEST"
    assert not {"environmentVariables", "executionRoleArn", "statusReason"} & set(shown)


def test_missing_sizes_are_named_as_the_service_does(api: Api) -> None:
    status, error, message = refused_create(api, runtime(cpu=None, memory=None, port=None))
    assert (status, error) == (400, "ERR_VALIDATION_FAILED")
    assert message == "CPU is required; Memory is required; Port is required"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"agentRuntimeName": "1st"}, "agentRuntimeName must match"),
        ({"memory": 1}, "memory must be 128 to 32768, not 1"),
        ({"memory": 2048.5}, "memory must be an integer"),
        ({"cpu": 17}, "cpu must be 0.05 to 16, not 17"),
        ({"diskSize": 1024}, "diskSize must be 512 or 10240"),
        ({"artifactType": "Zip"}, "artifactType must be one of Code, Container"),
        ({"artifactType": "Code"}, "codeConfiguration is required when artifactType is Code"),
        ({"containerConfiguration": {}}, "containerConfiguration is required"),
        ({"networkConfiguration": {"vpcId": "x"}}, "networkConfiguration.vpcId must match"),
        ({"networkConfiguration": {"vpcId": "vpc-1"}}, "vswitchIds is required"),
        ({"sessionAffinityType": "HEADER_FIELD"}, "headerFieldName is required"),
        ({"healthCheckConfiguration": {"periodSeconds": 0}}, "periodSeconds must be 1 to 300"),
        ({"nasConfig": {"mountPoints": [{"mountDir": "/m"}]}}, "mountPoints[0].serverAddr is"),
        ({"environmentVariables": {"A": 1}}, "environmentVariables.A must be a string"),
        ({"forceEvictInstances": True}, "forceEvictInstances is not accepted on create"),
        ({"timeout": 3}, "timeout is unknown"),
        ({"workspaceId": "nowhere"}, "workspace nowhere does not exist"),
    ],
)
def test_a_bad_create_is_refused_and_makes_nothing(
    api: Api, cloud: FakeCloud, change: dict[str, Any], problem: str
) -> None:
    status, error, message = refused_create(api, runtime(**change))
    assert (status, error) == (400, "ERR_VALIDATION_FAILED")
    assert problem in message
    assert cloud.runtimes() == {}


def test_a_body_that_is_no_json_is_refused(api: Api, cloud: FakeCloud) -> None:
    headers = {"x-acs-action": "CreateAgentRuntime", "x-acs-version": "2025-09-10"}
    reply = api.client.post(
        f"{api.host}/2025-09-10{PATH}", content=b"{", headers=headers, auth=api.auth
    )
    assert (reply.status_code, reply.json()["code"]) == (400, "ERR_BAD_REQUEST")


def test_a_name_is_taken_until_its_runtime_is_gone(api: Api, clock: ManualClock) -> None:
    runtime_id = api.create("demo")
    status, _, message = refused_create(api, runtime("demo"))
    assert (status, message) == (409, "agent runtime demo already exists")
    clock.advance(2)
    api.delete(runtime_id)
    assert refused_create(api, runtime("demo"))[0] == 409
    clock.advance(2)
    assert api.create("demo") != runtime_id


def test_a_name_can_be_unique_in_its_workspace_only(api: Api, assume: Callable[..., None]) -> None:
    other = api.call("CreateWorkspace", "POST", "/workspaces", {"name": "other"})["workspaceId"]
    api.create("demo")
    assert refused_create(api, runtime("demo", workspaceId=other))[0] == 409
    assume(name_scope="workspace")
    api.create("demo", workspaceId=other)
    assert refused_create(api, runtime("demo", workspaceId=other))[0] == 409


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


def test_a_password_is_returned_if_that_is_assumed(api: Api, assume: Callable[..., None]) -> None:
    assume(returns_passwords=True)
    registry = {"authConfig": {"password": "p"}}
    shown = api.get(api.create(containerConfiguration={"image": "i", "registryConfig": registry}))
    assert shown["containerConfiguration"]["registryConfig"] == registry


def test_the_cookie_affinity_comes_back_under_its_real_name(api: Api) -> None:
    shown = api.get(api.create(sessionAffinityType="COOKIE"))
    assert shown["sessionAffinityType"] == "GENERATED_COOKIE"


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


def test_a_runtime_that_still_has_endpoints_is_kept(
    api: Api, clock: ManualClock, assume: Callable[..., None], cloud: FakeCloud
) -> None:
    runtime_id = api.create()
    clock.advance(2)
    endpoint = api.create_endpoint(runtime_id)
    status, _, message = api.refusal("DeleteAgentRuntime", "DELETE", f"{PATH}/{runtime_id}")
    assert (status, message) == (400, "agent runtime demo still has endpoints: prod")
    path = f"{PATH}/{runtime_id}/endpoints/{endpoint['agentRuntimeEndpointId']}"
    api.call("DeleteAgentRuntimeEndpoint", "DELETE", path)
    api.delete(runtime_id)  # an endpoint that is going does not stand in the way
    assume(delete_with_endpoints="cascade")
    second = api.create("second")
    clock.advance(2)
    api.create_endpoint(second)
    api.delete(second)
    clock.advance(2)
    assert cloud.records("runtime") == cloud.records("endpoint") == []


def test_an_inline_package_is_checked_kept_and_not_returned(api: Api, cloud: FakeCloud) -> None:
    content = zip_bytes(app="print(1)")
    api.call("CreateAgentRuntime", "POST", PATH, code_runtime(code(content)))
    shown = api.list()["items"][0]["codeConfiguration"]
    assert shown == {
        "language": "python3.12",
        "command": ["python3", "app.py"],
        "checksum": str(crc64.xz(content)),
    }
    digest = cloud.records("runtime")[0].internal["package"]
    assert cloud.store.blobs[digest] == content


def test_an_inline_package_is_returned_if_that_is_assumed(
    api: Api, assume: Callable[..., None]
) -> None:
    assume(returns_zip=True)
    sent = code(zip_bytes(app="print(1)"))
    made = api.call("CreateAgentRuntime", "POST", PATH, code_runtime(sent))
    assert made["codeConfiguration"] == sent


BAD_PACKAGES = [
    ({"checksum": "1"}, "codeConfiguration.checksum is 1, but the package has"),
    ({"zipFile": "%%"}, "codeConfiguration.zipFile is not valid base64"),
    (
        {"zipFile": base64.b64encode(b"text").decode(), "checksum": None},
        "the package is not a valid zip archive",
    ),
    (
        {"zipFile": None, "ossBucketName": "b", "ossObjectName": "k"},
        "bucket b does not exist in cn-hangzhou",
    ),
]


@pytest.mark.parametrize(("change", "problem"), BAD_PACKAGES)
def test_a_bad_package_is_refused_at_once(
    api: Api, cloud: FakeCloud, change: dict[str, Any], problem: str
) -> None:
    bad = code_runtime(code(zip_bytes(app=""), **change))
    status, error, message = refused_create(api, bad)
    assert (status, error) == (400, "ERR_VALIDATION_FAILED")
    assert problem in message
    assert cloud.runtimes() == {}


@pytest.mark.parametrize(("change", "problem"), BAD_PACKAGES)
def test_a_bad_package_ends_in_a_failure_if_that_is_assumed(
    api: Api,
    clock: ManualClock,
    assume: Callable[..., None],
    change: dict[str, Any],
    problem: str,
) -> None:
    assume(bad_code="fail")
    bad = code_runtime(code(zip_bytes(app=""), **change))
    runtime_id = api.call("CreateAgentRuntime", "POST", PATH, bad)["agentRuntimeId"]
    clock.advance(2)
    failed = api.get(runtime_id)
    assert failed["status"] == "CREATE_FAILED"
    assert problem in failed["statusReason"]
    api.update(runtime_id, codeConfiguration=code(zip_bytes(app="")))
    clock.advance(2)
    repaired = api.get(runtime_id)
    assert (repaired["status"], repaired.get("statusReason")) == ("READY", None)


def test_a_failed_runtime_takes_no_update_if_that_is_assumed(
    api: Api, cloud: FakeCloud, assume: Callable[..., None]
) -> None:
    runtime_id = api.create()
    cloud.mutate({"runtime": "demo"}, status="CREATE_FAILED", reason="no luck")
    assume(failed_can_update=False)
    assert refused_update(api, runtime_id, memory=4096)[0] == 409
    api.delete(runtime_id)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ossBucketName": "b", "ossObjectName": "k"}, "needs exactly one of"),
        ({"zipFile": None}, "needs exactly one of"),
        ({"zipFile": None, "ossBucketName": "b"}, "ossObjectName is required"),
        ({"zipFile": None, "ossObjectName": "k"}, "ossBucketName is required"),
        ({"language": "cobol"}, "codeConfiguration.language must be one of"),
        ({"language": None}, "CodeConfiguration.language is required"),
    ],
)
def test_code_comes_from_exactly_one_place_in_a_known_language(
    api: Api, change: dict[str, Any], problem: str
) -> None:
    assert problem in refused_create(api, code_runtime(code(zip_bytes(app=""), **change)))[2]


def test_a_package_in_a_bucket_is_fetched_and_outlives_it(
    api: Api, cloud: FakeCloud, clock: ManualClock
) -> None:
    content = zip_bytes(app="print(2)")
    cloud.put_object("mine", "a/b.zip", content)
    configuration = {
        "language": "python3.12",
        "ossBucketName": "mine",
        "ossObjectName": "a/b.zip",
        "checksum": str(crc64.xz(content)),
    }
    made = api.call("CreateAgentRuntime", "POST", PATH, code_runtime(configuration))
    assert made["codeConfiguration"] == configuration
    del cloud.store.buckets["mine"].objects["a/b.zip"]
    clock.advance(2)
    api.update(made["agentRuntimeId"], memory=4096)
    assert cloud.store.blobs[cloud.records("runtime")[0].internal["package"]] == content
    clock.advance(2)
    again = refused_update(api, made["agentRuntimeId"], codeConfiguration=configuration)
    assert "object a/b.zip does not exist in bucket mine" in again[2]


def test_a_list_is_really_paged(api: Api) -> None:
    names = [f"r{number:02}" for number in range(45)]
    for name in names:
        api.create(name)
    first = api.list()
    assert (first["total"], first["pageNumber"], first["pageSize"]) == (45, 1, 20)
    seen = [
        item["agentRuntimeName"]
        for number in (1, 2, 3, 4)
        for item in api.list(pageNumber=number)["items"]
    ]
    assert seen == names[::-1]
    assert len(api.list(pageSize=100)["items"]) == 45
    assert "status" in first["items"][0]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"pageNumber": "0"}, "pageNumber must be a positive integer, not '0'"),
        ({"pageSize": "x"}, "pageSize must be a positive integer, not 'x'"),
        ({"pageSize": "101"}, "pageSize must be from 1 to 100, not 101"),
    ],
)
def test_a_page_that_cannot_be_is_refused(api: Api, query: dict[str, str], problem: str) -> None:
    assert api.refusal("ListAgentRuntimes", "GET", PATH, **query)[::2] == (400, problem)


def test_lists_are_filtered(api: Api, clock: ManualClock) -> None:
    other = api.call("CreateWorkspace", "POST", "/workspaces", {"name": "other"})["workspaceId"]
    api.create("demo", systemTags=["x-agentrun-cli"])
    clock.advance(2)
    api.create("demo-2", workspaceId=other, resourceGroupId="rg-1")

    def names(**query: str) -> list[str]:
        return [item["agentRuntimeName"] for item in api.list(**query)["items"]]

    assert names(agentRuntimeName="demo") == ["demo-2", "demo"]
    assert names(agentRuntimeName="demo", searchMode="exact") == ["demo"]
    assert names(status="READY,FAILED") == ["demo"]
    assert names(systemTags="x-agentrun-cli,other") == ["demo"]
    assert names(systemTags="x-agentrun") == []
    assert names(workspaceId=other) == names(workspaceIds=f"nowhere,{other}") == ["demo-2"]
    assert names(resourceGroupId="rg-1") == ["demo-2"]


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


def test_regions_and_accounts_are_separate(cloud: FakeCloud, api: Api) -> None:
    api.create("demo")
    with cloud.client() as client:
        shanghai = Api(client, "https://agentrun.cn-shanghai.aliyuncs.com")
        assert shanghai.list()["total"] == 0
        arn = shanghai.get(shanghai.create("demo"))["agentRuntimeArn"]
        assert arn.startswith("acs:agentrun:cn-shanghai:1234567890123456:runtimes/")
    assert api.list()["total"] == 1


def test_a_default_endpoint_is_made_if_that_is_assumed(
    api: Api, cloud: FakeCloud, assume: Callable[..., None]
) -> None:
    assume(default_endpoint=True)
    api.create("demo")
    assert cloud.endpoints("demo")["Default"]["targetVersion"] == "LATEST"


def test_no_endpoint_is_made_while_the_runtime_is_not_ready(api: Api) -> None:
    runtime_id = api.create()
    status, error, message = api.refusal(*endpoint_request(runtime_id, "prod"))
    assert (status, error) == (400, "ERR_BAD_REQUEST")
    assert message == "runtime must be in READY status to create endpoints"


@pytest.mark.parametrize(
    ("assumption", "change", "problem"),
    [
        ({"network_required": True}, {"networkConfiguration": None}, "NetworkConfiguration is"),
        ({"cpu_step": 0.05}, {"cpu": 1.03}, "cpu must be a multiple of 0.05"),
        ({"memory_step": 64}, {"memory": 2000}, "memory must be a multiple of 64"),
    ],
)
def test_stricter_rules_can_be_assumed(
    api: Api,
    assume: Callable[..., None],
    assumption: dict[str, Any],
    change: dict[str, Any],
    problem: str,
) -> None:
    api.create("first", **change)
    assume(**assumption)
    assert problem in refused_create(api, runtime("second", **change))[2]


def test_unknown_fields_are_tolerated_if_that_is_assumed(
    api: Api, assume: Callable[..., None]
) -> None:
    assume(refuse_unknown_fields=False)
    assert "timeout" not in api.get(api.create(timeout=3))


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


def test_a_deletion_counted_in_reads_ends_with_a_read_of_nothing(
    api: Api, cloud: FakeCloud, clock: ManualClock
) -> None:
    runtime_id = api.create()
    clock.advance(2)
    endpoint_id = api.create_endpoint(runtime_id)["agentRuntimeEndpointId"]
    clock.advance(2)
    path = f"{PATH}/{runtime_id}/endpoints/{endpoint_id}"
    cloud.pace(reads=1)
    api.call("DeleteAgentRuntimeEndpoint", "DELETE", path)
    assert api.get_endpoint(runtime_id, endpoint_id)["status"] == "DELETING"
    assert api.refusal("GetAgentRuntimeEndpoint", "GET", path)[0] == 404
    api.delete(runtime_id)
    assert [item["status"] for item in api.list()["items"]] == ["DELETING"]
    assert api.refusal("GetAgentRuntime", "GET", f"{PATH}/{runtime_id}")[0] == 404


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


def test_the_latency_is_added_to_each_request(clock: ManualClock) -> None:
    cloud = FakeCloud(FakeSettings(latency_ms=40), clock=clock)
    before = clock.now()
    with cloud.client() as client:
        Api(client).list()
        Api(client).list()
        client.get("http://127.0.0.1/_fake/health")
    assert clock.now() == pytest.approx(before + 0.08)


def test_a_thousand_runtimes_are_listed_in_pages(api: Api) -> None:
    for number in range(1000):
        api.create(f"r{number}")
    pages = [api.list(pageNumber=number, pageSize=100) for number in range(1, 11)]
    names = [item["agentRuntimeName"] for page in pages for item in page["items"]]
    assert len(set(names)) == 1000
    assert {page["total"] for page in pages} == {1000}
