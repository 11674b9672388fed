"""What happens to a resource, in words of the field.

The sentences are Markdown. Each resource of AgentRun has its own; what is said of the others
follows from the operation and the properties that differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .differences import Difference, differences
from .domain_words import domain_words
from .markup import code, escaped
from .masking import without_secrets
from .phrases import called, gone, listed, own_name, replaced, replacing
from .releases import Releases
from .runtime_words import part_words, runtime_words
from .steps import Step
from .traffic_words import endpoint_words, split
from .values import is_unknown, shown

_OPERATIONS = {
    "create": "creates",
    "update": "updates",
    "delete": "deletes",
    "replace": "replaces",
    "import": "imports",
    "create-replacement": "creates anew",
    "remove-pending-replace": "forgets",
    "retain-resource": "leaves in place",
}
_USUAL = frozenset({"create", "update", "replace", "delete"})
_TRAFFIC = frozenset(
    {
        "traffic",
        "targetVersion",
        "canary",
        "versionWeights",
        "rollout",
        "previousVersion",
        "rolledBackVersion",
        "smoke",
    }
)


def told(step: Step, published: Releases) -> str:
    """Say in one line of Markdown what happens to a resource."""
    if step.external:
        return f"**is gone from the service** and is created again{called(step)}"
    if step.observed and step.op == "delete":
        return f"**is gone from the service**{called(step)}"
    if step.unprotects:
        return "can be deleted from now on: Pulumi's `protect` is taken off"
    if step.adoption:
        return f"**adopts what exists**{called(step)}: {code(without_secrets(step.adoption))}"
    speaker = _SPEAKERS.get(step.kind, _other) if step.op in _USUAL else _other
    text = speaker(step, published)
    if step.op == "create" and step.new.get("adopt") is True and not step.publishes:
        # The provider tells of what it could find; of the rest a preview can't ask.
        text += "; one that exists already is taken over"
    return text


def _version(step: Step, published: Releases) -> str:
    number = published.expected.get(step.urn)
    last = str(step.old_outputs.get("version") or "")
    if step.op == "delete":
        return f"no longer follows v{last}, which stays in the service" if last else "forgets it"
    if step.op in ("create", "replace"):
        note = step.new.get("description")
        what = f"publishes **v{number}**" if number else "publishes a version"
        return what + (f" {code(shown(note, 'description'))}" if isinstance(note, str) else "")
    return _other(step, published)


def _endpoint(step: Step, published: Releases) -> str:
    name = called(step)
    if step.op == "delete":
        had = split(step.old, "")
        was = f", which has {escaped(had)}" if had else ""
        return gone(step, f"endpoint{name}", f"**deletes endpoint{name}** and its address{was}")
    traffic = endpoint_words(step, published.of(step))
    if step.op == "create":
        return f"creates endpoint{name}" + (f": {traffic}" if traffic else "")
    if step.op == "replace":
        return replaced(step, f"endpoint{name}")
    parts = [traffic] if traffic else []
    for change in differences(step):
        if change.top == "disablePublicNetworkAccess" and not is_unknown(change.new):
            parts += _reach(change)
        elif change.top not in _TRAFFIC:
            parts.append(listed(step, [change]))
    return "; ".join(parts) or _without_effect(step, published)


def _reach(change: Difference) -> list[str]:
    """Whether an endpoint can be called from the internet; it can if nothing is said."""
    if bool(change.old) == bool(change.new):
        return []
    return ["closes it to the internet" if change.new else "**opens it to the internet**"]


def _without_effect(step: Step, published: Releases) -> str:
    """What is said of an endpoint whose settings change and whose traffic does not."""
    kept = split(step.new, published.of(step))
    settings = ", ".join(code(each.dotted) for each in differences(step))
    stays = f"; its traffic stays as it is: {escaped(kept)}" if kept else ""
    return f"{settings or 'its state'} without any effect{stays}"


def _concurrency(step: Step, published: Releases) -> str:
    before, after = step.old.get("reservedConcurrency"), step.new.get("reservedConcurrency")
    blocks = after == 0 and not isinstance(after, bool)
    if step.op == "create":
        if blocks:
            return "**blocks all calls**: reserves `0` instances"
        return f"reserves {code(shown(after))} instances, which are also the most it may have"
    if step.op == "delete":
        freed = f"no longer reserves instances (was {code(shown(before))})"
        return gone(step, f"the reservation of {code(shown(before))} instances", freed)
    if step.op == "update" and before != after:
        text = f"reserved instances {code(shown(before))} → {code(shown(after))}"
        return f"**blocks all calls**: {text}" if blocks else text
    return _other(step, published)


def _other(step: Step, published: Releases) -> str:
    word = _OPERATIONS.get(step.op, step.op)
    what = (own_name(step) and called(step).strip()) or "it"
    if step.op == "replace":
        reasons = replacing(step)
        rest = [each for each in differences(step) if each.top not in reasons]
        return replaced(step, what) + (f"; {listed(step, rest)}" if rest else "")
    if step.op == "update":
        return listed(step, differences(step)) or "only in the state"
    if step.op == "delete":
        return gone(step, what, f"**{word} {what}**")
    return f"{word} {what}"


_SPEAKERS: Mapping[str, Callable[[Step, Releases], str]] = {
    "Runtime": runtime_words,
    "RuntimeVersion": _version,
    "RuntimeEndpoint": _endpoint,
    "RuntimeConcurrency": _concurrency,
    "RuntimeVpcConfig": part_words,
    "RuntimeLogConfig": part_words,
    "RuntimeCustomDomain": domain_words,
}
