"""What changed in a resource: the options that bend it, and the list that is shown.

Facts: pkg/resource/deploy/step_generator.go of Pulumi. One deviation: a provider that says that
something changed but not what (as the dynamic one does) is completed here by comparing the
inputs, so that ``replace_on_changes`` works with it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pulumi_local.paths import covers, look_up, parse_path, reset
from pulumi_local.provider_api import DetailedChange, DiffResult
from pulumi_local.values import (
    DiffKind,
    PropertyDiff,
    PropertyMap,
    diff_paths,
)

_TO_REPLACE: Mapping[DiffKind, DiffKind] = {
    "add": "add-replace",
    "delete": "delete-replace",
    "update": "update-replace",
}
_OPPOSITE: Mapping[DiffKind, DiffKind] = {
    "add": "delete",
    "delete": "add",
    "add-replace": "delete-replace",
    "delete-replace": "add-replace",
}


@dataclass(frozen=True)
class Difference:
    """How a resource differs from what is wanted, with all options applied."""

    changed: bool
    result: DiffResult = DiffResult(changes=False)
    properties: Sequence[PropertyDiff] = ()
    reasons: Sequence[str] = ()
    """Property paths, or words such as ``provider``, that force a replacement."""

    @property
    def replacement(self) -> bool:
        """Whether the resource must be replaced."""
        return bool(self.reasons) or self.result.replacement

    @property
    def reason_keys(self) -> list[str]:
        """The top-level names in the reasons, each once."""
        return list(dict.fromkeys(str(parse_path(reason)[0]) for reason in self.reasons))


UNCHANGED = Difference(changed=False)


def forced(reason: str, properties: Sequence[PropertyDiff] = ()) -> Difference:
    """Return a difference that replaces for a reason outside the resource's own properties."""
    return Difference(True, DiffResult(True, replaces=[reason]), properties, [reason])


def apply_ignore_changes(
    new: PropertyMap, old: PropertyMap, ignored: Iterable[str]
) -> tuple[PropertyMap, list[str]]:
    """Return the inputs with ignored paths as they were, and the paths that could not be."""
    impossible = []
    for text in ignored:
        path = parse_path(text)
        if not path:
            continue
        changed, done = reset(old, new, path)
        if done:
            new = changed
        else:
            impossible.append(text)
    return new, impossible


def difference(
    result: DiffResult,
    old_inputs: PropertyMap,
    old_outputs: PropertyMap,
    new_inputs: PropertyMap,
    replace_on_changes: Iterable[str] = (),
) -> Difference:
    """Complete a provider's answer with the engine's own comparison and the options."""
    result = _completed(result, old_inputs, new_inputs)
    if not result.changes:
        return replace(UNCHANGED, result=result)
    patterns = [parse_path(text) for text in replace_on_changes]
    shown = list(_shown(result, old_inputs, old_outputs, new_inputs))
    wanted = [d.path for d in shown if any(covers(p, parse_path(d.path)) for p in patterns)]
    named = [path for path in result.diffs if any(covers(p, parse_path(path)) for p in patterns)]
    detailed = [p for p, c in (result.detailed or {}).items() if c.kind.endswith("-replace")]
    reasons = list(dict.fromkeys([*result.replaces, *detailed, *named, *wanted]))
    return Difference(True, result, [_marked(d, reasons) for d in shown], reasons)


def compare_inputs(old_inputs: PropertyMap, new_inputs: PropertyMap) -> Difference:
    """Compare the inputs of a resource without a provider (a component)."""
    return difference(DiffResult(changes=None), old_inputs, {}, new_inputs)


def inverted(properties: Iterable[PropertyDiff]) -> list[PropertyDiff]:
    """Return the same changes seen from the other side."""
    return [
        PropertyDiff(d.path, _OPPOSITE.get(d.kind, d.kind), old=d.new, new=d.old)
        for d in properties
    ]


def _completed(result: DiffResult, old_inputs: PropertyMap, new_inputs: PropertyMap) -> DiffResult:
    if result.changes is not None:
        # A provider may name what to replace and leave it to the reader that this is a change.
        return replace(result, changes=True) if result.replacement else result
    return replace(result, changes=bool(diff_paths(old_inputs, new_inputs)))


def _shown(
    result: DiffResult, old_inputs: PropertyMap, old_outputs: PropertyMap, new_inputs: PropertyMap
) -> Iterable[PropertyDiff]:
    if not result.detailed:
        return diff_paths(old_inputs, new_inputs)
    return [
        _detailed(path, change, old_inputs, old_outputs, new_inputs)
        for path, change in sorted(result.detailed.items())
    ]


def _detailed(
    text: str,
    change: DetailedChange,
    old_inputs: PropertyMap,
    old_outputs: PropertyMap,
    new_inputs: PropertyMap,
) -> PropertyDiff:
    path = parse_path(text)
    before = look_up(old_inputs if change.in_inputs else old_outputs, path)
    return PropertyDiff(text, change.kind, before, look_up(new_inputs, path))


def _marked(shown: PropertyDiff, reasons: Iterable[str]) -> PropertyDiff:
    """Mark a change that is, or is part of, a reason for the replacement."""
    path = parse_path(shown.path)
    if any(covers(parse_path(reason), path) for reason in reasons):
        return replace(shown, kind=_TO_REPLACE.get(shown.kind, shown.kind))
    return shown
