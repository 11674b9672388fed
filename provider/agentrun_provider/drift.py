"""Tell what changed behind our back apart from what the service fills in by itself.

A reply of the service holds more than was declared: defaults, also inside half-filled objects.
After each write these are recorded; when the resource is read again, a field that was not declared
counts as changed only if it differs from that record. So no list of the service's defaults has to
be known beforehand, and a default that changes with a service release is not mistaken for drift.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .diff import same
from .fields import Replaces, Secret, Shape, Unmanaged, WriteOnly, has, shape_of
from .unknown import UNKNOWN
from .wire import is_empty, is_sent


def service_defaults(
    model: type[Shape], declared: Mapping[str, Any], live: Mapping[str, Any]
) -> dict[str, Any]:
    """Collect what the service holds beyond the declared fields."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        mine, theirs = declared.get(name), live.get(name)
        if is_empty(theirs) or not is_sent(field):
            continue
        nested = shape_of(field.annotation)
        if is_empty(mine):
            found[name] = theirs
        elif nested and isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            inner = service_defaults(nested, mine, theirs)
            if inner:
                found[name] = inner
        elif nested and isinstance(mine, list) and isinstance(theirs, list):
            items = [service_defaults(nested, *pair) for pair in zip(mine, theirs, strict=False)]
            if any(items) and len(mine) == len(theirs):
                found[name] = items
    return found


def observed(
    model: type[Shape],
    declared: Mapping[str, Any],
    live: Mapping[str, Any],
    defaults: Mapping[str, Any],
) -> dict[str, Any]:
    """The inputs as they stand now: declared ones as long as the service still agrees.

    Args:
        model: Model of the inputs.
        declared: Inputs of the last deployment.
        live: The same fields as the service has them now (see `wire.from_wire`).
        defaults: What `service_defaults` found after the last write.
    """
    result: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        mine, theirs = declared.get(name), live.get(name)
        if not is_sent(field) or has(field, WriteOnly):
            value = mine
        elif is_empty(mine):
            known = is_empty(theirs) or same(field, theirs, defaults.get(name))
            value = None if known or has(field, Unmanaged) else theirs
        elif is_empty(theirs):
            # Secrets may be held back, and what identifies a resource can't have been cleared.
            value = mine if has(field, Secret) or has(field, Replaces) else None
        else:
            nested = shape_of(field.annotation)
            if nested:
                value = _nested(nested, mine, theirs, defaults.get(name))
            else:
                value = mine if same(field, mine, theirs) else theirs
        if value is not None and value is not UNKNOWN:
            result[name] = value
    return result


def _nested(model: type[Shape], mine: Any, theirs: Any, defaults: Any) -> Any:
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        return observed(model, mine, theirs, defaults if isinstance(defaults, Mapping) else {})
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        known = defaults if isinstance(defaults, list) else [{}] * len(mine)
        triples = zip(mine, theirs, known, strict=True)
        return [observed(model, m, t, d) for m, t, d in triples]
    return theirs
