"""What an argument of the program can be, before and after files are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .failures import Place
from .references import EnvRef, OutputRef

Kind = Literal["text", "whole", "number", "flag"]
"""Type of a scalar: text, whole number, number, true or false."""


@dataclass(frozen=True)
class Origin:
    """Where a value came from.

    Attributes:
        path: Its path in the resource, `agent.vpcConfig.vpcId`.
        place: File and line.
        notes: Comments beside it.
    """

    path: str
    place: Place
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plain:
    """A scalar that the file tells."""

    value: str | int | float | bool
    secret: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Late:
    """A scalar that is known at deployment only: text with references in it.

    Attributes:
        parts: The text.
        kind: Its type, once it is known.
        secret: Whether it is one.
        hidden: Whether text in it is a secret already, which must not be repeated anywhere.
        origin: Where it came from.
    """

    parts: tuple[str | EnvRef | OutputRef, ...]
    kind: Kind = "text"
    secret: bool = False
    hidden: bool = False
    origin: Origin | None = field(default=None, compare=False)

    @property
    def variables(self) -> tuple[EnvRef, ...]:
        """The variables of the environment in it."""
        return tuple(part for part in self.parts if isinstance(part, EnvRef))

    @property
    def outputs(self) -> tuple[OutputRef, ...]:
        """The outputs of other resources in it."""
        return tuple(part for part in self.parts if isinstance(part, OutputRef))


@dataclass(frozen=True)
class Setting:
    """A scalar or object that comes from the stack's configuration.

    Attributes:
        key: Its key in the project's configuration.
        kind: Its type; `object` for structured values.
        required: Whether every stack must have it.
        secret: Whether it is encrypted.
    """

    key: str
    kind: Kind | Literal["object"]
    required: bool = True
    secret: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True)
class StackName:
    """The name of the stack, inside a text."""


@dataclass(frozen=True)
class Template:
    """Text put together in the program."""

    parts: tuple[str | Setting | StackName | OutputRef, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Items:
    """A list."""

    items: tuple[Value, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Record:
    """An object with named arguments, or a map if it has no type.

    Attributes:
        type: Name of the class in the SDK; empty for a map with free keys.
        fields: Its arguments in order.
    """

    type: str
    fields: Mapping[str, Value]
    origin: Origin | None = field(default=None, compare=False)

    def __hash__(self) -> int:
        return hash((self.type, tuple(self.fields.items())))


@dataclass(frozen=True)
class When:
    """Something that only some stacks have.

    Attributes:
        value: What it is there.
        key: A flag of the configuration that switches it on; empty: the stacks are named.
        stacks: The stacks that have it.
    """

    value: Value
    key: str
    stacks: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """Something that every stack has in a shape of its own.

    Attributes:
        options: What it is, by stacks.
        complete: Whether all stacks of the program have it.
        optional: Whether it may be missing in a stack that asks for it.
    """

    options: tuple[tuple[tuple[str, ...], Value], ...]
    complete: bool = False
    optional: bool = False


Value = Plain | Late | Setting | Template | Items | Record | When | Choice


def leaves(value: Value) -> Iterator[Plain | Late]:
    """The scalars in a value, as they are in a file."""
    if isinstance(value, (Plain, Late)):
        yield value
    elif isinstance(value, Items):
        for item in value.items:
            yield from leaves(item)
    elif isinstance(value, Record):
        for item in value.fields.values():
            yield from leaves(item)


def data_of(value: Value) -> object:
    """A value without references and secrets as plain data, by the names of the SDK."""
    if isinstance(value, Plain):
        return value.value
    if isinstance(value, Items):
        return [data_of(item) for item in value.items]
    assert isinstance(value, Record), "only what a file tells can be written down"
    return {name: data_of(item) for name, item in value.fields.items()}


def is_open(value: Value) -> bool:
    """Whether a value can be written into a configuration file: no reference and no secret."""
    return all(isinstance(leaf, Plain) and not leaf.secret for leaf in leaves(value))
