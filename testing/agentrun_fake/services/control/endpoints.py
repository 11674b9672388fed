"""Endpoints of a runtime (section 4)."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from ... import machine
from ...machine import Event
from ...routing import Exchange, Route
from ...schema import Field, Flag, ListOf, Number, Object, Text, merged
from ...store import Record
from ..dataplane import public_url
from . import shapes, versions
from .envelope import (
    already_exists,
    bad_request,
    body_of,
    invalid,
    matches_name,
    not_found,
    observed,
    page,
)
from .runtime_access import check_at_rest, need

KIND = "endpoint"
SCHEMA = Object(
    (
        Field("agentRuntimeEndpointName", Text(shapes.SHORT_NAME), required=True),
        Field("description", shapes.DESCRIPTION),
        Field("targetVersion", Text(r"LATEST|[1-9][0-9]*")),
        Field(
            "routingConfiguration",
            Object(
                (
                    Field(
                        "versionWeights",
                        ListOf(
                            Object(
                                (
                                    Field("version", Text(r"LATEST|[1-9][0-9]*"), required=True),
                                    Field("weight", Number(), required=True),
                                )
                            )
                        ),
                    ),
                )
            ),
        ),
        Field("disablePublicNetworkAccess", Flag()),
        Field("scalingConfig", shapes.SCALING, "CU-"),
        Field("deleteScalingConfig", Flag(), "-U-"),
    )
)


def create(exchange: Exchange) -> dict[str, Any]:
    """CreateAgentRuntimeEndpoint: needs the runtime READY, answers with CREATING."""
    runtime = need(exchange)
    body = body_of(exchange, SCHEMA, "create")
    name = body["agentRuntimeEndpointName"]
    exchange.mark["resource"] = f"{KIND}/{runtime.name}/{name}"
    if runtime.status != machine.READY:
        raise bad_request("runtime must be in READY status to create endpoints")
    if any(other.name == name for other in _of(exchange, runtime)):
        raise already_exists(exchange, f"endpoint {name} of agent runtime {runtime.name}")
    return _shown(exchange, runtime, add(exchange, runtime, body))


def add(exchange: Exchange, runtime: Record, body: Mapping[str, Any]) -> Record:
    """Make an endpoint from a checked body.

    Raises:
        ServiceError: 400, it names versions or weights that don't fit.
    """
    cloud = exchange.cloud
    fields = merged(SCHEMA, {}, body)
    fields.setdefault("targetVersion", "LATEST")
    _check_routing(exchange, runtime, fields)
    now = cloud.clock.now()
    record = Record(
        KIND,
        cloud.ids.uuid(),
        fields["agentRuntimeEndpointName"],
        fields,
        now,
        now,
        parent=runtime.id,
        status=machine.ABSENT,
    )
    cloud.lifecycle.begin(record, Event.CREATE, exchange.outcome)
    return cloud.store.add(exchange.scope, record)


def list_all(exchange: Exchange) -> dict[str, Any]:
    """ListAgentRuntimeEndpoints."""
    runtime = need(exchange)
    found = [
        record
        for record in _of(exchange, runtime)
        if matches_name(exchange, "endpointName", record.name)
    ]
    result = page(exchange, observed(exchange, found))
    result["items"] = [_shown(exchange, runtime, record) for record in result["items"]]
    return result


def get(exchange: Exchange) -> dict[str, Any]:
    """GetAgentRuntimeEndpoint."""
    runtime, record = _need(exchange)
    seen = exchange.cloud.lifecycle.observe(exchange.scope, record)
    if seen is None:
        raise _absent(exchange, record.id)
    return _shown(exchange, runtime, seen)


def update(exchange: Exchange) -> dict[str, Any]:
    """UpdateAgentRuntimeEndpoint: merges at the top level, answers with UPDATING."""
    cloud, assumed = exchange.cloud, exchange.cloud.unverified
    runtime, record = _need(exchange)
    body = body_of(exchange, SCHEMA, "update")
    if runtime.status != machine.READY:
        raise bad_request("runtime must be in READY status to update endpoints")
    check_at_rest(exchange, record, "be updated")
    body = _rename_handled(exchange, runtime, record, body)
    deep = assumed.merge == "deep"
    fields = merged(SCHEMA, record.fields, body, deep=deep, empty_clears=assumed.empty_clears)
    if fields.pop("deleteScalingConfig", False):
        fields.pop("scalingConfig", None)
    fields.setdefault("targetVersion", "LATEST")
    _check_routing(exchange, runtime, fields)
    cloud.lifecycle.begin(record, Event.UPDATE, exchange.outcome)
    record.fields, record.name = fields, fields["agentRuntimeEndpointName"]
    return _shown(exchange, runtime, record)


def delete(exchange: Exchange) -> dict[str, Any]:
    """DeleteAgentRuntimeEndpoint."""
    runtime, record = _need(exchange)
    exchange.cloud.lifecycle.begin(record, Event.DELETE, exchange.outcome)
    return {"agentRuntimeEndpointId": record.id, "agentRuntimeId": runtime.id}


def routing_problems(
    fields: Mapping[str, Any], known: set[str], whole: float, most: int | None
) -> Iterator[str]:
    """What is wrong with an endpoint's target and weights (section 4.4).

    Args:
        fields: The endpoint's fields.
        known: Versions that exist, with LATEST.
        whole: Weight that stands for all traffic.
        most: Most canaries; None for any number.
    """
    target = fields["targetVersion"]
    if target not in known:
        yield f"targetVersion: version {target} does not exist"
    entries = fields.get("routingConfiguration", {}).get("versionWeights", [])
    path = "routingConfiguration.versionWeights"
    if most is not None and len(entries) > most:
        yield f"{path} must have at most {most} entries"
    for index, entry in enumerate(entries):
        if entry["version"] not in known:
            yield f"{path}[{index}].version: version {entry['version']} does not exist"
        if not 0 <= entry["weight"] <= whole:
            yield f"{path}[{index}].weight must be from 0 to {whole}, not {entry['weight']}"
    if len({entry["version"] for entry in entries}) < len(entries):
        yield f"{path} names a version twice"
    if sum(entry["weight"] for entry in entries) > whole + 1e-9:
        yield f"{path}: the weights must not sum to more than {whole}"


def _check_routing(exchange: Exchange, runtime: Record, fields: Mapping[str, Any]) -> None:
    assumed = exchange.cloud.unverified
    published = exchange.cloud.store.all(exchange.scope, versions.KIND, runtime.id)
    known = {"LATEST", *(version.name for version in published)}
    problems = list(routing_problems(fields, known, assumed.weight_unit, assumed.max_canaries))
    if problems:
        raise invalid(*problems)


def _rename_handled(
    exchange: Exchange, runtime: Record, record: Record, body: dict[str, Any]
) -> dict[str, Any]:
    name = body.get("agentRuntimeEndpointName")
    mode = exchange.cloud.unverified.rename_on_put
    if name in (None, record.name):
        return body
    if mode == "refuse":
        raise invalid("agentRuntimeEndpointName can't be changed")
    if mode == "ignore":
        return {key: value for key, value in body.items() if key != "agentRuntimeEndpointName"}
    if any(other.name == name for other in _of(exchange, runtime)):
        raise already_exists(exchange, f"endpoint {name} of agent runtime {runtime.name}")
    return body


def _of(exchange: Exchange, runtime: Record) -> list[Record]:
    return exchange.cloud.store.all(exchange.scope, KIND, runtime.id)


def _need(exchange: Exchange) -> tuple[Record, Record]:
    runtime = need(exchange)
    endpoint_id = exchange.path["endpoint_id"]
    record = exchange.cloud.store.get(exchange.scope, KIND, endpoint_id)
    if record is None or record.parent != runtime.id:
        raise _absent(exchange, endpoint_id)
    exchange.mark["resource"] = f"{KIND}/{runtime.name}/{record.name}"
    return runtime, record


def _absent(exchange: Exchange, endpoint_id: str) -> Exception:
    return not_found(exchange, f"agent runtime endpoint {endpoint_id}")


def _shown(exchange: Exchange, runtime: Record, record: Record) -> dict[str, Any]:
    scope, cloud = exchange.scope, exchange.cloud
    result: dict[str, Any] = {
        **SCHEMA.returned(copy.deepcopy(record.fields)),
        "agentRuntimeId": runtime.id,
        "agentRuntimeEndpointId": record.id,
        "agentRuntimeEndpointArn": (
            f"acs:agentrun:{scope.region}:{scope.account_id}:runtime-endpoints/{record.id}"
        ),
        "status": record.status,
    }
    if record.reason:
        result["statusReason"] = record.reason
    if record.status != machine.CREATING or cloud.unverified.url_while_creating:
        url = public_url(cloud, scope, runtime.name, record.name)
        result["endpointPublicUrl"] = url
    scaling = record.fields.get("scalingConfig")
    if scaling:
        result["scalingStatus"] = _scaling_status(exchange, runtime, record)
    return result


def _scaling_status(exchange: Exchange, runtime: Record, record: Record) -> dict[str, Any]:
    """What is declared, and how much of it runs; without programs, that is all once it is READY."""
    cloud, ready = exchange.cloud, record.status == machine.READY
    status = shapes.scaling_status(record.fields["scalingConfig"], ready=ready)
    if cloud.settings.run:
        status["currentInstances"], trouble = cloud.programs.kept(exchange.scope, runtime, record)
        if trouble:
            status["currentError"] = trouble
    return status


ROUTES = tuple(
    Route(method, f"/agents/runtimes/{{runtime_id}}/endpoints{rest}", operation, handler)
    for method, rest, operation, handler in (
        ("POST", "", "CreateAgentRuntimeEndpoint", create),
        ("GET", "", "ListAgentRuntimeEndpoints", list_all),
        ("GET", "/{endpoint_id}", "GetAgentRuntimeEndpoint", get),
        ("PUT", "/{endpoint_id}", "UpdateAgentRuntimeEndpoint", update),
        ("DELETE", "/{endpoint_id}", "DeleteAgentRuntimeEndpoint", delete),
    )
)
