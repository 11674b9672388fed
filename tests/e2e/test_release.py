"""The guide's release story: every step is previewed, and what was previewed happens."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .conftest import ROOT, Project

pytestmark = pytest.mark.e2e


@pytest.fixture
def canary(tmp_path: Path, project: Project) -> Project:
    shutil.copytree(ROOT / "examples/canary", tmp_path, dirs_exist_ok=True)
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  canary:code: ./code\n")
    return project


class Release:
    """One step after the other, each previewed first."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def up(self, *, traffic: str, writes: list[str]) -> None:
        # An `up` begins with the preview.
        self.planned = self.project.run("up").text.partition("Updating (")[0]
        assert self.project.writes() == writes
        assert self.project.outputs()["traffic"] == traffic

    def rest(self) -> None:
        again = self.project.json("up")
        assert set(again.changes) == {"same"}
        assert self.project.writes() == []

    def config(self, key: str, value: str) -> None:
        self.project.run("config", "set", f"canary:{key}", value)

    def code(self, text: str) -> None:
        (self.project.folder / "code/app.py").write_text(f"print({text!r})\n")

    def split(self) -> tuple[str, list[dict[str, object]]]:
        live = self.project.cloud.endpoints("canary-dev-agent")["production"]
        weights = (live.get("routingConfiguration") or {}).get("versionWeights") or []
        return live["targetVersion"], weights


RUNTIME, VERSION = "UpdateAgentRuntime", "PublishRuntimeVersion"
ENDPOINT = "UpdateAgentRuntimeEndpoint"


def test_deploy_try_out_promote_and_roll_back(canary: Project) -> None:
    release = Release(canary)
    create = "CreateAgentRuntimeEndpoint"
    release.up(traffic="100 % v1", writes=["CreateAgentRuntime", VERSION, create, create])
    assert release.split() == ("1", [])
    release.rest()

    release.code("two")
    release.config("canaryWeight", "0.1")
    release.up(traffic="90 % v1, 10 % v2", writes=[RUNTIME, VERSION, ENDPOINT, ENDPOINT])
    assert '"100 % v1" => "90 % v1, 10 % of the new version"' in release.planned
    assert "RuntimeVersion" in release.planned
    assert release.split() == ("1", [{"version": "2", "weight": 0.1}])

    release.config("canaryWeight", "0.5")
    release.up(traffic="50 % v1, 50 % v2", writes=[ENDPOINT])
    assert '"90 % v1, 10 % v2" => "50 % v1, 50 % v2"' in release.planned

    release.config("promote", "true")
    release.up(traffic="100 % v2", writes=[ENDPOINT])
    assert release.split() == ("2", [])

    release.config("promote", "false")
    release.code("three")
    release.up(traffic="50 % v2, 50 % v3", writes=[RUNTIME, VERSION, ENDPOINT, ENDPOINT])

    release.config("rollback", "true")
    release.up(traffic="100 % v2", writes=[ENDPOINT])
    assert '"50 % v2, 50 % v3" => "100 % v2"' in release.planned
    assert release.split() == ("2", [])
    release.rest()

    canary.run("destroy")
    assert canary.cloud.runtimes() == {}


def test_a_runtime_deleted_behind_our_back_comes_back_with_version_and_endpoints(
    canary: Project,
) -> None:
    canary.run("up")
    canary.cloud.mutate({"runtime": "canary-dev-agent"}, delete=True)
    canary.run("up", options=["--refresh"])
    assert canary.outputs()["traffic"] == "100 % v1"
    assert set(canary.cloud.endpoints("canary-dev-agent")) == {"candidate", "production"}
    assert len(canary.cloud.records("version")) == 1
    canary.writes()
    canary.run("up")
    assert canary.writes() == []


def test_an_up_killed_between_update_and_publish_publishes_next_time(canary: Project) -> None:
    release = Release(canary)
    canary.run("up")
    canary.writes()
    release.code("two")
    canary.environment = {"AGENTRUN_MAX_RETRIES": "0"}
    canary.cloud.faults.add(operation="PublishRuntimeVersion", status=500, when="before")
    assert canary.run("up", good=False).code != 0
    canary.cloud.faults.clear()
    canary.environment = {}
    canary.run("up")
    assert canary.outputs()["version"] == "2"
    canary.writes()
    canary.run("up")
    assert canary.writes() == []


def test_a_publish_whose_reply_was_lost_is_not_published_twice(canary: Project) -> None:
    canary.cloud.faults.add(kind="drop", operation="PublishRuntimeVersion", when="after")
    canary.run("up")
    assert canary.outputs()["version"] == "1"
    assert canary.cloud.calls.count("PublishRuntimeVersion") == 1
