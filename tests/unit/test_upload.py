"""Packages reach the temporary bucket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import httpx
import pytest
from agentrun_provider.checksum import crc64
from agentrun_provider.client import Client
from agentrun_provider.config import Settings
from agentrun_provider.errors import ConfigError, Forbidden, TransportFault
from agentrun_provider.upload import object_url, upload_package

ACCOUNT = "1234567890123456"
TOKEN = {
    "credentials": {
        "AccessKeyId": "STS.temporary",
        "AccessKeySecret": "testsecret",
        "SecurityToken": "tok",
    },
    "ossBucket": "tmpbucket",
    "objectName": "obj1",
    "ossRegion": "cn-hangzhou",
}


class Service(Protocol):
    requests: list[httpx.Request]

    def answers(self, *answers: Any) -> None: ...


def token() -> httpx.Response:
    return httpx.Response(200, json=TOKEN)


def test_a_package_is_put_where_the_token_says(client: Client, service: Service) -> None:
    service.answers(token(), httpx.Response(200))

    assert upload_package(client, b"zip", ACCOUNT) == ("tmpbucket", f"{ACCOUNT}/obj1")

    asked, put = service.requests
    assert str(asked.url) == (
        f"https://{ACCOUNT}.cn-hangzhou.fc.aliyuncs.com/2016-08-15/tempBucketToken"
    )
    # The vectors of sections 6.1 and 6.2, whole.
    assert asked.headers["authorization"] == (
        "FC testak:YnQeFSSJRh860plE9veLDfROgi4fTpTyqkH9jBI7kKE="
    )
    assert asked.headers["accept"] == "application/json"
    assert str(put.url) == f"https://tmpbucket.oss-accelerate.aliyuncs.com/{ACCOUNT}/obj1"
    assert put.method == "PUT"
    assert put.content == b"zip"
    assert put.headers["content-type"] == "application/octet-stream"
    assert put.headers["authorization"] == "OSS STS.temporary:M8ZhlJIH92QbFCFGRmrw2siBg/I="
    assert put.headers["x-oss-security-token"] == "tok"
    assert put.extensions["timeout"]["read"] == 600.0


def test_overrides_of_the_addresses_are_used(
    make_client: Callable[[Settings], Client], settings: Settings, service: Service
) -> None:
    service.answers(token(), httpx.Response(200))
    elsewhere = replace(
        settings,
        control_endpoint="http://127.0.0.1:9",
        fc_endpoint="http://127.0.0.1:9",
        oss_endpoint="http://127.0.0.1:9",
    )

    upload_package(make_client(elsewhere), b"zip", ACCOUNT)

    assert [str(request.url) for request in service.requests] == [
        "http://127.0.0.1:9/2016-08-15/tempBucketToken",
        f"http://127.0.0.1:9/tmpbucket/{ACCOUNT}/obj1",
    ]


@pytest.mark.parametrize(
    ("fc_endpoint", "variable"),
    [(None, "AGENTRUN_FC_ENDPOINT"), ("http://h", "AGENTRUN_OSS_ENDPOINT")],
)
def test_code_for_a_control_plane_elsewhere_does_not_go_to_the_real_bucket(
    make_client: Callable[[Settings], Client],
    settings: Settings,
    service: Service,
    fc_endpoint: str | None,
    variable: str,
) -> None:
    if fc_endpoint:
        service.answers(token())
    elsewhere = replace(settings, control_endpoint="http://127.0.0.1:9", fc_endpoint=fc_endpoint)

    with pytest.raises(ConfigError) as refused:
        upload_package(make_client(elsewhere), b"zip", ACCOUNT)

    assert variable in refused.value.hint


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://oss.test", "https://bucket.oss.test/1/a%20b"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/bucket/1/a%20b"),
        ("http://[::1]:8080", "http://[::1]:8080/bucket/1/a%20b"),
        ("http://localhost:8080", "http://localhost:8080/bucket/1/a%20b"),
    ],
)
def test_the_bucket_is_part_of_the_host_unless_that_is_an_ip(base: str, url: str) -> None:
    assert object_url(base, "bucket", "1/a b") == url


def test_faults_on_the_way_are_repeated(client: Client, service: Service) -> None:
    service.answers(httpx.Response(503), token(), httpx.WriteError("reset"), httpx.Response(200))

    assert upload_package(client, b"zip", ACCOUNT)[0] == "tmpbucket"
    assert service.requests[-1].content == b"zip"


def test_a_refused_token_names_the_permission(client: Client, service: Service) -> None:
    service.answers(httpx.Response(403, json={"ErrorCode": "AccessDenied", "ErrorMessage": "no"}))

    with pytest.raises(Forbidden) as refused:
        upload_package(client, b"zip", ACCOUNT)

    assert "fc:GetTempBucketToken" in refused.value.hint


def test_a_refused_upload_is_told_with_the_code_of_oss(client: Client, service: Service) -> None:
    body = "<Error><Code>AccessDenied</Code><Message>no</Message><RequestId>r</RequestId></Error>"
    service.answers(token(), httpx.Response(403, text=body))

    with pytest.raises(Forbidden, match=r"PutObject failed: AccessDenied: no .*request id r"):
        upload_package(client, b"zip", ACCOUNT)


@pytest.mark.parametrize("body", [{}, {"credentials": None}, [], {**TOKEN, "credentials": {}}])
def test_an_answer_without_a_token_is_a_fault(
    make_client: Callable[[Settings], Client], settings: Settings, service: Service, body: Any
) -> None:
    service.answers(httpx.Response(200, json=body))

    with pytest.raises(TransportFault, match="holds no token"):
        upload_package(make_client(replace(settings, max_retries=0)), b"zip", ACCOUNT)


def test_a_broken_token_does_not_tell_its_keys(
    make_client: Callable[[Settings], Client], settings: Settings, service: Service
) -> None:
    broken = {**TOKEN, "ossBucket": None, "objectName": None}
    del broken["objectName"]
    service.answers(httpx.Response(200, json=broken))

    with pytest.raises(TransportFault) as fault:
        upload_package(make_client(replace(settings, max_retries=0)), b"zip", ACCOUNT)

    assert "testsecret" not in fault.value.one_line()
    assert fault.value.__cause__ is None


def test_what_arrived_is_compared_with_what_was_sent(client: Client, service: Service) -> None:
    service.answers(
        token(),
        httpx.Response(200, headers={"x-oss-hash-crc64ecma": "1"}),
        httpx.Response(200, headers={"x-oss-hash-crc64ecma": crc64(b"zip")}),
    )

    upload_package(client, b"zip", ACCOUNT)

    assert len(service.requests) == 3
