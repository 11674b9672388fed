"""What happens to a runtime, and to what is declared of it apart: its network and its log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..fields import Local, Operational, has, snake_case
from .differences import Difference, differences, model_of
from .markup import code, escaped
from .phrases import (
    arrow,
    called,
    entries,
    first,
    goes,
    gone,
    is_short,
    listed,
    replaced,
    replacing,
    verb,
)
from .releases import Releases
from .steps import Step
from .values import shown

# What a runtime's change is called, where its name alone would not do.
_NAMES = {
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
    "memory": "memory",
    "cpu": "cpu",
    "port": "port",
}
_SIZES = (("cpu", " vCPU"), ("memory", " MB"))
PARTS = ("RuntimeVpcConfig", "RuntimeLogConfig")
"""Kinds that set a part of a runtime, by an update of it."""


def runtime_words(step: Step, published: Releases) -> str:
    """Say in one line of Markdown what happens to a runtime."""
    name = called(step)
    if step.op == "create":
        return f"creates runtime{name}{_outline(step.new)}"
    if step.op == "delete":
        return gone(step, f"runtime{name}", f"**deletes runtime{name}** and its address")
    changes = differences(step)
    if step.op == "replace":
        also = _groups(step, [c for c in changes if c.top not in replacing(step)])
        return replaced(step, f"runtime{name}") + (f"; {also}" if also else "")
    told = _groups(step, [c for c in changes if c.top != "traffic"])
    if step.observed:
        return told
    if restarts(step):
        return f"{told} — restarts the runtime{_reaching(step, published)}"
    return f"{told or 'nothing that the service knows of'} — without a restart"


def part_words(step: Step, published: Releases) -> str:
    """Say what happens to a runtime's network or log that a resource of its own declares."""
    after = _reaching(step, published)
    if step.op == "delete":
        what = "network" if step.kind == "RuntimeVpcConfig" else "log"
        reset = {
            "network": "**takes the runtime out of its network**",
            "log": "**the runtime's output is no longer kept**",
        }[what]
        return gone(step, f"the runtime's {what}", f"{reset} — restarts the runtime{after}")
    if step.op == "replace":
        return replaced(step, "it")
    text = listed(step, differences(step)) if step.op == "update" else _set_up(step)
    if step.observed:
        return text
    if step.op == "update" and not restarts(step):
        return f"{text or 'only in the state'} — without a restart"
    return f"{text} — restarts the runtime{after}"


def restarts(step: Step) -> bool:
    """Whether a runtime's instances are started anew: the service does so at every update."""
    if step.observed:
        return False
    if step.kind in PARTS and step.op in ("create", "delete"):
        return goes(step) == "deleted"
    if step.kind not in ("Runtime", *PARTS) or step.op != "update":
        return False
    return any(_reaches_the_service(step, each) for each in differences(step))


def _reaching(step: Step, published: Releases) -> str:
    names = published.reached(step)
    if not names:
        return ""
    verb = "serves" if len(names) == 1 else "serve"
    return f"; {', '.join(first([code(name) for name in names]))} {verb} it at once"


def _outline(inputs: Mapping[str, Any]) -> str:
    parts = []
    source = inputs.get("code")
    if isinstance(source, Mapping):
        where = code(shown(source.get("src") or "OSS"))
        parts.append(f"{escaped(shown(source.get('language')))} from {where}")
    container = inputs.get("container")
    if isinstance(container, Mapping):
        parts.append(f"image {code(shown(container.get('image')))}")
    parts += [f"{shown(inputs[k])}{unit}" for k, unit in _SIZES if inputs.get(k) is not None]
    if inputs.get("vpc"):
        parts.append("in a VPC")
    return f" ({', '.join(parts)})" if parts else ""


def _set_up(step: Step) -> str:
    """What a part that is new sets."""
    if step.kind == "RuntimeLogConfig":
        project, store = step.new.get("project"), step.new.get("logstore")
        where = f"{code(shown(project))} / {code(shown(store))}" if project else "the account's log"
        return f"sends the runtime's output to {where}"
    vpc, parts = step.new.get("vpc"), []
    if isinstance(vpc, Mapping):
        parts.append(f"puts the runtime into {code(shown(vpc.get('vpcId')))}")
    if step.new.get("internetAccess") is not None:
        reach = "lets" if step.new["internetAccess"] is True else "does not let"
        parts.append(f"{reach} its instances reach the internet")
    return " and ".join(parts) or "sets the runtime's network"


def _groups(step: Step, changes: list[Difference]) -> str:
    groups: dict[str, list[Difference]] = {}
    for change in changes:
        groups.setdefault(change.top, []).append(change)
    return "; ".join(_group(step, top, group) for top, group in groups.items())


def _group(step: Step, top: str, group: list[Difference]) -> str:
    label = _NAMES.get(top) or code(top)
    if top == "environmentVariables":
        return f"environment: {entries(group)}"
    if top == "code" and any(each.last == "contentHash" for each in group):
        rest = [each for each in group if each.last != "contentHash"]
        return "new code" + (f" ({listed(step, rest)})" if rest else "")
    image = [each for each in group if each.path == ("container", "image")]
    if image:
        rest = [each for each in group if each not in image]
        return f"image {arrow(image[0])}" + (f" ({listed(step, rest)})" if rest else "")
    if top in ("code", "container") and len(group[0].path) > 1:
        # Neither the code nor the image, but how it is started.
        return listed(step, group)
    if len(group) == 1 and is_short(group[0]):
        if group[0].path == (top,):
            return f"{label} {arrow(group[0])}"
        return f"{label}: {listed(step, group)}"
    return f"{label} {verb(group)}"


def _reaches_the_service(step: Step, change: Difference) -> bool:
    model = model_of(step.kind)
    field = model.model_fields.get(snake_case(change.top)) if model else None
    return field is None or not (has(field, Operational) or has(field, Local))
