"""What the commands share: their common options, the workspace they open, errors and exit codes."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from pulumi_local.errors import EngineError, StackNotFoundError
from pulumi_local.workspace import Workspace, open_workspace

# The CLI's exit codes (pkg/cmd/pulumi/cmd/exit_codes.go of Pulumi).
EXIT_ERROR: Final = 1
EXIT_USAGE: Final = 2
EXIT_STACK_NOT_FOUND: Final = 6
EXIT_CHANGES_NOT_EXPECTED: Final = 7
EXIT_CANCELLED: Final = 8

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Location:
    """Where a command works, as given on the command line."""

    folder: Path
    stack: str | None
    backend_url: str | None

    def open(self) -> Workspace:
        """Open the workspace."""
        return open_workspace(self.folder, self.stack, self.backend_url, os.environ)


_LOCATION_OPTIONS = (
    click.option("-s", "--stack", metavar="NAME", help="The stack. Default: the only one."),
    click.option(
        "-C",
        "--cwd",
        "folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=Path(),
        help="Work as if started in this folder.",
    ),
    click.option(
        "--backend-url",
        metavar="URL",
        help="Folder of the states as file://... Default: PULUMI_BACKEND_URL, then .pulumi-state"
        " in the project.",
    ),
)


def location_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--stack``, ``--cwd`` and ``--backend-url``, passed on as one `Location`."""

    @functools.wraps(command)
    def wrapper(
        *, stack: str | None, folder: Path, backend_url: str | None, **options: Any
    ) -> None:
        command(Location(folder.absolute(), stack, backend_url), **options)

    decorated: Callable[..., Any] = wrapper
    for option in reversed(_LOCATION_OPTIONS):
        decorated = option(decorated)
    return decorated


class ReportingGroup(click.Group):
    """A command group that turns the engine's errors into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except StackNotFoundError as error:
            fail(str(error), EXIT_STACK_NOT_FOUND)
        except EngineError as error:
            fail(str(error), EXIT_ERROR)
        except KeyboardInterrupt:
            fail("cancelled", EXIT_CANCELLED)


def fail(message: str, code: int = EXIT_ERROR) -> None:
    """Say on standard error what went wrong, and end with an exit code."""
    click.echo(f"error: {message}", err=True)
    sys.exit(code)
