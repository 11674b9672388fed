"""Put the files together: one program, and a stack for each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .across import check_names, renamed, twice
from .agent import AgentFile, read_document
from .documents import Document, load, stack_of
from .factoring import Entry, Factoring, late_entry
from .failures import ConvertError, Fault, Faults, Place
from .keys import variables, words
from .outputs import check_outputs, in_order
from .program import AgentPlan
from .scalars import Report, Trap
from .values import Items, Late, Plain, Record, Value

REGION_KEY = "agentrun:region"
ADOPT_KEY = "agentrun:adopt"
DEFAULT_PROJECT = "agentrun-app"
# What names of projects and stacks may be made of: they are parts of files' names, too.
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")


@dataclass(frozen=True)
class Plan:
    """What is to be written.

    Attributes:
        project: Name of the project.
        stacks: Its stacks, in the order of the files.
        documents: The file of each stack.
        agents: The agents of the program.
        files: Each agent as each stack's file has it.
        shared: Configuration that all stacks have alike.
        entries: Configuration of each stack.
        traps: What was found, in the order of the files.
        dropped: Fields that go nowhere: agent, path, place, why.
        adopt: Whether existing agents are taken over.
    """

    project: str
    stacks: Sequence[str]
    documents: Mapping[str, Document]
    agents: Sequence[AgentPlan]
    files: Mapping[str, Mapping[str, AgentFile]]
    shared: Mapping[str, str]
    entries: Mapping[str, Mapping[str, Entry]]
    traps: Sequence[Trap]
    dropped: Sequence[tuple[str, str, Place, str]] = field(default_factory=tuple)
    adopt: bool = False


def make_plan(
    files: Sequence[Path],
    out: Path,
    *,
    stacks: Sequence[str] = (),
    project: str | None = None,
    adopt: bool = False,
    only_agentrun: bool = False,
) -> Plan:
    """Read the files and decide what goes where. Writes nothing.

    Args:
        files: The files, one for each stack.
        out: The folder of the new project.
        stacks: Names of the stacks in the order of the files; default: as the files' names tell.
        project: Name of the project; default: from the `name` in the files.
        adopt: Whether the deployment takes over what exists.
        only_agentrun: Whether resources of other components stay with Serverless Devs.

    Raises:
        ConvertError: Something is wrong with the files; all of it is told.
    """
    documents = _load_all(files, stacks, only_agentrun=only_agentrun)
    faults = Faults()
    agents: dict[str, dict[str, AgentFile]] = {}
    reports: dict[str, Report] = {}
    for stack, document in documents.items():
        own = Faults()
        found, reports[stack] = read_document(document, out, own)
        # What could not be resolved has no type either: that follows, and is not told.
        told = {fault.place for fault in document.faults}
        for fault in document.faults + tuple(f for f in own.found if f.place not in told):
            faults.add(fault.place, fault.reason)
        if document.faults:
            _note_extended(document.path, documents, faults)
        for name, agent in found.items():
            agents.setdefault(name, {})[stack] = agent
    check_names(agents, faults)
    faults.check()
    names = list(documents)
    factoring = Factoring(names)
    shared = _regions(agents, names, factoring)
    known = variables(list(agents))
    plans = [
        _agent(name, own, names, factoring, known[name], several=len(agents) > 1)
        for name, own in agents.items()
    ]
    plans = in_order(plans, agents, faults)
    check_outputs(agents, plans, faults)
    faults.check()
    if adopt:
        for stack in names:
            factoring.set(stack, Entry(ADOPT_KEY, True))
    traps = [trap for report in reports.values() for trap in report.traps]
    traps += twice(agents)
    traps += renamed(agents, names)
    return Plan(
        project=project or _project_name(documents),
        stacks=names,
        documents=documents,
        agents=plans,
        files=agents,
        shared=shared,
        entries=factoring.entries,
        traps=sorted(set(traps), key=lambda trap: (trap.place, trap.text)),
        dropped=[
            (documents[stack].shown, path, place, why)
            for stack, report in reports.items()
            for path, place, why in report.dropped
        ],
        adopt=adopt,
    )


def _load_all(
    files: Sequence[Path], stacks: Sequence[str], *, only_agentrun: bool
) -> dict[str, Document]:
    found: dict[str, Document] = {}
    wrong: list[Path] = []
    faults = Faults()
    for index, path in enumerate(files):
        stack = stacks[index] if index < len(stacks) else stack_of(path)
        if not _NAME.fullmatch(stack):
            faults.add(Place(str(path), 1), f"{stack!r} can't be the name of a stack")
            continue
        try:
            document = load(path, stack, only_agentrun=only_agentrun)
        except ConvertError as error:
            wrong.append(path)
            for fault in error.faults:
                faults.add(fault.place, fault.reason)
            continue
        other = found.get(document.stack)
        if other is not None:
            faults.add(
                Place(document.shown, 1),
                f"becomes the stack {document.stack!r}, as {other.shown} does: name the stacks "
                "with --stack, once for each file",
            )
        found.setdefault(document.stack, document)
    for path in wrong:
        _note_extended(path, found, faults)
    faults.check()
    return found


def _note_extended(path: Path, documents: Mapping[str, Document], faults: Faults) -> None:
    """Tell of a faulty file that another one extends: it may not be meant to stand alone."""
    above = [each.path.name for each in documents.values() if str(path) in each.sources[1:]]
    if above:
        reason = "extends it: leave it out if it is no environment of its own"
        faults.add(Place(str(path), 1), f"{above[0]} {reason}")


def _agent(
    name: str,
    own: Mapping[str, AgentFile],
    stacks: Sequence[str],
    factoring: Factoring,
    variable: str,
    *,
    several: bool,
) -> AgentPlan:
    having = [stack for stack in stacks if stack in own]
    variants = {stack: own[stack].arguments for stack in having}
    path = (variable if several else "",)
    arguments = factoring.record(path, variants, having)
    fields = dict(arguments.fields)
    if "endpoints" not in fields:
        fields["endpoints"] = Items(())
    elif any("endpoints" not in variant.fields for variant in variants.values()):
        padded = {
            stack: variant.fields.get("endpoints", Items(())) for stack, variant in variants.items()
        }
        fields["endpoints"] = factoring.value((*path, "endpoints"), padded, having)
    first = own[having[0]]
    return AgentPlan(
        name=name,
        arguments=Record("Agent", fields, arguments.origin),
        stacks=() if len(having) == len(stacks) else tuple(having),
        notes=first.notes,
        endpoint_names=_endpoint_names(own.values()),
        variable=variable,
    )


def _endpoint_names(agents: Iterable[AgentFile]) -> tuple[str, ...]:
    """Names of the endpoints, as far as all files have the same."""
    found = set()
    for agent in agents:
        listed = agent.arguments.fields.get("endpoints")
        items = listed.items if isinstance(listed, Items) else ()
        names = [item.fields.get("name") for item in items if isinstance(item, Record)]
        found.add(tuple(str(name.value) for name in names if isinstance(name, Plain)))
    return found.pop() if len(found) == 1 else ()


def _regions(
    agents: Mapping[str, Mapping[str, AgentFile]], stacks: Sequence[str], factoring: Factoring
) -> dict[str, str]:
    """Make the region a setting of the provider; what differs from it becomes an argument."""
    main: dict[str, Value] = {}
    for own in agents.values():
        for stack, agent in own.items():
            main.setdefault(stack, agent.region)
    for own in agents.values():
        if all(agent.region == main[stack] for stack, agent in own.items()):
            continue
        for agent in own.values():
            fields = agent.arguments.fields
            assert isinstance(fields, dict), "made as one"
            fields["region"] = agent.region
    values = [main[stack] for stack in stacks if stack in main]
    first = values[0]
    if isinstance(first, Plain) and all(value == first for value in values):
        return {REGION_KEY: str(first.value)}
    for stack, value in main.items():
        if isinstance(value, Late):
            factoring.set(stack, late_entry(REGION_KEY, value, secret=False))
        elif isinstance(value, Plain):
            factoring.set(stack, Entry(REGION_KEY, value.value, origin=value.origin))
    return {}


def _project_name(documents: Mapping[str, Document]) -> str:
    """What the applications' names have in common, without the names of the stacks."""
    found = set()
    for stack, document in documents.items():
        own = words(stack)
        name = document.name or DEFAULT_PROJECT
        parts = [part for part in re.split(r"[^A-Za-z0-9]+", name) if part]
        rest = [part for part in parts if part.lower() not in own]
        found.add("-".join(rest if len(documents) > 1 and rest else parts))
    name = found.pop() if len(found) == 1 else ""
    return name if name and name != "agentrun" else DEFAULT_PROJECT


def conflict(plan: Plan) -> Fault | None:
    """Why the name of the project can't be one; None if it can."""
    place = Place("Pulumi.yaml", 1)
    if plan.project == "agentrun":
        reason = "'agentrun' can't be the name of a project: its settings would be the provider's"
        return Fault(place, reason)
    if _NAME.fullmatch(plan.project):
        return None
    return Fault(place, f"{plan.project!r} can't be the name of a project")
