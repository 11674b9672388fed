"""Reading of logs: by signed requests, and by the vendor's own SDK for the log service."""

from __future__ import annotations

import hashlib
import json
import socket
import warnings
from collections.abc import Callable, Iterator
from email.utils import formatdate
from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, ThreadedServer
from agentrun_fake.log_store import LogLine
from agentrun_fake.settings import Key
from agentrun_fake.signatures import classic

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from alibabacloud_sls20201230 import client as sls
    from alibabacloud_sls20201230 import models
    from alibabacloud_tea_openapi import models as tea
    from Tea.exceptions import TeaException

PROJECT, STORE = "my-project", "default-logs"

Reply = httpx.Response


class Log:
    """Signed requests about one project."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> Reply:
        content = b"" if body is None else json.dumps(body).encode()
        headers = {
            "date": formatdate(usegmt=True),
            "content-type": "application/json",
            "x-log-apiversion": "0.6.0",
            "x-log-bodyrawsize": str(len(content)),
        }
        if content:
            digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
            headers["content-md5"] = digest.upper()
        pairs = [(name, str(value)) for name, value in query.items()]
        signature = classic.sign_sls("testsecret", method, path, headers, pairs)
        headers["authorization"] = f"LOG testak:{signature}"
        headers["host"] = f"{PROJECT}.cn-hangzhou.log.aliyuncs.com"
        url = f"http://127.0.0.1{path}"
        return self.client.request(method, url, content=content, headers=headers, params=query)


@pytest.fixture
def cloud() -> FakeCloud:
    return FakeCloud()


@pytest.fixture
def log(cloud: FakeCloud) -> Iterator[Log]:
    with cloud.client() as client:
        calls = Log(client)
        calls("POST", "/", {"projectName": PROJECT})
        body = {"logstoreName": STORE, "shardCount": 1, "ttl": 30}
        assert calls("POST", "/logstores", body).status_code == 200
        yield calls


@pytest.fixture
def indexed(log: Log, cloud: FakeCloud) -> Log:
    """The log with an index and two lines."""
    assert log("POST", f"/logstores/{STORE}/index", {"ttl": 90}).status_code == 200
    lines = [
        LogLine(100.5, {"message": "started", "functionName": "f"}, source="i-1", topic="t"),
        LogLine(101, {"message": "failed hard"}),
    ]
    assert cloud.logs.append(cloud.home, PROJECT, STORE, lines) == 2
    return log


def messages(reply: Reply) -> list[str]:
    assert reply.status_code == 200, reply.text
    found = reply.json()
    lines = found["data"] if isinstance(found, dict) else found
    return [line["message"] for line in lines]


def old(log: Log, **query: Any) -> Reply:
    path = f"/logstores/{STORE}"
    return log("GET", path, type="log", **{"from": 0, "to": 200, **query})


def new(log: Log, **body: Any) -> Reply:
    return log("POST", f"/logstores/{STORE}/logs", {"from": 0, "to": 200, **body})


@pytest.mark.parametrize("read", [old, new])
def test_lines_are_read(indexed: Log, read: Callable[..., Reply]) -> None:
    assert messages(read(indexed)) == ["started", "failed hard"]
    assert messages(read(indexed, to=101)) == ["started"]
    assert messages(read(indexed, query="failed")) == ["failed hard"]
    assert messages(read(indexed, topic="t")) == ["started"]
    assert messages(read(indexed, line=1, offset=1)) == ["failed hard"]
    assert messages(read(indexed, line=1, reverse=True if read is new else "true")) == [
        "failed hard"
    ]


def test_the_older_reply_is_a_list_with_headers(indexed: Log) -> None:
    reply = old(indexed, line=1)
    assert reply.json() == [
        {
            "message": "started",
            "functionName": "f",
            "__time__": "100",
            "__source__": "i-1",
            "__topic__": "t",
        }
    ]
    assert (reply.headers["x-log-progress"], reply.headers["x-log-count"]) == ("Complete", "1")


def test_the_newer_reply_tells_about_the_search(indexed: Log) -> None:
    meta = new(indexed, query="started").json()["meta"]
    assert (meta["progress"], meta["count"], meta["whereQuery"]) == ("Complete", 1, "started")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"line": 101}, "ParameterInvalid"),
        ({"from": "soon"}, "ParameterInvalid"),
        ({"from": ""}, "ParameterInvalid"),
        ({"reverse": "maybe"}, "ParameterInvalid"),
        ({"to": 0}, "InvalidTimeRange"),
        ({"query": "* | select 1"}, "InvalidQueryString"),
    ],
)
@pytest.mark.parametrize("read", [old, new])
def test_a_bad_search_is_refused(
    indexed: Log, read: Callable[..., Reply], change: dict[str, Any], code: str
) -> None:
    reply = read(indexed, **change)
    assert (reply.status_code, reply.json()["errorCode"]) == (400, code)


def test_a_search_needs_an_index(log: Log) -> None:
    assert new(log).json()["errorCode"] == "IndexConfigNotExist"
    path = f"/logstores/{STORE}/logs"
    for body in ("text", [1]):
        reply = log("POST", path, body)
        assert (reply.status_code, reply.json()["errorCode"]) == (400, "PostBodyInvalid")


def test_reading_is_no_write(indexed: Log, cloud: FakeCloud) -> None:
    cloud.calls.clear()
    new(indexed)
    old(indexed)
    assert [call.operation for call in cloud.calls] == ["GetLogsV2", "GetLogs"]
    assert cloud.calls.writes == []


@pytest.mark.parametrize("path", ["/", f"/logstores/{STORE}"])
def test_lines_go_with_their_logstore(indexed: Log, cloud: FakeCloud, path: str) -> None:
    assert indexed("DELETE", path).status_code == 200
    indexed("POST", "/", {"projectName": PROJECT})
    indexed("POST", "/logstores", {"logstoreName": STORE, "shardCount": 1, "ttl": 30})
    indexed("POST", f"/logstores/{STORE}/index", {"ttl": 90})
    assert messages(new(indexed)) == []


def test_a_reset_forgets_the_lines(indexed: Log, cloud: FakeCloud) -> None:
    cloud.reset()
    assert cloud.logs.query(cloud.home, PROJECT, STORE, 0, 200).total == 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("signature", ["v1", "v4"])
def test_the_vendors_sdk_makes_a_logstore_and_reads_it(
    monkeypatch: pytest.MonkeyPatch, signature: str
) -> None:
    # The SDK puts the project before the address, and such names don't resolve.
    cloud = FakeCloud()
    with ThreadedServer(cloud) as server:
        resolve_all_to_loopback(monkeypatch)
        client = sls.Client(
            tea.Config(
                access_key_id="testak",
                access_key_secret="testsecret",
                region_id="cn-hangzhou",
                protocol="http",
                endpoint=f"localhost:{server.port}",
                signature_version=signature,
            )
        )
        client.create_project(models.CreateProjectRequest(project_name=PROJECT, description="d"))
        assert client.get_project(PROJECT, models.GetProjectRequest()).body.description == "d"
        store = models.CreateLogStoreRequest(logstore_name=STORE, shard_count=1, ttl=30)
        client.create_log_store(PROJECT, store)
        assert client.get_log_store(PROJECT, STORE).body.ttl == 30
        listing = client.list_log_stores(PROJECT, models.ListLogStoresRequest())
        assert listing.body.logstores == [STORE]
        index = models.Index(line=models.IndexLine(token=[","]))
        client.create_index(PROJECT, STORE, models.CreateIndexRequest(body=index))
        assert client.get_index(PROJECT, STORE).body.line.token == [","]
        index = models.Index(line=models.IndexLine(token=[";"]))
        client.update_index(PROJECT, STORE, models.UpdateIndexRequest(body=index))
        assert client.get_index(PROJECT, STORE).body.line.token == [";"]
        cloud.logs.append(cloud.home, PROJECT, STORE, [LogLine(100, {"message": "started"})])
        span = {"from_": 0, "to": 200, "query": "started", "line": 10}
        for read in (
            client.get_logs(PROJECT, STORE, models.GetLogsRequest(**span)),
            client.get_logs_v2(PROJECT, STORE, models.GetLogsV2Request(**span)),
        ):
            assert [line["message"] for line in read.body.data] == ["started"]
            assert (read.body.meta.progress, read.body.meta.count) == ("Complete", 1)
        client.delete_log_store(PROJECT, STORE)
        with pytest.raises(TeaException, match="does not exist"):
            client.get_log_store(PROJECT, STORE)
        client.delete_project(PROJECT, models.DeleteProjectRequest())
        assert cloud.records("log_project") == []


def test_a_wrong_fourth_signature_is_told(cloud: FakeCloud) -> None:
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": f"{PROJECT}.cn-hangzhou.log.aliyuncs.com",
        "x-log-apiversion": "0.6.0",
        "x-log-date": "20250102T030405Z",
        "x-log-content-sha256": empty,
    }
    scope = "testak/20250102/cn-hangzhou/sls/aliyun_v4_request"

    def refusal(authorization: str, **more: str) -> str:
        with cloud.client() as client:
            given = {**headers, "authorization": f"SLS4-HMAC-SHA256 {authorization}", **more}
            reply = client.get("http://127.0.0.1/", headers=given)
        assert reply.status_code == 401
        return str(reply.json()["errorCode"])

    assert refusal("Credential=testak") == "Unauthorized"
    assert refusal(f"Credential={scope},Signature=0") == "SignatureNotMatch"
    elsewhere = scope.replace("hangzhou", "beijing")
    assert refusal(f"Credential={elsewhere},Signature=0") == "SignatureNotMatch"
    wrong = {"x-log-content-sha256": "0"}
    assert refusal(f"Credential={scope},Signature=0", **wrong) == "InvalidDigest"


def resolve_all_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def resolve(host: Any, *args: Any, **options: Any) -> Any:
        return real("127.0.0.1" if str(host).endswith(".localhost") else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_a_body_that_is_no_json_is_refused(cloud: FakeCloud) -> None:
    headers = {
        "host": "cn-hangzhou.log.aliyuncs.com",
        "date": formatdate(usegmt=True),
        "content-md5": hashlib.md5(b"{", usedforsecurity=False).hexdigest().upper(),
    }
    signature = classic.sign_sls("testsecret", "POST", "/", headers)
    headers["authorization"] = f"LOG testak:{signature}"
    with cloud.client() as client:
        reply = client.post("http://127.0.0.1/", content=b"{", headers=headers)
    assert (reply.status_code, reply.json()["errorCode"]) == (400, "PostBodyInvalid")


def test_a_key_of_the_upload_bucket_may_not_read_logs(cloud: FakeCloud) -> None:
    cloud.keys.add_temporary(Key("tmp", "s", "1234567890123456", token="t", only="oss:b/k"))
    headers = {
        "host": f"{PROJECT}.cn-hangzhou.log.aliyuncs.com",
        "date": formatdate(usegmt=True),
        "x-acs-security-token": "t",
    }
    signature = classic.sign_sls("s", "GET", "/", headers)
    headers["authorization"] = f"LOG tmp:{signature}"
    with cloud.client() as client:
        reply = client.get("http://127.0.0.1/", headers=headers)
    assert (reply.status_code, reply.json()["errorCode"]) == (401, "Unauthorized")
