"""Write the typed SDK from the models: `python -m agentrun_provider.sdk_source DIRECTORY`.

The models are the one source of names, types, defaults and descriptions, so the SDK can't differ
from what the provider accepts. A test holds the files in the repository against this module.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from .fields import (
    Computed,
    Follows,
    Internal,
    Replaces,
    Secret,
    Shape,
    has,
    marker,
    shape_of,
    snake_case,
)
from .kind import Kind
from .kinds import KINDS, load
from .sdk_agent_source import agent_inputs_module, group_names
from .sdk_types import (
    Fields,
    docstring,
    input_type,
    is_optional,
    nested_shapes,
    output_type,
    user_fields,
)
from .wire import is_sent

_HEADER = '''"""{title}

Written by `python -m agentrun_provider.sdk_source`; do not edit.
"""

from __future__ import annotations

{imports}
'''

_NESTED_IMPORTS = """from collections.abc import Mapping, Sequence
from typing import Any, Optional, TypedDict, Union

import pulumi"""

_LOOKUPS = [
    "RuntimeEndpointResult",
    "RuntimeResult",
    "RuntimeVersionResult",
    "get_runtime",
    "get_runtime_endpoint",
    "get_runtime_endpoint_output",
    "get_runtime_output",
    "list_runtime_versions",
    "list_runtime_versions_output",
    "list_runtimes",
    "list_runtimes_output",
]


def sources() -> dict[str, str]:
    """The text of every generated file, by file name."""
    kinds = [load(name) for name in KINDS]
    shapes = dict.fromkeys(s for kind in kinds for s in nested_shapes(kind.Inputs))
    files = {
        "inputs.py": _inputs_module(list(shapes)),
        "outputs.py": _outputs_module(list(shapes)),
        "agent_inputs.py": agent_inputs_module(_HEADER),
    }
    for kind in kinds:
        files[f"{snake_case(kind.name)}.py"] = _kind_module(kind)
    files["__init__.py"] = _package(kinds, list(shapes))
    return files


def secret_paths(model: type[Shape], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where in a model's data the secrets are."""
    for name, field in model.model_fields.items():
        nested = shape_of(field.annotation)
        if has(field, Secret):
            yield (*prefix, name)
        elif nested is not None:
            yield from secret_paths(nested, (*prefix, name))


def _inputs_module(shapes: list[type[Shape]]) -> str:
    parts = [_HEADER.format(title="Nested arguments.", imports=_NESTED_IMPORTS)]
    parts += [
        _args_dict(shape) + "\n\n" + _args_class(shape, f"{shape.__name__}Args") for shape in shapes
    ]
    return "\n\n".join(parts)


def _outputs_module(shapes: list[type[Shape]]) -> str:
    imports = _NESTED_IMPORTS.replace("Optional, TypedDict, Union", "Optional")
    imports = imports.replace("\n\nimport pulumi", "\n\nimport pulumi\n\nfrom . import outputs")
    parts = [_HEADER.format(title="Nested outputs.", imports=imports)]
    return "\n\n".join(parts + [_output_class(shape) for shape in shapes])


def _args_dict(shape: type[Shape]) -> str:
    lines = [f"class {shape.__name__}ArgsDict(TypedDict, total=False):"]
    lines.append(docstring(f"The same as `{shape.__name__}Args`, as a dict.", 4))
    lines += [f"    {name}: {input_type(f.annotation)}" for name, f in user_fields(shape)]
    return "\n".join(lines)


def _args_class(shape: type[Shape], name: str, *, base: str = "") -> str:
    fields = user_fields(shape)
    lines = ["@pulumi.input_type", f"class {name}{base}:"]
    lines += [docstring(_first_line(shape), 4), "", "    def __init__("]
    lines += ["        self,", "        *,", *_parameters(fields), "    ) -> None:"]
    lines.append(_arguments_doc(fields))
    for field_name, field in fields:
        setting = f'pulumi.set(self, "{field_name}", {field_name})'
        if field.is_required():
            lines.append(f"        {setting}")
        else:
            lines += [f"        if {field_name} is not None:", f"            {setting}"]
    for field_name, field in fields:
        text = input_type(field.annotation)
        text = text if field.is_required() else f"Optional[{text}]"
        lines += _getter(field_name, text, field.description or "")
    return "\n".join(lines)


