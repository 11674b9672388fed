"""Reading YAML as the CLI does, and changing single entries without touching the rest of a file.

The CLI reads YAML 1.2 scalars with a few forms of 1.1 (facts: gopkg.in/yaml.v3): ``yes`` and
``on`` are text, ``1e3`` is a number, ``0777`` and ``0o777`` are octal, ``1_000`` is a thousand.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from pulumi_local.errors import ProjectError


class _Loader(yaml.SafeLoader):
    """A safe loader with the scalar rules of the module's docstring."""


_Loader.yaml_implicit_resolvers = {}


def _add_rule(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(tag, re.compile(rf"(?:{pattern})\Z"), list(first))


_SIGNED_DIGITS = "-+0123456789"
_add_rule("tag:yaml.org,2002:null", "~|null|Null|NULL|", "~nN")
_Loader.yaml_implicit_resolvers.setdefault("", []).append(
    ("tag:yaml.org,2002:null", re.compile(r"\Z"))
)
_add_rule("tag:yaml.org,2002:bool", "true|True|TRUE|false|False|FALSE", "tTfF")
_add_rule(
    "tag:yaml.org,2002:int",
    r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)",
    _SIGNED_DIGITS,
)
_add_rule(
    "tag:yaml.org,2002:float",
    r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    _SIGNED_DIGITS + ".",
)
_add_rule("tag:yaml.org,2002:timestamp", r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", "0123456789")


def _construct_int(_loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int | float:
    text = node.value.replace("_", "")
    digits = text.lstrip("+-")
    if len(digits) > 1 and digits[0] == "0" and digits.isdigit():
        # The old spelling of octal; with an 8 or 9 in it, it can only be a decimal number.
        octal = all(digit < "8" for digit in digits)
        return int(text, 8) if octal else float(text)
    return int(text, 0)


def _construct_float(_loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    text = node.value.replace("_", "").lower()
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))


def _construct_date(_loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    year, month, day = (int(part) for part in node.value.split("-"))
    # What a program sees of a date under the CLI: the Go spelling of that moment.
    return f"{year:04}-{month:02}-{day:02} 00:00:00 +0000 UTC"


_Loader.add_constructor("tag:yaml.org,2002:int", _construct_int)
_Loader.add_constructor("tag:yaml.org,2002:float", _construct_float)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _construct_date)


def parse_yaml(text: str, source: str) -> dict[str, Any]:
    """Parse a YAML document that holds a mapping; an empty one is an empty mapping.

    Raises ProjectError, naming ``source`` and the line, if it is not valid.
    """
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader with other scalar rules
    except yaml.YAMLError as error:
        raise ProjectError(f"{source}: {error}") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ProjectError(f"{source}: a mapping is expected at the top")
    return data


def set_entry(text: str, path: tuple[str, ...], value: Any) -> str:
    """Return a document's text with one entry set, comments and order elsewhere kept.

    ``path`` is one or two names deep. An entry that was not there is appended to its mapping;
    a value of None removes the entry.
    """
    if text and not text.endswith("\n"):
        text += "\n"
    root = yaml.compose(text, Loader=_Loader)
    *outer, name = path
    mapping: Any = root if isinstance(root, yaml.MappingNode) else None
    for part in outer:
        mapping = _find(mapping, part)
        if mapping is not None and not isinstance(mapping[1], yaml.MappingNode):
            mapping = None  # an empty block, such as a bare "config:"
        mapping = mapping[1] if mapping else None
    lines = text.splitlines(keepends=True)
    indent = "  " * len(outer)
    if mapping is not None and mapping.flow_style and mapping.value:
        raise ProjectError("a block in braces cannot be changed here; please edit it by hand")
    found = _find(mapping, name)
    new = [] if value is None else _spell(name, value, indent)
    if found:
        start, end = found[0].start_mark.line, _last_line(lines, found)
        return "".join(lines[:start] + new + lines[end:])
    if value is None:
        return text
    return "".join(_insert(lines, root, outer, mapping, new))


def _insert(
    lines: list[str], root: Any, outer: list[str], mapping: Any, new: list[str]
) -> list[str]:
    if mapping is not None and mapping.value:
        last = _last_line(lines, mapping.value[-1])
        return lines[:last] + new + lines[last:]
    if not outer:
        return lines + new
    empty_block = _find(root, outer[0])
    if empty_block:
        line = empty_block[0].start_mark.line
        return [*lines[:line], f"{outer[0]}:\n", *new, *lines[line + 1 :]]
    return [*lines, f"{outer[0]}:\n", *new]


def _find(mapping: Any, name: str) -> tuple[Any, Any] | None:
    if not isinstance(mapping, yaml.MappingNode):
        return None
    return next(((key, value) for key, value in mapping.value if key.value == name), None)


def _last_line(lines: list[str], entry: tuple[Any, Any]) -> int:
    """Return the line after an entry, leaving blank and comment lines to what follows."""
    start, last = int(entry[0].start_mark.line), int(entry[1].end_mark.line)
    # The end of a block is only known by what comes after it, so its mark points there.
    end = max(last if _is_block(entry[1]) else last + 1, start + 1)
    while end > start + 1 and lines[end - 1].strip()[:1] in ("", "#"):
        end -= 1
    return end


def _is_block(node: yaml.Node) -> bool:
    if isinstance(node, yaml.CollectionNode):
        return not node.flow_style
    return isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")


def _spell(name: str, value: Any, indent: str) -> list[str]:
    text = yaml.safe_dump(
        {name: value}, default_flow_style=False, allow_unicode=True, width=2**31, sort_keys=False
    )
    return [indent + line for line in text.splitlines(keepends=True)]
