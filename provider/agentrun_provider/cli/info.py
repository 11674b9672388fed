"""`pulumi-agentrun info`: a runtime as it is now, and where it is not as declared."""

from __future__ import annotations

from typing import Any

import click

from ..overview import runtime_overview
from . import exit_codes
from .declared import Declared, compare_all, endpoints_of
from .output import Output
from .target import Target, target_options
from .texts import cell_text


@click.command(name="info")
@click.option(
    "--show-environment",
    is_flag=True,
    help="Print the values of environment variables, which may be secret, not only their names.",
)
@click.option(
    "--check",
    is_flag=True,
    help="End with exit code 5 if anything is not as declared at the last deployment.",
)
@target_options
def info_command(target: Target, output: Output, show_environment: bool, check: bool) -> None:
    """Show a runtime and its endpoints, as `s info` does.

    For the runtime of a stack, also show what has been changed elsewhere since the last deployment.
    """
    endpoints = endpoints_of(target)
    agent = runtime_overview(
        target.live, endpoints, target.region, show_environment=show_environment
    )
    domains = _custom_domains(target)
    if domains:
        agent["customDomain"] = domains[0] if len(domains) == 1 else domains
    declared = compare_all(target, endpoints, show_environment=show_environment)
    if output.as_json:
        output.document(_document(target, agent, declared))
    else:
        _show(target, output, agent, declared)
    if check and not declared.clean:
        raise click.exceptions.Exit(exit_codes.CHECK_FAILED)


def _document(target: Target, agent: dict[str, Any], declared: Declared) -> dict[str, Any]:
    document: dict[str, Any] = {"agent": agent}
    if target.stack is not None:
        document["stack"] = {"project": target.stack.project, "name": target.stack.name}
        document["declared"] = {
            "clean": declared.clean,
            "resources": [item.document() for item in declared.comparisons],
            "undeclaredEndpoints": list(declared.extra_endpoints),
        }
    return document


def _show(target: Target, output: Output, agent: dict[str, Any], declared: Declared) -> None:
    drawn = output.drawn
    shown = {key: value for key, value in agent.items() if not (drawn and key == "endpoints")}
    output.fields({"agent": shown})
    if drawn and agent.get("endpoints"):
        output.text("")
        output.table(
            ["endpoint", "status", "traffic", "url"],
            [
                [e.get(key) for key in ("name", "status", "traffic", "url")]
                for e in agent["endpoints"]
            ],
        )
    if target.stack is None:
        return
    output.text("")
    where = f"stack {target.stack.name} of project {target.stack.project}"
    for item in declared.comparisons:
        if item.unknown:
            output.warn(f"{item.resource.kind} {item.resource.name} not compared: {item.unknown}")
    if declared.extra_endpoints:
        output.text(
            f"Endpoints that {where} does not declare: {', '.join(declared.extra_endpoints)}"
        )
    if declared.clean:
        output.text(f"As declared by {where}.")
        return
    output.table(
        ["resource", "field", "declared", "live"],
        _rows(declared),
        prose=["declared", "live"],
        title=f"Not as declared by {where}:",
    )


def _rows(declared: Declared) -> list[list[str]]:
    rows = []
    for item in declared.comparisons:
        name = f"{item.resource.kind} {item.resource.name}"
        if item.gone:
            rows.append([name, "", "exists", "is gone"])
        rows += [
            [name, found.field, cell_text(found.declared) or "-", cell_text(found.live) or "-"]
            for found in item.differences
        ]
    return rows


def _custom_domains(target: Target) -> list[dict[str, Any]]:
    found = []
    for item in target.resources:
        if item.kind == "RuntimeCustomDomain":
            known = {**item.inputs, **item.outputs}
            domain = {
                "domainName": known.get("domainName"),
                "protocol": known.get("servedProtocol") or known.get("protocol"),
                "url": known.get("url"),
                "cname": known.get("cname"),
            }
            found.append({name: value for name, value in domain.items() if value})
    return found
