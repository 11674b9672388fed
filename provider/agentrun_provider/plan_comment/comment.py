"""One plan as one comment in Markdown, inside the size that the sites take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from .diff_lines import diff_lines
from .differences import differences, unseen_secrets
from .markup import cell, closed, code, escaped, fenced, folded
from .plan import Plan
from .releases import releases
from .risks import Risk, risks
from .sections import plural, problem_list, risk_list
from .steps import Step
from .words import told

LONGEST: Final = 65_536
"""Characters that GitHub takes in a comment; GitLab takes more."""

_SYMBOLS = {
    "create": "+",
    "publish": "+",
    "update": "~",
    "unprotect": "~",
    "replace": "±",
    "delete": "-",
    "import": "=",
    "adopt": "=",
}
_MOST_PROBLEMS: Final = 20
_LONGEST_CELL: Final = 1_200
_NOTE_ROOM: Final = 400


@dataclass(frozen=True)
class Surroundings:
    """What a comment tells beside the plan.

    Attributes:
        production: Names of production stacks; `*` matches anything.
        drift: Whether the plan is that of a program that is deployed already, so that whatever it
            changes was changed by somebody else.
        commit: Commit that the plan was made of.
        run_url: Where the log of the run is.
    """

    production: tuple[str, ...] = ()
    drift: bool = False
    commit: str = ""
    run_url: str = ""


@dataclass(frozen=True)
class Comment:
    """A comment that is ready to be posted.

    Attributes:
        plan: What it tells of.
        marker: First line, invisible, by which it is found again.
        title: Heading, as plain text.
        body: The whole of it in Markdown, beginning with the marker.
        risks: What to look at.
    """

    plan: Plan
    marker: str
    title: str
    body: str
    risks: tuple[Risk, ...]

    @property
    def changes(self) -> int:
        """Number of resources that differ."""
        return len(self.plan.changing) + self.plan.only_counted


def compose(plan: Plan, around: Surroundings | None = None, *, longest: int = LONGEST) -> Comment:
    """Write the comment of a plan.

    Args:
        plan: The plan.
        around: What to tell beside it.
        longest: Characters it may have; what is left out is said.
    """
    around = around or Surroundings()
    published = releases(plan)
    found = risks(plan, published, around.production)
    rows = {step.urn: _row(step, told(step, published)) for step in plan.changing}
    grave = {risk.step.urn for risk in found if risk.step}
    # Where not all fit, those to look at are the ones that are kept.
    urgent = [rows[urn] for urn in sorted(rows, key=lambda urn: urn not in grave)]
    marker = marker_of(plan, drift=around.drift)
    title = _title(plan, drift=around.drift)
    head = [marker, _heading(plan, around, title), *problem_list(plan), *risk_list(found)]
    tail = [_footer(plan, around, bool(published.expected))]
    details = [_details(step) for step in plan.changing]
    shown = [item for item in details if item]
    body = _assembled(head, (list(rows.values()), urgent), shown, tail, longest)
    return Comment(plan, marker, title, body, tuple(found))


def marker_of(plan: Plan, *, drift: bool = False) -> str:
    """The hidden first line of a stack's comment, the same from run to run."""
    sort = "drift" if drift else "plan"
    # Two hyphens would end an HTML comment.
    name = plan.identity.replace("--", "-\\-").replace(">", "\\>")
    return f"<!-- pulumi-agentrun:{sort} {name} -->"


def _title(plan: Plan, *, drift: bool) -> str:
    what = "Drift" if drift or plan.refreshed else "Preview"
    return f"{what} of {plan.project or 'project'} / {plan.stack}"


def _heading(plan: Plan, around: Surroundings, title: str) -> str:
    return f"### {escaped(title)}\n\n{_summary(plan, around)}"


def _summary(plan: Plan, around: Surroundings) -> str:
    total = len(plan.changing) + plan.only_counted
    if plan.failed:
        return "**The preview failed.** What is listed here may not be all."
    if not total:
        return "**No drift.**" if around.drift or plan.refreshed else "**No changes.**"
    if plan.deletes_everything:
        return f"**Everything in the stack is deleted**: {plural(total, 'resource')}."
    counts: dict[str, int] = {}
    for step in plan.changing:
        counts[step.verb] = counts.get(step.verb, 0) + 1
    parts = [f"{n} to {op}" for op, n in counts.items()]
    if plan.refreshed:
        return f"**{plural(total, 'resource')} differ{'s' if total == 1 else ''} from the state.**"
    if around.drift:
        return (
            f"**{plural(total, 'resource')} {'is' if total == 1 else 'are'} not as deployed.** "
            f"The next `pulumi up` does this: {', '.join(parts)}."
        )
    return f"**{plural(total, 'change')}**: {', '.join(parts)}."


