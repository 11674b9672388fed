"""Resolve the references in a file: `${vars.x}`, `${env(X)}`, `${this.…}`, `${resources.…}`, …

What is known from the files is put in place. What is known at deployment only stays: a variable of
the environment as `EnvRef`, an output of another resource as `OutputRef`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from .failures import ConvertError, Fault, Faults
from .reading import Layers, Node, merge

_REFERENCE = re.compile(r"\$\{([^{}\n]*)\}")
_CALL = re.compile(r"^(\w+)\((.*)\)$", re.DOTALL)
_ARGUMENT = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^,]*))\s*(?:,|$)""")


Source = Literal["variable", "account", "domain", "secret", "output"]
"""Where a value comes from that no file tells: a variable of the environment of whoever deploys,
the number of the account, a domain that was granted, the secrets of Serverless Devs (`s secret`),
or the output of a resource that stays there."""


@dataclass(frozen=True)
class EnvRef:
    """Something that is known to whoever deploys, and not to the files.

    Attributes:
        name: Name of the variable, or what stands for it.
        default: What holds without it; None if it must be set.
        source: Where it comes from.
    """

    name: str
    default: str | None = None
    source: Source = "variable"


@dataclass(frozen=True)
class OutputRef:
    """An output of another resource of the file, by its path there."""

    resource: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Mixed:
    """Text with references in it."""

    parts: tuple[str | EnvRef | OutputRef, ...]


