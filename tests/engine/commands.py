"""Commands as people run them, on a small project, and what they leave behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pulumi_local.backend import FileBackend
from pulumi_local.cli import local_group
from pulumi_local.state import Resource, Snapshot
from pulumi_local.vault import Vault

ENVIRON = {"PULUMI_CONFIG_PASSPHRASE": ""}
STACK_URN = "urn:pulumi:dev::demo::pulumi:pulumi:Stack::demo-dev"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a stack `dev` that is configured and was never deployed."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config:\n  demo:color: red\n")
    return folder


def local(project: Path, *arguments: str, stdin: str | None = None) -> Result:
    """Run a command that needs no program, in this process."""
    environ = {**ENVIRON, "PULUMI_BACKEND_URL": None, "PULUMI_STACK": None}
    return CliRunner().invoke(
        local_group, [*arguments, "--cwd", str(project)], env=environ, input=stdin
    )


def command(project: Path, *arguments: str) -> list[str]:
    """The command line of a command."""
    return [sys.executable, "-m", "pulumi_local", *arguments, "--cwd", str(project)]


def clean_environ() -> dict[str, str]:
    """The environment of a process without settings of whoever runs the tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "COVERAGE_"))}
    return kept | ENVIRON


def engine(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as users do, in a process of its own."""
    return subprocess.run(
        command(project, *arguments),
        env=clean_environ(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def backend(project: Path) -> FileBackend:
    """Where the project keeps its stacks."""
    return FileBackend(project / ".pulumi-state", Vault(ENVIRON))


def state(project: Path) -> Snapshot:
    """The state of the stack as it is on disk, checked."""
    snapshot = backend(project).load_checked("demo", "dev")
    assert snapshot is not None
    return snapshot


def save_stack(project: Path, outputs: dict[str, Any]) -> None:
    """Put a stack of nothing but its outputs on disk."""
    stack = Resource(STACK_URN, "pulumi:pulumi:Stack", custom=False, outputs=outputs)
    backend(project).save("demo", "dev", Snapshot([stack]))
