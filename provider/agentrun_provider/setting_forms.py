"""Read the written form of a setting's value; a `ValueError` says what is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from .settings_table import Form

MOST_RETRIES = 20
LONGEST_SECONDS = 24 * 3600

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")


def text(value: Any) -> str:
    """Any text on one line."""
    if not isinstance(value, str) or not value.strip().isprintable():
        raise ValueError("must be text on one line")
    return value.strip()


def key(value: Any) -> str:
    """A key or token, which goes into a header."""
    found = text(value)
    if not found.isascii() or " " in found:
        raise ValueError("must be plain characters without spaces")
    return found


def region(value: Any) -> str:
    """A region id; any of the right form, since the vendor's lists contradict each other."""
    found = text(value)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", found):
        raise ValueError("must be a region id such as cn-hangzhou")
    return found


def digits(value: Any) -> str:
    """An account number; stack config and YAML give it as a number too."""
    found = str(value).strip()
    if isinstance(value, (bool, float)) or not re.fullmatch(r"[0-9]+", found):
        raise ValueError("must be a number such as 1234567890123456")
    return found


def count(value: Any) -> int:
    """A whole number of retries."""
    found = str(value).strip()
    if isinstance(value, bool) or not found.isdecimal() or int(found) > MOST_RETRIES:
        raise ValueError(f"must be a whole number from 0 to {MOST_RETRIES}")
    return int(found)


def flag(value: Any) -> bool:
    """Yes or no; stack config gives it as text."""
    found = str(value).strip().lower()
    if found not in ("true", "false"):
        raise ValueError("must be true or false")
    return found == "true"


def seconds(value: Any) -> float:
    """A time: plain seconds, or hours, minutes and seconds as in `1h30m` and `90s`."""
    written = str(value).strip().lower()
    match = _DURATION.fullmatch(written)
    if isinstance(value, bool) or not written or not match:
        raise ValueError("must be a time such as 900, 90s or 15m")
    hours, minutes, rest = (float(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + rest
    if not (math.isfinite(total) and 0 < total <= LONGEST_SECONDS):
        raise ValueError("must be more than 0 seconds and at most 24 hours")
    return total


def endpoint(value: Any) -> str:
    """The base URL of a service, given as host, host and port, or URL.

    Plain HTTP is used only where the URL says so.
    """
    written = text(value).rstrip("/")
    url = written if "://" in written else f"https://{written}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(_ENDPOINT) from None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    beside = parts.path or parts.query or parts.fragment or parts.username or parts.password
    whole = parts.scheme in ("http", "https") and not parts.netloc.endswith(":")
    if not whole or beside or not _HOST.fullmatch(host):
        raise ValueError(_ENDPOINT)
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


_ENDPOINT = "must be a host, host:port or URL without a path, such as http://127.0.0.1:8080"

READERS: dict[Form, Callable[[Any], Any]] = {
    "text": text,
    "key": key,
    "region": region,
    "digits": digits,
    "endpoint": endpoint,
    "count": count,
    "seconds": seconds,
    "flag": flag,
}
