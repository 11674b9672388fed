"""The command ``pulumi-agentrun local``: run a Pulumi Python project without the Pulumi CLI.

Options and exit codes follow the CLI where it has them: 0 done, 1 failed, 2 wrong usage,
6 no such stack, 7 changes where ``--expect-no-changes`` was given, 8 cancelled.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from pulumi_local.command_support import Location, ReportingGroup, location_options
from pulumi_local.config_commands import config_group
from pulumi_local.stack_commands import stack_group

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_OUTPUT_OPTIONS = (
    click.option("-j", "--json", "as_json", is_flag=True, help="Print one JSON document."),
    click.option("--diff", "full_diff", is_flag=True, help="Show every property in full."),
    click.option("--show-sames", is_flag=True, help="List what stays as it is, too."),
    click.option("--debug", is_flag=True, help="Show what the program and plugins log at debug."),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Colour the output. Default: if it goes to a terminal and NO_COLOR is not set.",
    ),
)
_ENGINE_OPTIONS = (
    click.option(
        "-p",
        "--parallel",
        type=click.IntRange(min=1),
        default=16,
        show_default=True,
        metavar="N",
        help="Work on this many resources at a time.",
    ),
    click.option(
        "--simulate",
        multiple=True,
        metavar="PACKAGE",
        help="Make up the resources of a package whose plugin is not there; may be repeated.",
    ),
)
_REFRESH_OPTION = click.option(
    "-r", "--refresh", is_flag=True, help="First bring the state in line with reality."
)
_EXPECT_OPTION = click.option(
    "--expect-no-changes", is_flag=True, help="Fail with exit code 7 if anything changes."
)
_RUN_OPTIONS = (
    click.option("-y", "--yes", is_flag=True, help="Do not ask; implied without a terminal."),
    click.option("-f", "--skip-preview", is_flag=True, help="Do not show the plan first."),
    click.option("--preview-only", is_flag=True, help="Only show the plan."),
)


def _options(*options: Callable[[Any], Any]) -> Callable[[Decorated], Decorated]:
    def decorate(command: Decorated) -> Decorated:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.group(name="local", cls=ReportingGroup)
def local_group() -> None:
    """Run a Pulumi Python project on a small embedded engine.

    For demos, tests and offline work; it keeps its states as the Pulumi CLI does in a folder
    (``file://``), so that either can carry on where the other stopped. In production, use `pulumi`.
    """


@local_group.command()
@_options(*_OUTPUT_OPTIONS, *_ENGINE_OPTIONS, _REFRESH_OPTION, _EXPECT_OPTION)
@location_options
def preview(location: Location, **options: Any) -> None:
    """Show what an update would do."""
    _execute(location, operation="update", preview_only=True, **options)


@local_group.command()
@_options(*_OUTPUT_OPTIONS, *_ENGINE_OPTIONS, _REFRESH_OPTION, _EXPECT_OPTION, *_RUN_OPTIONS)
@location_options
def up(location: Location, **options: Any) -> None:
    """Create or update the resources of a stack."""
    _execute(location, operation="update", **options)


@local_group.command()
@_options(*_OUTPUT_OPTIONS, *_ENGINE_OPTIONS, _EXPECT_OPTION, *_RUN_OPTIONS)
@location_options
def refresh(location: Location, **options: Any) -> None:
    """Bring the state of a stack in line with what is really there."""
    _execute(location, operation="refresh", **options)


@local_group.command()
@_options(*_OUTPUT_OPTIONS, *_ENGINE_OPTIONS, _REFRESH_OPTION, *_RUN_OPTIONS)
@location_options
def destroy(location: Location, **options: Any) -> None:
    """Delete all resources of a stack."""
    _execute(location, operation="destroy", **options)


def _execute(location: Location, **options: Any) -> None:
    # The engine loads the protocol's stubs, which other commands need not wait for.
    from pulumi_local.runs import RunOptions, execute

    sys.exit(execute(location.open(), RunOptions(**options)))


local_group.add_command(stack_group)
local_group.add_command(config_group)
