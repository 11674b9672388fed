"""The plan as a tree of resources: which ones change, how, and where they hang."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pulumi_local.events import Op, Step
from pulumi_local.render_diff import hidden_change, render_changes, render_properties
from pulumi_local.state import PROVIDER_TYPE_PREFIX, STACK_TYPE, urn_name
from pulumi_local.style import OPS, Palette, display_type

# What a reader sees as one replacement is up to three steps.
_REPLACEMENT: frozenset[Op] = frozenset({"replace", "create-replacement", "delete-replaced"})


@dataclass
class Row:
    """One resource of the plan."""

    urn: str
    step: Step
    failed: bool = False
    found: bool = False
    """Whether this is what a refresh found, not what the run is to do."""

    @property
    def op(self) -> Op:
        """The operation as a reader sees it."""
        if self.step.op in _REPLACEMENT:
            return "replace"
        if self.step.op == "refresh":
            return "refresh" if self.step.diff else "same"
        return self.step.op

    @property
    def is_change(self) -> bool:
        """Whether this row is worth showing of its own."""
        return self.failed or self.op != "same" or self.step.changes_protection

    @property
    def parent(self) -> str:
        """The URN of the parent, empty for the stack."""
        resource = self.step.new or self.step.old
        return resource.parent if resource else ""


@dataclass
class Plan:
    """Gathers the steps of a run, one row per resource, in the order they were met."""

    rows: dict[str, Row] = field(default_factory=dict)
    leftovers: list[Row] = field(default_factory=list)
    """Deletions of what an earlier, broken replacement left behind, beside the living resource."""

    def add(self, step: Step, *, found: bool = False) -> None:
        """Take in a step; the last word on a resource counts, except that no news is no word.

        ``found`` says that a refresh found this.
        """
        if is_default_provider(step):
            return
        row = self.rows.get(step.urn)
        if row is None:
            self.rows[step.urn] = Row(step.urn, step, found=found)
        elif _is_leftover(step, row):
            self.leftovers.append(Row(step.urn, replace(step, op="delete")))
        elif not (row.is_change and step.op == "same"):
            self._replace(row, step)
            row.found = found

    def fail(self, step: Step) -> None:
        """Note that a step failed."""
        self.add(step)
        if step.urn in self.rows:
            self.rows[step.urn].failed = True

    def _replace(self, row: Row, step: Step) -> None:
        # Of the steps of one replacement, the one that carries the reasons is kept.
        if row.step.op in _REPLACEMENT and step.op in _REPLACEMENT and not step.diff:
            return
        row.step = step


def _is_leftover(step: Step, row: Row) -> bool:
    """Whether a deletion is of another resource than the one this row is about."""
    if step.op == "delete":
        return row.step.op not in ("delete", "refresh")
    return step.op == "delete-replaced" and row.step.op not in _REPLACEMENT


def is_default_provider(step: Step) -> bool:
    """Whether a step is about a provider that the user never declared, so need not see."""
    return step.type.startswith(PROVIDER_TYPE_PREFIX) and urn_name(step.urn).startswith("default")


@dataclass(frozen=True)
class TreePrinter:
    """Prints a plan. ``full`` shows every property, otherwise only those that change."""

    palette: Palette
    full: bool = False
    fancy: bool = True
    """Whether box-drawing characters may be used."""
    show_sames: bool = False
    """Whether what stays as it is gets a row of its own, too."""

    def lines(self, plan: Plan) -> Iterator[str]:
        """Yield the lines of the plan's changes, with their ancestors for orientation."""
        shown = plan.rows if self.show_sames else _with_ancestors(plan)
        if not shown and not plan.leftovers:
            return
        tree = list(self._walk(shown))
        everything = [*tree, *(("", "", row) for row in plan.leftovers)]
        type_width = max([4, *(len(branch + _type(row)) for branch, _, row in everything)])
        name_width = max([4, *(len(urn_name(row.urn)) for _, _, row in everything)])
        head = f"     {'Type':<{type_width}}  {'Name':<{name_width}}  Plan"
        yield self.palette.bold(head)
        for branch, below, row in tree:
            label = f"{branch + _type(row):<{type_width}}  {urn_name(row.urn):<{name_width}}"
            yield self._headline(row, label)
            yield from self._details(row, " " * 5 + below + "    ")
        for row in plan.leftovers:
            label = f"{_type(row):<{type_width}}  {urn_name(row.urn):<{name_width}}"
            yield self._headline(row, label) + " (left by an earlier replacement)"

    def _walk(self, rows: dict[str, Row]) -> Iterator[tuple[str, str, Row]]:
        """Yield each row with the branch drawn before it and the stem drawn below it."""
        children: dict[str, list[Row]] = {}
        for row in rows.values():
            parent = row.parent if row.parent in rows else ""
            children.setdefault(parent, []).append(row)
        tee, corner, stem = ("├─ ", "└─ ", "│  ") if self.fancy else ("   ", "   ", "   ")

        def descend(parent: str, stems: str, depth: int) -> Iterator[tuple[str, str, Row]]:
            siblings = children.get(parent, [])
            for row in siblings:
                last = row is siblings[-1]
                branch = stems + (corner if last else tee) if depth else ""
                below = stems + ("   " if last else stem) if depth else ""
                inner = stem if children.get(row.urn) else "   "
                yield branch, below + inner, row
                yield from descend(row.urn, below, depth + 1)

        yield from descend("", "", 0)

    def _headline(self, row: Row, label: str) -> str:
        style = OPS[row.op]
        words = _words(row)
        if row.failed:
            words = self.palette.error(f"{words} failed".strip())
        elif hidden_change(row.step.diff):
            words += " [provider code changed]"
        elif row.step.old is not None and row.step.old.protect and row.op in ("delete", "replace"):
            words += " [protected]"
        elif row.step.changes_protection:
            words += " [protected from now on]" if _protected(row) else " [no longer protected]"
        text = f" {self.palette.paint(style.mark, style.color)}  {label}"
        return f"{text}  {self.palette.paint(words, style.color)}".rstrip()

    def _details(self, row: Row, indent: str) -> Iterator[str]:
        step = row.step
        if self.full and row.is_change:
            yield from self._identity(step, indent)
        if row.op == "create" and self.full and step.new:
            yield from render_properties(step.new.inputs, self.palette, indent, "+", "32")
        elif row.op == "delete" and self.full and step.old:
            yield from render_properties(step.old.inputs, self.palette, indent, "-", "31")
        elif row.op not in ("create", "delete"):
            yield from render_changes(step.diff, self.palette, indent, full=self.full)
            if self.full and row.is_change:
                yield from self._unchanged(step, indent)

    def _identity(self, step: Step, indent: str) -> Iterator[str]:
        id_ = step.id or (step.old.id if step.old else "")
        if id_:
            yield f"{indent}[id={id_}]"
        yield f"{indent}[urn={step.urn}]"

    def _unchanged(self, step: Step, indent: str) -> Iterator[str]:
        changed = {change.path.split(".")[0].split("[")[0] for change in step.diff}
        resource = step.new or step.old
        inputs = resource.inputs if resource else {}
        rest = {key: value for key, value in inputs.items() if key not in changed}
        yield from render_properties(rest, self.palette, indent)


def _protected(row: Row) -> bool:
    return row.step.new is not None and row.step.new.protect


def _words(row: Row) -> str:
    if row.op == "same":
        return ""
    if row.found:
        return "gone" if row.op == "delete" else "drift"
    return OPS[row.op].planned


def _type(row: Row) -> str:
    return STACK_TYPE if row.step.type == STACK_TYPE else display_type(row.step.type)


def _with_ancestors(plan: Plan) -> dict[str, Row]:
    wanted: set[str] = set()
    for row in plan.rows.values():
        current: Row | None = row if row.is_change else None
        while current is not None and current.urn not in wanted:
            wanted.add(current.urn)
            current = plan.rows.get(current.parent)
    return {urn: row for urn, row in plan.rows.items() if urn in wanted}
