"""Which values look like secrets, by their names and by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = re.compile(
    r"(secret|passw(or)?d|passphrase|token|credential|private_?key|api_?key|access_?key|"
    r"encrypt(ion)?_?key|signing_?key|auth_?key|license_?key|jwt_?key|dsn|(^|_)ak(_|$)|"
    r"(^|_)sk(_|$)|(^|_)pwd|pwd$|(^|_)pass(_|$))",
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
    r"\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{30,}|\bglpat-[\w-]{20,}|"
    r"\bxox[abprs]-[\w-]{10,}|\bAKIA[A-Z0-9]{16}|\bAIza[\w-]{30,}|"
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.|"
    r"://[^/\s:@]*:[^/\s:@]+@|[?&](access_token|token|api_?key|key|secret|sig)=[^&\s]{8,})"
)
# What any name that ends in "key" may hold: long, and of letters and digits mixed.
_KEY_NAME = re.compile(r"(_key|[a-z]Key)$", re.IGNORECASE)
_RANDOM = re.compile(r"^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/=_-]{16,}$")
_PLACEHOLDER = re.compile(r"^\s*$|^(true|false|[0-9.]+)$", re.IGNORECASE)
# Digits are a number under most names, and not under these.
_WORD = re.compile(r"(passw(or)?d|passphrase|secret|pwd|(^|_)pass(_|$))", re.IGNORECASE)

# Comments that tools for Python would obey.
_DIRECTIVE = re.compile(
    r"(type|fmt|ruff|mypy|pyright|pylint|isort|yapf)\s*:|noqa|nosec", re.IGNORECASE
)
_TOLD = re.compile(r"(secret|passw(or)?d|token|api_?key)\w*\s*[:=]\s*\S+", re.IGNORECASE)


def is_secret(name: str, value: str | None) -> bool:
    """Whether a value should be kept encrypted.

    Args:
        name: What it is called, a variable of the environment for instance.
        value: The value; None if it is not known yet.
    """
    if value is not None and _VALUE.search(value):
        return True
    if _HARMLESS_NAME.search(name):
        return False
    if value is None:
        return bool(_NAME.search(name))
    if _KEY_NAME.search(name) and _RANDOM.match(value):
        return True
    if not _NAME.search(name):
        return False
    return not _PLACEHOLDER.match(value) or bool(_WORD.search(name) and len(value) >= 6)


def gives_away(text: str) -> bool:
    """Whether a comment or a command holds what looks like a secret."""
    return bool(_VALUE.search(text) or _TOLD.search(text))


def repeatable(notes: Iterable[str]) -> tuple[str, ...]:
    """Those of some comments that may stand in the program: no secret, nothing that tools obey."""
    return tuple(n for n in notes if not gives_away(n) and not _DIRECTIVE.match(n))
