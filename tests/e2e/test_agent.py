"""The `Agent` component: what it makes, how it releases, and what Pulumi's options do to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings

from .agents import COMPONENT, program, resources, unchanged
from .conftest import ACCOUNT, ROOT, Project

pytestmark = pytest.mark.e2e

RUNTIME, VERSION = "UpdateAgentRuntime", "PublishRuntimeVersion"
ENDPOINT = "UpdateAgentRuntimeEndpoint"


AGENT = """import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Agent(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

HTTPServer(("", int(os.environ["PORT"])), Agent).serve_forever()
"""


@pytest.fixture
def example(tmp_path: Path, server: ThreadedServer) -> Project:
    """A copy of the example; its configuration is part of it."""
    shutil.copytree(ROOT / "examples/agent", tmp_path, dirs_exist_ok=True)
    shutil.copytree(ROOT / "examples/quickstart/code", tmp_path / "code")
    (tmp_path / "state").mkdir()
    project = Project(tmp_path, server)
    project.edit("Pulumi.yaml", "../quickstart/code", "./code")
    return project


@pytest.fixture
def running(project: Project) -> Iterator[Project]:
    """A project whose agents are run, and answer 200."""
    (project.folder / "code/app.py").write_text(AGENT)
    with ThreadedServer(FakeCloud(FakeSettings(run=True))) as server:
        yield Project(project.folder, server)


def test_the_guides_production_agent_takes_fewer_than_15_lines() -> None:
    text = (ROOT / "examples/agent/__main__.py").read_text()
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith('"""')]
    assert len(lines) < 15


def test_the_guides_production_agent_is_released_tried_out_promoted_and_rolled_back(
    example: Project,
) -> None:
    def up(traffic: str, writes: list[str]) -> str:
        # An `up` begins with the preview.
        planned = example.run("up", stack="prod").text.partition("Updating (")[0]
        assert sorted(example.writes()) == sorted(writes)
        assert example.outputs("prod")["traffic"] == traffic
        return planned

    create = ["CreateAgentRuntime", VERSION, "CreateAgentRuntimeEndpoint", "PutConcurrencyConfig"]
    up("100 % v1", create)
    unchanged(example, "prod")
    live = example.cloud.runtimes()["agent-prod"]
    assert (live["cpu"], live["memory"]) == (2, 4096)
    assert live["sessionConcurrencyLimitPerInstance"] == 50
    assert live["networkConfiguration"]["networkMode"] == "PUBLIC_AND_PRIVATE"
    assert live["logConfiguration"] == {"project": "prod-logs", "logstore": "agentrun-runtime"}
    assert live["environmentVariables"] == {"ENVIRONMENT": "prod", "LOG_LEVEL": "info"}
    assert example.cloud.endpoints("agent-prod")["production"]["targetVersion"] == "1"

    (example.folder / "code/app.py").write_text("print('two')\n")
    up("100 % v1", [RUNTIME, VERSION])
    example.edit("Pulumi.prod.yaml", "rollout: {}", "rollout: {canary_weight: 0.1}")
    planned = up("90 % v1, 10 % v2", [ENDPOINT])
    assert '"100 % v1" => "90 % v1, 10 % v2"' in planned
    assert "[unknown]" not in planned, "a split changes neither version nor address"
    example.edit("Pulumi.prod.yaml", "canary_weight: 0.1", "canaryWeight: 0.1, promote: true")
    up("100 % v2", [ENDPOINT])
    example.edit("Pulumi.prod.yaml", "promote", "rollback")
    up("100 % v1", [ENDPOINT])

    example.run("refresh", stack="prod", options=["--expect-no-changes"])
    example.run("destroy", stack="prod")
    assert example.cloud.runtimes() == {}
    assert example.cloud.records("concurrency") == []


def test_without_a_rollout_a_new_version_has_all_the_traffic_and_can_be_taken_back(
    example: Project,
) -> None:
    example.run("up")
    (example.folder / "code/app.py").write_text("print('two')\n")
    planned = example.run("up").text
    assert '"100 % v1" => "100 % of the new version"' in planned
    assert example.outputs()["traffic"] == "100 % v2"
    example.edit("Pulumi.dev.yaml", "config:", "config:\n  agent:rollout: {rollback: true}")
    example.run("up")
    assert example.outputs()["traffic"] == "100 % v1"
    unchanged(example)


def test_every_part_is_a_child_of_its_own(running: Project) -> None:
    project = running
    program(
        project,
        """endpoints=[
            agentrun.AgentEndpointArgs(
                name="production", smoke=agentrun.SmokeArgs(url="candidate", path="/health")
            ),
            {"name": "candidate", "version": "LATEST"},
            {"name": "pinned", "version": 1, "description": "for ever"},
        ],
        publish={"description": "first"},
        reserved_concurrency=5,
        custom_domain={"domain_name": "agents.example.com", "route": {"path": "/shop/*"}}""",
        after="""
for name in ("runtime_id", "arn", "name", "status", "version", "urls", "endpoint_ids",
             "endpoint_arns", "traffic", "custom_domain_url"):
    pulumi.export(name, getattr(agent, name))
pulumi.export("children", [
    agent.runtime.name, agent.release.version, agent.endpoints["pinned"].name,
    agent.concurrency.reserved_concurrency, agent.custom_domain.domain_name,
])
""",
    )
    project.run("up")
    found = resources(project)
    children = {
        "shop-version": "RuntimeVersion",
        "shop-production": "RuntimeEndpoint",
        "shop-candidate": "RuntimeEndpoint",
        "shop-pinned": "RuntimeEndpoint",
        "shop-concurrency": "RuntimeConcurrency",
        "shop-domain": "RuntimeCustomDomain",
    }
    assert set(children) <= set(found)
    for name, kind in children.items():
        assert found[name]["type"].endswith(kind)
        assert f"{COMPONENT}$" in found[name]["urn"]
        assert found[name]["parent"].endswith(f"{COMPONENT}::shop")

    outputs = project.outputs()
    (runtime,) = project.cloud.records("runtime")
    assert outputs["runtime_id"] == runtime.id
    assert outputs["arn"] == f"acs:agentrun:cn-hangzhou:{ACCOUNT}:runtimes/{runtime.id}"
    assert (outputs["name"], outputs["status"]) == ("shop-dev-shop", "READY")
    assert outputs["version"] == "1"
    ids = {record.name: record.id for record in project.cloud.records("endpoint")}
    assert outputs["endpoint_ids"] == ids
    for name, endpoint_id in ids.items():
        assert outputs["urls"][name].endswith(f"/endpoints/{name}/invocations")
        assert outputs["endpoint_arns"][name].endswith(f":runtime-endpoints/{endpoint_id}")
    assert outputs["traffic"] == {
        "production": "100 % v1",
        "candidate": "100 % LATEST",
        "pinned": "100 % v1",
    }
    assert outputs["custom_domain_url"] == "http://agents.example.com"
    assert outputs["children"] == ["shop-dev-shop", "1", "pinned", 5, "agents.example.com"]
    unchanged(project)
    project.run("destroy")
    assert project.cloud.runtimes() == {}
    assert project.cloud.records("fc_custom_domain") == []


def test_a_domain_follows_a_runtime_that_is_replaced(project: Project) -> None:
    domain = 'publish=False, custom_domain={"domain_name": "agents.example.com"}'
    program(project, f'name="one", {domain}')
    project.run("up")
    program(project, f'name="two", {domain}')
    project.run("up")
    (runtime,) = project.cloud.records("runtime")
    (record,) = project.cloud.records("fc_custom_domain")
    (route,) = record.fields["routeConfig"]["routes"]
    assert (runtime.name, route["functionName"]) == ("two", f"agentrun-{runtime.id}")
    assert project.cloud.calls.count("DeleteCustomDomain") == 0
    unchanged(project)


@pytest.mark.parametrize(
    "certificate",
    [
        '{"cert_name": "c", "certificate": "-----BEGIN C", "private_key": "-----BEGIN hunter2"}',
        '{"certName": "c", "certificate": "-----BEGIN C", "privateKey": "-----BEGIN hunter2"}',
        'agentrun.DomainCertArgs(cert_name="c", certificate="-----BEGIN C", '
        'private_key="-----BEGIN hunter2")',
    ],
    ids=["dict", "camel-case", "class"],
)
def test_a_private_key_is_nowhere_in_plain_text(project: Project, certificate: str) -> None:
    domain = f'{{"domain_name": "agents.example.com", "cert_config": {certificate}}}'
    program(
        project,
        f'endpoints=[], publish=False, custom_domain={domain}, arms={{"license_key": "hunter3"}}',
    )
    shown = project.run("up", options=["--diff"]).text
    (record,) = project.cloud.records("fc_custom_domain")
    assert record.fields["certConfig"]["privateKey"] == "-----BEGIN hunter2"
    state = "".join(p.read_text() for p in (project.folder / "state").rglob("*") if p.is_file())
    assert "hunter" not in shown + state


def test_the_smoke_test_of_another_endpoint_guards_the_traffic(running: Project) -> None:
    program(
        running,
        """endpoints=[
            {"name": "production", "smoke": {"url": "candidate", "attempts": 1}},
            {"name": "candidate", "version": "LATEST"},
        ]""",
        after='pulumi.export("traffic", agent.traffic["production"])',
    )
    running.run("up")
    assert running.outputs()["traffic"] == "100 % v1"
    running.edit("code/app.py", "200", "503")
    refused = running.run("up", good=False)
    assert "No traffic was moved" in refused.text
    assert running.cloud.endpoints("shop-dev-shop")["production"]["targetVersion"] == "1"
    running.edit("code/app.py", "503", "204")
    refused = running.run("up", good=False)
    assert "status 204" in refused.text
    running.edit("code/app.py", "204", "200")
    running.run("up")
    assert running.outputs()["traffic"] == "100 % v4"


def test_an_agent_that_publishes_nothing_is_on_its_latest_deployment(project: Project) -> None:
    program(project, "publish=False")
    project.run("up")
    assert project.cloud.records("version") == []
    assert project.cloud.endpoints("shop-dev-shop")["production"]["targetVersion"] == "LATEST"
    program(project, "publish=False, endpoints=[]")
    project.run("up")
    assert project.cloud.endpoints("shop-dev-shop") == {}
    unchanged(project)


def test_shared_arguments_reach_the_children(project: Project) -> None:
    program(project, 'deletion_policy="retain", reserved_concurrency=3, timeouts={"create": "9m"}')
    project.run("up")
    for name in ("shop-production", "shop-concurrency"):
        inputs = resources(project)[name]["inputs"]
        assert (inputs["deletionPolicy"], inputs["timeouts"]) == ("retain", {"create": "9m"})
    project.run("destroy")
    assert list(project.cloud.runtimes()) == ["shop-dev-shop"]


def test_prevented_deletion_does_not_stop_the_next_version(project: Project) -> None:
    program(project, 'deletion_policy="prevent"')
    project.run("up")
    (project.folder / "code/app.py").write_text("print('two')\n")
    project.run("up")
    assert len(project.cloud.records("version")) == 2
    assert project.run("destroy", good=False).code != 0
    assert list(project.cloud.runtimes()) == ["shop-dev-shop"]
