"""What happens to a resource, in words of the field.

The sentences are Markdown. Each resource of AgentRun has its own; what is said of the others
follows from the operation and the properties that differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..fields import Local, Operational, Replaces, has, marker, snake_case
from .differences import Difference, differences, is_unknown, model_of, shown
from .markup import code, escaped
from .plan import Plan, Step
from .traffic_words import endpoint_words, split

_OPERATIONS = {
    "create": "creates",
    "update": "updates",
    "delete": "deletes",
    "replace": "replaces",
    "import": "imports",
    "create-replacement": "creates anew",
    "remove-pending-replace": "forgets",
    "retain-resource": "leaves in place",
}
# What a runtime's change is called, where its name alone would not do.
_RUNTIME_NAMES = {
    "code": "code",
    "container": "image",
    "vpc": "VPC",
    "internetAccess": "internet access",
    "instanceConcurrency": "sessions per instance",
    "diskSize": "disk",
    "healthCheck": "health check",
    "environmentVariables": "environment",
    "log": "log",
    "role": "role",
    "credential": "inbound credential",
}
_UNITS = {"memory": " MB", "diskSize": " MB", "cpu": " vCPU"}
_MOST_NAMED = 6


@dataclass(frozen=True)
class Releases:
    """Version numbers that a plan publishes.

    Attributes:
        expected: Number by the URN of its `RuntimeVersion`.
        runtimes: Number by the id of its runtime.
    """

    expected: Mapping[str, str]
    runtimes: Mapping[str, str]

    def of(self, step: Step) -> str:
        """Number of the version that an endpoint waits for; empty if it is not known."""
        for urn in step.depends_on:
            if urn in self.expected:
                return self.expected[urn]
        return self.runtimes.get(str(step.new.get("runtimeId")), "")


def releases(plan: Plan) -> Releases:
    """Find the versions that a plan publishes, by the numbers they will have.

    The service counts them one by one, so the next is one more than the last that this stack
    published, as long as nobody else publishes.
    """
    expected: dict[str, str] = {}
    runtimes: dict[str, str] = {}
    for step in plan.changing:
        number = _next_number(step)
        if number:
            expected[step.urn] = number
            runtime = step.new.get("runtimeId")
            if isinstance(runtime, str) and not is_unknown(runtime):
                runtimes[runtime] = number
    return Releases(expected, runtimes)


def told(step: Step, published: Releases) -> str:
    """Say in one line of Markdown what happens to a resource."""
    if step.external:
        return f"**is gone from the service** and is created again{_called(step)}"
    speaker = _SPEAKERS.get(step.kind, _other)
    return speaker(step, published)


def restarts(step: Step) -> bool:
    """Whether a runtime's instances are started anew: the service does so at every update."""
    if step.kind != "Runtime" or step.op != "update":
        return False
    return any(_reaches_the_service(step, each) for each in differences(step))


def replacing(step: Step) -> dict[str, str]:
    """Why a resource is replaced: property and reason, which may be empty."""
    if step.op != "replace":
        return {}
    model = model_of(step.kind)
    fields = model.model_fields if model else {}
    reasons: dict[str, str] = {}
    found = [each.top for each in differences(step)]
    names = step.replace_reasons or tuple(
        name
        for name in dict.fromkeys(found)
        if (field := fields.get(snake_case(name))) and has(field, Replaces)
    )
    for name in names:
        field = fields.get(snake_case(name))
        rule = marker(field, Replaces) if field else None
        reasons[name] = rule.reason if rule else ""
    return reasons


def _runtime(step: Step, published: Releases) -> str:
    name = _called(step)
    if step.op == "create":
        return f"creates runtime{name}{_outline(step.new)}"
    if step.op == "delete":
        return f"**deletes runtime{name}** and its address"
    changes = differences(step)
    listed = _runtime_changes([c for c in changes if c.top != "traffic"])
    if step.op == "replace":
        why = "; ".join(f"{code(k)}: {v}" if v else code(k) for k, v in replacing(step).items())
        also = _runtime_changes([c for c in changes if c.top not in replacing(step)])
        return f"**replaces runtime{name}** ({why})" + (f"; {also}" if also else "")
    if restarts(step):
        return f"{listed} — restarts the runtime"
    return f"{listed or 'nothing that the service knows of'} — without a restart"


