"""The vendor's high-level SDK and command line tool, unmodified, over TLS.

They need more than a hundred packages, some in versions that Pulumi can't live with, so they have
an environment of their own: `.venv-clients`, or the one that AGENTRUN_CLIENTS_VENV names.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agentrun_fake import FakeCloud, FakeSettings, ThreadedServer
from agentrun_fake.tls import LocalAuthority

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = Path(os.environ.get("AGENTRUN_CLIENTS_VENV", ROOT / ".venv-clients")) / "bin"
SCRIPTS = Path(__file__).parent / "real_clients"

pytestmark = pytest.mark.skipif(
    not (CLIENTS / "ar").exists(), reason="agentrun-sdk and agentrun-cli are not installed"
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def server(authority: LocalAuthority) -> Iterator[ThreadedServer]:
    cloud = FakeCloud(FakeSettings(run=True))
    with ThreadedServer(cloud, authority=authority) as running:
        yield running


class Terminal:
    """Runs programs as a user would who read what `pulumi-agentrun fake --https` says."""

    def __init__(self, server: ThreadedServer, authority: LocalAuthority, home: Path) -> None:
        settings = server.cloud.settings
        self.home = home
        self.environment = {
            **authority.environment(),
            "AGENTRUN_ACCESS_KEY_ID": settings.access_key_id,
            "AGENTRUN_ACCESS_KEY_SECRET": settings.access_key_secret,
            "AGENTRUN_ACCOUNT_ID": settings.account_id,
            "AGENTRUN_REGION": settings.region,
            "AGENTRUN_CONTROL_ENDPOINT": server.url,
            "AGENTRUN_DATA_ENDPOINT": server.url,
            "DISABLE_BREAKING_CHANGES_WARNING": "1",
            "HOME": str(home),
            "PATH": os.environ["PATH"],
        }

    def run(self, *command: object, status: int = 0) -> str:
        done = subprocess.run(
            [str(part) for part in command],
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def script(self, name: str, *arguments: object) -> Any:
        return json.loads(self.run(CLIENTS / "python", SCRIPTS / name, *arguments))

    def ar(self, *arguments: object, status: int = 0) -> Any:
        text = self.run(CLIENTS / "ar", *arguments, status=status)
        return json.loads(text) if text else None


@pytest.fixture
def terminal(server: ThreadedServer, authority: LocalAuthority, tmp_path: Path) -> Terminal:
    return Terminal(server, authority, tmp_path)


@pytest.mark.client("agentrun-sdk")
def test_agentrun_sdk_does_a_full_life_of_a_runtime(
    terminal: Terminal, server: ThreadedServer, tmp_path: Path
) -> None:
    program = ROOT / "examples/quickstart/code/app.py"
    assert terminal.script("sdk_runtimes.py", tmp_path / "code.zip", program) == {
        "created": "CREATING",
        "ready": "READY",
        "environment": {"A": "中 b"},
        "again": "ResourceAlreadyExistError",
        "updating": "UPDATING",
        "description": "changed",
        "endpoints": ["endpoint"],
        "answer": "The local agent heard: hello",
        "forged": "wrong signature",
        "versions": ["LATEST"],
        "listed": ["demo"],
        "gone": "ResourceNotExistError",
    }
    assert server.cloud.runtimes() == {}


@pytest.mark.client("agentrun-sdk")
def test_agentrun_sdk_does_a_full_life_of_a_credential(
    terminal: Terminal, server: ThreadedServer
) -> None:
    assert terminal.script("sdk_credentials.py") == {
        "secret": "a-secret",
        "again": "ResourceAlreadyExistError",
        "description": "changed",
        "listed": ["key"],
        "gone": "ResourceNotExistError",
    }
    assert server.cloud.records("credential") == []


@pytest.mark.client("agentrun-cli")
def test_ar_applies_and_deletes_a_runtime(terminal: Terminal, server: ThreadedServer) -> None:
    file = terminal.home / "runtime.yaml"
    file.write_text(
        "apiVersion: agentrun/v1\n"
        "kind: AgentRuntime\n"
        "metadata: {name: demo}\n"
        "spec:\n"
        "  container: {image: registry.example/app:1}\n"
        "  endpoints: [{name: production}]\n"
    )
    [applied] = terminal.ar("runtime", "apply", "-f", file)
    assert (applied["action"], applied["runtime"]["status"]) == ("create", "READY")
    assert [(item["name"], item["status"]) for item in applied["endpoints"]] == [
        ("production", "READY")
    ]
    assert server.cloud.runtimes()["demo"]["systemTags"] == ["x-agentrun-cli"]
    assert server.cloud.endpoints("demo")["production"]["targetVersion"] == "LATEST"
    terminal.ar("runtime", "delete", "demo", "--yes", "--no-wait")
    server.cloud.finish()
    assert server.cloud.runtimes() == {}
    terminal.ar("runtime", "get", "demo", status=1)


def test_they_refuse_a_server_that_they_were_not_told_to_trust(
    terminal: Terminal, server: ThreadedServer
) -> None:
    del terminal.environment["SSL_CERT_FILE"]
    terminal.run(CLIENTS / "python", SCRIPTS / "sdk_credentials.py", status=1)
    assert len(server.cloud.calls) == 0
