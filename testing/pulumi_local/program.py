"""The user's program, run as the Pulumi CLI's Python language host runs it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from pulumi_local.errors import EngineError
from pulumi_local.plugins import interpreter, program_folder
from pulumi_local.processes import CHILDREN, ChildProcess, OnLine
from pulumi_local.project import Project
from pulumi_local.stack_config import StackConfig

USER_WAS_TOLD: Final = 32
"""The exit code of a program that failed and has logged why."""


@dataclass(frozen=True)
class ProgramSettings:
    """What a program is told about the run."""

    project: str
    stack: str
    organization: str
    monitor: str
    """Address of the resource monitor."""
    engine: str
    """Address of the engine service."""
    config: StackConfig
    preview: bool
    parallel: int


class Program(Protocol):
    """Something that registers resources."""

    def start(self, settings: ProgramSettings, on_line: OnLine) -> RunningProgram:
        """Start it. Raises EngineError if that is not possible."""


class RunningProgram(Protocol):
    """A program that was started."""

    def wait(self) -> int:
        """Wait for its end and return its exit code."""

    def stop(self) -> None:
        """End it early. Idempotent."""

    def kill(self) -> None:
        """End it at once. Idempotent."""


class PythonProgram:
    """The program of a project, in a process of its own."""

    def __init__(self, project: Project, environ: Mapping[str, str] | None = None) -> None:
        self._project = project
        self._environ = os.environ if environ is None else environ

    def start(self, settings: ProgramSettings, on_line: OnLine) -> ChildProcess:
        """See `Program.start`."""
        path = self._path()
        process = ChildProcess(
            [
                interpreter(self._project),
                "-u",
                CHILDREN / "program.py",
                json.dumps(self._arguments(settings, path)),
            ],
            cwd=program_folder(self._project),
            environ={**self._environ, **_environ_of(settings)},
            on_line=on_line,
        )
        process.read_output()
        return process

    def _path(self) -> Path:
        path = self._project.program_path
        if path.is_dir() and not (path / "__main__.py").is_file():
            raise EngineError(f"no program: {path / '__main__.py'} does not exist")
        if not path.exists():
            raise EngineError(f"no program: {path} does not exist")
        return path

    def _arguments(self, settings: ProgramSettings, path: Path) -> dict[str, Any]:
        return {
            "program": str(path),
            "project": settings.project,
            "stack": settings.stack,
            "organization": settings.organization,
            "root_directory": str(self._project.root),
            "monitor": settings.monitor,
            "engine": settings.engine,
            "parallel": settings.parallel,
            "dry_run": settings.preview,
        }


def _environ_of(settings: ProgramSettings) -> dict[str, str]:
    return {
        "PULUMI_CONFIG": json.dumps(settings.config.plain()),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(settings.config.secret_keys()),
        "PULUMI_ORGANIZATION": settings.organization,
        "PULUMI_PROJECT": settings.project,
        "PULUMI_STACK": settings.stack,
        "PULUMI_DRY_RUN": "true" if settings.preview else "false",
        "PULUMI_PARALLEL": str(settings.parallel),
    }
