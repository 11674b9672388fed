"""Documents of previews: recorded ones of both engines, and small ones made for a test."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agentrun_provider.plan_comment.comment import Comment, Surroundings, compose
from agentrun_provider.plan_comment.plan import Plan, read_plan

RECORDED = Path(__file__).parent / "recorded"
ENGINES = ("pulumi", "local")
NAMES = sorted(path.stem for path in (RECORDED / "pulumi").glob("*.json"))
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
RUNTIME = "pulumi-python:dynamic/agentrun:Runtime"
VERSION = "pulumi-python:dynamic/agentrun:RuntimeVersion"
ENDPOINT = "pulumi-python:dynamic/agentrun:RuntimeEndpoint"
CONCURRENCY = "pulumi-python:dynamic/agentrun:RuntimeConcurrency"
VPC_CONFIG = "pulumi-python:dynamic/agentrun:RuntimeVpcConfig"
LOG_CONFIG = "pulumi-python:dynamic/agentrun:RuntimeLogConfig"
DOMAIN = "pulumi-python:dynamic/agentrun:RuntimeCustomDomain"


def recorded_text(engine: str, name: str) -> str:
    """What an engine printed."""
    return (RECORDED / engine / f"{name}.json").read_text(encoding="utf-8")


def recorded(engine: str, name: str) -> Plan:
    """What an engine printed, as it is read."""
    return read_plan(recorded_text(engine, name), name)


def step(
    op: str,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    *,
    token: str = RUNTIME,
    name: str = "agent",
    **more: Any,
) -> dict[str, Any]:
    """One step, as engines print it."""
    urn = f"urn:pulumi:prod::shop::{token}::{name}"
    data: dict[str, Any] = {"op": op, "urn": urn, "detailedDiff": None}
    for key, inputs, outputs in (
        ("oldState", old, more.pop("outputs", {})),
        ("newState", new, {}),
    ):
        if inputs is not None:
            state = {"urn": urn, "custom": True, "type": token, "inputs": inputs}
            data[key] = {**state, "outputs": outputs, **more.pop(key, {})}
    return {**data, **more}


STACK = {
    "op": "same",
    "urn": "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod",
    "newState": {"type": "pulumi:pulumi:Stack", "custom": False},
}


def document(*steps: Mapping[str, Any], **more: Any) -> str:
    """The document of a preview with these steps."""
    return json.dumps({"steps": [STACK, *steps], "changeSummary": {"same": 1}, **more})


def plan(*steps: Mapping[str, Any], **more: Any) -> Plan:
    """A preview with these steps."""
    return read_plan(document(*steps, **more), "plan.json")


def comment(*steps: Mapping[str, Any], drift: bool = False, **more: Any) -> Comment:
    """The comment of a preview with these steps."""
    return compose(plan(*steps, **more), Surroundings(production=("prod",), drift=drift))


def row(body: str, name: str) -> str:
    """What the comment's table says of a resource."""
    line = next(line for line in body.splitlines() if line.startswith("|") and f"`{name}`" in line)
    return line.rsplit(" | ", 1)[1].removesuffix(" |")
