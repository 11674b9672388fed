"""`MIGRATION.md`: where each field went, what was found, and what to do before the first `up`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from .factoring import Entry
from .plan import ADOPT_KEY, Plan
from .references import OutputRef
from .values import (
    Choice,
    Items,
    Origin,
    Plain,
    Record,
    Setting,
    Template,
    Value,
    When,
)

Row = tuple[str, str, str]


def report_text(plan: Plan, *, sealed: bool) -> str:
    """The whole report.

    Args:
        plan: What was decided.
        sealed: Whether secrets stand encrypted in the stacks' files.
    """
    sections = [
        _head(plan),
        _to_do(plan, sealed=sealed),
        _traps(plan),
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


def _to_do(plan: Plan, *, sealed: bool) -> str:
    lines = ["## Before the first deployment", ""]
    lines += ["```console", "$ python3 -m venv venv && venv/bin/pip install -r requirements.txt"]
    for stack in plan.stacks:
        lines.append(f"$ pulumi stack init {stack}")
        lines += [f"$ {line}" for line in _settings(plan, stack, sealed=sealed)]
    lines += [f"$ pulumi preview --stack {plan.stacks[0]}", "```", ""]
    lines += _explained(plan, sealed=sealed)
    if plan.adopt:
        lines += _adopting(plan)
    return "\n".join(lines)


def _settings(plan: Plan, stack: str, *, sealed: bool) -> Iterator[str]:
    for entry in plan.entries[stack].values():
        if entry.value is not None and not (entry.secret and not sealed):
            continue
        secret = " --secret" if entry.secret else ""
        value = f" {entry.shell}" if entry.shell else ""
        yield f"pulumi config set --stack {stack}{secret} {shlex.quote(entry.key)}{value}"


def _explained(plan: Plan, *, sealed: bool) -> list[str]:
    """Where the values come from that the commands ask for, and which defaults were written."""
    lines = []
    asked = [
        (stack, entry)
        for stack in plan.stacks
        for entry in plan.entries[stack].values()
        if entry.secret and entry.value is not None and not sealed and not entry.shell
    ]
    if asked:
        lines.append("Secrets are never written in plain text. Without a value, the command asks:")
        lines.append("")
        for stack, entry in asked:
            lines.append(f"- `{entry.key}` of `{stack}`: its value stands in {_where(entry)}")
        lines.append("")
    kept = [
        (stack, entry)
        for stack in plan.stacks
        for entry in plan.entries[stack].values()
        if entry.shell and entry.value is not None and not (entry.secret and not sealed)
    ]
    if kept:
        lines.append("These have the defaults that the files named; set what differs with you:")
        lines.append("")
        for stack, entry in kept:
            lines.append(f"- `{entry.key}` of `{stack}`, was {entry.shell}: {_where(entry)}")
        lines.append("")
    aliases = {
        (stack, alias)
        for stack in plan.stacks
        for alias in (
            plan.documents[stack].access,
            *(resource.access for resource in plan.documents[stack].resources.values()),
        )
        if alias
    }
    if aliases:
        lines.append(
            "Credentials: `access` names a key of Serverless Devs (`~/.s/access.yaml`), which is "
            "not read. Use the environment, or a profile of the Alibaba Cloud CLI:"
        )
        lines.append("")
        for stack, alias in sorted(aliases):
            lines.append(
                f"- `access: {alias}` ({stack}): `pulumi config set --stack {stack} "
                f"agentrun:profile {shlex.quote(alias)}`, if there is such a profile"
            )
        lines.append("")
    return lines


def _where(entry: Entry) -> str:
    return str(entry.origin.place) if entry.origin else "the file"


def _adopting(plan: Plan) -> list[str]:
    return [
        "### Taking over what is deployed",
        "",
        f"`{ADOPT_KEY}` is set in every stack: `pulumi up` takes over what exists under the "
        "names of the files, and writes only what differs; the preview tells what that is. The "
        "service does not tell which code the component sent, so the code folder is taken for "
        "what is deployed: if it is not, change it after the adoption and run `up` again. As long "
        "as the setting is there, `pulumi destroy` leaves the agents in the service. When all is "
        "moved:",
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


def _fields(plan: Plan, index: int) -> str:
    agent = plan.agents[index]
    lines = [f"## Where the fields of {agent.name} went", "", "| `s.yaml` | Argument | Where |"]
    lines.append("|---|---|---|")
    for path, argument, where in _rows(agent.arguments, ""):
        lines.append(f"| `{path}` | `{argument}` | {where} |")
    return "\n".join([*lines, ""])


def _rows(value: Value, argument: str) -> Iterator[Row]:
    if isinstance(value, Record):
        for name, item in value.fields.items():
            if value.type:
                inner = f"{argument}.{name}" if argument else name
            else:
                inner = f"{argument}[{name}]" if name != "**" else argument
            yield from _rows(item, inner)
        return
    if isinstance(value, Items):
        for number, item in enumerate(value.items):
            yield from _rows(item, f"{argument}[{number}]")
        return
    if isinstance(value, When):
        where = f"in {', '.join(f'`{stack}`' for stack in value.stacks)} only"
        if value.key:
            where += f", switched on by `{value.key}`"
        for path, inner, place in _rows(value.value, argument):
            yield path, inner, f"{place}; {where}"
        return
    if isinstance(value, Choice):
        for stacks, option in value.options:
            for path, inner, place in _rows(option, argument):
                yield path, inner, f"{place}; in {', '.join(stacks)}"
        return
    origin: Origin | None = getattr(value, "origin", None)
    if origin is not None:
        yield origin.path, argument, _destination(value)


def _destination(value: Value) -> str:
    if isinstance(value, Plain):
        return "program, the same in all stacks"
    if isinstance(value, Setting):
        kind = "secret setting" if value.secret else "setting"
        return f"{kind} `{value.key}` of the stacks"
    assert isinstance(value, Template), "the other values have no place of their own"
    keys = [f"`{part.key}`" for part in value.parts if isinstance(part, Setting)]
    others = [f"output of {part.resource}" for part in value.parts if isinstance(part, OutputRef)]
    named = ["the stack's name"] if not keys and not others else []
    return f"program, with {', '.join([*keys, *others, *named])}"


def _rest(plan: Plan) -> str:
    region = "the setting `agentrun:region`"
    where = "`Pulumi.yaml`" if plan.shared else "the stacks' files"
    rows = [
        ("`edition`", "not needed"),
        ("`name`", f"name of the project, `{plan.project}`"),
        ("`access`", "credentials, see above"),
        ("`vars`, `template`, `extend`", "resolved"),
        ("`props.region`", f"{region} in {where}"),
    ]
    lines = ["## The rest", "", "| `s.yaml` | Where |", "|---|---|"]
    lines += [f"| {left} | {right} |" for left, right in rows]
    lines += [f"| `{path}` ({place}) | nowhere: {why} |" for _, path, place, why in plan.dropped]
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
