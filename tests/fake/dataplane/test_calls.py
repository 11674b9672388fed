"""Calls to endpoints reach the deployed program, and its replies come back as they are made."""

from __future__ import annotations

import io
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings

from ..conftest import Api
from .conftest import QUICKSTART, Gate, MakeWorld, World, code, eventually, package

CHAT = "/openai/v1/chat/completions"
HELLO = {"messages": [{"role": "user", "content": "hello you"}]}


def quickstart() -> str:
    return package((QUICKSTART / "app.py").read_text())


def test_the_quickstart_answers_through_the_endpoint(world: World) -> None:
    url = world.deploy(quickstart(), environmentVariables={"ENVIRONMENT": "dev"})
    reply = world.client.post(f"{url}{CHAT}", json=HELLO)
    assert reply.status_code == 200, reply.text
    assert reply.json()["choices"][0]["message"]["content"] == "The dev agent heard: hello you"
    assert world.tell(url, "/health") == {"status": "ok", "environment": "dev"}
    assert world.client.get(f"{url}/nothing").status_code == 404


def test_a_streamed_answer_of_the_quickstart_is_whole(world: World) -> None:
    url = world.deploy(quickstart())
    with world.client.stream("POST", f"{url}{CHAT}", json={**HELLO, "stream": True}) as reply:
        assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
        events = [line.removeprefix("data: ") for line in reply.iter_lines() if line]
    assert events.pop() == "[DONE]"
    deltas = [json.loads(event)["choices"][0]["delta"] for event in events]
    text = "".join(delta.get("content", "") for delta in deltas)
    assert text == "The local agent heard: hello you "


def test_parts_of_a_reply_come_when_they_are_made(world: World, gate: Gate) -> None:
    url = world.deploy(package())
    with world.client.stream("GET", f"{url}/stream?{gate.port}") as reply:
        parts = reply.iter_raw()
        assert next(parts) == b"first"
        gate.wait_for_a_call()
        gate.open()
        assert b"".join(parts) == b"second"


def test_a_call_arrives_as_it_was_sent(world: World) -> None:
    url = world.deploy(package())
    told = world.client.put(
        f"{url}/a%2Fb/%E4%B8%AD?x=1&y=%20", content=b"text", headers={"X-Mine": "1"}
    )
    assert (told.status_code, told.headers["x-own"]) == (200, "kept")
    got = told.json()
    assert (got["method"], got["path"], got["body"]) == (
        "PUT",
        "/a%2Fb/%E4%B8%AD?x=1&y=%20",
        "text",
    )
    assert (got["headers"]["x-mine"], got["headers"]["content-length"]) == ("1", "4")
    assert got["headers"]["host"] == world.server.host_and_port
    assert len(got["headers"]["x-fc-request-id"]) == 36
    offered = {"connection": "Upgrade, X-Hop", "upgrade": "h2c", "x-hop": "1", "x-mine": "2"}
    headers = world.tell(url, headers=offered)["headers"]
    assert (headers["x-mine"], {"upgrade", "x-hop"} & set(headers)) == ("2", set())
    assert world.client.get(f"{url}/made").status_code == 201
    assert world.tell(url, "")["path"] == "/"


def test_a_body_in_chunks_arrives_whole(world: World) -> None:
    url = world.deploy(package())
    got = world.client.post(url, content=iter([b"one ", b"two"])).json()
    assert got["body"] == "one two"
    assert "transfer-encoding" not in got["headers"]


def test_a_head_call_has_a_length_and_no_body(world: World) -> None:
    url = world.deploy(package())
    reply = world.client.head(url)
    assert reply.content == b""
    assert int(reply.headers["content-length"]) > 100
    assert world.tell(url)["method"] == "GET"


def test_the_environment_is_clean_and_declared(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "of the developer")
    url = world.deploy(package(), environmentVariables={"COLOUR": "red", "PORT": "9000"})
    told = world.tell(url)
    environment = told["environment"]
    assert "ALIBABA_CLOUD_ACCESS_KEY_SECRET" not in environment
    assert environment["COLOUR"] == "red"
    assert environment["FC_FUNCTION_NAME"] == f"agentrun-{world.runtime_id}"
    assert environment["FC_REGION"] == "cn-hangzhou"
    assert environment["PORT"] == environment["FC_SERVER_PORT"] != "9000"
    assert Path(environment["HOME"]).is_dir()
    assert Path(environment["HOME"]) != Path(told["folder"])


