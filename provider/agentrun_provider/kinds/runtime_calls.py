"""The calls of a runtime's life, each to its end: waited for, taken up again, tolerant of gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from ..client import path_segment
from ..errors import AlreadyExists, Conflict, NotFound, WaitTimedOut
from ..session import Session
from ..unverified import NETWORK_OF_A_NEW_RUNTIME
from ..waiting import Deadline

T = TypeVar("T")

PATH = "/agents/runtimes"

# Statuses of section 2.5. A status in neither set of a wait ends it with the service's reason.
BUSY = frozenset({"CREATING", "UPDATING"})
READY = frozenset({"READY"})
DEAD = frozenset({"CREATE_FAILED", "DELETE_FAILED", "DELETING"})
FAILED = frozenset({"UPDATE_FAILED", "FAILED"})
SETTLED = READY | DEAD | FAILED
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
    session: Session,
    runtime_id: str,
    label: str,
    limit: float | Deadline,
    tolerated: frozenset[str] = READY,
) -> dict[str, Any]:
    """Wait until a runtime is ready and return it.

    Args:
        session: Connection and clock.
        runtime_id: Which runtime.
        label: Its name for progress and errors.
        limit: How many seconds to wait at most, or until when.
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
        limit=limit,
    )
    assert live is not None, "a wait with a target ends with a reply"
    return live


def create_or_resume(
    session: Session,
    owner: str | None,
    body: dict[str, Any],
    label: str,
    seconds: float,
) -> str:
    """Create a runtime, or take up the one that an interrupted create of the same resource left.

    Args:
        session: Connection and clock.
        owner: Mark of the resource; without it none is taken up.
        body: What to send.
        label: Its name for progress and errors.
        seconds: How long each wait may take.

    Returns:
        The runtime's id.

    Raises:
        AlreadyExists: A runtime of somebody else has the name; the error has its id.
    """
    name = body["agentRuntimeName"]
    whole = {"networkConfiguration": NETWORK_OF_A_NEW_RUNTIME, **body}

    def ours() -> dict[str, Any] | None:
        found = find_by_name(session, name) if owner else None
        return found if found and owner in (found.get("systemTags") or []) else None

    def create() -> str:
        reply = session.client.create_once("CreateAgentRuntime", PATH, whole, find=ours)
        return str(reply["agentRuntimeId"])

    try:
        return create()
    except AlreadyExists as refusal:
        left = ours()
        if left is None:
            raise _foreign(session, name, owner, refusal) from refusal
    runtime_id = str(left["agentRuntimeId"])
    if _status(left) in DEAD:
        session.progress(label, f"replaces a {_status(left)} one: {_reason(left)}", 0)
        remove(session, runtime_id, label, seconds)
        return create()
    session.holding.take_over(f"Runtime/{runtime_id}")
    # The program may have changed since the interrupted create, so the whole of it is sent again.
    again = {key: value for key, value in whole.items() if key not in FIXED}
    write(session, runtime_id, again, label, seconds)
    return runtime_id


FIXED = ("agentRuntimeName", "artifactType", "credentialId", "resourceGroupId")


def _foreign(
    session: Session, name: str, owner: str | None, refusal: AlreadyExists
) -> AlreadyExists:
    found = find_by_name(session, name)
    known = f" (runtime {found['agentRuntimeId']})" if found else ""
    stack = str(owner or "").rpartition("-")[0]
    tags = (found or {}).get("systemTags") or []
    if stack and any(tag.rpartition("-")[0] == stack for tag in tags):
        whose = "was made by this stack for another resource (one that was renamed needs an alias)"
    else:
        whose = "was not made by this stack"
    return AlreadyExists(
        code=refusal.code,
        message=f"a runtime named {name} exists already{known} and {whose}",
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

    unless_busy(session, runtime_id, label, seconds, send)


def remove(
    session: Session, runtime_id: str, label: str, seconds: float, *, force: bool = False
) -> None:
    """Delete a runtime and wait until it is gone; one that is gone already is fine.

    Args:
        session: Connection and clock.
        runtime_id: Which runtime.
        label: Its name for progress and errors.
        seconds: How long to wait at most.
        force: Whether to end its sessions and remove the endpoints it still has.

    Raises:
        WaitFailed: The service could not delete it; the error has its reason.
        WaitTimedOut: It is still there.
    """
    deadline = Deadline.after(session.clock, seconds)

    def send() -> None:
        session.client.call("DeleteAgentRuntime", "DELETE", runtime_path(runtime_id))

    try:
        if force:
            _clear(session, runtime_id, label, seconds)
        unless_busy(session, runtime_id, label, deadline, send)
    except NotFound:
        return
    await_gone(session, runtime_id, label, deadline)


def _clear(session: Session, runtime_id: str, label: str, seconds: float) -> None:
    """End sessions, which only an update can ask for, and remove all endpoints."""
    write(session, runtime_id, {"forceEvictInstances": True}, label, seconds)
    await_ready(session, runtime_id, label, seconds, SETTLED)
    path = f"{runtime_path(runtime_id)}/endpoints"

    def endpoints() -> list[dict[str, Any]] | None:
        return list(session.client.paginate("ListAgentRuntimeEndpoints", path)) or None

    for endpoint in endpoints() or []:
        own = path_segment(str(endpoint["agentRuntimeEndpointId"]))
        with suppress(NotFound):
            session.client.call("DeleteAgentRuntimeEndpoint", "DELETE", f"{path}/{own}")
    session.wait(
        endpoints,
        what=f"endpoints of {label}",
        status=lambda left: _status(left[0]),
        reason=lambda left: _reason(left[0]),
        pending=LEAVING,
        target=(),
        limit=seconds,
    )


def await_gone(session: Session, runtime_id: str, label: str, limit: float | Deadline) -> None:
    """Wait until the service says that a runtime does not exist."""
    session.wait(
        lambda: find_by_id(session, runtime_id),
        what=label,
        status=_status,
        reason=_reason,
        pending=LEAVING,
        target=(),
        limit=limit,
    )


def unless_busy(
    session: Session,
    runtime_id: str,
    label: str,
    limit: float | Deadline,
    send: Callable[[], T],
) -> T:
    """Send a write; while the service says that the runtime is busy, wait and send it again.

    An endpoint that is busy itself is asked again as long as its runtime is at rest.

    Args:
        session: Connection and clock.
        runtime_id: The runtime that is written to.
        label: Its name for progress and errors.
        limit: How many seconds to try, or until when.
        send: Makes the call.

    Raises:
        WaitTimedOut: The runtime was busy all the time.
        Conflict: It is at rest in a state that forbids the write.
    """
    deadline = Deadline.after(session.clock, limit)
    while True:
        try:
            return send()
        except Conflict as busy:
            if session.clock.now() >= deadline.at:
                raise WaitTimedOut(label, "busy", deadline.seconds) from busy
            live = await_ready(session, runtime_id, label, deadline, SETTLED)
            if _status(live) not in READY:
                raise


def _status(live: Mapping[str, Any]) -> str:
    return str(live.get("status") or "")


def _reason(live: Mapping[str, Any]) -> str | None:
    return live.get("statusReason") or None
