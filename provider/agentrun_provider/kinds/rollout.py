"""Which version is stable and which one is tried out, decided from one step to the next.

The decision is made in the check: what was decided last stands in the old inputs, so the state and
not a person remembers which version is stable, and the preview shows the new split. An input has
the stable version in `target_version`, the one tried out in `canary`, and beside them

- `previous_version`: what was stable before; a rollback goes there when nothing is tried out;
- `rolled_back_version`: the newest version at the time of a rollback. As long as it is the newest
  and `rollback` stays in the configuration, nothing moves any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..fields import given
from ..unknown import UNKNOWN

LATEST = "LATEST"


def decide(rollout: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Decide an endpoint's traffic.

    Args:
        rollout: The declared `Rollout`: newest `version`, `canary_weight`, `promote`, `rollback`.
        old: The inputs decided last; empty for a new endpoint.

    Returns:
        `target_version`, and where they apply `canary`, `previous_version` and
        `rolled_back_version`.
    """
    newest = rollout.get("version")
    stable = old.get("target_version")
    if stable in (None, LATEST):
        # Nothing was promoted yet, so there is nothing to protect.
        undone = {"rolled_back_version": newest} if rollout.get("rollback") else {}
        return {"target_version": newest, **undone}
    kept = {"previous_version": old.get("previous_version")}
    if rollout.get("rollback"):
        return _rolled_back(newest, stable, old)
    if newest == stable:
        return _without_none({"target_version": stable, **kept})
    if rollout.get("promote"):
        return {"target_version": newest, "previous_version": stable}
    weight = rollout.get("canary_weight")
    canary = None
    if weight is UNKNOWN or (weight or 0) > 0:
        canary = {"version": newest, "weight": weight}
    return _without_none({"target_version": stable, "canary": canary, **kept})


def _rolled_back(newest: Any, stable: Any, old: Mapping[str, Any]) -> dict[str, Any]:
    previous = old.get("previous_version")
    done = given(newest) and old.get("rolled_back_version") == newest
    in_trial = old.get("canary") is not None or newest != stable
    if done or in_trial or previous is None:
        # What is tried out loses its share; the stable version has it all.
        return _without_none(
            {
                "target_version": stable,
                "previous_version": previous,
                "rolled_back_version": newest,
            }
        )
    return {"target_version": previous, "rolled_back_version": newest}


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def traffic_text(inputs: Mapping[str, Any]) -> str | None:
    """The split as a person says it: `90 % v3, 10 % v4`; None where a share is not known yet."""
    canary = inputs.get("canary")
    entries = [canary] if canary is not None else inputs.get("version_weights") or []
    parts, rest = [], 1.0
    if entries is UNKNOWN:
        return None
    for entry in entries:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("weight"), (int, float)):
            return None
        rest -= entry["weight"]
        parts.append(f"{_percent(entry['weight'])} {_version(entry.get('version'))}")
    return ", ".join([f"{_percent(rest)} {_version(inputs.get('target_version'))}", *parts])


def _percent(share: float) -> str:
    return f"{round(share * 100, 4):g} %"


def _version(version: Any) -> str:
    if version is UNKNOWN:
        return "of the new version"
    return str(version) if version == LATEST else f"v{version}"
