"""Where each field of an agent went: the tables of `MIGRATION.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .agent import AgentFile
from .program import AgentPlan
from .references import OutputRef
from .values import (
    Choice,
    Items,
    Late,
    Origin,
    Plain,
    Record,
    Setting,
    Template,
    Value,
    When,
)


@dataclass(frozen=True)
class Row:
    """Where one field went.

    Attributes:
        path: The field of `s.yaml`.
        argument: The argument of the program.
        where: Whether the program or the configuration has it.
    """

    path: str
    argument: str
    where: str


def rows(agent: AgentPlan, files: Iterable[AgentFile]) -> list[Row]:
    """Every field of an agent, in the order of the program.

    Args:
        agent: The agent as the program has it.
        files: The agent as each of the files has it.
    """
    found = list(dict.fromkeys(_rows(agent.arguments, "")))
    known = {row.path for row in found}
    for file in files:
        for path, is_empty in _fields(file.arguments):
            if path not in known:
                known.add(path)
                found.append(_inside(path, found, is_empty=is_empty))
    return found


def cell(text: str) -> str:
    """Text that a cell of a table can hold."""
    return " ".join(text.split()).replace("|", "\\|")


def _inside(path: str, found: Iterable[Row], *, is_empty: bool) -> Row:
    """A field that went the way of the object that it is in; what is empty has no place."""
    around = [row for row in found if path.startswith((f"{row.path}.", f"{row.path}["))]
    assert around or is_empty, f"{path} went nowhere"
    if not around:
        return Row(path, "", "nowhere: it is empty in one of the files")
    nearest = max(around, key=lambda row: len(row.path))
    return Row(path, nearest.argument, nearest.where)


def _fields(value: Value) -> Iterator[tuple[str, bool]]:
    """Paths of the scalars in a value of a file and of what is empty, and whether it is."""
    inner: Iterable[Value] = ()
    if isinstance(value, Record):
        inner = value.fields.values()
    elif isinstance(value, Items):
        inner = value.items
    if inner:
        for item in inner:
            yield from _fields(item)
    elif isinstance(value, (Plain, Late, Items, Record)) and value.origin is not None:
        yield value.origin.path, isinstance(value, (Items, Record))


def _rows(value: Value, argument: str) -> Iterator[Row]:
    if isinstance(value, Record) and value.fields:
        for name, item in value.fields.items():
            if value.type:
                inner = f"{argument}.{name}" if argument else name
            else:
                inner = f"{argument}[{name}]" if name != "**" else argument
            yield from _rows(item, inner)
        return
    if isinstance(value, Items) and value.items:
        for number, item in enumerate(value.items):
            yield from _rows(item, f"{argument}[{number}]")
        return
    if isinstance(value, When):
        where = f"in {', '.join(f'`{stack}`' for stack in value.stacks)} only"
        if value.key:
            where += f", switched on by `{value.key}`"
        for row in _rows(value.value, argument):
            yield Row(row.path, row.argument, f"{row.where}; {where}")
        return
    if isinstance(value, Choice):
        for stacks, option in value.options:
            for row in _rows(option, argument):
                yield Row(row.path, row.argument, f"{row.where}; in {', '.join(stacks)}")
        return
    origin: Origin | None = getattr(value, "origin", None)
    if origin is not None:
        yield Row(origin.path, argument, _destination(value))


def _destination(value: Value) -> str:
    if isinstance(value, (Plain, Items, Record)):
        return "program, the same in all stacks"
    if isinstance(value, Setting):
        kind = "secret setting" if value.secret else "setting"
        return f"{kind} `{value.key}` of the stacks"
    assert isinstance(value, Template), "the other values have no place of their own"
    keys = [f"`{part.key}`" for part in value.parts if isinstance(part, Setting)]
    others = [f"output of {part.resource}" for part in value.parts if isinstance(part, OutputRef)]
    named = ["the stack's name"] if not keys and not others else []
    return f"program, with {', '.join([*keys, *others, *named])}"
