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
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..errors import AgentRunError
from ..kinds import KINDS

STACK_TYPE: Final = "pulumi:pulumi:Stack"
_PROVIDER_TYPE: Final = "pulumi:providers:"
_REFRESH: Final = "refresh"
# The parts of a replacement, which is listed as "replace", too.
_PARTS = frozenset(
    {"create-replacement", "delete-replaced", "discard-replaced", "read-replacement"}
)
_UNCHANGED = frozenset({"same", "refresh", "read", "discard"})


class PlanUnreadable(AgentRunError):
    """A file is not the JSON document of a preview."""

    @property
    def hint(self) -> str:
        return "Give it what `pulumi preview --json` printed on standard output, and only that"


@dataclass(frozen=True)
class Step:
    """What is done with one resource.

    Attributes:
        op: `create`, `update`, `replace`, `delete`, `import` …, `same` or `refresh`.
        urn: Its URN.
        type: Type token.
        kind: Name of an AgentRun resource; empty for those of other providers.
        name: Name in the program.
        old: Inputs so far; empty for a new one.
        new: Inputs to be; empty for one that goes away.
        old_outputs: Outputs so far, of which only a version's number is used.
        protected: Whether it is protected before and after.
        replace_reasons: Properties that make a new resource of it.
        paths: Properties that the engine says differ, which may be secret.
        depends_on: URNs it depends on.
        external: Whether reality differed, as far as the document tells.
        custom: False for components, which exist in the program only.
    """

    op: str
    urn: str
    type: str
    kind: str
    name: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    old_outputs: Mapping[str, Any] = field(default_factory=dict)
    protected: tuple[bool, bool] = (False, False)
    replace_reasons: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    external: bool = False
    custom: bool = True

    @property
    def changes(self) -> bool:
        """Whether anything is done with it."""
        return self.op not in _UNCHANGED

    @property
    def publishes(self) -> bool:
        """Whether a version is published, which engines call a creation or a replacement."""
        return self.kind == "RuntimeVersion" and self.op in ("create", "replace")

    @property
    def label(self) -> str:
        """What sort of thing it is, to people."""
        return self.kind or self.type


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
    def identity(self) -> str:
        """Project and stack in one word."""
        return f"{self.project}/{self.stack}"


def read_plan(text: str, source: str, *, project: str = "", stack: str = "") -> Plan:
    """Read the document of a preview or refresh.

    Args:
        text: The document.
        source: Where it comes from, for errors.
        project: Project, where the document holds no resource to tell it.
        stack: Stack, likewise.

    Raises:
        PlanUnreadable: It is no such document, or tells no stack and none is given.
    """
    data = _parse(text, source)
    raw = [item for item in data["steps"] if isinstance(item, Mapping)]
    start = next((i for i, item in enumerate(raw) if _opens_the_program(item)), None)
    before, own = (raw, []) if start is None else (raw[:start], raw[start:])
    refreshed = start is None and bool(raw)
    seen = {str(item.get("urn")) for item in before}
    counts = {str(op): int(n) for op, n in (data.get("changeSummary") or {}).items()}
    told = before if refreshed else [*_overwritten(before, own, counts), *own]
    steps = [_step(item, set() if refreshed else seen) for item in told]
    kept = _once(step for step in steps if step and step.op not in _PARTS)
    found = _names(raw)
    if not (found[1] or stack):
        raise PlanUnreadable(f"{source} names no stack: give it with --stack")
    return Plan(
        project=found[0] or project,
        stack=found[1] or stack,
        steps=tuple(kept),
        counts=counts,
        problems=tuple(_problems(data.get("diagnostics") or [])),
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
        if step.op in _UNCHANGED and step.urn in result:
            continue
        result[step.urn] = step
    return list(result.values())


def _step(item: Mapping[str, Any], seen: set[str]) -> Step | None:
    token = _type_of(item)
    if token == STACK_TYPE or token.startswith(_PROVIDER_TYPE):
        return None
    old, new = item.get("oldState") or {}, item.get("newState") or {}
    op, urn = str(item.get("op")), str(item.get("urn"))
    return Step(
        op=op,
        urn=urn,
        type=token,
        kind=_kind(token),
        name=_parts(urn)[3] or urn,
        old=old.get("inputs") or {},
        new=new.get("inputs") or {},
        old_outputs=old.get("outputs") or {},
        protected=(bool(old.get("protect")), bool(new.get("protect"))),
        replace_reasons=tuple(map(str, item.get("replaceReasons") or ())),
        paths=tuple(item.get("detailedDiff") or ()),
        depends_on=tuple(map(str, new.get("dependencies") or old.get("dependencies") or ())),
        external=urn in seen and op == "create",
        custom=bool((new or old).get("custom", True)),
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


def _problems(items: Iterable[Any]) -> Iterable[tuple[str, str, str]]:
    for item in items:
        if not isinstance(item, Mapping) or item.get("severity") not in ("error", "warning"):
            continue
        severity = str(item["severity"])
        text = str(item.get("message") or "").strip().removeprefix(f"{severity}: ")
        if text:
            yield severity, _parts(str(item.get("urn")))[3], text


def _only_counted(steps: Iterable[Step], counts: Mapping[str, int]) -> int:
    listed = sum(step.op == "update" for step in steps)
    return max(0, counts.get("update", 0) - listed)
