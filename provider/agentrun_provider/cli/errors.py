"""Errors of the command line: one line on standard error, an exit code, never a traceback.

With `--debug` or AGENTRUN_DEBUG the provider's own log goes to standard error, too: each call
without its headers, query and body. The logs of libraries stay off, for they tell more than that.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any, Final, NoReturn

import click

from ..errors import (
    AdvisedError,
    AgentRunError,
    CheckFailed,
    ConfigError,
    Forbidden,
    NotFound,
    PackagingError,
)
from . import exit_codes
from .texts import clean

DEBUG_VARIABLE = "AGENTRUN_DEBUG"

_PACKAGE: Final = __name__.partition(".")[0]
_CALLS: Final = f"{_PACKAGE}.sender"


class CommandError(AdvisedError):
    """A command can't do what it was asked for.

    Args:
        message: What is wrong.
        hint: What to do next.
        code: Exit code, one of `exit_codes`.
    """

    def __init__(self, message: str, hint: str = "", *, code: int = exit_codes.BAD_INPUT) -> None:
        super().__init__(message, hint)
        self.code = code


def exit_code_of(error: AgentRunError) -> int:
    """The exit code that an error stands for."""
    if isinstance(error, CommandError):
        return error.code
    if isinstance(error, (ConfigError, CheckFailed, PackagingError)):
        return exit_codes.BAD_INPUT
    if isinstance(error, NotFound):
        return exit_codes.NOT_FOUND
    if isinstance(error, Forbidden):
        return exit_codes.REFUSED
    return exit_codes.FAILED


def debugging() -> bool:
    """Whether `--debug` or AGENTRUN_DEBUG asks for tracebacks and a log of all calls."""
    context = click.get_current_context(silent=True)
    flagged = context is not None and bool(context.params.get("debug"))
    return flagged or bool(os.environ.get(DEBUG_VARIABLE))


def reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Make a click command tell each error in one line and end with its exit code.

    With `--debug` or AGENTRUN_DEBUG the calls are logged, and a traceback stands before the line.
    """

    @functools.wraps(command)
    def wrapper(*arguments: Any, **options: Any) -> Any:
        try:
            with _telling_calls():
                return command(*arguments, **options)
        except KeyboardInterrupt:
            # Below what a terminal shows for the key.
            click.echo("", err=True)
            fail("interrupted", exit_codes.INTERRUPTED)
        except AgentRunError as error:
            fail(error.one_line(), exit_code_of(error), error)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                # The reader, `head` for example, has seen enough; click ends quietly.
                raise
            fail(_unexpected(error), exit_codes.FAILED, error)

    return wrapper


def fail(message: str, code: int, error: BaseException | None = None) -> NoReturn:
    """Say on standard error what went wrong, and end with an exit code."""
    if error is not None and debugging():
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    click.echo(f"error: {clean(message)}", err=True)
    raise click.exceptions.Exit(code)


@contextlib.contextmanager
def _telling_calls() -> Iterator[None]:
    """Log all calls if that is wanted; else only why it takes longer."""
    wanted = debugging()
    log = logging.getLogger(_PACKAGE if wanted else _CALLS)
    handler = logging.StreamHandler(sys.stderr)
    form = logging.BASIC_FORMAT if wanted else "warning: %(message)s"
    handler.setFormatter(logging.Formatter(form))
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG if wanted else logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)


def _unexpected(error: Exception) -> str:
    if isinstance(error, OSError):
        return str(error)
    text = " ".join(str(error).split())
    return (
        f"unexpected {type(error).__name__}: {text}. Run again with --debug and report what it "
        "prints"
    )
