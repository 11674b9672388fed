"""Code packages of runtimes, inline and in a bucket (sections 2.3 and 6)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from agentrun_fake import FakeCloud, ManualClock
from fastcrc import crc64

from .conftest import Api, zip_bytes
from .runtime_bodies import PATH, code, code_runtime, refused_create, refused_update


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
