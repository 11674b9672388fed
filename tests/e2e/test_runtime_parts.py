"""A runtime whose network, log, concurrency and version are resources of their own."""

from __future__ import annotations

import pytest

from .conftest import ACCOUNT, Project

pytestmark = pytest.mark.e2e

PROGRAM = """
import pulumi
import pulumi_agentrun as agentrun

runtime = agentrun.Runtime(
    "agent", name="agent", code={"src": "./code", "language": "python3.12", "command": ["x"]}
)
network = agentrun.RuntimeVpcConfig(
    "network",
    runtime_id=runtime.id,
    vpc={"vpc_id": "vpc-1", "vswitch_ids": ["vsw-1"], "security_group_id": "sg-1"},
)
log = agentrun.RuntimeLogConfig(
    "log", runtime_id=runtime.id, auto=True, delete_on_destroy=True
)
concurrency = agentrun.RuntimeConcurrency(
    "concurrency", runtime_id=runtime.id, reserved_concurrency=5
)
version = agentrun.RuntimeVersion(
    "version",
    runtime_id=runtime.id,
    fingerprint=runtime.fingerprint,
    triggers={"network": network.fingerprint},
    opts=pulumi.ResourceOptions(depends_on=[network, log]),
)
pulumi.export("version", version.version)
pulumi.export("project", log.log_project)
pulumi.export("mode", network.network_mode)
pulumi.export("function", concurrency.function_name)
pulumi.export("id", runtime.id)
"""


def test_the_parts_of_a_runtime_live_and_go_with_the_stack(project: Project) -> None:
    (project.folder / "__main__.py").write_text(PROGRAM)
    project.run("up")
    outputs = project.outputs()
    assert outputs["version"] == "1"
    assert outputs["project"] == f"aliyun-serverless-{ACCOUNT}-cn-hangzhou"
    assert outputs["mode"] == "PUBLIC_AND_PRIVATE"
    assert outputs["function"] == f"agentrun-{outputs['id']}"
    (published,) = project.cloud.records("version")
    assert published.fields["networkConfiguration"]["vpcId"] == "vpc-1"
    assert published.fields["logConfiguration"]["logstore"] == "default-logs"
    project.writes()

    again = project.json("up")
    assert set(again.changes) == {"same"}
    assert set(project.json("refresh").changes) == {"same"}
    assert set(project.json("refresh").changes) == {"same"}
    assert project.writes() == []

    project.edit("__main__.py", 'vpc_id": "vpc-1', 'vpc_id": "vpc-2')
    planned = project.json("preview").changes
    assert {op: planned[op] for op in planned if op != "same"} == {"update": 1, "replace": 1}
    project.writes()
    project.run("up")
    assert project.writes() == ["UpdateAgentRuntime", "PublishRuntimeVersion"]
    assert project.outputs()["version"] == "2"

    project.run("destroy")
    for kind in ("runtime", "version", "concurrency", "log_project", "logstore"):
        assert project.cloud.records(kind) == [], kind


def test_what_is_wrong_is_refused_at_preview_with_its_place(project: Project) -> None:
    (project.folder / "__main__.py").write_text(
        PROGRAM.replace("auto=True,", "").replace(
            "reserved_concurrency=5", "reserved_concurrency=-1"
        )
    )
    run = project.run("preview", good=False)
    told = run.text + run.errors
    assert run.code != 0
    assert "reserved_concurrency" in told
    assert "project" in told
    assert "Traceback" not in told
    assert project.writes() == []


def test_a_part_that_the_runtime_declares_too_is_refused_at_preview(project: Project) -> None:
    program = PROGRAM.replace(
        '"command": ["x"]}\n', '"command": ["x"]},\n    internet_access=True, log={"auto": True},\n'
    )
    assert program != PROGRAM
    (project.folder / "__main__.py").write_text(program)
    refused = project.run("preview", good=False)
    assert refused.code != 0
    assert "declares internet_access itself: use one of the two" in refused.text
    assert "declares log itself: use one of the two" in refused.text
    assert project.writes() == []
