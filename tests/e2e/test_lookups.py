"""A program looks up what another stack made, at preview as well as at deployment."""

from __future__ import annotations

import pytest

from .conftest import Project

pytestmark = pytest.mark.e2e

PROGRAM = """
import pulumi
import pulumi_agentrun as agentrun

if pulumi.get_stack() == "dev":
    runtime = agentrun.Runtime(
        "agent", name="shared", code={"src": "./code", "language": "python3.12", "command": ["x"]}
    )
    pulumi.export("runtimeId", runtime.id)
else:
    other = pulumi.StackReference("organization/shop/dev")
    runtime_id = other.require_output("runtimeId")
    found = agentrun.get_runtime(name="shared")
    output = agentrun.get_runtime_output(id=runtime_id)
    endpoint = agentrun.RuntimeEndpoint("mine", runtime_id=runtime_id, name="mine")
    versions = agentrun.list_runtime_versions_output(runtime_id=runtime_id)
    pulumi.export("memory", found.properties["memory"])
    pulumi.export("arn", output.apply(lambda runtime: runtime.arn))
    pulumi.export("versions", versions.apply(len))
    pulumi.export("endpoint", endpoint.id)
"""


def test_a_stack_uses_the_runtime_of_another_one(project: Project) -> None:
    (project.folder / "__main__.py").write_text(PROGRAM)
    (project.folder / "Pulumi.prod.yaml").write_text("config: {}\n")
    project.run("up")
    planned = project.json("preview", stack="prod")
    assert planned.changes.get("create") == 2
    project.run("up", stack="prod")
    outputs = project.outputs(stack="prod")
    assert outputs["memory"] == 2048
    assert outputs["arn"].endswith(project.outputs()["runtimeId"])
    assert outputs["versions"] == 0
    assert list(project.cloud.endpoints("shared")) == ["mine"]
    project.writes()
    project.run("up", stack="prod")
    assert project.writes() == []


def test_what_is_not_there_is_told_in_a_line(project: Project) -> None:
    (project.folder / "__main__.py").write_text(
        "import pulumi_agentrun as agentrun\nagentrun.get_runtime(name='nowhere')\n"
    )
    run = project.run("preview", good=False)
    assert run.code != 0
    assert "get_runtime: there is no runtime nowhere in cn-hangzhou" in run.text + run.errors
    assert "Traceback" not in run.text + run.errors
