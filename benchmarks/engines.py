"""Processes whose time is taken: an engine working on a project, and bare interpreters."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from .program import STACK
from .service import BenchmarkError

_TIMEOUT_SECONDS = 300

_KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


def run_timed(
    command: Sequence[str], environment: Mapping[str, str], folder: Path | None = None
) -> float:
    """Run a command to its end and return the seconds that took.

    Raises:
        BenchmarkError: It failed; the error has what it wrote.
    """
    start = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - commands of this benchmark
        command,
        env=dict(environment),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise BenchmarkError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return seconds


def clean_environment() -> dict[str, str]:
    """The variables a program needs, with this interpreter's folder first on the PATH."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # Programs and providers are started by name.
    kept["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return kept


def start_of_python(statement: str) -> float:
    """Seconds from the start of an interpreter to the end of a statement."""
    return run_timed([sys.executable, "-c", statement], clean_environment())


class Engine:
    """An engine and a project that it works on.

    Args:
        name: `local` or `pulumi`.
        folder: The project.
        service: The variables that lead to the service.
    """

    def __init__(self, name: str, folder: Path, service: Mapping[str, str]) -> None:
        self.name = name
        self.folder = folder
        state, home = folder / "state", folder / "home"
        state.mkdir(exist_ok=True)
        self._environment = clean_environment() | {
            **service,
            "PULUMI_BACKEND_URL": f"file://{state}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_HOME": str(home),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "NO_COLOR": "1",
        }
        if name == "pulumi":
            self._program = shutil.which("pulumi")
            if self._program is None:
                raise BenchmarkError("there is no pulumi on the PATH")
            self._run("stack", "select", "--create", STACK)
        else:
            self._program = sys.executable

    def up(self) -> float:
        """Deploy the project, with its plan first; returns the seconds that took."""
        return self._run(*self._operation("up"))

    def destroy(self) -> float:
        """Remove everything; returns the seconds that took."""
        return self._run(*self._operation("destroy"))

    def _operation(self, operation: str) -> list[str]:
        if self.name == "pulumi":
            return [operation, "--stack", STACK, "--yes", "--non-interactive"]
        local = ["-m", "agentrun_provider", "local", operation]
        return [*local, "--stack", STACK, "--cwd", str(self.folder), "--yes"]

    def _run(self, *arguments: str) -> float:
        assert self._program is not None, "checked when the engine was made"
        return run_timed([self._program, *arguments], self._environment, self.folder)
