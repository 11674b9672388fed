"""Property values on the wire: protobuf ``Struct`` to the engine's values and back.

The protocol spells what JSON cannot say with marks: an unknown is one of a few reserved strings,
and a secret, an output, an asset or a resource reference is an object with a reserved key
(facts: sdk/go/common/resource/plugin/rpc.go of Pulumi).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from google.protobuf import struct_pb2

from pulumi_local.values import (
    OUTPUT_SIG,
    RESOURCE_SIG,
    SECRET_SIG,
    SIG_KEY,
    UNKNOWN,
    UNKNOWN_STRING,
    PropertyMap,
    ResourceRef,
    Secret,
    Unknown,
    Value,
    is_asset,
)

# One reserved string per type of the value that is not known yet.
_UNKNOWNS: Final = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)

# Beyond this a double cannot tell neighbouring whole numbers apart, so it stays a float.
_LARGEST_EXACT: Final = 2**53


@dataclass(frozen=True)
class Encoding:
    """What the receiver of a message understands."""

    secrets: bool = True
    """Whether secrets may be marked; otherwise they are sent in plain."""
    resources: bool = True
    """Whether resource references may be sent; otherwise the id (or URN) is sent instead."""


FULL: Final = Encoding()


def from_struct(struct: struct_pb2.Struct) -> PropertyMap:
    """Read a message."""
    return {key: from_value(value) for key, value in struct.fields.items()}


def to_struct(values: Mapping[str, Value], encoding: Encoding = FULL) -> struct_pb2.Struct:
    """Write a property map as a message."""
    struct = struct_pb2.Struct()
    for key, value in values.items():
        _write(struct.fields[key], value, encoding)
    return struct


def from_value(message: struct_pb2.Value) -> Value:
    """Read one value."""
    kind = message.WhichOneof("kind")
    if kind == "struct_value":
        return _from_object(message.struct_value)
    if kind == "list_value":
        return [from_value(item) for item in message.list_value.values]
    if kind == "number_value":
        return _number(message.number_value)
    if kind == "string_value":
        return UNKNOWN if message.string_value in _UNKNOWNS else message.string_value
    if kind == "bool_value":
        return message.bool_value
    return None


def to_value(value: Value, encoding: Encoding = FULL) -> struct_pb2.Value:
    """Write one value."""
    message = struct_pb2.Value()
    _write(message, value, encoding)
    return message


def _number(number: float) -> int | float:
    if number.is_integer() and abs(number) <= _LARGEST_EXACT:
        return int(number)
    return number


def _from_object(struct: struct_pb2.Struct) -> Value:
    fields = struct.fields
    mark = fields[SIG_KEY].string_value if SIG_KEY in fields else ""
    if mark == SECRET_SIG:
        return _secret(from_value(fields["value"]))
    if mark == OUTPUT_SIG:
        return _from_output(struct)
    if mark == RESOURCE_SIG:
        return _from_reference(struct)
    return {key: from_value(value) for key, value in fields.items()}


def _secret(value: Value) -> Value:
    """Mark a value as secret, once."""
    return value if isinstance(value, Secret) else Secret(value)


def _from_output(struct: struct_pb2.Struct) -> Value:
    """Read an output: a value that may be missing (unknown), secret, or both.

    Its dependencies are told apart from this, in the request's own field.
    """
    fields = struct.fields
    value = from_value(fields["value"]) if "value" in fields else UNKNOWN
    is_secret = "secret" in fields and fields["secret"].bool_value
    return _secret(value) if is_secret else value


def _from_reference(struct: struct_pb2.Struct) -> ResourceRef:
    fields = struct.fields
    # An empty id is how SDKs say that it is not known yet.
    known = from_value(fields["id"]) if "id" in fields else None
    return ResourceRef(
        urn=fields["urn"].string_value,
        id=UNKNOWN if known == "" else known,
        package_version=fields["packageVersion"].string_value if "packageVersion" in fields else "",
    )


def _write(message: struct_pb2.Value, value: Value, encoding: Encoding) -> None:
    if value is None:
        message.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, int | float):
        message.number_value = value
    elif isinstance(value, str):
        message.string_value = value
    elif isinstance(value, Unknown):
        message.string_value = UNKNOWN_STRING
    elif isinstance(value, Secret):
        _write_secret(message, value, encoding)
    elif isinstance(value, ResourceRef):
        _write_reference(message, value, encoding)
    elif isinstance(value, dict):
        _write_object(message, value, encoding)
    elif isinstance(value, list | tuple):
        message.list_value.SetInParent()
        for item in value:
            _write(message.list_value.values.add(), item, encoding)
    else:
        raise TypeError(f"not a property value: {type(value).__name__}")


def _write_object(message: struct_pb2.Value, value: PropertyMap, encoding: Encoding) -> None:
    message.struct_value.SetInParent()
    for key, item in value.items():
        if item is None and is_asset(value):
            continue
        _write(message.struct_value.fields[key], item, encoding)


def _write_secret(message: struct_pb2.Value, value: Secret, encoding: Encoding) -> None:
    if not encoding.secrets:
        _write(message, value.value, encoding)
        return
    message.struct_value.fields[SIG_KEY].string_value = SECRET_SIG
    _write(message.struct_value.fields["value"], value.value, encoding)


def _write_reference(message: struct_pb2.Value, value: ResourceRef, encoding: Encoding) -> None:
    if not encoding.resources:
        _write(message, value.urn if value.id is None else value.id, encoding)
        return
    fields = message.struct_value.fields
    fields[SIG_KEY].string_value = RESOURCE_SIG
    fields["urn"].string_value = value.urn
    if value.id is not None:
        _write(fields["id"], "" if isinstance(value.id, Unknown) else value.id, encoding)
    if value.package_version:
        fields["packageVersion"].string_value = value.package_version
