"""Write the arguments of the `Agent` component from the models of the resources it makes.

An agent is given what its runtime, version, endpoints and domain are given; so the same models say
what that is, and a field that a resource gains is an argument of the component at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .fields import Shape
from .kind import Inputs
from .kinds import load
from .sdk_types import Fields, docstring, input_type, nested_shapes, user_fields

_IMPORTS = """from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional, TypedDict, Union

import pulumi

from .inputs import {names}

if TYPE_CHECKING:
    from typing_extensions import Required"""

# Where an agent takes something else than the resource does: type and description.
_NAME = ("str", "Name of the endpoint, part of its address and of the resource's name.")
_SMOKE = (
    "pulumi.Input[Union['SmokeArgs', 'SmokeArgsDict']]",
    "Request that must succeed before the endpoint's traffic changes; its `url` may be the name of "
    "another endpoint of the agent, which is asked then.",
)
_TRIGGERS = (
    "pulumi.Input[Mapping[str, pulumi.Input[str]]]",
    "Reasons to publish beside a changed runtime, by any name.",
)
_VERSION = (
    "version",
    "pulumi.Input[Union[str, int]]",
    "A number pins the endpoint to that version, `LATEST` follows every deployment; default: the "
    "version that the agent publishes.",
)


@dataclass(frozen=True)
class Group:
    """Arguments that are given together: those of a child resource that the agent leaves open."""

    name: str
    doc: str
    kind: str
    nested: str = ""
    without: tuple[str, ...] = ()
    extra: tuple[tuple[str, str, str], ...] = ()
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def model(self) -> type[Shape]:
        """The model that holds the fields."""
        model: type[Shape] = load(self.kind).Inputs
        if not self.nested:
            return model
        return next(s for s in nested_shapes(model) if s.__name__ == self.nested)

    def fields(self) -> Fields:
        """The fields that are open, required ones first."""
        closed = {*Inputs.model_fields, *self.without}
        return [(name, info) for name, info in user_fields(self.model()) if name not in closed]


GROUPS = (
    Group(
        "AgentEndpoint",
        "One address of an agent and the version behind it.",
        "RuntimeEndpoint",
        without=("runtime_id", "rollout", "target_version"),
        extra=(_VERSION,),
        changed={"name": _NAME, "smoke": _SMOKE},
    ),
    Group(
        "AgentRelease",
        "What the agent's published versions are told.",
        "RuntimeVersion",
        without=("runtime_id", "fingerprint"),
        changed={"triggers": _TRIGGERS},
    ),
    Group(
        "AgentRollout",
        "How a new version of an agent gets its traffic.",
        "RuntimeEndpoint",
        nested="Rollout",
        without=("version",),
    ),
    Group(
        "CustomDomain",
        "A domain of your own that leads to an agent.",
        "RuntimeCustomDomain",
        without=("runtime_id",),
    ),
)


def agent_inputs_module(header: str) -> str:
    """The text of the module.

    Args:
        header: Head of every generated module, with places for `title` and `imports`.
    """
    runtime = user_fields(load("Runtime").Inputs)
    parts = [_runtime_arguments(runtime)]
    parts += [part for group in GROUPS for part in (_as_dict(group), _as_class(group))]
    body = "\n\n\n".join(parts)
    names = sorted(set(_named(body)))
    imports = _IMPORTS.format(names=", ".join(names))
    return header.format(title="Arguments of an agent.", imports=imports) + "\n\n" + body


def group_names() -> list[str]:
    """The classes of the module that a program uses."""
    return sorted(f"{group.name}Args{suffix}" for group in GROUPS for suffix in ("", "Dict"))


def _runtime_arguments(fields: Fields) -> str:
    lines = [
        "class RuntimeArguments(TypedDict, total=False):",
        '    """What a `Runtime` can be given; see there what each argument means."""',
        "",
    ]
    lines += [f"    {name}: Optional[{input_type(f.annotation)}]" for name, f in fields]
    return "\n".join(lines)


def _as_dict(group: Group) -> str:
    lines = [
        f"class {group.name}ArgsDict(TypedDict, total=False):",
        f'    """The same as `{group.name}Args`, as a dict."""',
        "",
    ]
    for name, text, _, required in _entries(group):
        lines.append(f"    {name}: {f'Required[{text}]' if required else f'Optional[{text}]'}")
    return "\n".join(lines)


def _as_class(group: Group) -> str:
    lines = ["@dataclass(frozen=True, kw_only=True)", f"class {group.name}Args:"]
    lines.append(f'    """{group.doc}"""')
    for name, text, doc, required in _entries(group):
        value = text if required else f"Optional[{text}] = None"
        lines += ["", f"    {name}: {value}", docstring(doc, 4)]
    return "\n".join(lines)


def _entries(group: Group) -> Iterator[tuple[str, str, str, bool]]:
    """Name, type, description of every argument, and whether it must be given."""
    extra = list(group.extra)
    for name, info in group.fields():
        if extra and not info.is_required():
            yield from ((*entry, False) for entry in extra)
            extra = []
        own = input_type(info.annotation), info.description or ""
        yield (name, *group.changed.get(name, own), info.is_required())


def _named(text: str) -> Iterator[str]:
    """The classes of `inputs` that a text mentions."""
    for kind in {"Runtime", *(group.kind for group in GROUPS)}:
        for shape in nested_shapes(load(kind).Inputs):
            if f"'{shape.__name__}Args'" in text:
                yield f"{shape.__name__}Args"
                yield f"{shape.__name__}ArgsDict"
