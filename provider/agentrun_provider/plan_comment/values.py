"""Values as people read them, with nothing secret in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from .masking import HIDDEN, SECRET, is_secret, looks_secret

# Values that are not known before the deployment, one for each type (Pulumi's rpc.go).
_UNKNOWNS: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_LONGEST: Final = 400


def is_unknown(value: Any) -> bool:
    """Whether a value is known after the deployment only."""
    return isinstance(value, str) and value in _UNKNOWNS


def is_special(value: Mapping[str, Any]) -> bool:
    """Whether a mapping stands for a secret or an asset, and is no object of the user's."""
    return _SIGNATURE in value


def shown(value: Any, name: str = "") -> str:
    """A value as people read it, in one line, with nothing secret in it."""
    if is_unknown(value):
        return "known after the deployment"
    safe = safe_value(value, name)
    text = in_one_line(safe)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def in_one_line(safe: Any) -> str:
    """A value with nothing secret in it, with every sign that can't be seen spelled out."""
    if safe in (SECRET, HIDDEN):
        return str(safe)
    if isinstance(safe, str) and safe and safe.isprintable() and safe == safe.strip():
        return safe
    return visible(json.dumps(safe, ensure_ascii=False))


def visible(text: str) -> str:
    """A text whose signs that can't be seen are spelled out, so that texts that differ look so."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)


def safe_value(value: Any, name: str = "") -> Any:
    """A value with everything secret in it hidden, and special values in words."""
    if is_secret(value):
        return SECRET
    if is_unknown(value):
        return "[known after the deployment]"
    if looks_secret(name, value):
        return HIDDEN
    if isinstance(value, Mapping):
        if _SIGNATURE in value:
            return f"[asset {value.get('path') or str(value.get('hash', ''))[:12]}]"
        return {key: safe_value(item, str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [safe_value(item, name) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
