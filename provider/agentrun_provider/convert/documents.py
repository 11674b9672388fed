"""One file of Serverless Devs: what it extends, its templates, and the agents in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .failures import ConvertError, Fault, Faults, Place
from .reading import Node, merge, read_file
from .references import Resolver

_COMPONENT = re.compile(r"^(?:[\w-]+/)?agentrun(?:@[\w.-]+)?$")
_EDITION = re.compile(r"^3(\.\d+)*$")
_STACK = re.compile(r"^s[._-](?P<stack>[A-Za-z0-9][A-Za-z0-9_.-]*)\.ya?ml$")
_FILE_KEYS = frozenset(
    {"edition", "name", "access", "vars", "resources", "template", "extend", "actions", "flow"}
)
_RESOURCE_KEYS = frozenset({"component", "props", "actions", "access", "extend"})

DEFAULT_STACK = "dev"
"""The stack of a file that names none, such as `s.yaml`."""


@dataclass(frozen=True)
class Resource:
    """One resource of a file.

    Attributes:
        name: Its key.
        props: What the component gets, references resolved.
        place: Where it stands.
        access: Alias of the credentials, if one is named.
        notes: Comments at its key.
        actions: Where its own commands stand, if it has any.
    """

    name: str
    props: Node
    place: Place
    access: str | None
    notes: tuple[str, ...]
    actions: Place | None


@dataclass(frozen=True)
class Document:
    """One file.

    Attributes:
        path: The file.
        shown: What to call it.
        stack: The stack that it becomes.
        name: Name of the application, if it is given.
        access: Alias of the credentials, if one is named.
        resources: Its resources by name.
        sources: All files that it was made from, itself first.
        actions: Where commands of the whole file stand, if it has any.
        ignored: Keys of the file that mean nothing, with their places.
    """

    path: Path
    shown: str
    stack: str
    name: str | None
    access: str | None
    resources: dict[str, Resource]
    sources: tuple[str, ...]
    actions: Place | None
    ignored: tuple[tuple[str, Place], ...]


def stack_of(path: Path) -> str:
    """The stack that a file's name tells: `s.prod.yaml` is `prod`."""
    match = _STACK.match(path.name)
    return match["stack"] if match else DEFAULT_STACK


def load(path: Path, stack: str | None = None) -> Document:
    """Read a file.

    Args:
        path: The file.
        stack: The stack that it becomes; default: as its name tells.

    Raises:
        ConvertError: It is not valid, is of another edition, has a resource of another component,
            or a reference leads nowhere.
    """
    shown = str(path)
    root, sources = _whole(path, ())
    faults = Faults()
    _check_edition(root, shown, faults)
    resources = root.get("resources")
    if resources is None or not resources.is_mapping or not resources.value:
        faults.add(root.place, "has no resources")
    faults.check()
    assert resources is not None, "checked above"
    merged = {name: _with_template(node, root, faults) for name, node in resources.items()}
    faults.check()
    root = Node({**root.value, "resources": Node(merged, resources.place)}, root.place)
    resolver = Resolver(root, path.parent)
    found: dict[str, Resource] = {}
    for name, node in merged.items():
        try:
            resource = _resource(name, node, root, resolver, faults)
        except ConvertError as error:
            for fault in error.faults:
                faults.add(fault.place, fault.reason)
            continue
        if resource is not None:
            found[name] = resource
    top = {key: _text(root, key, resolver, faults) for key in ("name", "access")}
    faults.check()
    actions = root.get("actions")
    return Document(
        path=path,
        shown=shown,
        stack=stack or stack_of(path),
        name=top["name"],
        access=top["access"],
        resources=found,
        sources=tuple(sources),
        actions=actions.place if actions else None,
        ignored=tuple((k, node.place) for k, node in root.items() if k not in _FILE_KEYS),
    )


