"""The instances that a runtime runs at the moment (reference 5.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .client import path_segment
from .session import Session

_PER_PAGE = 100


@dataclass(frozen=True)
class RuntimeInstance:
    """One instance.

    Attributes:
        id: Its id, e.g. `c-64fec1fc-27c4833c-325445879a28`.
        version: The version that it runs; LATEST for the draft.
        status: E.g. `Running`.
        created_at: When it was started, in seconds since 1970; 0 if that is not told.
        destroyed_at: When it ended; None while it lives.
        raw: All that the service tells.
    """

    id: str
    version: str
    status: str
    created_at: float
    destroyed_at: float | None
    raw: Mapping[str, Any]


def list_instances(
    session: Session, runtime_id: str, *, version: str | None = None, instance_id: str | None = None
) -> list[RuntimeInstance]:
    """Instances of a runtime, oldest first.

    Args:
        session: Connection.
        runtime_id: The runtime.
        version: Only those of this version.
        instance_id: Only this one, whether it lives or not.

    Raises:
        NotFound: There is no such runtime.
    """
    path = f"/functions/{path_segment(f'agentrun-{runtime_id}')}/instances"
    query: dict[str, object] = {"limit": _PER_PAGE, "qualifier": version}
    query |= {"instanceIds": instance_id} if instance_id else {"withAllActive": "true"}
    found = [_instance(item) for item in _pages(session, path, query)]
    return sorted(found, key=lambda item: item.created_at)


def _pages(session: Session, path: str, query: dict[str, object]) -> Iterator[dict[str, Any]]:
    start: str | None = None
    while True:
        asked = {**query, "startKey": start}
        reply = session.client.call_fcv3("ListInstances", "GET", path, query=asked) or {}
        items = reply.get("instances") or []
        yield from items
        if len(items) < _PER_PAGE or items[-1].get("instanceId") == start:
            return
        start = items[-1]["instanceId"]


def _instance(item: Mapping[str, Any]) -> RuntimeInstance:
    number = str(item.get("versionId") or "")
    ended = item.get("destroyedTimeMs")
    return RuntimeInstance(
        id=str(item.get("instanceId") or ""),
        # By its number 0 is the draft.
        version=str(item.get("qualifier") or ("LATEST" if number in ("", "0") else number)),
        status=str(item.get("status") or ""),
        created_at=float(item.get("createdTimeMs") or 0) / 1000,
        destroyed_at=float(ended) / 1000 if ended else None,
        raw=dict(item),
    )
