"""A fake cloud in place of the real one: decorator, `with` statement, httpx and requests."""

from __future__ import annotations

import asyncio
import base64
import importlib
import io
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from agentrun_fake import (
    FakeCloud,
    FakeSettings,
    Fault,
    ManualClock,
    ThreadedServer,
    mock_agentrun,
)
from agentrun_fake.http import Request, Response
from agentrun_fake.interception import _on_import
from agentrun_provider.config import resolve
from agentrun_provider.kind import State, check
from agentrun_provider.kinds import load
from agentrun_provider.session import Session

from .conftest import Api, runtime, zip_bytes

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from alibabacloud_agentrun20250910 import client as sdk
    from alibabacloud_agentrun20250910 import models
    from alibabacloud_tea_openapi import models as tea

CONTROL = "https://agentrun.cn-hangzhou.aliyuncs.com"
ANYWHERE = f"{CONTROL}/elsewhere"
LISTING = f"{CONTROL}/2025-09-10/agents/runtimes"
OWNER = "x-pulumi-0123456789-aaaaaaaaaa"


def official_client() -> Any:
    config = tea.Config(
        access_key_id=os.environ["AGENTRUN_ACCESS_KEY_ID"],
        access_key_secret=os.environ["AGENTRUN_ACCESS_KEY_SECRET"],
        region_id=os.environ["AGENTRUN_REGION"],
        endpoint=CONTROL.removeprefix("https://"),
    )
    return sdk.Client(config)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_official_sdk_and_httpx_see_one_state() -> None:
    with mock_agentrun() as cloud, httpx.Client() as client:
        body = models.CreateAgentRuntimeInput(
            agent_runtime_name="demo",
            artifact_type="Container",
            container_configuration=models.ContainerConfiguration(image="registry.example/a:1"),
            cpu=1.0,
            memory=2048,
            port=9000,
        )
        official = official_client()
        official.create_agent_runtime(models.CreateAgentRuntimeRequest(body=body))
        assert [item["agentRuntimeName"] for item in Api(client, CONTROL).list()["items"]] == [
            "demo"
        ]
        Api(client, CONTROL).create("other")
        listed = official.list_agent_runtimes(models.ListAgentRuntimesRequest()).body.data
        assert {item.agent_runtime_name for item in listed.items} == {"demo", "other"}
        assert set(cloud.runtimes()) == {"demo", "other"}


