"""Checks of what a runtime needs: itself, its endpoints, its role, its logs, and permissions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..client import path_segment
from ..errors import ApiError, Forbidden
from ..kinds.runtime_calls import BUSY, PATH, READY, runtime_path
from ..overview import list_endpoints, list_versions, read_concurrency
from ..permission_table import ACTION_OF
from ..services import Service, base_url, is_bare
from ..session import Session
from ..signing import canonical_query
from ..sls import LogService
from ..transport import json_of
from .finding import Finding


def _ram_url(settings: Any, _account: str) -> str:
    # RAM has no setting of its own. Where STS is not the vendor's, as with a fake on this machine,
    # RAM is asked there as well.
    moved = settings.sts_endpoint
    if moved and is_bare(urlsplit(moved).hostname or ""):
        return str(moved)
    return "https://ram.aliyuncs.com"


RAM = Service("ram", "stsEndpoint", "2015-05-01", "", _ram_url)

_MAKE_ROLE = "Create the role, trusted by fc.aliyuncs.com, or correct the runtime's `role`"
_TRUSTED = "fc.aliyuncs.com"
_MAKE_ENDPOINT = (
    "Run `pulumi up`; if that finds nothing to do, `pulumi up --replace URN` makes it again "
    "(`pulumi stack --show-urns`)"
)


def check_runtime(live: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether the runtime is ready."""
    name, status = live.get("agentRuntimeName"), str(live.get("status"))
    if status in READY:
        yield Finding("runtime", "ok", f"{name} is {status}")
    elif status in BUSY:
        yield Finding("runtime", "warn", f"{name} is {status}", "Wait until it is READY")
    else:
        why = live.get("statusReason") or "the service gives no reason"
        # What has failed meanwhile looks unchanged to a deployment.
        fix = (
            "Remove the cause and run `pulumi up`; if that finds nothing to do, deploy a change to "
            "the runtime"
        )
        yield Finding("runtime", "fail", f"{name} is {status}: {why}", fix)


def check_endpoints(session: Session, runtime_id: str) -> Iterator[Finding]:
    """Whether the endpoints are ready."""
    endpoints = list_endpoints(session, runtime_id)
    if not endpoints:
        yield Finding(
            "endpoints",
            "warn",
            "the runtime has none, so nobody can call it",
            "Declare a RuntimeEndpoint, or use an Agent",
        )
    for endpoint in endpoints:
        name, status = endpoint.get("agentRuntimeEndpointName"), str(endpoint.get("status"))
        why = endpoint.get("statusReason")
        if status in READY:
            yield Finding("endpoints", "ok", f"{name} is {status}")
        else:
            told = f"{name} is {status}" + (f": {why}" if why else "")
            fix = "Wait until it is READY" if status in BUSY else _MAKE_ENDPOINT
            yield Finding("endpoints", "warn" if status in BUSY else "fail", told, fix)


def check_role(session: Session, role: str | None) -> Iterator[Finding]:
    """Whether the execution role exists and Function Compute may take it on.

    Args:
        session: Connection.
        role: Its ARN or its short name; None if the runtime has none.
    """
    if not role:
        yield Finding("role", "skip", "the runtime has no execution role")
        return
    account, name = _role_parts(role)
    if account and account != session.account_id:
        yield Finding(
            "role",
            "fail",
            f"{role} is of another account than the keys ({session.account_id})",
            "Use a role of this account",
        )
        return
    try:
        found = _get_role(session, name)
    except ApiError as error:
        # The code that tells of a role which is missing counts as a lack of permission elsewhere.
        if error.code.startswith("EntityNotExist"):
            yield Finding("role", "fail", f"there is no RAM role {name}", _MAKE_ROLE)
        elif isinstance(error, Forbidden):
            yield Finding("role", "skip", f"{name} could not be looked up: {error}", error.hint)
        else:
            raise
        return
    if _TRUSTED in _trusted(found):
        yield Finding("role", "ok", f"{name} exists and trusts {_TRUSTED}")
    else:
        yield Finding(
            "role",
            "fail",
            f"{name} exists but does not trust {_TRUSTED}, so the runtime can't take it on",
            f"Add {_TRUSTED} to the services of its trust policy",
        )


