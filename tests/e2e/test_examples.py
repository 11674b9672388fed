"""Every example deploys, a second `up` changes nothing, and it can be removed again."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings, Key
from agentrun_fake.store import Scope
from agentrun_provider.checksum import crc64
from agentrun_provider.client import Client
from agentrun_provider.config import resolve
from agentrun_provider.credentials import provider_for

from .conftest import ACCOUNT, ROOT, Project

pytestmark = pytest.mark.e2e


def example(name: str, folder: Path, server: ThreadedServer, **config: str) -> Project:
    """A copy of an example beside a copy of the quickstart's code."""
    shutil.copytree(ROOT / "examples" / name, folder, dirs_exist_ok=True)
    shutil.copytree(ROOT / "examples/quickstart/code", folder / "code")
    text = "".join(f"  {name_of(folder)}:{key}: {value}\n" for key, value in config.items())
    (folder / "Pulumi.dev.yaml").write_text(f"config:\n  {name_of(folder)}:code: ./code\n{text}")
    (folder / "state").mkdir()
    return Project(folder, server)


def name_of(folder: Path) -> str:
    return (folder / "Pulumi.yaml").read_text().partition("name: ")[2].split()[0]


def deployed_by_others(server: ThreadedServer) -> str:
    """An agent as the Serverless Devs component deploys it: a zip of its own making, no marks."""
    settings = resolve(
        {
            "agentrun:region": "cn-hangzhou",
            "agentrun:accountId": ACCOUNT,
            "agentrun:accessKeyId": "testak",
            "agentrun:accessKeySecret": "testsecret",
            "agentrun:controlEndpoint": server.url,
        },
        {},
    )
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for path in (ROOT / "examples/quickstart/code").glob("*.py"):
            archive.write(path, path.name)
    data = package.getvalue()
    code = {"language": "python3.12", "command": ["python3", "app.py"], "checksum": crc64(data)}
    code["zipFile"] = base64.b64encode(data).decode()
    body: dict[str, Any] = {
        "agentRuntimeName": "agent-prod",
        "artifactType": "Code",
        "codeConfiguration": code,
        "cpu": 2,
        "memory": 4096,
        "port": 9000,
        "description": "My Agent Runtime",
        "environmentVariables": {"ENVIRONMENT": "prod", "LOG_LEVEL": "info"},
        "networkConfiguration": {"networkMode": "PUBLIC"},
    }
    with Client(settings, provider_for(settings)) as client:
        made = client.call("CreateAgentRuntime", "POST", "/agents/runtimes", body=body)
        server.cloud.finish()
        path = f"/agents/runtimes/{made['agentRuntimeId']}/endpoints"
        endpoint = {"agentRuntimeEndpointName": "production", "targetVersion": "LATEST"}
        client.call("CreateAgentRuntimeEndpoint", "POST", path, body=endpoint)
    server.cloud.finish()
    server.cloud.calls.clear()
    return str(made["agentRuntimeId"])


def test_what_others_deployed_is_refused_then_adopted(
    tmp_path: Path, server: ThreadedServer
) -> None:
    theirs = deployed_by_others(server)
    project = example("adopt_existing", tmp_path, server)
    refused = project.run("up", good=False)
    assert refused.code != 0
    assert theirs in refused.text
    assert "adopt=True" in refused.text
    project.writes()

    project.run("config", "set", "adopt:adopt", "true")
    changes = "changes codeConfiguration, systemTags"
    told = f"adopts {theirs}, {changes}; code: 2 only here (.env.example, requirements.txt)"
    assert f"an up {told}" in project.run("preview").text
    assert project.writes() == []
    adopted = project.run("up")
    assert told in adopted.text
    assert "adopts" in adopted.text.partition("RuntimeEndpoint production: ")[2]
    assert project.writes() == ["UpdateAgentRuntime"]
    assert project.outputs()["runtimeId"] == theirs

    assert set(project.json("up").changes) == {"same"}
    project.run("config", "set", "adopt:memory", "8192")
    assert "memory: 4096 => 8192" in project.run("preview").text
    project.run("up")
    assert project.writes() == ["UpdateAgentRuntime"]
    project.run("destroy")
    assert list(server.cloud.runtimes()) == ["agent-prod"], "it is retained"


