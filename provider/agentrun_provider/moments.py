"""Moments as people write them: `2026-01-31 08:00:00`, `20m`, seconds since 1970."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from .errors import ConfigError

_AGO = re.compile(r"(\d+(?:\.\d+)?) ?(s|m|h|d)(?: ago)?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
# From here on a number can only be meant in milliseconds.
_MILLISECONDS = 10**11

FORMS = (
    "2026-01-31 08:00:00 (local time), 2026-01-31T08:00:00+08:00, 1769817600, or 20m, 2h, 3d ago"
)
"""The forms that are understood, for help texts and errors."""


def moment(text: str, now: datetime) -> datetime:
    """Read a moment.

    Args:
        text: In one of `FORMS`; without a time zone it is meant in the local one.
        now: The time that `20m` counts from, with a time zone.

    Raises:
        ConfigError: It is in none of the forms.
    """
    stripped = text.strip()
    ago = _AGO.fullmatch(stripped)
    try:
        if stripped.isascii() and stripped.isdigit():
            number = int(stripped)
            seconds = number / 1000 if number >= _MILLISECONDS else number
            return datetime.fromtimestamp(seconds, timezone.utc)
        if ago:
            return now - timedelta(**{_UNITS[ago[2]]: float(ago[1])})
        # Python 3.10 does not read the Z.
        read = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", stripped))
    except (ValueError, OverflowError, OSError):
        raise ConfigError(f"{text!r} is not a time", f"Write it like {FORMS}") from None
    return read if read.tzinfo else read.astimezone()


def shown(seconds: float) -> str:
    """A moment in local time, with the offset of the zone."""
    return f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M:%S %z}"