def test_the_provider_does_a_full_life_without_configuration(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("print('hello')")
    clock = ManualClock()
    with mock_agentrun(clock=clock) as cloud:
        session = Session(resolve({}, os.environ), clock=clock, folder=tmp_path)

        def create(kind: str, **inputs: Any) -> State:
            found = load(kind)
            whole = check(found, {"owner": OWNER, **inputs}, session)
            assert whole.problems == []
            return found.create(session, found.Inputs.model_validate(whole.inputs, by_name=True))

        code = {"src": ".", "language": "python3.12", "command": ["python3", "app.py"]}
        runtime_state = create("Runtime", name="demo", code=code)
        endpoint_state = create("RuntimeEndpoint", runtime_id=runtime_state.id, name="production")
        assert cloud.endpoints("demo")["production"]["status"] == "READY"
        assert load("RuntimeEndpoint").read(session, endpoint_state)
        load("RuntimeEndpoint").delete(session, endpoint_state)
        load("Runtime").delete(session, runtime_state)
        assert cloud.runtimes() == {}


def test_each_call_of_a_decorated_function_has_a_new_cloud() -> None:
    mock = mock_agentrun(FakeSettings(region="cn-shanghai"))

    @mock
    def create(name: str) -> set[str]:
        """Doc."""
        with httpx.Client() as client:
            Api(client, "https://agentrun.cn-shanghai.aliyuncs.com").create(name)
        return set(mock.cloud.runtimes())

    assert create("a") == {"a"}
    assert create("b") == {"b"}
    assert create.__doc__ == "Doc."
    with pytest.raises(RuntimeError, match="not started"):
        _ = mock.cloud
    with pytest.raises(RuntimeError, match="not started"):
        mock.stop()


def test_the_bare_decorator_takes_functions_coroutines_and_classes() -> None:
    @mock_agentrun
    def region() -> str | None:
        return os.environ.get("AGENTRUN_REGION")

    @mock_agentrun
    async def status() -> int:
        async with httpx.AsyncClient() as client:
            return (await client.get(ANYWHERE)).status_code

    @mock_agentrun
    class Tests:
        def test_status(self) -> int:
            return requests.get(ANYWHERE, timeout=1).status_code

        def helper(self) -> str | None:
            return os.environ.get("AGENTRUN_REGION")

    assert region() == "cn-hangzhou"
    assert asyncio.run(status()) == 404
    assert Tests().test_status() == 404
    assert Tests().helper() == os.environ.get("AGENTRUN_REGION")


def test_the_environment_is_as_before_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTRUN_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AGENTRUN_CONTROL_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.delenv("AGENTRUN_ACCOUNT_ID", raising=False)
    with mock_agentrun():
        assert os.environ["AGENTRUN_ACCESS_KEY_ID"] == "testak"
        assert "AGENTRUN_CONTROL_ENDPOINT" not in os.environ
        assert os.environ["AGENTRUN_ACCOUNT_ID"] == "1234567890123456"
        monkeypatch.setenv("UNRELATED", "stays")
    assert os.environ["AGENTRUN_ACCESS_KEY_ID"] == "mine"
    assert os.environ["AGENTRUN_CONTROL_ENDPOINT"] == "http://127.0.0.1:1"
    assert "AGENTRUN_ACCOUNT_ID" not in os.environ
    assert os.environ["UNRELATED"] == "stays"


def test_the_patches_are_gone_afterwards() -> None:
    before = [
        httpx.HTTPTransport.handle_request,
        httpx.AsyncHTTPTransport.handle_async_request,
        requests.adapters.HTTPAdapter.send,
    ]
    with pytest.raises(ZeroDivisionError), mock_agentrun():
        1 / 0  # noqa: B018
    assert before == [
        httpx.HTTPTransport.handle_request,
        httpx.AsyncHTTPTransport.handle_async_request,
        requests.adapters.HTTPAdapter.send,
    ]


def test_other_hosts_are_reached_as_ever() -> None:
    async def get(url: str) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.get(url)

    with ThreadedServer(FakeCloud(FakeSettings(region="elsewhere"))) as server, mock_agentrun():
        url = f"{server.url}/_fake/health?host=a.aliyuncs.com"
        for reply in (httpx.get(url), requests.get(url, timeout=5), asyncio.run(get(url))):
            assert reply.json()["region"] == "elsewhere"


def test_an_inner_mock_covers_the_outer_one() -> None:
    with mock_agentrun(FakeSettings(region="outer")) as outer:
        with mock_agentrun(FakeSettings(region="inner")) as inner:
            requests.get(ANYWHERE, timeout=1)
            httpx.get(ANYWHERE)
            assert os.environ["AGENTRUN_REGION"] == "inner"
        requests.get(ANYWHERE, timeout=1)
        httpx.get(ANYWHERE)
        assert os.environ["AGENTRUN_REGION"] == "outer"
    assert inner is not outer


@pytest.mark.parametrize("method", ["get", "requests", "async"])
@pytest.mark.parametrize("kind", ["drop", "truncate"])
def test_broken_connections_are_each_librarys_own_errors(method: str, kind: str) -> None:
    async def get() -> None:
        async with httpx.AsyncClient() as client:
            await client.get(LISTING)

    with mock_agentrun(FakeSettings(verify=False)) as cloud:
        cloud.faults.add(Fault(kind=kind, when="after"))
        if method == "requests":
            expected = {
                "drop": requests.ConnectionError,
                "truncate": requests.exceptions.ChunkedEncodingError,
            }[kind]
            with pytest.raises(expected, match="connection is closed"):
                requests.get(LISTING, timeout=1)
        elif method == "get":
            with pytest.raises(httpx.TransportError, match="connection is closed"):
                httpx.get(LISTING)
        else:
            with pytest.raises(httpx.TransportError, match="connection is closed"):
                asyncio.run(get())
        assert len(cloud.calls) == 1


class Parts:
    """A body in parts, that may break off."""

    def __init__(self, *parts: bytes, broken: bool = False) -> None:
        self.parts, self.broken, self.closed = parts, broken, False

    def __iter__(self) -> Iterator[bytes]:
        yield from self.parts
        if self.broken:
            raise ConnectionResetError("the program went away")

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("broken", [False, True])
def test_bodies_that_are_still_being_made_arrive(
    monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    async def get() -> list[bytes]:
        async with httpx.AsyncClient() as client, client.stream("GET", ANYWHERE) as reply:
            return [part async for part in reply.aiter_raw()]

    made: list[Parts] = []

    def handle(request: Request) -> Response:
        made.append(Parts(b"one", b"two", broken=broken))
        return Response(200, stream=made[-1])

    with mock_agentrun() as cloud:
        monkeypatch.setattr(cloud, "handle", handle)
        if broken:
            with pytest.raises(requests.exceptions.ChunkedEncodingError, match="went away"):
                requests.get(ANYWHERE, timeout=1)
            with pytest.raises(httpx.RemoteProtocolError, match="went away"):
                asyncio.run(get())
        else:
            assert requests.get(ANYWHERE, timeout=1).content == b"onetwo"
            assert asyncio.run(get()) == [b"one", b"two"]
    assert [item.closed for item in made] == [True, True]


def test_a_deployed_program_answers_in_process_and_ends_with_the_mock() -> None:
    program = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())
HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
    package = base64.b64encode(zip_bytes(app=program)).decode()
    code = {"language": "python3.12", "command": ["python3", "app.py"], "zipFile": package}
    with mock_agentrun(FakeSettings(run=True)) as cloud, httpx.Client() as client:
        api = Api(client, CONTROL)
        made = runtime(artifactType="Code", containerConfiguration=None, codeConfiguration=code)
        runtime_id = str(
            api.call("CreateAgentRuntime", "POST", "/agents/runtimes", made)["agentRuntimeId"]
        )
        cloud.finish()
        endpoint = api.create_endpoint(runtime_id, "prod")
        cloud.finish()
        shown = api.get_endpoint(runtime_id, endpoint["agentRuntimeEndpointId"])
        reply = requests.get(f"{shown['endpointPublicUrl']}/", timeout=30)
        assert reply.status_code == 200, reply.text
        process = int(reply.text)
        os.kill(process, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def bodies() -> list[Any]:
    text = json.dumps(runtime())
    return [
        text,
        text.encode(),
        io.BytesIO(text.encode()),
        iter([text[:5].encode(), text[5:].encode()]),
        iter([text[:5], text[5:]]),
    ]


@pytest.mark.parametrize("index", range(5))
def test_requests_may_send_bodies_of_all_sorts(index: int) -> None:
    with mock_agentrun(FakeSettings(verify=False)) as cloud:
        reply = requests.post(LISTING, data=bodies()[index], timeout=1)
        assert reply.status_code == 200, reply.text
        assert set(cloud.runtimes()) == {"demo"}


def test_requests_reads_heads_and_headers() -> None:
    bucket = "https://mine.oss-cn-hangzhou.aliyuncs.com/a%20b.zip"
    with mock_agentrun(FakeSettings(verify=False)) as cloud:
        cloud.put_object("mine", "a b.zip", b"content")
        assert requests.get(bucket, timeout=1).content == b"content"
        assert requests.head(bucket, timeout=1).content == b""


def run_python(code: str) -> str:
    """In a process of its own, where neither httpx nor requests is imported yet."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("library", ["httpx", "requests"])
def test_a_library_imported_later_is_caught_too(library: str) -> None:
    assert (
        run_python(f"""
import sys
from agentrun_fake import mock_agentrun
with mock_agentrun() as cloud:
    assert not {{"httpx", "requests", "responses"}} & set(sys.modules)
    import {library}
    print({library}.get("{ANYWHERE}", timeout=5).status_code)
    spec = {library}.__spec__
    assert "exec_module" not in vars(spec.loader)
assert not [item for item in sys.meta_path if "agentrun" in type(item).__module__]
""")
        == "404"
    )


def test_an_action_runs_right_after_the_first_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "imported_lately.py").write_text("value = 1")
    monkeypatch.syspath_prepend(tmp_path)
    seen: list[int] = []
    before = list(sys.meta_path)
    with _on_import("imported_lately", lambda: seen.append(1)):
        assert importlib.import_module("json") is json
        assert seen == []
        module = importlib.import_module("imported_lately")
        assert (module.value, seen) == (1, [1])
        importlib.reload(module)
    assert seen == [1]
    assert sys.meta_path == before
    monkeypatch.delitem(sys.modules, "imported_lately")


def test_a_library_never_imported_leaves_nothing_behind() -> None:
    assert (
        run_python("""
import sys
from agentrun_fake import mock_agentrun
before = list(sys.meta_path)
with mock_agentrun():
    assert len(sys.meta_path) == len(before) + 2
assert sys.meta_path == before
print("ok")
""")
        == "ok"
    )


def test_a_library_that_is_not_installed_is_still_missing() -> None:
    def never() -> None:
        raise AssertionError

    with _on_import("no_such_library", never), pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such_library")


def test_the_package_says_what_it_does_not_have() -> None:
    import agentrun_fake

    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = agentrun_fake.Nothing
    assert all(getattr(agentrun_fake, name) for name in agentrun_fake.__all__)
