"""Runs the steps of a GitHub workflow or a GitLab job on this machine, as their runners do."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
GITHUB = ROOT / "examples/ci/github"
GITLAB = ROOT / "examples/ci/gitlab/.gitlab-ci.yml"

# The embedded engine in the place of the CLI; both take these commands.
_PULUMI = f"""#!/bin/sh
exec "{sys.executable}" -m agentrun_provider local "$@"
"""
_AGENTRUN = f"""#!/bin/sh
exec "{sys.executable}" -m agentrun_provider "$@"
"""


def with_tools(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """An environment whose PATH has `pulumi` and `pulumi-agentrun` in a folder of its own."""
    tools = folder / "tools"
    tools.mkdir()
    for name, script in (("pulumi", _PULUMI), ("pulumi-agentrun", _AGENTRUN)):
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    return {**environment, "PATH": f"{tools}:{environment['PATH']}"}


def run_github_job(
    workflow: str, job: str, folder: Path, environment: Mapping[str, str], **values: str
) -> list[subprocess.CompletedProcess[str]]:
    """Run a job's own steps; those that only install something are left out.

    Args:
        workflow: File name.
        job: Name of the job.
        folder: Copy of the repository.
        environment: Environment of the runner.
        values: What expressions stand for, dots spelled as two underscores.
    """
    data = yaml.safe_load((GITHUB / workflow).read_text(encoding="utf-8"))["jobs"][job]
    known = {name.replace("__", "."): value for name, value in values.items()}
    outer = _filled(data.get("env") or {}, known)
    results, failed = [], False
    for step in data["steps"]:
        if "run" not in step or step.get("name", "").startswith("Install"):
            continue
        if not _is_on(str(step.get("if") or ""), known, failed=failed):
            continue
        inner = _filled(step.get("env") or {}, known)
        done = _run(step["run"], folder, {**environment, **outer, **inner})
        failed = failed or done.returncode != 0
        results.append(done)
    return results


def _is_on(condition: str, known: Mapping[str, str], *, failed: bool) -> bool:
    """Whether a step runs: by the condition, or unless one before it failed."""
    if found := re.fullmatch(r"startsWith\(([\w.]+), '([^']*)'\)", condition):
        return not failed and known[found[1]].startswith(found[2])
    return not failed or "!cancelled()" in condition


def run_gitlab_job(
    job: str, folder: Path, environment: Mapping[str, str], stack: str
) -> list[subprocess.CompletedProcess[str]]:
    """Run the script of a job, and what comes after it in any case; nothing is installed."""
    data = yaml.safe_load(GITLAB.read_text(encoding="utf-8"))
    own = data[job]
    base: dict[str, Any] = data.get(own.get("extends", ""), {})
    merged = {**base, **own}
    variables = {**base.get("variables", {}), **own.get("variables", {}), "STACK": stack}
    filled = {
        name: re.sub(r"\$(\w+)", lambda found: environment.get(found[1], ""), str(value))
        for name, value in variables.items()
    }
    parts = [merged.get("script"), merged.get("after_script")]
    return [_run("\n".join(part), folder, {**environment, **filled}) for part in parts if part]


def _run(
    script: str, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _filled(values: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    def value(found: re.Match[str]) -> str:
        return known[found[1]]

    return {
        name: re.sub(r"\$\{\{\s*([\w.]+)\s*\}\}", value, str(text)) for name, text in values.items()
    }
