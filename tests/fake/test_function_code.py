"""The package of a runtime's function: told by the official SDK, fetched from a signed address."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings, ThreadedServer, Unverified
from agentrun_fake.clock import SystemClock
from agentrun_fake.services.fc3_code import GOOD_FOR_SECONDS
from agentrun_fake.settings import Key
from fastcrc import crc64

from .conftest import Api, zip_bytes

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from alibabacloud_fc20230330 import client as fc
    from alibabacloud_fc20230330 import models
    from alibabacloud_tea_openapi import exceptions as errors
    from alibabacloud_tea_openapi import models as tea

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PACKAGE = zip_bytes(app="print('hello')")
READER = Key("reader", "readersecret", "1234567890123456", user="reader", allow=("fc:List*",))


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud(FakeSettings(keys=(READER,)))) as running:
        yield running


class Later(SystemClock):
    """The time when an address that was told now is no longer good."""

    def now(self) -> float:
        return super().now() + GOOD_FOR_SECONDS + 1


@pytest.fixture
def api(server: ThreadedServer) -> Iterator[Api]:
    with httpx.Client() as client:
        yield Api(client, server.url)


def deploy(api: Api, package: bytes = PACKAGE) -> str:
    code = {"language": "python3.12", "zipFile": base64.b64encode(package).decode()}
    runtime_id = api.create(
        artifactType="Code", containerConfiguration=None, codeConfiguration=code
    )
    api.get(runtime_id)
    return runtime_id


def told(server: ThreadedServer, runtime_id: str, qualifier: str | None = None) -> Any:
    return ask(server, f"agentrun-{runtime_id}", qualifier)


def ask(
    server: ThreadedServer,
    function: str,
    qualifier: str | None = None,
    key: tuple[str, str] = ("testak", "testsecret"),
) -> Any:
    config = tea.Config(
        access_key_id=key[0],
        access_key_secret=key[1],
        region_id="cn-hangzhou",
        protocol="http",
        endpoint=server.host_and_port,
    )
    request = models.GetFunctionCodeRequest(qualifier=qualifier)
    return fc.Client(config).get_function_code(function, request).body


def test_the_official_sdk_is_told_checksum_and_address(server: ThreadedServer, api: Api) -> None:
    found = told(server, deploy(api))
    assert found.checksum == str(crc64.xz(PACKAGE))
    assert httpx.get(found.url).content == PACKAGE
    assert "testsecret" not in found.url


def test_a_published_version_keeps_its_package(server: ThreadedServer, api: Api) -> None:
    runtime_id = deploy(api)
    api.publish(runtime_id)
    newer = zip_bytes(app="print('newer')")
    first = told(server, runtime_id).url
    code = {"language": "python3.12", "zipFile": base64.b64encode(newer).decode()}
    api.update(runtime_id, codeConfiguration=code)
    api.get(runtime_id)
    assert httpx.get(told(server, runtime_id).url).content == newer
    assert httpx.get(told(server, runtime_id, "1").url).content == PACKAGE
    assert httpx.get(first).content == PACKAGE, "the address names a package, not a function"
    with pytest.raises(errors.ClientException, match="VersionNotFound"):
        told(server, runtime_id, "2")


def test_the_address_expires_and_is_good_for_one_object(server: ThreadedServer, api: Api) -> None:
    url = httpx.URL(told(server, deploy(api)).url)
    for method, other in (
        ("GET", url.copy_merge_params({"Expires": "99999999999"})),
        ("GET", url.copy_with(path=f"{url.path}0")),
        ("PUT", url),
        ("HEAD", url),
    ):
        refused = httpx.request(method, other)
        assert refused.status_code == 403, other
        assert method == "HEAD" or "SignatureDoesNotMatch" in refused.text
    server.cloud.signing_clock = Later()
    expired = httpx.get(url)
    assert expired.status_code == 403
    assert "<Code>AccessDenied</Code><Message>Request has expired.</Message>" in expired.text


def test_a_package_of_a_deleted_runtime_is_gone(server: ThreadedServer, api: Api) -> None:
    runtime_id = deploy(api)
    url = told(server, runtime_id).url
    api.delete(runtime_id)
    api.reply("GetAgentRuntime", "GET", f"/agents/runtimes/{runtime_id}")
    gone = httpx.get(url)
    assert (gone.status_code, "<Code>NoSuchKey</Code>" in gone.text) == (404, True)


@pytest.mark.parametrize(
    ("asked", "status", "slice_", "told"),
    [
        ("bytes=0-3", 206, slice(0, 4), "bytes 0-3/{size}"),
        ("bytes=10-", 206, slice(10, None), "bytes 10-{last}/{size}"),
        ("bytes=-22", 206, slice(-22, None), "bytes {tail}-{last}/{size}"),
        # Not wholly inside: as if nothing was asked.
        ("bytes=0-99999", 200, slice(None), None),
        ("bytes=-99999", 200, slice(None), None),
        ("bytes=99999-", 200, slice(None), None),
        (f"bytes={'1' * 5000}-", 200, slice(None), None),
        ("bytes=5-4", 200, slice(None), None),
        ("bytes=0-1,3-4", 200, slice(None), None),
        ("byte=0-1", 200, slice(None), None),
    ],
)
def test_parts_of_it_can_be_fetched(
    part_server: str, asked: str, status: int, slice_: slice, told: str | None
) -> None:
    reply = httpx.get(part_server, headers={"range": asked})
    assert (reply.status_code, reply.content) == (status, PACKAGE[slice_])
    size = len(PACKAGE)
    expected = told.format(size=size, last=size - 1, tail=size - 22) if told else None
    assert reply.headers.get("content-range") == expected


@pytest.fixture(scope="module")
def part_server() -> Iterator[str]:
    """The address of a package, on a server that all those tests share."""
    with ThreadedServer(FakeCloud()) as running, httpx.Client() as client:
        runtime_id = deploy(Api(client, running.url))
        yield told(running, runtime_id).url


def test_what_has_no_package_and_who_may_not_ask_is_refused(
    server: ThreadedServer, api: Api
) -> None:
    container = f"agentrun-{api.create('image')}"
    code = f"agentrun-{deploy(api)}"
    for function, key, expected in (
        ("agentrun-nowhere", ("testak", "testsecret"), "FunctionNotFound"),
        (container, ("testak", "testsecret"), "no code package"),
        (code, (READER.key_id, READER.secret), "AccessDenied.*fc:GetFunctionCode"),
    ):
        with pytest.raises(errors.ClientException, match=f"(?s){expected}"):
            ask(server, function, key=key)
    server.cloud.unverified = Unverified().changed(function_code=False)
    with pytest.raises(errors.ClientException, match="AccessDenied"):
        ask(server, code)
