"""Bad input, wrong keys, a service that is down: told in a line, and nothing is lost."""

from __future__ import annotations

import re

import pytest

from .conftest import Project

pytestmark = pytest.mark.e2e

PROGRAM = """
import pulumi
import pulumi_agentrun as agentrun

config = pulumi.Config()
runtime = agentrun.Runtime(
    "agent",
    name="agent",
    code={"src": "./code", "language": "python3.12", "command": ["python3", "app.py"]},
    environment_variables={"TOKEN": config.require_secret("token"), "PLAIN": "x"},
)
endpoint = agentrun.RuntimeEndpoint(
    "production", runtime_id=runtime.id, name="production", target_version="LATEST"
)
pulumi.export("id", runtime.id)
pulumi.export("variables", runtime.environment_variables)
"""

BAD = """
import pulumi_agentrun as agentrun

agentrun.Runtime(
    "bad",
    memory=1,
    code={"src": "./missing", "language": "python3.12", "sorce": 1},
    container=agentrun.ContainerArgs(image="registry/agent:1"),
    vpc=agentrun.VpcArgs(
        vpc_id="vpc-1", vswitch_ids=["vsw-1", "subnet-2"], security_group_id="sg-1"
    ),
)
agentrun.RuntimeEndpoint(
    "worse", runtime_id="r", target_version="1", canary={"version": "2", "weight": 2}
)
"""


@pytest.fixture
def shop(project: Project) -> Project:
    (project.folder / "__main__.py").write_text(PROGRAM)
    (project.folder / "Pulumi.dev.yaml").write_text("config:\n  shop:token: hunter2\n")
    return project


def test_bad_input_is_refused_at_preview_with_every_path(project: Project) -> None:
    (project.folder / "__main__.py").write_text(BAD)
    run = project.run("preview", good=False)
    assert run.code != 0
    told = run.text + run.errors
    for path in ("memory", "code.src", "code.sorce", "container", r"vpc.vswitch_ids\[1\]"):
        assert re.search(rf"\b{path}[ :]", told), path
    assert re.search(r"canary.weight", told)
    assert "0.02" in told
    assert "Traceback" not in told
    assert list(project.cloud.calls) == []
    assert project.run("up", good=False).code != 0
    assert list(project.cloud.calls) == []


def test_a_wrong_secret_key_is_one_line_that_names_the_fix(shop: Project) -> None:
    shop.environment = {"AGENTRUN_ACCESS_KEY_SECRET": "wrong-secret"}
    run = shop.run("up", good=False)
    assert run.code != 0
    told = run.text + run.errors
    (line,) = {line.strip() for line in told.splitlines() if "SignatureDoesNotMatch" in line}
    assert "agentrun:accessKeySecret" in line
    assert "wrong-secret" not in told
    assert "Traceback" not in told
    shop.environment = {}
    shop.run("up")
    assert list(shop.cloud.runtimes()) == ["agent"]


def test_a_service_that_is_down_leaves_the_state_unharmed_and_the_next_up_goes_on(
    shop: Project,
) -> None:
    shop.run("up")
    before = shop.run("stack", "export").document["deployment"]["resources"]
    (shop.folder / "code/app.py").write_text("print('changed')\n")
    shop.server.stop()
    shop.environment = {"AGENTRUN_MAX_RETRIES": "1"}
    run = shop.run("up", good=False)
    assert run.code != 0
    (line,) = {line for line in run.text.splitlines() if "no usable answer" in line}
    assert "tried 2 times" in line
    after = shop.run("stack", "export").document["deployment"]["resources"]
    assert [r["urn"] for r in after] == [r["urn"] for r in before]
    shop.environment = {}
    shop.server.start()
    shop.run("up")
    assert shop.json("up").changes == {"same": 3}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_create_that_was_cut_off_is_finished_by_the_next_up(shop: Project, when: str) -> None:
    shop.environment = {"AGENTRUN_MAX_RETRIES": "0"}
    shop.cloud.faults.add(kind="drop", operation="CreateAgentRuntime", when=when)
    first = shop.run("up", good=False)
    shop.cloud.faults.clear()
    shop.environment = {}
    shop.run("up")
    assert list(shop.cloud.runtimes()) == ["agent"], first.text
    assert len(shop.cloud.endpoints("agent")) == 1
    assert shop.json("up").changes == {"same": 3}


def test_a_failed_create_shows_the_reason_and_leaves_nothing_behind(shop: Project) -> None:
    shop.cloud.faults.add(
        kind="create_failed", operation="CreateAgentRuntime", reason="the image can't be pulled"
    )
    run = shop.run("up", good=False)
    assert "the image can't be pulled" in run.text
    assert shop.cloud.runtimes() == {}
    shop.run("up")
    assert shop.cloud.runtimes()["agent"]["status"] == "READY"


def test_secrets_stay_secret_in_state_output_and_previews(shop: Project) -> None:
    shop.run("config", "set", "shop:token", options=["--secret", "hunter2"])
    assert "hunter2" not in (shop.folder / "Pulumi.dev.yaml").read_text()
    shown = shop.run("up", options=["--diff"])
    assert "[secret]" in shown.text
    assert shop.cloud.runtimes()["agent"]["environmentVariables"]["TOKEN"] == "hunter2"
    for run in (shown, shop.run("up"), shop.json("preview"), shop.run("refresh")):
        assert "hunter2" not in run.text + run.errors
    kept = "".join(p.read_text() for p in (shop.folder / "state").rglob("*") if p.is_file())
    assert "hunter2" not in kept
    assert '"PLAIN"' in kept
