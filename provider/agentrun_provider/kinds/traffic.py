"""How an endpoint's traffic is split, as declared and on the wire (section 4.4).

An entry of `versionWeights` is a canary version with its share; what is left goes to the target
version. The component prints it so, and the aliases of Function Compute work so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..unverified import share_from_the_wire, weight_on_the_wire
from .endpoint_inputs import EndpointInputs, VersionWeight


def routing_body(inputs: EndpointInputs) -> dict[str, Any]:
    """The `routingConfiguration` of a request; an empty list clears an older split."""
    entries: list[VersionWeight] = list(inputs.version_weights or [])
    if inputs.canary is not None:
        entries = [inputs.canary]
    weights = [
        {"version": entry.version, "weight": weight_on_the_wire(entry.weight)} for entry in entries
    ]
    return {"versionWeights": weights}


def splits(live: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries of an endpoint's weights that send traffic to another version than its target.

    The Serverless Devs component sends a weight for the target itself, which splits nothing.
    """
    entries = (live.get("routingConfiguration") or {}).get("versionWeights") or []
    target = str(live.get("targetVersion") or "LATEST")
    return [entry for entry in entries if str(entry["version"]) != target]


def routing_inputs(declared: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse: as `canary` where one entry can be told so, else as the raw list."""
    entries = [
        {"version": str(entry["version"]), "weight": share_from_the_wire(float(entry["weight"]))}
        for entry in body.get("versionWeights") or []
    ]
    if not entries:
        return {}
    if len(entries) == 1 and declared.get("version_weights") is None:
        return {"canary": entries[0]}
    return {"version_weights": entries}