def _row(step: Step, text: str) -> str:
    told = text if len(text) <= _LONGEST_CELL else _cut(text)
    symbol = _SYMBOLS.get(step.verb, step.op)
    cells = (code(symbol), code(step.name), _kind_of(step), told)
    return f"| {' | '.join(map(cell, cells))} |"


def _kind_of(step: Step) -> str:
    """The type, as Pulumi shows it: without the part of the module that repeats the name."""
    if step.kind:
        return escaped(step.kind)
    parts = step.type.split(":")
    if len(parts) == 3:
        parts[1] = parts[1].partition("/")[0]
    return code(":".join(parts))


def _cut(text: str) -> str:
    """A long sentence up to its last whole part."""
    head = text[:_LONGEST_CELL].rpartition("; ")[0]
    return f"{head}; …" if head.count("`") % 2 == 0 and head else "changes; see below"


def _details(step: Step) -> str:
    """The properties that differ, as a diff; of what goes away there is nothing to compare."""
    if step.op == "delete":
        return ""
    lines: list[str] = []
    for change in differences(step):
        lines += diff_lines(change)
    lines += [f"  {path}: [secret], may change" for path in unseen_secrets(step)]
    if not lines:
        return ""
    return f"{code(step.name)} ({_kind_of(step)})\n\n{fenced(chr(10).join(lines), 'diff')}"


def _footer(plan: Plan, around: Surroundings, numbered: bool) -> str:
    lines = []
    if plan.only_counted:
        lines.append(
            f"{plural(plan.only_counted, 'further resource')} differ"
            f"{'s' if plan.only_counted == 1 else ''}, but the refresh's document does not tell "
            "which; `pulumi preview --refresh --json` tells it."
        )
    if numbered:
        lines.append(
            "Version numbers are those expected: the service gives them when it publishes."
        )
    blind = [code(step.name) for step in plan.changing if unseen_secrets(step)]
    if blind:
        lines.append(
            f"Secrets of {', '.join(blind[:_MOST_PROBLEMS])} may change, too: the preview hides "
            "their old and new values."
        )
    where = []
    if around.commit:
        where.append(f"Commit {code(around.commit[:12])}")
    if around.run_url.startswith(("https://", "http://")):
        where.append(f"[log](<{around.run_url.replace('>', '%3E')}>)")
    if where:
        lines.append(" · ".join(where))
    return "\n\n".join(f"<sub>{line}</sub>" for line in lines)


def _assembled(
    head: list[str],
    orders: tuple[list[str], list[str]],
    details: list[str],
    tail: list[str],
    longest: int,
) -> str:
    """Put the parts together, leaving out the last ones until it is short enough.

    Args:
        head: What stands in front.
        orders: The rows of the table as they are shown, and in the order in which they are kept.
        details: The properties of each resource.
        tail: What stands behind.
        longest: Characters it may have.
    """
    rows, urgent = orders
    for kept_details in _fewer(len(details)):
        text = _joined(head, rows, len(rows), details, kept_details, tail)
        if len(text) <= longest:
            return text
    for kept_rows in _fewer(len(rows)):
        text = _joined(head, urgent, kept_rows, details, 0, tail)
        if len(text) <= longest:
            return text
    whole = "\n\n".join(head)
    note = "\n\n… the rest is left out: it is too long for a comment; see the log."
    return closed(whole[: longest - len(note) - _NOTE_ROOM]) + note


def _fewer(number: int) -> Iterable[int]:
    """All, then ever fewer; at most some dozen tries."""
    kept = float(number)
    while kept >= 1:
        yield int(kept)
        kept = kept * 0.8 if kept > 20 else kept - 1
    yield 0


def _joined(
    head: list[str],
    rows: list[str],
    kept_rows: int,
    details: list[str],
    kept_details: int,
    tail: list[str],
) -> str:
    parts = list(head)
    if rows:
        table = ["| | Resource | Type | What happens |", "|---|---|---|---|", *rows[:kept_rows]]
        parts.append("\n".join(table))
    if kept_rows < len(rows):
        parts.append(f"… and {plural(len(rows) - kept_rows, 'more resource')}: see the log.")
    if kept_details:
        parts.append(folded("Properties", "\n\n".join(details[:kept_details])))
    if kept_details < len(details):
        left = plural(len(details) - kept_details, "resource")
        parts.append(f"The properties of {left} are left out: the comment would be too long.")
    return "\n\n".join(part for part in [*parts, *tail] if part) + "\n"
