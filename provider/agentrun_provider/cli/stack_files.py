"""Stacks read from the files of a `file://` backend, as the CLI and the embedded engine write them.

Importing this needs what the embedded engine needs (`pulumi-agentrun[testing]`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pulumi_local.backend import FileBackend
from pulumi_local.checkpoint import dump_export
from pulumi_local.errors import EngineError, StackNotFoundError
from pulumi_local.property_json import revealed
from pulumi_local.stack_config import resolve_config
from pulumi_local.vault import Vault
from pulumi_local.workspace import DEFAULT_STATE_FOLDER, Workspace, open_workspace
from pulumi_local.yaml_text import parse_yaml

from . import exit_codes, stack_cli
from .errors import CommandError
from .stack import Config, Stack, not_deployed, pending_of, resources_of

_URL_VARIABLE = "PULUMI_BACKEND_URL"


class _Blind(Vault):
    """Opens no secret, so that a state is read without the passphrase."""

    def decrypt_state(self, secrets_providers: dict[str, Any], ciphertext: str) -> str:
        return '""'


def keeps(root: Path, stack: str | None, environ: Mapping[str, str]) -> bool:
    """Whether a project's states are files that can be read here.

    The address's folder, or without one the embedded engine's own, counts if it holds the stack;
    otherwise the CLI knows where it is logged in to, or why not. What only the CLI understands
    (other languages, secrets kept in a cloud's key service) is left to it where there is one.
    """
    url = environ.get(_URL_VARIABLE) or _address(root)
    if url and not url.startswith("file:"):
        return False
    if stack_cli.found(environ) is None:
        return True
    if not url and not (root / DEFAULT_STATE_FOLDER).is_dir():
        return False
    try:
        workspace = _open(root, stack, environ)
        kept = workspace.backend.load(workspace.project.name, workspace.stack) is not None
        _config(workspace)
    except (EngineError, CommandError):
        # Which error is to be told is found out by whoever reads the stack then.
        return False
    return kept


def read_stack(root: Path, stack: str | None, environ: Mapping[str, str]) -> Stack:
    """Read a stack; without a name, the CLI's current one, else the only one.

    Raises:
        CommandError: There is no such stack, or its files can't be read; exit codes 2 and 3.
    """
    try:
        workspace = _open(root, stack, environ)
        deployment = dump_export(workspace.snapshot(), revealed)["deployment"]
        return Stack(
            name=workspace.stack,
            project=workspace.project.name,
            folder=root,
            engine="local",
            config=_config(workspace),
            resources=resources_of(deployment),
            pending=pending_of(deployment),
        )
    except StackNotFoundError as error:
        if stack:
            raise not_deployed(stack) from error
        hint = "Name one with --stack, or set PULUMI_BACKEND_URL to where the stacks are kept"
        raise CommandError(str(error), hint, code=exit_codes.NOT_FOUND) from error
    except EngineError as error:
        raise CommandError(str(error)) from error


def _open(root: Path, stack: str | None, environ: Mapping[str, str]) -> Workspace:
    name = stack or environ.get("PULUMI_STACK")
    if not name:
        try:
            workspace = open_workspace(root, None, None, environ)
        except StackNotFoundError:
            name = stack_cli.current_stack(root, environ)
            if name is None:
                raise
    if name:
        workspace = open_workspace(root, name, None, environ)
    return replace(workspace, backend=FileBackend(workspace.backend.root, _Blind(environ)))


def _address(root: Path) -> str:
    # Read for itself: a project of another language has an address, too.
    path = next(root / name for name in ("Pulumi.yaml", "Pulumi.yml") if (root / name).is_file())
    try:
        data = parse_yaml(path.read_text(encoding="utf-8"), str(path))
    except EngineError as error:
        raise CommandError(str(error)) from error
    return str((data.get("backend") or {}).get("url") or "")


def _config(workspace: Workspace) -> Config:
    project, stack_file = workspace.project, workspace.stack_file
    defaults = {item.key: item.value for item in project.config if item.value is not None}
    raw = {**defaults, **stack_file.raw_config}
    sealed = frozenset(key for key, value in raw.items() if _is_sealed(value))
    bare = replace(project, config=())

    def read(key: str) -> str:
        salt = stack_file.salt

        def decrypt(text: str) -> str:
            return workspace.vault.for_salt(salt).decrypt(text)

        try:
            values = resolve_config(bare, workspace.stack, {key: raw[key]}, decrypt).values
        except EngineError as error:
            raise CommandError(
                f"the secret {key} of stack {workspace.stack} can't be read: {error}",
                "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
            ) from error
        return values[key].text

    return Config({key: read(key) for key in raw if key not in sealed}, sealed, read)


def _is_sealed(value: Any) -> bool:
    if isinstance(value, dict):
        return "secure" in value or any(_is_sealed(item) for item in value.values())
    return isinstance(value, list) and any(_is_sealed(item) for item in value)