class Resolver:
    """Resolves the references of one file.

    Args:
        root: The whole file, after merging.
        foreign: Resources that are not converted, whose outputs nobody here knows.
        faults: Gets what can't be resolved, so that the rest is read all the same; without it the
            first such reference raises.

    Attributes:
        used: Paths of the `vars` that were asked for.
    """

    def __init__(
        self, root: Node, foreign: Collection[str] = (), faults: Faults | None = None
    ) -> None:
        self._root = root
        self._faults = faults
        self._foreign = foreign
        self.used: set[str] = set()

    def resolve(self, node: Node, this: str | None = None) -> Node:
        """The same tree without references that the files can answer.

        Args:
            node: What to resolve.
            this: Name of the resource that it belongs to.

        Raises:
            ConvertError: A reference leads nowhere, or to itself.
        """
        return self._resolve(node, this, ())

    def _resolve(self, node: Node, this: str | None, above: tuple[str, ...]) -> Node:
        if isinstance(node.value, dict):
            inner = {key: self._resolve(item, this, above) for key, item in node.value.items()}
            return replace(node, value=inner)
        if isinstance(node.value, list):
            return replace(node, value=[self._resolve(item, this, above) for item in node.value])
        if isinstance(node.value, Layers):
            base = self._resolve(node.value.base, this, above)
            return merge(base, self._resolve(node.value.over, this, above))
        if isinstance(node.value, str) and "${" in node.value:
            return replace(node, value=self._text_or_fault(node, this, above))
        return node

    def _text_or_fault(self, node: Node, this: str | None, above: tuple[str, ...]) -> Any:
        try:
            return self._text(node, this, above)
        except ConvertError as error:
            if self._faults is None:
                raise
            for fault in error.faults:
                self._faults.add(fault.place, fault.reason)
            return EnvRef("unresolved")

    def _text(self, node: Node, this: str | None, above: tuple[str, ...]) -> Any:
        text: str = node.value
        whole = _REFERENCE.fullmatch(text.strip())
        if whole:
            return self._answer(whole[1].strip(), node, this, above)
        parts: list[str | EnvRef | OutputRef] = []
        end = 0
        for match in _REFERENCE.finditer(text):
            parts.append(text[end : match.start()])
            parts += _as_parts(self._answer(match[1].strip(), node, this, above), node, match[0])
            end = match.end()
        parts.append(text[end:])
        return _joined(parts)

    def _answer(self, inside: str, node: Node, this: str | None, above: tuple[str, ...]) -> Any:
        if inside in above:
            raise _fault(node, f"${{{inside}}} refers to itself")
        call = _CALL.match(inside)
        if call:
            return self._called(call[1], call[2], inside, node, this, above)
        if re.search(r"[+?|&=<>!*'\"]|\s-\s", inside):
            raise _fault(node, f"${{{inside}}} can't be converted: it computes, write its value")
        head, *path = _steps(inside) or [""]
        if head == "vars":
            self.used.add(".".join(path))
            return self._known(self._root.get("vars"), path, inside, node, this, above)
        if head == "this" and this is not None:
            return self._of_resource(this, path, inside, node, above)
        if head == "resources" and path:
            return self._of_resource(path[0], path[1:], inside, node, above)
        raise _fault(node, f"${{{inside}}} can't be resolved")

    def _of_resource(
        self, name: str, path: list[str], inside: str, node: Node, above: tuple[str, ...]
    ) -> Any:
        resource = (self._root.get("resources") or self._root).get(name)
        if resource is None or not path:
            raise _fault(node, f"${{{inside}}} can't be resolved: there is no resource {name!r}")
        if path == ["name"]:
            return name
        if path == ["access"] and resource.get("access") is None:
            return self._known(self._root, path, inside, node, name, above)
        if path[0] in ("output", "outputs"):
            if name in self._foreign:
                return EnvRef(".".join([name, *path[1:]]), source="output")
            return OutputRef(name, tuple(path[1:]))
        return self._known(resource, path, inside, node, name, above)

    def _known(
        self,
        start: Node | None,
        path: list[str],
        inside: str,
        node: Node,
        this: str | None,
        above: tuple[str, ...],
    ) -> Any:
        found = start
        for step in path:
            if found is not None and isinstance(found.value, list) and step.isdecimal():
                found = found.value[int(step)] if int(step) < len(found.value) else None
            else:
                found = found.get(step) if found is not None else None
            if found is not None and isinstance(found.value, (str, Layers)):
                found = self._resolve(found, this, (*above, inside))
        if found is None or not path:
            raise _fault(node, f"${{{inside}}} can't be resolved: it is not in the file")
        return self._resolve(found, this, (*above, inside)).value

    def _called(
        self,
        function: str,
        inner: str,
        inside: str,
        node: Node,
        this: str | None,
        above: tuple[str, ...],
    ) -> Any:
        if function == "json":
            nested = _CALL.match(inner.strip())
            text = (
                self._called(nested[1], nested[2], inside, node, this, above)
                if nested
                else next(iter(_arguments(inner)), "")
            )
            return self._json(text, inside, node)
        if function == "str" and re.fullmatch(r"\s*(vars|this|resources)\..*", inner):
            found = self._answer(inner.strip(), node, this, above)
            (part,) = _as_parts(found, node, f"${{{inside}}}")[:1]
            return found if isinstance(found, (EnvRef, OutputRef, Mixed)) else part
        arguments = _arguments(inner)
        if not arguments or not arguments[0]:
            raise _fault(node, f"${{{inside}}} names nothing")
        name = arguments[0]
        if function == "env" and not re.fullmatch(r"[\w.-]+", name):
            raise _fault(node, f"${{{inside}}} can't be converted: it computes, write its value")
        if function == "env":
            return EnvRef(name, arguments[1] if len(arguments) > 1 else None)
        if function == "secret":
            return EnvRef(name, source="secret")
        if function == "config":
            if name.lower() != "accountid":
                raise _fault(
                    node,
                    f"${{{inside}}} can't be converted: keys belong to the credentials, not into "
                    "a program",
                )
            return EnvRef("ACCOUNT_ID", source="account")
        if function == "path":
            return str(_beside(node, name).resolve())
        if function == "file":
            return self._file(name, inside, node)
        raise _fault(node, f"${{{inside}}} can't be resolved: there is no function {function!r}")

    def _file(self, name: str, inside: str, node: Node) -> str:
        try:
            return _beside(node, name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _fault(node, f"${{{inside}}} can't be resolved: {name} can't be read") from error

    def _json(self, text: Any, inside: str, node: Node) -> Any:
        try:
            data = json.loads(text)
        except (TypeError, ValueError) as error:
            raise _fault(node, f"${{{inside}}} can't be resolved: it is no JSON") from error
        return _nodes(data, node).value


def _nodes(data: Any, like: Node) -> Node:
    if isinstance(data, dict):
        return replace(like, value={str(key): _nodes(item, like) for key, item in data.items()})
    if isinstance(data, list):
        return replace(like, value=[_nodes(item, like) for item in data])
    return replace(like, value=data)


def _beside(node: Node, name: str) -> Path:
    """A path as it is meant: from the folder of the file that names it, also of an extended one."""
    return Path(node.place.file).parent / name


def _steps(inside: str) -> list[str]:
    """`a.b[0].c` as its steps."""
    return [step for step in re.split(r"[.\[\]]", inside) if step]


def _arguments(inner: str) -> list[str]:
    found = []
    rest = inner
    while rest.strip():
        match = _ARGUMENT.match(rest)
        assert match is not None, "the last alternative matches anything"
        double, single, bare = match.groups()
        quoted = double if double is not None else single
        found.append(bare.strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
        rest = rest[match.end() :]
    return found


def _as_parts(value: Any, node: Node, written: str) -> list[str | EnvRef | OutputRef]:
    if isinstance(value, Mixed):
        return list(value.parts)
    if isinstance(value, (EnvRef, OutputRef)):
        return [value]
    if isinstance(value, (dict, list)) or value is None:
        raise _fault(node, f"{written} is no text and can't stand inside one")
    return [plain_text(value)]


def _joined(parts: list[str | EnvRef | OutputRef]) -> Any:
    whole: list[str | EnvRef | OutputRef] = []
    for part in parts:
        if isinstance(part, str) and whole and isinstance(whole[-1], str):
            whole[-1] += part
        elif part != "":
            whole.append(part)
    if all(isinstance(part, str) for part in whole):
        return "".join(map(str, whole))
    return Mixed(tuple(whole))


def plain_text(value: Any) -> str:
    """A scalar as text, as JavaScript writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _fault(node: Node, reason: str) -> ConvertError:
    return ConvertError([Fault(node.place, reason)])
