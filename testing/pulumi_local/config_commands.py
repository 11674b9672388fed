"""``config`` commands: read and change the configuration of a stack."""

from __future__ import annotations

import json
import sys

import click

from pulumi_local.command_support import Location, location_options
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


@config_group.command(name="get")
@click.argument("key")
@location_options
def get(location: Location, key: str) -> None:
    """Print the value of KEY, in plain text even if it is secret."""
    workspace = location.open()
    values = workspace.config.values
    full_key = _full_key(workspace, key)
    if full_key not in values:
        raise EngineError(f"configuration key '{key}' not found for stack '{workspace.stack}'")
    click.echo(values[full_key].text)


@config_group.command(name="set")
@click.argument("key")
@click.argument("value", required=False)
@click.option("--secret", is_flag=True, help="Encrypt the value.")
@click.option("--plaintext", is_flag=True, help="Keep the value as plain text.")
@location_options
def set_(location: Location, key: str, value: str | None, secret: bool, plaintext: bool) -> None:
    """Set KEY to VALUE; without VALUE, it is read from standard input."""
    if secret and plaintext:
        raise click.UsageError("--secret and --plaintext exclude each other")
    workspace = location.open()
    full_key = _full_key(workspace, key)
    text = value if value is not None else sys.stdin.read().rstrip("\n")
    if secret:
        sealed = workspace.crypter.encrypt(text)
        workspace.stack_file.set_config(full_key, {"secure": sealed})
    else:
        workspace.stack_file.set_config(full_key, text)


@config_group.command(name="rm")
@click.argument("key")
@location_options
def rm(location: Location, key: str) -> None:
    """Remove KEY from the stack's own configuration."""
    workspace = location.open()
    full_key = _full_key(workspace, key)
    if full_key not in workspace.stack_file.raw_config:
        raise EngineError(f"configuration key '{key}' not found for stack '{workspace.stack}'")
    workspace.stack_file.set_config(full_key, None)


def _full_key(workspace: Workspace, key: str) -> str:
    return key if ":" in key else f"{workspace.project.name}:{key}"
