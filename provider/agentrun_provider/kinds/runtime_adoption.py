"""Take over a runtime that somebody else made: tell what differs, and write only that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..adoption import differences, told
from ..errors import ConfigError
from ..session import Session
from ..unverified import OWNER_TAG_PREFIX
from ..wire import to_wire
from .deployed_code import deployed_code
from .log_auto import LOGSTORE, default_project
from .runtime_body import create_body
from .runtime_calls import DEAD, FAILED, FIXED, find_by_name, write
from .runtime_code import Package, foreseen_code, package_code
from .runtime_inputs import RuntimeInputs


@dataclass(frozen=True)
class Adoption:
    """What an adoption does.

    Attributes:
        runtime_id: The runtime.
        changes: What is written, without a package; nothing is written if it is empty.
        checksum: CRC-64 of the package that the runtime has, if it is told.
        line: All that for people.
    """

    runtime_id: str
    changes: dict[str, Any]
    checksum: str | None
    line: str


def adoptable(session: Session, name: str) -> dict[str, Any] | None:
    """The runtime of that name, unless there is none, or one that is of no use any more."""
    live = find_by_name(session, name)
    return None if live is None or str(live.get("status") or "") in DEAD else live


def foreseen_adoption(session: Session, live: Mapping[str, Any], inputs: RuntimeInputs) -> Adoption:
    """Tell what taking over a runtime would do. Nothing is written, and nothing built.

    Raises:
        ConfigError: It runs code and an image is declared, or the reverse.
        PackagingError: The code can't be read.
    """
    _check_artifact(live, inputs)
    local = foreseen_code(session, inputs.code) if inputs.code else None
    # Making the logs is not for a preview; where they will be is known without.
    body = create_body(session, inputs.model_copy(update={"log": None}), local)
    body |= _log_place(session, inputs)
    return _adoption(session, live, inputs, body, local)


def adopt(
    session: Session, live: Mapping[str, Any], inputs: RuntimeInputs, label: str, seconds: float
) -> Adoption:
    """Take over a runtime; code is built and sent only if it differs.

    Args:
        session: Connection and clock.
        live: The runtime as the service shows it.
        inputs: What is declared.
        label: Its name for progress and errors.
        seconds: How long a write may take.

    Raises:
        ConfigError: It runs code and an image is declared, or the reverse.
        PackagingError: The code can't be read, built or is too large.
    """
    _check_artifact(live, inputs)
    local = foreseen_code(session, inputs.code) if inputs.code else None
    found = _adoption(session, live, inputs, create_body(session, inputs, local), local)
    session.progress(label, found.line, 0)
    changes, checksum = found.changes, found.checksum
    if inputs.code and "codeConfiguration" in changes:
        package = package_code(session, inputs.code)
        changes = {**changes, "codeConfiguration": package.body}
        checksum = package.checksum
    if changes:
        write(session, found.runtime_id, changes, label, seconds)
    return Adoption(found.runtime_id, changes, checksum, found.line)


def _adoption(
    session: Session,
    live: Mapping[str, Any],
    inputs: RuntimeInputs,
    body: Mapping[str, Any],
    local: Package | None,
) -> Adoption:
    code = deployed_code(session, live, inputs.code, local)
    changes = changes_of(body, live, keeps_code=code is not None and code.is_local)
    line = f"adopts {live['agentRuntimeId']}, {told(changes, live)}"
    if not changes and live.get("status") in FAILED:
        # What failed to be applied is held already; only another update tries it again.
        left = {"codeConfiguration", "systemTags", *FIXED}
        changes = {key: value for key, value in body.items() if key not in left}
        line += f", and tries the update again that left it {live['status']}"
    if _is_unknown(inputs):
        line += "; what it is to run is not known yet"
    if code is not None:
        line += f"; {code.told(sent='codeConfiguration' in changes)}"
    held = (live.get("codeConfiguration") or {}).get("checksum") or None
    checksum = held or (code.checksum if code else None)
    return Adoption(str(live["agentRuntimeId"]), changes, checksum, line)


def _check_artifact(live: Mapping[str, Any], inputs: RuntimeInputs) -> None:
    if _is_unknown(inputs):
        return
    declared = "Container" if inputs.container else "Code"
    if live.get("artifactType") not in (None, declared):
        raise ConfigError(
            f"runtime {live['agentRuntimeId']} runs {live['artifactType']}, {declared} is declared",
            "declare what it runs, or choose another name",
        )


def _is_unknown(inputs: RuntimeInputs) -> bool:
    """Whether a preview does not know yet what is to run, and so left it out of the inputs."""
    return inputs.container is None and inputs.code is None


def _log_place(session: Session, inputs: RuntimeInputs) -> dict[str, Any]:
    if inputs.log is None:
        return {}
    if inputs.log.auto:
        place = {"project": default_project(session), "logstore": LOGSTORE}
        return {"logConfiguration": place}
    return {"logConfiguration": to_wire(inputs.log)}


def changes_of(
    body: Mapping[str, Any], live: Mapping[str, Any], *, keeps_code: bool = False
) -> dict[str, Any]:
    """The part of a body that a runtime does not hold yet.

    The mark of the owner alone is no reason for a write, and tags of others stay. A package is
    compared by its checksum, or by its place if none is declared: where that is the same it is not
    sent again.

    Args:
        body: What a create would send.
        live: The runtime as the service shows it.
        keeps_code: Whether its package is known to be as good as the one in the body.
    """
    wanted = dict(body)
    code, held = wanted.get("codeConfiguration"), live.get("codeConfiguration") or {}
    checksum = (code or {}).get("checksum")
    if code and (keeps_code or (checksum and checksum == held.get("checksum"))):
        package = ("zipFile", "ossBucketName", "ossObjectName", "checksum")
        wanted["codeConfiguration"] = {k: v for k, v in code.items() if k not in package}
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
