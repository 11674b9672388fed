"""`pulumi-agentrun instances`: which instances run, and commands inside them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

import click

from ..errors import NotFound
from ..instance_exec import SHELL, ExecFailed, InstanceExec
from ..instances import RuntimeInstance, list_instances
from . import exit_codes
from .errors import CommandError
from .output import Output
from .target import Target, target_options
from .terminal import Screen, is_terminal, terminal_size, typing


@click.group("instances")
def instances_group() -> None:
    """The instances that a runtime runs at the moment, and commands inside them."""


@instances_group.command("list")
@click.option("--version", metavar="VERSION", help="Only those of this version, or LATEST.")
@target_options
def list_command(target: Target, output: Output, version: str | None) -> None:
    """Show the running instances.

    An instance is started by a call and ends some time after its last one.
    """
    found = _list(target, version=version)
    if output.as_json:
        instances = [as_data(item) for item in found]
        output.document({"runtimeId": target.runtime_id, "instances": instances})
        return
    now = target.session.client.clock().timestamp()
    which = f"version {version} of " if version else ""
    output.table(
        ["Instance", "Version", "Status", "Started", "Age"],
        [
            (item.id, item.version, item.status, _time(item.created_at), _age(item, now))
            for item in found
        ],
        empty=f"no instance of {which}{target.runtime_name} runs; a call starts one",
    )


@instances_group.command("exec")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[INSTANCE] [-- COMMAND...]")
@click.option("--instance-id", metavar="ID", help="The instance; or as first argument.")
@click.option("--cmd", metavar="TEXT", help="A command line for the shell, instead of COMMAND.")
@click.option("-w", "--workdir", metavar="FOLDER", default="", help="Default: the code's folder.")
@click.option("-T", "--tty", is_flag=True, help="Give COMMAND a terminal and what you type.")
@target_options
def exec_command(
    target: Target,
    output: Output,
    words: tuple[str, ...],
    instance_id: str | None,
    cmd: str | None,
    workdir: str,
    tty: bool,
) -> None:
    """Run a command in an instance; without one, work in a shell there.

    \b
    pulumi-agentrun instances exec c-64fec1fc-27c4833c -- ls -lh
    pulumi-agentrun instances exec c-64fec1fc-27c4833c --cmd "env | grep AGENTRUN"
    pulumi-agentrun instances exec c-64fec1fc-27c4833c
    pulumi-agentrun instances exec c-64fec1fc-27c4833c < script.sh

    Without an instance the only one that runs is meant. Ctrl-] leaves a shell that hangs. Ends with
    the command's exit code; failures of this program itself are told on standard error.
    """  # noqa: D301 - click's mark for text that is not to be wrapped
    if output.as_json:
        raise CommandError("exec prints what the command prints: leave out --json")
    instance_id, words = _instance_and_command(instance_id, words)
    if cmd is not None and words:
        raise CommandError("give either --cmd or a command, not both")
    instance = _pick(target, instance_id)
    command, interactive = _command(words, cmd, tty)
    process = _start(target, instance, command, workdir, interactive)
    raise click.exceptions.Exit(_run(process, interactive))


def as_data(item: RuntimeInstance) -> dict[str, Any]:
    """An instance as scripts get it."""
    data = {
        "instanceId": item.id,
        "version": item.version,
        "status": item.status,
        "createdAt": _iso(item.created_at),
        "destroyedAt": _iso(item.destroyed_at),
    }
    return {key: value for key, value in data.items() if value is not None}


def _instance_and_command(
    instance_id: str | None, words: tuple[str, ...]
) -> tuple[str | None, tuple[str, ...]]:
    """Take the instance's id off the arguments, if it is there: click swallows the `--`."""
    if instance_id is None and words and words[0].startswith("c-"):
        return words[0], words[1:]
    return instance_id, words


def _list(target: Target, **options: Any) -> list[RuntimeInstance]:
    try:
        return list_instances(target.session, target.runtime_id, **options)
    except NotFound as error:
        if error.code != "FunctionNotFound":
            raise
        raise target.missing() from error


def _pick(target: Target, instance_id: str | None) -> RuntimeInstance:
    running = [item for item in _list(target) if item.destroyed_at is None]
    chosen = [item for item in running if instance_id in (None, item.id)]
    if len(chosen) == 1:
        return chosen[0]
    ids = ", ".join(item.id for item in running)
    if chosen:
        raise CommandError(f"several instances run: {ids}", "Name one")
    missing = f"instance {instance_id} does not run" if instance_id else "no instance runs"
    raise CommandError(
        missing,
        f"These do: {ids}" if ids else "A call starts one: `pulumi-agentrun invoke`",
        code=exit_codes.NOT_FOUND,
    )


def _command(words: Sequence[str], cmd: str | None, tty: bool) -> tuple[Sequence[str], bool]:
    """What to run, and whether in a terminal."""
    if tty and not is_terminal():
        raise CommandError("--tty needs a terminal here, too")
    if cmd is not None:
        return ("sh", "-c", cmd), tty
    if words:
        return words, tty
    if is_terminal():
        return SHELL, True
    # Like `ssh host sh < script`: the protocol knows no end of input, so it goes as an argument.
    script = sys.stdin.read()
    if not script.strip():
        raise CommandError("there is nothing to run", "Give a command behind --, or --cmd TEXT")
    return ("sh", "-c", script), False


def _start(
    target: Target,
    instance: RuntimeInstance,
    command: Sequence[str],
    workdir: str,
    interactive: bool,
) -> InstanceExec:
    try:
        return InstanceExec(
            target.session,
            target.runtime_id,
            instance.id,
            command,
            qualifier=instance.version,
            workdir=workdir,
            terminal=terminal_size() if interactive else None,
        )
    except NotFound as error:
        raise CommandError(
            f"instance {instance.id} does not run any more: {error.message}",
            "See which do with `pulumi-agentrun instances list`",
            code=exit_codes.NOT_FOUND,
        ) from error


def _run(process: InstanceExec, interactive: bool) -> int:
    screen, left = Screen(), threading.Event()

    def leave() -> None:
        left.set()
        process.close()

    try:
        if not interactive:
            return process.run(screen.out, screen.err)
        with typing(process.type, leave):
            return process.run(screen.out, screen.err)
    except KeyboardInterrupt:
        process.close()
        return exit_codes.INTERRUPTED
    except ExecFailed:
        if left.is_set():
            return exit_codes.DONE
        raise


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M:%S}" if seconds else ""


def _iso(seconds: float | None) -> str | None:
    if not seconds:
        return None
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _age(item: RuntimeInstance, now: float) -> str:
    if not item.created_at:
        return ""
    seconds = max(0, int((item.destroyed_at or now) - item.created_at))
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length}{unit}{_rest(seconds % length, length)}"
    return f"{seconds}s"


def _rest(seconds: int, length: int) -> str:
    smaller, unit = {86400: (3600, "h"), 3600: (60, "m"), 60: (1, "s")}[length]
    return f"{seconds // smaller}{unit}" if seconds >= smaller else ""
