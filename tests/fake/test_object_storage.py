"""Buckets and objects by the vendor's own SDKs: `oss2` with both signatures, and its successor."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from agentrun_fake import FakeCloud, ManualClock, ThreadedServer
from agentrun_fake.signatures import scoped

with warnings.catch_warnings():
    # They use what newer Pythons call deprecated, and have regular expressions with bad escapes.
    warnings.simplefilter("ignore")
    import alibabacloud_oss_v2 as oss
    import oss2

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

REGION = "cn-hangzhou"


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud()) as running:
        yield running


def bucket(
    server: ThreadedServer, version: int = 4, secret: str = "testsecret", **more: Any
) -> Any:
    auth = oss2.AuthV4("testak", secret) if version == 4 else oss2.Auth("testak", secret)
    options = {"region": REGION, **more}
    return oss2.Bucket(auth, server.url, options.pop("name", "mine"), **options)


@pytest.mark.parametrize("version", [1, 4])
def test_the_older_sdk_does_a_full_life(server: ThreadedServer, version: int) -> None:
    mine = bucket(server, version)
    mine.create_bucket()
    key = "a/b c+中~*.txt"
    put = mine.put_object(key, b"hello", headers={"Content-Type": "text/plain"})
    read = mine.get_object(key)
    assert (read.read(), read.content_type) == (b"hello", "text/plain")
    head = mine.head_object(key)
    assert (head.content_length, head.etag) == (5, put.etag)
    assert mine.object_exists(key)
    assert not mine.object_exists("other")
    listed = mine.list_objects_v2().object_list
    assert [(item.key, item.size, item.etag) for item in listed] == [(key, 5, put.etag)]
    with pytest.raises(oss2.exceptions.ServerError, match="BucketNotEmpty"):
        mine.delete_bucket()
    mine.delete_object(key)
    mine.delete_bucket()
    assert server.cloud.store.buckets == {}


def test_the_older_sdk_reads_a_part(server: ThreadedServer) -> None:
    server.cloud.put_object("mine", "k", b"0123456789")
    mine = bucket(server)
    part = mine.get_object("k", byte_range=(2, 4))
    assert (part.status, part.read(), part.content_range) == (206, b"234", "bytes 2-4/10")
    standard = {"x-oss-range-behavior": "standard"}
    assert mine.get_object("k", byte_range=(8, 99), headers=standard).read() == b"89"
    assert mine.get_object("k", byte_range=(8, 99)).read() == b"0123456789"
    with pytest.raises(oss2.exceptions.ServerError, match="InvalidRange"):
        mine.get_object("k", byte_range=(10, 99), headers=standard)


def test_addresses_that_the_older_sdk_signs_are_good(server: ThreadedServer) -> None:
    server.cloud.put_object("mine", "a/b 中", b"hello")
    mine = bucket(server, 1)
    good = mine.sign_url("GET", "a/b 中", 60, slash_safe=True)
    assert mine.get_object_with_url(good).read() == b"hello"
    wrong = bucket(server, 1, "wrong").sign_url("GET", "a/b 中", 60)
    with pytest.raises(oss2.exceptions.ServerError, match="SignatureDoesNotMatch"):
        mine.get_object_with_url(wrong)


def test_the_older_sdk_tells_about_buckets(server: ThreadedServer) -> None:
    mine = bucket(server)
    mine.create_bucket()
    about = mine.get_bucket_info()
    assert (about.name, about.location, about.owner.id) == (
        "mine",
        "oss-cn-hangzhou",
        server.cloud.home.account_id,
    )
    assert mine.get_bucket_acl().acl == "private"
    service = oss2.Service(oss2.AuthV4("testak", "testsecret"), server.url, region=REGION)
    assert [item.name for item in service.list_buckets().buckets] == ["mine"]
    assert service.list_buckets(prefix="x").buckets == []


@pytest.mark.parametrize("newer", [True, False])
def test_keys_are_listed_in_pages_and_by_folder(server: ThreadedServer, newer: bool) -> None:
    for key in ("a/1", "a/2", "b", "c/1", "d"):
        server.cloud.put_object("mine", key, b"x")
    mine = bucket(server)
    pages: Any = oss2.ObjectIteratorV2 if newer else oss2.ObjectIterator
    assert [item.key for item in pages(mine, max_keys=2)] == ["a/1", "a/2", "b", "c/1", "d"]
    found = list(pages(mine, delimiter="/", max_keys=2))
    assert [item.key for item in found] == ["a/", "b", "c/", "d"]
    assert [item.is_prefix() for item in found] == [True, False, True, False]
    assert [item.key for item in pages(mine, prefix="a/", delimiter="/")] == ["a/1", "a/2"]


def test_listing_begins_after_a_key(server: ThreadedServer) -> None:
    for key in ("a", "b", "c"):
        server.cloud.put_object("mine", key, b"x")
    mine = bucket(server)
    assert [item.key for item in mine.list_objects_v2(start_after="a").object_list] == ["b", "c"]
    assert [item.key for item in mine.list_objects(marker="b").object_list] == ["c"]
    with pytest.raises(oss2.exceptions.ServerError, match="max-keys"):
        mine.list_objects(max_keys=1001)
    with pytest.raises(oss2.exceptions.ServerError, match="continuation token"):
        mine.list_objects_v2(continuation_token="x")


def test_the_newer_sdk_does_a_full_life(server: ThreadedServer) -> None:
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider("testak", "testsecret")
    config.region, config.endpoint, config.use_path_style = REGION, server.url, True
    client = oss.Client(config)
    client.put_bucket(oss.PutBucketRequest(bucket="mine"))
    assert client.is_bucket_exist("mine")
    assert not client.is_bucket_exist("other")
    client.put_object(oss.PutObjectRequest(bucket="mine", key="a b", body=b"hello"))
    read = client.get_object(oss.GetObjectRequest(bucket="mine", key="a b"))
    assert read.body.read() == b"hello"
    listed = client.list_objects_v2(oss.ListObjectsV2Request(bucket="mine"))
    assert [item.key for item in listed.contents] == ["a b"]
    client.delete_object(oss.DeleteObjectRequest(bucket="mine", key="a b"))
    client.delete_bucket(oss.DeleteBucketRequest(bucket="mine"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret": "wrong"}, "SignatureDoesNotMatch"),
        ({"region": "cn-beijing", "name": "theirs"}, "AccessDenied"),
    ],
)
def test_who_may_not_is_told(server: ThreadedServer, change: dict[str, str], code: str) -> None:
    server.cloud.put_object("theirs", "k", b"x")
    server.cloud.store.buckets["theirs"].account_id = "6"
    with pytest.raises(oss2.exceptions.ServerError) as caught:
        bucket(server, **change).get_object("k")
    assert (caught.value.status, caught.value.code) == (403, code)


def test_the_region_of_the_signature_must_be_that_of_the_host(server: ThreadedServer) -> None:
    headers = {
        "host": "mine.oss-cn-beijing.aliyuncs.com",
        "x-oss-date": "20250102T030405Z",
        "authorization": "OSS4-HMAC-SHA256 Credential=testak/20250102/cn-hangzhou/oss/"
        "aliyun_v4_request,Signature=0",
    }
    with server.cloud.client() as client:
        reply = client.get("http://127.0.0.1/k", headers=headers)
        assert "SignatureDoesNotMatch" in reply.text
        headers["authorization"] = "OSS4-HMAC-SHA256 Credential=testak"
        assert "AccessDenied" in client.get("http://127.0.0.1/k", headers=headers).text


def test_what_is_not_modelled_is_refused(server: ThreadedServer) -> None:
    mine = bucket(server)
    mine.create_bucket()
    for call in (mine.get_bucket_lifecycle, lambda: mine.init_multipart_upload("k")):
        with pytest.raises(oss2.exceptions.ServerError) as caught:
            call()
        assert caught.value.code == "InvalidAction.NotFound"
    assert server.cloud.store.buckets["mine"].objects == {}


def test_a_clock_that_is_off_is_told() -> None:
    signing = ManualClock()
    signing.advance(3600)
    with (
        ThreadedServer(FakeCloud(signing_clock=signing)) as server,
        pytest.raises(oss2.exceptions.ServerError, match="RequestTimeTooSkewed"),
    ):
        bucket(server).create_bucket()


def test_the_header_of_the_fourth_signature_is_read() -> None:
    header = (
        "OSS4-HMAC-SHA256 Credential=testak/20250102/cn-hangzhou/oss/aliyun_v4_request, "
        "Signature=0a1b, AdditionalHeaders=host"
    )
    claim = scoped.parse(header, scoped.OSS)
    assert claim is not None
    assert (claim.additional, claim.signature) == (("host",), "0a1b")
    assert scoped.parse("OSS testak:x", scoped.OSS) is None
    assert scoped.parse(header.replace("/oss/", "/sls/"), scoped.OSS) is None
    assert scoped.iso_time("20250102T030405Z") == "2025-01-02T03:04:05Z"
    assert scoped.iso_time("soon") == "soon"
