"""Stacks read through the Pulumi CLI, wherever their state is kept."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from . import exit_codes
from .errors import CommandError
from .stack import Config, Stack, not_deployed, pending_of, resources_of

_COMMAND: Final = "pulumi"
_TIMEOUT_SECONDS: Final = 120

# Exit codes of the CLI (pkg/cmd/pulumi/cmd/exit_codes.go of Pulumi).
_NOT_LOGGED_IN: Final = 3
_NO_SUCH_STACK: Final = 6

INSTALL = (
    "Install the Pulumi CLI (https://www.pulumi.com/docs/install/), or deploy with "
    "`pulumi-agentrun local up`"
)


def found(environ: Mapping[str, str]) -> str | None:
    """Where the Pulumi CLI is, None if it is not on the PATH."""
    return shutil.which(_COMMAND, path=environ.get("PATH"))


def current_stack(root: Path, environ: Mapping[str, str]) -> str | None:
    """The stack that is selected in a project; None if none is, or there is no CLI."""
    if found(environ) is None:
        return None
    done = _start(root, environ, "stack", "--show-name")
    return done.stdout.strip() or None if done.returncode == 0 else None


def read_stack(root: Path, stack: str | None, environ: Mapping[str, str]) -> Stack:
    """Read a stack; without a name, the selected one.

    Raises:
        CommandError: There is no CLI or no such stack, or the CLI refused; exit codes 2, 3 and 4.
    """
    if found(environ) is None:
        raise CommandError("the Pulumi CLI is not on the PATH", INSTALL)
    name = stack or environ.get("PULUMI_STACK") or current_stack(root, environ)
    if name is None:
        # Asked again for the CLI's own words, e.g. that it is not logged in.
        name = _run(root, environ, "", "stack", "--show-name").strip()
    exported = json.loads(_run(root, environ, name, "stack", "export", "--stack", name))
    deployment = exported.get("deployment") or {}
    resources = resources_of(deployment)
    return Stack(
        name=name.rsplit("/", 1)[-1],
        project=_project(root),
        folder=root,
        engine="cli",
        config=_config(root, name, environ),
        resources=resources,
        pending=pending_of(deployment),
    )


def _config(root: Path, name: str, environ: Mapping[str, str]) -> Config:
    shown = json.loads(_run(root, environ, name, "config", "--json", "--stack", name))
    values: dict[str, Any] = {
        key: entry.get("value") for key, entry in shown.items() if not entry.get("secret")
    }

    def reveal(key: str) -> str:
        return _run(root, environ, name, "config", "get", key, "--stack", name).removesuffix("\n")

    return Config(
        {key: _text(value) for key, value in values.items() if value is not None},
        frozenset(key for key, entry in shown.items() if entry.get("secret")),
        reveal,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _project(root: Path) -> str:
    from ruamel.yaml import YAML

    path = next(root / name for name in ("Pulumi.yaml", "Pulumi.yml") if (root / name).is_file())
    return str((YAML(typ="safe").load(path) or {}).get("name") or root.name)


def _run(root: Path, environ: Mapping[str, str], stack: str, *command: str) -> str:
    done = _start(root, environ, *command)
    if done.returncode == 0:
        return done.stdout
    if done.returncode == _NO_SUCH_STACK and stack:
        raise not_deployed(stack)
    message = f"`pulumi {' '.join(command)}` failed: {_reason(done.stderr)}"
    if done.returncode == _NOT_LOGGED_IN:
        hint = "Run `pulumi login`, or set PULUMI_BACKEND_URL to where the stacks are kept"
        raise CommandError(message, hint, code=exit_codes.REFUSED)
    unnamed = not stack and "no stack selected" in message
    raise CommandError(message, "Name a stack with --stack" if unnamed else "")


def _start(
    root: Path, environ: Mapping[str, str], *command: str
) -> subprocess.CompletedProcess[str]:
    program = found(environ) or _COMMAND
    try:
        return subprocess.run(  # noqa: S603 - the user's own CLI, arguments as a list
            [program, *command, "--non-interactive", "--color", "never"],
            cwd=root,
            env={**environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CommandError(
            f"`pulumi {' '.join(command)}` gave no answer in {_TIMEOUT_SECONDS} s",
            "Check that its backend can be reached (`pulumi whoami`)",
            code=exit_codes.FAILED,
        ) from error


def _reason(errors: str) -> str:
    """The CLI's own words, without its prefix and the frames that it draws."""
    lines = [line.strip() for line in errors.splitlines() if line.strip("= \t")]
    for number, line in enumerate(lines):
        if line == "error:":
            return " ".join(lines[number + 1 :]) or "no reason given"
        if line.startswith("error:"):
            return line.removeprefix("error:").strip()
    return lines[0] if lines else "no reason given"
