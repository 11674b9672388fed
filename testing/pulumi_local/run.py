"""What all parts of one run share: its settings, its events, and whether it goes on."""

from __future__ import annotations

import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone

from pulumi_local.diffing import UNCHANGED, Difference
from pulumi_local.errors import EngineError
from pulumi_local.events import (
    Diagnostic,
    Event,
    OnEvent,
    Op,
    ResourceDone,
    ResourceFailed,
    ResourcePre,
    Severity,
    Step,
)
from pulumi_local.journal import Journal
from pulumi_local.provider_api import ProviderError
from pulumi_local.stack_config import StackConfig
from pulumi_local.state import Resource

# What the CLI counts in the summary; the other ops are parts of a replacement.
_COUNTED: frozenset[Op] = frozenset(
    {"same", "create", "update", "delete", "replace", "read", "discard"}
)


class Stopped(Exception):
    """The run has failed or was cancelled, so a step was not started."""


class EventSink:
    """Passes events on one at a time."""

    def __init__(self, on_event: OnEvent) -> None:
        self._on_event = on_event
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Pass on one event."""
        with self._lock:
            self._on_event(event)


@dataclass
class Run:
    """One preview, update, refresh or destroy. Safe to use from several threads."""

    project: str
    stack: str
    config: StackConfig
    preview: bool
    journal: Journal
    emit: Callable[[Event], None]
    parallel: int = 16
    clock: Callable[[], float] = time.monotonic
    changes: Counter[str] = field(default_factory=Counter)
    error_logged: threading.Event = field(default_factory=threading.Event)
    """Set when the program logged an error, which fails it only if it says so when it exits."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    _failed: threading.Event = field(default_factory=threading.Event)
    _answers: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._slots = threading.BoundedSemaphore(max(self.parallel, 1))

    @property
    def failed(self) -> bool:
        """Whether anything went wrong."""
        return self._failed.is_set()

    @property
    def stopping(self) -> bool:
        """Whether no more steps are to be started.

        A preview goes on after a failure, so that it shows all that is wrong at once.
        """
        return self.cancelled.is_set() or (self.failed and not self.preview)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for one of the ``parallel`` places to work in. Raises Stopped."""
        with self._slots:
            self.go_on()
            yield

    def go_on(self) -> None:
        """Raise Stopped if no more steps are to be started."""
        if self.stopping:
            raise Stopped

    def say(self, severity: Severity, message: str, urn: str | None = None) -> None:
        """Tell the user something."""
        self.emit(Diagnostic(severity, message, urn))

    def fail(self, error: EngineError | str, urn: str | None = None) -> None:
        """Tell what went wrong, and let the run end."""
        detail = error.detail if isinstance(error, ProviderError) else ""
        if detail and detail.strip() != str(error):
            self.say("debug", detail, urn)
        self.say("error", str(error), urn)
        self._failed.set()

    def fail_quietly(self) -> None:
        """Let the run end; the user has been told why."""
        self._failed.set()

    def note_answer(self, text: str) -> None:
        """Remember what a call of the program was refused with."""
        with self._lock:
            self._answers.add(text)

    def is_echo(self, message: str) -> bool:
        """Whether a message of the program only repeats what the engine has answered it."""
        with self._lock:
            return any(text in message for text in self._answers)

    def step(
        self,
        op: Op,
        old: Resource | None,
        new: Resource | None,
        difference: Difference = UNCHANGED,
    ) -> Step:
        """Describe a step for the user."""
        subject = new or old
        assert subject is not None
        return Step(
            op=op,
            urn=subject.urn,
            type=subject.type,
            old=old,
            new=new,
            diff=list(difference.properties),
            keys=difference.reason_keys,
            replace_keys=list(difference.reasons),
            id=subject.id or (old.id if old else ""),
            provider=subject.provider,
        )

    @contextmanager
    def showing(self, step: Step) -> Iterator[Showing]:
        """Show a step from its start to its end, and count it. Errors pass through.

        A failure is told, which ends the run, and is raised again as `Stopped`.
        """
        self.go_on()
        visible = not is_hidden(step)
        if visible:
            self.emit(ResourcePre(step))
        started = self.clock()
        showing = Showing(step)
        try:
            yield showing
        except EngineError as error:
            self.fail(error, step.urn)
            if visible:
                self.emit(ResourceFailed(step, str(error)))
            raise Stopped from error
        if visible:
            self._count(showing.step.op)
            self.emit(ResourceDone(showing.step, self.clock() - started))

    def _count(self, op: Op) -> None:
        if op in _COUNTED:
            with self._lock:
                self.changes[op] += 1


@dataclass
class Showing:
    """A step being shown; its end may differ from its start, as a refresh finds out."""

    step: Step


def internal_error(error: BaseException) -> ProviderError:
    """Return the error for what is a fault of the engine, with its traceback for debugging."""
    trace = "".join(traceback.format_exception(error))
    return ProviderError(f"internal error of the embedded engine: {error!r}", trace)


def is_hidden(step: Step) -> bool:
    """Whether a step is the engine's own business: default providers are."""
    subject = step.new or step.old
    return subject is not None and is_default_provider(subject)


def is_default_provider(resource: Resource) -> bool:
    """Whether a provider was made by the engine, as no explicit one was named."""
    return resource.is_provider and not resource.parent and resource.name.startswith("default")


def now() -> str:
    """Return the present time as the state spells it."""
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
