"""Resource access management: roles (section 12.1), as far as deployments ask for them.

Roles are the same in all regions. Not modelled: policies, users, service-linked roles, and whether
a role may be assumed by the service that gets it.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl

from ..errors import ServiceError
from ..http import read_json
from ..routing import Exchange, Route
from ..schema import Field, Object, Text, check
from ..store import Record, Scope
from .rpc import RpcService

KIND = "role"
_NAME = Field("RoleName", Text(r"[a-zA-Z0-9._-]{1,64}"), required=True)
_NAMED = Object((_NAME,))
_ROLE = Object(
    (
        _NAME,
        Field("AssumeRolePolicyDocument", Text(), required=True),
        Field("Description", Text(longest=1024)),
        Field("MaxSessionDuration", Text(r"[0-9]{4,5}")),
    )
)


def create_role(exchange: Exchange) -> dict[str, Any]:
    """CreateRole."""
    given = _parameters(exchange, _ROLE)
    name = given["RoleName"]
    exchange.mark["resource"] = f"{KIND}/{name}"
    try:
        read_json(given["AssumeRolePolicyDocument"].encode())
    except ValueError:
        text = "The assume role policy document is no valid JSON."
        raise ServiceError(400, "MalformedPolicyDocument", text, gateway=True) from None
    if exchange.cloud.store.get(_place(exchange), KIND, name):
        text = f"The role already exists: {name} ."
        raise ServiceError(409, "EntityAlreadyExists.Role", text, gateway=True)
    now = exchange.cloud.clock.now()
    fields = {item.name: given[item.name] for item in _ROLE.fields if given.get(item.name)}
    internal = {"id": exchange.cloud.ids.token(digits=18)}
    record = Record(KIND, name, name, fields, now, now, internal=internal)
    return _reply(exchange, exchange.cloud.store.add(_place(exchange), record))


def get_role(exchange: Exchange) -> dict[str, Any]:
    """GetRole."""
    return _reply(exchange, _need(exchange))


def list_roles(exchange: Exchange) -> dict[str, Any]:
    """ListRoles; all on one page, without the policy documents."""
    found = [_shown(exchange, item) for item in exchange.cloud.store.all(_place(exchange), KIND)]
    for item in found:
        del item["AssumeRolePolicyDocument"]
    return {"RequestId": exchange.request_id, "IsTruncated": False, "Roles": {"Role": found}}


def delete_role(exchange: Exchange) -> dict[str, Any]:
    """DeleteRole."""
    exchange.cloud.store.remove(_place(exchange), _need(exchange))
    return {"RequestId": exchange.request_id}


def _place(exchange: Exchange) -> Scope:
    return Scope(exchange.scope.account_id, "")


def _parameters(exchange: Exchange, schema: Object) -> dict[str, str]:
    """Parameters of the query and of a form in the body."""
    form = parse_qsl(exchange.request.body.decode(errors="replace"), keep_blank_values=True)
    given = {**exchange.request.params, **dict(form)}
    problems = check(schema, given, "create", refuse_unknown=False)
    if problems:
        raise ServiceError(400, "InvalidParameter", "; ".join(problems), gateway=True)
    return given


def _need(exchange: Exchange) -> Record:
    name = _parameters(exchange, _NAMED)["RoleName"]
    exchange.mark["resource"] = f"{KIND}/{name}"
    record = exchange.cloud.store.get(_place(exchange), KIND, name)
    if record is None:
        text = f"The role not exists: {name} ."
        raise ServiceError(404, "EntityNotExist.Role", text, gateway=True)
    return record


def _reply(exchange: Exchange, record: Record) -> dict[str, Any]:
    return {"RequestId": exchange.request_id, "Role": _shown(exchange, record)}


def _shown(exchange: Exchange, record: Record) -> dict[str, Any]:
    account, fields = exchange.scope.account_id, record.fields
    name = record.name.lower()
    return {
        "RoleName": record.name,
        "RoleId": record.internal["id"],
        "Arn": f"acs:ram::{account}:role/{name}",
        "RolePrincipalName": f"{name}@role.{account}.onaliyunservice.com",
        "AssumeRolePolicyDocument": fields["AssumeRolePolicyDocument"],
        "Description": fields.get("Description", ""),
        "MaxSessionDuration": int(fields.get("MaxSessionDuration", 3600)),
        "CreateDate": _time(record.created_at),
        "UpdateDate": _time(record.updated_at),
    }


def _time(moment: float) -> str:
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class AccessManagement(RpcService):
    """RAM."""

    name = "ram"
    version = "2015-05-01"
    host = "ram.aliyuncs.com"
    routes: tuple[Route, ...] = (
        Route("*", "/CreateRole", "CreateRole", create_role),
        Route("*", "/GetRole", "GetRole", get_role, write=False),
        Route("*", "/ListRoles", "ListRoles", list_roles, write=False),
        Route("*", "/DeleteRole", "DeleteRole", delete_role),
    )

    def authorize(self, exchange: Exchange) -> None:
        """Keys of the upload bucket are good for nothing here."""
        key = exchange.principal.key
        if key is not None and key.only:
            text = "You are not authorized to do this action."
            raise ServiceError(403, "NoPermission", text, gateway=True)
