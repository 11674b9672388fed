"""Commands run in this process on a stack that was really deployed to the fake service."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings, Key
from agentrun_provider.cli.main import main
from agentrun_provider.client import Client
from agentrun_provider.config import resolve
from agentrun_provider.credentials import provider_for
from click.testing import CliRunner, Result

ACCOUNT = "1234567890123456"
READER = Key("readerak", "readersecret", ACCOUNT, user="reader", deny=("fc:*",))
FOREIGNER = Key("foreignak", "foreignsecret", "9999999999999999", user="foreigner")
STRANGER = Key("strangerak", "strangersecret", ACCOUNT, user="stranger", allow=("log:*",))

PROJECT = """\
name: shop
runtime: python
config:
  agentrun:region:
    value: cn-hangzhou
"""

PROGRAM = """\
import pulumi
import pulumi_agentrun as agentrun

runtime = agentrun.Runtime(
    "agent",
    name="shop-agent",
    code={"src": "./code", "language": "python3.12", "command": ["python3", "app.py"]},
    memory=2048,
    environment_variables={
        "LOG_LEVEL": "info", "API_KEY": pulumi.Output.secret("sk-very-secret")
    },
    role="acs:ram::1234567890123456:role/shopRole",
    log={"project": "shop-logs", "logstore": "agents"},
)
release = agentrun.RuntimeVersion(
    "release", runtime_id=runtime.id, fingerprint=runtime.fingerprint, description="the first"
)
agentrun.RuntimeEndpoint(
    "production", runtime_id=runtime.id, name="live", target_version=release.version
)
agentrun.RuntimeCustomDomain(
    "domain", runtime_id=runtime.id, domain_name="shop.example.com", protocol="HTTP"
)
agentrun.RuntimeConcurrency("limit", runtime_id=runtime.id, reserved_concurrency=5)
"""


@dataclass
class Shop:
    """A project in a folder, deployed by the embedded engine, and the service it is in."""

    folder: Path
    server: ThreadedServer
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("CONTROL", "FC", "OSS", "SLS", "STS", "DATA"):
            self.environment[f"AGENTRUN_{name}_ENDPOINT"] = self.server.url
        self.environment |= {
            "AGENTRUN_ACCESS_KEY_ID": "testak",
            "AGENTRUN_ACCESS_KEY_SECRET": "testsecret",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_BACKEND_URL": f"file://{self.folder}/state",
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
            "NO_COLOR": "1",
        }

    @property
    def cloud(self) -> FakeCloud:
        return self.server.cloud

    def up(self) -> None:
        """Deploy with the embedded engine, in a process of its own as users do."""
        whole = [sys.executable, "-m", "agentrun_provider", "local", "up", "--stack", "dev"]
        done = subprocess.run(
            [*whole, "--cwd", str(self.folder)],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def run(
        self, *arguments: str, code: int = 0, env: dict[str, str | None] | None = None
    ) -> Result:
        """Run a command in the project's folder; it has to end with an exit code."""
        words = 2 if arguments[0] == "instances" else 1
        line = [*arguments[:words], "--cwd", str(self.folder), *arguments[words:]]
        result = CliRunner().invoke(main, line, env={**self.environment, **(env or {})})
        assert result.exit_code == code, result.output + repr(result.exception)
        assert "Traceback" not in result.output
        return result

    def json(self, *arguments: str, code: int = 0, env: dict[str, str | None] | None = None) -> Any:
        """Run a command with `--json` and read the one document it prints."""
        return json.loads(self.run(*arguments, "--json", code=code, env=env).stdout)

    def as_key(self, key: Key) -> dict[str, str | None]:
        """The environment of somebody with another key."""
        return {"AGENTRUN_ACCESS_KEY_ID": key.key_id, "AGENTRUN_ACCESS_KEY_SECRET": key.secret}

    @property
    def client(self) -> Client:
        """A client of the service beside the stack, for what is done behind its back."""
        settings = resolve({"agentrun:region": "cn-hangzhou"}, self.environment)
        return Client(settings, provider_for(settings))

    @property
    def runtime_id(self) -> str:
        return str(self.json("versions")["runtimeId"])

    def change(self, **body: Any) -> None:
        """Change the runtime by hand."""
        with self.client as client:
            path = f"/agents/runtimes/{self.runtime_id}"
            client.call("UpdateAgentRuntime", "PUT", path, body=body)


def shop_in(folder: Path, server: ThreadedServer) -> Shop:
    """A project that is not deployed yet."""
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "Pulumi.dev.yaml").write_text("config: {}\n")
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / "code").mkdir()
    (folder / "code/app.py").write_text("print('hello')\n")
    (folder / "state").mkdir()
    return Shop(folder, server)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own: no settings, no keys, no Pulumi CLI."""
    for name in list(os.environ):
        if name.startswith(("AGENTRUN_", "ALIBABA_CLOUD_", "FC_", "PULUMI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    here = Path(sys.executable).parent
    monkeypatch.setenv("PATH", os.pathsep.join([str(here), "/usr/bin", "/bin"]))


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud(FakeSettings(keys=(READER, STRANGER, FOREIGNER)))) as running:
        yield running


@pytest.fixture(scope="session")
def deployed_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, Any]]:
    """A deployed project that nobody changes, and what its service holds."""
    with ThreadedServer(FakeCloud(FakeSettings(keys=(READER, STRANGER, FOREIGNER)))) as running:
        deployed = shop_in(tmp_path_factory.mktemp("once"), running)
        deployed.up()
        held = copy.deepcopy(running.cloud.store.snapshot()), dict(running.cloud.store.blobs)
        yield deployed, held


@pytest.fixture
def shop(tmp_path: Path, deployed_once: tuple[Shop, Any]) -> Shop:
    """A deployed project that a test may change: a copy, for deploying takes seconds."""
    original, (held, blobs) = deployed_once
    cloud = original.cloud
    with cloud.lock:
        cloud.store.restore(copy.deepcopy(held), dict(blobs))
        cloud.changed()
    cloud.faults.clear()
    cloud.calls.clear()
    shutil.copytree(original.folder, tmp_path / "shop")
    return Shop(tmp_path / "shop", original.server)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A deployed project for tests that only look at it."""
    with ThreadedServer(FakeCloud(FakeSettings(keys=(READER, STRANGER, FOREIGNER)))) as running:
        deployed = shop_in(tmp_path_factory.mktemp("standing"), running)
        deployed.up()
        yield deployed
