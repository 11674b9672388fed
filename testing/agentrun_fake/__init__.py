"""A fake of the AgentRun service and of the services around it, for tests and offline work.

In a test, in process, for all that is sent by httpx or requests:

    @mock_agentrun
    def test_it() -> None: ...

or the same as the pytest fixture `agentrun_cloud`; for one client only:

    client = httpx.Client(transport=FakeCloud().transport())

or over a port, for clients that bring their own HTTP library:

    with ThreadedServer(FakeCloud(FakeSettings(ready_ms=200))) as server:
        ...  # server.url

`FakeCloud` has the call log (`calls`), scripted failures (`faults`), the pace of passing states
(`pace`, `finish`), a look at what exists (`runtimes`, `endpoints`, `records`) and a way to change
it behind the client's back (`mutate`). The same is there over HTTP below `/_fake/`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clock import ManualClock, SystemClock
    from .cloud import FakeCloud
    from .faults import Fault
    from .mocking import mock_agentrun
    from .server import ThreadedServer
    from .settings import FakeSettings, Key
    from .store import Scope
    from .unverified import Unverified

__all__ = [
    "FakeCloud",
    "FakeSettings",
    "Fault",
    "Key",
    "ManualClock",
    "Scope",
    "SystemClock",
    "ThreadedServer",
    "Unverified",
    "mock_agentrun",
]

# pytest imports this package at each start for its plugin; the rest only when it is used.
_HOMES = {
    "FakeCloud": "cloud",
    "FakeSettings": "settings",
    "Fault": "faults",
    "Key": "settings",
    "ManualClock": "clock",
    "Scope": "store",
    "SystemClock": "clock",
    "ThreadedServer": "server",
    "Unverified": "unverified",
    "mock_agentrun": "mocking",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
