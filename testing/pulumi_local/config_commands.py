"""``config`` commands: read and change the configuration of a stack."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from pulumi_local.command_support import Location, location_options
from pulumi_local.config_path import find, parse_path, removed, replaced, typed
from pulumi_local.errors import EngineError
from pulumi_local.workspace import Workspace


@click.group(name="config", invoke_without_command=True)
@click.option("--show-secrets", is_flag=True, help="Print secrets in plain text.")
@click.option("-j", "--json", "as_json", is_flag=True, help="Print JSON.")
@location_options
def config_group(location: Location, show_secrets: bool, as_json: bool) -> None:
    """Read and change a stack's configuration; alone, list it."""
    if click.get_current_context().invoked_subcommand:
        return
    config = location.open().config
    shown = config.plain() if show_secrets else config.shown()
    if as_json:
        listing = {
            key: {"value": shown[key], "secret": value.secret}
            for key, value in config.values.items()
        }
        click.echo(json.dumps(listing, indent=2, ensure_ascii=False))
        return
    width = max(3, *(len(key) for key in shown)) if shown else 3
    click.echo(f"{'KEY':<{width}}  VALUE")
    for key, text in shown.items():
        click.echo(f"{key:<{width}}  {text}")


_path_option = click.option(
    "--path",
    "is_path",
    is_flag=True,
    help="KEY names a place inside a structured value, as in outer.inner or list[0].",
)


@config_group.command(name="get")
@click.argument("key")
@_path_option
@location_options
def get(location: Location, key: str, is_path: bool) -> None:
    """Print the value of KEY, in plain text even if it is secret."""
    workspace = location.open()
    values = workspace.config.values
    name, path = _split(key, is_path)
    full_key = _full_key(workspace, name)
    if full_key not in values:
        raise _not_found(workspace, key)
    text = values[full_key].text
    if path:
        inner = find(_parsed(text), path)
        if inner is None:
            raise _not_found(workspace, key)
        text = inner if isinstance(inner, str) else json.dumps(inner, ensure_ascii=False)
    click.echo(text)


@config_group.command(name="set")
@click.argument("key")
@click.argument("value", required=False)
@click.option("--secret", is_flag=True, help="Encrypt the value.")
@click.option("--plaintext", is_flag=True, help="Keep the value as plain text.")
@_path_option
@location_options
def set_(
    location: Location, key: str, value: str | None, secret: bool, plaintext: bool, is_path: bool
) -> None:
    """Set KEY to VALUE; without VALUE, it is read from standard input."""
    if secret and plaintext:
        raise click.UsageError("--secret and --plaintext exclude each other")
    workspace = location.open()
    name, path = _split(key, is_path)
    full_key = _full_key(workspace, name)
    text = value if value is not None else sys.stdin.read().rstrip("\n")
    new: Any = {"secure": workspace.crypter.encrypt(text)} if secret else text
    if path:
        old = workspace.stack_file.raw_config.get(full_key)
        new = replaced(old, path, new if secret else typed(text))
    workspace.stack_file.set_config(full_key, new)


@config_group.command(name="rm")
@click.argument("key")
@_path_option
@location_options
def rm(location: Location, key: str, is_path: bool) -> None:
    """Remove KEY from the stack's own configuration."""
    workspace = location.open()
    name, path = _split(key, is_path)
    full_key = _full_key(workspace, name)
    raw = workspace.stack_file.raw_config.get(full_key)
    if raw is None or (path and find(raw, path) is None):
        raise _not_found(workspace, key)
    workspace.stack_file.set_config(full_key, removed(raw, path) if path else None)


def _split(key: str, is_path: bool) -> tuple[str, list[str | int]]:
    """The key itself, and the way inside its value."""
    if not is_path:
        return key, []
    namespace, colon, inside = key.rpartition(":")
    first, *rest = parse_path(inside)
    return f"{namespace}{colon}{first}", rest


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _not_found(workspace: Workspace, key: str) -> EngineError:
    return EngineError(f"configuration key '{key}' not found for stack '{workspace.stack}'")


def _full_key(workspace: Workspace, key: str) -> str:
    return key if ":" in key else f"{workspace.project.name}:{key}"
