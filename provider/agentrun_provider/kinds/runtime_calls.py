"""The calls of a runtime's life, each to its end: waited for, taken up again, tolerant of gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..client import path_segment
from ..errors import AlreadyExists, Conflict, NotFound, WaitTimedOut
from ..session import Session

PATH = "/agents/runtimes"

# Statuses of section 2.5. A status in neither set of a wait ends it with the service's reason.
BUSY = frozenset({"CREATING", "UPDATING"})
READY = frozenset({"READY"})
DEAD = frozenset({"CREATE_FAILED", "DELETE_FAILED", "DELETING"})
SETTLED = READY | DEAD | {"UPDATE_FAILED", "FAILED"}
# What may still be seen for a moment after a delete was accepted.
LEAVING = BUSY | READY | {"DELETING", "CREATE_FAILED", "UPDATE_FAILED", "FAILED"}


def runtime_path(runtime_id: str) -> str:
    """Path of one runtime."""
    return f"{PATH}/{path_segment(runtime_id)}"


def find_by_id(session: Session, runtime_id: str) -> dict[str, Any] | None:
    """Get a runtime; None only if the service says that it does not exist."""
    try:
        found: dict[str, Any] = session.client.call(
            "GetAgentRuntime", "GET", runtime_path(runtime_id)
        )
    except NotFound:
        return None
    return found


def find_by_name(session: Session, name: str) -> dict[str, Any] | None:
    """Look a runtime up by its exact name, in all workspaces that can be seen."""
    query = {"agentRuntimeName": name, "searchMode": "exact"}
    for item in session.client.paginate("ListAgentRuntimes", PATH, query):
        if item.get("agentRuntimeName") == name:
            return item
    return None


def await_ready(
    session: Session, runtime_id: str, label: str, seconds: float, tolerated: frozenset[str] = READY
) -> dict[str, Any]:
    """Wait until a runtime is ready and return it.

    Args:
        session: Connection and clock.
        runtime_id: Which runtime.
        label: Its name for progress and errors.
        seconds: How long to wait at most.
        tolerated: Statuses that end the wait without error.

    Raises:
        WaitFailed: The service gave up; the error has its reason.
        WaitTimedOut: The runtime is still busy.
        NotFound: The runtime went away meanwhile.
    """
    live = session.wait(
        lambda: find_by_id(session, runtime_id),
        what=label,
        status=_status,
        reason=_reason,
        pending=BUSY,
        target=tolerated,
        timeout_seconds=seconds,
    )
    assert live is not None, "a wait with a target ends with a reply"
    return live


def create_or_resume(
    session: Session, owner: str | None, body: dict[str, Any], label: str, seconds: float
) -> str:
    """Create a runtime, or take up the one that an interrupted create of the same resource left.

    Returns:
        The runtime's id.

    Raises:
        AlreadyExists: A runtime of somebody else has the name; the error has its id.
    """
    name = body["agentRuntimeName"]

    def ours() -> dict[str, Any] | None:
        found = find_by_name(session, name) if owner else None
        return found if found and owner in (found.get("systemTags") or []) else None

    def create() -> str:
        reply = session.client.create_once("CreateAgentRuntime", PATH, body, find=ours)
        return str(reply["agentRuntimeId"])

    try:
        return create()
    except AlreadyExists as refusal:
        left = ours()
        if left is None:
            raise _foreign(session, name, refusal) from refusal
    runtime_id = str(left["agentRuntimeId"])
    if _status(left) in DEAD:
        session.progress(label, f"replaces a {_status(left)} one: {_reason(left)}", 0)
        remove(session, runtime_id, label, seconds)
        return create()
    # The program may have changed since the interrupted create, so the whole of it is sent again.
    again = {k: v for k, v in body.items() if k not in _FIXED}
    write(session, runtime_id, again, label, seconds)
    return runtime_id


_FIXED = ("agentRuntimeName", "artifactType", "credentialId", "resourceGroupId")


def _foreign(session: Session, name: str, refusal: AlreadyExists) -> AlreadyExists:
    found = find_by_name(session, name)
    known = f" (runtime {found['agentRuntimeId']})" if found else ""
    return AlreadyExists(
        code=refusal.code,
        message=f"a runtime named {name} exists already{known} and was not made by this stack: "
        "choose another name, or remove it first",
        status=refusal.status,
        request_id=refusal.request_id,
        operation=refusal.operation,
    )


def write(
    session: Session, runtime_id: str, body: dict[str, Any], label: str, seconds: float
) -> None:
    """Send an update; while the service says that the runtime is busy, wait and send it again.

    Raises:
        WaitTimedOut: The runtime was busy all the time.
    """

    def send() -> None:
        session.client.call("UpdateAgentRuntime", "PUT", runtime_path(runtime_id), body=body)

    _unless_busy(session, runtime_id, label, seconds, send)


def remove(session: Session, runtime_id: str, label: str, seconds: float) -> None:
    """Delete a runtime and wait until it is gone; one that is gone already is fine.

    Raises:
        WaitFailed: The service could not delete it; the error has its reason.
        WaitTimedOut: It is still there.
    """
    deadline = session.clock.now() + seconds

    def send() -> None:
        session.client.call("DeleteAgentRuntime", "DELETE", runtime_path(runtime_id))

    try:
        _unless_busy(session, runtime_id, label, seconds, send)
    except NotFound:
        return
    await_gone(session, runtime_id, label, max(1.0, deadline - session.clock.now()))


def await_gone(session: Session, runtime_id: str, label: str, seconds: float) -> None:
    """Wait until the service says that a runtime does not exist."""
    session.wait(
        lambda: find_by_id(session, runtime_id),
        what=label,
        status=_status,
        reason=_reason,
        pending=LEAVING,
        target=(),
        timeout_seconds=seconds,
    )


def _unless_busy(
    session: Session,
    runtime_id: str,
    label: str,
    seconds: float,
    send: Callable[[], None],
) -> None:
    deadline = session.clock.now() + seconds
    while True:
        try:
            send()
            return
        except Conflict as busy:
            left = deadline - session.clock.now()
            if left <= 0:
                raise WaitTimedOut(label, busy.message, seconds) from busy
            live = await_ready(session, runtime_id, label, left, SETTLED)
            if _status(live) not in READY:
                raise


def _status(live: Mapping[str, Any]) -> str:
    return str(live.get("status") or "")


def _reason(live: Mapping[str, Any]) -> str | None:
    return live.get("statusReason") or None
