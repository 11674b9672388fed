"""The deployed programs of one cloud: what its services use of this package."""

from __future__ import annotations

import logging
import threading
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from .. import machine
from ..errors import ServiceError
from ..http import Request, Response
from ..log_store import LogLine
from ..store import Record, Scope
from .affinity import Session, session_of
from .fleet import Fleet, NoInstance
from .forward import forward
from .instance import Instance, StartFailed
from .proof import Unhealthy, prove
from .provision import Provision, can_run, least_instances, summed
from .revision import LATEST, Revision, revision_of
from .traffic import Splitter, shares

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..cloud import FakeCloud
    from ..machine import Pending

_LOG = logging.getLogger("agentrun_fake.programs")


class Programs:
    """Runs what was deployed to a cloud.

    Methods that read the cloud's records say so; they are called under its lock.
    """

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud
        self._splitter = Splitter()
        self._fleet = Fleet(
            cloud.clock,
            idle_seconds=cloud.settings.instance_idle_seconds,
            start_seconds=cloud.settings.start_seconds,
            on_line=self._keep_line,
        )

    def plan(
        self, scope: Scope, runtime: Record, endpoint: Record, request: Request, request_id: str
    ) -> Callable[[str], Response]:
        """Decide which version serves a call; reads records.

        Returns:
            What makes the call, given the path at the program. It takes its time.
        """
        cloud = self._cloud
        split = shares(endpoint.fields, cloud.unverified.weight_unit)
        draft = revision_of(cloud.store, scope, runtime, None)
        session = session_of(request, draft.fields, cloud.unverified)
        version = self._splitter.choose(
            endpoint.id, split, session.name, cloud.clock.now(), draft.session_idle_seconds
        )
        return self._planned(scope, runtime, version, session, request, request_id)

    def plan_version(
        self, scope: Scope, runtime: Record, version: str, request: Request, request_id: str
    ) -> Callable[[str], Response]:
        """The same for a call that names its version, and no endpoint."""
        draft = revision_of(self._cloud.store, scope, runtime, None)
        session = session_of(request, draft.fields, self._cloud.unverified)
        return self._planned(scope, runtime, version, session, request, request_id)

    def _planned(
        self,
        scope: Scope,
        runtime: Record,
        version: str,
        session: Session,
        request: Request,
        request_id: str,
    ) -> Callable[[str], Response]:
        cloud = self._cloud
        revision = self._revision(scope, runtime, version)
        most = self._most(scope, runtime)
        on_demand = not revision.fields.get("disableOndemand")
        stops = self._fleet.stops

        def call(path: str) -> Response:
            try:
                lease = self._fleet.lease(
                    revision, session.name, most, stops=stops, on_demand=on_demand
                )
            except NoInstance as full:
                text = f"agent runtime {runtime.name} can't take the call: {full}"
                raise ServiceError(429, cloud.unverified.code_of_busy, text) from full
            except StartFailed as failure:
                text = f"version {version} of agent runtime {runtime.name}: {failure}"
                _LOG.warning("%s", text)
                raise ServiceError(502, "ERR_AGENT_FAILED", text) from failure
            extra = [("x-fc-request-id", request_id)]
            reply = forward(request, path, lease, cloud.settings.call_seconds, extra)
            told = (("x-fake-version", version), ("x-fake-instance", lease.instance.id))
            return reply.with_headers(*session.headers, *told)

        return call

    def prove(self, scope: Scope, runtime: Record) -> None:
        """Let a declared health check decide how a passing state ends; reads records.

        Nothing happens without a health check, for containers, and if a fault has decided already.
        """
        pending = runtime.pending
        code = runtime.fields["artifactType"] == "Code"
        if pending is None or pending.outcome is not machine.Event.SUCCEED or not code:
            return
        revision = self._revision(scope, runtime, LATEST)
        if revision.health_path is None:
            return
        pending.held = True
        most = self._most(scope, runtime)
        work = (revision, runtime, pending, most, self._fleet.stops)
        threading.Thread(target=self._prove, args=work, daemon=True).start()

    def instances(self, runtime_id: str, *, ended: bool = False) -> list[Instance]:
        """Instances of a runtime, oldest first; with those that ended if asked for."""
        return self._fleet.instances(runtime_id, ended=ended)

    def watched(self, pid: int) -> AbstractContextManager[None]:
        """See `Fleet.watched`."""
        return self._fleet.watched(pid)

    def report(self) -> list[dict[str, Any]]:
        """What runs, as JSON-able data for people."""
        return [
            {
                "instanceId": item.id,
                "runtime": item.revision.runtime_name,
                "region": item.revision.scope.region,
                "version": item.revision.version,
                "status": item.status,
                "port": item.port,
                "pid": item.program.pid if item.program else None,
                "calls": sum(item.calls.values()),
                "sessions": sorted(item.sessions),
                "output": item.program.output if item.program else [],
            }
            for item in self._fleet.instances()
        ]

    def follow(self) -> None:
        """End the instances of what was changed or deleted, and start those that endpoints keep
        ready; reads records."""
        self._fleet.retire(self._is_wanted)
        if self._cloud.settings.run:
            self._fleet.keep(summed(self._provisions()))

    def evict(self, scope: Scope, runtime: Record) -> None:
        """End all instances of a runtime with their sessions and calls; reads records."""
        for endpoint in self._cloud.store.all(scope, "endpoint", runtime.id):
            self._splitter.forget(endpoint.id)
        self._fleet.evict(runtime.id)

    def kept(self, scope: Scope, runtime: Record, endpoint: Record) -> tuple[int, str]:
        """How many of an endpoint's `minInstances` are ready, and why there are no more, if they
        failed; reads records."""
        revision = self._revision(scope, runtime, endpoint.fields["targetVersion"])
        ready, trouble = self._fleet.kept(revision.key)
        return min(ready, least_instances(endpoint)), trouble

    def stop(self) -> None:
        """End all programs and forget sessions."""
        self._fleet.stop()
        self._splitter.clear()

    def _prove(
        self, revision: Revision, runtime: Record, pending: Pending, most: int, stops: int
    ) -> None:
        failure = None
        try:
            prove(self._fleet, revision, most, stops)
        except (StartFailed, NoInstance, Unhealthy) as error:
            failure = str(error)
        except Exception:
            _LOG.exception("the health check of %s failed inside the fake", runtime.name)
            failure = "the fake itself failed; its log tells more"
        with self._cloud.lock:
            pending.held = False
            if self._fleet.stops != stops:
                # A check that was cut short has found nothing out, and starts nothing.
                return
            if failure is not None:
                pending.outcome, pending.reason = machine.Event.FAIL, failure
            self._cloud.changed()

    def _revision(self, scope: Scope, runtime: Record, version: str) -> Revision:
        store = self._cloud.store
        if version == LATEST:
            return revision_of(store, scope, runtime, None)
        record = store.get(scope, "version", f"{runtime.id}:{version}")
        if record is None:
            text = f"version {version} of agent runtime {runtime.name} does not exist"
            raise ServiceError(404, self._cloud.unverified.code_of_not_found, text)
        return revision_of(store, scope, runtime, record)

    def _provisions(self) -> Iterator[Provision]:
        """What endpoints want to be ready; their target's share of the traffic does not matter."""
        store = self._cloud.store
        for scope in store.scopes():
            for endpoint in store.all(scope, "endpoint"):
                least = least_instances(endpoint)
                runtime = store.get(scope, "runtime", endpoint.parent or "")
                if least and runtime is not None and can_run(runtime):
                    revision = self._revision(scope, runtime, endpoint.fields["targetVersion"])
                    yield Provision(revision, least, self._most(scope, runtime))

    def _most(self, scope: Scope, runtime: Record) -> int:
        """How many instances a runtime may have: its reserved concurrency, as far as one machine
        goes."""
        most = self._cloud.settings.max_instances
        reserved = self._cloud.store.get(scope, "concurrency", f"agentrun-{runtime.id}")
        return min(most, reserved.fields["reservedConcurrency"]) if reserved else most

    def _is_wanted(self, revision: Revision) -> bool:
        runtime = self._cloud.store.get(revision.scope, "runtime", revision.runtime_id)
        if runtime is None or runtime.status == machine.DELETING:
            return False
        if revision.version != LATEST:
            return True
        return self._revision(revision.scope, runtime, LATEST).key == revision.key

    def _keep_line(self, revision: Revision, instance_id: str, line: str) -> None:
        """Send a line of output where `logConfiguration` says."""
        _LOG.debug("%s %s: %s", revision.runtime_name, instance_id, line)
        target = revision.fields.get("logConfiguration", {})
        if not (target.get("project") and target.get("logstore")):
            return
        fields = {
            "functionName": revision.function,
            "qualifier": revision.version,
            "versionId": revision.version_id,
            "instanceID": instance_id,
            "message": line,
        }
        kept = LogLine(self._cloud.clock.now(), fields, topic=f"FCLogs:{revision.function}")
        self._cloud.logs.append(revision.scope, target["project"], target["logstore"], [kept])
