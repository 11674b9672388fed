"""What a file is merged from: the file that it extends, and the templates of its resources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .failures import ConvertError, Fault, Faults
from .reading import Node, merge, read_file
from .references import Resolver


def whole_file(path: Path, seen: tuple[Path, ...] = ()) -> tuple[Node, list[str]]:
    """A file merged over the one that it extends, and the names of both.

    Args:
        path: The file.
        seen: Files that extend it.

    Raises:
        ConvertError: One of them is not valid, or they extend each other.
    """
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
    below, sources = whole_file(other, (*seen, path.resolve()))
    return merge(below, root), [str(path), *sources]


def with_template(node: Node, root: Node, resolver: Resolver, faults: Faults) -> Node:
    """A resource with the template that it extends below its own props.

    Args:
        node: The resource.
        root: The whole file.
        resolver: Resolves a template that is a reference.
        faults: Gets the fault if there is no such template.
    """
    extend = node.get("extend")
    if extend is None:
        return node
    name = template_of(node)
    template = (root.get("template") or extend).get(str(name))
    if template is None:
        faults.add(extend.place, f"extends the template {name!r}, which is not in the file")
        return node
    if not template.is_mapping:
        template = resolver.resolve(template)
    for path in _ignored_paths(extend):
        template = _without(template, path)
    props = node.get("props")
    whole = merge(template, props) if props is not None else template
    return Node({**node.value, "props": whole}, node.place, node.notes)


def template_of(node: Node) -> str | None:
    """The template that a resource extends; None if it extends none."""
    extend = node.get("extend")
    if extend is None:
        return None
    named = extend.get("name")
    if named is not None:
        return str(named.value)
    return extend.value if isinstance(extend.value, str) else None


def _ignored_paths(extend: Node) -> Iterator[list[str]]:
    ignore = extend.get("ignore")
    if ignore is None:
        return
    for item in ignore.value if isinstance(ignore.value, list) else [ignore]:
        yield str(item.value).split(".")


def _without(node: Node, path: list[str]) -> Node:
    if not isinstance(node.value, dict) or path[0] not in node.value:
        return node
    inner = dict(node.value)
    if len(path) == 1:
        del inner[path[0]]
    else:
        inner[path[0]] = _without(inner[path[0]], path[1:])
    return Node(inner, node.place, node.notes)
