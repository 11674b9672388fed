"""Human output of a run: header, live progress, plan, diagnostics, outputs and summary."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from typing import Final, TextIO

from pulumi_local.events import (
    Diagnostic,
    Event,
    Op,
    Prelude,
    ResourceDone,
    ResourceFailed,
    ResourcePre,
    StackOutputs,
    Step,
    Summary,
)
from pulumi_local.masking import SecretMask
from pulumi_local.plan_tree import Plan, TreePrinter, is_default_provider
from pulumi_local.render_diff import render_changes, render_outputs
from pulumi_local.state import STACK_TYPE, urn_name, urn_type
from pulumi_local.style import OPS, SUMMARY_ORDER, Palette, display_type
from pulumi_local.values import Value

_HEADERS: Final = {
    ("update", True): "Previewing update",
    ("update", False): "Updating",
    ("refresh", True): "Previewing refresh",
    ("refresh", False): "Refreshing",
    ("destroy", True): "Previewing destroy",
    ("destroy", False): "Destroying",
}

_NOTHING_TO_DO: Final = {
    "update": "Everything is as the program wants it; nothing to do.",
    "refresh": "Everything is as the state says; nothing to do.",
    "destroy": "There is nothing left to delete.",
}

# The engine spells a provider's complaint as the CLI does; a reader needs its path and reason.
_CHECK_FAILURE = re.compile(
    r"(?:\S+ resource '[^']*': )?property (?P<path>\S+) value \{.*?\} has a problem:"
    r" (?P<reason>.*)",
    re.DOTALL,
)


class HumanRenderer:
    """Writes the events of one run, or of a preview and the run after it, for people to read.

    Safe to be called from several threads. Known secrets are masked in all free text.
    """

    def __init__(
        self,
        stream: TextIO,
        palette: Palette,
        *,
        full_diff: bool = False,
        show_sames: bool = False,
        debug: bool = False,
        mask: SecretMask | None = None,
    ) -> None:
        """Write to ``stream``.

        ``full_diff`` shows every property, ``show_sames`` also what stays as it is, ``debug``
        every message.
        """
        self._stream = stream
        self._palette = palette
        self._full = full_diff
        self._debug = debug
        self._mask = mask or SecretMask()
        self._lock = threading.Lock()
        fancy = (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"
        self._printer = TreePrinter(palette, full_diff, fancy, show_sames)
        self._prelude = Prelude("", "", "update", dry_run=False)
        self._reset()

    def __call__(self, event: Event) -> None:
        """Render one event."""
        with self._lock:
            self._handle(event)
            self._stream.flush()

    def conclude(self, outputs: Mapping[str, Value], *, failed: bool) -> None:
        """Close a run that ends with its plan: that has errors, or nothing is to be done."""
        with self._lock:
            if failed:
                self._write("The plan has errors, so nothing was changed.")
            else:
                self._conclude_unchanged(outputs)
            self._stream.flush()

    def _conclude_unchanged(self, outputs: Mapping[str, Value]) -> None:
        lines = render_outputs(outputs, outputs, self._palette, all_of_them=True)
        if lines:
            self._write(self._palette.bold("Outputs:"))
            self._write_all(iter(lines))
            self._write("")
        self._write(_NOTHING_TO_DO[self._prelude.operation])

    def _reset(self) -> None:
        self._plan = Plan()
        self._diagnostics: dict[str, list[Diagnostic]] = {}
        self._outputs: StackOutputs | None = None
        self._errored: set[str] = set()

    def _handle(self, event: Event) -> None:
        if isinstance(event, Prelude):
            self._start(event)
        elif isinstance(event, ResourcePre):
            self._on_start(event.step)
        elif isinstance(event, ResourceDone):
            self._on_done(event.step, event.seconds)
        elif isinstance(event, ResourceFailed):
            self._on_failed(event.step)
        elif isinstance(event, Diagnostic):
            self._on_diagnostic(event)
        elif isinstance(event, StackOutputs):
            self._outputs = event
        elif isinstance(event, Summary):
            self._finish(event)

    def _start(self, prelude: Prelude) -> None:
        self._prelude = prelude
        for value in prelude.config.values():
            self._mask.learn(value)
        header = _HEADERS[prelude.operation, prelude.dry_run]
        self._write(self._palette.bold(f"{header} ({prelude.stack}):"))

    def _on_start(self, step: Step) -> None:
        self._learn(step)
        self._plan.add(step)
        if not self._prelude.dry_run and _is_loud(step) and _is_custom(step):
            self._write(self._live_line(step, f"{OPS[step.op].running}..."))
            if self._full and step.op != "delete-replaced":
                self._write_all(render_changes(step.diff, self._palette, " " * 8, full=True))

    def _on_done(self, step: Step, seconds: float) -> None:
        self._learn(step)
        known = self._plan.rows.get(step.urn)
        was_refresh = known is not None and known.step.op == "refresh"
        if was_refresh:
            self._plan.add(step, found=True)
        if self._prelude.dry_run or not _is_loud(step):
            return
        if was_refresh:
            self._write(self._live_line(step, "gone" if step.op == "delete" else "drift"))
            self._write_all(render_changes(step.diff, self._palette, " " * 8, full=self._full))
        else:
            self._write(self._live_line(step, f"{OPS[step.op].done} ({_seconds(seconds)})"))

    def _on_failed(self, step: Step) -> None:
        self._plan.fail(step)
        self._errored.add(step.urn)
        if not self._prelude.dry_run:
            words = self._palette.error(f"{OPS[step.op].running} failed")
            self._write(self._live_line(step, words))

    def _on_diagnostic(self, event: Diagnostic) -> None:
        if event.severity in ("warning", "error"):
            self._diagnostics.setdefault(event.urn or "", []).append(event)
            if event.severity == "error" and event.urn:
                self._errored.add(event.urn)
        elif event.severity != "debug" or self._debug:
            for line in self._mask.apply(event.message).rstrip("\n").splitlines():
                self._write(f"     {line}".rstrip())

    def _live_line(self, step: Step, words: str) -> str:
        style = OPS[step.op]
        mark = self._palette.paint(style.mark, style.color)
        return f" {mark}  {display_type(step.type)} {urn_name(step.urn)} {words}"

    def _learn(self, step: Step) -> None:
        self._mask.learn_resource(step.old)
        self._mask.learn_resource(step.new)

    def _finish(self, summary: Summary) -> None:
        if summary.dry_run:
            plan = list(self._printer.lines(self._plan))
            self._write_all(iter(["", *plan] if plan else plan))
        self._section("Diagnostics:", self._diagnostic_lines())
        if not (summary.failed and summary.dry_run):
            self._section("Outputs:", self._output_lines(summary))
        self._section("Resources:", self._count_lines(summary))
        if not summary.dry_run:
            self._write("")
            self._write(self._palette.bold("Duration:") + f" {_seconds(summary.seconds)}")
        self._write("")
        # What is told between two runs, such as a lock taken over, belongs to the second.
        self._reset()

    def _section(self, title: str, lines: Iterator[str]) -> None:
        written = list(lines)
        if written:
            self._write("")
            self._write(self._palette.bold(title))
            self._write_all(iter(written))

    def _diagnostic_lines(self) -> Iterator[str]:
        for urn, diagnostics in self._diagnostics.items():
            indent = "  "
            if urn:
                yield f"  {display_type(urn_type(urn))} ({urn_name(urn)}):"
                indent = "    "
            for diagnostic in diagnostics:
                yield from self._diagnostic(diagnostic, indent)

    def _diagnostic(self, diagnostic: Diagnostic, indent: str) -> Iterator[str]:
        is_error = diagnostic.severity == "error"
        paint = self._palette.error if is_error else self._palette.warning
        text = diagnostic.message.rstrip("\n").removeprefix(f"{diagnostic.severity}: ")
        first, *rest = self._mask.apply(readable(text)).splitlines() or [""]
        yield f"{indent}{paint(diagnostic.severity + ':')} {first}"
        yield from (f"{indent}  {line}" for line in rest)

    def _output_lines(self, summary: Summary) -> Iterator[str]:
        if self._outputs is not None:
            old, new = self._outputs.old, self._outputs.new
            yield from render_outputs(old, new, self._palette, all_of_them=not summary.dry_run)

    def _count_lines(self, summary: Summary) -> Iterator[str]:
        for op in SUMMARY_ORDER:
            count = summary.changes.get(op, 0)
            if count:
                style = OPS[op]
                words = f"to {style.planned}" if summary.dry_run else style.done
                yield f"    {self._palette.paint(style.mark, style.color)} {count} {words}"
        unchanged = summary.changes.get("same", 0)
        if unchanged:
            yield f"    {unchanged} unchanged"
        if self._errored:
            yield f"    {self._palette.error(f'{len(self._errored)} errored')}"

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")

    def _write_all(self, lines: Iterator[str]) -> None:
        for line in lines:
            self._write(line)


_QUIET: Final[frozenset[Op]] = frozenset({"same", "refresh", "remove-pending-replace", "replace"})


def _is_loud(step: Step) -> bool:
    """Whether a step is worth a line while it runs.

    A replacement tells of itself by its creation and its deletion.
    """
    hidden = step.type == STACK_TYPE or is_default_provider(step)
    return step.op not in _QUIET and not hidden


def _is_custom(step: Step) -> bool:
    """Whether a provider does the work, so that there is something to wait for."""
    resource = step.new or step.old
    return resource is not None and resource.custom


def readable(message: str) -> str:
    """Reword a provider's complaint about an input as ``<path>: <reason>``."""
    match = _CHECK_FAILURE.fullmatch(message)
    return f"{match['path']}: {match['reason']}" if match else message


def _seconds(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    return f"{whole}s" if whole < 60 else f"{whole // 60}m{whole % 60:02}s"