def test_an_agent_from_an_image_keeps_its_password_secret(
    tmp_path: Path, server: ThreadedServer
) -> None:
    project = example(
        "container", tmp_path, server, image="registry/agent@sha256:0", registryUser="r"
    )
    project.run("config", "set", "container:registryPassword", options=["--secret", "hunter2"])
    deployed = project.run("up", options=["--diff"])
    live = server.cloud.runtimes()["container-dev-agent"]["containerConfiguration"]
    assert live["registryConfig"]["authConfig"] == {"userName": "r", "password": "hunter2"}
    again = project.json("up")
    assert set(again.changes) == {"same"}
    kept = "".join(p.read_text() for p in (tmp_path / "state").rglob("*") if p.is_file())
    assert "hunter2" not in deployed.text + again.text + kept
    project.run("refresh", options=["--expect-no-changes"])
    project.run("destroy")
    assert server.cloud.runtimes() == {}


OTHER_ACCOUNT = "2222222222222222"


def test_one_program_deploys_with_two_sets_of_settings(tmp_path: Path) -> None:
    # At an IP address the fake can't be told the region, so the second one is another account.
    second = Key("secondak", "secondsecret", OTHER_ACCOUNT)
    with ThreadedServer(FakeCloud(FakeSettings(keys=(second,)))) as server:
        project = example("two_regions", tmp_path, server, **{"profile-cn-shanghai": "second"})
        profile = {
            "name": "second",
            "mode": "AK",
            "access_key_id": second.key_id,
            "access_key_secret": second.secret,
        }
        (tmp_path / ".aliyun").mkdir()
        (tmp_path / ".aliyun/config.json").write_text(
            json.dumps({"current": "second", "profiles": [profile]})
        )
        project.environment = {"HOME": str(tmp_path)}
        project.run("up")
        for account in (ACCOUNT, OTHER_ACCOUNT):
            assert list(server.cloud.runtimes(Scope(account, "cn-hangzhou"))) == ["agent"]
        assert set(project.json("up").changes) == {"same"}
        state = "".join(p.read_text() for p in (tmp_path / "state").rglob("*") if p.is_file())
        assert second.secret not in state
        project.run("destroy")
        assert server.cloud.runtimes(Scope(OTHER_ACCOUNT, "cn-hangzhou")) == {}


def test_every_example_is_explained_and_tested() -> None:
    tested = Path(__file__).parent
    text = "".join(path.read_text() for path in tested.glob("test_*.py"))
    for folder in (ROOT / "examples").iterdir():
        assert (folder / "README.md").exists() or folder.name == "quickstart", folder
        assert folder.name in text, f"{folder} is not run by a test"


def test_an_agent_stands_on_what_pulumi_alicloud_makes(
    tmp_path: Path, server: ThreadedServer
) -> None:
    project = example("private_network", tmp_path, server)
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", "print('hello')\n")
    (tmp_path / "agent.zip").write_bytes(package.getvalue())
    project.run("config", "set", "private-network:package", "./agent.zip")
    refused = project.run("preview", good=False)
    assert "alicloud" in refused.text + refused.errors, "the plugin is not installed"

    digest = hashlib.sha256(package.getvalue()).hexdigest()[:16]
    server.cloud.put_object("agents-dev-packages", f"agent-{digest}.zip", package.getvalue())
    simulated = ["--simulate", "alicloud"]
    planned = project.run("preview", options=[*simulated, "--json"])
    assert planned.changes == {"create": 12}
    project.run("up", options=simulated)
    live = server.cloud.runtimes()["private-network-dev-agent"]
    assert live["networkConfiguration"]["networkMode"] == "PRIVATE"
    assert live["networkConfiguration"]["vpcId"].startswith("vpc-")
    assert live["logConfiguration"] == {"project": "agents-dev-logs", "logstore": "agent"}
    assert live["executionRoleArn"] == f"acs:ram::{ACCOUNT}:role/agent-dev"
    assert live["codeConfiguration"]["ossBucketName"] == "agents-dev-packages"
    again = project.run("up", options=[*simulated, "--json"])
    assert set(again.changes) == {"same"}
    project.run("destroy", options=simulated)
    assert server.cloud.runtimes() == {}
