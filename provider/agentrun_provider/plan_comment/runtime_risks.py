"""What a reviewer should look at of a runtime, its network, its log and its endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .differences import Difference
from .markup import code, escaped
from .phrases import goes
from .releases import Releases, follows_latest, is_on_latest
from .steps import Step
from .traffic_words import moves, split
from .values import is_unknown, shown

Found = Iterator[tuple[str, str]]

_REACHING_OUT = "lets its instances reach the internet from now on"
_NETWORK = ("Runtime", "RuntimeVpcConfig")


def runtime_risks(step: Step, changes: list[Difference]) -> Found:
    """Who may call it, as whom it acts, and what it runs."""
    if step.op not in ("create", "update", "replace"):
        return
    for change in changes if step.op != "create" else ():
        if change.path == ("credential",) and change.new is None:
            yield "public-access", "is called without a credential from now on"
        if change.path == ("role",):
            sides = (change.old, change.new)
            before, after = (code(shown(s)) if s is not None else "none" for s in sides)
            yield "role-changed", f"{before} → {after}"
    container = step.new.get("container")
    image = container.get("image") if isinstance(container, Mapping) else None
    touched = step.op == "create" or any(change.top == "container" for change in changes)
    if touched and isinstance(image, str) and not is_unknown(image) and _is_mutable(image):
        yield "mutable-image", f"{code(image)} has no digest and no tag that stays"


def network_and_log_risks(step: Step, changes: list[Difference]) -> Found:
    """Where a runtime is, and whether its output is kept; also of those who set that alone."""
    if step.op == "delete" and goes(step) == "deleted":
        if step.kind == "RuntimeVpcConfig":
            yield "network-changed", "takes its runtime out of its network"
            if step.old.get("internetAccess") is False:
                yield "public-access", _REACHING_OUT
        if step.kind == "RuntimeLogConfig":
            yield "log-off", "no longer keeps the output of its runtime"
    if step.op not in ("update", "replace"):
        return
    for change in changes:
        opened = change.old is False and change.new is not False
        if step.kind in _NETWORK and change.path == ("internetAccess",) and opened:
            yield "public-access", _REACHING_OUT
        if step.kind == "Runtime" and change.path == ("log",) and change.new is None:
            yield "log-off", "no longer keeps its output"
    vpc = [change for change in changes if change.top == "vpc"]
    if vpc and step.kind in _NETWORK:
        left = vpc[0].path == ("vpc",) and vpc[0].new is None
        yield "network-changed", "leaves its VPC" if left else _network(vpc)


def _network(changes: list[Difference]) -> str:
    if changes[0].path == ("vpc",):
        return "moves into a VPC"
    return f"changes {', '.join(code(change.dotted) for change in changes)}"


def _is_mutable(image: str) -> bool:
    if "@sha256:" in image:
        return False
    tag = image.rpartition("/")[2].partition(":")[2]
    return tag in ("", "latest", "dev", "main", "master", "stable")


def endpoint_risks(
    step: Step, changes: list[Difference], published: Releases, is_production: bool
) -> Found:
    """Where an endpoint's traffic goes, and who may call it."""
    if step.op == "delete":
        return
    number = published.of(step)
    if step.op == "update" and moves(step, number):
        before, after = split(step.old, ""), split(step.new, number)
        yield "traffic-shift", f"{escaped(before)} → {escaped(after)}"
    for change in changes:
        closed = change.path == ("disablePublicNetworkAccess",) and change.old is True
        if closed and step.op in ("update", "replace"):
            yield "public-access", "can be called from the internet from now on"
    before_too = step.external or (step.op != "create" and is_on_latest(step.old))
    if is_production and follows_latest(step) and not before_too:
        yield "latest-in-production", "is on `LATEST`: every deployment reaches it at once"
