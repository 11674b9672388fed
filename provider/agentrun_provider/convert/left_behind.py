"""What a file holds beside its agents, and what becomes of it: every field has to be accounted for.

That is `vars` and templates, which are resolved; `actions` and `flow`, which are commands; and the
resources of other components, which Serverless Devs keeps.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from .failures import Place
from .reading import Layers, Node
from .secrecy import gives_away, is_secret
from .templates import template_of

_OF_RESOURCE = re.compile(r"\$\{\s*resources\.([^.{}\[\]]+)\.([^{}]*?)\s*\}")


@dataclass(frozen=True)
class Note:
    """What became of a field that is no argument of an agent.

    Attributes:
        path: The field, from the top of the file.
        place: Where it stands.
        where: What became of it.
    """

    path: str
    place: Place
    where: str


@dataclass(frozen=True)
class Foreign:
    """A resource of another component, which stays with Serverless Devs.

    Attributes:
        name: Its key.
        component: Its component.
        place: Where it stands.
        uses: References in it to agents that are converted, with their places.
    """

    name: str
    component: str
    place: Place
    uses: tuple[tuple[str, Place], ...] = ()


def foreign(name: str, component: str, node: Node, converted: Collection[str]) -> Foreign:
    """A resource that stays, with what it asks of those that go."""
    found = []
    for _, leaf in leaves(node):
        for match in _OF_RESOURCE.finditer(leaf.value) if isinstance(leaf.value, str) else ():
            if match[1] in converted:
                found.append((match[0], leaf.place))
    return Foreign(name, component, node.place, tuple(found))


def crossing(node: Node, foreigners: Collection[str]) -> Iterator[tuple[str, Place]]:
    """References of an agent to resources that stay, with their places."""
    for _, leaf in leaves(node):
        for match in _OF_RESOURCE.finditer(leaf.value) if isinstance(leaf.value, str) else ():
            if match[1] in foreigners:
                yield match[0], leaf.place


def leaves(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Scalars, and what is empty, with their paths."""
    if isinstance(node.value, Layers):
        yield from leaves(node.value.base, path)
        yield from leaves(node.value.over, path)
    elif isinstance(node.value, dict) and node.value:
        for key, item in node.value.items():
            yield from leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(node.value, list) and node.value:
        for index, item in enumerate(node.value):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path, node


def notes_of(root: Node, agents: Mapping[str, Node], used: Collection[str]) -> Iterator[Note]:
    """What became of all that is not in the props of an agent.

    Args:
        root: The whole file.
        agents: The resources that are converted, as they are written.
        used: Paths in `vars` that something refers to.
    """
    variables = root.get("vars")
    for path, leaf in leaves(variables) if variables is not None else ():
        if any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in used):
            where = "put where it is used"
        else:
            where = "nowhere: no agent uses it"
        yield Note(f"vars.{path}", leaf.place, where)
    templates = root.get("template")
    for name, template in templates.items() if templates is not None else ():
        users = [each for each, node in agents.items() if template_of(node) == name]
        where = f"merged into {', '.join(users)}" if users else "nowhere: no agent extends it"
        yield Note(f"template.{name}", template.place, where)
    flow = root.get("flow")
    if flow is not None:
        where = "not needed: agents wait for those whose outputs they use"
        yield Note("flow", flow.place, where)
    yield from _commands(root, "actions")
    for name, node in agents.items():
        yield from _commands(node, f"resources.{name}.actions")
        for key, where in _OF_AGENTS.items():
            item = node.get(key)
            if item is not None:
                yield Note(f"resources.{name}.{key}", item.place, where)


_OF_AGENTS = {
    "component": "an `agentrun.Agent`",
    "extend": "resolved",
    "vars": "resolved",
    "access": "nowhere: the `access` of the file counts",
}


def secrets_of(root: Node) -> frozenset[str]:
    """Values in `vars` that are secret by their names, wherever they are used then."""
    variables = root.get("vars")
    return frozenset(
        leaf.value
        for path, leaf in (leaves(variables) if variables is not None else ())
        if isinstance(leaf.value, str)
        and "${" not in leaf.value
        and len(leaf.value) >= _SHORTEST_SECRET
        and is_secret(path.rpartition(".")[2], leaf.value)
    )


# Shorter ones would be found in texts that have nothing to do with them.
_SHORTEST_SECRET = 6


def _commands(node: Node, path: str) -> Iterator[Note]:
    """The commands that Serverless Devs ran before or after its own."""
    actions = node.get("actions")
    for hook, steps in actions.items() if actions is not None else ():
        for inner, leaf in leaves(steps):
            text = str(leaf.value)
            shown = (
                "" if gives_away(text) or leaf.value is None else f"`{' '.join(text.split())}`, "
            )
            yield Note(f"{path}.{hook}{inner}", leaf.place, f"{shown}{_when(hook)}")


def _when(hook: str) -> str:
    """What to do in place of a hook; its name says when it runs."""
    moments = {
        "pre": "before `pulumi {}`",
        "success": "after `pulumi {}`, if it succeeds",
        "fail": "after `pulumi {}`, if it fails",
        "complete": "after `pulumi {}`",
    }
    commands = {"deploy": "up", "remove": "destroy"}
    moment, _, command = hook.partition("-")
    if moment not in moments or command not in commands:
        return "a step of your pipeline"
    return f"a step of your pipeline {moments[moment].format(commands[command])}"
