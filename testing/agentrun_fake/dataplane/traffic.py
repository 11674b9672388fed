"""Which version a call goes to (section 4.4)."""

from __future__ import annotations

import random
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

MOST_SESSIONS = 10_000
"""How many sessions are remembered."""


class Share(NamedTuple):
    """A version and its part of the traffic, from 0 to 1."""

    version: str
    part: float


class _Pin(NamedTuple):
    version: str
    last_call: float


def shares(fields: Mapping[str, Any], whole: float) -> list[Share]:
    """Split of an endpoint's traffic: its canaries, and the target with what they leave.

    Args:
        fields: The endpoint's fields.
        whole: Weight that stands for all traffic.
    """
    entries = fields.get("routingConfiguration", {}).get("versionWeights", [])
    found: dict[str, float] = {}
    for entry in entries:
        found[entry["version"]] = found.get(entry["version"], 0.0) + entry["weight"] / whole
    rest = max(0.0, 1.0 - sum(found.values()))
    target = fields.get("targetVersion", "LATEST")
    found[target] = found.get(target, 0.0) + rest
    return [Share(version, part) for version, part in found.items()]


class Splitter:
    """Draws a version for each call and keeps sessions on theirs. Not locked: its owner is.

    Each endpoint has a sequence of draws of its own, told by its id, so that with repeatable ids
    the same calls go to the same versions.
    """

    def __init__(self) -> None:
        self._draws: dict[str, random.Random] = {}
        self._pins: dict[tuple[str, Hashable], _Pin] = {}

    def clear(self) -> None:
        """Forget all draws and sessions."""
        self._draws.clear()
        self._pins.clear()

    def forget(self, endpoint_id: str) -> None:
        """Forget the sessions of an endpoint."""
        self._pins = {place: pin for place, pin in self._pins.items() if place[0] != endpoint_id}

    def choose(
        self,
        endpoint_id: str,
        split: Sequence[Share],
        session: str | None,
        now: float,
        idle_seconds: float,
    ) -> str:
        """The version for a call.

        Args:
            endpoint_id: The endpoint that is called.
            split: Its split; a version that has no part any more loses its sessions.
            session: The call's session, if it has one.
            now: The time.
            idle_seconds: After how long without a call a session ends.
        """
        if session is None:
            return self._draw(endpoint_id, split)
        place = (endpoint_id, session)
        pin = self._pins.pop(place, None)
        alive = pin is not None and now - pin.last_call < idle_seconds
        serving = {share.version for share in split if share.part > 0}
        version = (
            pin.version
            if pin is not None and alive and pin.version in serving
            else self._draw(endpoint_id, split)
        )
        # The order is that of the last calls, so the first one is the best to forget.
        self._pins[place] = _Pin(version, now)
        if len(self._pins) > MOST_SESSIONS:
            del self._pins[next(iter(self._pins))]
        return version

    def _draw(self, endpoint_id: str, split: Sequence[Share]) -> str:
        # Repeatable on purpose; nothing is guarded by it.
        draws = self._draws.setdefault(endpoint_id, random.Random(endpoint_id))  # noqa: S311
        serving = [share for share in split if share.part > 0]
        weights = [share.part for share in serving]
        return draws.choices(serving, weights)[0].version
