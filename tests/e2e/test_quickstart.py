"""The quickstart, as `make up` deploys it."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings

from .conftest import ACCOUNT, Project, copy_of_the_quickstart

pytestmark = pytest.mark.e2e


def test_dev_and_prod_come_from_one_program_and_a_second_up_changes_nothing(
    quickstart: Project,
) -> None:
    planned = quickstart.json("preview")
    assert planned.changes == {"create": 3}
    assert quickstart.writes() == []
    quickstart.run("up")
    assert quickstart.writes() == ["CreateAgentRuntime", "CreateAgentRuntimeEndpoint"]
    again = quickstart.run("up")
    assert "3 unchanged" in again.text
    assert list(quickstart.cloud.calls) == [], "the second up makes no call at all"

    quickstart.run("up", stack="prod")
    dev, prod = (quickstart.cloud.runtimes()[f"agent-{stack}"] for stack in ("dev", "prod"))
    assert (dev["cpu"], dev["memory"]) == (1.0, 2048)
    assert dev["environmentVariables"] == {"ENVIRONMENT": "dev", "LOG_LEVEL": "debug"}
    assert dev["executionRoleArn"] == "acs:ram::123456789:role/agentRunRole"
    assert (prod["cpu"], prod["memory"]) == (2.0, 4096)
    assert prod["sessionConcurrencyLimitPerInstance"] == 50
    assert prod["networkConfiguration"] == {
        "networkMode": "PUBLIC_AND_PRIVATE",
        "vpcId": "vpc-bp1234567890abcdef",
        "vswitchIds": ["vsw-bp1111111111111111"],
        "securityGroupId": "sg-bp1234567890abcdef",
    }
    assert prod["logConfiguration"] == {"project": "prod-logs", "logstore": "agentrun-runtime"}
    assert prod["environmentVariables"] == {"ENVIRONMENT": "prod", "LOG_LEVEL": "info"}

    outputs = quickstart.outputs()
    assert outputs["status"] == "READY"
    assert outputs["arn"] == f"acs:agentrun:cn-hangzhou:{ACCOUNT}:runtimes/{outputs['runtimeId']}"
    assert outputs["url"].endswith("/agent-runtimes/agent-dev/endpoints/production/invocations")

    for stack in ("dev", "prod"):
        quickstart.run("destroy", stack=stack)
    assert quickstart.cloud.runtimes() == {}


def test_a_change_of_memory_is_previewed_alone_and_is_one_write(quickstart: Project) -> None:
    quickstart.run("up")
    quickstart.writes()
    quickstart.edit("Pulumi.dev.yaml", '"2048"', '"4096"')
    planned = quickstart.run("preview")
    assert "~ memory: 2048 => 4096" in planned.text
    changed = [
        line for line in planned.text.splitlines() if line.strip().startswith(("~", "+", "-"))
    ]
    assert len(changed) == 3, "the resource, its property, the summary: " + planned.text
    assert quickstart.json("preview").changes == {"update": 1, "same": 2}
    quickstart.run("up")
    assert quickstart.writes() == ["UpdateAgentRuntime"]
    assert quickstart.cloud.runtimes()["agent-dev"]["memory"] == 4096


def test_code_is_compared_by_content(quickstart: Project) -> None:
    quickstart.run("up")
    app = quickstart.folder / "examples/quickstart/code/app.py"
    os.utime(app, (1, 1))
    assert quickstart.json("preview").changes == {"same": 3}
    (app.parent / ".env").write_text("SECRET=1\n")
    (app.parent / "__pycache__").mkdir()
    (app.parent / "__pycache__/app.pyc").write_bytes(b"1")
    assert quickstart.json("preview").changes == {"same": 3}
    quickstart.edit("examples/quickstart/code/app.py", "says the", "tells the")
    planned = quickstart.run("preview")
    assert "contentHash" in planned.text
    assert quickstart.json("preview").changes == {"update": 1, "same": 2}


def test_refresh_shows_what_was_changed_behind_our_back(quickstart: Project) -> None:
    quickstart.run("up")
    quickstart.cloud.mutate({"runtime": "agent-dev"}, set={"memory": 8192})
    refreshed = quickstart.run("refresh")
    assert "memory: 2048 => 8192" in refreshed.text
    planned = quickstart.run("preview")
    assert "memory: 8192 => 2048" in planned.text
    quickstart.run("up")
    assert quickstart.cloud.runtimes()["agent-dev"]["memory"] == 2048
    assert quickstart.run("refresh", options=["--expect-no-changes"]).code == 0


def test_a_runtime_deleted_behind_our_back_is_made_again_with_its_endpoint(
    quickstart: Project,
) -> None:
    quickstart.run("up")
    quickstart.cloud.mutate({"runtime": "agent-dev"}, delete=True)
    quickstart.run("up", options=["--refresh"])
    assert list(quickstart.cloud.endpoints("agent-dev")) == ["production"]
    assert quickstart.json("preview").changes == {"same": 3}


def test_the_program_of_the_readme_deploys(project: Project) -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    program = readme.partition("```python\n")[2].partition("```")[0]
    assert len(program.splitlines()) <= 20
    (project.folder / "__main__.py").write_text(program)
    project.run("up")
    runtime = project.cloud.runtimes()["shop-dev-agent"]
    assert runtime["executionRoleArn"] == f"acs:ram::{ACCOUNT}:role/agentRunRole"
    assert list(project.cloud.endpoints("shop-dev-agent")) == ["production"]
    assert project.outputs()["url"]
    again = project.json("up")
    assert again.changes == {"same": 5}


def test_the_deployed_agent_answers_at_its_address(tmp_path: Path) -> None:
    with ThreadedServer(FakeCloud(FakeSettings(run=True))) as server:
        project = copy_of_the_quickstart(tmp_path, server)
        project.run("up")
        url = f"{project.outputs()['url']}/openai/v1/chat/completions"
        question = {"messages": [{"role": "user", "content": "are you there?"}]}
        reply = httpx.post(url, json=question, timeout=30)
        assert reply.status_code == 200, reply.text
        message = reply.json()["choices"][0]["message"]
        assert message["content"] == "The dev agent heard: are you there?"
        project.run("destroy")
