"""A deployment: previews, updates, refreshes and destroys one stack of one project."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final

import grpc
from pulumi.runtime.proto import engine_pb2_grpc

from pulumi_local.backend import FileBackend, HistoryEntry
from pulumi_local.engine_service import EngineService
from pulumi_local.errors import EngineError
from pulumi_local.events import (
    Diagnostic,
    OnEvent,
    Operation,
    Prelude,
    StackOutputs,
    Summary,
)
from pulumi_local.journal import Journal
from pulumi_local.operations import destroy, refresh, update
from pulumi_local.plugin_provider import PluginProvider
from pulumi_local.plugins import CHANNEL_OPTIONS, DYNAMIC_PACKAGE, PluginHost
from pulumi_local.processes import Stream
from pulumi_local.program import Program, PythonProgram, RunningProgram
from pulumi_local.project import Project
from pulumi_local.provider_api import ConfigurableProvider
from pulumi_local.providers import OpenProvider, ProviderTable
from pulumi_local.run import EventSink, Run, internal_error
from pulumi_local.simulate import SimulatedProvider
from pulumi_local.stack_config import StackConfig
from pulumi_local.stack_references import BUILTIN_PACKAGE, BuiltinProvider
from pulumi_local.state import PROVIDER_TYPE_PREFIX, Snapshot
from pulumi_local.steps import same_state
from pulumi_local.values import PropertyMap

ORGANIZATION: Final = "organization"
"""The name of the organization, where there are none."""

DEFAULT_PARALLEL: Final = 16


@dataclass(frozen=True)
class Result:
    """How a run ended."""

    changes: Mapping[str, int]
    """Resources per op, in the CLI's words."""
    outputs: PropertyMap
    failed: bool
    snapshot: Snapshot
    """The state after the run; after a preview, what it would be."""
    unchanged: bool = False
    """Whether the state is, or would be, what it was before: an update would do nothing."""
    cancelled: bool = False


@dataclass
class _Running:
    """What `Deployment.cancel` reaches for."""

    run: Run
    program: list[RunningProgram] = field(default_factory=list)


