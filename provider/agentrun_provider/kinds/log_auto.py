"""Log resources that are made if they are missing: project, logstore and index (reference 7).

Names, retention and index are those of the Serverless Devs component's `logConfig: auto`, so that
both share one project per account and region. What can't be seen right after it was made is read
back until it can. A project that a stack made has the stack's mark in its description, which tells
also after an interrupted `up` that it is ours; nothing else is ever deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..session import Session
from ..sls import LogService
from .log_index import INDEX
from .runtime_calls import PATH

LOGSTORE = "default-logs"
SHARDS = 1
TTL_DAYS = 30

PROJECT_PART = "project"
LOGSTORE_PART = "logstore"
INDEX_PART = "index"

_LONGEST_PROJECT = 63


@dataclass(frozen=True)
class LogPlace:
    """Where logs go, and what of it is ours.

    Attributes:
        project: Name of the log project.
        logstore: Name of the logstore in it.
        created: Which of `project`, `logstore` and `index` this stack made.
    """

    project: str
    logstore: str
    created: tuple[str, ...] = ()


def ensure_logs(session: Session, owner: str | None, label: str, seconds: float) -> LogPlace:
    """Make the account's log project, logstore and index as far as they are missing.

    Args:
        session: Connection, account and clock.
        owner: Mark of the resource; what is made is marked with the stack's part of it.
        label: The resource's name for progress and errors.
        seconds: How long to wait at most until each of them can be seen.

    Returns:
        Where the logs go.

    Raises:
        ConfigError: The account's number is not known.
        WaitTimedOut: What was made can't be seen.
        ApiError: A call was refused.
    """
    project = default_project(session)
    with session.exclusive(f"log/{project}"):
        return _Making(session, project, _stack_mark(owner), label, seconds).ensure()


def remove_logs(session: Session, place: LogPlace, owner: str | None, label: str) -> None:
    """Delete what a stack made, with the logs in it, unless something else uses it.

    A project is deleted only if it still bears the stack's mark and holds no logstore of anybody
    else. The index of a foreign logstore stays.
    """
    if not {PROJECT_PART, LOGSTORE_PART} & set(place.created):
        return
    with session.exclusive(f"log/{place.project}"):
        users = _users(session, place)
        if users:
            session.progress(label, f"keeps the logs, which {', '.join(users)} uses too", 0)
            return
        logs = LogService(session.client)
        found = logs.find_project(place.project)
        if found is None:
            return
        ours = PROJECT_PART in place.created and _is_marked(found, _stack_mark(owner))
        others = set(logs.list_logstores(place.project)) - {place.logstore}
        if ours and not others:
            session.progress(label, f"deletes the log project {place.project}", 0)
            logs.delete_project(place.project)
        elif ours or LOGSTORE_PART in place.created:
            session.progress(label, f"deletes the logstore {place.logstore}", 0)
            logs.delete_logstore(place.project, place.logstore)


def default_project(session: Session) -> str:
    """Name of the account's log project in the session's region.

    Raises:
        ConfigError: The account's number is not known.
    """
    name = f"aliyun-serverless-{session.account_id}-{session.settings.region}"
    return name[:_LONGEST_PROJECT]


class _Making:
    """Makes what is missing, and proves that it can be seen."""

    def __init__(
        self, session: Session, project: str, mark: str, label: str, seconds: float
    ) -> None:
        self.session = session
        self.logs = LogService(session.client)
        self.project = project
        self.mark = mark
        self.label = label
        self.seconds = seconds

    def ensure(self) -> LogPlace:
        logs, project = self.logs, self.project
        # The service takes 64 characters without quotes and angle brackets.
        description = f"AgentRun logs, made by {self.mark or 'pulumi-agentrun'}"
        steps: tuple[tuple[str, Callable[[], dict[str, Any] | None], Callable[[], bool]], ...] = (
            (
                PROJECT_PART,
                lambda: logs.find_project(project),
                lambda: logs.create_project(project, description),
            ),
            (
                LOGSTORE_PART,
                lambda: logs.find_logstore(project, LOGSTORE),
                lambda: logs.create_logstore(project, LOGSTORE, SHARDS, TTL_DAYS),
            ),
            (
                INDEX_PART,
                lambda: logs.find_index(project, LOGSTORE),
                lambda: logs.create_index(project, LOGSTORE, INDEX),
            ),
        )
        made = {part for part, find, make in steps if self._step(part, find, make)}
        if PROJECT_PART in made:
            made = {part for part, _, _ in steps}
        return LogPlace(project, LOGSTORE, _in_order(made))

    def _step(
        self, part: str, find: Callable[[], dict[str, Any] | None], make: Callable[[], bool]
    ) -> bool:
        """Make one of the three if it is missing; tells whether it is ours."""
        found = find()
        if found is not None:
            return part == PROJECT_PART and _is_marked(found, self.mark)
        self.session.progress(self.label, f"makes the log {part.removeprefix('log')}", 0)
        made = make()

        def look() -> str:
            nonlocal made
            if find() is not None:
                return "READY"
            # What it belongs to may not have been visible to the first attempt.
            made = make() or made
            return "CREATING"

        if find() is None:
            self.session.wait(
                look,
                what=f"log {part.removeprefix('log')} of {self.label}",
                status=str,
                reason=lambda _: None,
                pending={"CREATING"},
                target={"READY"},
                limit=self.seconds,
            )
        return made


def _users(session: Session, place: LogPlace) -> list[str]:
    """Names of the runtimes that log there."""

    def logs_there(runtime: Mapping[str, Any]) -> bool:
        held = runtime.get("logConfiguration") or {}
        return (held.get("project"), held.get("logstore")) == (place.project, place.logstore)

    return [
        str(item.get("agentRuntimeName"))
        for item in session.client.paginate("ListAgentRuntimes", PATH)
        if logs_there(item) and item.get("status") != "DELETING"
    ]


def _stack_mark(owner: str | None) -> str:
    """The part of a mark that all resources of a stack share."""
    return str(owner or "").rpartition("-")[0]


def _is_marked(project: dict[str, Any], mark: str) -> bool:
    return bool(mark) and str(project.get("description") or "").endswith(f" {mark}")


def _in_order(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(part for part in (PROJECT_PART, LOGSTORE_PART, INDEX_PART) if part in parts)
