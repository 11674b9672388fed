"""The text of `__main__.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .factoring import MORE
from .keys import camel, snake
from .layout import WIDTH, Entry, Group, Piece, Text, in_f_string, lay_out, literal, quote_for
from .references import OutputRef
from .values import (
    Choice,
    Items,
    Plain,
    Record,
    Setting,
    StackName,
    Template,
    Value,
    When,
)

_GETTERS = {
    "text": "",
    "whole": "_int",
    "number": "_float",
    "flag": "_bool",
    "object": "_object",
}


@dataclass(frozen=True)
class AgentPlan:
    """One agent of the program.

    Attributes:
        name: Its name in the stack: the key of the resource.
        arguments: Its arguments.
        stacks: The stacks that have it; empty: all.
        notes: Comments above it.
        endpoint_names: Names of its endpoints, where they are known.
        variable: Its variable in the program, which no other agent has.
    """

    name: str
    arguments: Record
    stacks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    endpoint_names: tuple[str, ...] = ()
    variable: str = "agent"


@dataclass
class Program:
    """Writes the program.

    Args:
        agents: The agents, each after those that it refers to.
        title: First line of its docstring.
        adopt: Whether it takes over what exists.
    """

    agents: Sequence[AgentPlan]
    title: str
    adopt: bool = False
    _before: list[str] = field(default_factory=list)
    _uses: set[str] = field(default_factory=set)
    _names: set[str] = field(default_factory=set)
    _columns: int = WIDTH

    def text(self) -> str:
        """The whole file."""
        self._names = {agent.variable for agent in self.agents}
        blocks = [self._agent(agent) for agent in self.agents]
        if self.adopt:
            blocks.insert(0, _ADOPTING)
        blocks += [self._exports()]
        head = [f'"""{self.title}"""', "import pulumi\nimport pulumi_agentrun as agentrun"]
        settings = []
        if "config" in self._uses:
            settings.append("config = pulumi.Config()")
        if "stack" in self._uses:
            settings.append("stack = pulumi.get_stack()")
        if settings:
            head.append("\n".join(settings))
        return "\n\n".join([*head, *(block for block in blocks if block)]) + "\n"

    def _agent(self, agent: AgentPlan) -> str:
        self._before = []
        # What only some stacks have is indented in the end.
        self._columns = WIDTH - 4 if agent.stacks else WIDTH
        place = agent.variable if len(self.agents) > 1 else ""
        environment = agent.arguments.fields.get("environment_variables")
        entries = [Entry(Text(literal(agent.name)))]
        for name, value in agent.arguments.fields.items():
            if name == "environment_variables" and isinstance(environment, Record):
                piece = self._environment(environment, place)
            else:
                piece = self._piece(value, (place, name))
            entries.append(Entry(piece, f"{name}=", _notes(value)))
        entries += self._always()
        call = self._lay_out(
            Group("agentrun.Agent(", entries, broken=True), before=f"{agent.variable} = "
        )
        notes = "".join(f"# {note}\n" for note in agent.notes)
        whole = [*self._before, f"{notes}{call}"]
        if not agent.stacks:
            return "\n\n".join(whole)
        body = "\n".join(whole)
        return f"if {self._is_stack(agent.stacks)}:\n{_indented(body)}"

    def _always(self) -> list[Entry]:
        found = [
            Entry(
                Text("False"),
                "publish=",
                ("Like `s deploy`: every deployment reaches the endpoints on LATEST at once.",),
            )
        ]
        if self.adopt:
            found.append(Entry(Text('"retain" if adopting else None'), "deletion_policy="))
        return found

    def _environment(self, value: Record, place: str) -> Piece:
        """The environment; with entries that some stacks have it becomes a variable."""
        some = {k: v for k, v in value.fields.items() if isinstance(v, When)}
        rest = Record("", {k: v for k, v in value.fields.items() if k not in some})
        more = rest.fields.get(MORE)
        if not some and isinstance(more, Setting) and len(rest.fields) == 1:
            return self._setting(more)
        piece = self._piece(rest, (place, "environment_variables"))
        if not some:
            return piece
        name = self._name(place, "environment_variables")
        annotated = f"{name}: dict[str, pulumi.Input[str]] = "
        lines = [self._lay_out(piece, before=annotated)]
        for key, when in some.items():
            inner = self._piece(when.value, (place, key))
            lines.append(f"if {self._is_stack(when.stacks)}:")
            lines.append(self._lay_out(inner, indent=4, before=f"{name}[{literal(key)}] = "))
        self._before.append("\n".join(lines))
        return Text(name)

    def _piece(self, value: Value, path: tuple[str, ...]) -> Piece:
        if isinstance(value, Plain):
            return Text(literal(value.value))
        if isinstance(value, Setting):
            return self._setting(value)
        if isinstance(value, Template):
            return self._template(value)
        if isinstance(value, Items):
            entries = [
                Entry(self._piece(item, (*path, str(index + 1))), "", _notes(item))
                for index, item in enumerate(value.items)
            ]
            return Group("[", entries, "]")
        if isinstance(value, Record):
            return self._record(value, path)
        if isinstance(value, When):
            return self._when(value, path)
        if isinstance(value, Choice):
            return self._choice(value, path)
        raise AssertionError("references were resolved by then")

    def _record(self, value: Record, path: tuple[str, ...]) -> Piece:
        entries = []
        for name, item in value.fields.items():
            if name == MORE and isinstance(item, Setting):
                more = self._setting(item)
                assert isinstance(more, Group), "a call"
                entries.append(Entry(Text(f"**({_call(more)} or {{}})")))
                continue
            before = f"{name}=" if value.type else f"{literal(name)}: "
            entries.append(Entry(self._piece(item, (*path, name)), before, _notes(item)))
        if value.type:
            return Group(f"agentrun.{value.type}(", entries)
        return Group("{", entries, "}")

    def _setting(self, value: Setting) -> Group:
        self._uses.add("config")
        getter = "require" if value.required else "get"
        secret = "_secret" if value.secret else ""
        call = f"config.{getter}{secret}{_GETTERS[value.kind]}("
        return Group(call, [Entry(Text(literal(value.key)))])

    def _template(self, value: Template) -> Piece:
        late = any(
            isinstance(part, OutputRef) or (isinstance(part, Setting) and part.secret)
            for part in value.parts
        )
        if len(value.parts) == 1:
            return self._part(value.parts[0])
        if late:
            return Group("pulumi.Output.concat(", [Entry(self._part(p)) for p in value.parts])
        quote = quote_for("".join(part for part in value.parts if isinstance(part, str)))
        text = ""
        for part in value.parts:
            if isinstance(part, str):
                text += in_f_string(part, quote)
            else:
                inner = self._part(part)
                call = _call(inner) if isinstance(inner, Group) else inner.text
                # Before Python 3.12 the outer quotes can't be used inside.
                text += "{" + call.replace('"', "'" if quote == '"' else '"') + "}"
        return Text(f"f{quote}{text}{quote}")

    def _part(self, part: str | Setting | StackName | OutputRef) -> Piece:
        if isinstance(part, str):
            return Text(literal(part))
        if isinstance(part, Setting):
            return self._setting(part)
        if isinstance(part, StackName):
            self._uses.add("stack")
            return Text("stack")
        return Text(output_expression(part, self.agents) or "None")

    def _when(self, value: When, path: tuple[str, ...]) -> Piece:
        name = self._name(*path)
        inner = self._piece(value.value, path)
        if value.key:
            self._uses.add("config")
            condition = f"config.get_bool({literal(value.key)})"
        else:
            condition = self._is_stack(value.stacks)
        assign = self._lay_out(inner, indent=4, before=f"{name} = ")
        self._before.append(f"{name} = None\nif {condition}:\n{assign}")
        return Text(name)

    def _choice(self, value: Choice, path: tuple[str, ...]) -> Piece:
        name = self._name(*path)
        none = " | None = None" if value.optional else ""
        lines = [f"{name}: {_annotation(value)}{none}"]
        for index, (stacks, option) in enumerate(value.options):
            inner = self._piece(option, path)
            last = value.complete and index == len(value.options) - 1
            condition = f"{'elif' if index else 'if'} {self._is_stack(stacks)}:"
            lines.append("else:" if last else condition)
            lines.append(self._lay_out(inner, indent=4, before=f"{name} = "))
        self._before.append("\n".join(lines))
        return Text(name)

    def _lay_out(self, piece: Piece, *, indent: int = 0, before: str = "") -> str:
        return lay_out(piece, indent=indent, before=before, columns=self._columns)

    def _name(self, *path: str) -> str:
        """A variable for an argument, which nothing else has."""
        wanted = snake(*path)
        name, number = wanted, 2
        while name in self._names:
            name, number = f"{wanted}_{number}", number + 1
        self._names.add(name)
        return name

    def _is_stack(self, stacks: Sequence[str]) -> str:
        self._uses.add("stack")
        if len(stacks) == 1:
            return f"stack == {literal(stacks[0])}"
        return f"stack in ({', '.join(map(literal, stacks))})"

    def _exports(self) -> str:
        lines = []
        for agent in self.agents:
            prefix = agent.variable if len(self.agents) > 1 else ""
            own = [self._export(prefix, "runtimeId", f"{agent.variable}.runtime_id")]
            if agent.endpoint_names or not isinstance(
                agent.arguments.fields.get("endpoints"), Items
            ):
                own.append(self._export(prefix, "urls", f"{agent.variable}.urls"))
            if agent.stacks:
                inner = "\n".join(f"    {line}" for line in own)
                own = [f"if {self._is_stack(agent.stacks)}:\n{inner}"]
            lines += own
        return "\n".join(lines)

    def _export(self, prefix: str, name: str, value: str) -> str:
        return f"pulumi.export({literal(camel(prefix, name) if prefix else name)}, {value})"


_ADOPTING = (
    "# While this is set, what exists is taken over, and `pulumi destroy` leaves it alone.\n"
    'adopting = pulumi.Config("agentrun").get_bool("adopt")'
)

_OUTPUTS = {
    "id": "runtime_id",
    "arn": "arn",
    "name": "name",
    "version": "version",
    "status": "status",
}
_ENDPOINT_OUTPUTS = {"url": "urls", "id": "endpoint_ids", "arn": "endpoint_arns"}


def output_expression(reference: OutputRef, agents: Iterable[AgentPlan]) -> str | None:
    """How the program writes an output of another agent; None if there is no such output.

    The shape is that of the component's own output (section 9.2).
    """
    agent = next((each for each in agents if each.name == reference.resource), None)
    if agent is None:
        return None
    path = reference.path[1:] if reference.path[:1] == ("agent",) else reference.path
    if len(path) == 1 and path[0] in _OUTPUTS:
        return f"{agent.variable}.{_OUTPUTS[path[0]]}"
    if len(path) == 3 and path[0] == "endpoints" and path[2] in (*_ENDPOINT_OUTPUTS, "name"):
        names = agent.endpoint_names
        if not path[1].isdecimal() or int(path[1]) >= len(names):
            return None
        name = literal(names[int(path[1])])
        if path[2] == "name":
            return name
        # An address may be missing as far as types know.
        text = ".apply(str)" if path[2] == "url" else ""
        return f"{agent.variable}.{_ENDPOINT_OUTPUTS[path[2]]}[{name}]{text}"
    return None


def _annotation(value: Choice) -> str:
    """The type of what stacks have in different shapes: mypy would take that of the first."""
    found: list[Value] = [option for _, option in value.options]
    several = any(isinstance(option, Items) for option in found)
    if several:
        found = [item for option in found if isinstance(option, Items) for item in option.items]
    types = {item.type for item in found if isinstance(item, Record) and item.type}
    one = f"agentrun.{types.pop()}" if len(types) == 1 else "pulumi.Input[str]"
    return f"list[{one}]" if several else one


def _notes(value: Value) -> tuple[str, ...]:
    origin = getattr(value, "origin", None)
    return tuple(origin.notes) if origin else ()


def _call(piece: Piece) -> str:
    assert isinstance(piece, Group), "a call"
    inner = ", ".join(e.value.text for e in piece.entries if isinstance(e.value, Text))
    return f"{piece.opening}{inner}{piece.closing}"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.splitlines())
