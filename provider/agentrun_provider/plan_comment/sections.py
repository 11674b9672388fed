"""Lists that stand in front of a comment's table: problems, and what to look at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from .markup import code, fenced, folded
from .masking import without_secrets
from .plan import Plan
from .risks import Risk

_MOST_PROBLEMS: Final = 20
_MOST_NAMED: Final = 8
_LONGEST_PROBLEM: Final = 1_500
_PLURALS: Final = {"is": "are", "has": "have", "reaches": "reach"}
# How the CLI tells what a provider's check refuses, with the property and the reason.
_CHECK_FAILED = re.compile(
    r"^\S+ resource '[^']*': property (\S+) value \{.*\} has a problem: ", re.DOTALL
)


def problem_list(plan: Plan) -> list[str]:
    """Errors in full, warnings folded."""
    told_of: dict[str, list[str]] = {"error": [], "warning": []}
    for severity, name, text in plan.problems:
        told_of[severity].append(_problem(name, text))
    errors, warnings = ("\n".join(_first(told_of[each])) for each in ("error", "warning"))
    result = [errors] if errors else []
    if warnings:
        result.append(folded(plural(len(told_of["warning"]), "warning"), warnings))
    return result


def _problem(name: str, text: str) -> str:
    """One error or warning as an item of a list, a long one such as a traceback as a block."""
    short = without_secrets(_CHECK_FAILED.sub(r"\1: ", text))
    if len(short) > _LONGEST_PROBLEM:
        short = f"{short[:_LONGEST_PROBLEM]} …"
    subject = f"{code(name)}: " if name else ""
    if "\n" not in short:
        return f"- {subject}{code(short)}"
    block = fenced(short).replace("\n", "\n  ")
    return f"- {subject or 'The program: '}\n\n  {block}"


def _first(lines: list[str]) -> list[str]:
    left = len(lines) - _MOST_PROBLEMS
    return lines[:_MOST_PROBLEMS] + ([f"- … and {left} more"] if left > 0 else [])


def risk_list(found: Sequence[Risk]) -> list[str]:
    """What to look at, those of one name in one line."""
    # That the preview failed stands above already.
    names = dict.fromkeys(risk.name for risk in found if risk.step)
    if not names:
        return []
    lines = []
    for name in names:
        same = [risk for risk in found if risk.name == name]
        lines.append(f"- ⚠️ **{name.replace('-', ' ')}**: {_named_together(same)}")
    return ["**Look at this:**\n\n" + "\n".join(lines)]


def _named_together(same: Sequence[Risk]) -> str:
    """Risks of one name, those of the same words together."""
    groups: dict[str, list[str]] = {}
    for risk in same:
        groups.setdefault(risk.text, []).append(code(risk.step.name) if risk.step else "")
    texts = []
    for text, names in list(groups.items())[:_MOST_NAMED]:
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        told = [name for name in names if name]
        subject = ", ".join(told[:_MOST_NAMED]) + more
        texts.append(_sentence(subject, text, many=len(told) > 1))
    left = len(groups) - len(texts)
    return "; ".join(texts) + (f"; and {left} more" if left else "")


def _sentence(subject: str, text: str, *, many: bool) -> str:
    """A text after the resources that it is said of; most texts begin with their verb."""
    if not subject or not text[0].islower():
        return f"{subject}: {text}" if subject else text
    words = text.split(" ")
    place = 2 if words[:2] == ["no", "longer"] else 0
    if many:
        words[place] = _PLURALS.get(words[place], words[place].removesuffix("s"))
    return f"{subject} {' '.join(words)}"


def plural(number: int, noun: str) -> str:
    """A number and what it counts."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
