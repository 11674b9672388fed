"""Log service: projects, logstores, indexes and reading of lines (section 7).

The project is the first label of the Host header, also before an IP address; requests without one
are about projects themselves.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .. import keyring, log_store
from ..errors import ServiceError
from ..http import Request, Response, json_response, read_json
from ..keyring import Refused
from ..routing import Exchange, Route
from ..schema import Field, Number, Object, Text, check
from ..settings import Key
from ..signatures import scoped
from ..store import Record, Scope
from ..verification import verify_sls, verify_sls4
from . import sls_query

if TYPE_CHECKING:
    from ..cloud import FakeCloud

PROJECT = "log_project"
LOGSTORE = log_store.KIND
_HOST = re.compile(r"(?:(?P<project>[a-z0-9-]+)\.)?(?P<region>[a-z0-9-]+)\.log\.aliyuncs\.com")
_BARE = re.compile(r"(?:(?P<project>[a-z0-9-]+)\.)?(?:(?:[0-9]+\.){3}[0-9]+|localhost)")
_PROJECT_BODY = Object(
    (
        Field("projectName", Text(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"), required=True),
        Field("description", Text()),
    )
)
_LOGSTORE_BODY = Object(
    (
        Field("logstoreName", Text(r"[a-z0-9][a-z0-9_-]{0,61}[a-z0-9]"), required=True),
        Field("shardCount", Number(1, 100, whole=True), required=True),
        Field("ttl", Number(1, 3650, whole=True), required=True),
    )
)

_WRONG = ("SignatureNotMatch", "signature does not match")
_REASONS = {
    keyring.UNSIGNED: ("Unauthorized", "the authorization header is missing"),
    keyring.UNKNOWN_KEY: ("Unauthorized", "AccessKeyId not found"),
    keyring.WRONG_TOKEN: ("SecurityTokenInvalid", "the security token is invalid"),
    keyring.EXPIRED_TOKEN: ("SecurityTokenExpired", "the security token is expired"),
    keyring.SKEWED: ("RequestTimeTooSkewed", "the request time differs too much from the server's"),
    keyring.BAD_TIME: ("InvalidDateFormat", "the date header has no valid form"),
    keyring.WRONG_DIGEST: ("InvalidDigest", "content-md5 is not the MD5 of the body"),
}


def project_of(request: Request) -> str:
    """The project that a request's host names; empty if none."""
    match = _HOST.fullmatch(request.host) or _BARE.fullmatch(request.host)
    return (match["project"] or "") if match else ""


def create_project(exchange: Exchange) -> Response:
    """CreateProject."""
    body = _body(exchange, _PROJECT_BODY)
    name = body["projectName"]
    taken = any(
        record.name == name
        for _, record in exchange.cloud.store.everything()
        if record.kind == PROJECT
    )
    if taken:
        # Project names are unique over all accounts and regions.
        raise ServiceError(400, "ProjectAlreadyExist", f"project {name} already exists")
    _add(exchange, PROJECT, name, name, body)
    return _empty(exchange)


def get_project(exchange: Exchange) -> dict[str, Any]:
    """GetProject."""
    record = _project(exchange)
    described = record.fields.get("description", "")
    region = exchange.scope.region
    return {"projectName": record.name, "description": described, "region": region}


def delete_project(exchange: Exchange) -> Response:
    """DeleteProject, with all its logstores."""
    project, cloud = _project(exchange), exchange.cloud
    for logstore in cloud.store.all(exchange.scope, LOGSTORE, project.id):
        cloud.logs.drop(exchange.scope, project.name, logstore.name)
    cloud.store.remove(exchange.scope, project)
    return _empty(exchange)


def create_logstore(exchange: Exchange) -> Response:
    """CreateLogStore."""
    project = _project(exchange)
    body = _body(exchange, _LOGSTORE_BODY)
    name = body["logstoreName"]
    if exchange.cloud.store.get(exchange.scope, LOGSTORE, f"{project.name}/{name}"):
        raise ServiceError(400, "LogStoreAlreadyExist", f"logstore {name} already exists")
    _add(exchange, LOGSTORE, f"{project.name}/{name}", name, body, project.id)
    return _empty(exchange)


def get_logstore(exchange: Exchange) -> dict[str, Any]:
    """GetLogStore."""
    return _logstore(exchange).fields


def list_logstores(exchange: Exchange) -> dict[str, Any]:
    """ListLogStores; all on one page."""
    project = _project(exchange)
    found = exchange.cloud.store.all(exchange.scope, LOGSTORE, project.id)
    names = sorted(record.name for record in found)
    return {"count": len(names), "total": len(names), "logstores": names}


def delete_logstore(exchange: Exchange) -> Response:
    """DeleteLogStore, with its lines."""
    logstore = _logstore(exchange)
    exchange.cloud.logs.drop(exchange.scope, project_of(exchange.request), logstore.name)
    exchange.cloud.store.remove(exchange.scope, logstore)
    return _empty(exchange)


def get_index(exchange: Exchange) -> dict[str, Any]:
    """GetIndex."""
    index = _logstore(exchange).internal.get("index")
    if index is None:
        raise ServiceError(404, "IndexConfigNotExist", "index config doesn't exist")
    found: dict[str, Any] = index
    return found


def create_index(exchange: Exchange) -> Response:
    """CreateIndex."""
    logstore = _logstore(exchange)
    if "index" in logstore.internal:
        raise ServiceError(400, "IndexAlreadyExist", "log store index is already created")
    logstore.internal["index"] = _json(exchange)
    return _empty(exchange)


