"""Runs made of events, and what people and machines get to see of them."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

from pulumi_local.events import (
    Event,
    Op,
    Operation,
    Prelude,
    ResourceDone,
    ResourcePre,
    Step,
    Summary,
)
from pulumi_local.json_output import JsonReport
from pulumi_local.render import HumanRenderer
from pulumi_local.state import Resource, make_urn
from pulumi_local.style import Palette
from pulumi_local.values import PropertyDiff

STACK = Resource(
    "urn:pulumi:dev::demo::pulumi:pulumi:Stack::demo-dev", "pulumi:pulumi:Stack", custom=False
)
PLAIN = Palette(False)


def resource(name: str, parent: Resource = STACK, **fields: Any) -> Resource:
    """A dynamic resource."""
    type_ = "pulumi-python:dynamic/demo:Thing"
    urn = make_urn("dev", "demo", parent.urn, type_, name)
    return Resource(urn, type_, parent=parent.urn, **fields)


def component(name: str, parent: Resource = STACK) -> Resource:
    """A component."""
    urn = make_urn("dev", "demo", parent.urn, "demo:index:Group", name)
    return Resource(urn, "demo:index:Group", parent=parent.urn, custom=False)


def step(
    op: Op, old: Resource | None, new: Resource | None, diff: Sequence[PropertyDiff] = ()
) -> Step:
    """A step from one state of a resource to another."""
    subject = new or old
    assert subject is not None
    return Step(op, subject.urn, subject.type, old, new, diff, id=subject.id)


def planned(op: Op, subject: Resource, diff: Sequence[PropertyDiff] = ()) -> list[Event]:
    """The events of a step that was begun and done."""
    old = None if op == "create" else subject
    new = None if op == "delete" else subject
    return [ResourcePre(step(op, old, new, diff)), ResourceDone(step(op, old, new, diff), 1.5)]


def run(
    *events: Event,
    dry_run: bool = True,
    operation: Operation = "update",
    changes: dict[str, int] | None = None,
    failed: bool = False,
    config: dict[str, Any] | None = None,
) -> list[Event]:
    """The events of a whole run: what begins and ends each one, around the given ones."""
    return [
        Prelude("demo", "dev", operation, dry_run, config or {}),
        *planned("same", STACK),
        *events,
        Summary(operation, dry_run, changes or {}, 2.25, failed),
    ]


def human(events: Sequence[Event], **options: Any) -> str:
    """What people read."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=options.pop("encoding", "utf-8"))
    renderer = HumanRenderer(stream, options.pop("palette", PLAIN), **options)
    for event in events:
        renderer(event)
    stream.seek(0)
    return stream.read()


def document(
    events: Sequence[Event],
    shown_config: dict[str, str] | None = None,
    *,
    show_sames: bool = False,
) -> dict[str, Any]:
    """What machines read."""
    report = JsonReport(shown_config, show_sames=show_sames)
    for event in events:
        report(event)
    data: dict[str, Any] = json.loads(report.text())
    return data
