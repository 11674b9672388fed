"""A preview as it was printed, read into steps.

The document is that of `pulumi preview --json`, which the embedded engine prints too, or that of
`refresh --preview-only --json`. What was found out about both by running them:

- The CLI leaves `detailedDiff` empty for resources in Python's dynamic providers, so differences
  are found by comparing inputs. Outputs are never looked at.
- With `--refresh` the steps of the refresh come first: the CLI's are `refresh` with an old and a
  new state that are the same, the embedded engine's are `update` and `delete`. Those of the program
  begin with that of the stack. A resource with a step of both that is to be created is one that is
  gone from the service.
- A refresh alone has no step of the program. There the CLI tells of what differs only its number.
- A destroy has no step of the program either; the one of the stack comes last, as a deletion.
- Protection that is put on or taken off is no change to the engines: the step is `same`.
- What an adoption would take over is told in a diagnostic of the provider's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..errors import AgentRunError
from ..kinds import KINDS
from .steps import UNCHANGED, Step, in_order

STACK_TYPE: Final = "pulumi:pulumi:Stack"
_PROVIDER_TYPE: Final = "pulumi:providers:"
_REFRESH: Final = "refresh"
# The parts of a replacement, which is listed as "replace", too.
_PARTS = frozenset(
    {"create-replacement", "delete-replaced", "discard-replaced", "read-replacement"}
)
# With which the CLI ends.
_MERE_ENDS = ("preview failed", "update failed", "destroy failed", "refresh failed")
# How the provider's preview tells it (`hosts.dynamic`), by the label of the resource.
_ADOPTION = re.compile(r"(\w+) (\S+): an up adopts (\S.*)", re.DOTALL)


_UNTOLD: Final[dict[str, Any]] = {
    "steps": [],
    "diagnostics": [
        {"severity": "error", "message": "it ended before it printed anything; the log says why"}
    ],
}


class PlanUnreadable(AgentRunError):
    """A file is not the JSON document of a preview."""

    @property
    def hint(self) -> str:
        return "Give it what `pulumi preview --json` printed on standard output, and only that"


@dataclass(frozen=True)
class Plan:
    """What a deployment of one stack will do.

    Attributes:
        project: Project; empty if the document does not tell.
        stack: Stack; empty if the document does not tell.
        steps: Steps of the program, or of the refresh if there are no others.
        counts: Number of resources by operation.
        problems: Severity (`error` or `warning`), name of the resource or nothing, and text.
        refreshed: Whether it is the document of a refresh, without the program.
        only_counted: Resources that a refresh found different and does not tell anything of.
    """

    project: str
    stack: str
    steps: tuple[Step, ...]
    counts: Mapping[str, int]
    problems: tuple[tuple[str, str, str], ...]
    refreshed: bool = False
    only_counted: int = 0

    @property
    def failed(self) -> bool:
        """Whether the preview came to an end with an error."""
        return any(severity == "error" for severity, _, _ in self.problems)

    @property
    def changing(self) -> tuple[Step, ...]:
        """The resources that something is done with, components left out."""
        return tuple(step for step in self.steps if step.changes and step.custom)

    @property
    def deletes_everything(self) -> bool:
        """Whether nothing of the stack is left but the stack."""
        others = sum(n for op, n in self.counts.items() if op != "delete")
        return (
            bool(self.changing)
            and not self.refreshed
            and others <= 1
            and all(step.op == "delete" for step in self.changing)
        )

    @property
    def identity(self) -> str:
        """Project and stack in one word."""
        return f"{self.project}/{self.stack}"


def read_plan(text: str, source: str, *, project: str = "", stack: str = "") -> Plan:
    """Read the document of a preview or refresh.

    Args:
        text: The document.
        source: Where it comes from, for errors.
        project: Project, where the document holds no resource to tell it.
        stack: Stack, likewise; then nothing at all is read as a preview that failed at once, as
            the CLI's does where it can't open the state.

    Raises:
        PlanUnreadable: It is no such document, or tells no stack and none is given.
    """
    data = _parse(text, source) if text.strip() or not stack else _UNTOLD
    raw = [item for item in data["steps"] if isinstance(item, Mapping)]
    start = next((i for i, item in enumerate(raw) if _opens_the_program(item)), None)
    if start is not None and raw[start].get("op") == "delete":
        start = 0
    diagnostics = [item for item in data.get("diagnostics") or [] if isinstance(item, Mapping)]
    problems = tuple(_problems(diagnostics))
    if start is None and _is_cut_off(raw, problems):
        start = 0
    before, own = (raw, []) if start is None else (raw[:start], raw[start:])
    refreshed = start is None and bool(raw)
    seen = {str(item.get("urn")) for item in before}
    counts = {str(op): int(n) for op, n in (data.get("changeSummary") or {}).items()}
    told = before if refreshed else [*_overwritten(before, own, counts), *own]
    adoptions = dict(_adoptions(diagnostics))
    steps = [_step(item, None if refreshed else seen, adoptions) for item in told]
    kept = in_order(_once(step for step in steps if step and step.op not in _PARTS))
    found = _names([*raw, *diagnostics])
    if not (found[1] or stack):
        raise PlanUnreadable(f"{source} names no stack: give it with --stack")
    return Plan(
        project=found[0] or project,
        stack=found[1] or stack,
        steps=tuple(kept),
        counts=counts,
        problems=problems,
        refreshed=refreshed,
        only_counted=_only_counted(kept, counts) if refreshed else 0,
    )


def _parse(text: str, source: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError as error:
        if not text.strip():
            reason = "is empty: the preview failed before it printed anything"
        elif text.lstrip().startswith('{"sequence"'):
            reason = "is a stream of events: unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW"
        else:
            reason = f"is not JSON: {error}"
        raise PlanUnreadable(f"{source} {reason}") from error
    if not isinstance(data, dict) or not isinstance(data.get("steps", []), list):
        raise PlanUnreadable(f"{source} is JSON, but not of a preview: it has no list of steps")
    if "steps" not in data and "diagnostics" not in data and "changeSummary" not in data:
        raise PlanUnreadable(f"{source} is JSON, but not of a preview: it has no steps")
    return {**data, "steps": data.get("steps") or []}


def _opens_the_program(item: Mapping[str, Any]) -> bool:
    return _type_of(item) == STACK_TYPE and item.get("op") != _REFRESH


def _is_cut_off(raw: list[Mapping[str, Any]], problems: Iterable[tuple[str, str, str]]) -> bool:
    """Whether it is a destroy that failed before it came to the stack, and no refresh."""
    failed = any(severity == "error" for severity, _, _ in problems)
    return failed and bool(raw) and all(item.get("op") == "delete" for item in raw)


def _overwritten(
    before: list[Mapping[str, Any]], own: list[Mapping[str, Any]], counts: Mapping[str, int]
) -> list[Mapping[str, Any]]:
    """Steps of the program that stand among those of the refresh.

    The embedded engine prints each operation on a resource once, at its first place: an update that
    undoes what a refresh found stands where the refresh's stood. The summary counts it.
    """
    listed = sum(item.get("op") == "update" for item in own)
    if counts.get("update", 0) <= listed:
        return []
    return [item for item in before if item.get("op") == "update"]


def _once(steps: Iterable[Step]) -> list[Step]:
    """The last word on each resource, in the order of the first."""
    result: dict[str, Step] = {}
    for step in steps:
        if step.op in UNCHANGED and step.urn in result:
            continue
        result[step.urn] = step
    return list(result.values())


def _step(
    item: Mapping[str, Any], seen: set[str] | None, adoptions: Mapping[tuple[str, str], str]
) -> Step | None:
    token = _type_of(item)
    if token == STACK_TYPE or token.startswith(_PROVIDER_TYPE):
        return None
    old, new = item.get("oldState") or {}, item.get("newState") or {}
    op, urn = str(item.get("op")), str(item.get("urn"))
    kind, inputs = _kind(token), new.get("inputs") or {}
    return Step(
        op=op,
        urn=urn,
        type=token,
        kind=kind,
        name=_parts(urn)[3] or urn,
        old=old.get("inputs") or {},
        new=inputs,
        old_outputs=old.get("outputs") or {},
        protected=(bool(old.get("protect")), bool(new.get("protect"))),
        replace_reasons=tuple(map(str, item.get("replaceReasons") or ())),
        paths=tuple(item.get("detailedDiff") or ()),
        depends_on=tuple(map(str, new.get("dependencies") or old.get("dependencies") or ())),
        external=seen is not None and urn in seen and op == "create",
        custom=bool((new or old).get("custom", True)),
        id=str(old.get("id") or ""),
        retained=bool(old.get("retainOnDelete")),
        observed=seen is None,
        adoption=adoptions.get((kind, str(inputs.get("name"))), "") if op == "create" else "",
    )


def _kind(token: str) -> str:
    name = token.rpartition(":")[2]
    return name if "agentrun:" in token and name in KINDS else ""


def _type_of(item: Mapping[str, Any]) -> str:
    state = item.get("newState") or item.get("oldState") or {}
    return str(state.get("type") or _parts(str(item.get("urn")))[2].rpartition("$")[2])


def _parts(urn: str) -> tuple[str, str, str, str]:
    """Stack, project, types and name of `urn:pulumi:stack::project::types::name`."""
    parts = urn.split("::", 3)
    if len(parts) != 4:
        return "", "", "", ""
    return parts[0].rpartition(":")[2], parts[1], parts[2], parts[3]


def _names(items: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
    for item in items:
        stack, project, _, _ = _parts(str(item.get("urn")))
        if stack:
            return project, stack
    return "", ""


def _problems(items: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    found = []
    for item in items:
        severity = str(item.get("severity"))
        text = str(item.get("message") or "").strip().removeprefix(f"{severity}: ")
        if text and severity in ("error", "warning"):
            found.append((severity, _parts(str(item.get("urn")))[3], text))
    telling = [each for each in found if each[2] not in _MERE_ENDS]
    # That it failed is said anyhow, as long as something says why.
    yield from telling if any(severity == "error" for severity, _, _ in telling) else found


def _adoptions(items: Iterable[Mapping[str, Any]]) -> Iterator[tuple[tuple[str, str], str]]:
    """What would be taken over, by kind and name in the service."""
    for item in items:
        found = _ADOPTION.match(str(item.get("message")))
        if found:
            yield (found[1], found[2]), found[3].strip()


def _only_counted(steps: Iterable[Step], counts: Mapping[str, int]) -> int:
    listed = sum(step.op == "update" for step in steps)
    return max(0, counts.get("update", 0) - listed)
