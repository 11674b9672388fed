"""Runs deployed programs on this machine and sends them the calls of endpoints.

`Programs` is what the cloud and its services use. Below it, a `Revision` is what runs: a runtime's
draft or one of its versions; a `Splitter` decides which version a call goes to, a `Fleet` which
instance of it; `forward` hands the call over, and `prove` is the health check that decides whether
a runtime becomes READY.

Each instance is a process group of its own, on a free port that its environment tells it (see
`environment`). What an instance of the real service has and one here has not: its own network, file
system, user and memory limit, mounted storage, and the keys of its role.
"""

from .instance import Instance
from .programs import Programs

__all__ = ["Instance", "Programs"]