def _output_class(shape: type[Shape]) -> str:
    lines = ["@pulumi.output_type", f"class {shape.__name__}(dict):  # type: ignore[type-arg]"]
    lines.append(docstring(_first_line(shape), 4))
    fields = [(name, f) for name, f in shape.model_fields.items() if not has(f, Internal)]
    fields.sort(key=lambda pair: is_optional(pair[1].annotation))
    lines += ["", "    def __init__(", "        self,", "        *,"]
    for name, field in fields:
        default = " = None" if is_optional(field.annotation) else ""
        lines.append(f"        {name}: {_output_text(field)}{default},")
    lines.append("    ) -> None:")
    for name, field in fields:
        setting = f'pulumi.set(self, "{name}", {name})'
        if is_optional(field.annotation):
            lines += [f"        if {name} is not None:", f"            {setting}"]
        else:
            lines.append(f"        {setting}")
    for name, field in fields:
        getter = _getter(name, _output_text(field), field.description or "")
        if hasattr(dict, name):
            getter[3] += "  # type: ignore[override]"
        lines += getter
    return "\n".join(lines)


def _output_text(field: FieldInfo) -> str:
    text = output_type(field.annotation)
    return f"Optional[{text}]" if is_optional(field.annotation) else text


def _getter(name: str, type_text: str, doc: str) -> list[str]:
    camel = to_camel(name)
    decorator = "@pulumi.getter" if camel == name else f'@pulumi.getter(name="{camel}")'
    return [
        "",
        "    @property",
        f"    {decorator}",
        f"    def {name}(self) -> {type_text}:",
        docstring(doc, 8),
        f'        return pulumi.get(self, "{name}")  # type: ignore[no-any-return]',
    ]


def _parameters(fields: Fields) -> list[str]:
    lines = []
    for name, field in fields:
        text = input_type(field.annotation)
        lines.append(
            f"        {name}: {text},"
            if field.is_required()
            else f"        {name}: Optional[{text}] = None,"
        )
    return lines


def _arguments_doc(fields: Fields, *, intro: str = "", indent: int = 8) -> str:
    lines = [intro, "", "Args:"] if intro else ["Args:"]
    for name, field in fields:
        lines.append(f"    {name}: {_argument_text(field)}")
    return docstring("\n".join(lines), indent)


def _argument_text(field: FieldInfo) -> str:
    text = field.description or ""
    if field.default not in (None, ...) and not field.is_required():
        text += f" Default: {field.default!r}."
    replaces = marker(field, Replaces)
    if replaces:
        text += f" A change replaces the resource: {replaces.reason}."
    if has(field, Secret):
        text += " Secret."
    return text


def _first_line(shape: type[Shape]) -> str:
    return (shape.__doc__ or "").strip().splitlines()[0]


def _kind_module(kind: Kind[Any]) -> str:
    shapes = dict.fromkeys(nested_shapes(kind.Inputs))
    names = sorted(f"{s.__name__}Args{suffix}" for s in shapes for suffix in ("", "Dict"))
    imports = "\n".join(
        [
            "from collections.abc import Mapping, Sequence",
            "from typing import Any, Optional, Union",
            "",
            "import pulumi",
            "",
            "from . import outputs",
            "from ._fingerprint import fingerprint_of",
            "from ._resource import AgentRunResource, Props",
            f"from .inputs import {', '.join(names)}",
        ]
    )
    title = (type(kind).__module__ and _module_doc(kind)).strip()
    header = _HEADER.format(title=title, imports=imports)
    return "\n\n".join([header, _props_class(kind), _resource_class(kind)])


def _module_doc(kind: Kind[Any]) -> str:
    import sys

    return (sys.modules[type(kind).__module__].__doc__ or kind.name).splitlines()[0]


def _props_class(kind: Kind[Any]) -> str:
    name = f"_{kind.name}Props"
    lines = ["@pulumi.input_type", f"class {name}(Props):"]
    lines.append(docstring(f"What is sent to the engine for a `{kind.name}`.", 4))
    # Without one of its own, Pulumi would give the class an empty initialiser.
    lines += ["", "    __init__ = Props.__init__"]
    for field_name, field in kind.Inputs.model_fields.items():
        if not has(field, Computed):
            text = f"Optional[{input_type(field.annotation)}]"
            lines += _getter(field_name, text, field.description or "")
    return "\n".join(lines)


