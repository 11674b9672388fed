"""`pulumi-agentrun endpoints`: the addresses of a runtime and where their calls go."""

from __future__ import annotations

from typing import Any

import click

from ..overview import endpoint_overview
from . import exit_codes
from .declared import endpoint_resources, endpoints_of
from .errors import CommandError
from .output import Output
from .target import Target, target_options


@click.command(name="endpoints")
@click.argument("endpoint", required=False, metavar="[ENDPOINT]")
@target_options
def endpoints_command(target: Target, output: Output, endpoint: str | None) -> None:
    """List the endpoints of a runtime, or show the one called ENDPOINT.

    Endpoints are made, moved to other versions and removed by deployments: by a RuntimeEndpoint or
    an Agent of the program.
    """
    declared = endpoint_resources(target)
    found = [
        {
            **endpoint_overview(item),
            "resource": declared[name].name if name in declared else None,
        }
        for item in endpoints_of(target)
        for name in [str(item.get("agentRuntimeEndpointName"))]
    ]
    if endpoint is not None:
        _show_one(target, output, found, endpoint)
    elif output.as_json:
        output.document({"runtimeId": target.runtime_id, "endpoints": found})
    else:
        output.table(
            ["endpoint", "status", "traffic", "public", "instances", "resource", "url"],
            [_row(item, in_stack=target.stack is not None) for item in found],
            empty=f"Runtime {target.runtime_name} has no endpoint.",
        )


def _row(item: dict[str, Any], *, in_stack: bool) -> list[Any]:
    scaling = item.get("scaling") or {}
    instances = (
        f"{scaling.get('currentInstances', 0)} of {scaling['minInstances']} kept"
        if scaling.get("minInstances")
        else None
    )
    return [
        item.get("name"),
        item.get("status"),
        item.get("traffic"),
        not item.get("disablePublicNetworkAccess", False),
        instances,
        item["resource"] or ("(not declared)" if in_stack else None),
        item.get("url"),
    ]


def _show_one(target: Target, output: Output, found: list[dict[str, Any]], endpoint: str) -> None:
    chosen = next((item for item in found if item.get("name") == endpoint), None)
    if chosen is None:
        names = ", ".join(str(item.get("name")) for item in found)
        raise CommandError(
            f"runtime {target.runtime_name} has no endpoint {endpoint}",
            f"It has these: {names}" if names else "It has none at all",
            code=exit_codes.NOT_FOUND,
        )
    if output.as_json:
        output.document({"runtimeId": target.runtime_id, "endpoint": chosen})
    else:
        output.fields({"endpoint": chosen})
