"""Reserved concurrency, identity and the log service (sections 5, 7 and 12)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, ManualClock
from agentrun_fake.signatures import classic

from .conftest import Acs3, Api


@pytest.fixture
def fc(api: Api) -> Api:
    return Api(api.client, version="2023-03-30")


def concurrency(runtime_id: str) -> str:
    return f"/functions/agentrun-{runtime_id}/concurrency"


def test_reserved_concurrency_is_set_read_and_removed(api: Api, fc: Api) -> None:
    path = concurrency(api.create())
    absent = fc.reply("GetConcurrencyConfig", "GET", path)
    assert (absent.status_code, absent.json()["Code"]) == (404, "OnDemandConfigNotFound")
    assert set(absent.json()) == {"Code", "Message", "RequestId"}
    put = fc.reply("PutConcurrencyConfig", "PUT", path, {"reservedConcurrency": 5})
    name = path.split("/")[2]
    shown = {
        "functionArn": f"acs:fc:cn-hangzhou:1234567890123456:functions/{name}",
        "reservedConcurrency": 5,
    }
    assert put.json() == shown
    assert fc.reply("GetConcurrencyConfig", "GET", path).json() == shown
    listed = fc.reply("ListConcurrencyConfigs", "GET", "/concurrency-configs").json()
    assert listed == {"configs": [shown]}
    gone = fc.reply("DeleteConcurrencyConfig", "DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert fc.reply("DeleteConcurrencyConfig", "DELETE", path).status_code == 404


def test_removing_a_reservation_leaves_versions_and_endpoints_alone(
    cloud: FakeCloud, api: Api, fc: Api
) -> None:
    runtime_id = api.create()
    cloud.finish()
    api.publish(runtime_id)
    api.create_endpoint(runtime_id, "prod")
    cloud.finish()
    fc.reply("PutConcurrencyConfig", "PUT", concurrency(runtime_id), {"reservedConcurrency": 5})
    assert fc.reply("DeleteConcurrencyConfig", "DELETE", concurrency(runtime_id)).is_success
    path = f"/agents/runtimes/{runtime_id}"
    versions = api.reply("ListAgentRuntimeVersions", "GET", f"{path}/versions").json()["data"]
    assert [item["agentRuntimeVersion"] for item in versions["items"]] == ["LATEST", "1"]
    endpoints = api.reply("ListAgentRuntimeEndpoints", "GET", f"{path}/endpoints").json()["data"]
    assert [item["agentRuntimeEndpointName"] for item in endpoints["items"]] == ["prod"]


def test_a_reservation_goes_with_its_runtime(cloud: FakeCloud, api: Api, fc: Api) -> None:
    runtime_id = api.create()
    cloud.finish()
    fc.reply("PutConcurrencyConfig", "PUT", concurrency(runtime_id), {"reservedConcurrency": 5})
    api.reply("DeleteAgentRuntime", "DELETE", f"/agents/runtimes/{runtime_id}")
    cloud.finish()
    listed = fc.reply("ListConcurrencyConfigs", "GET", "/concurrency-configs").json()
    assert listed == {"configs": []}


def test_configs_are_listed_in_pages(api: Api, fc: Api) -> None:
    made = sorted(api.create(f"r{number}") for number in range(3))
    for runtime_id in made:
        fc.reply("PutConcurrencyConfig", "PUT", concurrency(runtime_id), {"reservedConcurrency": 1})
    call = ("ListConcurrencyConfigs", "GET", "/concurrency-configs")
    first = fc.reply(*call, limit=2).json()
    second = fc.reply(*call, limit=2, nextToken=first["nextToken"]).json()
    arns = [item["functionArn"] for item in first["configs"] + second["configs"]]
    assert [arn.partition("agentrun-")[2] for arn in arns] == made
    assert "nextToken" not in second
    assert fc.reply(*call, limit=0).status_code == 400


@pytest.mark.parametrize("body", [{}, {"reservedConcurrency": -1}, {"reservedConcurrency": "1"}])
def test_a_bad_concurrency_is_refused(api: Api, fc: Api, body: dict[str, Any]) -> None:
    reply = fc.reply("PutConcurrencyConfig", "PUT", concurrency(api.create()), body)
    assert (reply.status_code, reply.json()["Code"]) == (400, "InvalidArgument")


@pytest.mark.parametrize("name", ["agentrun-none", "other"])
def test_only_runtimes_are_functions(fc: Api, name: str) -> None:
    reply = fc.reply("GetConcurrencyConfig", "GET", f"/functions/{name}/concurrency")
    assert (reply.status_code, reply.json()["Code"]) == (404, "FunctionNotFound")


def test_the_setting_goes_with_its_runtime(api: Api, fc: Api, clock: ManualClock) -> None:
    runtime_id = api.create()
    fc.reply("PutConcurrencyConfig", "PUT", concurrency(runtime_id), {"reservedConcurrency": 1})
    api.delete(runtime_id)
    clock.advance(2)
    listed = fc.reply("ListConcurrencyConfigs", "GET", "/concurrency-configs").json()
    assert listed == {"configs": []}


def test_the_setting_outlives_its_runtime_if_that_is_assumed(
    api: Api, fc: Api, clock: ManualClock, assume: Callable[..., None]
) -> None:
    assume(concurrency_dies_with_runtime=False)
    runtime_id = api.create()
    fc.reply("PutConcurrencyConfig", "PUT", concurrency(runtime_id), {"reservedConcurrency": 1})
    api.delete(runtime_id)
    clock.advance(2)
    listed = fc.reply("ListConcurrencyConfigs", "GET", "/concurrency-configs").json()
    assert len(listed["configs"]) == 1


def test_nothing_runs_so_there_are_no_instances(api: Api, fc: Api) -> None:
    path = concurrency(api.create()).replace("concurrency", "instances")
    assert fc.reply("ListInstances", "GET", path).json()["instances"] == []


def identity(api: Api, auth: httpx.Auth) -> httpx.Response:
    headers = {"x-acs-action": "GetCallerIdentity", "x-acs-version": "2015-04-01"}
    return api.client.post("http://127.0.0.1/", headers=headers, auth=auth)


def test_a_caller_learns_its_account(api: Api, cloud: FakeCloud) -> None:
    reply = identity(api, Acs3())
    assert reply.json()["AccountId"] == "1234567890123456"
    assert reply.json()["Arn"] == "acs:ram::1234567890123456:root"
    assert cloud.calls.writes == []


def test_a_caller_with_a_wrong_key_learns_that(api: Api) -> None:
    reply = identity(api, Acs3(secret="wrong"))
    assert (reply.status_code, reply.json()["Code"]) == (400, "SignatureDoesNotMatch")


class Log:
    """Signed requests of the log service."""

    def __init__(self, client: httpx.Client, secret: str = "testsecret") -> None:
        self.client, self.secret = client, secret

    def __call__(
        self, method: str, path: str, body: Any = None, project: str = ""
    ) -> httpx.Response:
        content = b"" if body is None else json.dumps(body).encode()
        headers = {
            "date": formatdate(usegmt=True),
            "content-type": "application/json",
            "x-log-apiversion": "0.6.0",
            "x-log-bodyrawsize": str(len(content)),
            "x-log-signaturemethod": "hmac-sha256",
        }
        if content:
            digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
            headers["content-md5"] = digest.upper()
        signature = classic.sign_sls(self.secret, method, path, headers)
        headers["authorization"] = f"LOG testak:{signature}"
        prefix = f"{project}." if project else ""
        headers["host"] = f"{prefix}cn-hangzhou.log.aliyuncs.com"
        return self.client.request(
            method, f"http://127.0.0.1{path}", content=content, headers=headers
        )


@pytest.fixture
def log(api: Api) -> Log:
    return Log(api.client)


def code_of(reply: httpx.Response) -> tuple[int, str]:
    assert set(reply.json()) == {"errorCode", "errorMessage"}
    assert reply.headers["x-log-requestid"]
    return reply.status_code, reply.json()["errorCode"]


def test_log_resources_are_made_step_by_step(log: Log) -> None:
    project, store = "aliyun-serverless-1", "/logstores/default-logs"
    assert code_of(log("GET", "/", project=project)) == (404, "ProjectNotExist")
    made = {"projectName": project, "description": "d"}
    assert log("POST", "/", made).status_code == 200
    assert code_of(log("POST", "/", made)) == (400, "ProjectAlreadyExist")
    assert log("GET", "/", project=project).json()["description"] == "d"
    assert code_of(log("GET", store, project=project)) == (404, "LogStoreNotExist")
    body = {"logstoreName": "default-logs", "shardCount": 1, "ttl": 30}
    assert log("POST", "/logstores", body, project).status_code == 200
    assert code_of(log("POST", "/logstores", body, project)) == (400, "LogStoreAlreadyExist")
    assert log("GET", store, project=project).json() == body
    assert log("GET", "/logstores", project=project).json()["logstores"] == ["default-logs"]
    assert code_of(log("GET", f"{store}/index", project=project)) == (404, "IndexConfigNotExist")
    assert code_of(log("PUT", f"{store}/index", {}, project)) == (404, "IndexConfigNotExist")
    index = {"line": {"token": [","]}, "ttl": 90}
    assert log("POST", f"{store}/index", index, project).status_code == 200
    assert code_of(log("POST", f"{store}/index", index, project)) == (400, "IndexAlreadyExist")
    assert log("PUT", f"{store}/index", {**index, "ttl": 7}, project).status_code == 200
    assert log("GET", f"{store}/index", project=project).json()["ttl"] == 7
    assert log("DELETE", store, project=project).status_code == 200
    assert log("DELETE", "/", project=project).status_code == 200
    assert code_of(log("GET", "/", project=project)) == (404, "ProjectNotExist")


def test_the_project_may_stand_before_an_ip_address_in_the_host_header(log: Log, api: Api) -> None:
    log("POST", "/", {"projectName": "my-project"})
    headers = {"host": "my-project.127.0.0.1:80", "date": formatdate(usegmt=True)}
    signature = classic.sign_sls("testsecret", "GET", "/", headers)
    headers["authorization"] = f"LOG testak:{signature}"
    reply = api.client.get("http://127.0.0.1/", headers=headers)
    assert reply.json()["projectName"] == "my-project"


def test_the_log_service_refuses_in_its_own_words(api: Api, log: Log) -> None:
    wrong = Log(api.client, "wrong")
    assert code_of(wrong("GET", "/", project="p")) == (401, "SignatureNotMatch")
    assert code_of(log("POST", "/", {"projectName": "P"})) == (400, "ParameterInvalid")
    assert code_of(log("POST", "/", [])) == (400, "PostBodyInvalid")


def test_a_log_body_damaged_on_its_way_is_refused(api: Api) -> None:
    headers = {
        "host": "cn-hangzhou.log.aliyuncs.com",
        "date": formatdate(usegmt=True),
        "content-md5": "0" * 32,
    }
    signature = classic.sign_sls("testsecret", "POST", "/", headers)
    headers["authorization"] = f"LOG testak:{signature}"
    reply = api.client.post("http://127.0.0.1/", content=b"{}", headers=headers)
    assert code_of(reply) == (401, "InvalidDigest")


@pytest.mark.parametrize("content", [b"{", b"[]"])
def test_a_concurrency_body_that_is_no_object_is_refused(api: Api, fc: Api, content: bytes) -> None:
    headers = {"x-acs-action": "PutConcurrencyConfig", "x-acs-version": "2023-03-30"}
    url = f"http://127.0.0.1/2023-03-30{concurrency(api.create())}"
    reply = api.client.put(url, content=content, headers=headers, auth=fc.auth)
    assert (reply.status_code, reply.json()["Code"]) == (400, "InvalidArgument")


@pytest.mark.parametrize(
    "host", ["fcv3.cn-shanghai.aliyuncs.com", "1234567890123456.cn-shanghai.fc.aliyuncs.com"]
)
def test_both_hosts_of_function_compute_name_the_region(api: Api, fc: Api, host: str) -> None:
    fc.host = f"https://{host}"
    assert fc.reply("GetConcurrencyConfig", "GET", concurrency(api.create())).status_code == 404
    shanghai = Api(api.client, "https://agentrun.cn-shanghai.aliyuncs.com")
    path = concurrency(shanghai.create())
    put = fc.reply("PutConcurrencyConfig", "PUT", path, {"reservedConcurrency": 1})
    assert put.json()["functionArn"].startswith("acs:fc:cn-shanghai:")
