"""A provider in the engine's own process that keeps its world in a dictionary."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from pulumi_local.provider_api import (
    CheckResult,
    CreateResult,
    DiffResult,
    Failure,
    InvokeResult,
    ReadResult,
)
from pulumi_local.state import urn_name
from pulumi_local.values import contains_unknown, deep_equal, strip_secrets


class StubProvider:
    """A provider over a dictionary. Set its fields to make it behave."""

    def __init__(self) -> None:
        self.world: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.seen: dict[tuple[str, str], dict[str, Any]] = {}
        """What the last call of a kind on a resource was given."""
        self.replace_keys: set[str] = set()
        self.delete_before_replace = False
        self.knows_diff = True
        self.previews = False
        self.faults: dict[tuple[str, str], BaseException] = {}
        self.failures: dict[str, list[Failure]] = {}
        self.extra_outputs: dict[str, Any] = {}
        self.during: Callable[[str, str], None] = lambda operation, name: None
        self._lock = threading.Lock()
        self._count = 0

    def changing_calls(self) -> list[tuple[str, str]]:
        """The calls that change the world, in order."""
        return [call for call in self.calls if call[0] in ("create", "update", "delete")]

    def check_config(self, urn, olds, news):
        return CheckResult(news)

    def diff_config(self, urn, old_inputs, old_outputs, new_inputs):
        replaces = [k for k in self.replace_keys if old_inputs.get(k) != new_inputs.get(k)]
        return DiffResult(changes=not deep_equal(old_inputs, new_inputs), replaces=replaces)

    def configure(self, urn, id, inputs):
        self._note("configure", urn, inputs=inputs)

    def check(self, urn, olds, news, *, preview):
        self._note("check", urn, olds=olds, news=news)
        return CheckResult(news, self.failures.get(urn_name(urn), ()))

    def diff(self, urn, id, old_inputs, old_outputs, new_inputs, *, ignore_changes=()):
        self._note("diff", urn, new_inputs=new_inputs)
        if not self.knows_diff:
            return DiffResult(changes=None)
        changed = [
            key
            for key in sorted(old_inputs.keys() | new_inputs.keys())
            if contains_unknown(new_inputs.get(key))
            or not deep_equal(old_inputs.get(key), new_inputs.get(key))
        ]
        return DiffResult(
            changes=bool(changed),
            replaces=[key for key in changed if key in self.replace_keys],
            diffs=changed,
            delete_before_replace=self.delete_before_replace,
        )

    def create(self, urn, inputs, *, timeout_seconds, preview):
        if preview:
            return CreateResult("", dict(inputs))
        self._note("create", urn, inputs=inputs, timeout=timeout_seconds)
        with self._lock:
            self._count += 1
            id_ = f"{urn_name(urn)}-{self._count}"
            self.world[id_] = dict(inputs)
        return CreateResult(id_, self._outputs(id_, inputs))

    def update(
        self,
        urn,
        id,
        old_inputs,
        old_outputs,
        new_inputs,
        *,
        timeout_seconds,
        preview,
        ignore_changes=(),
    ):
        if preview:
            return dict(new_inputs)
        self._note("update", urn, inputs=new_inputs, timeout=timeout_seconds)
        self.world[id] = dict(new_inputs)
        return self._outputs(id, new_inputs)

    def delete(self, urn, id, inputs, outputs, *, timeout_seconds):
        self._note("delete", urn, id=id)
        self.world.pop(id, None)

    def read(self, urn, id, inputs, outputs):
        self._note("read", urn, id=id)
        if id not in self.world:
            return ReadResult("", {})
        return ReadResult(id, self._outputs(id, self.world[id]), dict(self.world[id]))

    def invoke(self, token, args, *, preview):
        self._note("invoke", f"urn:pulumi:s::p::stub:index:Function::{token}", args=args)
        return InvokeResult({"echo": args})

    def _outputs(self, id_: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {**strip_secrets(dict(inputs)), "arn": f"arn:{id_}", **self.extra_outputs}

    def _note(self, operation: str, urn: str, **seen: Any) -> None:
        name = urn_name(urn)
        with self._lock:
            self.calls.append((operation, name))
            self.seen[operation, name] = seen
        self.during(operation, name)
        fault = self.faults.get((operation, name))
        if fault is not None:
            raise fault
