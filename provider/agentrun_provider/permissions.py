"""The RAM policy that a deployment needs and nothing more, from `permission_table`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .errors import ConfigError
from .permission_table import (
    ADOPT_CODE,
    AUTO_LOG,
    COMMAND_ACTIONS,
    COMPONENTS,
    FEATURES,
    FORCE,
    KIND_ACTIONS,
    LARGE_CODE,
    OWN_LOG,
    RESOURCES,
    ROLE,
    WORKSPACE,
    Action,
)

# Longest document that RAM takes for a policy of one's own, in characters.
LONGEST_POLICY: Final = 6144


@dataclass(frozen=True)
class Scope:
    """What a policy is limited to; `*` matches anything.

    Attributes:
        region: Region.
        account_id: Number of the account.
        workspace: Name of the workspace.
        runtime: Name of the runtimes, e.g. `agent-prod*`.
        log_project: Name of the log projects.
        role: Name of the role that is handed to runtimes.
        domain: Custom domains.
    """

    region: str = "*"
    account_id: str = "*"
    workspace: str = "*"
    runtime: str = "*"
    log_project: str = "*"
    role: str = "*"
    domain: str = "*"


def needed(
    kinds: Iterable[str] = (),
    commands: Iterable[str] = (),
    *,
    read_only: bool = False,
    features: Iterable[str] = FEATURES,
) -> dict[Action, list[str]]:
    """The actions that kinds and commands need, each with what needs it.

    Args:
        kinds: Names of kinds or components.
        commands: Names of commands of `pulumi-agentrun`.
        read_only: Leave out all that changes something.
        features: Features in use; actions for other features are left out.

    Raises:
        ConfigError: There is no such kind or command.
    """
    wanted = set(features)
    found: dict[Action, list[str]] = {}
    for name, actions in [*_rows(kinds), *_command_rows(commands)]:
        for action in actions:
            if action.only_for and action.only_for not in wanted:
                continue
            if not (read_only and action.writes):
                _note(found, action, name)
    return found


def policy(actions: Iterable[Action], scopes: Sequence[Scope] = ()) -> dict[str, Any]:
    """The RAM policy document that allows exactly these actions.

    Args:
        actions: What is to be allowed.
        scopes: What it is limited to; without any, it is allowed on everything.
    """
    statements: dict[tuple[str, ...], set[str]] = {}
    for action in actions:
        resources = _resources(action, scopes) if scopes else ("*",)
        statements.setdefault(resources, set()).add(action.name)
    return {
        "Version": "1",
        "Statement": [
            {"Effect": "Allow", "Action": sorted(names), "Resource": list(resources)}
            for resources, names in sorted(statements.items(), key=lambda item: min(item[1]))
        ],
    }


def features_of(inputs: Mapping[str, Any]) -> set[str]:
    """Which features the inputs of a deployed resource use, by their Python names.

    The size of a package is not known from them, so any local code counts as large.
    """
    log = inputs.get("log") or {}
    source = (inputs.get("code") or {}).get("src")
    used = {
        LARGE_CODE: source,
        ADOPT_CODE: source and inputs.get("adopt"),
        WORKSPACE: inputs.get("workspace"),
        AUTO_LOG: inputs.get("auto") or log.get("auto"),
        OWN_LOG: inputs.get("delete_on_destroy"),
        ROLE: inputs.get("role"),
        FORCE: inputs.get("force"),
    }
    return {feature for feature, value in used.items() if value}


def _rows(kinds: Iterable[str]) -> list[tuple[str, tuple[Action, ...]]]:
    rows = []
    for kind in kinds:
        for part in COMPONENTS.get(kind, (kind,)):
            if part not in KIND_ACTIONS:
                raise ConfigError(
                    f"there is no kind of resource named {part!r}",
                    f"the kinds are {', '.join(sorted([*COMPONENTS, *KIND_ACTIONS]))}",
                )
            rows.append((part, KIND_ACTIONS[part]))
    return rows


def _command_rows(commands: Iterable[str]) -> list[tuple[str, tuple[Action, ...]]]:
    rows = []
    for command in commands:
        if command not in COMMAND_ACTIONS:
            raise ConfigError(
                f"there is no command {command!r} that calls the service",
                f"these do: {', '.join(sorted(COMMAND_ACTIONS))}",
            )
        rows.append((f"command {command}", COMMAND_ACTIONS[command]))
    return rows


def _note(found: dict[Action, list[str]], action: Action, name: str) -> None:
    users = found.setdefault(action, [])
    if name not in users:
        users.append(name)


def _resources(action: Action, scopes: Sequence[Scope]) -> tuple[str, ...]:
    named = (form.format(**vars(scope)) for scope in scopes for form in RESOURCES[action.on])
    return tuple(dict.fromkeys(named))
