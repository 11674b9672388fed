"""The development guide from its first deployment to its last command, with our commands.

Its two files are deployed as the Serverless Devs component does, converted and taken over; then
each chapter follows: build, deploy, look, logs, release, instances, concurrency, remove.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings
from agentrun_provider.sls import LogService

from ..building.wheels import make_wheel
from ..convert.conftest import SAMPLES, Migration
from .conftest import ROOT

pytestmark = pytest.mark.e2e

NETWORK = {
    "VPC_ID": "vpc-bp1234567890abcdef",
    "VSWITCH_ID": "vsw-bp1111111111111111",
    "SECURITY_GROUP_ID": "sg-bp1234567890abcdef",
}


@dataclass
class Team:
    """A team that lives in the guide, and its terminal."""

    migration: Migration
    wheels: Path

    @property
    def folder(self) -> Path:
        """The folder of the application, with the files and the code."""
        return self.migration.folder

    def run(self, *command: str, stack: str = "prod", code: int = 0) -> str:
        """Type `pulumi-agentrun COMMAND` in the new project; returns what stands on stdout."""
        done = subprocess.run(
            [sys.executable, "-m", "agentrun_provider", *command, "--stack", stack],
            cwd=self.migration.out,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def json(self, *command: str, stack: str = "prod") -> Any:
        """What the command prints with `--json`."""
        return json.loads(self.run(*command, "--json", stack=stack))

    def environment(self) -> dict[str, str]:
        """That of the runs of the engine, and an index of packages in a folder."""
        project = self.migration.project.environment_of_runs()
        return project | {
            "UV_CONFIG_FILE": str(self.wheels / "uv.toml"),
            "UV_FIND_LINKS": str(self.wheels),
            "AGENTRUN_CACHE_DIR": str(self.folder / "cache"),
        }

    def up(self, *, stack: str = "prod") -> list[str]:
        """`pulumi up`; returns what was written."""
        self.migration.writes()
        self.run("local", "up", "--skip-preview", stack=stack)
        return self.migration.writes()

    def nothing_to_do(self, *, stack: str = "prod") -> None:
        """A further `pulumi up` finds nothing to do."""
        self.run("local", "up", "--skip-preview", "--expect-no-changes", stack=stack)
        assert self.migration.writes() == []

    def set(self, key: str, value: str, *, stack: str = "prod") -> None:
        """`pulumi config set`."""
        self.run("local", "config", "set", key, value, stack=stack)

    def rollout(self, key: str, value: str) -> None:
        """`pulumi config set --path rollout.KEY VALUE`."""
        self.run("local", "config", "set", "--path", f"rollout.{key}", value)

    def edit(self, file: Path, old: str, new: str) -> None:
        """Change a line of a file."""
        text = file.read_text(encoding="utf-8")
        assert old in text, text
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    folder = tmp_path / "app"
    shutil.copytree(SAMPLES / "guide", folder)
    shutil.copy(ROOT / "examples/quickstart/code/app.py", folder / "code/app.py")
    wheels = tmp_path / "wheels"
    make_wheel(wheels, "skills")
    (wheels / "uv.toml").write_text("no-index = true\n")
    settings = FakeSettings(run=True)
    with ThreadedServer(FakeCloud(settings)) as server:
        yield Team(Migration(folder, server, dict(NETWORK)), wheels)


def test_the_whole_guide(team: Team) -> None:
    deployed_by_serverless_devs(team)
    taken_over(team)
    built(team)
    looked_at(team)
    released(team)
    seen_inside(team)
    reserved(team)
    removed(team)


def deployed_by_serverless_devs(team: Team) -> None:
    """The log project is made in the console; then `s deploy -t s.dev.yaml`, `s.prod.yaml`."""
    session = team.migration.session()
    logs = LogService(session.client)
    logs.create_project("prod-logs", "Logs of production")
    logs.create_logstore("prod-logs", "agentrun-runtime", 1, 30)
    logs.create_index("prod-logs", "agentrun-runtime", {"line": {"token": [" "]}})
    session.client.close()
    for name in ("s.dev.yaml", "s.prod.yaml"):
        # Without a port, which the guide forgets, the service refuses.
        team.edit(team.folder / name, "        cpu:", "        port: 9000\n        cpu:")
        team.migration.deploy(name)


def taken_over(team: Team) -> None:
    """`pulumi-agentrun convert … --adopt`, and an `up` of both stacks that writes nothing."""
    team.migration.convert("s.dev.yaml", "s.prod.yaml")
    team.set("vpcId", NETWORK["VPC_ID"])
    team.set("vswitchId", NETWORK["VSWITCH_ID"])
    team.set("securityGroupId", NETWORK["SECURITY_GROUP_ID"])
    assert team.up(stack="dev") == []
    assert team.up() == []
    team.nothing_to_do(stack="dev")
    team.nothing_to_do()
    assert set(team.migration.server.cloud.runtimes()) == {"agent-dev", "agent-prod"}


def built(team: Team) -> None:
    """`s build`: the requirements become part of the package, once."""
    (team.folder / "code/requirements.txt").write_text("skills\n")
    program = team.migration.out / "__main__.py"
    team.edit(
        program,
        '        language="python3.12",\n',
        '        language="python3.12",\n        requirements="requirements.txt",\n',
    )
    team.edit(
        program,
        "    endpoints=[],\n",
        '    endpoints=[agentrun.AgentEndpointArgs(name="production")],\n'
        "    reserved_concurrency=config.get_int('reservedConcurrency'),\n"
        "    rollout=config.get_object('rollout'),\n",
    )
    team.edit(program, "    publish=False,\n", "    publish=True,\n")
    team.run("local", "config", "rm", "agentrun:adopt")
    expected = ["UpdateAgentRuntime", "PublishRuntimeVersion", "CreateAgentRuntimeEndpoint"]
    assert team.up() == expected
    team.nothing_to_do()
    [package] = team.json("build")["packages"]
    # The deployment has installed it; nothing is left to do.
    assert (package["installed"], len(package["packages"])) == (False, 1), package


def looked_at(team: Team) -> None:
    """`s info`, a question to the agent, and `s logs`."""
    told = team.json("info")
    assert (told["agent"]["name"], told["agent"]["status"]) == ("agent-prod", "READY")
    answer = team.run("invoke", "--message", "通过代码查询现在是几点?")
    assert "says the prod agent" in answer
    lines = team.run("logs", "--start-time", "1h", "--json").splitlines()
    assert any("/openai/v1/chat/completions" in json.loads(line)["message"] for line in lines)
    assert team.run("logs", "--start-time", "1h", "--search", "nothing-like-this", "--json") == ""


def released(team: Team) -> None:
    """`s version publish`, `s endpoint publish --weight`, and the way back."""
    cloud = team.migration.server.cloud

    def live() -> tuple[str, list[Any]]:
        endpoint = cloud.endpoints("agent-prod")["production"]
        routing = endpoint.get("routingConfiguration") or {}
        return endpoint["targetVersion"], routing.get("versionWeights") or []

    team.edit(team.folder / "code/app.py", "agent heard:", "new agent heard:")
    team.rollout("canary_weight", "0.1")
    assert team.up() == [
        "UpdateAgentRuntime",
        "PublishRuntimeVersion",
        "UpdateAgentRuntimeEndpoint",
    ]
    assert live() == ("1", [{"version": "2", "weight": 0.1}])
    assert [item["version"] for item in team.json("versions")["versions"]] == ["2", "1"]
    [shown] = team.json("endpoints")["endpoints"]
    assert (shown["name"], shown["traffic"]) == ("production", "90 % v1, 10 % v2")
    team.rollout("canary_weight", "0.5")
    assert team.up() == ["UpdateAgentRuntimeEndpoint"]
    team.rollout("promote", "true")
    assert team.up() == ["UpdateAgentRuntimeEndpoint"]
    assert live() == ("2", [])
    assert "The prod new agent heard: hello" in team.run("invoke", "--message", "hello")
    team.rollout("promote", "false")
    team.rollout("rollback", "true")
    assert team.up() == ["UpdateAgentRuntimeEndpoint"]
    assert live() == ("1", [])
    team.nothing_to_do()


def seen_inside(team: Team) -> None:
    """`s instance list` and `s instance exec`."""
    [instance, *_] = team.json("instances", "list")["instances"]
    listing = team.run("instances", "exec", instance["instanceId"], "--cmd", "ls")
    assert {"app.py", "python"} <= set(listing.split())


def reserved(team: Team) -> None:
    """`s concurrency put`, `get` and `remove`."""
    team.set("reservedConcurrency", "10")
    assert team.up() == ["PutConcurrencyConfig"]
    assert team.json("concurrency", "get")["reservedConcurrency"] == 10
    team.run("local", "config", "rm", "reservedConcurrency")
    assert team.up() == ["DeleteConcurrencyConfig"]


def removed(team: Team) -> None:
    """`s remove`: the stack that no longer adopts is destroyed; the other one is left alone."""
    team.run("local", "destroy", "--yes")
    team.run("local", "destroy", "--yes", stack="dev")
    assert set(team.migration.server.cloud.runtimes()) == {"agent-dev"}
