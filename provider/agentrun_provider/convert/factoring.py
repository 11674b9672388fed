"""Compare the files: what is the same in all stays in the program, the rest becomes settings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .keys import Keys, camel
from .references import EnvRef, OutputRef, plain_text
from .values import (
    Choice,
    Items,
    Kind,
    Late,
    Origin,
    Plain,
    Record,
    Setting,
    StackName,
    Template,
    Value,
    When,
    data_of,
    is_open,
    leaves,
)

Path = tuple[str, ...]
Variants = Mapping[str, Value]


@dataclass(frozen=True)
class Entry:
    """One value in the configuration of one stack.

    Attributes:
        key: Its key; with a namespace if it is not the project's own.
        value: The value; None if it has to be set before the first deployment.
        secret: Whether it is encrypted.
        shell: What to set it to, as a shell writes it; empty if a person has to give it.
        origin: Where it came from.
        hint: What a person has to give, if the shell can't.
    """

    key: str
    value: Any
    secret: bool = False
    shell: str = ""
    origin: Origin | None = None
    hint: str = ""


@dataclass
class Factoring:
    """Makes one value out of the values of all stacks, and collects what the stacks are to set.

    Attributes:
        stacks: All stacks, in order.
        entries: Configuration by stack and key.
    """

    stacks: Sequence[str]
    entries: dict[str, dict[str, Entry]] = field(default_factory=dict)
    keys: Keys = field(default_factory=Keys)

    def __post_init__(self) -> None:
        for stack in self.stacks:
            self.entries.setdefault(stack, {})

    def set(self, stack: str, entry: Entry) -> None:
        """Give a stack a value."""
        self.entries[stack].setdefault(entry.key, entry)

    def record(self, path: Path, variants: Mapping[str, Record], of: Sequence[str]) -> Record:
        """Factor objects of the same type that all of some stacks have.

        Args:
            path: Where the object is: name of the agent if there are several, then arguments.
            variants: The object in each of the stacks.
            of: These stacks.
        """
        first = variants[of[0]]
        if not first.type:
            return self._mapping(path, variants, of)
        names = list(dict.fromkeys(name for stack in of for name in variants[stack].fields))
        whole = {}
        for name in names:
            inner = _having(name, variants, of)
            whole[name] = self.value((*path, name), inner, of)
        return Record(first.type, whole, first.origin)

    def value(self, path: Path, variants: Variants, of: Sequence[str]) -> Value:
        """Factor whatever the stacks have in one place; some may have nothing there."""
        present = [stack for stack in of if stack in variants]
        found = [variants[stack] for stack in present]
        everywhere = len(present) == len(of)
        if path[-1:] == ("environment_variables",) and all(isinstance(v, Record) for v in found):
            empty = Record("", {})
            padded: dict[str, Any] = {stack: variants.get(stack, empty) for stack in of}
            return self._mapping(path, padded, of)
        if everywhere and all(value == found[0] for value in found):
            return self._same(path, found, of)
        if all(isinstance(value, (Plain, Late)) for value in found):
            return self._scalar(path, variants, present, everywhere=everywhere)
        types = {(type(value), getattr(value, "type", "")) for value in found}
        if everywhere and len(types) == 1 and isinstance(found[0], Record):
            records: dict[str, Any] = dict(variants)
            return self.record(path, records, of)
        if everywhere and types == {(Items, "")} and _side_by_side(found):
            return self._items(path, variants, of)
        if all(is_open(value) for value in found):
            return self._object(path, variants, present, everywhere=everywhere)
        if len(types) == 1 and not everywhere:
            return self._optional(path, variants, present)
        return self._choice(path, variants, of, everywhere=everywhere)

    def _same(self, path: Path, found: Sequence[Value], of: Sequence[str]) -> Value:
        """What all stacks have alike; only what is late or secret leaves the program."""
        first = found[0]
        if isinstance(first, Record):
            same: dict[str, Any] = dict(zip(of, found, strict=True))
            return self.record(path, same, of)
        if isinstance(first, Items):
            return self._items(path, dict(zip(of, found, strict=True)), of)
        if isinstance(first, Plain):
            if not first.secret:
                return first
            return self._setting(path, dict(zip(of, found, strict=True)), of, required=True)
        assert isinstance(first, Late), "files hold nothing else"
        if first.hidden:
            return self._setting(path, dict(zip(of, found, strict=True)), of, required=True)
        return self._late(path, first, of)

    def _items(self, path: Path, variants: Variants, of: Sequence[str]) -> Items:
        lists = {stack: _items_of(variants[stack]) for stack in of}
        first = variants[of[0]]
        assert isinstance(first, Items), "checked by the caller"
        whole = []
        for index, item in enumerate(first.items):
            name = item.fields.get("name") if isinstance(item, Record) else None
            step = str(name.value) if isinstance(name, Plain) else str(index + 1)
            inner = {stack: lists[stack][index] for stack in of}
            whole.append(self.value((*path, step), inner, of))
        return Items(tuple(whole), first.origin)

    def _mapping(self, path: Path, variants: Mapping[str, Record], of: Sequence[str]) -> Record:
        """Factor maps with free keys; those that only some stacks have become one setting."""
        whole: dict[str, Value] = {}
        extra: dict[str, dict[str, Any]] = {}
        names = list(dict.fromkeys(name for stack in of for name in variants[stack].fields))
        for name in names:
            inner = _having(name, variants, of)
            if len(inner) == len(of):
                whole[name] = self.value((*path, name), inner, of)
            elif all(is_open(value) for value in inner.values()):
                for stack, value in inner.items():
                    extra.setdefault(stack, {})[name] = plain_text(data_of(value))
            else:
                some = [stack for stack in of if stack in inner]
                value = self.value((*path, name), inner, some)
                whole[name] = When(value, "", tuple(some))
        origin = next((v.origin for v in variants.values() if v.origin), None)
        if extra:
            key = self._key(path)
            for stack, data in extra.items():
                self.set(stack, Entry(key, data, origin=origin))
            whole[MORE] = Setting(key, "object", required=False, origin=origin)
        return Record("", whole, origin)

    def _scalar(
        self, path: Path, variants: Variants, present: Sequence[str], *, everywhere: bool
    ) -> Value:
        by_name = self._by_stack_name(variants) if everywhere else None
        if by_name is not None:
            return by_name
        if any(isinstance(value, Late) and value.outputs for value in variants.values()):
            return self._choice(path, variants, present, everywhere=everywhere)
        return self._setting(path, variants, present, required=everywhere)

    def _by_stack_name(self, variants: Variants) -> Template | None:
        """The text that every stack's value is, with the name of the stack in one place of it."""
        texts = set()
        for stack, value in variants.items():
            if not isinstance(value, Plain) or value.secret or not isinstance(value.value, str):
                return None
            # Not inside another word: `dev` is not meant by `device`.
            pattern = rf"(?<![A-Za-z0-9]){re.escape(stack)}(?![A-Za-z0-9])"
            texts.add(re.sub(pattern, "\0", value.value))
        text = texts.pop()
        if texts or "\0" not in text or len(variants) < 2:
            return None
        parts: list[str | Setting | StackName | OutputRef] = []
        for index, piece in enumerate(text.split("\0")):
            parts += ([StackName()] if index else []) + ([piece] if piece else [])
        first = next(iter(variants.values()))
        assert isinstance(first, Plain), "checked above"
        return Template(tuple(parts), first.origin)

    def _setting(
        self, path: Path, variants: Variants, present: Sequence[str], *, required: bool
    ) -> Setting:
        values: list[Plain | Late] = [v for v in variants.values() if isinstance(v, (Plain, Late))]
        names = {late.variables[0].name for late in values if isinstance(late, Late)}
        secret = any(value.secret for value in values)
        only_late = all(isinstance(value, Late) and len(value.parts) == 1 for value in values)
        key = self._variable_key(names.pop()) if only_late and len(names) == 1 else self._key(path)
        for stack in present:
            value = variants[stack]
            assert isinstance(value, (Plain, Late)), "settings are made of scalars"
            self.set(stack, _entry(key, value, secret=secret))
        return Setting(key, _kind(values), required, secret, values[0].origin)

    def _late(self, path: Path, value: Late, of: Sequence[str]) -> Value:
        """Text with references that all stacks have alike: each variable is a setting."""
        parts: list[str | Setting | StackName | OutputRef] = []
        alone = len(value.parts) == 1
        for part in value.parts:
            if not isinstance(part, EnvRef):
                parts.append(part)
                continue
            key = self._variable_key(part.name)
            kind: Kind = value.kind if alone else "text"
            for stack in of:
                one = Late((part,), kind, value.secret, origin=value.origin)
                self.set(stack, _entry(key, one, secret=value.secret))
            parts.append(Setting(key, kind, True, value.secret, value.origin))
        only = parts[0]
        if alone and isinstance(only, Setting):
            return only
        return Template(tuple(parts), value.origin)

    def _object(
        self, path: Path, variants: Variants, present: Sequence[str], *, everywhere: bool
    ) -> Setting:
        key = self._key(path)
        found = (getattr(variants[stack], "origin", None) for stack in present)
        origin = next((each for each in found if each is not None), None)
        for stack in present:
            self.set(stack, Entry(key, data_of(variants[stack]), origin=origin))
        return Setting(key, "object", everywhere, origin=origin)

    def _optional(self, path: Path, variants: Variants, present: Sequence[str]) -> When:
        inner = self.value(path, {stack: variants[stack] for stack in present}, present)
        key = self._key((*path, ""))
        for stack in present:
            self.set(stack, Entry(key, True))
        return When(inner, key, tuple(present))

    def _choice(
        self, path: Path, variants: Variants, of: Sequence[str], *, everywhere: bool
    ) -> Value:
        alike: list[list[str]] = []
        for stack in of:
            if stack in variants:
                group = next((g for g in alike if variants[g[0]] == variants[stack]), None)
                if group is None:
                    alike.append([stack])
                else:
                    group.append(stack)
        options: list[tuple[tuple[str, ...], Value]] = []
        for group in alike:
            inner = {stack: variants[stack] for stack in group}
            options.append((tuple(group), self.value((*path, *group), inner, group)))
        complete = everywhere and set(of) == set(self.stacks)
        return Choice(tuple(options), complete, optional=not everywhere)

    def _key(self, path: Path) -> str:
        short = path[1:]
        if short and short[0] == "environment_variables" and len(short) > 1:
            short = short[1:]
        if len(short) > 1 and short[0] == "endpoints":
            short = short[1:]
        short = tuple(step for step in short if step)
        return self.keys.key(path, (camel(path[0], *short), camel(path[0] or "agent", *short)))

    def _variable_key(self, name: str) -> str:
        candidates = (camel(*name.split(".")), camel("env", name))
        return self.keys.key(("${env}", name), candidates)


