"""The fake behind a real port, and as a WSGI application."""

from __future__ import annotations

import http.client
import io
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings, Key, ThreadedServer
from agentrun_fake.http import Request, Response

from .conftest import Acs3, Api, runtime


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud()) as running:
        yield running


@pytest.fixture
def remote(server: ThreadedServer) -> Iterator[Api]:
    with httpx.Client(timeout=5) as client:
        yield Api(client, server.url)


def test_a_signed_life_over_http(remote: Api, server: ThreadedServer) -> None:
    runtime_id = remote.create(name="demo")
    remote.publish(runtime_id)
    made = remote.create_endpoint(runtime_id, targetVersion="1")
    url = f"{server.url}/agent-runtimes/demo/endpoints/prod/invocations"
    assert made["endpointPublicUrl"] == url
    assert remote.get_endpoint(runtime_id, made["agentRuntimeEndpointId"])["status"] == "READY"
    assert remote.client.post(url).status_code == 501
    assert remote.list(agentRuntimeName="a b/中+~*")["total"] == 0


def test_a_connection_is_kept_open(server: ThreadedServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.connect()
    first = connection.sock
    for _ in range(3):
        connection.request("GET", "/_fake/health")
        assert connection.getresponse().read()
        assert connection.sock is first
    connection.close()


def test_a_body_may_come_in_chunks(server: ThreadedServer) -> None:
    with httpx.Client(timeout=5) as client:
        parts = iter([b'{"kind": ', b'"drop"}'])
        reply = client.post(f"{server.url}/_fake/faults", content=parts)
    assert (reply.status_code, len(list(server.cloud.faults))) == (200, 1)


def test_a_length_that_is_no_number_is_refused(server: ThreadedServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
        raw.sendall(b"POST /_fake/reset HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_head_request_has_a_length_and_no_body(server: ThreadedServer) -> None:
    server.cloud.settings = FakeSettings(verify=False)
    server.cloud.put_object("mine", "k", b"12345")
    with httpx.Client(timeout=5) as client:
        head = client.head(f"{server.url}/mine/k")
        assert (head.headers["content-length"], head.content) == ("5", b"")
        assert client.get(f"{server.url}/mine/k").content == b"12345"


@pytest.mark.parametrize("kind", ["drop", "truncate"])
def test_a_broken_connection_looks_broken(remote: Api, server: ThreadedServer, kind: str) -> None:
    server.cloud.faults.add(operation="ListAgentRuntimes", kind=kind)
    with pytest.raises(httpx.RemoteProtocolError):
        remote.list()
    assert remote.list()["total"] == 0


def test_many_clients_at_once_make_one_of_a_name(server: ThreadedServer) -> None:
    start = threading.Barrier(8)
    found: list[int] = []

    def create() -> None:
        with httpx.Client(timeout=10) as client:
            start.wait()
            call = ("CreateAgentRuntime", "POST", "/agents/runtimes", runtime())
            found.append(Api(client, server.url).reply(*call).status_code)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200] + [409] * 7
    assert server.cloud.calls.count("CreateAgentRuntime") == 8


def test_a_stopped_server_answers_nobody_and_comes_back_with_its_state() -> None:
    server = ThreadedServer(FakeCloud()).start()
    url, port = server.url, server.port
    with httpx.Client(timeout=5) as client:
        Api(client, url).create("demo")
        server.stop()
        with pytest.raises(httpx.TransportError):
            client.get(f"{url}/_fake/health")
        server.start()
        assert (server.url, server.port) == (url, port)
        assert Api(client, url).list()["total"] == 1
    server.stop()
    server.stop()
    with pytest.raises(RuntimeError):
        _ = server.port


def test_a_taken_port_is_an_error(server: ThreadedServer) -> None:
    with pytest.raises(OSError, match="in use"):
        ThreadedServer(port=server.port).start()


def wsgi(cloud: FakeCloud, method: str, **environ: Any) -> tuple[str, dict[str, str], bytes]:
    """Call the application as a WSGI server does."""
    seen: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        seen.update(status=status, headers=dict(headers))
        return lambda data: None

    body = environ.pop("body", b"")
    full = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    content = b"".join(cloud.wsgi(full, start_response))
    return seen["status"], seen["headers"], content


def test_httpx_reaches_the_wsgi_application_with_signed_requests(cloud: FakeCloud) -> None:
    with httpx.Client(transport=httpx.WSGITransport(app=cloud.wsgi)) as client:
        api = Api(client)
        runtime_id = api.create("demo")
        assert api.get(runtime_id)["agentRuntimeName"] == "demo"
        assert api.list(agentRuntimeName="a b/中+~*")["total"] == 0
        refused = api.refusal("GetAgentRuntime", "GET", "/agents/runtimes/a%20b")
        assert refused[2] == "agent runtime a b does not exist"


def test_a_wsgi_server_may_hand_over_the_path_as_it_came() -> None:
    cloud = FakeCloud(FakeSettings(verify=False))
    path = "/2025-09-10/agents/runtimes/a%2Fb"
    for raw in ({"RAW_URI": f"{path}?x=1"}, {"REQUEST_URI": f"http://host{path}?x=1"}):
        status, headers, content = wsgi(cloud, "GET", PATH_INFO=path.replace("%2F", "/"), **raw)
        assert (status, b"agent runtime a/b does not exist" in content) == ("404 Not Found", True)
        assert headers["content-length"] == str(len(content))


def test_a_decoded_wsgi_path_is_encoded_again() -> None:
    cloud = FakeCloud(FakeSettings(verify=False))
    for name in ("ü".encode().decode("latin-1"), "ü中"):
        wsgi(cloud, "GET", PATH_INFO=f"/2025-09-10/agents/runtimes/{name}")
    paths = [call.path.rpartition("/")[2] for call in cloud.calls]
    assert paths == ["%C3%BC", "%C3%BC%E4%B8%AD"]


@pytest.mark.parametrize("kind", ["drop", "truncate"])
def test_a_wsgi_server_is_told_of_a_broken_connection(kind: str) -> None:
    cloud = FakeCloud(FakeSettings(verify=False))
    cloud.faults.add(kind=kind)
    with pytest.raises(ConnectionAbortedError):
        wsgi(cloud, "GET", PATH_INFO="/2025-09-10/agents/runtimes")


def test_a_status_without_a_name_is_sent_too() -> None:
    cloud = FakeCloud(FakeSettings(verify=False))
    cloud.faults.add(status=599)
    status, _, _ = wsgi(cloud, "GET", PATH_INFO="/2025-09-10/agents/runtimes")
    assert status == "599 Unknown"


def test_a_failure_inside_the_fake_is_a_500_and_in_the_log(
    cloud: FakeCloud, api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode() -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(cloud.lifecycle, "settle", explode)
    refused = api.refusal("ListAgentRuntimes", "GET", "/agents/runtimes")
    assert refused[:2] == (500, "ERR_INTERNAL_SERVER_ERROR")
    assert "a bug" in caplog.text


@pytest.mark.parametrize(("version", "chunked"), [("1.0", False), ("1.1", True)])
def test_a_stream_comes_in_chunks_only_to_those_who_know_them(
    server: ThreadedServer, monkeypatch: pytest.MonkeyPatch, version: str, chunked: bool
) -> None:
    class Parts(list[bytes]):
        def close(self) -> None:
            pass

    reply = Response(200, stream=Parts([b"first", b"second"]))
    monkeypatch.setattr(server.cloud, "handle", lambda request: reply)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
        raw.sendall(f"GET / HTTP/{version}\r\nConnection: close\r\n\r\n".encode())
        with raw.makefile("rb") as file:
            head, _, body = file.read().partition(b"\r\n\r\n")
    assert (b"transfer-encoding" in head) == chunked
    assert body == (b"5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n" if chunked else b"firstsecond")


def test_stopping_waits_for_the_requests_that_are_being_answered(
    server: ThreadedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, stopped, seen = threading.Event(), threading.Event(), []

    def answer(request: Request) -> Response:
        asked.set()
        assert stopped.wait(20)
        seen.append("answered")
        return Response(200)

    def stop_programs() -> None:
        seen.append("programs stopped")
        stopped.set()

    monkeypatch.setattr(server.cloud, "handle", answer)
    monkeypatch.setattr(server.cloud, "stop_programs", stop_programs)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert asked.wait(20)
        server.stop()
    assert seen == ["programs stopped", "answered", "programs stopped"]


def test_endpoints_of_equal_names_have_addresses_of_their_own() -> None:
    other = Key("other", "secret", "9" * 16)
    cloud = FakeCloud(FakeSettings(keys=(other,)))
    places = [
        ("cn-hangzhou", Acs3(), "first"),
        ("cn-shanghai", Acs3(), "second"),
        ("cn-hangzhou", Acs3("other", "secret"), "third"),
    ]
    with ThreadedServer(cloud) as server, cloud.client() as client:
        urls = []
        for region, auth, note in places:
            api = Api(client, f"https://agentrun.{region}.aliyuncs.com", auth=auth)
            runtime_id = api.create(description=note)
            api.get(runtime_id)
            made = api.create_endpoint(runtime_id)
            urls.append(made["endpointPublicUrl"])
            api.get_endpoint(runtime_id, made["agentRuntimeEndpointId"])
        own = "/agent-runtimes/demo/endpoints/prod/invocations"
        assert urls == [
            f"{server.url}{own}",
            f"{server.url}/_at/1234567890123456/cn-shanghai{own}",
            f"{server.url}/_at/{'9' * 16}/cn-hangzhou{own}",
        ]
        cloud.calls.clear()
        for url in urls:
            assert httpx.get(f"{url}/more").status_code == 501
        absent = urls[2].replace("cn-hangzhou", "cn-beijing")
        assert httpx.get(absent).status_code == 404
    assert [(call.account_id, call.region) for call in cloud.calls][:3] == [
        ("1234567890123456", "cn-hangzhou"),
        ("1234567890123456", "cn-shanghai"),
        ("9" * 16, "cn-hangzhou"),
    ]
