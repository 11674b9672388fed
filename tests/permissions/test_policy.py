"""The table of actions, and the documents made of it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from agentrun_provider import permissions
from agentrun_provider.cli.main import _COMMANDS
from agentrun_provider.errors import ConfigError
from agentrun_provider.kinds import KINDS
from agentrun_provider.permission_table import (
    ACTION_OF,
    ADOPT_CODE,
    AUTO_LOG,
    COMMAND_ACTIONS,
    COMPONENTS,
    FEATURES,
    FORCE,
    KIND_ACTIONS,
    LARGE_CODE,
    ROLE,
    WORKSPACE,
    Action,
)
from agentrun_provider.permissions import LONGEST_POLICY, Scope, features_of, needed, policy

PROVIDER = Path(permissions.__file__).parent
OPERATION = re.compile(r"^(Get|List|Create|Update|Delete|Publish|Put|Instance)[A-Z]\w+$")
# Everybody may ask who they are; packages are sent with keys lent for one object, and looked into
# at an address that is signed already.
FREE = {"GetCallerIdentity", "PutObject", "GetObject"}
# Handed over rather than called.
NOT_CALLED = {"PassRole"}


def operations_of(path: Path) -> Iterator[str]:
    """API operations that a module names in its code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and OPERATION.match(value):
            yield value


def all_actions() -> dict[Action, list[str]]:
    return needed(KIND_ACTIONS, COMMAND_ACTIONS)


def test_every_operation_in_the_source_is_in_the_table_and_none_else() -> None:
    used = {
        operation
        for path in PROVIDER.rglob("*.py")
        if not path.name.startswith("permission")
        for operation in operations_of(path)
    }
    known = {action.name.partition(":")[2] for action in all_actions()}
    renamed = {operation: action.partition(":")[2] for operation, action in ACTION_OF.items()}
    assert {renamed.get(operation, operation) for operation in used - FREE} == known - NOT_CALLED


def test_every_kind_has_a_row() -> None:
    assert set(KIND_ACTIONS) == set(KINDS)
    assert {kind for kinds in COMPONENTS.values() for kind in kinds} <= set(KINDS)


def test_every_command_with_a_row_exists() -> None:
    assert set(COMMAND_ACTIONS) <= set(_COMMANDS)


def test_a_policy_without_scope_is_one_statement() -> None:
    document = policy(needed(["RuntimeConcurrency"]))
    assert document == {
        "Version": "1",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    "fc:DeleteConcurrencyConfig",
                    "fc:GetConcurrencyConfig",
                    "fc:PutConcurrencyConfig",
                ],
                "Resource": ["*"],
            }
        ],
    }


def test_reading_only_leaves_out_all_that_writes() -> None:
    names = {action.name for action in needed(KIND_ACTIONS, read_only=True)}
    verbs = {re.match(r"\w+:([A-Z][a-z]+)", name).group(1) for name in names}  # type: ignore[union-attr]
    assert verbs == {"Get", "List"}
    assert "agentrun:GetAgentRuntime" in names


def test_a_component_is_the_kinds_it_is_made_of() -> None:
    assert needed(["Agent"]) == needed(COMPONENTS["Agent"])


def test_an_unused_feature_needs_nothing() -> None:
    plain = {action.name for action in needed(["Runtime"], features=[])}
    assert plain == {
        "agentrun:CreateAgentRuntime",
        "agentrun:DeleteAgentRuntime",
        "agentrun:GetAgentRuntime",
        "agentrun:ListAgentRuntimes",
        "agentrun:UpdateAgentRuntime",
    }
    with_role = {action.name for action in needed(["Runtime"], features=[ROLE])}
    assert with_role - plain == {"ram:PassRole"}


@pytest.mark.parametrize(
    ("inputs", "features"),
    [
        ({"container": {"image": "x"}}, set()),
        ({"code": {"src": "./code"}}, {LARGE_CODE}),
        ({"code": {"src": "./code"}, "adopt": True}, {LARGE_CODE, ADOPT_CODE}),
        ({"code": {"oss_bucket_name": "b", "oss_object_name": "o"}}, set()),
        ({"log": {"auto": True}, "role": "r"}, {AUTO_LOG, ROLE}),
        ({"log": {"project": "p", "logstore": "l"}}, set()),
        ({"workspace": "w", "force": True}, {WORKSPACE, FORCE}),
    ],
)
def test_features_are_read_from_the_inputs(inputs: dict[str, object], features: set[str]) -> None:
    assert features_of(inputs) == features
    assert features <= set(FEATURES)


def test_a_scope_names_region_account_and_what_may_be_touched() -> None:
    scope = Scope(
        region="cn-hangzhou", account_id="42", runtime="agent-prod*", log_project="logs", role="r"
    )
    named = {
        action: statement["Resource"]
        for statement in policy(needed(["Runtime"]), [scope])["Statement"]
        for action in statement["Action"]
    }
    assert named["agentrun:UpdateAgentRuntime"] == [
        "acs:agentrun:cn-hangzhou:42:workspaces/*/runtimes/agent-prod*",
        "acs:agentrun:cn-hangzhou:42:workspaces/*/runtimes/agent-prod*/*",
    ]
    assert named["agentrun:ListAgentRuntimes"] == [
        "acs:agentrun:cn-hangzhou:42:workspaces/*/runtimes/*"
    ], "a list can't be limited to a name"
    assert named["log:CreateLogStore"] == ["acs:log:cn-hangzhou:42:project/logs/logstore/*"]
    assert named["ram:PassRole"] == ["acs:ram:*:42:role/r"]
    assert not any(resources == ["*"] for resources in named.values())


def test_several_scopes_are_allowed_together() -> None:
    scopes = [Scope(role="one"), Scope(role="two")]
    statements = policy(needed(["Runtime"], features=[ROLE]), scopes)["Statement"]
    roles = [s["Resource"] for s in statements if s["Action"] == ["ram:PassRole"]]
    assert roles == [["acs:ram:*:*:role/one", "acs:ram:*:*:role/two"]]


def test_the_longest_policy_fits_into_ram() -> None:
    scope = Scope("ap-southeast-1", "1234567890123456", "w" * 40, "r" * 60, "p" * 60, "x" * 60)
    document = policy(all_actions(), [scope])
    assert len(json.dumps(document, separators=(",", ":"))) < LONGEST_POLICY


@pytest.mark.parametrize(
    ("kinds", "commands", "told"),
    [
        (["Runtimes"], [], "no kind of resource named 'Runtimes'. the kinds are Agent, Runtime"),
        ([], ["convert"], "no command 'convert' that calls the service. these do: concurrency"),
    ],
)
def test_unknown_names_are_refused(kinds: list[str], commands: list[str], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        needed(kinds, commands)
    assert told in caught.value.one_line()
