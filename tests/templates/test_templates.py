"""Every template is one for `pulumi new`, deploys as it is, and is removed without a trace."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings

from ..e2e.conftest import ACCOUNT, ROOT, Project
from .project import instantiate

TEMPLATES = ROOT / "templates"
NAMES = sorted(path.name for path in TEMPLATES.iterdir())
CODE = ("agent-code", "agent-canary", "agent-private-network")
DIGEST = f"registry.cn-hangzhou.aliyuncs.com/shop/agent@sha256:{'0' * 64}"


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedServer]:
    """A service that runs what is deployed to it."""
    with ThreadedServer(FakeCloud(FakeSettings(run=True))) as running:
        yield running


def made(name: str, folder: Path, server: ThreadedServer, **settings: str) -> Project:
    """A project of a template, with a stack `dev`."""
    project = folder / "project"
    instantiate(TEMPLATES / name, project, "shop", "The agent of the shop", "dev", settings)
    (project / "venv").symlink_to(sys.prefix)
    (project / "state").mkdir()
    server.cloud.calls.clear()
    return Project(project, server)


def ask(url: str, question: str) -> str:
    """The answer of a deployed agent."""
    message = {"messages": [{"role": "user", "content": question}]}
    reply = httpx.post(f"{url}/openai/v1/chat/completions", json=message, timeout=30)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["choices"][0]["message"]["content"])


def test_the_templates_are_those_that_are_described() -> None:
    started = (ROOT / "docs/getting-started.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `(agent-[a-z-]+)` \|", started, re.MULTILINE)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_template_tells_pulumi_new_what_to_ask(name: str) -> None:
    document = yaml.safe_load((TEMPLATES / name / "Pulumi.yaml").read_text(encoding="utf-8"))
    assert (document["name"], document["description"]) == ("${PROJECT}", "${DESCRIPTION}")
    assert document["runtime"] == {
        "name": "python",
        "options": {"toolchain": "pip", "virtualenv": "venv"},
    }
    asked = document["template"]
    assert asked["description"]
    assert all(entry["description"] for entry in asked["config"].values())
    requirements = (TEMPLATES / name / "requirements.txt").read_text(encoding="utf-8")
    assert "pulumi-agentrun" in requirements
    ignored = (TEMPLATES / name / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {".env", "venv/", ".pulumi-state/"} <= set(ignored)


def test_the_agents_code_is_the_same_everywhere() -> None:
    copies = [TEMPLATES / name / "code/app.py" for name in CODE]
    copies.append(TEMPLATES / "agent-image/image/app.py")
    assert len({path.read_bytes() for path in copies}) == 1


@pytest.mark.e2e
def test_an_agent_from_code_answers(tmp_path: Path, server: ThreadedServer) -> None:
    project = made("agent-code", tmp_path, server)
    project.run("up")
    outputs = project.outputs()
    assert ask(outputs["url"], "are you there?") == "The dev agent heard: are you there?"
    live = server.cloud.runtimes()["shop-dev"]
    assert live["executionRoleArn"] == f"acs:ram::{ACCOUNT}:role/agentRunRole"
    assert live["logConfiguration"]["logstore"] == "default-logs"
    assert outputs["version"] == "1"
    assert set(project.json("up").changes) == {"same"}
    project.run("destroy")
    assert server.cloud.runtimes() == {}


@pytest.mark.e2e
def test_an_answer_is_streamed_and_nonsense_is_refused(
    tmp_path: Path, server: ThreadedServer
) -> None:
    project = made("agent-code", tmp_path, server)
    project.run("up")
    url = f"{project.outputs()['url']}/openai/v1/chat/completions"
    question = {"messages": [{"role": "user", "content": "well"}], "stream": True}
    streamed = httpx.post(url, json=question, timeout=30)
    events = [line for line in streamed.text.splitlines() if line.startswith("data: ")]
    assert len(events) == len(["The", "dev", "agent", "heard:", "well"]) + 2
    assert events[-1] == "data: [DONE]"
    for nonsense in ({}, {"messages": []}, {"messages": [{"role": "user"}]}, []):
        assert httpx.post(url, json=nonsense, timeout=30).status_code == 400
    project.run("destroy")


@pytest.mark.e2e
def test_an_agent_from_an_image_is_sent_as_declared(tmp_path: Path, server: ThreadedServer) -> None:
    project = made("agent-image", tmp_path, server, image=DIGEST)
    project.run("up")
    sent = server.cloud.runtimes()["shop-dev"]["containerConfiguration"]
    assert (sent["image"], sent["imageRegistryType"], sent["port"]) == (DIGEST, "ACR", 9000)
    assert "registryConfig" not in sent
    project.run("config", "set", "registryUser", "me")
    project.run("config", "set", "registryPassword", "hunter2", options=["--secret"])
    project.run("up")
    sent = server.cloud.runtimes()["shop-dev"]["containerConfiguration"]
    assert sent["imageRegistryType"] == "CUSTOM"
    assert sent["registryConfig"]["authConfig"] == {"userName": "me", "password": "hunter2"}
    assert set(project.json("up").changes) == {"same"}
    project.run("config", "set", "image", "registry/agent:latest")
    assert "has no digest" in project.run("preview").text
    project.run("destroy")
    assert server.cloud.runtimes() == {}


@pytest.mark.e2e
def test_a_canary_gets_its_share_and_is_rolled_back(tmp_path: Path, server: ThreadedServer) -> None:
    project = made("agent-canary", tmp_path, server)
    project.run("up")
    assert project.outputs()["traffic"] == "100 % v1"
    project.edit("code/app.py", "agent heard", "agent understood")
    project.run("config", "set", "canaryWeight", "0.1")
    project.run("up")
    outputs = project.outputs()
    assert outputs["traffic"] == "90 % v1, 10 % v2"
    assert ask(outputs["candidateUrl"], "well") == "The dev agent understood: well"
    project.run("config", "set", "rollback", "true")
    project.run("up")
    assert project.outputs()["traffic"] == "100 % v1"
    assert ask(project.outputs()["url"], "well") == "The dev agent heard: well"
    project.run("config", "rm", "rollback")
    project.run("config", "set", "promote", "true")
    project.run("up")
    assert project.outputs()["traffic"] == "100 % v2"
    assert set(project.json("up").changes) == {"same"}
    project.run("destroy")
    assert server.cloud.runtimes() == {}


@pytest.mark.e2e
def test_an_agent_in_a_private_network_stands_on_alicloud(
    tmp_path: Path, server: ThreadedServer
) -> None:
    project = made("agent-private-network", tmp_path, server)
    simulated = ["--simulate", "alicloud"]
    project.run("up", options=simulated)
    live = server.cloud.runtimes()["shop-dev"]
    assert live["networkConfiguration"]["networkMode"] == "PRIVATE"
    assert live["networkConfiguration"]["vpcId"].startswith("vpc-")
    assert live["logConfiguration"] == {"project": "shop-dev-logs", "logstore": "agent"}
    assert live["executionRoleArn"] == f"acs:ram::{ACCOUNT}:role/shop-dev"
    again = project.run("up", options=[*simulated, "--json"])
    assert set(again.changes) == {"same"}
    project.run("destroy", options=simulated)
    assert server.cloud.runtimes() == {}


@pytest.mark.e2e
@pytest.mark.skipif(not shutil.which("pulumi"), reason="the Pulumi CLI is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_pulumi_new_makes_the_same_project(name: str, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    instantiate(TEMPLATES / name, ours, "shop", "An agent", "dev", {"image": DIGEST})
    subprocess.run(
        ["pulumi", "new", str(TEMPLATES / name), "--generate-only", "--yes", "--name", "shop"]
        + ["--description", "An agent", "--dir", str(theirs)],
        env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"},
        check=True,
        timeout=120,
        capture_output=True,
    )
    (ours / "Pulumi.dev.yaml").unlink()
    files = {path.relative_to(ours) for path in ours.rglob("*") if path.is_file()}
    assert files == {path.relative_to(theirs) for path in theirs.rglob("*") if path.is_file()}
    for file in files - {Path("Pulumi.yaml")}:
        assert (ours / file).read_bytes() == (theirs / file).read_bytes(), file
    document = yaml.safe_load((theirs / "Pulumi.yaml").read_text(encoding="utf-8"))
    document.pop("config", None)
    assert document == yaml.safe_load((ours / "Pulumi.yaml").read_text(encoding="utf-8"))
