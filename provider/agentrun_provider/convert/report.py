"""`MIGRATION.md`: where each field went, what was found, and what to do before the first `up`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Mapping

from .factoring import Entry
from .failures import Place
from .plan import ADOPT_KEY, Plan
from .report_fields import cell, rows

_PEM = re.compile(r"private_?key|cert|pem", re.IGNORECASE)

Missing = Mapping[str, Collection[str]]


def report_text(plan: Plan, missing: Missing) -> str:
    """The whole report.

    Args:
        plan: What was decided.
        missing: Keys of the settings that a person still has to give, by stack.
    """
    sections = [
        _head(plan),
        _to_do(plan, missing),
        _traps(plan),
        _staying(plan),
        *(_fields(plan, index) for index in range(len(plan.agents))),
        _rest(plan),
        _commands(),
    ]
    return "\n".join(section for section in sections if section)


def _head(plan: Plan) -> str:
    rows = "".join(
        f"| `{'`, `'.join(plan.documents[s].sources)}` | `{s}` | `Pulumi.{s}.yaml` |\n"
        for s in plan.stacks
    )
    return (
        f"# Migration of {plan.project} to Pulumi\n\n"
        "The program is `__main__.py`; what differs between environments is in the file of each "
        "stack.\n\n| File | Stack | Settings |\n|---|---|---|\n" + rows
    )


def _to_do(plan: Plan, missing: Missing) -> str:
    lines = ["## Before the first deployment", ""]
    lines += ["```console", "$ python3 -m venv venv && venv/bin/pip install -r requirements.txt"]
    for stack in plan.stacks:
        lines.append(f"$ pulumi stack init {stack}")
        lines += [f"$ {line}" for line in _settings(plan, stack, missing)]
    lines += [f"$ pulumi preview --stack {plan.stacks[0]}", "```", ""]
    lines += _explained(plan, missing)
    if plan.adopt:
        lines += _adopting(plan)
    return "\n".join(lines)


def _settings(plan: Plan, stack: str, missing: Missing) -> Iterator[str]:
    for entry in plan.entries[stack].values():
        if entry.key not in missing[stack]:
            continue
        secret = " --secret" if entry.secret else ""
        value = f" {entry.shell}" if entry.shell else ""
        # A key in PEM begins as an option does.
        dashes = " --" if value and entry.origin and _PEM.search(entry.origin.path) else ""
        yield f"pulumi config set --stack {stack}{secret}{dashes} {shlex.quote(entry.key)}{value}"


def _explained(plan: Plan, missing: Missing) -> list[str]:
    """Where the values come from that the commands ask for, and which defaults were written."""
    entries = [(stack, entry) for stack in plan.stacks for entry in plan.entries[stack].values()]
    lines = [
        *_listed(
            "What no file and no variable of the environment tells:",
            [
                f"- `{entry.key}` of `{stack}`: {entry.hint}, {_where(entry)}"
                for stack, entry in entries
                if entry.hint and entry.key in missing[stack]
            ],
        ),
        *_listed(
            "Secrets are never written in plain text. Without a value, the command asks:",
            [
                f"- `{entry.key}` of `{stack}`: its value stands in {_where(entry)}"
                for stack, entry in entries
                if entry.key in missing[stack] and entry.value is not None and not entry.shell
            ],
        ),
        *_listed(
            "These have the defaults that the files named; set what differs with you:",
            [
                f"- `{entry.key}` of `{stack}`, was {entry.shell}: {_where(entry)}"
                for stack, entry in entries
                if entry.shell and entry.value is not None and entry.key not in missing[stack]
            ],
        ),
    ]
    aliases = {(stack, alias) for stack in plan.stacks if (alias := plan.documents[stack].access)}
    return lines + _listed(
        "Credentials: `access` names a key of Serverless Devs (`~/.s/access.yaml`), which is "
        "not read. Use the environment, or a profile of the Alibaba Cloud CLI:",
        [
            f"- `access: {alias}` ({stack}): `pulumi config set --stack {stack} "
            f"agentrun:profile {shlex.quote(alias)}`, if there is such a profile"
            for stack, alias in sorted(aliases)
        ],
    )


def _listed(title: str, items: list[str]) -> list[str]:
    """A list under its title; nothing if it is empty."""
    return [title, "", *items, ""] if items else []


def _where(entry: Entry) -> str:
    return str(entry.origin.place) if entry.origin else "the file"


def _adopting(plan: Plan) -> list[str]:
    return [
        "### Taking over what is deployed",
        "",
        f"`{ADOPT_KEY}` is set in every stack: `pulumi up` takes over what exists under the "
        "names of the files, and writes only what differs; the preview tells what that is. The "
        "deployed code is compared with the code folder file by file, and sent if it is another: "
        "the preview names the files. Where they can't be compared, for want of the RAM action "
        "`fc:GetFunctionCode` for example, it says so, and the folder is taken for what is "
        "deployed. As long as the setting is there, `pulumi destroy` leaves the agents in the "
        "service. When all is moved:",
        "",
        "```console",
        *(f"$ pulumi config rm --stack {stack} {ADOPT_KEY}" for stack in plan.stacks),
        "```",
        "",
    ]


def _traps(plan: Plan) -> str:
    if not plan.traps:
        return "## What was found\n\nNothing that needs attention.\n"
    lines = ["## What was found", ""]
    lines += [f"- **{trap.place}**: {trap.text}." for trap in plan.traps]
    return "\n".join([*lines, ""])


def _staying(plan: Plan) -> str:
    """Resources of other components, and the references between them and the agents."""
    lines, crossing = [], []
    for stack in plan.stacks:
        document = plan.documents[stack]
        for each in document.foreigners:
            lines.append(f"- `{each.name}` of the component `{each.component}`: {each.place}")
            lines += [
                f"  - it uses `{text}` ({place}), which it can't know any more: put the value "
                f"there, as `pulumi stack output --stack {stack}` shows it"
                for text, place in each.uses
            ]
        for text, place in document.crossing:
            known = ".output" not in text
            where = "its value was copied" if known else "a setting of the stack, see above"
            crossing.append(f"- `{text}` ({place}): {where}")
    if not lines:
        return ""
    head = [
        "## What stays with Serverless Devs",
        "",
        "Only resources of the component agentrun were converted. When they are adopted, take them "
        "out of the files, since `s deploy` would go on deploying them; until then deploy the "
        "others by name, as in `s NAME deploy`. These stay:",
        "",
    ]
    if crossing:
        crossing = ["", "The agents refer to them here:", "", *dict.fromkeys(crossing)]
    return "\n".join([*head, *dict.fromkeys(lines), *crossing, ""])


def _fields(plan: Plan, index: int) -> str:
    agent = plan.agents[index]
    lines = [f"## Where the fields of {agent.name} went", "", "| `s.yaml` | Argument | Where |"]
    lines.append("|---|---|---|")
    for row in rows(agent, plan.files[agent.name].values()):
        lines.append(f"| `{cell(row.path)}` | `{cell(row.argument)}` | {cell(row.where)} |")
    return "\n".join([*lines, ""])


def _rest(plan: Plan) -> str:
    region = "the setting `agentrun:region`"
    where = "`Pulumi.yaml`" if plan.shared else "the stacks' files"
    found = [
        ("`edition`", "not needed"),
        ("`name`", f"name of the project, `{plan.project}`"),
        ("`access`", "credentials, see above"),
        ("`extend`", "resolved"),
        ("`props.region`", f"{region} in {where}"),
    ]
    notes: dict[tuple[str, str], Place] = {}
    for stack in plan.stacks:
        for note in plan.documents[stack].notes:
            notes.setdefault((note.path, note.where), note.place)
    found += [(f"`{path}` ({place})", way) for (path, way), place in notes.items()]
    found += [(f"`{path}` ({place})", f"nowhere: {why}") for _, path, place, why in plan.dropped]
    lines = ["## The rest", "", "| `s.yaml` | Where |", "|---|---|"]
    lines += [f"| {cell(left)} | {cell(right)} |" for left, right in found]
    return "\n".join([*lines, ""])


def _commands() -> str:
    pairs = [
        ("s deploy -t s.prod.yaml", "pulumi up --stack prod"),
        ("s info", "pulumi-agentrun info"),
        ("s logs --tail", "pulumi-agentrun logs --tail"),
        ("s version publish", "`publish=True` in the program, then `pulumi up`"),
        ("s endpoint publish --weight", "`rollout` or `canary` of an endpoint"),
        ("s concurrency put", "`reserved_concurrency` in the program"),
        ("s remove", "pulumi destroy"),
    ]
    lines = ["## Commands", "", "| Before | Now |", "|---|---|"]
    lines += [f"| `{old}` | {new if '`' in new else f'`{new}`'} |" for old, new in pairs]
    return "\n".join([*lines, ""])
