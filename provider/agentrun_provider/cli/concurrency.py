"""`pulumi-agentrun concurrency`: how many instances a runtime may have at most."""

from __future__ import annotations

from typing import Literal

import click

from ..kind import State
from ..kinds import load
from ..overview import is_managed, read_concurrency
from .errors import CommandError
from .output import Output
from .target import Target, target_options

_KIND = "RuntimeConcurrency"


@click.command(name="concurrency")
@click.argument("action", type=click.Choice(["get", "put", "remove"]), default="get")
@click.option(
    "--reserved-concurrency",
    type=click.IntRange(0),
    metavar="N",
    help="With put: instances the runtime may have at most; 0 blocks all calls.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Change it by hand although a stack manages the runtime; the next deployment or refresh "
    "finds a difference then.",
)
@target_options
def concurrency_command(
    target: Target,
    output: Output,
    action: Literal["get", "put", "remove"],
    reserved_concurrency: int | None,
    force: bool,
) -> None:
    """Show the reserved concurrency of a runtime, or change it by hand.

    It belongs into the program, as `reserved_concurrency` of an Agent or as a RuntimeConcurrency.
    So put and remove refuse to touch a runtime that a stack manages, unless --force is given.
    """
    if (action == "put") != (reserved_concurrency is not None):
        raise click.UsageError("--reserved-concurrency N belongs to put, and put needs it")
    live = target.live
    if action != "get":
        _may_change(target, output, action, reserved_concurrency, force=force)
    if action == "put":
        _put(target, int(reserved_concurrency or 0))
    elif action == "remove":
        load(_KIND).delete(target.session, State(target.runtime_id, {}))
    held = read_concurrency(target.session, target.runtime_id)
    if output.as_json:
        output.document(
            {
                "runtimeId": target.runtime_id,
                "functionName": target.function_name,
                "reservedConcurrency": held,
                "resource": _resource(target),
            }
        )
        return
    output.fields(
        {
            "runtime": str(live.get("agentRuntimeName")),
            "reservedConcurrency": "none" if held is None else str(held),
            "resource": _resource(target),
        }
    )
    if held == 0:
        output.warn("0 blocks all calls of the runtime")


def _put(target: Target, wanted: int) -> None:
    kind = load(_KIND)
    inputs = {"runtime_id": target.runtime_id, "reserved_concurrency": wanted, "adopt": True}
    kind.create(target.session, kind.Inputs.model_validate(inputs, by_name=True))


def _resource(target: Target) -> str | None:
    return next((item.name for item in target.resources if item.kind == _KIND), None)


def _may_change(
    target: Target, output: Output, action: str, wanted: int | None, *, force: bool
) -> None:
    """Keep hands off what a stack manages.

    Raises:
        CommandError: It does, and `force` was not given.
    """
    if target.stack is None and not is_managed(target.live):
        return
    stack = f"stack {target.stack.name}" if target.stack else "a Pulumi stack"
    declaration = (
        f"Set reserved_concurrency={wanted} on the Agent (or a RuntimeConcurrency) in the program "
        "and run `pulumi up`"
        if action == "put"
        else "Take reserved_concurrency (or the RuntimeConcurrency) out of the program and run "
        "`pulumi up`"
    )
    if not force:
        raise CommandError(
            f"{stack} manages this runtime, so a change by hand would not last",
            f"{declaration}; --force changes it by hand until the next deployment",
        )
    output.warn(f"{stack} manages this runtime and does not know of this change. {declaration}")
