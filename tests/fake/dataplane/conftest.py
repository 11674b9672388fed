"""What the tests of running programs share: packages, a program that tells what it gets, gates."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings, ManualClock, ThreadedServer

from ..conftest import Api

QUICKSTART = Path(__file__).parents[3] / "examples/quickstart/code"
SECONDS = 20

TELLS = '''
"""Tells what it gets. A gate is a port that it connects to, and waits until that is closed."""
import http.server, json, os, socket, sys, urllib.parse

def gate(port):
    with socket.create_connection(("127.0.0.1", int(port))) as there:
        there.recv(1)

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        path, _, query = self.path.partition("?")
        if path == "/gate":
            gate(query)
        elif path == "/print":
            print(urllib.parse.unquote(query))
        elif path == "/die":
            os._exit(3)
        elif path == "/short":
            self.send_response(200)
            self.send_header("content-length", "100")
            self.end_headers()
            self.wfile.write(b"too short")
            self.close_connection = True
            return
        elif path == "/stream":
            return self.stream(query)
        told = {
            "pid": os.getpid(), "method": self.command, "path": self.path, "body": body,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "environment": dict(os.environ), "arguments": sys.argv[1:], "folder": os.getcwd(),
        }
        data = json.dumps(told).encode()
        self.send_response(201 if path == "/made" else 200)
        self.send_header("content-length", str(len(data)))
        self.send_header("x-own", "kept")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def stream(self, query):
        port, _, end = query.partition("&")
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\\r\\nfirst\\r\\n")
        gate(port)
        if end == "die":
            os._exit(3)
        self.wfile.write(b"6\\r\\nsecond\\r\\n0\\r\\n\\r\\n")

    def log_message(self, *words):
        pass

    do_GET = do_POST = do_PUT = do_HEAD = answer

print("serving", os.environ.get("COLOUR", ""))
port = int(sys.argv[1] if sys.argv[1:] else os.environ["PORT"])
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
'''


def package(text: str = TELLS, **more: str) -> str:
    """A package of `app.py` and more Python files, in base64; `a__b` stands for `a/b`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {"app": text, **more}.items():
            archive.writestr(f"{name.replace('__', '/')}.py", content)
    return base64.b64encode(buffer.getvalue()).decode()


def code(zip_file: str, *command: str) -> dict[str, Any]:
    """Fields of a runtime of code; `containerConfiguration` is left out."""
    words = list(command or ("python3", "app.py"))
    configuration = {"language": "python3.12", "command": words, "zipFile": zip_file}
    return {
        "artifactType": "Code",
        "containerConfiguration": None,
        "codeConfiguration": configuration,
    }


def eventually(true: Callable[[], Any]) -> Any:
    """Wait for something that another process or thread brings about, and return it."""
    deadline, pause = time.monotonic() + SECONDS, threading.Event()
    while not (result := true()):
        assert time.monotonic() < deadline, "it did not happen in time"
        pause.wait(0.02)
    return result


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that is dead and not yet collected has."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 0)
            return False
        return True
    return state in "ZX"


class Gate:
    """Where calls wait: `passed` tells that one has come, `open` lets all go on."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(SECONDS)
        self._waiting: list[socket.socket] = []

    @property
    def port(self) -> int:
        return int(self._server.getsockname()[1])

    def wait_for_a_call(self) -> None:
        self._waiting.append(self._server.accept()[0])

    def open(self) -> None:
        while self._waiting:
            self._waiting.pop().close()

    def close(self) -> None:
        self.open()
        self._server.close()


@dataclass
class World:
    """A fake that runs programs, behind a port."""

    cloud: FakeCloud
    server: ThreadedServer
    client: httpx.Client
    api: Api = field(init=False)

    def __post_init__(self) -> None:
        self.api = Api(self.client, self.server.url)

    def deploy(
        self, zip_file: str, *command: str, endpoint: dict[str, Any] | None = None, **changes: Any
    ) -> str:
        """Make the runtime `demo` and its endpoint `prod`; returns the endpoint's URL."""
        self.runtime_id = self.api.create(**code(zip_file, *command), **changes)
        made = self.api.create_endpoint(self.runtime_id, **(endpoint or {}))
        self.endpoint_id = made["agentRuntimeEndpointId"]
        return str(made["endpointPublicUrl"])

    def tell(self, url: str, path: str = "/", **options: Any) -> dict[str, Any]:
        """What the program got."""
        reply = self.client.get(f"{url}{path}", **options)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def refusal(self, url: str, **options: Any) -> tuple[int, str, str]:
        reply = self.client.get(url, **options)
        assert set(reply.json()) == {"code", "message", "requestId"}
        return reply.status_code, reply.json()["code"], reply.json()["message"]

    def instances(self, **query: Any) -> list[dict[str, Any]]:
        """ListInstances of Function Compute."""
        fc = Api(self.client, self.server.url, version="2023-03-30")
        path = f"/functions/agentrun-{self.runtime_id}/instances"
        reply = fc.reply("ListInstances", "GET", path, **query)
        assert reply.status_code == 200, reply.text
        found: list[dict[str, Any]] = reply.json()["instances"]
        return found


HEALTH = {
    "httpGetUrl": "/health",
    "initialDelaySeconds": 0,
    "periodSeconds": 1,
    "failureThreshold": 1,
}


def settled(world: World, runtime_id: str) -> dict[str, Any]:
    """The runtime once its passing state is over."""

    def look() -> dict[str, Any] | None:
        found = world.api.get(runtime_id)
        return found if not found["status"].endswith("ING") else None

    return dict(eventually(look))


MakeWorld = Callable[..., World]


@pytest.fixture
def make_world() -> Iterator[MakeWorld]:
    """Makes fakes that run programs, of these settings."""
    with contextlib.ExitStack() as stack:

        def make(clock: ManualClock | None = None, **settings: Any) -> World:
            chosen = FakeSettings(**{"run": True, "start_seconds": SECONDS, **settings})
            server = stack.enter_context(ThreadedServer(FakeCloud(chosen, clock=clock)))
            client = stack.enter_context(httpx.Client(timeout=SECONDS))
            return World(server.cloud, server, client)

        yield make


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world()


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.close()


@pytest.fixture
def background(gate: Gate) -> Iterator[ThreadPoolExecutor]:
    """Threads for calls that wait; the gate opens before they are waited for."""
    with ThreadPoolExecutor(8) as pool:
        yield pool
        gate.open()
