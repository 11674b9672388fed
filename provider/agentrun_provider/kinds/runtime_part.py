"""Own one part of a runtime that is created elsewhere, such as its network or its log.

An update merges at the top level, so a request with nothing but that part leaves the rest alone.
Several resources may own parts of one runtime: their writes come one after the other, each starts
from a fresh read, and a part that is already as wanted is not written, since every update restarts
the runtime.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError, Incomplete, NotFound, WaitFailed
from ..session import Session
from ..wire import is_empty
from .runtime_calls import (
    BUSY,
    DEAD,
    READY,
    SETTLED,
    await_gone,
    await_ready,
    find_by_id,
    runtime_path,
    write,
)


@dataclass(frozen=True)
class Part:
    """One top-level field of a runtime that a resource of its own manages.

    Attributes:
        field: The service's name of the field.
        keys: The keys inside it that are managed.
        unset: Value of a runtime for which nobody declared the part; a delete writes it back.
        words: What a person calls it.
    """

    field: str
    keys: tuple[str, ...]
    unset: Mapping[str, Any]
    words: str

    def of(self, live: Mapping[str, Any]) -> dict[str, Any]:
        """What a runtime holds of the part."""
        held = live.get(self.field) or {}
        return {key: held[key] for key in self.keys if not is_empty(held.get(key))}

    def holds(self, live: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
        """Tell whether a runtime has the part as wanted; the order of lists means nothing."""
        return _ordered(self.of(live)) == _ordered(wanted)

    def is_unset(self, live: Mapping[str, Any]) -> bool:
        """Tell whether nobody has set the part."""
        return not self.of(live) or self.holds(live, self.unset)


@dataclass(frozen=True)
class Site:
    """Where and how patiently an operation on a part works.

    Attributes:
        session: Connection and clock.
        runtime_id: The runtime.
        label: What the resource is called in progress and errors.
        seconds: How long each wait may take.
        key: The part among all that resources stand for (`Kind.key`).
    """

    session: Session
    runtime_id: str
    label: str
    seconds: float
    key: str


def take(
    site: Site,
    part: Part,
    wanted: dict[str, Any],
    *,
    adopt: bool,
    prepare: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Set a part that nobody has set so far, and wait until the runtime is ready.

    What an interrupted create of the same resource wrote is as wanted, and taken as it is.

    Args:
        site: The runtime.
        part: Which part.
        wanted: What it is to be.
        adopt: Whether to overwrite what somebody else has set.
        prepare: Makes what the part refers to; called once it is clear that the part may be set.

    Returns:
        The runtime.

    Raises:
        ConfigError: Somebody else has set it to something else.
        Incomplete: It was set, and then the runtime failed.
        NotFound: There is no such runtime.
    """
    with site.session.exclusive(site.runtime_id):
        live = need(site.session, site.runtime_id)
        free = part.is_unset(live)
        if not free and not part.holds(live, wanted):
            if not adopt:
                raise _occupied(site, part, live)
            site.session.progress(site.label, f"adopts the {part.words}, {_shown(part, live)}", 0)
        if not free:
            site.session.holding.take_over(site.key)
        if prepare is not None:
            prepare()
        try:
            return _ensure(site, part, wanted, live)
        except WaitFailed as error:
            if not free:
                # Resetting would take away what was there before us.
                raise
            raise Incomplete(site.runtime_id, {}, error) from error


def change(site: Site, part: Part, wanted: dict[str, Any]) -> dict[str, Any]:
    """Set a part that is ours, and wait until the runtime is ready; returns the runtime.

    Raises:
        NotFound: There is no such runtime.
        WaitFailed: The service could not apply it; the error has its reason.
    """
    with site.session.exclusive(site.runtime_id):
        return _ensure(site, part, wanted, need(site.session, site.runtime_id))


def release(site: Site, part: Part) -> None:
    """Reset a part; a runtime that is gone, or of no use any more, is fine."""
    with site.session.exclusive(site.runtime_id):
        live = find_by_id(site.session, site.runtime_id)
        if live is None or live.get("status") in DEAD:
            return
        try:
            _reset(site, part, live)
        except NotFound:
            return
        except WaitFailed:
            if find_by_id(site.session, site.runtime_id) is not None:
                raise


def look(site: Site) -> dict[str, Any] | None:
    """Read the runtime as a refresh does; None only if it is certainly gone."""
    live = find_by_id(site.session, site.runtime_id)
    if live is not None and live.get("status") == "DELETING":
        await_gone(site.session, site.runtime_id, site.label, site.seconds)
        return None
    return live


def need(session: Session, runtime_id: str) -> dict[str, Any]:
    """Read a runtime that has to be there.

    Raises:
        NotFound: It is not.
    """
    live: dict[str, Any] = session.client.call("GetAgentRuntime", "GET", runtime_path(runtime_id))
    return live


def _ensure(site: Site, part: Part, wanted: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
    session, runtime_id = site.session, site.runtime_id
    if part.holds(live, wanted) and live.get("status") in BUSY:
        live = await_ready(session, runtime_id, site.label, site.seconds, SETTLED)
    if part.holds(live, wanted) and live.get("status") in READY:
        return live
    write(session, runtime_id, {part.field: wanted}, site.label, site.seconds)
    return await_ready(session, runtime_id, site.label, site.seconds)


def _reset(site: Site, part: Part, live: Mapping[str, Any]) -> None:
    session, runtime_id = site.session, site.runtime_id
    if part.is_unset(live):
        if live.get("status") in BUSY:
            await_ready(session, runtime_id, site.label, site.seconds, SETTLED)
        return
    write(session, runtime_id, {part.field: dict(part.unset)}, site.label, site.seconds)
    await_ready(session, runtime_id, site.label, site.seconds)


def _occupied(site: Site, part: Part, live: Mapping[str, Any]) -> ConfigError:
    return ConfigError(
        f"runtime {site.runtime_id} has a {part.words} already ({_shown(part, live)}) that this "
        "resource did not set",
        "set adopt=True to replace it, or leave it to whatever set it: its Runtime resource, "
        "another stack or the console",
    )


def _shown(part: Part, live: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{key} {'/'.join(value) if isinstance(value, list) else value}"
        for key, value in part.of(live).items()
    )


def _ordered(held: Mapping[str, Any]) -> dict[str, Any]:
    return {key: sorted(v) if isinstance(v, list) else v for key, v in held.items()}
