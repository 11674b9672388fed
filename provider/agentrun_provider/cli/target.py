"""Which runtime a command works on, and with which settings: the options that name it.

By default it is the runtime of the current stack: settings come from the stack's configuration and
the resource's own, as at deployment. With `--name` or `--runtime-id` no stack is needed: settings
come from the environment and the credentials chain, and from a stack only if `--stack` names one.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from ..belonging import other_account, region_in
from ..config import resolve
from ..errors import ConfigError
from ..kinds.runtime_calls import find_by_id, find_by_name
from ..session import Session
from . import exit_codes
from .errors import CommandError, reporting
from .output import Output
from .stack import HIDDEN, Engine, Stack, StackResource, load_stack

RUNTIME_KIND = "Runtime"
COMPONENT_KIND = "Agent"

# Settings that a runtime may have for itself, by their names in the state.
_OWN_SETTINGS = ("region", "accountId", "profile")


@dataclass
class Target:
    """A runtime, and access to the place where it is.

    Attributes:
        session: Connection; its settings tell the region.
        runtime_id: Id of the runtime.
        stack: The stack it was found in; None if it was named without one.
        resources: The stack's resources that belong to it: itself, its versions, endpoints and so
            on, and the component around them; empty without a stack.
    """

    session: Session
    runtime_id: str
    stack: Stack | None = None
    resources: tuple[StackResource, ...] = ()
    _found: dict[str, Any] | None = field(default=None, repr=False)

    @cached_property
    def live(self) -> dict[str, Any]:
        """The runtime as the service has it now, in the API's names.

        Raises:
            CommandError: It does not exist; exit code 3.
        """
        found = self._found or find_by_id(self.session, self.runtime_id)
        if found is None:
            raise self.missing()
        return found

    def missing(self) -> CommandError:
        """The error for a runtime that does not exist."""
        what = f"runtime {self.runtime_id} does not exist in {self.region}"
        if self.stack is None:
            advice = "Check the id and the region"
        elif elsewhere := self._elsewhere():
            # It is not gone, so to take note of that is no way out.
            what, advice = (
                f"{what}: stack {self.stack.name} deployed it {elsewhere[0]}",
                elsewhere[1],
            )
        else:
            what = f"{what} although stack {self.stack.name} deployed it"
            advice = (
                "Run `pulumi refresh` to take note of it, or `pulumi up` after that to make it "
                "again"
            )
        return CommandError(what, advice, code=exit_codes.NOT_FOUND)

    def _elsewhere(self) -> tuple[str, str] | None:
        """Where else the stack has deployed it, and how to look there; None if it was here."""
        outputs = self.declared.outputs if self.declared else {}
        region = region_in(outputs)
        if region and region != self.region:
            return f"in {region}", "Leave out --region"
        other = other_account(self.session, outputs)
        if other is None:
            return None
        return f"in account {other.there}", f"Use keys of that account: these are of {other.here}"

    @cached_property
    def runtime_name(self) -> str:
        """The runtime's name in the service."""
        declared = self.declared.outputs.get("name") if self.declared and not self._found else None
        shown = None if declared == HIDDEN else declared
        return str(shown or self.live.get("agentRuntimeName") or "")

    @property
    def declared(self) -> StackResource | None:
        """The runtime's resource in the stack."""
        return next((item for item in self.resources if item.kind == RUNTIME_KIND), None)

    @property
    def region(self) -> str:
        """The region."""
        return self.session.settings.region

    @property
    def function_name(self) -> str:
        """The Function Compute function behind the runtime (reference, section 5)."""
        return f"agentrun-{self.runtime_id}"


@dataclass(frozen=True)
class Selection:
    """What the options of the command line say about the target."""

    folder: Path = Path()
    stack: str | None = None
    engine: Engine = "auto"
    name: str | None = None
    runtime_id: str | None = None
    resource: str | None = None
    region: str | None = None
    profile: str | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @property
    def by_name(self) -> bool:
        """Whether the runtime is named itself, so that no stack is needed."""
        return self.name is not None or self.runtime_id is not None

    def load_stack(self) -> Stack | None:
        """The stack; None if the runtime is named and no stack is."""
        if self.by_name and self.stack is None:
            return None
        return load_stack(self.folder, self.stack, self.engine, self.environ)

    def session(self, stack: Stack | None, runtime: StackResource | None = None) -> Session:
        """Make a session with the settings of options, runtime, stack and environment."""
        own = {
            key: value
            for key in _OWN_SETTINGS
            if runtime is not None and (value := runtime.inputs.get(key)) not in (None, "", HIDDEN)
        }
        given = {"region": self.region, "profile": self.profile}
        overrides = own | {key: value for key, value in given.items() if value}
        try:
            settings = resolve(stack.config if stack else {}, self.environ, overrides)
        except ConfigError as error:
            if stack is not None:
                raise
            fix = "Or take the settings of a stack with --stack"
            if "no region" in str(error):
                # Advice about the configuration leads nowhere where none is read.
                fix = f"Give --region, or set AGENTRUN_REGION. {fix}"
            elif error.hint:
                fix = f"{error.hint}. {fix}"
            raise ConfigError(str(error), fix) from error
        return Session(settings, folder=stack.folder if stack else None)

    def open(self) -> Target:
        """Find the runtime.

        Raises:
            CommandError: There is none, or more than one; exit codes 2 and 3.
            ConfigError: Settings are missing or wrong.
        """
        for option in ("name", "runtime_id", "resource", "stack"):
            if getattr(self, option) == "":
                # Most often the value of a variable that is not set.
                raise CommandError(f"--{option.replace('_', '-')} is empty")
        if self.name is not None and self.runtime_id is not None:
            raise CommandError("give either --name or --runtime-id, not both")
        if self.by_name and self.resource is not None:
            raise CommandError("--resource names a resource of a stack: leave out --name")
        stack = self.load_stack()
        own = pick_runtime(stack, self.resource) if stack and not self.by_name else None
        session = self.session(stack, own)
        try:
            return self.find(session, stack)
        except BaseException:
            close_session(session)
            raise

    def find(self, session: Session, stack: Stack | None) -> Target:
        """Find the runtime, as `open` does, with a session and a stack that are there already."""
        if not self.by_name:
            assert stack is not None, "only a named runtime needs no stack"
            runtime_id = pick_runtime(stack, self.resource).id
            return Target(session, runtime_id, stack, resources_around(stack, runtime_id))
        if self.runtime_id is not None:
            return self._joined(Target(session, self.runtime_id), stack)
        found = find_by_name(session, str(self.name))
        if found is None:
            raise CommandError(
                f"there is no runtime {self.name} in {session.settings.region}",
                "Check the name, the region (--region) and the account",
                code=exit_codes.NOT_FOUND,
            )
        return self._joined(Target(session, str(found["agentRuntimeId"]), _found=found), stack)

    def _joined(self, target: Target, stack: Stack | None) -> Target:
        if stack is not None:
            target.resources = resources_around(stack, target.runtime_id)
            target.stack = stack if target.resources else None
        return target


