"""One file of Serverless Devs: what it extends, its templates, and the agents in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from .failures import Fault, Faults, Place
from .left_behind import Foreign, Note, crossing, foreign, notes_of, secrets_of
from .reading import Node
from .references import Resolver
from .secrecy import repeatable
from .templates import whole_file, with_template

_COMPONENT = re.compile(r"^(?:[\w-]+/)?agentrun(?:@[\w.-]+)?$")
_EDITION = re.compile(r"^3(\.\d+)*$")
_STACK = re.compile(r"^s[._-](?P<stack>[A-Za-z0-9][A-Za-z0-9_.-]*)\.ya?ml$")
_FILE_KEYS = frozenset(
    {
        "edition",
        "name",
        "access",
        "vars",
        "resources",
        "template",
        "extend",
        "actions",
        "flow",
        "env",
    }
)
_RESOURCE_KEYS = frozenset({"component", "props", "actions", "access", "extend", "vars"})

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
        environments: Where the file of `s env` is named, or is, if there is one.
        ignored: Keys of the file that mean nothing, with their places.
        foreigners: Resources of other components, which are left where they are.
        crossing: References of the agents to those, with their places.
        notes: What became of what is in the file beside its agents.
        secrets: Values in `vars` that are secret by their names.
        faults: What is wrong with its resources, as far as the rest could be read in spite of it.
    """

    path: Path
    shown: str
    stack: str
    name: str | None
    access: str | None
    resources: dict[str, Resource]
    sources: tuple[str, ...]
    actions: Place | None
    environments: Place | None
    ignored: tuple[tuple[str, Place], ...]
    foreigners: tuple[Foreign, ...] = ()
    crossing: tuple[tuple[str, Place], ...] = ()
    notes: tuple[Note, ...] = field(default=(), repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    faults: tuple[Fault, ...] = ()


def stack_of(path: Path) -> str:
    """The stack that a file's name tells: `s.prod.yaml` is `prod`."""
    match = _STACK.match(path.name)
    return match["stack"] if match else DEFAULT_STACK


def load(path: Path, stack: str | None = None, *, only_agentrun: bool = False) -> Document:
    """Read a file.

    Args:
        path: The file.
        stack: The stack that it becomes; default: as its name tells.
        only_agentrun: Whether resources of other components are left alone, not refused.

    Raises:
        ConvertError: It is not valid, is of another edition, or has a resource of another
            component.
    """
    root, sources = whole_file(path)
    faults = Faults()
    _check_edition(root, str(path), faults)
    resources = root.get("resources")
    if resources is None or not resources.is_mapping or not resources.value:
        faults.add(root.place, _no_resources(root))
    faults.check()
    assert resources is not None, "checked above"
    plain = Resolver(root, faults=faults)
    whole = {
        name: node if node.is_mapping else plain.resolve(node, name)
        for name, node in resources.items()
    }
    components = {
        name: component
        for name, node in whole.items()
        if (component := _component(name, node, plain, faults)) is not None
    }
    others = {name for name, kind in components.items() if not _COMPONENT.match(kind)}
    for name in () if only_agentrun else sorted(others):
        faults.add(
            whole[name].value["component"].place,
            f"resource {name!r} is of the component {components[name]!r}, and only agentrun is "
            "converted: --only-agentrun leaves the others with Serverless Devs",
        )
    if only_agentrun and components and not set(components) - others:
        faults.add(resources.place, "has no resource of the component agentrun")
    merged = {
        name: node if name in others else with_template(node, root, plain, faults)
        for name, node in whole.items()
    }
    faults.check()
    root = Node({**root.value, "resources": Node(merged, resources.place)}, root.place)
    resolver = Resolver(root, others, faults)
    agents = {name: merged[name] for name in components if name not in others}
    read = {name: _resource(name, node, resolver, faults) for name, node in agents.items()}
    found = {name: resource for name, resource in read.items() if resource is not None}
    top = {key: _text(root, key, resolver) for key in ("name", "access")}
    actions, environments = root.get("actions"), root.get("env")
    return Document(
        path=path,
        shown=str(path),
        stack=stack or stack_of(path),
        name=top["name"],
        access=top["access"],
        resources=found,
        sources=tuple(sources),
        actions=actions.place if actions else None,
        environments=environments.place if environments else _environments(path),
        ignored=tuple((k, node.place) for k, node in root.items() if k not in _FILE_KEYS),
        foreigners=tuple(foreign(n, components[n], merged[n], found) for n in sorted(others)),
        crossing=tuple(each for node in agents.values() for each in crossing(node, others)),
        notes=tuple(notes_of(root, agents, resolver.used)),
        secrets=secrets_of(root),
        faults=faults.found,
    )


def _environments(path: Path) -> Place | None:
    """The file that `s deploy --env NAME` looks for if none is named."""
    usual = path.parent / "env.yaml"
    return Place(str(usual), 1) if usual.is_file() else None


def _no_resources(root: Node) -> str:
    if root.get("services") is not None:
        return "has `services`, as edition 1.0 called them: edition 3.0.0 wants `resources`"
    return "has no resources"


def _component(name: str, node: Node, resolver: Resolver, faults: Faults) -> str | None:
    """The component of a resource; None if it names none that can be read."""
    if not node.is_mapping:
        faults.add(node.place, f"resource {name!r} must have a component and props")
        return None
    component = node.get("component")
    if component is None:
        faults.add(node.place, f"resource {name!r} names no component")
        return None
    kind = resolver.resolve(component, name).value
    if not isinstance(kind, str):
        faults.add(component.place, f"the component of resource {name!r} must be text")
        return None
    return kind


def _check_edition(root: Node, shown: str, faults: Faults) -> None:
    edition = root.get("edition")
    if edition is None:
        faults.add(Place(shown, 1), "has no edition: only files of edition 3.0.0 are read")
    elif not _EDITION.match(str(edition.value)):
        faults.add(edition.place, f"is of edition {edition.value}, and only 3.0.0 is read")


def _resource(name: str, node: Node, resolver: Resolver, faults: Faults) -> Resource | None:
    written = node.get("props")
    props = resolver.resolve(written, name) if written is not None else None
    if props is None or not props.is_mapping:
        faults.add(node.place, f"resource {name!r} has no props")
        return None
    for key, item in node.items():
        if key not in _RESOURCE_KEYS:
            faults.add(item.place, f"resource {name!r} can't have {key!r}")
    access, actions = node.get("access"), node.get("actions")
    return Resource(
        name=name,
        props=props,
        place=node.place,
        access=str(resolver.resolve(access, name).value) if access else None,
        notes=repeatable(node.notes),
        actions=actions.place if actions else None,
    )


def _text(root: Node, key: str, resolver: Resolver) -> str | None:
    node = root.get(key)
    value = resolver.resolve(node).value if node is not None else None
    return value if isinstance(value, str) else None
