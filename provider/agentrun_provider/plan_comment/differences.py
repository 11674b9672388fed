"""What differs between the old and the new inputs of a resource, with secrets hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..diff import same
from ..fields import Internal, Shape, has, shape_of, snake_case
from ..kinds import load
from .masking import SECRET, hold_secret, is_secret, looks_secret
from .steps import Step
from .values import is_special, is_unknown, visible

_ABSENT: Final = object()
# A step of a path as engines write it: a name, an index, or a name with other signs in quotes.
_PATH_STEP = re.compile(r'\.?([^.\[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Difference:
    """One property that differs.

    Attributes:
        path: Names and indexes from the outside in, as the program's state spells them.
        old: Value so far, `None` if it was not set.
        new: Value to be, `None` if it is removed.
        sort: `add`, `remove` or `change`.
        secret: Whether the engine holds the value as a secret, before or after.
        exposed: Whether the new value stands in plain text and looks like a credential.
        revealed: Whether a secret becomes a value in plain text.
    """

    path: Path
    old: Any
    new: Any
    sort: str
    secret: bool = False
    exposed: bool = False
    revealed: bool = False

    @property
    def top(self) -> str:
        """The outermost name."""
        return str(self.path[0])

    @property
    def last(self) -> str:
        """The innermost name."""
        return next(str(part) for part in reversed(self.path) if isinstance(part, str))

    @property
    def dotted(self) -> str:
        """The path in one text."""
        return dotted(self.path)


def dotted(path: Path) -> str:
    """A path in one text, such as `routes[0].path`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return visible(text.removeprefix("."))


def differences(step: Step) -> list[Difference]:
    """Everything that differs in a step's inputs, in the order of the names.

    A secret that changes into another one looks the same before and after. Where the engine lists
    it, or where nothing else differs in a resource that is updated, it is among the differences.
    """
    found = list(_mappings(step, (), step.old, step.new, model_of(step.kind)))
    known = {each.path for each in found}
    for listed in dict.fromkeys(map(_path, step.paths)):
        path = _secret_at(step, listed)
        if path and path not in known:
            known.add(path)
            found.append(_secret_difference(path))
    if not found and step.op == "update" and not step.paths:
        # Nothing that may be shown differs, so what changes is one of the secrets.
        found += [_secret_difference(path) for path in sorted(secret_paths(step.new))]
    return sorted(found, key=lambda each: [(isinstance(p, str), p) for p in each.path])


def unseen_secrets(step: Step) -> list[str]:
    """Secrets of which the document does not tell whether they change: a plan may hide it."""
    if step.op not in ("update", "replace") or step.paths or step.publishes:
        return []
    listed = {each.path for each in differences(step)}
    return sorted(dotted(path) for path in secret_paths(step.new) - listed)


def secret_paths(inputs: Mapping[str, Any]) -> set[Path]:
    """Paths of the secrets in some inputs; a list that holds one counts as a whole."""
    result: set[Path] = set()
    for name, value in inputs.items():
        if isinstance(value, Mapping) and not is_secret(value):
            result |= {(name, *rest) for rest in secret_paths(value)}
        elif hold_secret(value):
            result.add((name,))
    return result


def model_of(kind: str) -> type[Shape] | None:
    """The model of an AgentRun resource's inputs; None for resources of other providers."""
    return load(kind).Inputs if kind else None


def _mappings(
    step: Step,
    path: Path,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    model: type[Shape] | None,
) -> Iterator[Difference]:
    for name in sorted({*old, *new}):
        if not path and _is_own(step, name):
            continue
        before, after = old.get(name, _ABSENT), new.get(name, _ABSENT)
        field = model.model_fields.get(snake_case(name)) if model else None
        if before is _ABSENT or after is _ABSENT or not same(field, before, after):
            inner = shape_of(field.annotation) if field else None
            yield from _values(step, (*path, name), before, after, inner)


def _values(
    step: Step, path: Path, old: Any, new: Any, model: type[Shape] | None
) -> Iterator[Difference]:
    plain = [side for side in (old, new) if side is not _ABSENT]
    nested = all(isinstance(side, Mapping) and not is_special(side) for side in plain)
    if nested and len(path) == 1 and _is_map(step, str(path[0])):
        sides = [{} if side is _ABSENT else side for side in (old, new)]
        yield from _mappings(step, path, sides[0], sides[1], None)
    elif nested and len(plain) == 2:
        yield from _mappings(step, path, old, new, model)
    elif len(plain) == 2 and _are_alike(old, new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            if before != after:
                yield from _values(step, (*path, index), before, after, model)
    else:
        yield _difference(path, old, new, plain)


def _difference(path: Path, old: Any, new: Any, plain: list[Any]) -> Difference:
    name = next(str(part) for part in reversed(path) if isinstance(part, str))
    known = new is not _ABSENT and not is_unknown(new)
    return Difference(
        path,
        None if old is _ABSENT else old,
        None if new is _ABSENT else new,
        "add" if old is _ABSENT else "remove" if new is _ABSENT else "change",
        secret=any(map(hold_secret, plain)),
        exposed=new is not _ABSENT and _exposes(name, new),
        revealed=is_secret(old) and known and not hold_secret(new),
    )


def _are_alike(old: Any, new: Any) -> bool:
    """Whether two lists of objects can be compared object by object."""
    if not isinstance(old, list) or not isinstance(new, list) or len(old) != len(new):
        return False
    return all(isinstance(item, Mapping) and not is_special(item) for item in (*old, *new))


def _exposes(name: str, value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_exposes(str(key), item) for key, item in value.items())
    if isinstance(value, list):
        return any(_exposes(name, item) for item in value)
    return not is_secret(value) and looks_secret(name, value)


def _is_own(step: Step, name: str) -> bool:
    """Whether a property is the provider's or the engine's own business."""
    if name.startswith("__"):
        return True
    model = model_of(step.kind)
    field = model.model_fields.get(snake_case(name)) if model else None
    return field is not None and has(field, Internal)


def _is_map(step: Step, name: str) -> bool:
    """Whether a property is a map by names of the user's, so that each entry counts by itself."""
    model = model_of(step.kind)
    field = model.model_fields.get(snake_case(name)) if model else None
    return field is not None and shape_of(field.annotation) is None


def _secret_difference(path: Path) -> Difference:
    return Difference(path, SECRET, SECRET, "change", secret=True)


def _path(text: str) -> Path:
    """A path as engines write it: `a.b[0]["c.d"]`."""
    steps: list[str | int] = []
    for name, index, quoted in _PATH_STEP.findall(text):
        steps.append(int(index) if index else name or re.sub(r"\\(.)", r"\1", quoted))
    return tuple(steps)


def _secret_at(step: Step, path: Path) -> Path:
    """The secret on both sides that a path leads to, or into; empty if there is none."""
    old: Any = step.old
    new: Any = step.new
    for index, part in enumerate(path):
        old, new = _below(old, part), _below(new, part)
        if is_secret(old) and is_secret(new):
            return path[: index + 1]
    return ()


def _below(value: Any, part: str | int) -> Any:
    if isinstance(part, int):
        return value[part] if isinstance(value, list) and part < len(value) else None
    return value.get(part) if isinstance(value, Mapping) else None
