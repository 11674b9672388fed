"""Moments as people write them: `2026-01-31 08:00:00`, `20m`, seconds since 1970."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from .errors import ConfigError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SPAN = re.compile(
    r"(\d+(?:\.\d+)?) ?(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?)"
    r"(?![a-z]) ?",
    re.IGNORECASE | re.ASCII,
)
_AGO = re.compile(r" ?ago$", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,16}(?:\.[0-9]+)?")
# Read by hand, for older releases of Python read few of the forms that ISO 8601 allows, and none
# in which `shown` writes moments.
_CALENDAR = re.compile(
    r"(?:(?P<year>\d{4})(?P<mark>[-/])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2}))?"
    r"(?:(?:^|[T ])(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r" ?(?P<zone>Z|UTC|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE | re.ASCII,
)
# From here on a number can only be meant in milliseconds.
_MILLISECONDS = 10**11

FORMS = (
    "2026-01-31 08:00:00 (local time), 2026-01-31T08:00:00+08:00, 08:00 (today), 1769817600, or "
    "20m, 2h, 3d ago"
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
    try:
        read = _number(stripped) or _ago(stripped, now) or _calendar(stripped, now)
    except (ValueError, OverflowError, OSError):
        read = None
    if read is None:
        raise ConfigError(f"{text!r} is not a time", f"Write it like {FORMS}")
    return read if read.tzinfo else read.astimezone()


def shown(seconds: float) -> str:
    """A moment in local time, with the offset of the zone."""
    return f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M:%S %z}"


def _number(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return datetime.fromtimestamp(
        number / 1000 if number >= _MILLISECONDS else number, timezone.utc
    )


def _ago(text: str, now: datetime) -> datetime | None:
    """`now`, or a span of time before it, e.g. `1h30m`."""
    if text.lower() == "now":
        return now
    words = _AGO.sub("", text)
    parts = _SPAN.findall(words)
    if not parts or _SPAN.sub("", words):
        return None
    return now - sum(
        (timedelta(**{_UNITS[unit[0].lower()]: float(number)}) for number, unit in parts),
        timedelta(),
    )


def _calendar(text: str, now: datetime) -> datetime | None:
    """A date, a time of today, or both."""
    found = _CALENDAR.fullmatch(text)
    if not found or not (found["year"] or found["hour"]):
        return None
    zone = _zone(found["zone"])
    day = (
        date(int(found["year"]), int(found["month"]), int(found["day"]))
        if found["year"]
        else now.astimezone(zone).date()
    )
    fraction = (found["fraction"] or "").ljust(6, "0")[:6]
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    return datetime.combine(day, time(hour, minute, second, int(fraction), zone))


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC"):
        return timezone.utc
    minutes = int(text[1:3]) * 60 + int(text[3:].lstrip(":") or 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