def _outline(inputs: Mapping[str, Any]) -> str:
    parts = []
    source = inputs.get("code")
    if isinstance(source, Mapping):
        parts.append(f"{source.get('language')} from {code(shown(source.get('src') or 'OSS'))}")
    image = (inputs.get("container") or {}) if isinstance(inputs.get("container"), Mapping) else {}
    if image:
        parts.append(f"image {code(shown(image.get('image')))}")
    parts += [f"{shown(inputs[k])}{unit}" for k, unit in _SIZES if inputs.get(k) is not None]
    if inputs.get("vpc"):
        parts.append("in a VPC")
    return f" ({', '.join(parts)})" if parts else ""


_SIZES = (("cpu", " vCPU"), ("memory", " MB"))


def _runtime_changes(changes: list[Difference]) -> str:
    groups: dict[str, list[Difference]] = {}
    for change in changes:
        groups.setdefault(change.top, []).append(change)
    return "; ".join(_group(top, group) for top, group in groups.items())


def _group(top: str, group: list[Difference]) -> str:
    label = _RUNTIME_NAMES.get(top, code(top) if top not in ("memory", "cpu", "port") else top)
    if top == "environmentVariables":
        return f"environment: {_entries(group)}"
    if top == "code" and any(each.path[-1] == "contentHash" for each in group):
        rest = [each for each in group if each.path[-1] != "contentHash"]
        return "new code" + (f" ({_listed(rest)})" if rest else "")
    if len(group) == 1 and _is_short(group[0]):
        if group[0].path == (top,) or (top, group[0].path[-1]) == ("container", "image"):
            return f"{label} {arrow(group[0])}"
        return f"{label}: {_listed(group)}"
    return f"{label} {_verb(group)}"


def _entries(group: list[Difference]) -> str:
    """Changes of a map, entry by entry: what is set, changed and removed."""
    parts = []
    for sort, verb in (("add", "sets"), ("change", "changes"), ("remove", "removes")):
        names = [code(each.path[-1]) for each in group if each.sort == sort]
        if names:
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            parts.append(f"{verb} {', '.join(names[:_MOST_NAMED])}{more}")
    return ", ".join(parts)


def _verb(group: list[Difference]) -> str:
    sorts = {each.sort for each in group if len(each.path) == 1}
    return "is set" if sorts == {"add"} else "is removed" if sorts == {"remove"} else "changes"


def arrow(change: Difference) -> str:
    """`old → new`, with the unit where there is one."""
    if change.secret:
        return "changes (secret)"
    unit = _UNITS.get(change.top, "") if len(change.path) == 1 else ""
    name = change.path[-1]
    if change.sort == "add":
        return f"set to {code(shown(change.new, name))}{unit}"
    if change.sort == "remove":
        return f"removed (was {code(shown(change.old, name))}{unit})"
    return f"{code(shown(change.old, name))} → {code(shown(change.new, name))}{unit}"


def _is_short(change: Difference) -> bool:
    sides = (change.old, change.new)
    return all(not isinstance(side, (Mapping, list)) for side in sides)


def _listed(changes: list[Difference]) -> str:
    short = [f"{code(c.dotted)} {arrow(c)}" for c in changes if _is_short(c)]
    long = [f"{code(c.dotted)} {_verb([c])}" for c in changes if not _is_short(c)]
    parts = [*short, *long]
    if len(parts) > _MOST_NAMED:
        parts = [*parts[:_MOST_NAMED], f"and {len(parts) - _MOST_NAMED} more"]
    return "; ".join(parts)


def _version(step: Step, published: Releases) -> str:
    number = published.expected.get(step.urn)
    last = str(step.old_outputs.get("version") or "")
    if step.op == "delete":
        return f"no longer follows v{last}, which stays in the service" if last else "forgets it"
    if step.op in ("create", "replace"):
        note = step.new.get("description")
        what = f"publishes **v{number}**" if number else "publishes a version"
        return what + (f" {code(shown(note, 'description'))}" if isinstance(note, str) else "")
    return _other(step, published)


