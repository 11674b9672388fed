"""Fixtures of the unit tests: no sockets, no real time, nothing of the machine's environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from agentrun_provider.client import Client
from agentrun_provider.config import Settings
from agentrun_provider.credentials import Credentials
from pydantic import SecretStr

from .code_folders import put

MOMENT = datetime(2025, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
PATH = "/agents/runtimes"

Answer = httpx.Response | Exception
Reply = Callable[..., httpx.Response]
Connect = Callable[[Settings], Client]


class FakeClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.time += seconds


class ScriptedService:
    """Gives prepared answers in order, and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self._answers: list[Answer] = []

    def answers(self, *answers: Answer) -> None:
        self._answers += answers

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        assert self._answers, f"unexpected request: {request.method} {request.url}"
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def exhausted(self) -> bool:
        return not self._answers


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting, key or proxy of the machine reach a test."""
    for name in list(os.environ):
        if name.startswith(("AGENTRUN_", "ALIBABA_CLOUD_", "FC_")) or name.lower().endswith(
            "_proxy"
        ):
            monkeypatch.delenv(name)


@pytest.fixture
def settings() -> Settings:
    return Settings(
        region="cn-hangzhou",
        account_id="1234567890123456",
        access_key_id="testak",
        access_key_secret=SecretStr("testsecret"),
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def moment() -> datetime:
    """The time of the reference's test vectors."""
    return MOMENT


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    """A service that a test scripts; at the end it must have given all its answers."""
    scripted = ScriptedService()
    yield scripted
    assert scripted.exhausted, "the test expected more requests than were made"


@pytest.fixture
def make_client(
    service: ScriptedService, clock: FakeClock
) -> Iterator[Callable[[Settings], Client]]:
    """Connects to the scripted service with given settings; jitter is always half of the most."""
    made: list[Client] = []

    def make(settings: Settings) -> Client:
        client = Client(
            settings,
            lambda: Credentials("testak", "testsecret"),
            transport=httpx.MockTransport(service),
            clock=lambda: MOMENT,
            rng=lambda: 0.5,
            sleep=clock.sleep,
        )
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: Callable[[Settings], Client], settings: Settings) -> Client:
    return make_client(settings)


@pytest.fixture
def success() -> Callable[..., httpx.Response]:
    """Makes a reply of the control plane."""

    def make(data: Any = None, status: int = 200) -> httpx.Response:
        body = {"code": "SUCCESS", "requestId": "req-ok", "data": data}
        return httpx.Response(status, json=body)

    return make


@pytest.fixture
def failure() -> Callable[..., httpx.Response]:
    """Makes an error reply of the control plane."""

    def make(
        status: int, message: str = "no", code: str = "ERR_X", **headers: str
    ) -> httpx.Response:
        body = {"code": code, "message": message, "requestId": "req-1"}
        return httpx.Response(status, json=body, headers=headers)

    return make


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A code folder of two files."""
    root = tmp_path / "code"
    put(root, "app.py", "print('hi')")
    put(root, "lib/tool.py", "x = 1")
    return root
