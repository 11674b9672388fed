"""Which values look like secrets, by their names and by themselves."""

from __future__ import annotations

import re

_NAME = re.compile(
    r"(secret|passw(or)?d|passphrase|token|credential|private_?key|api_?key|access_?key|"
    r"encryption_?key|signing_?key|auth_?key|license_?key|dsn|(^|_)ak(_|$)|(^|_)sk(_|$)|(^|_)pwd)",
    re.IGNORECASE,
)
# Names that only point at a secret, or count something.
_HARMLESS_NAME = re.compile(
    r"(_(name|file|path|url|uri|endpoint|type|header|prefix|ttl|limit|count|budget)$|"
    r"max_?(\w+_)?tokens?|tokens?_?(limit|count|budget)|tokenizer)",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"(\bLTAI[A-Za-z0-9]{12,}|\bSTS\.[A-Za-z0-9]{10,}|\bsk-[A-Za-z0-9_-]{16,}|"
    r"\bghp_[A-Za-z0-9]{30,}|\bAKIA[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----|"
    r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.|://[^/\s:@]+:[^/\s:@]+@)"
)
_PLACEHOLDER = re.compile(r"^\s*$|^(true|false|[0-9.]+)$", re.IGNORECASE)


def is_secret(name: str, value: str | None) -> bool:
    """Whether a value should be kept encrypted.

    Args:
        name: What it is called, a variable of the environment for instance.
        value: The value; None if it is not known yet.
    """
    if value is not None and _VALUE.search(value):
        return True
    if not _NAME.search(name) or _HARMLESS_NAME.search(name):
        return False
    return value is None or not _PLACEHOLDER.match(value)


def gives_away(text: str) -> bool:
    """Whether a comment holds what looks like a secret."""
    return bool(_VALUE.search(text)) or bool(
        re.search(r"(secret|passw(or)?d|token|api_?key)\w*\s*[:=]\s*\S+", text, re.IGNORECASE)
    )