MORE = "**"
"""Key of a map for a setting with more entries."""


def _entry(key: str, value: Plain | Late, *, secret: bool) -> Entry:
    if isinstance(value, Plain):
        return Entry(key, value.value, secret, "", value.origin)
    return late_entry(key, value, secret=secret)


def late_entry(key: str, value: Late, *, secret: bool) -> Entry:
    """A setting that variables of the environment told; it has a value if they have defaults."""
    defaults = [
        part.default if isinstance(part, EnvRef) else part
        for part in value.parts
        if not isinstance(part, OutputRef)
    ]
    known = None if any(part is None for part in defaults) else "".join(map(str, defaults))
    if known is not None and value.kind == "flag":
        known = known.lower()
    unknown = [each for each in value.variables if each.source != "variable"]
    shell = "" if unknown else f'"{_in_shell(value)}"'
    hint = " and ".join(dict.fromkeys(_WHENCE[each.source].format(each.name) for each in unknown))
    if hint and len(value.parts) > 1:
        hint = f"`{_in_shell(value)}`, with {hint}"
    if value.hidden:
        shell, hint = "", "text with a credential in it"
    return Entry(key, known, secret, shell, value.origin, hint)


_WHENCE = {
    "account": "the number of the account",
    "domain": "the domain that was granted (`s info` shows it), or one of your own",
    "secret": "the secret `{0}` of Serverless Devs (`s secret get --key {0}`)",
    "output": "the output `{0}` of a resource that Serverless Devs keeps (`s deploy` shows it)",
}


