"""`pulumi-agentrun doctor`: is everything in order, and what to do about what is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import click

from ..checkup import access, network, resources
from ..checkup.finding import Finding, failed, guarded
from ..config import Settings
from ..errors import AgentRunError, ServerFault, Throttled, TransportFault
from ..kinds.log_auto import LOGSTORE, default_project
from ..session import Session
from . import doctor_tools, exit_codes
from .errors import CommandError
from .output import Output
from .stack import HIDDEN, Stack, StackResource, project_folder
from .target import (
    RUNTIME_KIND,
    Selection,
    Target,
    close_session,
    pick_runtime,
    selection_options,
)
from .texts import clean

# A checkup shall be quick, also where nothing answers.
_RETRIES = 1
_LONGEST_WAIT_SECONDS = 15.0


@click.command(name="doctor")
@selection_options
def doctor_command(selection: Selection, output: Output) -> None:
    """Check tools, credentials, addresses, clock, role, logs and permissions.

    Nothing is changed. Each finding is ok, warn, fail or skip, with what to do about it; the exit
    code is 5 if anything failed. Without a project, and without --name, only the general checks
    are made.
    """
    findings: list[Finding] = []
    for finding in examine(selection):
        findings.append(finding)
        # At once, for an address that does not answer takes its time.
        if not output.as_json:
            _line(output, finding)
    counts = {word: sum(f.status == word for f in findings) for word in _WORDS}
    if output.as_json:
        output.document({"checks": [vars(finding) for finding in findings], "summary": counts})
    else:
        output.text(", ".join(f"{count} {word}" for word, count in counts.items() if count))
    if counts["fail"]:
        raise click.exceptions.Exit(exit_codes.CHECK_FAILED)


_WORDS = ("ok", "warn", "fail", "skip")


def examine(selection: Selection) -> Iterator[Finding]:
    """Make all checks, the later ones only if what they need is in order."""
    environ = selection.environ
    yield from doctor_tools.check_packages()
    yield from guarded("Pulumi CLI", lambda: doctor_tools.check_cli(environ))
    yield from doctor_tools.check_engine()
    yield from doctor_tools.check_build()
    yield from guarded(
        "interpreter", lambda: doctor_tools.check_interpreter(selection.folder, environ)
    )
    stack: Stack | None = None
    if selection.stack or not selection.by_name:
        try:
            stack = _stack_of(selection)
        except CommandError as error:
            yield failed("stack", error)
    if stack is not None:
        yield from doctor_tools.check_stack(stack)
    runtime, trouble = _runtime_of(selection, stack)
    try:
        session = _impatient(selection.session(stack, runtime))
    except AgentRunError as error:
        yield failed("settings", error)
        return
    yield Finding("settings", "ok", f"region {session.settings.region}")
    own = runtime.inputs.get("profile") if runtime else None
    own = None if own == HIDDEN else own
    config = stack.config if stack else {}
    source = access.origin(config, selection.environ, selection.profile or own)
    try:
        yield from _services(selection, stack, session, source, trouble)
    finally:
        close_session(session)


def _services(
    selection: Selection,
    stack: Stack | None,
    session: Session,
    source: str,
    trouble: Finding | None,
) -> Iterator[Finding]:
    keys = guarded("credentials", lambda: access.check_credentials(session, source))
    yield from keys
    usable = not _any_failed(keys)
    if usable:
        whose, usable = _identity(session)
        yield from whose
    probes = network.probe_all(session.settings, _account(session, usable))
    yield from (probe.finding for probe in probes)
    yield from network.check_clock(probes)
    if not usable:
        yield Finding("runtime", "skip", "needs keys that the service takes")
        return
    if probes[0].finding.status == "fail":
        yield Finding("runtime", "skip", "needs the control plane, which does not answer")
        return
    if trouble is not None:
        yield trouble
        yield from guarded("permission", lambda: resources.check_permissions(session, None))
        return
    try:
        target = selection.find(session, stack)
        live = target.live
    except AgentRunError as error:
        yield failed("runtime", error)
        return
    yield from _runtime(session, target, live)


def _identity(session: Session) -> tuple[list[Finding], bool]:
    """Whose keys they are, and whether the service takes them as far as is known."""
    try:
        found = list(access.check_identity(session))
    except (TransportFault, ServerFault, Throttled) as error:
        # That the token service can't be reached says nothing about the keys.
        return [failed("account", error)], True
    except AgentRunError as error:
        return [failed("account", error)], False
    return found, not _any_failed(found)


def _runtime(session: Session, target: Target, live: dict[str, Any]) -> Iterator[Finding]:
    declared = target.declared
    named = declared.inputs.get("role") if declared else None
    role = named if named not in (None, "", HIDDEN) else live.get("executionRoleArn")
    yield from resources.check_runtime(live)
    yield from guarded("endpoints", lambda: resources.check_endpoints(session, target.runtime_id))
    yield from guarded("role", lambda: resources.check_role(session, role))
    yield from guarded(
        "logs", lambda: resources.check_logs(session, *_log_place(session, declared, live))
    )
    yield from guarded(
        "permission", lambda: resources.check_permissions(session, target.runtime_id)
    )


def _stack_of(selection: Selection) -> Stack | None:
    if project_folder(selection.folder) is None and selection.stack is None:
        return None
    return selection.load_stack()


def _runtime_of(
    selection: Selection, stack: Stack | None
) -> tuple[StackResource | None, Finding | None]:
    """The stack's runtime, or what keeps the runtime from being looked at."""
    if selection.by_name:
        return None, None
    if stack is None:
        words = "no stack and no --name tell which runtime to look at"
        return None, Finding("runtime", "skip", words)
    try:
        return pick_runtime(stack, selection.resource), None
    except CommandError as error:
        status = failed("runtime", error)
        return None, status if stack.of_kind(RUNTIME_KIND) else replace(status, status="skip")


def _impatient(session: Session) -> Session:
    settings: Settings = session.settings
    quick = replace(
        settings,
        max_retries=min(settings.max_retries, _RETRIES),
        read_timeout=min(settings.read_timeout, _LONGEST_WAIT_SECONDS),
    )
    return Session(quick, folder=session.folder)


def _account(session: Session, usable: bool) -> str:
    """The account's number, or nothing if it can't be found out."""
    if session.settings.account_id:
        return session.settings.account_id
    if not usable:
        return ""
    try:
        return session.account_id
    except AgentRunError:
        # The check of the account has told why.
        return ""


def _log_place(
    session: Session, declared: StackResource | None, live: dict[str, Any]
) -> tuple[str | None, str | None]:
    held = live.get("logConfiguration") or {}
    if held.get("project"):
        return str(held["project"]), held.get("logstore")
    wanted = (declared.inputs.get("log") or {}) if declared else {}
    if not isinstance(wanted, Mapping):
        return None, None
    if wanted.get("auto"):
        return default_project(session), LOGSTORE
    return wanted.get("project"), wanted.get("logstore")


def _any_failed(findings: list[Finding]) -> bool:
    return any(finding.status == "fail" for finding in findings)


def _line(output: Output, finding: Finding) -> None:
    # Reasons are words of the service, and may hold anything.
    output.marked(finding.status, f"{finding.check}: {_flat(finding.message)}", width=5)
    if finding.fix:
        output.text(f"      {_flat(finding.fix)}")


def _flat(text: str) -> str:
    return clean(" ".join(text.split()))