def check_logs(session: Session, project: str | None, logstore: str | None) -> Iterator[Finding]:
    """Whether the logs' project, logstore and index exist."""
    if not project:
        yield Finding(
            "logs",
            "warn",
            "the runtime writes no logs",
            'Give it log={"auto": True}, or a project and a logstore',
        )
        return
    service = LogService(session.client)
    place = f"{project}/{logstore}"
    if service.find_project(project) is None:
        fix = "Create the project, or correct the runtime's `log`"
        yield Finding("logs", "fail", f"there is no log project {project}", fix)
    elif not logstore or service.find_logstore(project, logstore) is None:
        fix = "Create the logstore, or correct the runtime's `log`"
        yield Finding("logs", "fail", f"there is no logstore {place}", fix)
    elif service.find_index(project, logstore) is None:
        yield Finding(
            "logs",
            "warn",
            f"{place} has no index, so that its logs can't be searched",
            "Create an index in the console, or let log={'auto': True} do it",
        )
    else:
        yield Finding("logs", "ok", f"{place} exists and is indexed")


def check_permissions(session: Session, runtime_id: str | None) -> Iterator[Finding]:
    """Whether the keys may read what commands and previews read.

    What writes can't be tried without doing it.
    """
    for operation, service, call in _reads(session, runtime_id):
        action = ACTION_OF.get(operation, f"{service}:{operation}")
        try:
            call()
        except Forbidden as error:
            yield Finding("permission", "fail", f"{action}: {error.message}", error.hint)
        except ApiError as error:
            yield Finding("permission", "warn", f"{action}: {error}", error.hint)
        else:
            yield Finding("permission", "ok", f"{action} is granted")
    yield Finding(
        "permission",
        "skip",
        "what writes can't be tried without changing something",
        "Compare the policy of the keys with `pulumi-agentrun ram-policy`",
    )


def _reads(
    session: Session, runtime_id: str | None
) -> Iterator[tuple[str, str, Callable[[], object]]]:
    client = session.client
    one = {"pageNumber": 1, "pageSize": 1}
    yield (
        "ListAgentRuntimes",
        "agentrun",
        lambda: client.call("ListAgentRuntimes", "GET", PATH, query=one),
    )
    if runtime_id is None:
        return
    yield (
        "GetAgentRuntime",
        "agentrun",
        lambda: client.call("GetAgentRuntime", "GET", runtime_path(runtime_id)),
    )
    yield "ListAgentRuntimeEndpoints", "agentrun", lambda: list_endpoints(session, runtime_id)
    yield "ListAgentRuntimeVersions", "agentrun", lambda: list_versions(session, runtime_id)
    yield "GetConcurrencyConfig", "fc", lambda: read_concurrency(session, runtime_id)
    function = path_segment(f"agentrun-{runtime_id}")
    yield (
        "ListInstances",
        "fc",
        lambda: client.call_fcv3("ListInstances", "GET", f"/functions/{function}/instances"),
    )


def _role_parts(role: str) -> tuple[str, str]:
    """Account (empty for a short name) and name."""
    if not role.startswith("acs:ram::"):
        return "", role
    account, _, name = role.removeprefix("acs:ram::").partition(":role/")
    return account, name


def _get_role(session: Session, name: str) -> dict[str, Any]:
    def read(response: httpx.Response) -> dict[str, Any]:
        body = json_of(response, "GetRole", RAM)
        return dict((body or {}).get("Role") or {})

    query = canonical_query({"RoleName": name})
    found: dict[str, Any] = session.client.sender.send(
        RAM,
        "GetRole",
        "POST",
        f"{base_url(RAM, session.settings)}/?{query}",
        headers={"x-acs-action": "GetRole", "x-acs-version": RAM.version},
        idempotent=True,
        understand=read,
    )
    return found


def _trusted(role: Mapping[str, Any]) -> set[str]:
    """The services that may take a role on, by its trust policy."""
    try:
        policy = json.loads(role.get("AssumeRolePolicyDocument") or "{}")
    except ValueError:
        return set()
    found: set[str] = set()
    for statement in policy.get("Statement") or []:
        services = (statement.get("Principal") or {}).get("Service") or []
        if statement.get("Effect") == "Allow":
            found |= {services} if isinstance(services, str) else set(services)
    return found
