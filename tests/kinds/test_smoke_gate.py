"""A version on trial is asked before traffic moves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from agentrun_provider.kind import State
from agentrun_provider.kinds.smoke_gate import SmokeFailed

from .conftest import CODE, Stage


class Agent(ThreadingHTTPServer):
    """Answers from a script and notes what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str]] = []
        self.asked: list[tuple[str, str, str]] = []
        agent = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                agent.asked.append((self.command, self.path, body))
                status, text = agent.answers.pop(0) if agent.answers else (200, "fine")
                self.send_response(status)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = _answer

            def log_message(self, format: str, *args: Any) -> None:
                """Keep the test's output clean."""

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def agent() -> Iterator[Agent]:
    server = Agent()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def endpoint(stage: Stage) -> State:
    runtime = stage.create("Runtime", name="demo", code=CODE)
    for _ in range(2):
        path = f"/agents/runtimes/{runtime.id}/versions"
        stage.session.client.call("PublishRuntimeVersion", "POST", path, body={})
    state = stage.create("RuntimeEndpoint", runtime_id=runtime.id, name="e", target_version="1")
    stage.operations()
    return state


def shifted(state: State, **smoke: Any) -> dict[str, Any]:
    base = {"runtime_id": state.inputs["runtime_id"], "name": "e"}
    return {**base, "target_version": "2", "smoke": smoke}


def test_a_good_answer_lets_the_traffic_move(stage: Stage, endpoint: State, agent: Agent) -> None:
    wanted = shifted(endpoint, url=agent.url, path="/health", expected_text="fine")
    stage.update("RuntimeEndpoint", endpoint, **wanted)
    assert agent.asked == [("GET", "/health", "")]
    assert stage.cloud.endpoints("demo")["e"]["targetVersion"] == "2"


@pytest.mark.parametrize(
    ("answer", "expected", "told"),
    [
        ((500, "no model"), {}, "status 500: no model"),
        ((200, "sorry"), {"expected_text": "fine"}, "'fine' is not in the answer: sorry"),
        ((200, "fine"), {"expected_status": 204}, "status 200: fine"),
    ],
)
def test_a_bad_answer_leaves_the_traffic_and_is_told(
    stage: Stage,
    endpoint: State,
    agent: Agent,
    answer: tuple[int, str],
    expected: dict[str, Any],
    told: str,
) -> None:
    agent.answers = [answer] * 3
    with pytest.raises(SmokeFailed) as failed:
        stage.update("RuntimeEndpoint", endpoint, **shifted(endpoint, url=agent.url, **expected))
    assert told in failed.value.one_line()
    assert "\n" not in failed.value.one_line()
    assert len(agent.asked) == 3
    assert stage.operations() == []


def test_it_is_tried_again_before_it_fails(stage: Stage, endpoint: State, agent: Agent) -> None:
    agent.answers = [(503, "starting"), (200, "fine")]
    stage.update("RuntimeEndpoint", endpoint, **shifted(endpoint, url=agent.url, body="{}"))
    assert [method for method, _, _ in agent.asked] == ["POST", "POST"]


def test_nobody_answering_is_told_too(stage: Stage, endpoint: State) -> None:
    with pytest.raises(SmokeFailed, match="no answer"):
        stage.update(
            "RuntimeEndpoint", endpoint, **shifted(endpoint, url="http://127.0.0.1:1", attempts=1)
        )


def test_a_change_that_moves_no_traffic_asks_nothing(
    stage: Stage, endpoint: State, agent: Agent
) -> None:
    wanted = shifted(endpoint, url=agent.url) | {"target_version": "1", "description": "x"}
    stage.update("RuntimeEndpoint", endpoint, **wanted)
    assert agent.asked == []