def pick_runtime(stack: Stack, resource: str | None = None) -> StackResource:
    """The runtime of a stack, or the one called so: by its own name or its component's.

    Raises:
        CommandError: There is none (exit code 3), or there are several.
    """
    runtimes = [item for item in stack.of_kind(RUNTIME_KIND) if item.id]
    if resource is not None:
        parents = {item.urn for item in stack.of_kind(COMPONENT_KIND) if item.name == resource}
        chosen = [item for item in runtimes if item.name == resource or item.parent in parents]
    else:
        chosen = runtimes
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(item.name for item in runtimes)
    if chosen:
        raise CommandError(
            f"stack {stack.name} has several runtimes: {names}", "Choose one with --resource"
        )
    if runtimes:
        raise CommandError(
            f"stack {stack.name} has no runtime {resource}, but these: {names}",
            code=exit_codes.NOT_FOUND,
        )
    raise CommandError(
        f"stack {stack.name} has deployed no runtime",
        "Deploy it first (`pulumi up`), or name a runtime with --name or --runtime-id",
        code=exit_codes.NOT_FOUND,
    )


def resources_around(stack: Stack, runtime_id: str) -> tuple[StackResource, ...]:
    """The resources of a stack that belong to a runtime, in the order of the state."""
    own = [
        item
        for item in stack.resources
        if item.kind
        and (
            (item.kind == RUNTIME_KIND and item.id == runtime_id)
            or runtime_id in (item.inputs.get("runtimeId"), item.outputs.get("runtimeId"))
            # Where that is secret, ids of what belongs to a runtime begin with its own.
            or item.id.startswith(f"{runtime_id}/")
        )
    ]
    around = {item.parent for item in own}
    return tuple(
        item
        for item in stack.resources
        if item in own or (item.kind == COMPONENT_KIND and item.urn in around)
    )


def close_session(session: Session) -> None:
    """Close the connections of a session, if there are any."""
    # One that was never used must not be made, and credentials looked for, only to be closed.
    client = vars(session).get("client")
    if client is not None:
        client.close()


folder_option = click.option(
    "-C",
    "--cwd",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Work as if started in this folder.",
)

_PLACE_OPTIONS = (
    click.option("-s", "--stack", metavar="STACK", help="The stack. Default: the current one."),
    folder_option,
    click.option(
        "--engine",
        type=click.Choice(["auto", "cli", "local"]),
        default="auto",
        help="Whose stack it is: the Pulumi CLI's or the embedded engine's. Default: found out.",
    ),
    click.option("--name", metavar="RUNTIME", help="A runtime by its name; needs no stack."),
    click.option("--runtime-id", metavar="ID", help="A runtime by its id; needs no stack."),
    click.option(
        "--resource",
        metavar="LOGICAL_NAME",
        help="Which runtime or agent of the stack, by its name in the program.",
    ),
    click.option("--region", metavar="REGION", help="Region, instead of the stack's."),
    click.option("--profile", metavar="PROFILE", help="Profile of the Alibaba Cloud CLI."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    click.option("--debug", is_flag=True, help="Log all calls; show tracebacks."),
)


def selection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name a target; the command gets `selection` and `output`.

    Errors are told in one line and become exit codes.
    """

    @reporting
    @functools.wraps(command)
    def wrapper(*, as_json: bool, debug: bool, **options: Any) -> Any:
        names = ("folder", "stack", "engine", "name", "runtime_id", "resource", "region", "profile")
        selection = Selection(**{name: options.pop(name) for name in names})
        return command(selection=selection, output=Output(as_json=as_json), **options)

    decorated: Callable[..., Any] = wrapper
    for option in reversed(_PLACE_OPTIONS):
        decorated = option(decorated)
    return decorated


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name a runtime; the command gets `target` and `output`.

    Errors are told in one line and become exit codes; the connections are closed at the end.
    """

    @functools.wraps(command)
    def wrapper(*, selection: Selection, output: Output, **options: Any) -> Any:
        target = selection.open()
        try:
            return command(target=target, output=output, **options)
        finally:
            close_session(target.session)

    return selection_options(wrapper)
