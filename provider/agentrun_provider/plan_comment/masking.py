"""What a comment must not show: secrets, and texts that look like one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

SECRET: Final = "[secret]"  # noqa: S105 - what stands in its place
"""What engines print in the place of a secret."""

HIDDEN: Final = "[hidden, looks like a secret]"

# Marks of special values in Pulumi's states: a key that holds the signature of the sort.
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark

_SECRET_NAME = re.compile(
    r"passw(or)?d|passphrase|secret|token(?!s)|api[-_]?key|access[-_]?key|private[-_]?key|"
    r"bot[-_]?key|dsn$",
    re.IGNORECASE,
)
_NOT_SECRET = re.compile(r"(name|id|arn|file|path|url|ttl|type|limit|count)s?$", re.IGNORECASE)
# Keys of Alibaba Cloud, of model vendors and of code hosts, private keys, and passwords in URLs.
_SECRET_TEXT = re.compile(
    r"\bLTAI[A-Za-z0-9]{12,}|\bsk-[A-Za-z0-9_-]{16,}|\bgh[pousr]_[A-Za-z0-9]{20,}|"
    r"\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bAKIA[0-9A-Z]{16}|\bpul-[0-9a-f]{40}|"
    r"\beyJ[\w-]{10,}\.eyJ[\w-]+\.[\w-]+|-----BEGIN [A-Z ]*PRIVATE KEY-----.*|"
    r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)",
    re.DOTALL,
)


def is_secret(value: Any) -> bool:
    """Whether the engine holds a value as a secret."""
    if value == SECRET:
        return True
    return isinstance(value, Mapping) and value.get(_SIGNATURE) == _SECRET_SIGNATURE


def looks_secret(name: str, value: Any) -> bool:
    """Whether a plain value looks like a credential, by its name or by itself.

    Args:
        name: Innermost name of the property, such as the name of an environment variable.
        value: The value.
    """
    if not isinstance(value, str) or not value:
        return False
    if _SECRET_TEXT.search(value):
        return True
    return bool(_SECRET_NAME.search(name)) and not _NOT_SECRET.search(name)


def without_secrets(text: str) -> str:
    """A text of others, such as an error, without what looks like a credential."""
    return _SECRET_TEXT.sub("[hidden]", text)


def hold_secret(value: Any) -> bool:
    """Whether there is a secret anywhere in a value."""
    if is_secret(value):
        return True
    if isinstance(value, Mapping):
        return any(map(hold_secret, value.values()))
    return isinstance(value, list) and any(map(hold_secret, value))