class Deployment:
    """Runs operations on one stack, one after the other.

    To be used in a ``with`` block, which holds the stack's lock from the first operation on and
    ends all plugins. The state is loaded and saved by each operation itself.
    """

    def __init__(
        self,
        project: Project,
        stack: str,
        backend: FileBackend,
        config: StackConfig,
        *,
        on_event: OnEvent,
        parallel: int = DEFAULT_PARALLEL,
        simulate: Collection[str] = (),
        recorded_config: Mapping[str, Any] | None = None,
        program: Program | None = None,
        open_provider: OpenProvider | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare to work on a stack.

        ``simulate`` names packages to stand in for; ``recorded_config`` is the configuration as
        the history keeps it, secrets encrypted. ``program`` and ``open_provider`` replace the
        project's program and the plugins.
        """
        self._project = project
        self._stack = stack
        self._backend = backend
        self._config = config
        self._emit = EventSink(on_event)
        self._parallel = parallel
        self._simulate = frozenset(simulate)
        self._recorded_config = dict(recorded_config or {})
        environ = os.environ if environ is None else environ
        self._program = program or PythonProgram(project, environ)
        self._open = open_provider or self._open_plugin
        self._host = PluginHost(project, self._engine_address, self._on_line, environ)
        self._exits = ExitStack()
        self._address = ""
        self._running: _Running | None = None
        self._state_lock = threading.Lock()
        self._locked = False
        self._cancelled = threading.Event()

    def __enter__(self) -> Deployment:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all plugins and release the lock. Idempotent."""
        self._host.close()
        self._exits.close()

    def preview(self, *, refresh: bool = False) -> Result:
        """Tell what `up` would do."""
        return self._operate("update", preview=True, refresh_first=refresh)

    def up(self, *, refresh: bool = False) -> Result:
        """Bring about what the program wants."""
        return self._operate("update", preview=False, refresh_first=refresh)

    def refresh(self, *, preview: bool = False) -> Result:
        """Bring the state in line with what is really there."""
        return self._operate("refresh", preview=preview)

    def destroy(self, *, preview: bool = False, refresh: bool = False) -> Result:
        """Delete everything."""
        return self._operate("destroy", preview=preview, refresh_first=refresh)

    def cancel(self) -> None:
        """End the operation under way soon: steps that run are finished, no others begun.

        May be called from any thread.
        """
        self._cancelled.set()
        with self._state_lock:
            running = self._running
        if running is not None:
            running.run.cancelled.set()
            for program in running.program:
                program.stop()
        self._host.cancel()

    def kill(self) -> None:
        """End the operation under way at once. May be called from any thread.

        What the steps that run have done is not known then; the state says so.
        """
        self._cancelled.set()
        with self._state_lock:
            running = self._running
        if running is not None:
            running.run.cancelled.set()
            for program in running.program:
                program.kill()
        self._host.kill()

    def _operate(
        self, operation: Operation, *, preview: bool, refresh_first: bool = False
    ) -> Result:
        started, started_at = time.monotonic(), time.time()
        self._hold_lock()
        base = self._load()
        self._emit(
            Prelude(self._project.name, self._stack, operation, preview, self._config.wrapped())
        )
        run = self._new_run(base, preview)
        try:
            run = self._carry_out(run, operation, refresh_first=refresh_first)
        except EngineError as error:
            run.fail(error)
        except Exception as error:
            # Shown like any failure, so that the state is saved and the user sees the rest too.
            run.fail(internal_error(error))
        finally:
            with self._state_lock:
                self._running = None
            self._host.end_run()
        run.journal.save()
        snapshot = run.journal.snapshot()
        outputs = snapshot.stack_outputs()
        if operation != "refresh":
            self._emit(StackOutputs(base.stack_outputs(), outputs))
        cancelled = run.cancelled.is_set()
        changes = dict(run.changes)
        failed = run.failed or cancelled
        self._emit(Summary(operation, preview, changes, time.monotonic() - started, failed))
        if not preview:
            self._record(operation, started_at, changes, succeeded=not failed)
        return Result(
            changes, outputs, failed, snapshot, _unchanged(base, snapshot), cancelled=cancelled
        )

    def _carry_out(self, run: Run, operation: Operation, *, refresh_first: bool) -> Run:
        """Do the work of an operation, and return the run that did the last part of it."""
        _tell_interrupted(run)
        if refresh_first or operation == "refresh":
            refresh(run, self._providers(run))
            if operation == "refresh" or run.failed or run.cancelled.is_set():
                return run
            # What follows starts from what was found.
            first, run = run, self._new_run(run.journal.snapshot(), run.preview)
            run.cancelled = first.cancelled
        if operation == "destroy":
            destroy(run, self._providers(run))
        else:
            self._prefetch(run)
            update(
                run,
                self._providers(run),
                self._program,
                project=self._project,
                organization=ORGANIZATION,
                engine_address=self._engine_address(),
                on_line=self._on_line,
                on_start=self._note_program,
            )
        return run

    def _providers(self, run: Run) -> ProviderTable:
        return ProviderTable(run.journal.old_resources, self._open)

    def _new_run(self, base: Snapshot, preview: bool) -> Run:
        run = Run(
            project=self._project.name,
            stack=self._stack,
            config=self._config,
            preview=preview,
            journal=Journal(base, None if preview else self._save),
            emit=self._emit,
            parallel=self._parallel,
        )
        if self._cancelled.is_set():
            run.cancelled.set()
        with self._state_lock:
            self._running = _Running(run)
        return run

    def _note_program(self, program: RunningProgram) -> None:
        with self._state_lock:
            if self._running is not None:
                self._running.program.append(program)
        if self._cancelled.is_set():
            program.stop()

    def _hold_lock(self) -> None:
        if not self._locked:
            lock = self._backend.lock(self._project.name, self._stack, self._warn)
            self._exits.enter_context(lock)
            self._locked = True

    def _warn(self, message: str) -> None:
        self._emit(Diagnostic("warning", message))

    def _load(self) -> Snapshot:
        return self._backend.load_checked(self._project.name, self._stack) or Snapshot()

    def _save(self, snapshot: Snapshot) -> None:
        self._backend.save(self._project.name, self._stack, snapshot)

    def _record(
        self, operation: Operation, started: float, changes: Mapping[str, int], *, succeeded: bool
    ) -> None:
        entry = HistoryEntry(
            kind=operation,
            start_time=int(started),
            end_time=int(time.time()),
            succeeded=succeeded,
            changes=changes,
            config=self._recorded_config,
        )
        self._backend.record_history(self._project.name, self._stack, entry)

    def _open_plugin(self, package: str, version: str, urn: str) -> ConfigurableProvider:
        if package == BUILTIN_PACKAGE:
            return BuiltinProvider(self._project.name, self._backend.load)
        if package in self._simulate:
            return SimulatedProvider()
        return PluginProvider(self._host.get(package, version, urn).stub)

    def _prefetch(self, run: Run) -> None:
        """Start the dynamic provider, if it was used before, while the program starts."""
        wanted = f"{PROVIDER_TYPE_PREFIX}{DYNAMIC_PACKAGE}"
        if DYNAMIC_PACKAGE in self._simulate or self._open != self._open_plugin:
            return
        for resource in run.journal.old_resources:
            if resource.type == wanted and not resource.delete:
                self._host.prefetch(DYNAMIC_PACKAGE, "", resource.urn)

    def _engine_address(self) -> str:
        """Return the address of the engine service, starting it at first use."""
        with self._state_lock:
            if not self._address:
                server = grpc.server(
                    ThreadPoolExecutor(max_workers=8, thread_name_prefix="engine"),
                    options=CHANNEL_OPTIONS,
                )
                engine_pb2_grpc.add_EngineServicer_to_server(EngineService(self._on_log), server)
                self._address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
                server.start()
                self._exits.callback(lambda: server.stop(None).wait())
            return self._address

    def _on_log(self, diagnostic: Diagnostic) -> None:
        with self._state_lock:
            running = self._running
        if diagnostic.severity == "error" and running is not None:
            if running.run.is_echo(diagnostic.message) or running.run.cancelled.is_set():
                # The program's own account of a failure that is the engine's to tell.
                diagnostic = Diagnostic("debug", diagnostic.message, diagnostic.urn)
            else:
                running.run.error_logged.set()
        self._emit(diagnostic)

    def _on_line(self, stream: Stream, line: str) -> None:
        self._emit(Diagnostic("info" if stream == "stdout" else "info#err", line))


def _tell_interrupted(run: Run) -> None:
    """Warn of what the run before was interrupted in, once."""
    interrupted = run.journal.interrupted
    if not interrupted:
        return
    lines = [f"  * {p.resource.urn}, interrupted while {p.type}" for p in interrupted]
    run.say(
        "warning",
        f"the run before was interrupted in {len(interrupted)} operation(s):\n"
        + "\n".join(lines)
        + "\nThese resources are in an unknown state; what was being created may exist without"
        " being in the stack's state.",
    )
    run.journal.forget_interrupted()


def _unchanged(before: Snapshot, after: Snapshot) -> bool:
    if before.pending_operations or len(before.resources) != len(after.resources):
        return False
    old = {(r.urn, r.delete): r for r in before.resources}
    return all(
        (r.urn, r.delete) in old and same_state(old[r.urn, r.delete], r) for r in after.resources
    )
