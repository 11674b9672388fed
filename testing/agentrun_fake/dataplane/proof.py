"""The health check that decides whether a runtime becomes READY (`healthCheckConfiguration`)."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass

from .fleet import Fleet, Lease
from .ports import LOOPBACK
from .revision import Revision

_STARTING_SECONDS = 0.2
"""How often a program is asked during its initial delay."""


class Unhealthy(Exception):
    """The program runs, but its health check fails; the text tells why, with its last lines."""


@dataclass(frozen=True)
class _Check:
    """A health check with the defaults that the clients document (9.1)."""

    path: str
    initial_delay: float
    period: float
    timeout: float
    failures: int
    successes: int


def prove(fleet: Fleet, revision: Revision, most: int, stops: int) -> None:
    """Start an instance and ask for its health until that is decided. The instance stays.

    A check that succeeds during the initial delay counts, one that fails does not: nobody waits
    longer than the program needs.

    Args:
        fleet: Where it runs.
        revision: What is checked; it declares a health check.
        most: How many instances the runtime may have.
        stops: See `Fleet.lease`.

    Raises:
        StartFailed: The program does not come up.
        NoInstance: No instance may be started.
        Unhealthy: It failed as often as is declared.
    """
    check = _check_of(revision)
    lease = fleet.lease(revision, None, most, stops=stops)
    try:
        _ask(lease, check)
    finally:
        lease.release()


def _ask(lease: Lease, check: _Check) -> None:
    started, failed, passed = time.monotonic(), 0, 0
    pause = threading.Event()
    while True:
        problem = _problem(lease.instance.port, check)
        if problem is None:
            passed, failed = passed + 1, 0
        else:
            passed = 0
            failed += time.monotonic() - started >= check.initial_delay
        if passed >= check.successes:
            return
        if problem is not None and (failed >= check.failures or lease.instance.ended):
            lines = lease.instance.last_lines()
            text = f"the health check of {check.path} failed: {problem}"
            text += f"; the program's last lines:\n{lines}" if lines else ""
            raise Unhealthy(text + lease.instance.doubt_of(lines))
        starting = problem is not None and not failed
        pause.wait(min(check.period, _STARTING_SECONDS) if starting else check.period)


def _problem(port: int, check: _Check) -> str | None:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=check.timeout)
    try:
        connection.request("GET", check.path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
    return None if 200 <= status < 400 else f"status {status}"


def _check_of(revision: Revision) -> _Check:
    declared = revision.fields["healthCheckConfiguration"]
    path = declared["httpGetUrl"]
    return _Check(
        path=path if path.startswith("/") else f"/{path}",
        initial_delay=declared.get("initialDelaySeconds", 30),
        period=declared.get("periodSeconds", 30),
        timeout=declared.get("timeoutSeconds", 3),
        failures=declared.get("failureThreshold", 3),
        successes=declared.get("successThreshold", 1),
    )
