"""Property values as JSON data: in state files, in exports and in machine output.

What stands for a secret is up to the caller: its ciphertext, its plain text or a mask. (Facts:
pkg/resource/stack/deployment.go of Pulumi.)
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from pulumi_local.errors import StateError
from pulumi_local.values import (
    RESOURCE_SIG,
    SECRET_MASK,
    SECRET_SIG,
    SIG_KEY,
    UNKNOWN,
    UNKNOWN_STRING,
    ResourceRef,
    Secret,
    Unknown,
    Value,
)

Json: TypeAlias = dict[str, Any]
"""A JSON object."""

SealSecret: TypeAlias = Callable[[str], Json | str]
"""Turns a secret's JSON text into what stands for it in the file."""

OpenSecret: TypeAlias = Callable[[str], str]
"""Turns a ciphertext of the file into the secret's JSON text."""

_FLOAT_SIG: Final = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"


def masked(_text: str) -> str:
    """Seal for output to people: every secret becomes ``[secret]``."""
    return SECRET_MASK


def revealed(text: str) -> Json:
    """Seal for an export that shows secrets."""
    return {SIG_KEY: SECRET_SIG, "plaintext": text}


def encrypted(encrypt: Callable[[str], str]) -> SealSecret:
    """Seal for state at rest, with the stack's own encryption."""

    def seal(text: str) -> Json:
        return {SIG_KEY: SECRET_SIG, "ciphertext": encrypt(text)}

    return seal


def dump_value(value: Value, seal: SealSecret) -> Any:
    """Turn a property value into JSON data."""
    if isinstance(value, Secret):
        # Secrets inside a secret are marked but not encrypted a second time.
        inner = dump_value(value.value, encrypted(lambda text: text))
        return seal(compact_json(inner))
    if isinstance(value, Unknown):
        return UNKNOWN_STRING
    if isinstance(value, ResourceRef):
        return _dump_reference(value)
    if isinstance(value, dict):
        return {key: dump_value(value[key], seal) for key in sorted(value)}
    if isinstance(value, list):
        return [dump_value(item, seal) for item in value]
    if isinstance(value, float):
        return dump_float(value)
    return value


def _dump_reference(reference: ResourceRef) -> Json:
    data: Json = {
        SIG_KEY: RESOURCE_SIG,
        "packageVersion": reference.package_version,
        "urn": reference.urn,
    }
    if reference.id is not None:
        data["id"] = "" if isinstance(reference.id, Unknown) else reference.id
    return data


def dump_float(number: float) -> Any:
    """Spell a number as the CLI does."""
    if not math.isfinite(number):
        return {SIG_KEY: _FLOAT_SIG, "value": struct.pack(">d", number).hex()}
    # Whole numbers are written without a fraction, so that a value does not change its spelling
    # by having been on the wire, where every number is a float.
    return int(number) if number.is_integer() and abs(number) < 2**63 else number


def load_value(data: Any, open_secret: OpenSecret) -> Value:
    """Turn JSON data into a property value. Raises StateError for a malformed mark."""
    if data == UNKNOWN_STRING:
        return UNKNOWN
    if isinstance(data, list):
        return [load_value(item, open_secret) for item in data]
    if not isinstance(data, dict):
        return data
    mark = data.get(SIG_KEY)
    if mark == SECRET_SIG:
        return _load_secret(data, open_secret)
    if mark == RESOURCE_SIG:
        return _load_reference(data)
    if mark == _FLOAT_SIG:
        return struct.unpack(">d", bytes.fromhex(data["value"]))[0]
    return {key: load_value(item, open_secret) for key, item in data.items()}


def _load_secret(data: Json, open_secret: OpenSecret) -> Secret:
    plaintext, ciphertext = data.get("plaintext"), data.get("ciphertext")
    if bool(plaintext) == bool(ciphertext):
        raise StateError("malformed secret: exactly one of ciphertext or plaintext is expected")
    text = plaintext if plaintext else open_secret(str(ciphertext))
    return Secret(load_value(json.loads(text), lambda inner: inner))


def _load_reference(data: Json) -> ResourceRef:
    if "urn" not in data:
        raise StateError("malformed resource reference: it has no urn")
    id_ = data.get("id")
    return ResourceRef(data["urn"], UNKNOWN if id_ == "" else id_, data.get("packageVersion", ""))


def compact_json(data: Any) -> str:
    """Spell JSON data as the state files do: no blanks, text unescaped."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
