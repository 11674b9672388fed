"""`pulumi-agentrun versions`: what was published, and which endpoints serve it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

import click

from ..errors import ConfigError
from ..moments import moment
from ..overview import shares, version_overview
from .declared import endpoints_of, version_resources, versions_of
from .output import Output
from .target import Target, target_options


@click.command(name="versions")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the newest N.")
@target_options
def versions_command(target: Target, output: Output, limit: int | None) -> None:
    """List the published versions of a runtime, newest first.

    Versions are published by deployments, by a RuntimeVersion or an Agent of the program. They
    can't be changed or deleted; they go away with the runtime.
    """
    served = _served(endpoints_of(target))
    declared = version_resources(target)
    versions: list[dict[str, Any]] = [
        {
            **item,
            "endpoints": served.get(item["version"], {}),
            "resource": declared[item["version"]].name if item["version"] in declared else None,
        }
        for item in map(version_overview, versions_of(target))
    ]
    shown = versions[:limit]
    if output.as_json:
        output.document({"runtimeId": target.runtime_id, "versions": shown})
        return
    output.table(
        ["version", "published", "endpoints", "resource", "description"],
        [
            [
                item["version"],
                _local(item.get("publishedAt")),
                _told(item["endpoints"]),
                item["resource"],
                item.get("description"),
            ]
            for item in shown
        ],
        prose=["endpoints", "description"],
        empty=f"Runtime {target.runtime_name} has no published version; endpoints serve LATEST.",
    )


def _served(endpoints: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Version -> endpoint -> share of its calls."""
    result: dict[str, dict[str, float]] = defaultdict(dict)
    for endpoint in endpoints:
        for version, share in shares(endpoint).items():
            result[version][str(endpoint.get("agentRuntimeEndpointName"))] = share
    return result


def _local(text: str | None) -> str | None:
    """A moment of the service in local time; as it is if it can't be read."""
    try:
        read = moment(text or "", datetime.now(timezone.utc))
    except ConfigError:
        return text
    return f"{read.astimezone():%Y-%m-%d %H:%M:%S}"


def _told(served: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {round(share * 100, 4):g} %" for name, share in served.items())
