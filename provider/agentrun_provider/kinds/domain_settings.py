"""The settings of a domain beside its routes: what to send back, and what means the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..unverified import CERTIFICATE_STAYS_IF_LEFT_OUT
from ..wire import from_wire
from .domain_inputs import CustomDomainInputs

SETTINGS = ("certConfig", "tlsConfig", "authConfig", "wafConfig")


def kept(live: Mapping[str, Any]) -> dict[str, Any]:
    """What a write sends back unchanged."""
    result = {name: live[name] for name in ("protocol", *SETTINGS) if live.get(name)}
    certificate = result.get("certConfig")
    if certificate and not certificate.get("privateKey") and CERTIFICATE_STAYS_IF_LEFT_OUT:
        del result["certConfig"]
    return result


def union(online: Any, asked: str | None) -> str:
    """Both protocols where one is asked for and the other one is in use."""
    wanted = asked or "HTTP"
    return wanted if not online or online == wanted else "HTTP,HTTPS"


def covers(online: str | None, asked: str | None) -> bool:
    """Tell whether what is asked for is served; that more is served is the others' doing."""
    return bool(asked) and set(str(asked).split(",")) <= set(str(online).split(","))


def same(online: Any, wanted: Any) -> bool:
    """Tell whether the service holds all that is wanted."""
    if isinstance(wanted, Mapping):
        # A key that is held back can't be compared.
        online = online if isinstance(online, Mapping) else {}
        return bool(online) and all(
            same(online.get(key), value)
            for key, value in wanted.items()
            if key != "privateKey" or key in online
        )
    if isinstance(wanted, list):
        return isinstance(online, list) and sorted(online) == sorted(wanted)
    return bool(_plain(online) == _plain(wanted))


def _plain(value: Any) -> Any:
    """Text as far as it means something: PEM without its last line break, JSON without layout."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value.strip()


def seen(known: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the service has them, in the declared spelling where that means the same."""
    found = from_wire(CustomDomainInputs, live) | {"domain_name": known["domain_name"]}
    if covers(found.get("protocol"), known.get("protocol")):
        found["protocol"] = known["protocol"]
    for name, value in list(found.items()):
        mine = known.get(name)
        if isinstance(mine, Mapping) and isinstance(value, Mapping):
            found[name] = {
                key: mine[key] if key in mine and same(item, mine[key]) else item
                for key, item in value.items()
            }
    return found
