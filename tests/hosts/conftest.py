"""The dynamic host, called as the `pulumi.dynamic` process calls it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pulumi.dynamic
import pytest
from agentrun_fake.clock import ManualClock
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_provider.holding import Holding
from agentrun_provider.hosts import sessions
from agentrun_provider.hosts.dynamic import KindProvider
from agentrun_provider.session import Session

Serve = Callable[[str], KindProvider]

CODE = {"src": "./code", "language": "python3.12", "command": ["python3", "app.py"]}
RUNTIME = {"name": "demo", "code": CODE, "owner": "x-pulumi-1-1", "__provider": "stamp"}


@pytest.fixture
def cloud() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud()) as server:
        yield server


@pytest.fixture(autouse=True)
def program_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/app.py").write_text("print('hello')\n")
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("AGENTRUN_", "ALIBABA_CLOUD_", "FC_")):
            monkeypatch.delenv(name)
    # The provider switches tracebacks off for its whole process.
    monkeypatch.setattr(sys, "tracebacklimit", 1000, raising=False)
    # Nor is its log taken down by anybody.
    log = logging.getLogger("agentrun_provider")
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setattr(log, "level", log.level)
    # Waiting takes no real time.
    monkeypatch.setattr("agentrun_provider.session.SystemClock", ManualClock)
    monkeypatch.setattr(sessions, "HOLDING", Holding())
    opened: dict[str, Session] = {}
    monkeypatch.setattr(sessions, "_SESSIONS", opened)
    yield
    for session in opened.values():
        session.client.close()


@pytest.fixture
def serve(cloud: ThreadedServer) -> Serve:
    def provider(kind: str, **config: str) -> KindProvider:
        raw = {
            "agentrun:region": "cn-hangzhou",
            "agentrun:accessKeyId": "testak",
            "agentrun:accessKeySecret": "testsecret",
            "agentrun:accountId": "1234567890123456",
            **{f"agentrun:{key}Endpoint": cloud.url for key in ("control", "fc", "oss", "sts")},
            **{f"agentrun:{key}": value for key, value in config.items()},
        }
        made = KindProvider(kind)
        request = pulumi.dynamic.ConfigureRequest(pulumi.dynamic.Config(raw, "project"))
        made.configure(request)
        return made

    return provider
