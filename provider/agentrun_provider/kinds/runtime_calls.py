"""The calls of a runtime's life, each to its end: waited for, taken up again, tolerant of gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from ..adoption import differences, told
from ..client import path_segment
from ..errors import AlreadyExists, ConfigError, Conflict, NotFound, WaitTimedOut
from ..session import Session
from ..unverified import NETWORK_OF_A_NEW_RUNTIME, OWNER_TAG_PREFIX
from ..waiting import Deadline

T = TypeVar("T")

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
    *,
    adopt: bool = False,
    local_code: bool = False,
) -> str:
    """Create a runtime, or take up the one that an interrupted create of the same resource left.

    Args:
        session: Connection and clock.
        owner: Mark of the resource; without it only `adopt` finds anything.
        body: What to send.
        label: Its name for progress and errors.
        seconds: How long each wait may take.
        adopt: Whether to take over a runtime of somebody else that has the name.
        local_code: Whether the code comes from this machine.

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

    existing = find_by_name(session, name) if adopt else None
    if existing is not None and _status(existing) not in DEAD:
        return _adopt(session, existing, body, label, seconds, local_code=local_code)
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
    again = {key: value for key, value in whole.items() if key not in FIXED}
    write(session, runtime_id, again, label, seconds)
    return runtime_id


FIXED = ("agentRuntimeName", "artifactType", "credentialId", "resourceGroupId")


def adoption(
    body: Mapping[str, Any], live: Mapping[str, Any], *, local_code: bool = False
) -> dict[str, Any]:
    """The part of a body that a runtime does not hold yet.

    The mark of the owner alone is no reason for a write, and tags of others stay. A package is
    compared by its checksum: where that is the same it is not sent again. Nor is it where other
    tools sent theirs without one (`keeps_code`).
    """
    wanted = dict(body)
    code, held = wanted.get("codeConfiguration"), live.get("codeConfiguration") or {}
    kept = local_code and keeps_code(live)
    if code and (kept or code.get("checksum") == held.get("checksum")):
        sent = ("zipFile", "ossBucketName", "ossObjectName", *(["checksum"] if kept else []))
        wanted["codeConfiguration"] = {k: v for k, v in code.items() if k not in sent}
    container = wanted.get("containerConfiguration")
    if container:
        wanted["containerConfiguration"] = _comparable(container, live)
    changes = differences(wanted, live, ignored=(*FIXED, "systemTags", "armsConfiguration"))
    changes |= {name: body[name] for name in _PARTLY_COMPARED if name in changes}
    tags = [*(live.get("systemTags") or []), *(body.get("systemTags") or [])]
    missing = set(body.get("systemTags") or []) - set(live.get("systemTags") or [])
    if changes or any(not tag.startswith(OWNER_TAG_PREFIX) for tag in missing):
        changes["systemTags"] = list(dict.fromkeys(tags))
    return changes


_PARTLY_COMPARED = ("codeConfiguration", "containerConfiguration")


def _comparable(container: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """A container without the password of its registry, if the service holds that back."""
    held = live.get("containerConfiguration") or {}
    auth = ((held.get("registryConfig") or {}).get("authConfig")) or {}
    registry = dict(container.get("registryConfig") or {})
    if not registry.get("authConfig") or auth.get("password"):
        return dict(container)
    rest = {key: value for key, value in registry["authConfig"].items() if key != "password"}
    return {**container, "registryConfig": {**registry, "authConfig": rest}}


def keeps_code(live: Mapping[str, Any]) -> bool:
    """Whether a runtime has code of which the service tells no checksum.

    The Serverless Devs component sends none. Zips of the same folder differ between tools, so a
    local folder can't be compared with it. An adoption takes the folder for what is deployed, and
    says so; the next change of the folder is sent.
    """
    held = live.get("codeConfiguration") or {}
    return bool(held) and not held.get("checksum")


def told_adoption(
    body: Mapping[str, Any], live: Mapping[str, Any], *, local_code: bool = False
) -> str:
    """What an adoption does, in a line."""
    changes = adoption(body, live, local_code=local_code)
    line = f"adopts {live['agentRuntimeId']}, {told(changes, live)}"
    if local_code and keeps_code(live) and "codeConfiguration" not in changes:
        line += "; the folder is taken for the deployed code, and sent when it changes"
    return line


def _adopt(
    session: Session,
    live: Mapping[str, Any],
    body: dict[str, Any],
    label: str,
    seconds: float,
    *,
    local_code: bool,
) -> str:
    runtime_id = str(live["agentRuntimeId"])
    if live.get("artifactType") not in (None, body["artifactType"]):
        raise ConfigError(
            f"runtime {runtime_id} runs {live['artifactType']}, {body['artifactType']} is declared",
            "declare what it runs, or choose another name",
        )
    changes = adoption(body, live, local_code=local_code)
    session.progress(label, told_adoption(body, live, local_code=local_code), 0)
    if changes:
        write(session, runtime_id, changes, label, seconds)
    return runtime_id


def _foreign(session: Session, name: str, refusal: AlreadyExists) -> AlreadyExists:
    found = find_by_name(session, name)
    known = f" (runtime {found['agentRuntimeId']})" if found else ""
    return AlreadyExists(
        code=refusal.code,
        message=f"a runtime named {name} exists already{known} and was not made by this stack",
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