def _resource_class(kind: Kind[Any]) -> str:
    fields = [(n, f) for n, f in user_fields(kind.Inputs)]
    # Names are derived when they are not given, so no argument but the parents' ids is required.
    required = [(n, f) for n, f in fields if f.is_required() and n != "name"]
    optional = [(n, f) for n, f in fields if not f.is_required() or n == "name"]
    computed = [n for n, f in kind.Inputs.model_fields.items() if has(f, Computed)]
    outputs = [*computed, *(name for name, _ in _told(kind))]
    secrets = tuple(secret_paths(kind.Inputs))
    parts = kind.part_of_runtime
    lines = [
        f'class {kind.name}(AgentRunResource, module="agentrun", name="{kind.name}"):',
        docstring(_module_doc(kind).split(": ", 1)[-1].capitalize(), 4),
        "",
        "    def __init__(",
        "        self,",
        "        resource_name: str,",
        "        opts: Optional[pulumi.ResourceOptions] = None,",
        "        *,",
        *_parameters(required),
        *[f"        {n}: Optional[{input_type(f.annotation)}] = None," for n, f in optional],
        "    ) -> None:",
        _arguments_doc(
            required + optional,
            intro=f"Declare a {kind.name}.\n\nArgs:\n    resource_name: Name in the stack.\n"
            "    opts: Pulumi's options.",
        ).replace(
            "\n\n        Args:\n            " + (required + optional)[0][0],
            "\n            " + (required + optional)[0][0],
            1,
        ),
        f"        props = _{kind.name}Props(",
        *[f"            {n}={n}," for n, _ in required + optional],
        "        )",
        "        super().__init__(",
        f'            "{kind.name}",',
        "            resource_name,",
        "            props,",
        f"            outputs={tuple(outputs)!r},",
        f"            secrets={secrets!r},",
        *([f"            parts={parts!r},"] if parts else []),
        "            opts=opts,",
        "        )",
    ]
    for name, field in kind.Inputs.model_fields.items():
        if not has(field, Internal):
            lines += _resource_getter(name, _output_text(field), field.description or "")
    for name, field in _told(kind):
        getter = _resource_getter(name, _output_text(field), field.description or "")
        follows = marker(field, Follows)
        if follows:
            getter[-1] = f'        return self._following("{name}", "{follows.template}")'
        lines += getter
    if kind.versioned:
        lines += _fingerprint(kind)
    return "\n".join(lines)


def _told(kind: Kind[Any]) -> Fields:
    """The outputs that a program may use."""
    return [(n, f) for n, f in kind.Outputs.model_fields.items() if not has(f, Internal)]


def _fingerprint(kind: Kind[Any]) -> list[str]:
    counted = [
        name
        for name, field in kind.Inputs.model_fields.items()
        if (is_sent(field) or has(field, Computed)) and not has(field, Replaces)
    ]
    defaulted = tuple(
        name
        for name in counted
        if kind.Inputs.model_fields[name].default not in (None, ...)
        and not kind.Inputs.model_fields[name].is_required()
    )
    return [
        "",
        "    @property",
        "    def fingerprint(self) -> pulumi.Output[str]:",
        '        """Hash of the configuration and code, known at preview; give it to a',
        "        `RuntimeVersion` to have one published whenever either changes.",
        '        """',
        "        return fingerprint_of(self, (",
        *[f'            "{name}",' for name in counted],
        f"        ), {defaulted!r})",
    ]


def _resource_getter(name: str, type_text: str, doc: str) -> list[str]:
    return _getter(name, f"pulumi.Output[{type_text}]", doc)


def _package(kinds: list[Kind[Any]], shapes: list[type[Shape]]) -> str:
    args = sorted(f"{s.__name__}Args{suffix}" for s in shapes for suffix in ("", "Dict"))
    public = ["Agent", *[k.name for k in kinds], *args, *group_names(), *_LOOKUPS]
    lines = [
        '"""Typed Pulumi resources for Alibaba Cloud AgentRun."""',
        "",
        "from .agent import Agent",
        f"from .agent_inputs import {', '.join(group_names())}",
        f"from .inputs import {', '.join(args)}",
        *[f"from .{snake_case(k.name)} import {k.name}" for k in kinds],
        f"from .lookups import {', '.join(_LOOKUPS)}",
        "",
        "__all__ = [",
        *[f'    "{name}",' for name in sorted(public)],
        "]",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Write the SDK's files into a folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("directory", type=Path)
    folder: Path = parser.parse_args().directory
    for name, text in sources().items():
        (folder / name).write_text(text.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
