"""Note what only shows when the files are held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .agent import AgentFile
from .failures import Faults, Place
from .scalars import Trap
from .values import Plain, Record, Value, leaves


def twice(agents: Mapping[str, Mapping[str, AgentFile]]) -> list[Trap]:
    """Runtimes that two stacks would fight over, because they have one name in one region."""
    seen: dict[tuple[Value, object], str] = {}
    found = []
    for own in agents.values():
        for stack, agent in own.items():
            name = agent.arguments.fields.get("name")
            if not isinstance(name, Plain) or name.origin is None:
                continue
            other = seen.setdefault((agent.region, name.value), stack)
            if other != stack:
                found.append(
                    Trap(
                        name.origin.place,
                        f"the runtime {name.value} is deployed by {other} and by {stack} into the "
                        "same region: unless these are two accounts, it is one runtime, and the "
                        "stacks would overwrite each other",
                    )
                )
    return found


def check_names(agents: Mapping[str, Mapping[str, AgentFile]], faults: Faults) -> None:
    """Refuse two agents of one file that are one runtime, since no stack can own it twice."""
    seen: dict[tuple[str, Value, object], str] = {}
    for key, own in agents.items():
        for stack, agent in own.items():
            name = agent.arguments.fields.get("name")
            if not isinstance(name, Plain) or name.origin is None:
                continue
            other = seen.setdefault((stack, agent.region, name.value), key)
            if other != key:
                faults.add(
                    name.origin.place,
                    f"{key} and {other} have the name {name.value} in one region, so they are one "
                    "runtime, and each deployment overwrote the other: leave one of them out",
                )


def renamed(agents: Mapping[str, Mapping[str, AgentFile]], stacks: Sequence[str]) -> Iterator[Trap]:
    """Agents that no two files have: probably one agent under the key of each environment."""
    if len(stacks) < 2 or len(agents) < 2 or any(len(own) > 1 for own in agents.values()):
        return
    for name, own in agents.items():
        (agent,) = own.values()
        others = ", ".join(each for each in agents if each != name)
        yield Trap(
            _place(agent.arguments),
            f"{name} is in this file only, and the other files have {others}: if it is one agent, "
            "give it one key in all files and convert again, and the program will have one, too",
        )


def _place(record: Record) -> Place:
    first = next((leaf.origin for leaf in leaves(record) if leaf.origin), None)
    return first.place if first else Place("s.yaml", 1)
