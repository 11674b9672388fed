"""The temporary bucket, object storage, and what a temporary key may do (section 6)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from email.utils import formatdate
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from agentrun_fake import FakeCloud, ManualClock
from agentrun_fake.signatures import classic
from fastcrc import crc64

from .conftest import Api, runtime, zip_bytes

ACCOUNT = "1234567890123456"


def temporary_token(api: Api, host: str = "http://127.0.0.1") -> dict[str, Any]:
    date = formatdate(usegmt=True)
    text = f"GET\n\n\n{date}\nx-fc-account-id:{ACCOUNT}\n/2016-08-15/tempBucketToken"
    digest = hmac.new(b"testsecret", text.encode(), hashlib.sha256).digest()
    headers = {
        "date": date,
        "x-fc-account-id": ACCOUNT,
        "authorization": f"FC testak:{base64.b64encode(digest).decode()}",
    }
    reply = api.client.get(f"{host}/2016-08-15/tempBucketToken", headers=headers)
    assert reply.status_code == 200, reply.text
    token: dict[str, Any] = reply.json()
    return token


def oss(
    api: Api,
    method: str,
    bucket: str,
    key: str,
    body: bytes = b"",
    *,
    host: str = "",
    keys: dict[str, str] | None = None,
    extra: dict[str, str] | None = None,
) -> httpx.Response:
    """A signed request; with the temporary keys if they are given."""
    keys = keys or {"AccessKeyId": "testak", "AccessKeySecret": "testsecret"}
    headers = {"date": formatdate(usegmt=True), **(extra or {})}
    if method == "PUT":
        headers.setdefault("content-type", "application/octet-stream")
    if keys.get("SecurityToken"):
        headers["x-oss-security-token"] = keys["SecurityToken"]
    signature = classic.sign_oss(keys["AccessKeySecret"], method, bucket, key, headers)
    headers["authorization"] = f"OSS {keys['AccessKeyId']}:{signature}"
    target = f"https://{bucket}.{host}" if host else f"http://127.0.0.1/{bucket}"
    url = f"{target}/{key}" if key else target
    return api.client.request(method, url, content=body, headers=headers)


def code_of(reply: httpx.Response) -> str | None:
    return ElementTree.fromstring(reply.text).findtext("Code")  # noqa: S314 - the fake's own text


@pytest.mark.parametrize(
    "host", ["", "oss-cn-hangzhou.aliyuncs.com", "oss-accelerate.aliyuncs.com"]
)
def test_a_package_goes_through_the_temporary_bucket_into_a_runtime(
    api: Api, cloud: FakeCloud, host: str
) -> None:
    token = temporary_token(api)
    assert token["ossRegion"] == "cn-hangzhou"
    bucket, key = token["ossBucket"], f"{ACCOUNT}/{token['objectName']}"
    content = zip_bytes(app="print(3)")
    reply = oss(api, "PUT", bucket, key, content, host=host, keys=token["credentials"])
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["x-oss-hash-crc64ecma"] == str(crc64.xz(content))
    configuration = {
        "language": "python3.12",
        "ossBucketName": bucket,
        "ossObjectName": key,
        "checksum": str(crc64.xz(content)),
    }
    body = runtime(
        artifactType="Code", containerConfiguration=None, codeConfiguration=configuration
    )
    made = api.call("CreateAgentRuntime", "POST", "/agents/runtimes", body)
    assert made["codeConfiguration"] == configuration
    assert cloud.calls.operations == ["GetTempBucketToken", "PutObject", "CreateAgentRuntime"]


def test_a_temporary_key_puts_its_one_object_and_does_nothing_else(
    api: Api, cloud: FakeCloud
) -> None:
    token, other = temporary_token(api), temporary_token(api)
    bucket, keys = token["ossBucket"], token["credentials"]
    key = f"{ACCOUNT}/{token['objectName']}"
    for method, name in (
        ("PUT", f"{ACCOUNT}/{other['objectName']}"),
        ("GET", key),
        ("DELETE", key),
    ):
        reply = oss(api, method, bucket, name, keys=keys)
        assert (reply.status_code, code_of(reply)) == (403, "AccessDenied")
    api.auth = type(api.auth)(  # type: ignore[call-arg]
        keys["AccessKeyId"], keys["AccessKeySecret"], keys["SecurityToken"]
    )
    refused = api.refusal("ListAgentRuntimes", "GET", "/agents/runtimes")
    assert refused[:2] == (403, "NoPermission")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"AccessKeySecret": "wrong"}, "SignatureDoesNotMatch"),
        ({"AccessKeyId": "nobody"}, "InvalidAccessKeyId"),
        ({"SecurityToken": "wrong"}, "InvalidSecurityToken"),
        ({"SecurityToken": ""}, "InvalidSecurityToken"),
    ],
)
def test_a_wrong_temporary_key_is_refused(api: Api, change: dict[str, str], code: str) -> None:
    token = temporary_token(api)
    key = f"{ACCOUNT}/{token['objectName']}"
    reply = oss(api, "PUT", token["ossBucket"], key, b"x", keys={**token["credentials"], **change})
    assert (reply.status_code, code_of(reply)) == (403, code)
    assert reply.headers["content-type"] == "application/xml"
    assert reply.headers["x-oss-request-id"]


def test_a_temporary_key_expires() -> None:
    signing = ManualClock()
    with FakeCloud(signing_clock=signing).client() as client:
        api = Api(client)
        token = temporary_token(api)
        signing.advance(3601)
        reply = oss(
            api,
            "PUT",
            token["ossBucket"],
            f"{ACCOUNT}/{token['objectName']}",
            keys=token["credentials"],
        )
        assert code_of(reply) == "SecurityTokenExpired"


def test_objects_of_an_own_bucket_are_put_read_and_deleted(api: Api) -> None:
    assert oss(api, "PUT", "mine", "").status_code == 200
    key = "a/b c.txt"
    put = oss(api, "PUT", "mine", key, b"hello", extra={"content-type": "text/plain"})
    assert put.headers["x-oss-hash-crc64ecma"] == "11177612005948864433"
    read = oss(api, "GET", "mine", key)
    assert (read.content, read.headers["content-type"]) == (b"hello", "text/plain")
    assert read.headers["etag"] == put.headers["etag"]
    head = oss(api, "HEAD", "mine", key)
    assert (head.content, head.headers["content-length"]) == (b"", "5")
    assert oss(api, "DELETE", "mine", key).status_code == 204
    gone = oss(api, "GET", "mine", key)
    assert (gone.status_code, code_of(gone)) == (404, "NoSuchKey")


def test_an_object_damaged_on_its_way_is_refused(api: Api, cloud: FakeCloud) -> None:
    oss(api, "PUT", "mine", "")
    wrong = base64.b64encode(hashlib.md5(b"y", usedforsecurity=False).digest()).decode()
    reply = oss(api, "PUT", "mine", "k", b"x", extra={"content-md5": wrong})
    assert (reply.status_code, code_of(reply)) == (400, "InvalidDigest")
    assert cloud.store.buckets["mine"].objects == {}


def test_a_bucket_that_is_not_there_or_not_mine_is_refused(api: Api, cloud: FakeCloud) -> None:
    reply = oss(api, "PUT", "nowhere", "k", b"x")
    assert (reply.status_code, code_of(reply)) == (404, "NoSuchBucket")
    cloud.put_object("theirs", "k", b"x")
    cloud.store.buckets["theirs"].account_id = "6"
    assert code_of(oss(api, "GET", "theirs", "k")) == "AccessDenied"
    assert code_of(oss(api, "PUT", "theirs", "")) == "BucketAlreadyExists"
    assert code_of(oss(api, "PUT", "No_Bucket", "")) == "InvalidBucketName"


def test_an_unsigned_read_is_refused(api: Api, cloud: FakeCloud) -> None:
    cloud.put_object("mine", "k", b"x")
    reply = api.client.get("http://127.0.0.1/mine/k")
    assert (reply.status_code, code_of(reply)) == (403, "AccessDenied")


def test_a_clock_that_is_off_is_told_in_the_words_of_object_storage() -> None:
    signing = ManualClock()
    signing.advance(3600)
    with FakeCloud(signing_clock=signing).client() as client:
        assert code_of(oss(Api(client), "PUT", "mine", "")) == "RequestTimeTooSkewed"


def test_a_package_of_another_region_is_not_found(api: Api) -> None:
    token = temporary_token(api, f"https://{ACCOUNT}.cn-shanghai.fc.aliyuncs.com")
    assert token["ossRegion"] == "cn-shanghai"
    key = f"{ACCOUNT}/{token['objectName']}"
    oss(api, "PUT", token["ossBucket"], key, zip_bytes(app=""), keys=token["credentials"])
    body = runtime(
        artifactType="Code",
        containerConfiguration=None,
        codeConfiguration={
            "language": "python3.12",
            "ossBucketName": token["ossBucket"],
            "ossObjectName": key,
        },
    )
    refused = api.refusal("CreateAgentRuntime", "POST", "/agents/runtimes", body)
    assert f"bucket {token['ossBucket']} does not exist in cn-hangzhou" in refused[2]


def test_keys_are_listed_as_they_are_unless_asked_otherwise(api: Api, cloud: FakeCloud) -> None:
    cloud.put_object("mine", "a&b c", b"x")
    reply = oss(api, "GET", "mine", "")
    found = ElementTree.fromstring(reply.text)  # noqa: S314 - the fake's own text
    assert found.findtext("Contents/Key") == "a&b c"
    assert found.findtext("EncodingType") is None
