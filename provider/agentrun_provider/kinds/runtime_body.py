"""Translate a runtime's inputs into request bodies, and replies back into inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..drift import observed
from ..errors import ConfigError
from ..session import Session
from ..unverified import NETWORK_OF_A_NEW_RUNTIME, OWNER_TAG_PREFIX
from ..wire import from_wire, resets, to_wire
from .log_auto import ensure_logs
from .runtime_code import Package, live_code
from .runtime_inputs import RuntimeInputs, RuntimeOutputs
from .shapes import Vpc
from .workspace_lookup import workspace_id

# Fields that are not sent as they are declared, or not by an update.
_OWN_RULES = (
    "name",
    "code",
    "credential_id",
    "vpc",
    "internet_access",
    "log",
    "role",
    "workspace",
)
_CREATE_ONLY = ("resource_group_id",)


def create_body(session: Session, inputs: RuntimeInputs, package: Package | None) -> dict[str, Any]:
    """Body of CreateAgentRuntime: everything that is declared.

    A network that is not declared is not in it: an adopted runtime keeps the one that it has.
    """
    body: dict[str, Any] = {
        "agentRuntimeName": inputs.name,
        "artifactType": "Container" if inputs.container else "Code",
    }
    body |= to_wire(inputs, skip=_OWN_RULES) | _translated(session, inputs)
    if inputs.credential_id is not None:
        body["credentialId"] = inputs.credential_id
    if package:
        body["codeConfiguration"] = package.body
    return body


def update_body(
    session: Session, old: Mapping[str, Any], new: RuntimeInputs, package: Package | None
) -> dict[str, Any]:
    """Body of UpdateAgentRuntime: the whole desired state, and empty values for what was removed.

    Unchanged code is left out: the service keeps what it has, and nothing is packed or sent.
    """
    # The mark of the owner is a tag, too, so it stays when the last one of the user's goes.
    body = resets(old, new, skip=_OWN_RULES)
    body |= to_wire(new, skip=(*_OWN_RULES, *_CREATE_ONLY)) | _translated(session, new)
    if new.role is None and old.get("role"):
        body["executionRoleArn"] = ""
    if new.log is None and old.get("log"):
        body["logConfiguration"] = {}
    if "networkConfiguration" not in body and _declares_network(old):
        body["networkConfiguration"] = NETWORK_OF_A_NEW_RUNTIME
    if new.force_evict_instances is not None:
        body["forceEvictInstances"] = new.force_evict_instances
    if package:
        body["codeConfiguration"] = package.body
    return body


def _translated(session: Session, inputs: RuntimeInputs) -> dict[str, Any]:
    body: dict[str, Any] = {}
    network = network_body(inputs)
    if network:
        body["networkConfiguration"] = network
    if inputs.log is not None:
        body["logConfiguration"] = _log_body(session, inputs)
    if inputs.role is not None:
        body["executionRoleArn"] = role_arn(session, inputs)
    if inputs.workspace is not None:
        body["workspaceId"] = workspace_id(session, inputs.workspace)
    tags = list(inputs.system_tags or [])
    if inputs.owner is not None:
        tags.append(inputs.owner)
    if tags:
        body["systemTags"] = tags
    return body


def role_arn(session: Session, inputs: RuntimeInputs) -> str:
    """The role in full (section 8.2); a short name belongs to the account that is deployed to."""
    role = str(inputs.role)
    if role.startswith("acs:ram::"):
        return role
    try:
        account = inputs.account_id or session.account_id
    except ConfigError as error:
        raise ConfigError(
            f"the role {role!r} is a short name and the account's number is not known",
            "set agentrun:accountId, or give the role as acs:ram::<account>:role/<name>",
        ) from error
    return f"acs:ram::{account}:role/{role}"


class DeclaresNetwork(Protocol):
    """Inputs with the two fields of a network."""

    @property
    def vpc(self) -> Vpc | None:
        """The VPC."""
        ...

    @property
    def internet_access(self) -> bool | None:
        """Whether instances reach the internet."""
        ...


def _log_body(session: Session, inputs: RuntimeInputs) -> dict[str, Any]:
    """Where logs go; what `auto` needs is made first, since the service takes only what exists."""
    assert inputs.log is not None, "called for a declared log only"
    if not inputs.log.auto:
        return to_wire(inputs.log)
    label, seconds = f"Runtime {inputs.name}", session.settings.create_timeout
    place = ensure_logs(session, inputs.owner, label, seconds)
    return {"project": place.project, "logstore": place.logstore}


def network_body(inputs: DeclaresNetwork) -> dict[str, Any] | None:
    """The network mode that follows from `vpc` and `internet_access` (section 8.1)."""
    if inputs.vpc is not None:
        mode = "PRIVATE" if inputs.internet_access is False else "PUBLIC_AND_PRIVATE"
        return {"networkMode": mode, **to_wire(inputs.vpc)}
    if inputs.internet_access is None:
        return None
    return {"networkMode": "PUBLIC" if inputs.internet_access else "PRIVATE"}


def live_network(body: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse of `network_body`."""
    result: dict[str, Any] = {}
    if body.get("networkMode"):
        result["internet_access"] = body["networkMode"] != "PRIVATE"
    if body.get("vpcId"):
        names = {"vpcId": "vpc_id", "vswitchIds": "vswitch_ids"}
        names["securityGroupId"] = "security_group_id"
        result["vpc"] = {ours: body[theirs] for theirs, ours in names.items() if body.get(theirs)}
    return result