def test_dependencies_come_with_the_package_or_by_a_declared_path(world: World) -> None:
    text = f"import carried, beside\nassert carried.A + beside.B == 3\n{package.__defaults__[0]}"
    zip_file = package(text, python__carried="A = 1", extra__beside="B = 2")
    url = world.deploy(zip_file, environmentVariables={"PYTHONPATH": "/code/extra"})
    assert world.tell(url)["pid"]


@pytest.mark.parametrize("argument", ["9000", "0.0.0.0:9000", "--port=9000"])
def test_a_port_among_the_arguments_is_replaced(world: World, argument: str) -> None:
    text = package.__defaults__[0].replace("sys.argv[1:] else", "sys.argv[2:] else")
    url = world.deploy(package(text), "python3", "/code/app.py", argument)
    told = world.tell(url)
    assert told["arguments"] == [argument.replace("9000", told["environment"]["PORT"])]


def test_a_program_with_a_port_of_its_own_is_served_there(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    text = package.__defaults__[0].replace('os.environ["PORT"]', f"'{port}'")
    url = world.deploy(package(text), port=port)
    assert world.tell(url)["environment"]["PORT"] != str(port)


def test_a_call_that_breaks_off_looks_broken_and_the_next_starts_anew(
    world: World, gate: Gate
) -> None:
    url = world.deploy(package())
    first = world.tell(url)["pid"]
    with world.client.stream("GET", f"{url}/stream?{gate.port}&die") as reply:
        gate.wait_for_a_call()
        gate.open()
        with pytest.raises(httpx.RemoteProtocolError):
            reply.read()
    assert world.tell(url)["pid"] != first


def test_a_reply_that_is_shorter_than_it_says_looks_broken(world: World) -> None:
    url = world.deploy(package())
    with pytest.raises(httpx.RemoteProtocolError):
        world.client.get(f"{url}/short")
    assert world.tell(url)["pid"]


def test_characters_beyond_ascii_arrive(world: World) -> None:
    url = world.deploy(package())
    path = url.removeprefix(world.server.url)
    with socket.create_connection(("127.0.0.1", world.server.port), timeout=20) as raw:
        head = f"GET {path}/中?q=文 HTTP/1.1\r\nHost: x\r\nX-Mine: 中\r\nConnection: close\r\n\r\n"
        raw.sendall(head.encode())
        reply = raw.makefile("rb").read()
    told = json.loads(reply.partition(b"\r\n\r\n")[2])
    assert told["path"] == "/%E4%B8%AD?q=%E6%96%87"
    assert told["headers"]["x-mine"].encode("latin-1").decode() == "中"


def test_a_program_that_dies_is_told_with_its_last_lines(world: World) -> None:
    url = world.deploy(package())
    world.tell(url, "/print?good%20bye")
    status, code_, message = world.refusal(f"{url}/die")
    assert (status, code_) == (502, "ERR_AGENT_FAILED")
    assert message.endswith("last lines:\nserving \ngood bye")
    assert world.tell(url)["pid"]


def test_a_silent_program_is_a_timeout(make_world: MakeWorld, gate: Gate) -> None:
    world = make_world(call_seconds=0.2)
    url = world.deploy(package())
    assert world.refusal(f"{url}/gate?{gate.port}")[:2] == (504, "ERR_AGENT_TIMEOUT")


def test_a_client_that_goes_away_frees_its_instance(make_world: MakeWorld, gate: Gate) -> None:
    world = make_world(max_instances=1)
    url = world.deploy(package())
    with world.client.stream("GET", f"{url}/stream?{gate.port}") as reply:
        assert next(reply.iter_raw()) == b"first"
        assert world.refusal(url)[0] == 429
    gate.wait_for_a_call()
    gate.open()
    assert eventually(lambda: world.client.get(url).status_code == 200)


def test_containers_and_agents_elsewhere_are_not_run_here(world: World) -> None:
    api = world.api
    made = api.create_endpoint(api.create("boxed"))
    assert world.refusal(made["endpointPublicUrl"]) == (
        501,
        "ERR_NOT_RUN_HERE",
        "endpoint prod of agent runtime boxed exists, but containers are not run here",
    )
    elsewhere = api.create(
        "far", **code(package()), externalAgentEndpointUrl="https://agent.example"
    )
    url = api.create_endpoint(elsewhere)["endpointPublicUrl"]
    assert "hosted elsewhere" in world.refusal(url)[2]
    url = world.deploy(package())
    assert "hands no WebSockets over" in world.refusal(url, headers={"upgrade": "WebSocket"})[2]


def test_a_version_that_is_not_there_is_a_404(world: World) -> None:
    url = world.deploy(package())
    world.cloud.mutate({"runtime": "demo", "endpoint": "prod"}, set={"targetVersion": "7"})
    assert world.refusal(url)[::2] == (404, "version 7 of agent runtime demo does not exist")


def test_calls_are_not_run_if_that_is_switched_off(make_world: MakeWorld) -> None:
    world = make_world(run=False)
    assert world.refusal(world.deploy(package()))[:2] == (501, "ERR_NOT_RUN_HERE")


def test_other_requests_are_answered_while_a_program_serves(
    world: World, gate: Gate, background: ThreadPoolExecutor
) -> None:
    url = world.deploy(package())
    call = background.submit(world.client.get, f"{url}/gate?{gate.port}")
    gate.wait_for_a_call()
    assert world.api.list()["total"] == 1
    assert not call.done()
    gate.open()
    assert call.result().status_code == 200


@pytest.mark.parametrize("kind", ["drop", "truncate"])
def test_scripted_faults_break_streamed_replies(world: World, kind: str) -> None:
    url = world.deploy(package())
    world.cloud.faults.add(operation="InvokeAgentRuntime", kind=kind, when="after")
    with pytest.raises(httpx.RemoteProtocolError):
        world.client.get(url)
    assert world.tell(url)["pid"]


def test_a_scripted_error_after_the_call_frees_the_instance(make_world: MakeWorld) -> None:
    world = make_world(max_instances=1)
    url = world.deploy(package())
    world.cloud.faults.add(operation="InvokeAgentRuntime", when="after", status=503, code="Busy")
    assert world.refusal(url)[:2] == (503, "Busy")
    assert world.tell(url)["pid"]


@pytest.fixture
def in_process() -> Any:
    cloud = FakeCloud(FakeSettings(run=True))
    with cloud.client() as client:
        api = Api(client)
        api.create_endpoint(api.create(**code(package())))
        yield cloud, client
    cloud.stop_programs()


PATH = "/agent-runtimes/demo/endpoints/prod/invocations"


def test_a_client_in_the_same_process_gets_the_stream(in_process: Any, gate: Gate) -> None:
    cloud, client = in_process
    url = f"http://127.0.0.1{PATH}"
    with client.stream("GET", f"{url}/stream?{gate.port}") as reply:
        parts = reply.iter_raw()
        assert next(parts) == b"first"
        gate.wait_for_a_call()
        gate.open()
        assert list(parts) == [b"second"]
    with client.stream("GET", f"{url}/stream?{gate.port}&die") as reply:
        gate.wait_for_a_call()
        gate.open()
        with pytest.raises(httpx.RemoteProtocolError):
            reply.read()
    for kind, error in (("drop", httpx.RemoteProtocolError), ("truncate", httpx.ReadError)):
        cloud.faults.add(operation="InvokeAgentRuntime", kind=kind, when="after")
        with pytest.raises(error):
            client.get(url)
    told = client.get(url, headers={"x-mine": "中".encode()}).json()
    assert told["headers"]["x-mine"].encode("latin-1").decode() == "中"


def test_a_call_that_can_not_be_handed_over_frees_its_instance(in_process: Any) -> None:
    _, client = in_process
    url = f"http://127.0.0.1{PATH}"
    for _ in range(FakeSettings.max_instances + 1):
        assert client.get(url, headers={"x": "a\nb"}).status_code == 500
    assert client.get(url).status_code == 200


def wsgi_call(cloud: FakeCloud, path: str) -> tuple[str, Any]:
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    environ |= {"PATH_INFO": path.partition("?")[0], "QUERY_STRING": path.partition("?")[2]}
    environ["wsgi.input"] = io.BytesIO()
    status: list[str] = []
    body = cloud.wsgi(environ, lambda line, headers, *rest: status.append(line))
    return status[0], body


def test_a_wsgi_server_gets_the_stream(in_process: Any) -> None:
    cloud, _ = in_process
    status, body = wsgi_call(cloud, PATH)
    text = b"".join(body)
    body.close()
    assert (status, json.loads(text)["method"]) == ("200 OK", "GET")
    cloud.faults.add(operation="InvokeAgentRuntime", kind="truncate", when="after")
    _, body = wsgi_call(cloud, PATH)
    with pytest.raises(ConnectionAbortedError):
        list(body)
    body.close()
    cloud.faults.add(operation="InvokeAgentRuntime", kind="drop", when="after")
    with pytest.raises(ConnectionAbortedError):
        wsgi_call(cloud, PATH)
    status, body = wsgi_call(cloud, PATH)
    body.close()
    assert status == "200 OK"
