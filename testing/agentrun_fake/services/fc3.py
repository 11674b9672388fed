"""Function Compute 3.0: concurrency, instances, code and domains of runtimes (section 5).

Each runtime is a function named `agentrun-{runtime id}`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..errors import ServiceError
from ..http import Request, Response, json_response
from ..keyring import Refused
from ..refusals import acs3_refusal
from ..routing import Exchange, Route
from ..schema import Field, Number, Object
from ..settings import Key
from ..store import Record, Scope
from ..verification import verify_acs3
from . import fc3_code, fc3_exec
from .control import check_action
from .fc3_domains import ROUTES as DOMAIN_ROUTES
from .fc3_requests import body_of, limit_of, moment_of

if TYPE_CHECKING:
    from ..cloud import FakeCloud
    from ..dataplane import Instance

VERSION = "2023-03-30"
KIND = "concurrency"
FUNCTION_PREFIX = "agentrun-"
SCHEMA = Object((Field("reservedConcurrency", Number(0, whole=True), required=True),))
_HOST = re.compile(
    r"(?:fcv3\.(?P<region>[a-z0-9-]+)|[0-9]+\.(?P<other>[a-z0-9-]+)\.fc)\.aliyuncs\.com"
)


def put(exchange: Exchange) -> dict[str, Any]:
    """PutConcurrencyConfig."""
    runtime = _runtime(exchange)
    body = body_of(exchange, "create", SCHEMA)
    now = exchange.cloud.clock.now()
    owner = runtime.id if exchange.cloud.unverified.concurrency_dies_with_runtime else None
    # By the function's name: under the runtime's id, what belongs to the runtime would go with it.
    name = _function(exchange)
    record = Record(KIND, name, name, body, now, now, parent=owner)
    exchange.cloud.store.add(exchange.scope, record)
    return _shown(exchange.scope, record)


def get(exchange: Exchange) -> dict[str, Any]:
    """GetConcurrencyConfig: 404 `OnDemandConfigNotFound` if none is set."""
    return _shown(exchange.scope, _need(exchange))


def delete(exchange: Exchange) -> Response:
    """DeleteConcurrencyConfig: an empty reply."""
    exchange.cloud.store.remove(exchange.scope, _need(exchange))
    return Response(204, headers=(("x-fc-request-id", exchange.request_id),))


def list_all(exchange: Exchange) -> dict[str, Any]:
    """ListConcurrencyConfigs, in pages told by a token."""
    params = exchange.request.params
    wanted = params.get("functionName", "")
    found = sorted(
        (
            record
            for record in exchange.cloud.store.all(exchange.scope, KIND)
            if record.name > params.get("nextToken", "") and wanted in ("", record.name)
        ),
        key=lambda record: record.name,
    )
    limit = limit_of(params, default=20, most=100)
    shown, rest = found[:limit], found[limit:]
    result: dict[str, Any] = {"configs": [_shown(exchange.scope, record) for record in shown]}
    if rest:
        result["nextToken"] = shown[-1].name
    return result


def instances(exchange: Exchange) -> dict[str, Any]:
    """ListInstances: what runs on this machine for the function, oldest first."""
    runtime, params = _runtime(exchange), exchange.request.params
    wanted = {part for part in params.get("instanceIds", "").split(",") if part}
    statuses = {part for part in params.get("instanceStatus", "").split(",") if part}
    begin, end = moment_of(params, "startTimeMs"), moment_of(params, "endTimeMs")
    past = begin is not None or end is not None or bool(wanted) or "Destroyed" in statuses
    found = [
        _instance(item)
        for item in exchange.cloud.programs.instances(runtime.id, ended=past)
        if params.get("qualifier", item.revision.version) == item.revision.version
        and (not wanted or item.id in wanted)
        and (not statuses or item.status in statuses)
        and (end is None or item.created_at * 1000 <= end)
        and (begin is None or item.destroyed_at is None or item.destroyed_at * 1000 >= begin)
    ]
    start = params.get("startKey", "")
    ids = [item["instanceId"] for item in found]
    if start in ids:
        found = found[ids.index(start) + 1 :]
    limit = limit_of(params, default=1000, most=1000)
    return {"instances": found[:limit], "requestId": exchange.request_id}


def code(exchange: Exchange) -> dict[str, Any]:
    """GetFunctionCode: where the package can be fetched (see `fc3_code`)."""
    return fc3_code.tell(exchange, _runtime(exchange))


def run_in_instance(exchange: Exchange) -> Response:
    """InstanceExec: a command in one of the instances (see `fc3_exec`)."""
    return fc3_exec.run(exchange, _runtime(exchange))


def _instance(item: Instance) -> dict[str, Any]:
    shown = {
        "instanceId": item.id,
        "versionId": item.revision.version_id,
        "qualifier": item.revision.version,
        "status": item.status,
        "createdTimeMs": int(item.created_at * 1000),
        "resourceType": "cpu",
    }
    if item.destroyed_at is not None:
        shown["destroyedTimeMs"] = int(item.destroyed_at * 1000)
    return shown


def _function(exchange: Exchange) -> str:
    name = exchange.path["function"]
    exchange.mark["resource"] = f"function/{name}"
    return name


def _runtime(exchange: Exchange) -> Record:
    name = _function(exchange)
    runtime_id = name.removeprefix(FUNCTION_PREFIX)
    record = exchange.cloud.store.get(exchange.scope, "runtime", runtime_id)
    if record is None or runtime_id == name:
        raise ServiceError(404, "FunctionNotFound", f"function {name} does not exist")
    return record


def _need(exchange: Exchange) -> Record:
    _runtime(exchange)
    record = exchange.cloud.store.get(exchange.scope, KIND, _function(exchange))
    if record is None:
        text = f"no concurrency config of function {_function(exchange)} exists"
        raise ServiceError(404, "OnDemandConfigNotFound", text)
    return record


def _shown(scope: Scope, record: Record) -> dict[str, Any]:
    arn = f"acs:fc:{scope.region}:{scope.account_id}:functions/{record.name}"
    return {"functionArn": arn, **record.fields}


class FunctionCompute3:
    """The API of 2023."""

    name = "fc3"
    routes: tuple[Route, ...] = (
        Route("PUT", "/functions/{function}/concurrency", "PutConcurrencyConfig", put),
        Route("GET", "/functions/{function}/concurrency", "GetConcurrencyConfig", get),
        Route("DELETE", "/functions/{function}/concurrency", "DeleteConcurrencyConfig", delete),
        Route("GET", "/concurrency-configs", "ListConcurrencyConfigs", list_all),
        Route("GET", "/functions/{function}/instances", "ListInstances", instances),
        Route("GET", "/functions/{function}/code", "GetFunctionCode", code),
        Route(
            "GET",
            "/functions/{function}/instances/{instance}/exec",
            fc3_exec.OPERATION,
            run_in_instance,
        ),
        *DOMAIN_ROUTES,
    )

    def claims(self, request: Request, cloud: FakeCloud) -> bool:
        """Told by the version at the beginning of the path."""
        return request.path.startswith(f"/{VERSION}/")

    def segments(self, request: Request) -> list[str]:
        """The path after the version."""
        return request.segments[1:]

    def region(self, request: Request) -> str | None:
        """Named by either form of the host."""
        match = _HOST.fullmatch(request.host)
        return (match["region"] or match["other"]) if match else None

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """By ACS3-HMAC-SHA256; commands in instances also as of 2016."""
        key = fc3_exec.signed_as_of_2016(request, cloud)
        return key or verify_acs3(request, cloud.keys, cloud.signing_clock.now())

    def refusal(self, refused: Refused) -> ServiceError:
        """The gateway's codes."""
        return acs3_refusal(refused)

    def authorize(self, exchange: Exchange) -> None:
        """The headers must name the operation; keys of the upload bucket are good for nothing."""
        # The scheme of 2016 has no headers that name the operation.
        if not exchange.request.header("authorization").startswith("FC "):
            check_action(exchange, VERSION)
        key = exchange.principal.key
        if key is not None and key.only:
            raise ServiceError(403, "AccessDenied", "the caller is not authorized")

    def answer(self, exchange: Exchange, result: Any) -> Response:
        """Plain JSON, no envelope."""
        return json_response(200, result, [("x-fc-request-id", exchange.request_id)])

    def refuse(self, error: ServiceError, request_id: str, scope: Scope | None) -> Response:
        """The API's own error body."""
        body: dict[str, Any] = {
            "Code": error.code,
            "Message": error.message,
            "RequestId": request_id,
        }
        if error.denied is not None:
            detail = {name[0].upper() + name[1:]: value for name, value in error.denied.items()}
            body["AccessDeniedDetail"] = detail
        return json_response(error.status, body, error.headers)
