"""What differs between the old and the new inputs of a resource, with secrets hidden."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..fields import Internal, Shape, has, shape_of, snake_case
from ..kinds import load
from .masking import HIDDEN, SECRET, hold_secret, is_secret, looks_secret
from .plan import Step

# Values that are not known before the deployment, one for each type (Pulumi's rpc.go).
_UNKNOWNS: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_ABSENT: Final = object()
_LONGEST: Final = 400


@dataclass(frozen=True)
class Difference:
    """One property that differs.

    Attributes:
        path: Names from the outside in, as the program's state spells them.
        old: Value so far, `None` if it was not set.
        new: Value to be, `None` if it is removed.
        sort: `add`, `remove` or `change`.
        secret: Whether the engine holds the value as a secret, before or after.
        exposed: Whether the new value stands in plain text and looks like a credential.
    """

    path: tuple[str, ...]
    old: Any
    new: Any
    sort: str
    secret: bool = False
    exposed: bool = False

    @property
    def top(self) -> str:
        """The outermost name."""
        return self.path[0]

    @property
    def dotted(self) -> str:
        """The path in one text."""
        return ".".join(self.path)


def differences(step: Step) -> list[Difference]:
    """Everything that differs in a step's inputs, in the order of the names.

    A secret that changes into another one looks the same before and after. Where the engine lists
    it, or where nothing else differs in a resource that is updated, it is among the differences.
    """
    found = list(_mappings(step, (), step.old, step.new))
    known = {each.dotted for each in found}
    found += [
        _secret_difference(path)
        for path in step.paths
        if path not in known and is_secret(_at(step.new, path)) and is_secret(_at(step.old, path))
    ]
    if not found and step.op == "update":
        # Nothing that may be shown differs, so what changes is one of the secrets.
        found += [_secret_difference(path) for path in sorted(secret_paths(step.new))]
    return sorted(found, key=lambda each: each.path)


def unseen_secrets(step: Step) -> list[str]:
    """Secrets of which the document does not tell whether they change: a plan may hide it."""
    if step.op not in ("update", "replace") or step.paths or step.publishes:
        return []
    listed = {each.dotted for each in differences(step)}
    return sorted(secret_paths(step.new) - listed)


def secret_paths(inputs: Mapping[str, Any]) -> set[str]:
    """Dotted paths of the secrets in some inputs; a list that holds one counts as a whole."""
    result: set[str] = set()
    for name, value in inputs.items():
        if isinstance(value, Mapping) and not is_secret(value):
            result |= {f"{name}.{rest}" for rest in secret_paths(value)}
        elif hold_secret(value):
            result.add(name)
    return result


def is_unknown(value: Any) -> bool:
    """Whether a value is known after the deployment only."""
    return isinstance(value, str) and value in _UNKNOWNS


def is_special(value: Mapping[str, Any]) -> bool:
    """Whether a mapping stands for a secret or an asset, and is no object of the user's."""
    return _SIGNATURE in value


def shown(value: Any, name: str = "") -> str:
    """A value as people read it, in one line, with nothing secret in it."""
    if is_unknown(value):
        return "known after the deployment"
    safe = safe_value(value, name)
    if safe in (SECRET, HIDDEN):
        return str(safe)
    if isinstance(safe, str):
        text = safe if safe and "\n" not in safe and safe == safe.strip() else json.dumps(safe)
    else:
        text = json.dumps(safe, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def safe_value(value: Any, name: str = "") -> Any:
    """A value with everything secret in it hidden, and special values in words."""
    if is_secret(value):
        return SECRET
    if is_unknown(value):
        return "[known after the deployment]"
    if looks_secret(name, value):
        return HIDDEN
    if isinstance(value, Mapping):
        if _SIGNATURE in value:
            return f"[asset {value.get('path') or str(value.get('hash', ''))[:12]}]"
        return {key: safe_value(item, str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [safe_value(item, name) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def model_of(kind: str) -> type[Shape] | None:
    """The model of an AgentRun resource's inputs; None for resources of other providers."""
    return load(kind).Inputs if kind else None


def _mappings(
    step: Step, path: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Difference]:
    for name in sorted({*old, *new}):
        if not path and _is_own(step, name):
            continue
        before, after = old.get(name, _ABSENT), new.get(name, _ABSENT)
        if before != after:
            yield from _values(step, (*path, name), before, after)


def _values(step: Step, path: tuple[str, ...], old: Any, new: Any) -> Iterator[Difference]:
    plain = [side for side in (old, new) if side is not _ABSENT]
    nested = all(isinstance(side, Mapping) and _SIGNATURE not in side for side in plain)
    if nested and len(path) == 1 and _is_map(step, path[0]):
        yield from _mappings(step, path, *({} if s is _ABSENT else s for s in (old, new)))
    elif nested and len(plain) == 2:
        yield from _mappings(step, path, old, new)
    else:
        yield Difference(
            path,
            None if old is _ABSENT else old,
            None if new is _ABSENT else new,
            "add" if old is _ABSENT else "remove" if new is _ABSENT else "change",
            secret=any(map(hold_secret, plain)),
            exposed=new is not _ABSENT and _exposes(path[-1], new),
        )


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


def _secret_difference(path: str) -> Difference:
    return Difference(tuple(path.split(".")), SECRET, SECRET, "change", secret=True)


def _at(inputs: Any, path: str) -> Any:
    for name in path.split("."):
        inputs = inputs.get(name) if isinstance(inputs, Mapping) else None
    return inputs