def update_index(exchange: Exchange) -> Response:
    """UpdateIndex."""
    get_index(exchange)
    _logstore(exchange).internal["index"] = _json(exchange)
    return _empty(exchange)


def get_logs(exchange: Exchange) -> Response:
    """GetLogs."""
    return sls_query.get_logs(exchange, _logstore(exchange))


def get_logs_v2(exchange: Exchange) -> dict[str, Any]:
    """GetLogsV2."""
    return sls_query.get_logs_v2(exchange, _logstore(exchange), _json(exchange))


def _add(
    exchange: Exchange,
    kind: str,
    record_id: str,
    name: str,
    fields: dict[str, Any],
    parent: str | None = None,
) -> None:
    now = exchange.cloud.clock.now()
    exchange.mark["resource"] = f"{kind}/{record_id}"
    exchange.cloud.store.add(
        exchange.scope, Record(kind, record_id, name, fields, now, now, parent=parent)
    )


def _project(exchange: Exchange) -> Record:
    name = project_of(exchange.request)
    exchange.mark["resource"] = f"{PROJECT}/{name}"
    record = exchange.cloud.store.get(exchange.scope, PROJECT, name)
    if record is None:
        raise ServiceError(404, "ProjectNotExist", f"The Project does not exist : {name}")
    return record


def _logstore(exchange: Exchange) -> Record:
    project, name = _project(exchange), exchange.path["logstore"]
    exchange.mark["resource"] = f"{LOGSTORE}/{project.name}/{name}"
    record = exchange.cloud.store.get(exchange.scope, LOGSTORE, f"{project.name}/{name}")
    if record is None:
        raise ServiceError(404, "LogStoreNotExist", f"logstore {name} does not exist")
    return record


def _json(exchange: Exchange) -> dict[str, Any]:
    try:
        body = read_json(exchange.request.body)
    except ValueError:
        raise ServiceError(400, "PostBodyInvalid", "the body is not valid JSON") from None
    if not isinstance(body, dict):
        raise ServiceError(400, "PostBodyInvalid", "the body must be an object")
    return body


def _body(exchange: Exchange, schema: Object) -> dict[str, Any]:
    body = _json(exchange)
    # Projects and logstores have many more settings; those not modelled are kept as they are.
    problems = check(schema, body, "create", refuse_unknown=False)
    if problems:
        raise ServiceError(400, "ParameterInvalid", "; ".join(problems))
    return body


def _empty(exchange: Exchange) -> Response:
    return Response(200, headers=(("x-log-requestid", exchange.request_id),))


class LogService:
    """SLS."""

    name = "sls"
    routes: tuple[Route, ...] = (
        Route("POST", "/", "CreateProject", create_project),
        Route("GET", "/", "GetProject", get_project),
        Route("DELETE", "/", "DeleteProject", delete_project),
        Route("POST", "/logstores", "CreateLogStore", create_logstore),
        Route("GET", "/logstores", "ListLogStores", list_logstores),
        Route("GET", "/logstores/{logstore}", "GetLogStore", get_logstore),
        Route("DELETE", "/logstores/{logstore}", "DeleteLogStore", delete_logstore),
        Route("GET", "/logstores/{logstore}/logs", "GetLogs", get_logs),
        Route("POST", "/logstores/{logstore}/logs", "GetLogsV2", get_logs_v2, write=False),
        Route("GET", "/logstores/{logstore}/index", "GetIndex", get_index),
        Route("POST", "/logstores/{logstore}/index", "CreateIndex", create_index),
        Route("PUT", "/logstores/{logstore}/index", "UpdateIndex", update_index),
    )

    def claims(self, request: Request, cloud: FakeCloud) -> bool:
        """Told by the signature, a header of its own, or the host."""
        signed = request.header("authorization").startswith(("LOG ", f"{scoped.SLS} "))
        named = request.header("x-log-apiversion") or _HOST.fullmatch(request.host)
        return signed or bool(named)

    def segments(self, request: Request) -> list[str]:
        """The whole path. `GetLogs` differs from `GetLogStore` by a parameter only, which is made
        part of the path."""
        logs = ["logs"] if request.params.get("type") == "log" else []
        return [*request.segments, *logs]

    def region(self, request: Request) -> str | None:
        """The label before `log`, else what a v4 signature names."""
        match = _HOST.fullmatch(request.host)
        claim = scoped.parse(request.header("authorization"), scoped.SLS)
        return match["region"] if match else claim and claim.region

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """By SLS's first signature, or its fourth."""
        now = cloud.signing_clock.now()
        if scoped.is_scoped(request.header("authorization"), scoped.SLS):
            return verify_sls4(request, self.region(request) or "", cloud.keys, now)
        return verify_sls(request, cloud.keys, now)

    def refusal(self, refused: Refused) -> ServiceError:
        """Codes of the service's public error list; all are 401."""
        return ServiceError(401, *_REASONS.get(refused.why, _WRONG))

    def authorize(self, exchange: Exchange) -> None:
        """Keys of the upload bucket are good for nothing here."""
        key = exchange.principal.key
        if key is not None and key.only:
            raise ServiceError(401, "Unauthorized", "denied by sts or ram")

    def answer(self, exchange: Exchange, result: Any) -> Response:
        """Plain JSON, no envelope."""
        return json_response(200, result, [("x-log-requestid", exchange.request_id)])

    def refuse(self, error: ServiceError, request_id: str, scope: Scope | None) -> Response:
        """The service's own error body."""
        body = {"errorCode": error.code, "errorMessage": error.message}
        headers = [*error.headers, ("x-log-requestid", request_id)]
        return json_response(error.status, body, headers)
