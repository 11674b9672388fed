"""Versions of a runtime: fixed snapshots of its configuration (section 3)."""

from __future__ import annotations

import copy
from typing import Any

from ... import machine
from ...clock import iso_time
from ...routing import Exchange, Route
from ...schema import Field, Object, Text
from ...store import Record
from . import shapes
from .envelope import bad_request, body_of, not_found, page
from .runtime_access import need
from .runtime_fields import runtime_arn, show

KIND = "version"
SCHEMA = Object(
    (Field("description", shapes.DESCRIPTION, "C-G"), Field("publisher", Text(), "C--"))
)


def publish(exchange: Exchange) -> dict[str, Any]:
    """PublishRuntimeVersion: freezes the draft under the next number."""
    cloud = exchange.cloud
    runtime = need(exchange)
    body = body_of(exchange, SCHEMA, "create")
    if cloud.unverified.publish_needs_ready and runtime.status != machine.READY:
        raise bad_request("runtime must be in READY status to publish a version")
    last = _last(exchange, runtime)
    if last is not None and _frozen(runtime) == _frozen(last):
        if cloud.unverified.publish_unchanged == "refuse":
            raise bad_request(f"nothing changed since version {last.name}")
        if cloud.unverified.publish_unchanged == "same":
            return _shown(exchange, runtime, last)
    number = int(runtime.internal.get("versions", 0)) + 1
    runtime.internal["versions"] = number
    record = Record(
        KIND,
        f"{runtime.id}:{number}",
        str(number),
        copy.deepcopy(runtime.fields),
        runtime.created_at,
        cloud.clock.now(),
        parent=runtime.id,
        internal={
            **{key: value for key, value in runtime.internal.items() if key != "versions"},
            "declared": {key: value for key, value in body.items() if value not in (None, "")},
        },
    )
    cloud.store.add(exchange.scope, record)
    return _shown(exchange, runtime, record)


def list_all(exchange: Exchange) -> dict[str, Any]:
    """ListAgentRuntimeVersions: newest first."""
    runtime = need(exchange)
    found = [
        _shown(exchange, runtime, record)
        for record in reversed(exchange.cloud.store.all(exchange.scope, KIND, runtime.id))
    ]
    if exchange.cloud.unverified.list_holds_latest:
        name = exchange.cloud.unverified.latest_name
        found.insert(0, _entry(exchange, runtime, name, runtime.updated_at))
    return page(exchange, found)


def find(exchange: Exchange, runtime_id: str, number: str) -> Record | None:
    """A published version of a runtime."""
    return exchange.cloud.store.get(exchange.scope, KIND, f"{runtime_id}:{number}")


def shown_runtime(exchange: Exchange, runtime: Record, number: str) -> dict[str, Any]:
    """The runtime as it was when a version was published.

    Raises:
        ServiceError: 404, there is no such version.
    """
    version = find(exchange, runtime.id, number)
    if version is None:
        raise not_found(exchange, f"version {number} of agent runtime {runtime.id}")
    cloud = exchange.cloud
    whole = show(exchange.scope, version, cloud.unverified, cloud.store.blobs)
    return {
        **whole,
        "agentRuntimeId": runtime.id,
        "agentRuntimeArn": runtime_arn(exchange.scope, runtime),
        "agentRuntimeVersion": number,
    }


def _last(exchange: Exchange, runtime: Record) -> Record | None:
    found = exchange.cloud.store.all(exchange.scope, KIND, runtime.id)
    return found[-1] if found else None


def _frozen(record: Record) -> tuple[dict[str, Any], Any]:
    return record.fields, record.internal.get("package")


def _shown(exchange: Exchange, runtime: Record, version: Record) -> dict[str, Any]:
    declared = SCHEMA.returned(version.internal["declared"])
    return {**_entry(exchange, runtime, version.name, version.updated_at), **declared}


def _entry(exchange: Exchange, runtime: Record, name: str, moment: float) -> dict[str, Any]:
    return {
        "agentRuntimeVersion": name,
        "agentRuntimeId": runtime.id,
        "agentRuntimeName": runtime.name,
        "agentRuntimeArn": runtime_arn(exchange.scope, runtime),
        "lastUpdatedAt": iso_time(moment),
    }


ROUTES = (
    Route("POST", "/agents/runtimes/{runtime_id}/versions", "PublishRuntimeVersion", publish),
    Route("GET", "/agents/runtimes/{runtime_id}/versions", "ListAgentRuntimeVersions", list_all),
)