def _whole(path: Path, seen: tuple[Path, ...]) -> tuple[Node, list[str]]:
    """A file merged over the one that it extends."""
    root = read_file(path)
    if not root.is_mapping:
        raise ConvertError([Fault(root.place, "is no mapping")])
    base = root.get("extend")
    if base is None:
        return root, [str(path)]
    if not isinstance(base.value, str):
        raise ConvertError([Fault(base.place, "extend must name a file")])
    other = path.parent / base.value
    if other.resolve() in (path.resolve(), *seen):
        raise ConvertError([Fault(base.place, f"extend leads back to {base.value}")])
    if not other.is_file():
        raise ConvertError([Fault(base.place, f"extends {base.value}, which does not exist")])
    below, sources = _whole(other, (*seen, path.resolve()))
    return merge(below, root), [str(path), *sources]


def _check_edition(root: Node, shown: str, faults: Faults) -> None:
    edition = root.get("edition")
    if edition is None:
        faults.add(Place(shown, 1), "has no edition: only files of edition 3.0.0 are read")
    elif not _EDITION.match(str(edition.value)):
        faults.add(edition.place, f"is of edition {edition.value}, and only 3.0.0 is read")


def _with_template(node: Node, root: Node, faults: Faults) -> Node:
    """A resource with the template that it extends below its own props."""
    extend = node.get("extend")
    if extend is None:
        return node
    name = extend.value if isinstance(extend.value, str) else None
    named = extend.get("name")
    if named is not None:
        name = str(named.value)
    template = (root.get("template") or extend).get(str(name))
    if template is None:
        faults.add(extend.place, f"extends the template {name!r}, which is not in the file")
        return node
    for path in _ignored_paths(extend):
        template = _without(template, path)
    props = node.get("props")
    whole = merge(template, props) if props is not None else template
    return Node({**node.value, "props": whole}, node.place, node.notes)


def _ignored_paths(extend: Node) -> Iterator[list[str]]:
    ignore = extend.get("ignore")
    if ignore is not None and isinstance(ignore.value, list):
        yield from (str(item.value).split(".") for item in ignore.value)


def _without(node: Node, path: list[str]) -> Node:
    if not isinstance(node.value, dict) or path[0] not in node.value:
        return node
    inner = dict(node.value)
    if len(path) == 1:
        del inner[path[0]]
    else:
        inner[path[0]] = _without(inner[path[0]], path[1:])
    return Node(inner, node.place, node.notes)


def _resource(
    name: str, node: Node, root: Node, resolver: Resolver, faults: Faults
) -> Resource | None:
    if not node.is_mapping:
        faults.add(node.place, f"resource {name!r} must have a component and props")
        return None
    component = node.get("component")
    kind = resolver.resolve(component, name).value if component is not None else None
    if component is None:
        faults.add(node.place, f"resource {name!r} names no component")
        return None
    if not (isinstance(kind, str) and _COMPONENT.match(kind)):
        faults.add(
            component.place,
            f"resource {name!r} is of the component {kind!r}: only agentrun is converted",
        )
        return None
    props = node.get("props")
    if props is None or not props.is_mapping:
        faults.add(node.place, f"resource {name!r} has no props")
        return None
    for key, item in node.items():
        if key not in _RESOURCE_KEYS:
            faults.add(item.place, f"resource {name!r} can't have {key!r}")
    access, actions = node.get("access"), node.get("actions")
    return Resource(
        name=name,
        props=resolver.resolve(props, name),
        place=node.place,
        access=str(resolver.resolve(access, name).value) if access else None,
        notes=node.notes,
        actions=actions.place if actions else None,
    )


def _text(root: Node, key: str, resolver: Resolver, faults: Faults) -> str | None:
    node = root.get(key)
    if node is None:
        return None
    try:
        value = resolver.resolve(node).value
    except ConvertError as error:
        for fault in error.faults:
            faults.add(fault.place, fault.reason)
        return None
    return value if isinstance(value, str) else None
