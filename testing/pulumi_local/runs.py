"""Carries out what a command asks for: preview, update, refresh or destroy, with its output.

A run that changes something shows its plan first, asks if a person is there to answer, and holds
the stack's lock from before the plan until the end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import click

from pulumi_local.command_support import (
    EXIT_CANCELLED,
    EXIT_CHANGES_NOT_EXPECTED,
    EXIT_ERROR,
)
from pulumi_local.events import Event, Operation
from pulumi_local.interrupts import cancelling
from pulumi_local.json_output import JsonReport
from pulumi_local.render import HumanRenderer
from pulumi_local.style import Palette
from pulumi_local.values import Value
from pulumi_local.workspace import Workspace

if TYPE_CHECKING:
    from pulumi_local.deployment import Deployment, Result


@dataclass(frozen=True)
class RunOptions:
    """What was asked for on the command line."""

    operation: Operation
    preview_only: bool = False
    skip_preview: bool = False
    yes: bool = False
    as_json: bool = False
    full_diff: bool = False
    show_sames: bool = False
    debug: bool = False
    color: str = "auto"
    parallel: int = 16
    simulate: Sequence[str] = ()
    refresh: bool = False
    expect_no_changes: bool = False


class Output(Protocol):
    """Receives the events of a run and says the last word."""

    def __call__(self, event: Event) -> None:
        """Take in one event."""

    def conclude(self, outputs: Mapping[str, Value], *, failed: bool) -> None:
        """Take note that the run ends with its plan, as that has errors or is empty."""

    def finish(self) -> None:
        """Write what is left to be written."""


class HumanOutput(HumanRenderer):
    """Human output on standard output, as it happens."""

    def finish(self) -> None:
        """Do nothing: everything has been written."""


class JsonOutput(JsonReport):
    """One JSON document on standard output, at the end."""

    def finish(self) -> None:
        """Write the document of the last run."""
        click.echo(self.text())


def execute(workspace: Workspace, options: RunOptions) -> int:
    """Carry out a command and return its exit code. Raises EngineError."""
    # Deriving the key and loading the protocol's stubs both take a while, so do both at once.
    workspace.warm_up()
    from pulumi_local.deployment import Deployment

    if options.operation != "update":
        workspace.snapshot()  # there must be something to refresh or destroy
    output = _output(workspace, options)
    with Deployment(
        workspace.project,
        workspace.stack,
        workspace.backend,
        workspace.config,
        on_event=output,
        parallel=options.parallel,
        simulate=options.simulate,
        recorded_config=_config_at_rest(workspace),
    ) as deployment:
        code = _run(workspace, deployment, options, output)
    output.finish()
    return code


def _run(workspace: Workspace, deployment: Deployment, options: RunOptions, output: Output) -> int:
    if options.preview_only or not options.skip_preview:
        planned = _operate(deployment, options, preview=True)
        if options.preview_only:
            return _exit_code(planned, options)
        if planned.failed or planned.unchanged:
            # An empty plan is not carried out: the state would come out as it is.
            output.conclude(planned.outputs, failed=planned.failed)
            return _exit_code(planned, options)
        workspace.make_ready_for(planned.snapshot)
        if not _confirmed(options):
            click.echo("Nothing was changed.", err=True)
            return EXIT_CANCELLED
    return _exit_code(_operate(deployment, options, preview=False), options)


def _operate(deployment: Deployment, options: RunOptions, *, preview: bool) -> Result:
    with cancelling(deployment, lambda text: click.echo(text, err=True)):
        if options.operation == "refresh":
            return deployment.refresh(preview=preview)
        if options.operation == "destroy":
            return deployment.destroy(preview=preview, refresh=options.refresh)
        if preview:
            return deployment.preview(refresh=options.refresh)
        return deployment.up(refresh=options.refresh)


def _config_at_rest(workspace: Workspace) -> dict[str, Any]:
    """The configuration as it may be kept: secrets only in their encrypted form."""
    raw = workspace.stack_file.raw_config
    values = workspace.config.values
    return {
        key: raw[key] if key in raw else values[key].text
        for key in values
        if key in raw or not values[key].secret
    }


def _exit_code(result: Result, options: RunOptions) -> int:
    if result.cancelled:
        return EXIT_CANCELLED
    if result.failed:
        return EXIT_ERROR
    changed = any(count for op, count in result.changes.items() if op != "same")
    if changed and options.expect_no_changes:
        click.echo("error: no changes were expected but changes were found", err=True)
        return EXIT_CHANGES_NOT_EXPECTED
    return 0


def _output(workspace: Workspace, options: RunOptions) -> HumanOutput | JsonOutput:
    if options.as_json:
        return JsonOutput(workspace.config.shown(), show_sames=options.show_sames)
    palette = Palette.for_stream(sys.stdout, os.environ, options.color)
    return HumanOutput(
        sys.stdout,
        palette,
        full_diff=options.full_diff,
        show_sames=options.show_sames,
        debug=options.debug,
    )


def _confirmed(options: RunOptions) -> bool:
    """Ask, if there is somebody to ask; a run without a terminal was meant as it was called."""
    if options.yes or options.as_json or not _is_interactive():
        return True
    return click.confirm(f"Do you want to perform this {options.operation}?")


def _is_interactive() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
