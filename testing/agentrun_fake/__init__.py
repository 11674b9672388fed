"""A fake of the AgentRun service and of the services around it, for tests and offline work.

In a test, in process:

    cloud = FakeCloud()
    client = httpx.Client(transport=cloud.transport())

or over a port, for clients that bring their own HTTP library:

    with ThreadedServer(FakeCloud(FakeSettings(ready_ms=200))) as server:
        ...  # server.url

`FakeCloud` has the call log (`calls`), scripted failures (`faults`), the pace of passing states
(`pace`, `finish`), a look at what exists (`runtimes`, `endpoints`, `records`) and a way to change
it behind the client's back (`mutate`). The same is there over HTTP below `/_fake/`.
"""

from .clock import ManualClock, SystemClock
from .cloud import FakeCloud
from .faults import Fault
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
]
