"""An endpoint's traffic before and after, as people speak of releases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..kinds.rollout import LATEST, traffic_text
from ..unknown import UNKNOWN
from .markup import escaped
from .steps import Step
from .values import is_unknown

_OF_NEW = "of the new version"


def split(inputs: Mapping[str, Any], number: str) -> str:
    """The traffic in words, such as `90 % v3, 10 % v4`; empty if it can't be told.

    Args:
        inputs: Inputs of an endpoint.
        number: Number of the version that is published before; empty if it is not known.
    """
    # The text beside them is that of the last deployment, and a refresh changes the numbers only.
    text = traffic_text(_snake(inputs)) if inputs.get("targetVersion") else None
    text = text or _text(inputs)
    return text.replace(_OF_NEW, f"v{number}") if number else text


def _text(inputs: Mapping[str, Any]) -> str:
    text = inputs.get("traffic")
    return text if isinstance(text, str) and not is_unknown(text) else ""


def stable(inputs: Mapping[str, Any], number: str) -> str:
    """The version that has most of the traffic: `v3`, `LATEST`, or empty if it can't be told."""
    target = inputs.get("targetVersion")
    if is_unknown(target):
        return f"v{number}" if number else "the new version"
    if not isinstance(target, (str, int)) or target == "":
        return ""
    return LATEST if target == LATEST else f"v{target}"


def moves(step: Step, number: str) -> bool:
    """Whether an endpoint's traffic goes elsewhere than before."""
    return split(step.old, "") != split(step.new, number) and bool(split(step.old, ""))


def endpoint_words(step: Step, number: str) -> str:
    """What happens to an endpoint's traffic, to be read after its name; empty if nothing."""
    before, after = split(step.old, ""), split(step.new, number)
    kept, new = stable(step.old, ""), stable(step.new, number)
    if step.op == "create":
        return escaped(after)
    deployed = _text(step.old)
    if before == after and deployed not in ("", before):
        # A rollout goes on from what it finds.
        return f"**stays on {escaped(after)}**, where others moved it from {escaped(deployed)}"
    if before == after:
        # A version is published that gets none of the traffic.
        return f"stays on {escaped(kept)}" if number and kept else ""
    rollout = step.new.get("rollout")
    asked = rollout if isinstance(rollout, Mapping) else {}
    was = f" (was {escaped(before)})" if before else ""
    if asked.get("rollback"):
        return f"**goes back to {escaped(new)}**: {escaped(after)}{was}"
    if asked.get("promote") and kept != new:
        return f"**promotes {escaped(new)}**: {escaped(after)}{was}"
    if kept == new and step.new.get("canary") and not step.old.get("canary"):
        return f"**tries a canary**: {escaped(after)}{was}"
    if kept == new:
        return f"**shifts traffic**: {escaped(after)}{was}"
    return f"**moves to {escaped(new)}**: {escaped(after)}{was}"


def _snake(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that decide the split, as the core spells them."""
    return {
        "target_version": _known(inputs.get("targetVersion")),
        "canary": _entry(inputs.get("canary")),
        "version_weights": [_entry(item) for item in inputs.get("versionWeights") or []],
    }


def _entry(entry: Any) -> Any:
    if not isinstance(entry, Mapping):
        return _known(entry)
    return {key: _known(value) for key, value in entry.items()}


def _known(value: Any) -> Any:
    return UNKNOWN if is_unknown(value) else value