def _declares_network(inputs: Mapping[str, Any]) -> bool:
    return inputs.get("vpc") is not None or inputs.get("internet_access") is not None


def live_inputs(
    declared: Mapping[str, Any], live: Mapping[str, Any], outputs: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Read the fields of the inputs out of a reply, in terms of how they were declared."""
    seen = from_wire(RuntimeInputs, live) | live_network(live.get("networkConfiguration") or {})
    role = declared.get("role")
    if role and str(seen.get("role", "")).endswith(f":role/{role}"):
        seen["role"] = role
    if "workspace" in seen and (outputs or {}).get("workspace_id") in (None, seen["workspace"]):
        seen["workspace"] = declared.get("workspace", seen["workspace"])
    if (declared.get("log") or {}).get("auto") and seen.get("log") == _log_place(outputs, seen):
        seen["log"] = declared["log"]
    tags = [tag for tag in seen.pop("system_tags", []) if not tag.startswith(OWNER_TAG_PREFIX)]
    if tags:
        seen["system_tags"] = tags
    if "code" in seen:
        seen["code"] = live_code(declared.get("code") or {}, seen["code"], outputs or {})
    return seen


def _log_place(outputs: Mapping[str, Any] | None, seen: Mapping[str, Any]) -> Any:
    """Where `auto` put the logs at the last write; right after one, where they go now."""
    if outputs is None:
        return seen.get("log")
    place = {"project": outputs.get("log_project"), "logstore": outputs.get("log_store")}
    return {key: value for key, value in place.items() if value is not None}


def observe(
    declared: Mapping[str, Any], live: Mapping[str, Any], outputs: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs as they stand now (see `drift.observed`)."""
    seen = live_inputs(declared, live, outputs)
    found = observed(RuntimeInputs, declared, seen, outputs.get("service_defaults") or {})
    if _declares_network(declared):
        # The two fields are one object of the service: a VPC that was attached behind our back
        # shows even if only `internet_access` was declared.
        found |= {key: seen[key] for key in ("vpc", "internet_access") if key in seen}
    if (found.get("log") or {}).get("project"):
        # Turned elsewhere by others: what `auto` says does not hold any more.
        found["log"] = {key: value for key, value in found["log"].items() if key != "auto"}
    foreign = seen.get("code", {}).get("content_hash")
    if foreign:
        found["code"] = {**found["code"], "content_hash": foreign}
    return found


def reply_outputs(live: Mapping[str, Any]) -> dict[str, Any]:
    """Read the outputs out of a reply."""
    log = live.get("logConfiguration") or {}
    place = {"log_project": log.get("project"), "log_store": log.get("logstore")}
    return from_wire(RuntimeOutputs, live) | {k: v for k, v in place.items() if v}