def _next_number(step: Step) -> str:
    if step.kind != "RuntimeVersion" or step.op not in ("create", "replace"):
        return ""
    last = str(step.old_outputs.get("version") or "")
    moved = step.old.get("runtimeId") != step.new.get("runtimeId")
    if step.op == "create":
        return "1" if is_unknown(step.new.get("runtimeId")) else ""
    if moved:
        return "1"
    return str(int(last) + 1) if last.isdecimal() else ""


def _endpoint(step: Step, published: Releases) -> str:
    name = _called(step)
    if step.op == "delete":
        return f"**deletes endpoint{name}** and its address"
    traffic = endpoint_words(step, published.of(step))
    if step.op == "create":
        return f"creates endpoint{name}" + (f": {traffic}" if traffic else "")
    if step.op == "replace":
        why = "; ".join(f"{code(k)}: {v}" if v else code(k) for k, v in replacing(step).items())
        return f"**replaces endpoint{name}** ({why})"
    rest = [c for c in differences(step) if c.top not in _TRAFFIC]
    parts = [traffic] if traffic else []
    for change in rest:
        if change.top == "disablePublicNetworkAccess":
            parts.append(
                "closes it to the internet" if change.new else "**opens it to the internet**"
            )
        else:
            parts.append(_listed([change]))
    return "; ".join(parts) or _without_effect(step, published)


def _without_effect(step: Step, published: Releases) -> str:
    """What is said of an endpoint whose settings change and whose traffic does not."""
    kept = split(step.new, published.of(step))
    settings = ", ".join(code(each.dotted) for each in differences(step))
    stays = f"; its traffic stays as it is: {escaped(kept)}" if kept else ""
    return f"{settings or 'its state'} without any effect{stays}"


_TRAFFIC = frozenset(
    {
        "traffic",
        "targetVersion",
        "canary",
        "versionWeights",
        "rollout",
        "previousVersion",
        "rolledBackVersion",
        "smoke",
    }
)


def _concurrency(step: Step, published: Releases) -> str:
    before, after = step.old.get("reservedConcurrency"), step.new.get("reservedConcurrency")
    if step.op == "create":
        return f"reserves {code(shown(after))} instances, which are also the most it may have"
    if step.op == "delete":
        return f"no longer reserves instances (was {code(shown(before))})"
    if step.op == "update" and before != after:
        return f"reserved instances {code(shown(before))} → {code(shown(after))}"
    return _other(step, published)


def _other(step: Step, published: Releases) -> str:
    verb = _OPERATIONS.get(step.op, step.op)
    bold = step.op in ("delete", "replace")
    what = f"{verb} it" if not _own_name(step) else f"{verb}{_called(step) or ' it'}"
    text = f"**{what}**" if bold else what
    if step.op == "replace":
        reasons = replacing(step)
        why = "; ".join(f"{code(k)}: {v}" if v else code(k) for k, v in reasons.items())
        rest = [each for each in differences(step) if each.top not in reasons]
        text += f" ({why})" if why else ""
        return text + (f"; {_listed(rest)}" if rest else "")
    if step.op == "update":
        return _listed(differences(step)) or "only in the state"
    return text


def _called(step: Step) -> str:
    """The name in the service with a blank before it, unless it is the one in the program."""
    name = _own_name(step)
    return "" if name == step.name else f" {code(name)}"


def _own_name(step: Step) -> str:
    """The name in the service, if it can be told; a changed one as it is so far."""
    for side in (step.old, step.new):
        for key in ("name", "domainName"):
            value = side.get(key)
            if isinstance(value, str) and not is_unknown(value):
                return shown(value, "name")
    return step.name if step.kind in ("Runtime", "RuntimeEndpoint") else ""


def _reaches_the_service(step: Step, change: Difference) -> bool:
    model = model_of(step.kind)
    field = model.model_fields.get(snake_case(change.top)) if model else None
    return field is None or not (has(field, Operational) or has(field, Local))


_SPEAKERS: Mapping[str, Callable[[Step, Releases], str]] = {
    "Runtime": _runtime,
    "RuntimeVersion": _version,
    "RuntimeEndpoint": _endpoint,
    "RuntimeConcurrency": _concurrency,
}
