"""Read YAML so that every value knows its file, its line and the comments beside it.

References are written into the file as `${…}`, also where plain YAML does not allow braces, as in
`[${env(VSWITCH_ID)}]` of the development guide; so they are hidden from the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .failures import ConvertError, Fault, Place

# Characters that mean something to YAML, and what stands for them while it is parsed: code points
# for private use, one for one, so that columns stay.
_SPECIAL = "{}[],:#'\"&*!|>%@`"
_HIDE = {ord(char): 0xE000 + index for index, char in enumerate(_SPECIAL)}
_SHOW = {0xE000 + index: char for index, char in enumerate(_SPECIAL)}
_REFERENCE = re.compile(r"\$\{[^{}\n]*\}")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Node:
    """A value of a file.

    Attributes:
        value: A scalar, or a dict or list of nodes.
        place: Where it stands.
        notes: Comments above and beside it, without the `#`.
    """

    value: Any
    place: Place
    notes: tuple[str, ...] = ()

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return isinstance(self.value, dict)

    def get(self, key: str) -> Node | None:
        """The value of a key; None if it is missing or null, or this is no mapping."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return None if found is None or found.value is None else found

    def items(self) -> Iterator[tuple[str, Node]]:
        """Keys and values that are not null."""
        if isinstance(self.value, dict):
            yield from ((key, node) for key, node in self.value.items() if node.value is not None)

    def plain(self) -> Any:
        """The data without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def read_file(path: Path, shown: str | None = None) -> Node:
    """Read a YAML file.

    Args:
        path: The file.
        shown: What to call it in errors; default: the path as it is.

    Raises:
        ConvertError: It can't be read, or is not valid YAML.
    """
    name = shown or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConvertError([Fault(Place(name, 1), f"can't be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise ConvertError([Fault(Place(name, 1), "is no UTF-8 text")]) from error
    return read_text(text, name)


def read_text(text: str, name: str) -> Node:
    """Read YAML from text; see `read_file`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    hidden = _REFERENCE.sub(lambda match: "$" + match[0][1:].translate(_HIDE), text)
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(hidden)
        if root is None:
            return Node({}, Place(name, 1))
        return _Builder(name, text).build(root)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(str(error.problem or error.context).split()).translate(_SHOW)
        line = mark.line + 1 if mark else 1
        raise ConvertError([Fault(Place(name, line), f"is not valid YAML: {problem}")]) from error
    except YAMLError as error:
        first = str(error).splitlines()[0].translate(_SHOW)
        raise ConvertError([Fault(Place(name, 1), f"is not valid YAML: {first}")]) from error


class _Builder:
    """Makes nodes out of what the parser composed."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._lines = text.splitlines()
        # What is being built, since an alias may stand inside of what it names.
        self._open: set[int] = set()

    def build(self, node: Any) -> Node:
        place = Place(self._name, node.start_mark.line + 1)
        if node.id == "mapping":
            return Node(self._mapping(node, place), place)
        if node.id == "sequence":
            with self._entered(node, place):
                return Node([self.build(item) for item in node.value], place)
        return Node(self._scalar(node, place), place)

    @contextmanager
    def _entered(self, node: Any, place: Place) -> Iterator[None]:
        if id(node) in self._open:
            raise ConvertError([Fault(place, "holds an alias of itself")])
        self._open.add(id(node))
        yield
        self._open.remove(id(node))

    def _mapping(self, node: Any, place: Place) -> dict[str, Node]:
        own: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        with self._entered(node, place):
            for key, value in node.value:
                where = Place(self._name, key.start_mark.line + 1)
                if key.id != "scalar":
                    raise ConvertError([Fault(where, "a key must be plain text")])
                name = str(key.value).translate(_SHOW)
                if name == "<<":
                    for source in value.value if value.id == "sequence" else [value]:
                        if source.id != "mapping":
                            raise ConvertError([Fault(where, "`<<` must merge mappings")])
                        merged = {**self._mapping(source, place), **merged}
                    continue
                if name in own:
                    raise ConvertError([Fault(where, f"has the key {name!r} twice")])
                built = self.build(value)
                own[name] = replace(built, place=where, notes=self._notes(where.line))
        return {**merged, **own}

    def _scalar(self, node: Any, place: Place) -> Any:
        kind = str(node.tag).removeprefix(_TAG)
        text = str(node.value)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in ("true", "yes", "on")
        try:
            if kind == "int":
                return int(text.replace("_", ""), 0 if text[:2].lower() in ("0x", "0o") else 10)
            if kind == "float":
                return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
        except ValueError:
            return text
        return text.translate(_SHOW)

    def _notes(self, line: int) -> tuple[str, ...]:
        """The comments that belong to the key on a line: above it at its depth, and behind it."""
        own = self._lines[line - 1]
        depth = len(own) - len(own.lstrip(" "))
        above: list[str] = []
        for index in range(line - 2, -1, -1):
            text = self._lines[index]
            stripped = text.strip()
            if not stripped.startswith("#") or len(text) - len(text.lstrip(" ")) != depth:
                break
            above.insert(0, stripped.lstrip("#").strip())
        without_quotes = _QUOTED.sub(lambda match: "x" * len(match[0]), own)
        beside = re.search(r"\s#(.*)$", without_quotes)
        if beside:
            above.append(own[beside.start(1) :].strip().lstrip("#").strip())
        return tuple(note for note in above if note)


@dataclass(frozen=True)
class Layers:
    """Two maps that can't be merged yet, since the lower one is a reference."""

    base: Node
    over: Node


def merge(base: Node, over: Node) -> Node:
    """Merge as Serverless Devs does: maps by key and to any depth, all else is replaced."""
    late = isinstance(base.value, str) and _REFERENCE.fullmatch(base.value.strip())
    if isinstance(over.value, Mapping) and (late or isinstance(base.value, Layers)):
        return replace(over, value=Layers(base, over))
    if not (isinstance(base.value, Mapping) and isinstance(over.value, Mapping)):
        return over
    merged = dict(base.value)
    for key, node in over.value.items():
        merged[key] = merge(merged[key], node) if key in merged else node
    return replace(over, value=merged)
