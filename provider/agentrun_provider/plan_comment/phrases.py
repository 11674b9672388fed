"""Parts of sentences that are said of resources of any kind, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..fields import Replaces, Unmanaged, has, marker, snake_case
from .differences import Difference, differences, model_of
from .markup import code
from .steps import Step
from .values import is_unknown, shown

MOST_NAMED = 6
"""So many names are listed before the rest is only counted."""

_LONGEST = 100
_UNITS = {"memory": " MB", "diskSize": " MB", "cpu": " vCPU"}


def called(step: Step) -> str:
    """The name in the service with a blank before it, unless it is the one in the program."""
    name = own_name(step)
    return "" if name == step.name else f" {code(name)}"


def own_name(step: Step) -> str:
    """The name in the service, if it can be told; a changed one as it is so far."""
    for side in (step.old, step.new):
        for key in ("name", "domainName"):
            value = side.get(key)
            if isinstance(value, str) and not is_unknown(value):
                return shown(value, "name")
    return step.name if step.kind in ("Runtime", "RuntimeEndpoint") else ""


def goes(step: Step) -> str:
    """How a resource goes away: `deleted`, `retained` in the service, or `prevented`."""
    if step.observed:
        return "deleted"
    policy = step.old.get("deletionPolicy")
    if policy == "prevent":
        return "prevented"
    return "retained" if step.retained or policy == "retain" else "deleted"


def gone(step: Step, what: str, otherwise: str) -> str:
    """What is said of a deletion, unless a policy or an option lets none happen."""
    sort = goes(step)
    if sort == "prevented":
        return (
            f"**can't delete {what}**: its `deletionPolicy` is `prevent`, so the deployment fails"
        )
    return f"forgets {what} and leaves it in the service" if sort == "retained" else otherwise


def replacing(step: Step) -> dict[str, str]:
    """Why a resource is replaced: property and reason, which may be empty."""
    if step.op != "replace":
        return {}
    model = model_of(step.kind)
    fields = model.model_fields if model else {}
    reasons: dict[str, str] = {}
    found = [each.top for each in differences(step)]
    names = step.replace_reasons or tuple(
        name
        for name in dict.fromkeys(found)
        if (field := fields.get(snake_case(name))) and has(field, Replaces)
    )
    for name in names:
        field = fields.get(snake_case(name))
        rule = marker(field, Replaces) if field else None
        reasons[name] = rule.reason if rule else ""
    return reasons


def replaced(step: Step, what: str) -> str:
    """That a resource is replaced, why, and what becomes of the old one."""
    why = "; ".join(f"{code(k)}: {v}" if v else code(k) for k, v in replacing(step).items())
    text = f"**replaces {what}**" + (f" ({why})" if why else "")
    rest = {
        "retained": "; the old one stays in the service",
        "prevented": "; **fails at the old one**, whose `deletionPolicy` is `prevent`",
    }
    return text + rest.get(goes(step), "")


def arrow(change: Difference) -> str:
    """`old → new`, with the unit where there is one."""
    if change.revealed:
        return "is no secret any more"
    if change.secret:
        return "changes (secret)"
    unit = _UNITS.get(change.top, "") if len(change.path) == 1 else ""
    old, new = (shown(side, change.last) for side in (change.old, change.new))
    if change.sort == "add":
        return f"set to {code(_begun(new))}{unit}"
    if change.sort == "remove":
        return f"removed (was {code(_begun(old))}{unit})"
    if max(len(old), len(new)) > _LONGEST:
        # Two beginnings may be the same; the properties below tell what differs.
        return "changes"
    return f"{code(old)} → {'another one' if is_unknown(change.new) else code(new)}{unit}"


def _begun(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def is_short(change: Difference) -> bool:
    """Whether a difference can be told whole in a sentence."""
    sides = (change.old, change.new)
    return all(not isinstance(side, (Mapping, list)) for side in sides)


def is_left_alone(step: Step, change: Difference) -> bool:
    """Whether a setting is taken out of the program and stays in the service as it is."""
    # A runtime's network and log go back to those of a new one; see `kinds.runtime_body`.
    if change.sort != "remove" or len(change.path) != 1 or step.kind != "RuntimeCustomDomain":
        return False
    model = model_of(step.kind)
    field = model.model_fields.get(snake_case(change.top)) if model else None
    return field is not None and has(field, Unmanaged)


def verb(group: Iterable[Difference]) -> str:
    """What happens to a property as a whole: it is set, is removed, or changes."""
    sorts = {each.sort for each in group if len(each.path) == 1}
    return "is set" if sorts == {"add"} else "is removed" if sorts == {"remove"} else "changes"


def listed(step: Step, changes: Iterable[Difference]) -> str:
    """Differences one by one, short ones with their values."""
    changes = list(changes)
    alone = [c for c in changes if is_left_alone(step, c)]
    rest = [c for c in changes if c not in alone]
    parts = [f"{code(c.dotted)} {arrow(c)}" for c in rest if is_short(c)]
    parts += [f"{code(c.dotted)} {verb([c])}" for c in rest if not is_short(c)]
    parts += [f"{code(c.dotted)} is no longer declared and stays as it is" for c in alone]
    return "; ".join(first(parts))


def first(parts: list[str], most: int = MOST_NAMED) -> list[str]:
    """The first parts of a list, and how many more there are."""
    left = len(parts) - most
    return [*parts[:most], f"and {left} more"] if left > 0 else parts


def entries(group: Iterable[Difference]) -> str:
    """Changes of a map, entry by entry: what is set, changed and removed."""
    group, parts = list(group), []
    for sort, word in (("add", "sets"), ("change", "changes"), ("remove", "removes")):
        names = [code(str(each.path[-1])) for each in group if each.sort == sort]
        if names:
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            parts.append(f"{word} {', '.join(names[:MOST_NAMED])}{more}")
    return ", ".join(parts)
