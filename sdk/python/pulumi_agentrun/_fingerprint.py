"""The fingerprint of a resource's configuration, known at preview."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from ._stable import or_declared


def fingerprint_of(
    resource: Any, names: Sequence[str], defaulted: Sequence[str]
) -> pulumi.Output[str]:
    """Hash the values of some properties.

    The properties are inputs, which a preview knows as they will be, so whatever depends on the
    fingerprint is planned truthfully. It is secret where one of the values is.

    Args:
        resource: The resource.
        names: The properties that count, as far as they are declared.
        defaulted: Those of them that have a value even if they are not declared.
    """
    counted = [name for name in names if name in resource._declared or name in defaulted]
    values = {name: _value(resource, name) for name in counted}
    # Of nothing at all, `Output.all` makes a list.
    return pulumi.Output.all(**values).apply(lambda given: _hash(given or {}))


def _value(resource: Any, name: str) -> pulumi.Output[Any]:
    raw: pulumi.Output[Any] = getattr(resource, name)
    return or_declared(raw, resource._declared[name]) if name in resource._declared else raw


def _hash(values: Mapping[str, Any]) -> str:
    # What is not set does not count, so that a new release with more fields changes no fingerprint;
    # nor does what is empty, which is the same.
    counted = {name: value for name, value in values.items() if value not in ("", {}, [])}
    text = json.dumps(_given(counted), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _given(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _given(item) for key, item in value.items() if item is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_given(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
