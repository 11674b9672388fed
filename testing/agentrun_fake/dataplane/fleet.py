"""All instances of a cloud: which one takes a call, when one is started, when one ends."""

from __future__ import annotations

import atexit
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from ..clock import Clock
from . import ports
from .folders import Folders
from .instance import Instance, StartFailed
from .program import Program
from .provision import Provision
from .revision import Revision
from .watchdog import Watchdog

GRACE_SECONDS = 2.0
"""How long a program that is asked to end may take."""
_SWEEP_SECONDS = 1.0
_MOST_STOP_SECONDS = 10.0
_REMEMBERED = 200

OnLine = Callable[[Revision, str, str], None]
"""Gets a line of a program's output, with the id of its instance."""


class NoInstance(Exception):
    """No instance may take the call: all are busy, and no more may be started."""


@dataclass(frozen=True)
class Lease:
    """A call's hold on an instance. Ends with `release`, which may be called again."""

    instance: Instance
    session: str
    release: Callable[[], None]


class Fleet:
    """Starts, shares out and ends instances. May be used from many threads.

    Args:
        clock: Time that instances idle by.
        idle_seconds: After how long without a call an instance ends.
        start_seconds: How long a program may take until it listens.
        on_line: Gets the programs' output.
    """

    def __init__(
        self, clock: Clock, *, idle_seconds: float, start_seconds: float, on_line: OnLine
    ) -> None:
        self._clock = clock
        self._idle_seconds = idle_seconds
        self._start_seconds = start_seconds
        self._on_line = on_line
        self._lock = threading.RLock()
        self._started = threading.Condition(self._lock)
        self._starting = 0
        self._stops = 0
        self._live: list[Instance] = []
        self._ended: deque[Instance] = deque(maxlen=_REMEMBERED)
        self._stopping: set[threading.Thread] = set()
        self._claims = ports.Claims()
        self._kept: Mapping[str, Provision] = {}
        self._hopeless: dict[str, str] = {}
        self._numbers = 0
        self._folders = Folders()
        self._watchdog: Watchdog | None = None
        self._sweeper: threading.Thread | None = None
        self._halt = threading.Event()

    @property
    def stops(self) -> int:
        """How often it was stopped: what began before the last time must start nothing more."""
        return self._stops

    def lease(
        self,
        revision: Revision,
        session: str | None,
        most: int,
        *,
        stops: int,
        on_demand: bool = True,
    ) -> Lease:
        """An instance for a call, started if need be; returns once it listens.

        Args:
            revision: What shall serve the call.
            session: The call's session; its instance is the same each time, while it lives.
            most: How many instances the runtime may have.
            stops: What `stops` was when the call began.
            on_demand: Whether one may be started for the call.

        Raises:
            NoInstance: None is free and no more may be started.
            StartFailed: The program did not come up, or all were stopped in between.
        """
        if most < 1:
            raise NoInstance("it may have no instance")
        with self._lock:
            if stops != self._stops:
                raise StartFailed("all programs were stopped meanwhile")
            self._numbers += 1
            # A call of no session is one of its own that ends with it; no header has a space.
            name = f"call {self._numbers}" if session is None else session
            instance = self._free_one(revision, name)
            starts = instance is None
            if instance is None:
                if not on_demand:
                    raise NoInstance("no provisioned instance is free, and others are not wanted")
                self._make_room(revision.runtime_id, most)
                instance = self._add(revision)
            instance.calls[name] += 1
            if session is not None:
                instance.sessions[session] = self._clock.now()
            lease = Lease(instance, name, self._release_once(instance, name))
        if starts:
            self._start(instance)
        instance.up.wait()
        if instance.failure is not None:
            lease.release()
            raise instance.failure
        return lease

    def instances(self, runtime_id: str | None = None, *, ended: bool = False) -> list[Instance]:
        """All instances or those of a runtime, oldest first; with those that ended if asked for."""
        self.sweep()
        with self._lock:
            found = [*self._ended, *self._live] if ended else self._live
            mine = [item for item in found if runtime_id in (None, item.revision.runtime_id)]
            return sorted(mine, key=lambda item: item.created_at)

    def keep(self, provisions: Mapping[str, Provision]) -> None:
        """See that so many instances of these revisions are ready, from now on.

        A revision whose program does not come up is not tried again, until it is another one.
        """
        with self._lock:
            self._kept = provisions
            self._hopeless = {k: why for k, why in self._hopeless.items() if k in provisions}
            self._top_up()

    def kept(self, key: str) -> tuple[int, str]:
        """How many instances of a revision are ready, and why there are no more, if they failed."""
        with self._lock:
            ready = [item for item in self._of(key) if item.up.is_set()]
            return len(ready), self._hopeless.get(key, "")

    def evict(self, runtime_id: str) -> None:
        """End all instances of a runtime at once, with their sessions and calls."""
        with self._lock:
            for instance in list(self._live):
                if instance.revision.runtime_id == runtime_id:
                    instance.sessions.clear()
                    self._end(instance)

    @contextmanager
    def watched(self, pid: int) -> Iterator[None]:
        """While this lasts, a process group that was started beside the programs ends with the
        fake, however that ends."""
        with self._lock:
            watchdog = self._watchdog
            if watchdog is not None:
                watchdog.watch(pid)
        try:
            yield
        finally:
            with self._lock:
                if watchdog is not None and watchdog is self._watchdog:
                    watchdog.release(pid)

    def retire(self, still_wanted: Callable[[Revision], bool]) -> None:
        """Let instances end whose revision is not wanted any more, busy ones after their calls."""
        with self._lock:
            for instance in list(self._live):
                if not still_wanted(instance.revision):
                    instance.retired = True
                    self._end_if_unused(instance)

    def sweep(self) -> None:
        """End what has been idle for too long or has ended by itself."""
        now = self._clock.now()
        with self._lock:
            for instance in list(self._live):
                keep = instance.revision.session_idle_seconds
                instance.sessions = {
                    name: at for name, at in instance.sessions.items() if now - at < keep
                }
                idle = now - instance.last_used >= self._idle_seconds and not instance.sessions
                spare = idle and not instance.busy and not self._is_kept(instance)
                if instance.up.is_set() and (instance.ended or spare):
                    self._end(instance)
            self._top_up()

    def stop(self) -> None:
        """End all programs and remove their files; a later call starts anew."""
        with self._lock:
            self._stops += 1
            self._kept, self._hopeless = {}, {}
            for instance in list(self._live):
                self._end(instance)
            # One that is being started is ended as soon as it is there.
            self._started.wait_for(lambda: not self._starting, _MOST_STOP_SECONDS)
            stopping = list(self._stopping)
            sweeper, self._sweeper = self._sweeper, None
            self._halt.set()
            self._halt = threading.Event()
            watchdog, self._watchdog = self._watchdog, None
            self._ended.clear()
        for thread in [*stopping, *([sweeper] if sweeper else [])]:
            if thread is not threading.current_thread():
                thread.join()
        if watchdog is not None:
            atexit.unregister(self.stop)
            watchdog.close()
        self._folders.remove()

    def _free_one(self, revision: Revision, name: str) -> Instance | None:
        """An instance of the session, or one that has room; those that listen first."""
        usable = self._of(revision.key)
        for item in usable:
            if name in item.sessions:
                return item
        free = [item for item in usable if item.has_room(name)]
        return min(free, key=lambda item: (not item.up.is_set(), len(item.calls)), default=None)

    def _of(self, key: str) -> list[Instance]:
        """The instances of a revision that take calls, oldest first."""
        return [
            item
            for item in self._live
            if item.revision.key == key and not item.retired and not item.ended
        ]

    def _add(self, revision: Revision) -> Instance:
        """A new instance, which whoever asked for it starts."""
        now = self._clock.now()
        instance = Instance(revision, now, last_used=now)
        self._live.append(instance)
        self._starting += 1
        return instance

    def _is_kept(self, instance: Instance) -> bool:
        """Whether it is among those that are kept ready: the oldest ones."""
        kept = self._kept.get(instance.revision.key)
        return kept is not None and instance in self._of(instance.revision.key)[: kept.count]

    def _top_up(self) -> None:
        """Start what is missing of the instances that are kept ready."""
        for key, kept in self._kept.items():
            missing = kept.count - len(self._of(key))
            for _ in range(0 if key in self._hopeless else missing):
                try:
                    self._make_room(kept.revision.runtime_id, kept.most)
                except NoInstance:
                    break
                starter = threading.Thread(
                    target=self._start_kept, args=(self._add(kept.revision),), daemon=True
                )
                self._stopping.add(starter)
                starter.start()

    def _start_kept(self, instance: Instance) -> None:
        self._start(instance)
        with self._lock:
            if instance.failure is not None and instance.revision.key in self._kept:
                self._hopeless[instance.revision.key] = str(instance.failure)

    def _make_room(self, runtime_id: str, most: int) -> None:
        """See that one more instance may be started: the longest idle one ends if need be.

        Raises:
            NoInstance: All are busy.
        """
        mine = [
            item for item in self._live if item.revision.runtime_id == runtime_id and not item.ended
        ]
        if len(mine) < most:
            return
        idle = [item for item in mine if not item.busy and item.up.is_set()]
        spare = [item for item in idle if not self._is_kept(item)]
        if not spare:
            rest = " or kept for another version" if idle else ""
            raise NoInstance(f"all {most} instances are busy{rest}")
        self._end(min(spare, key=lambda item: item.last_used))

    def _start(self, instance: Instance) -> None:
        """Start a program; whoever waits for the instance is told how that went."""
        configured = None
        try:
            # A program that insists on the configured port will be found there.
            configured = self._claims.take(instance.revision.port)
            instance.launch(self._folders, self._line_of(instance), self._guarded(instance))
            instance.wait_until_up(self._start_seconds, configured)
        except StartFailed as failure:
            instance.failure = instance.explained(failure, port_taken=configured is None)
        except BaseException:
            instance.failure = StartFailed("the fake itself failed; its log tells more")
            raise
        finally:
            if configured is not None and (instance.failure or instance.port != configured):
                self._claims.give_back(configured)
            with self._lock:
                if instance.failure is not None:
                    self._end(instance)
                instance.up.set()
                self._starting -= 1
                self._started.notify_all()

    def _line_of(self, instance: Instance) -> Callable[[str], None]:
        return lambda line: self._on_line(instance.revision, instance.id, line)

    def _guarded(self, instance: Instance) -> Callable[[Program], None]:
        """What is done with a program as soon as it runs."""

        def on_start(program: Program) -> None:
            with self._lock:
                if instance.destroyed_at is not None:
                    # Ended while it was being started.
                    self._stop_program(instance)
                    return
                if self._watchdog is None:
                    self._watchdog = Watchdog(self._folders.root)
                    atexit.register(self.stop)
                self._watchdog.watch(program.pid)
                if self._sweeper is None:
                    self._sweeper = threading.Thread(
                        target=self._sweep_on, args=(self._halt,), daemon=True
                    )
                    self._sweeper.start()

        return on_start

    def _sweep_on(self, halt: threading.Event) -> None:
        while not halt.wait(_SWEEP_SECONDS):
            self.sweep()

    def _release_once(self, instance: Instance, name: str) -> Callable[[], None]:
        done = False

        def release() -> None:
            nonlocal done
            with self._lock:
                if done:
                    return
                done = True
                instance.calls[name] -= 1
                if not instance.calls[name]:
                    del instance.calls[name]
                instance.last_used = self._clock.now()
                if name in instance.sessions:
                    instance.sessions[name] = instance.last_used
                self._end_if_unused(instance)

        return release

    def _end_if_unused(self, instance: Instance) -> None:
        if instance.retired and not instance.busy and instance.up.is_set():
            self._end(instance)

    def _end(self, instance: Instance) -> None:
        if instance.destroyed_at is not None:
            return
        instance.destroyed_at = self._clock.now()
        self._live.remove(instance)
        self._ended.append(instance)
        self._stop_program(instance)

    def _stop_program(self, instance: Instance) -> None:
        """End the program in a thread of its own: it may take its time."""
        if instance.program is None:
            return
        self._stopping = {thread for thread in self._stopping if thread.is_alive()}
        thread = threading.Thread(
            target=self._stop_one, args=(instance, instance.program), daemon=True
        )
        self._stopping.add(thread)
        thread.start()

    def _stop_one(self, instance: Instance, program: Program) -> None:
        watchdog = self._watchdog
        program.stop(GRACE_SECONDS)
        self._folders.forget(instance.id)
        with self._lock:
            self._claims.give_back(instance.port)
            if self._watchdog is not None and self._watchdog is watchdog:
                watchdog.release(program.pid)
