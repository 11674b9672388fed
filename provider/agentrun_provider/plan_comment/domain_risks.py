"""What a reviewer should look at of a runtime's domain."""

from __future__ import annotations

from collections.abc import Iterator

from .differences import Difference
from .domain_words import routes_text
from .markup import code
from .releases import follows_latest
from .steps import Step
from .values import shown

Found = Iterator[tuple[str, str]]


def domain_risks(step: Step, changes: list[Difference], is_production: bool) -> Found:
    """Which requests reach which version, and how safely."""
    if step.op == "delete":
        return
    if step.op in ("update", "replace"):
        before, after = routes_text(step.old), routes_text(step.new)
        if before != after:
            yield "traffic-shift", f"{before} → {after}"
        if any(change.path == ("runtimeId",) for change in changes):
            yield "traffic-shift", "leads to another runtime"
        for change in changes:
            yield from _settings(change)
    if is_production and follows_latest(step) and (step.op == "create" or _was_pinned(step)):
        yield "latest-in-production", "has a route to `LATEST`: every deployment reaches it at once"


def _was_pinned(step: Step) -> bool:
    return "`LATEST`" not in routes_text(step.old)


def _settings(change: Difference) -> Iterator[tuple[str, str]]:
    # What is merely no longer declared stays as it is in the service.
    if change.path[:2] == ("authConfig", "authType") and change.new == "anonymous":
        yield "public-access", "is called without authentication from now on"
    if change.path[:2] == ("wafConfig", "enable") and change.new is False:
        yield "weaker-protection", "loses its firewall"
    known = change.path == ("protocol",) and change.old is not None
    if known and _speaks_http(change.new) and not _speaks_http(change.old):
        yield "weaker-protection", "answers without encryption, too"
    if change.path[:2] == ("tlsConfig", "minVersion") and _is_older(change):
        arrow = f"{code(shown(change.old))} → {code(shown(change.new))}"
        yield "weaker-protection", f"{code(change.dotted)} {arrow}"


def _speaks_http(protocol: object) -> bool:
    return "HTTP" in str(protocol).split(",")


def _is_older(change: Difference) -> bool:
    return isinstance(change.old, str) and isinstance(change.new, str) and change.new < change.old
