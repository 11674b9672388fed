"""Machine output of a run: one JSON document in the shape of ``pulumi preview --json``.

A preview prints ``config``, ``steps``, ``diagnostics``, ``duration`` (nanoseconds) and
``changeSummary``. A run that changes something prints the same and, besides, ``operation``,
``result`` (``succeeded`` or ``failed``) and ``outputs``. Only steps that change something, and the
stack itself, are listed, unless all are asked for. Every secret is ``"[secret]"``. (Facts:
pkg/display/json.go of Pulumi.)
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pulumi_local.checkpoint import dump_resource
from pulumi_local.events import (
    Diagnostic,
    Event,
    Prelude,
    ResourceDone,
    ResourceFailed,
    ResourcePre,
    StackOutputs,
    Step,
    Summary,
)
from pulumi_local.masking import SecretMask
from pulumi_local.plan_tree import is_default_provider
from pulumi_local.property_json import dump_value, masked
from pulumi_local.state import STACK_TYPE
from pulumi_local.values import Value, mask

Json = dict[str, Any]

# Parts of a replacement, which is listed as the one step "replace".
_PARTS = ("create-replacement", "delete-replaced", "discard-replaced", "read-replacement")


class JsonReport:
    """Gathers the events of one run into its document. Safe to be called from several threads."""

    def __init__(
        self, shown_config: Mapping[str, str] | None = None, *, show_sames: bool = False
    ) -> None:
        """Use ``shown_config``, whose secrets are masked already, instead of the event's.

        ``show_sames`` lists also what stays as it is.
        """
        self._shown_config = shown_config
        self._show_sames = show_sames
        self._mask = SecretMask()
        self._lock = threading.Lock()
        self._reset()

    def __call__(self, event: Event) -> None:
        """Take in one event."""
        with self._lock:
            if self._summary is not None:
                self._reset()
            self._handle(event)

    def _reset(self) -> None:
        self._config: Json = {}
        self._steps: dict[str, Json] = {}
        self._diagnostics: list[Json] = []
        self._outputs: Json = {}
        self._failed: list[str] = []
        self._summary: Summary | None = None

    def conclude(self, outputs: Mapping[str, Value], *, failed: bool) -> None:
        """Close a run that ends with its plan: its document is that of a run all the same."""
        with self._lock:
            if self._summary is not None:
                self._summary = replace(self._summary, dry_run=False, failed=failed)
            self._outputs = dump_value(dict(outputs), masked)

    def _handle(self, event: Event) -> None:
        if isinstance(event, Prelude):
            self._start(event)
        elif isinstance(event, ResourcePre):
            self._add(event.step)
        elif isinstance(event, ResourceDone):
            self._complete(event.step)
        elif isinstance(event, ResourceFailed):
            self._failed.append(event.step.urn)
        elif isinstance(event, Diagnostic):
            self._diagnose(event)
        elif isinstance(event, StackOutputs):
            self._outputs = dump_value(event.new, masked)
        elif isinstance(event, Summary):
            self._summary = event

    def _start(self, prelude: Prelude) -> None:
        for value in prelude.config.values():
            self._mask.learn(value)
        shown = self._shown_config if self._shown_config is not None else prelude.config
        self._config = {key: mask(value) for key, value in shown.items()}

    def _add(self, step: Step) -> None:
        self._learn(step)
        if _is_listed(step, self._show_sames) and not is_default_provider(step):
            self._steps[f"{step.op} {step.urn}"] = _dump_step(step)

    def _complete(self, step: Step) -> None:
        """Put what a step led to in the place of what was planned, where that is listed."""
        self._learn(step)
        planned = f"refresh {step.urn}"
        if planned in self._steps:
            del self._steps[planned]
            self._add(step)
        elif f"{step.op} {step.urn}" in self._steps:
            self._steps[f"{step.op} {step.urn}"] = _dump_step(step)

    def _learn(self, step: Step) -> None:
        self._mask.learn_resource(step.old)
        self._mask.learn_resource(step.new)

    def _diagnose(self, event: Diagnostic) -> None:
        if event.ephemeral or event.severity == "debug":
            return
        text = event.message.rstrip("\n")
        if event.severity in ("warning", "error") and not text.startswith(f"{event.severity}: "):
            text = f"{event.severity}: {text}"
        line = {"message": self._mask.apply(text) + "\n", "severity": event.severity}
        self._diagnostics.append(({"urn": event.urn} if event.urn else {}) | line)

    def document(self) -> Json:
        """Return the document of the run so far; complete once the summary has come."""
        data: Json = {}
        if self._config:
            data["config"] = self._config
        data["steps"] = list(self._steps.values())
        data["diagnostics"] = self._diagnostics
        summary = self._summary
        if summary is not None:
            data["duration"] = round(summary.seconds * 1e9)
            data["changeSummary"] = {op: n for op, n in sorted(summary.changes.items()) if n}
            if not summary.dry_run:
                data["operation"] = summary.operation
                data["result"] = "failed" if summary.failed else "succeeded"
                data["outputs"] = self._outputs
        if self._failed:
            data["failed"] = self._failed
        return data

    def text(self) -> str:
        """Return the document as indented JSON text."""
        return json.dumps(self.document(), indent=4, ensure_ascii=False)


def _is_listed(step: Step, show_sames: bool) -> bool:
    if step.op == "same":
        return show_sames or step.type == STACK_TYPE or step.changes_protection
    return step.type == STACK_TYPE or step.op not in _PARTS


def _dump_step(step: Step) -> Json:
    data: Json = {"op": step.op, "urn": step.urn}
    if step.provider:
        data["provider"] = step.provider
    if step.old is not None:
        data["oldState"] = dump_resource(step.old, masked)
    if step.new is not None:
        data["newState"] = dump_resource(step.new, masked)
    reasons = sorted({change.path.split(".")[0].split("[")[0] for change in step.diff})
    if reasons:
        data["diffReasons"] = reasons
    if step.keys:
        data["replaceReasons"] = list(step.keys)
    detailed = {change.path: {"kind": change.kind, "inputDiff": True} for change in step.diff}
    return data | {"detailedDiff": detailed or None}
