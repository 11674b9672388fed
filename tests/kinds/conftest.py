"""A kind driven as a host drives it, against the fake service, without sockets and real waiting."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from agentrun_fake.clock import ManualClock
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.settings import FakeSettings
from agentrun_provider.client import Client
from agentrun_provider.config import resolve
from agentrun_provider.credentials import provider_for
from agentrun_provider.diff import Change
from agentrun_provider.errors import AgentRunError
from agentrun_provider.kind import State, check, plan
from agentrun_provider.kinds import load
from agentrun_provider.session import Session

T = TypeVar("T")

ACCOUNT = "1234567890123456"
CODE = {"src": "./code", "language": "python3.12", "command": ["python3", "app.py"]}
STACK = "x-pulumi-0123456789"
RUNTIME = {"name": "demo", "code": CODE, "owner": f"{STACK}-aaaaaaaaaa"}


class Recorder(httpx.BaseTransport):
    """Notes the bodies of requests by operation on their way to the fake."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner
        self.bodies: list[tuple[str, Any]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        operation = request.headers.get("x-acs-action", "")
        self.bodies.append((operation, json.loads(content) if operation and content else None))
        return self.inner.handle_request(request)


@dataclass
class Stage:
    """A fake cloud, and a session of the provider that talks to it."""

    folder: Path
    clock: ManualClock = field(default_factory=ManualClock)
    progress: list[tuple[str, str]] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cloud = FakeCloud(FakeSettings(ready_ms=3000), clock=self.clock)
        self.recorder = Recorder(self.cloud.transport())
        self.session = self.fresh_session()

    def fresh_session(self) -> Session:
        """A session as a new provider process would have it."""
        config = {
            "agentrun:region": "cn-hangzhou",
            "agentrun:accountId": ACCOUNT,
            "agentrun:accessKeyId": "testak",
            "agentrun:accessKeySecret": "testsecret",
            **self.config,
        }
        settings = resolve(config, {})
        client = Client(
            settings,
            provider_for(settings),
            transport=self.recorder,
            rng=lambda: 0.5,
            sleep=self.clock.sleep,
        )
        return Session(
            settings,
            client=client,
            clock=self.clock,
            progress=lambda what, status, _: self.progress.append((what, status)),
            folder=self.folder,
        )

    def checked(self, kind: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """Complete inputs; problems fail the test."""
        result = check(load(kind), inputs, self.session)
        assert result.problems == []
        return result.inputs

    def create(self, kind: str, **inputs: Any) -> State:
        """Check and create."""
        found = load(kind)
        whole = self.checked(kind, inputs)
        return found.create(self.session, found.Inputs.model_validate(whole, by_name=True))

    def changes(self, kind: str, state: State, **inputs: Any) -> list[Change]:
        """What an `up` with these inputs would change."""
        return plan(load(kind), state.inputs, self.checked(kind, inputs))

    def update(self, kind: str, state: State, **inputs: Any) -> State:
        """Check and update in place."""
        found = load(kind)
        whole = self.checked(kind, inputs)
        assert not [c for c in plan(found, state.inputs, whole) if c.replaces]
        return found.update(self.session, state, found.Inputs.model_validate(whole, by_name=True))

    def read(self, kind: str, state: State) -> State | None:
        """Read the resource as a refresh does."""
        return load(kind).read(self.session, state)

    def delete(self, kind: str, state: State) -> None:
        """Delete the resource."""
        load(kind).delete(self.session, state)

    def converge(self, operation: Callable[[], T]) -> T:
        """What an `up` does, and if it fails the next one in a new provider process."""
        try:
            return operation()
        except AgentRunError:
            self.session = self.fresh_session()
            return operation()

    def body(self, operation: str) -> dict[str, Any]:
        """The body of the last call of an operation."""
        sent = [body for name, body in self.recorder.bodies if name == operation]
        assert sent, f"no {operation} was called"
        assert isinstance(sent[-1], dict)
        return sent[-1]

    def operations(self) -> list[str]:
        """Operations called since the last look."""
        found = self.cloud.calls.operations
        self.cloud.calls.clear()
        return found


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/app.py").write_text("print('hello')\n")
    return Stage(tmp_path)


@pytest.fixture
def runtime(stage: Stage) -> State:
    """A runtime that is ready; the calls that made it are not among those a test looks at."""
    state = stage.create("Runtime", **RUNTIME)
    stage.operations()
    return state
