"""``stack`` commands: read, move and list the states of stacks."""

from __future__ import annotations

import json
from typing import Any, TextIO

import click

from pulumi_local.checkpoint import dump_export, load_export, secrets_salt
from pulumi_local.command_support import Location, location_options
from pulumi_local.errors import EngineError, StateError
from pulumi_local.integrity import check_integrity
from pulumi_local.property_json import dump_value, encrypted, masked, revealed
from pulumi_local.state import Snapshot
from pulumi_local.values import Value, mask, strip_secrets
from pulumi_local.workspace import Workspace


@click.group(name="stack")
def stack_group() -> None:
    """Read, move and list the states of stacks."""


@stack_group.command(name="output")
@click.argument("name", required=False)
@click.option("-j", "--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--show-secrets", is_flag=True, help="Print secrets in plain text.")
@location_options
def output(location: Location, name: str | None, as_json: bool, show_secrets: bool) -> None:
    """Print the outputs of a stack, or the one called NAME."""
    outputs = location.open().snapshot().stack_outputs()
    if name is not None:
        if name not in outputs:
            raise EngineError(f"current stack does not have output property '{name}'")
        click.echo(_spell(outputs[name], as_json, show_secrets))
        return
    if as_json:
        click.echo(json.dumps(_fit_to_show(outputs, show_secrets), indent=2, ensure_ascii=False))
    else:
        _print_table(outputs, show_secrets)


def _print_table(outputs: dict[str, Value], show_secrets: bool) -> None:
    if not outputs:
        click.echo("No output values currently in this stack")
        return
    width = max(6, *(len(key) for key in outputs))
    click.echo(f"Current stack outputs ({len(outputs)}):")
    click.echo(f"    {'OUTPUT':<{width}}  VALUE")
    for key in sorted(outputs):
        click.echo(f"    {key:<{width}}  {_spell(outputs[key], False, show_secrets)}")


def _fit_to_show(value: Value, show_secrets: bool) -> Any:
    return dump_value(strip_secrets(value) if show_secrets else mask(value), masked)


def _spell(value: Value, as_json: bool, show_secrets: bool) -> str:
    shown = _fit_to_show(value, show_secrets)
    if isinstance(shown, str) and not as_json:
        return shown
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@stack_group.command(name="export")
@click.option("--show-secrets", is_flag=True, help="Write secrets in plain text.")
@click.option(
    "--file", "target", type=click.File("w", encoding="utf-8"), default="-", help="Write there."
)
@location_options
def export(location: Location, target: TextIO, show_secrets: bool) -> None:
    """Print the state of a stack, in the form that the CLI's ``stack import`` takes."""
    workspace = location.open()
    snapshot = workspace.snapshot()
    if show_secrets:
        data = dump_export(snapshot, revealed)
    else:
        salt = secrets_salt(snapshot.secrets_providers)
        data = dump_export(
            snapshot, encrypted(lambda text: workspace.vault.for_salt(salt).encrypt(text))
        )
    target.write(json.dumps(data, indent=4, ensure_ascii=False) + "\n")


@stack_group.command(name="import")
@click.option(
    "--file", "source", type=click.File("r", encoding="utf-8"), default="-", help="Read it."
)
@location_options
def import_(location: Location, source: TextIO) -> None:
    """Replace the state of a stack by an exported one, read from a file or standard input."""
    workspace = location.open()
    snapshot = _read_export(workspace, source)
    project, stack = workspace.project.name, workspace.stack
    foreign = [
        resource.urn
        for resource in snapshot.resources
        if not resource.urn.startswith(f"urn:pulumi:{stack}::{project}::")
    ]
    if foreign:
        raise StateError(f"the export is of another stack or project: it holds {foreign[0]}")
    check_integrity(snapshot)
    with workspace.backend.lock(project, stack, _warn):
        workspace.backend.save(project, stack, snapshot)
    click.echo("Import complete.")


def _read_export(workspace: Workspace, source: TextIO) -> Snapshot:
    try:
        data = json.load(source)
    except ValueError as error:
        raise StateError(f"the export is not valid JSON: {error}") from error
    block = (data.get("deployment") or {}).get("secrets_providers") or {}
    return load_export(data, lambda text: workspace.vault.decrypt_state(block, text))


@stack_group.command(name="rm")
@click.option("-f", "--force", is_flag=True, help="Also if it still has resources.")
@location_options
def rm(location: Location, force: bool) -> None:
    """Forget a stack and its history; its configuration file stays."""
    workspace = location.open()
    project, stack = workspace.project.name, workspace.stack
    with workspace.backend.lock(project, stack, _warn):
        count = len(workspace.snapshot().resources)
        if count and not force:
            raise StateError(
                f"'{stack}' still has {count} resource(s): destroy them first, or forget them"
                " with --force"
            )
        workspace.backend.remove(project, stack)
    click.echo(f"Stack '{stack}' has been removed!")


@stack_group.command(name="ls")
@click.option("-a", "--all", "every_project", is_flag=True, help="List those of all projects.")
@click.option("-j", "--json", "as_json", is_flag=True, help="Print JSON.")
@location_options
def ls(location: Location, every_project: bool, as_json: bool) -> None:
    """List the stacks in the backend."""
    workspace = Location(location.folder, location.stack or "-", location.backend_url).open()
    found = workspace.backend.stacks(None if every_project else workspace.project.name)
    if as_json:
        listing = [
            {
                "name": f"organization/{info.project}/{info.name}" if every_project else info.name,
                "lastUpdate": info.updated or None,
                "updateInProgress": info.locked,
                "resourceCount": info.resource_count,
            }
            for info in found
        ]
        click.echo(json.dumps(listing, indent=2))
        return
    names = [f"{info.project}/{info.name}" if every_project else info.name for info in found]
    width = max(4, *(len(name) for name in names)) if names else 4
    click.echo(f"{'NAME':<{width}}  {'LAST UPDATE':<19}  RESOURCE COUNT")
    for name, info in zip(names, found, strict=True):
        updated = info.updated[:19].replace("T", " ") or "n/a"
        busy = "  (locked)" if info.locked else ""
        click.echo(f"{name:<{width}}  {updated:<19}  {info.resource_count}{busy}")


def _warn(text: str) -> None:
    click.echo(f"warning: {text}", err=True)
