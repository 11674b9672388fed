"""Real programs through the engine, the real provider process and the fake service over HTTP."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "1234567890123456"


@dataclass
class Run:
    """One finished run of the engine."""

    code: int
    text: str
    errors: str

    @property
    def document(self) -> dict[str, Any]:
        """What `--json` printed."""
        parsed: dict[str, Any] = json.loads(self.text)
        return parsed

    @property
    def changes(self) -> dict[str, int]:
        """Number of resources by what was, or would be, done to them."""
        summary: dict[str, int] = self.document["changeSummary"]
        return {op: count for op, count in summary.items() if count}


@dataclass
class Project:
    """A project in a folder of its own, and the fake service that it deploys to."""

    folder: Path
    server: ThreadedServer
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Kept, since a test may stop the server.
        self.url = self.server.url

    @property
    def cloud(self) -> FakeCloud:
        return self.server.cloud

    def run(
        self, *command: str, stack: str = "dev", options: Sequence[str] = (), good: bool = True
    ) -> Run:
        """Run the engine; unless told otherwise it has to succeed."""
        whole = [sys.executable, "-m", "agentrun_provider", "local", *command]
        done = subprocess.run(
            [*whole, "--stack", stack, "--cwd", str(self.folder), *options],
            env=self.environment_of_runs(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        result = Run(done.returncode, done.stdout, done.stderr)
        if good:
            assert result.code == 0, result.text + result.errors
        return result

    def json(self, *command: str, stack: str = "dev", good: bool = True) -> Run:
        """Run the engine with `--json`."""
        return self.run(*command, stack=stack, options=["--json"], good=good)

    def outputs(self, stack: str = "dev") -> dict[str, Any]:
        """The stack's outputs."""
        return self.run("stack", "output", stack=stack, options=["--json"]).document

    def writes(self) -> list[str]:
        """Operations that were meant to change something, since the last look."""
        found = [call.operation for call in self.cloud.calls.writes]
        self.cloud.calls.clear()
        return found

    def edit(self, file: str, old: str, new: str) -> None:
        """Change a file of the project."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def environment_of_runs(self) -> dict[str, str]:
        """The environment that the engine is started with; nothing of the machine's own."""
        kept = ("PATH", "HOME", "LANG", "TMPDIR")
        clean = {name: os.environ[name] for name in kept if name in os.environ}
        clean["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
        for name in ("CONTROL", "FC", "OSS", "SLS", "STS", "DATA"):
            clean[f"AGENTRUN_{name}_ENDPOINT"] = self.url
        return clean | {
            "AGENTRUN_ACCESS_KEY_ID": "testak",
            "AGENTRUN_ACCESS_KEY_SECRET": "testsecret",
            "AGENTRUN_ACCOUNT_ID": ACCOUNT,
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_BACKEND_URL": f"file://{self.folder}/state",
            "NO_COLOR": "1",
            **self.environment,
        }


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud(FakeSettings())) as running:
        yield running


@pytest.fixture
def quickstart(tmp_path: Path, server: ThreadedServer) -> Project:
    """A copy of the quickstart, and a service for it."""
    return copy_of_the_quickstart(tmp_path, server)


def copy_of_the_quickstart(tmp_path: Path, server: ThreadedServer) -> Project:
    """A copy of the quickstart that deploys to a service."""
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(
        ROOT / "examples/quickstart",
        tmp_path / "examples/quickstart",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (tmp_path / "state").mkdir()
    return Project(tmp_path, server)


@pytest.fixture
def project(tmp_path: Path, server: ThreadedServer) -> Project:
    """An empty project; the test writes `__main__.py`."""
    (tmp_path / "Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nconfig:\n  agentrun:region:\n    value: cn-hangzhou\n"
    )
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    (tmp_path / "code").mkdir()
    (tmp_path / "code/app.py").write_text("print('hello')\n")
    (tmp_path / "state").mkdir()
    return Project(tmp_path, server)
