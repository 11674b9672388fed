"""`pulumi-agentrun ram-policy`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings, Key
from agentrun_provider.cli.ram_policy import ram_policy_command
from agentrun_provider.permissions import needed, policy
from click.testing import CliRunner, Result

from ..e2e.conftest import ACCOUNT, Project

PROGRAM = """
import pulumi_agentrun as agentrun

agent = agentrun.Agent(
    "agent",
    name="agent-prod",
    code={"src": "./code", "language": "python3.12", "command": ["python3", "app.py"]},
    role="agentRunRole",
)
"""


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(ram_policy_command, list(arguments), env=environment)


def document(*arguments: str, **environment: str) -> Any:
    done = run(*arguments, **environment)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def allowed(found: Any) -> set[str]:
    return {action for statement in found["Statement"] for action in statement["Action"]}


def test_it_prints_a_document_that_ram_takes() -> None:
    found = document("--kinds", "RuntimeVersion,RuntimeConcurrency")
    assert found == policy(needed(["RuntimeVersion", "RuntimeConcurrency"]))


def test_without_kinds_it_is_for_all_of_them() -> None:
    assert "fc:PutConcurrencyConfig" in allowed(document())
    assert "ram:PassRole" in allowed(document())


def test_commands_alone_need_no_permission_to_deploy() -> None:
    found = allowed(document("--commands", "endpoints, logs"))
    assert found == {
        "agentrun:GetAgentRuntime",
        "agentrun:ListAgentRuntimes",
        "agentrun:ListAgentRuntimeEndpoints",
        "log:GetLogStoreLogs",
    }


def test_a_scope_is_named_in_each_statement() -> None:
    found = document("--kinds", "Runtime", "--resource-scope", "--region", "cn-beijing")
    resources = {r for statement in found["Statement"] for r in statement["Resource"]}
    assert all("cn-beijing" in r for r in resources if not r.startswith("acs:ram:"))


def test_it_explains_what_needs_an_action() -> None:
    done = run("--kinds", "Agent", "--explain", "--json")
    rows = {row["action"]: row for row in json.loads(done.stdout)}
    assert rows["agentrun:PublishRuntimeVersion"]["neededBy"] == "RuntimeVersion"
    assert rows["ram:PassRole"]["onlyFor"] == "an execution role"
    assert rows["agentrun:DeleteAgentRuntimeEndpoint"]["onlyFor"] == "", "endpoints need it always"
    shown = run("--kinds", "Agent", "--explain").stdout
    assert "ram:PassRole" in shown
    assert "RuntimeVersion" in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--kinds", "Agents"], "error: there is no kind of resource named 'Agents'. the kinds"),
        (["--commands", "build"], "error: there is no command 'build' that calls the service"),
        (["--runtime", "x"], "error: --runtime is for a policy with --resource-scope"),
        (["--for-stack", "--cwd", "/"], "error: no Pulumi.yaml in / or a folder above it"),
    ],
)
def test_bad_input_is_one_line_and_code_2(arguments: list[str], told: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stderr.startswith(told)
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.e2e
def test_the_policy_for_a_stack_is_enough_to_deploy_and_remove_it(
    project: Project,
) -> None:
    (project.folder / "__main__.py").write_text(PROGRAM)
    where = ["--for-stack", "--cwd", str(project.folder), "--stack", "dev"]
    state = f"file://{project.folder}/state"
    empty = run(*where, PULUMI_BACKEND_URL=state)
    assert empty.exit_code in (2, 3), empty.output
    project.run("up")
    found = document(*where, "--resource-scope", PULUMI_BACKEND_URL=state)
    assert "acs:ram:*:*:role/agentRunRole" in str(found)
    assert "runtimes/agent-prod'" in str(found)
    assert not [a for a in allowed(found) if a.startswith("log:")], "it has no logs"
    project.run("destroy")

    deployer = Key("deployer", "deployersecret", ACCOUNT, allow=tuple(allowed(found)))
    with ThreadedServer(FakeCloud(FakeSettings(keys=(deployer,)))) as server:
        theirs = Project(project.folder, server)
        theirs.environment = {
            "AGENTRUN_ACCESS_KEY_ID": deployer.key_id,
            "AGENTRUN_ACCESS_KEY_SECRET": deployer.secret,
        }
        theirs.run("up")
        theirs.run("refresh", options=["--expect-no-changes"])
        theirs.run("destroy")
        assert server.cloud.runtimes() == {}
