"""What Pulumi's options do to an `Agent`, and how a stack moves into one."""

from __future__ import annotations

import pytest

from .agents import CODE, program, resources, unchanged
from .conftest import ROOT, Project

pytestmark = pytest.mark.e2e


def test_protection_holds_for_all_children(project: Project) -> None:
    program(project, "opts=pulumi.ResourceOptions(protect=True), publish=False")
    project.run("up")
    assert resources(project)["shop-production"]["protect"] is True
    refused = project.run("destroy", good=False)
    assert refused.code != 0
    assert "protected" in refused.text + refused.errors
    assert list(project.cloud.runtimes()) == ["shop-dev-shop"]


def test_a_renamed_agent_keeps_its_children(project: Project) -> None:
    program(project, 'name="fixed"')
    project.run("up")
    project.writes()
    text = (project.folder / "__main__.py").read_text()
    alias = 'opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="shop")]), '
    text = text.replace('Agent("shop", ', f'Agent("store", {alias}')
    (project.folder / "__main__.py").write_text(text)
    project.run("up")
    assert project.writes() == []
    assert {"store", "store-version", "store-production"} <= set(resources(project))


def test_changes_that_are_ignored_belong_to_the_part_they_name(project: Project) -> None:
    ignored = (
        'opts=pulumi.ResourceOptions(ignore_changes=["memory", "reserved_concurrency", '
        '"endpoints.production.description", "custom_domain.protocol"])'
    )

    def declare(memory: int, reserved: int, text: str, cpu: int) -> None:
        program(
            project,
            f"{ignored}, memory={memory}, reserved_concurrency={reserved}, cpu={cpu}, "
            f'endpoints=[{{"name": "production", "description": "{text}"}}]',
        )

    declare(2048, 1, "one", 1)
    project.run("up")
    declare(4096, 2, "two", 2)
    project.run("up")
    live = project.cloud.runtimes()["shop-dev-shop"]
    assert (live["memory"], live["cpu"]) == (2048, 2), "only what is named is ignored"
    assert project.cloud.records("concurrency")[0].fields["reservedConcurrency"] == 1
    assert project.cloud.endpoints("shop-dev-shop")["production"]["description"] == "one"


def test_an_agent_waits_for_what_it_depends_on(project: Project) -> None:
    program(
        project,
        "opts=pulumi.ResourceOptions(depends_on=[first])",
        before=f'first = agentrun.Runtime("first", code={CODE})',
        after=f"""
agentrun.Runtime("last", code={CODE}, opts=pulumi.ResourceOptions(depends_on=[agent]))
""",
    )
    project.run("up")
    order = [
        call.operation for call in project.cloud.calls.writes if call.operation.startswith("Create")
    ]
    assert order == [
        "CreateAgentRuntime",
        "CreateAgentRuntime",
        "CreateAgentRuntimeEndpoint",
        "CreateAgentRuntime",
    ]
    created = [item["agentRuntimeName"] for item in project.cloud.runtimes().values()]
    assert created == ["shop-dev-first", "shop-dev-shop", "shop-dev-last"]


def test_children_that_are_retained_stay_in_the_service(project: Project) -> None:
    program(project, "opts=pulumi.ResourceOptions(retain_on_delete=True)")
    project.run("up")
    project.run("destroy")
    assert set(project.cloud.endpoints("shop-dev-shop")) == {"production"}


def test_what_is_wrong_is_told_in_one_line_before_anything_is_sent(project: Project) -> None:
    program(project, 'endpoints=[{"name": "production", "versoin": 1}]')
    refused = project.run("preview", good=False)
    told = refused.text + refused.errors
    assert "endpoints[0] has no 'versoin'; it has" in told
    assert "Traceback" not in told
    assert project.writes() == []


def test_what_was_declared_apart_moves_into_an_agent_without_a_call(project: Project) -> None:
    recipe = (ROOT / "examples/agent/README.md").read_text().partition("```python\n")[2]
    (project.folder / "__main__.py").write_text(
        f"""import pulumi_agentrun as agentrun
runtime = agentrun.Runtime("agent", code={CODE})
release = agentrun.RuntimeVersion(
    "release", runtime_id=runtime.id, fingerprint=runtime.fingerprint
)
agentrun.RuntimeEndpoint(
    "production", runtime_id=runtime.id, name="production", target_version=release.version
)
"""
    )
    project.run("up")
    project.writes()
    (project.folder / "__main__.py").write_text(
        f"""import pulumi
import pulumi_agentrun as agentrun
{recipe.partition("```")[0].replace("...", f"code={CODE}")}"""
    )
    project.run("up")
    assert project.writes() == []
    assert {"agent", "agent-version", "agent-production"} <= set(resources(project))
    unchanged(project)
