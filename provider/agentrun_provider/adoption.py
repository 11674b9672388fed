"""Take over what exists already: tell the difference, and write only that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .wire import is_empty


def differences(
    body: Mapping[str, Any], live: Mapping[str, Any], *, ignored: Collection[str] = ()
) -> dict[str, Any]:
    """The top-level fields of a request body that the service does not hold already.

    What the service holds beyond the body, also inside an object, is not a difference: it was not
    declared, so it is left as it is.

    Args:
        body: What a create would send.
        live: The service's reply.
        ignored: Fields that are not compared, because they can't be changed or are not returned.
    """
    return {
        name: value
        for name, value in body.items()
        if name not in ignored and not _holds(live.get(name), value)
    }


def _holds(live: Any, wanted: Any) -> bool:
    if is_empty(wanted) and is_empty(live):
        return True
    if isinstance(wanted, Mapping):
        return isinstance(live, Mapping) and all(_holds(live.get(k), v) for k, v in wanted.items())
    if isinstance(wanted, list) and isinstance(live, list) and len(wanted) == len(live):
        return all(_holds(a, b) for a, b in zip(live, wanted, strict=True))
    return bool(live == wanted)


def told(body: Mapping[str, Any], live: Mapping[str, Any]) -> str:
    """What an adoption changes, for one line; values of maps are left out, they may be secret."""
    if not body:
        return "nothing changes"
    return "changes " + ", ".join(_one(name, live.get(name), value) for name, value in body.items())


def _one(name: str, live: Any, wanted: Any) -> str:
    if isinstance(live, (Mapping, list)) or isinstance(wanted, (Mapping, list)):
        return name
    return f"{name} {'unset' if is_empty(live) else live} => {wanted}"
