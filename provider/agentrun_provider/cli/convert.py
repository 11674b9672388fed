"""`pulumi-agentrun convert`: turn the files of Serverless Devs into a Pulumi project."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from ..convert.existing import stack_file
from ..convert.failures import ConvertError
from ..convert.output_files import Sealing, make_files, missing_settings, write_files
from ..convert.plan import Plan, conflict, make_plan
from . import exit_codes
from .errors import CommandError, fail, reporting
from .output import Output
from .texts import clean


@click.command("convert")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(dir_okay=False, path_type=Path),
)
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder of the new project. Default: the current one.",
)
@click.option(
    "-s",
    "--stack",
    "stacks",
    multiple=True,
    metavar="STACK",
    help="Stack of a file, once for each in their order. Default: `prod` for `s.prod.yaml`.",
)
@click.option("--project", metavar="NAME", help="Name of the project. Default: from the files.")
@click.option("--adopt", is_flag=True, help="Take over what is deployed already.")
@click.option(
    "--only-agentrun",
    is_flag=True,
    help="Leave resources of other components with Serverless Devs; without it they are refused.",
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--dry-run", is_flag=True, help="Write nothing; tell what was found.")
@click.option(
    "--encrypt/--no-encrypt",
    default=None,
    help="Write secrets of the files encrypted into the stacks' files. Default: if "
    "PULUMI_CONFIG_PASSPHRASE gives a passphrase.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@reporting
def convert_command(
    files: tuple[Path, ...],
    out: Path,
    stacks: tuple[str, ...],
    project: str | None,
    adopt: bool,
    only_agentrun: bool,
    force: bool,
    dry_run: bool,
    encrypt: bool | None,
    as_json: bool,
    debug: bool,
) -> None:
    """Turn FILE..., the s.yaml of each environment, into one Pulumi program with a stack for each.

    What is the same in all files stands in `__main__.py`, what differs in `Pulumi.<stack>.yaml`.
    Names stay as they are, so nothing is replaced. `MIGRATION.md` tells where each field went, what
    in the files does not do what it seems to, and which settings are missing. The files themselves
    are left alone.

    \b
      pulumi-agentrun convert s.dev.yaml s.prod.yaml --out infra
      pulumi-agentrun convert s.dev.yaml s.prod.yaml --adopt
    """
    if stacks and len(stacks) != len(files):
        raise CommandError(
            f"--stack is given {len(stacks)} times for {len(files)} files",
            "Give it once for each file, in their order",
        )
    try:
        plan = make_plan(
            files,
            out,
            stacks=stacks,
            project=project,
            adopt=adopt,
            only_agentrun=only_agentrun,
        )
        wrong = conflict(plan)
        if wrong is not None:
            raise CommandError(wrong.reason, "Name it with --project")
        sealing = _sealing(plan, out, encrypt, os.environ)
        missing = {stack: missing_settings(plan, stack, out, sealing) for stack in plan.stacks}
        made = make_files(plan, out, sealing)
        if not dry_run:
            write_files(made, out, force=force)
    except ConvertError as error:
        _tell_faults(error)
    _tell(plan, list(made), missing, out, Output(as_json=as_json), dry_run=dry_run)


def _sealing(
    plan: Plan, out: Path, encrypt: bool | None, environ: Mapping[str, str]
) -> Sealing | None:
    """Encryption with the passphrase of the environment, if there is one and it is wanted."""
    if encrypt is False:
        return None
    hidden = [
        stack
        for stack in plan.stacks
        if any(each.secret and each.value is not None for each in plan.entries[stack].values())
    ]
    try:
        from pulumi_local.errors import SecretsError
        from pulumi_local.secrets import Crypter, has_passphrase, read_passphrase
    except ModuleNotFoundError as missing:
        if encrypt is None:
            return None
        raise CommandError(
            f"--encrypt needs {missing.name}", "Run `pip install 'pulumi-agentrun[testing]'`"
        ) from missing
    if not has_passphrase(environ):
        if encrypt:
            raise CommandError(
                "--encrypt needs a passphrase", "Set PULUMI_CONFIG_PASSPHRASE or leave it out"
            )
        return None
    if not hidden:
        return None
    crypters = {}
    for stack in hidden:
        there = stack_file(out, stack)
        if there.has_other_provider:
            continue
        try:
            passphrase = read_passphrase(environ)
            made = Crypter(passphrase, there.salt) if there.salt else Crypter.create(passphrase)
            made.encrypt("")
        except SecretsError as error:
            raise CommandError(
                f"secrets of {stack} can't be encrypted: {error}",
                "Give the passphrase that Pulumi has for this stack, or --no-encrypt",
            ) from error
        crypters[stack] = made
    return Sealing(
        {stack: crypter.salt for stack, crypter in crypters.items()},
        lambda stack, text: crypters[stack].encrypt(text),
    )


def _tell_faults(error: ConvertError) -> None:
    """Every fault on a line of its own, the last one as the error that ends the command."""
    *others, last = map(str, error.faults)
    for line in others:
        click.echo(f"error: {clean(line)}", err=True)
    fail(last, exit_codes.BAD_INPUT, error)


def _tell(
    plan: Plan,
    names: list[str],
    missing: Mapping[str, list[str]],
    out: Path,
    output: Output,
    *,
    dry_run: bool,
) -> None:
    if output.as_json:
        output.document(
            {
                "project": plan.project,
                "out": str(out),
                "written": not dry_run,
                "files": names,
                "stacks": {
                    stack: {"file": plan.documents[stack].shown, "missing": missing[stack]}
                    for stack in plan.stacks
                },
                "agents": [agent.name for agent in plan.agents],
                "staying": [
                    {"resource": each.name, "component": each.component, "stack": stack}
                    for stack in plan.stacks
                    for each in plan.documents[stack].foreigners
                ],
                "traps": [
                    {"file": trap.place.file, "line": trap.place.line, "text": trap.text}
                    for trap in plan.traps
                ],
            }
        )
        return
    for trap in plan.traps:
        output.warn(f"{trap.place}: {trap.text}")
    staying = [each.name for s in plan.stacks for each in plan.documents[s].foreigners]
    if staying:
        names_told = ", ".join(dict.fromkeys(staying))
        output.warn(f"{names_told} stay with Serverless Devs: MIGRATION.md tells what that means")
    verb = "would write" if dry_run else "wrote"
    output.text(f"{verb} {', '.join(names)} to {out}")
    for stack, keys in missing.items():
        if keys:
            output.text(f"stack {stack} needs {', '.join(keys)}: MIGRATION.md has the commands")
