"""The base of all resources: default names, marks of ownership, secrets, and the provider."""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Optional

import pulumi
import pulumi.dynamic
from agentrun_provider.hosts.dynamic import KindProvider

from ._spelling import camel_case, field_hint, spelled
from ._stable import declared_by_runtime, following

_LONGEST_NAME = 63


class Props:
    """Inputs on their way to the engine.

    `pulumi.dynamic.Resource` puts the serialised provider in as if this were a dict; being an input
    type lets Pulumi translate names and nested types by their declarations.
    """

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __contains__(self, key: str) -> bool:
        return key in self.__dict__

    def __setitem__(self, key: str, value: Any) -> None:
        self.__dict__[key] = value


class AgentRunResource(pulumi.dynamic.Resource):
    """A resource that the AgentRun provider manages."""

    def __init__(
        self,
        kind: str,
        resource_name: str,
        props: Any,
        *,
        outputs: Sequence[str],
        secrets: Sequence[tuple[str, ...]],
        opts: Optional[pulumi.ResourceOptions],
        parts: Sequence[str] = (),
    ) -> None:
        values = props.__dict__
        # What was not declared stays unknown in a preview, so it must not be asked for there. Nor
        # what is empty, which is the same to the provider.
        self._declared = {key: value for key, value in values.items() if not _is_empty(value)}
        values.update({key: None for key in outputs if key not in values})
        if "name" in values and values["name"] is None:
            values["name"] = default_name(resource_name)
        values["owner"] = owner_mark(kind, resource_name)
        if parts:
            values["declared_by_runtime"] = declared_by_runtime(values["runtime_id"], parts)
        for key in [key for key, value in values.items() if _may_be_nested(value)]:
            values[key] = spelled(values[key], field_hint(type(props), key))
        for path in secrets:
            if values.get(path[0]) is not None:
                values[path[0]] = _with_secret(values[path[0]], path[1:])
        super().__init__(KindProvider(kind), resource_name, props, opts)

    def _following(self, name: str, template: str) -> pulumi.Output[Any]:
        """An output that also the preview of an update knows (see `_stable`)."""
        return following(self, pulumi.get(self, name), template)


def default_name(resource_name: str) -> str:
    """The name in the service of a resource that was given none.

    Made of project, stack and resource name, so it is the same at every run: lower-case letters,
    digits and hyphens, starting with a letter, at most 63 characters; a longer one is cut and
    gets a hash of the whole.
    """
    whole = f"{pulumi.get_project()}-{pulumi.get_stack()}-{resource_name}"
    name = re.sub(r"[^a-z0-9]+", "-", whole.lower()).strip("-")
    if not name[:1].isalpha():
        name = f"a-{name}"
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 9].rstrip('-')}-{_hash(whole, 8)}"


def owner_mark(kind: str, resource_name: str) -> str:
    """The mark by which an interrupted create is known as ours: hashes of stack and resource."""
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    return f"x-pulumi-{_hash(stack, 10)}-{_hash(f'{kind}/{resource_name}', 10)}"


def _hash(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, Mapping, Sequence)) and not value)


def _may_be_nested(value: Any) -> bool:
    return value is not None and not isinstance(value, (str, int, float, bool, pulumi.Output))


def _with_secret(value: Any, path: tuple[str, ...]) -> Any:
    """Mark what stands at a path as secret; where an output hides the path, all of the output."""
    if not path or isinstance(value, pulumi.Output):
        return pulumi.Output.secret(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_with_secret(item, path) for item in value]
    if isinstance(value, Mapping):
        key = camel_case(path[0])
        if value.get(key) is None:
            return value
        return {**value, key: _with_secret(value[key], path[1:])}
    if value.__dict__.get(path[0]) is None:
        return value
    marked = copy.copy(value)
    marked.__dict__[path[0]] = _with_secret(value.__dict__[path[0]], path[1:])
    return marked
