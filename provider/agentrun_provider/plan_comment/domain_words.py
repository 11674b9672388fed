"""What happens to a runtime's domain: which requests reach which version, and how safely."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .differences import differences
from .markup import code
from .phrases import first, gone, listed, own_name, replaced
from .releases import Releases, routes
from .steps import Step

_ROUTES = ("route", "routes")


def domain_words(step: Step, published: Releases) -> str:
    """Say in one line of Markdown what happens to a domain."""
    domain = code(own_name(step))
    if step.op == "create":
        return f"leads {domain} to the runtime: {routes_text(step.new)}"
    if step.op == "replace":
        return replaced(step, domain)
    if step.op == "delete":
        taken = f"**takes the runtime off {domain}**, which is deleted if nothing else is on it"
        return gone(step, f"the routes on {domain}", taken)
    parts = []
    before, after = routes_text(step.old), routes_text(step.new)
    if before != after:
        parts.append(f"**changes its routes**: {after} (was {before})")
    rest = []
    for change in differences(step):
        if change.top == "runtimeId":
            parts.append("leads to another runtime")
        elif change.top not in (*_ROUTES, "url") or before == after:
            rest.append(change)
    return "; ".join([*parts, *([listed(step, rest)] if rest else [])]) or "only in the state"


def routes_text(inputs: Mapping[str, Any]) -> str:
    """The routes of a domain, such as `/*` to v3."""
    texts = [
        f"{code(path)} to {f'v{version}' if version.isdecimal() else code(version)}"
        for path, version in sorted(routes(inputs).items())
    ]
    return ", ".join(first(texts))