def _in_shell(value: Late) -> str:
    """Text with variables as it stands between double quotes of a shell."""
    text = ""
    for part in reversed(value.parts):
        if isinstance(part, EnvRef):
            if part.source != "variable":
                text = f"<{part.name}>{text}"
            elif re.match(r"\w", text):
                text = f"${{{part.name}}}{text}"
            else:
                text = f"${part.name}{text}"
        else:
            text = re.sub(r'(["\\`$])', r"\\\1", str(part)) + text
    return text


def _kind(values: Sequence[Plain | Late]) -> Kind:
    found: set[Kind] = set()
    for value in values:
        if isinstance(value, Late):
            found.add(value.kind)
        elif isinstance(value.value, bool):
            found.add("flag")
        elif isinstance(value.value, int):
            found.add("whole")
        else:
            found.add("number" if isinstance(value.value, float) else "text")
    if found <= {"whole", "number"} and "number" in found:
        return "number"
    return found.pop() if len(found) == 1 else "text"


def _having(name: str, variants: Mapping[str, Record], of: Sequence[str]) -> dict[str, Value]:
    """A field in those of the stacks that have it."""
    return {stack: variants[stack].fields[name] for stack in of if name in variants[stack].fields}


def _items_of(value: Value) -> tuple[Value, ...]:
    assert isinstance(value, Items), "checked by the caller"
    return value.items


def _side_by_side(found: Sequence[Value]) -> bool:
    """Whether lists can be compared entry by entry: objects of the same names, or references."""
    lists = [_items_of(value) for value in found]
    if len({len(items) for items in lists}) != 1:
        return False
    names = {tuple(_name(item) for item in items) for items in lists}
    if any(isinstance(item, Record) for item in lists[0]):
        return len(names) == 1
    return any(isinstance(leaf, Late) for value in found for leaf in leaves(value))


def _name(item: Value) -> object:
    return item.fields.get("name") if isinstance(item, Record) else None
