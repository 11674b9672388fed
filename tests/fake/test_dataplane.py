"""Calls to endpoints reach the deployed program."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings, ThreadedServer

from .conftest import Api, runtime

QUICKSTART = Path(__file__).parents[2] / "examples/quickstart/code"
CHAT = "/openai/v1/chat/completions"
HELLO = {"messages": [{"role": "user", "content": "hello you"}]}


def package(**files: str) -> str:
    """A package in base64; `a__b` stands for the file `a/b`, all are Python files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name.replace('__', '/')}.py", text)
    return base64.b64encode(buffer.getvalue()).decode()


def code(zip_file: str, *command: str) -> dict[str, Any]:
    """What changes a container runtime into one of code."""
    configuration = {
        "language": "python3.12",
        "command": list(command or ("python3", "app.py")),
        "zipFile": zip_file,
    }
    return {
        "artifactType": "Code",
        "containerConfiguration": None,
        "codeConfiguration": configuration,
    }


def quickstart() -> str:
    return package(app=(QUICKSTART / "app.py").read_text())


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud(FakeSettings(run=True, start_seconds=20))) as running:
        yield running


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30) as client:
        yield client


@pytest.fixture
def api(server: ThreadedServer, client: httpx.Client) -> Api:
    return Api(client, server.url)


Deploy = Callable[..., str]


@pytest.fixture
def deploy(api: Api) -> Deploy:
    """Deploy a package behind an endpoint of LATEST, and return the endpoint's URL."""

    def deployed(zip_file: str, *command: str, name: str = "demo", **changes: Any) -> str:
        runtime_id = api.create(name, **code(zip_file, *command), **changes)
        return str(api.create_endpoint(runtime_id)["endpointPublicUrl"])

    return deployed


def test_the_quickstart_answers_through_the_endpoint(deploy: Deploy, client: httpx.Client) -> None:
    url = deploy(quickstart(), environmentVariables={"ENVIRONMENT": "dev"})
    reply = client.post(f"{url}{CHAT}", json=HELLO)
    assert reply.status_code == 200, reply.text
    assert reply.json()["choices"][0]["message"]["content"] == "The dev agent heard: hello you"
    assert client.get(f"{url}/health").json() == {"status": "ok", "environment": "dev"}
    assert client.get(f"{url}/nothing").status_code == 404


def test_a_streamed_answer_comes_in_parts(deploy: Deploy, client: httpx.Client) -> None:
    url = deploy(quickstart())
    with client.stream("POST", f"{url}{CHAT}", json={**HELLO, "stream": True}) as reply:
        assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
        events = [line.removeprefix("data: ") for line in reply.iter_lines() if line]
    assert events[-1] == "[DONE]"
    deltas = [json.loads(event)["choices"][0]["delta"] for event in events[:-1]]
    assert (
        "".join(delta.get("content", "") for delta in deltas) == "The local agent heard: hello you "
    )
    assert "" not in events
