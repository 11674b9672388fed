"""`pulumi-agentrun ram-policy`: the RAM policy that a deployment or a command needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..kind import known_inputs
from ..kinds import KINDS, load
from ..permission_table import FEATURES, KIND_ACTIONS, Action
from ..permissions import LONGEST_POLICY, Scope, features_of, needed, policy
from .errors import CommandError, reporting
from .output import Output
from .stack import Stack, load_stack
from .target import folder_option


@dataclass(frozen=True)
class _Wanted:
    """What a policy is asked for."""

    kinds: tuple[str, ...]
    features: tuple[str, ...] = FEATURES
    scopes: tuple[Scope, ...] = ()


_SCOPE_OPTIONS = (
    click.option("--region", help="Only in this region."),
    click.option("--account-id", help="Only in the account of this number."),
    click.option("--workspace", help="Only in workspaces of this name; * matches anything."),
    click.option("--runtime", help="Only runtimes of this name, e.g. 'agent-prod*'."),
    click.option("--log-project", help="Only log projects of this name."),
    click.option("--role", help="Only this role may be handed to runtimes."),
    click.option("--domain", help="Only custom domains of this name."),
)


def _with_scope_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_SCOPE_OPTIONS):
        command = option(command)
    return command


@click.command("ram-policy")
@click.option(
    "--kinds",
    multiple=True,
    metavar="KIND,...",
    help="Resources that are deployed, e.g. Agent or Runtime; default: all, unless --commands.",
)
@click.option(
    "--commands",
    multiple=True,
    metavar="COMMAND,...",
    help="Commands of pulumi-agentrun that are used, e.g. info,logs.",
)
@click.option(
    "--for-stack", is_flag=True, help="What the resources of the current stack use, no more."
)
@click.option("-s", "--stack", metavar="STACK", help="That stack instead of the current one.")
@folder_option
@click.option(
    "--deploy/--read-only",
    default=True,
    help="Everything an up and a destroy do (default), or only what a preview with refresh does.",
)
@click.option(
    "--resource-scope",
    is_flag=True,
    help="Name resources instead of *; --for-stack fills in what the stack tells.",
)
@_with_scope_options
@click.option("--explain", is_flag=True, help="List the actions and what needs each instead.")
@click.option("--json", "as_json", is_flag=True, help="With --explain: as JSON.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@reporting
def ram_policy_command(
    kinds: tuple[str, ...],
    commands: tuple[str, ...],
    for_stack: bool,
    stack: str | None,
    folder: Path,
    deploy: bool,
    resource_scope: bool,
    explain: bool,
    as_json: bool,
    debug: bool,
    **limits: str | None,
) -> None:
    """Print the least RAM policy for deployments, in the form that RAM takes.

    It allows the operations that the provider calls and nothing else. `sts:GetCallerIdentity` is
    free to everybody, and uploads are made with keys that the service lends.
    """
    given = {name: value for name, value in limits.items() if value}
    if given and not resource_scope:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise CommandError(f"{named} is for a policy with --resource-scope")
    if for_stack:
        found = load_stack(folder, stack)
        wanted = _of_stack(found, given)
    else:
        everything = tuple(KIND_ACTIONS) if not commands else ()
        wanted = _Wanted(_words(kinds) or everything, scopes=(Scope(**given),))
    actions = needed(wanted.kinds, _words(commands), read_only=not deploy, features=wanted.features)
    if explain:
        _explain(actions, Output(as_json=as_json))
        return
    document = policy(actions, wanted.scopes if resource_scope else ())
    if len(json.dumps(document, separators=(",", ":"))) > LONGEST_POLICY:
        Output().warn(f"RAM takes {LONGEST_POLICY} characters: ask for less with --kinds")
    Output().document(document)


def _words(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.strip() for item in given for word in item.split(",") if word.strip())


def _of_stack(stack: Stack, given: dict[str, str]) -> _Wanted:
    """What the resources of a stack need, and where they are.

    Raises:
        CommandError: The stack has deployed nothing of this provider.
    """
    deployed = [item for item in stack.resources if item.kind in KINDS]
    if not deployed:
        raise CommandError(
            f"stack {stack.name} has deployed nothing of AgentRun",
            "deploy it first, or name what it is to have with --kinds",
        )
    features: set[str] = set()
    names: dict[str, set[str]] = {"runtime": set(), "role": set(), "log_project": set()}
    for item in deployed:
        inputs = known_inputs(load(item.kind).Inputs, item.inputs)
        features |= features_of(inputs)
        if item.kind == "Runtime":
            names["runtime"].add(str(inputs.get("name") or "*"))
        if inputs.get("role"):
            names["role"].add(str(inputs["role"]).rpartition("/")[2])
        if item.outputs.get("logProject"):
            names["log_project"].add(str(item.outputs["logProject"]))
    places = {"region": stack.config.get("agentrun:region") or "*"}
    places["account_id"] = stack.config.get("agentrun:accountId") or "*"
    kinds = tuple(dict.fromkeys(item.kind for item in deployed))
    return _Wanted(kinds, tuple(sorted(features)), _scopes(names, places | given))


def _scopes(names: dict[str, set[str]], fixed: dict[str, str]) -> tuple[Scope, ...]:
    """A scope for each of the longest list of names; shorter ones repeat their last."""
    lists = {field: sorted(found) for field, found in names.items() if found}
    longest = max((len(found) for found in lists.values()), default=1)
    return tuple(
        Scope(
            **{field: found[min(index, len(found) - 1)] for field, found in lists.items()} | fixed
        )
        for index in range(longest)
    )


def _explain(actions: dict[Action, list[str]], output: Output) -> None:
    told: dict[str, tuple[set[str], list[str]]] = {}
    for action, users in actions.items():
        features, needs = told.setdefault(action.name, (set(), []))
        features.add(action.only_for)
        needs += [user for user in users if user not in needs]
    rows = [
        (name, ", ".join(needs), "" if "" in features else ", ".join(sorted(features)))
        for name, (features, needs) in sorted(told.items())
    ]
    if output.as_json:
        keys = ("action", "neededBy", "onlyFor")
        output.document([dict(zip(keys, row, strict=True)) for row in rows])
        return
    output.table(("action", "needed by", "only for"), rows)
