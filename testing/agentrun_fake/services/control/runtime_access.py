"""Find, show and guard a runtime: what its own operations, versions and endpoints share."""

from __future__ import annotations

from typing import Any

from ... import machine
from ...errors import ServiceError
from ...machine import Event
from ...routing import Exchange
from ...store import Record
from .envelope import conflict, not_found
from .runtime_fields import show

KIND = "runtime"


def need(exchange: Exchange) -> Record:
    """The runtime that the path names.

    Raises:
        ServiceError: 404.
    """
    runtime_id = exchange.path["runtime_id"]
    record = exchange.cloud.store.get(exchange.scope, KIND, runtime_id)
    if record is None:
        exchange.mark["resource"] = f"{KIND}/{runtime_id}"
        raise absent(exchange, runtime_id)
    exchange.mark["resource"] = f"{KIND}/{record.name}"
    return record


def look(exchange: Exchange, record: Record) -> Record:
    """Look at a record as a read does.

    Raises:
        ServiceError: 404, its deletion ended with this look.
    """
    seen = exchange.cloud.lifecycle.observe(exchange.scope, record)
    if seen is None:
        raise absent(exchange, record.id)
    return seen


def shown(exchange: Exchange, record: Record) -> dict[str, Any]:
    """A runtime as replies show it."""
    cloud = exchange.cloud
    return show(exchange.scope, record, cloud.unverified, cloud.store.blobs)


def check_at_rest(exchange: Exchange, record: Record, what: str) -> None:
    """Refuse a write to a record whose state does not allow it.

    Raises:
        ServiceError: It is being changed, or has failed for good.
    """
    assumed = exchange.cloud.unverified
    failed = record.status in (machine.CREATE_FAILED, machine.UPDATE_FAILED)
    allowed = machine.next_state(record.status, Event.UPDATE) is not None
    if allowed and not (failed and not assumed.failed_can_update):
        return
    if assumed.busy_status == 0 and record.status in (machine.CREATING, machine.UPDATING):
        record.status, record.pending = machine.READY, None
        return
    word = record.kind.replace("_", " ")
    raise conflict(exchange, f"{word} {record.name} is {record.status} and can't {what}")


def absent(exchange: Exchange, runtime_id: str) -> ServiceError:
    """404 for a runtime."""
    return not_found(exchange, f"agent runtime {runtime_id}")
