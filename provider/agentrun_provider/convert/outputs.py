"""References of agents to the outputs of others: the order that they ask for, and what there is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from .agent import AgentFile
from .failures import Faults, Place
from .program import AgentPlan, output_expression
from .references import OutputRef
from .values import Choice, Items, Late, Record, Template, Value, When, leaves


def in_order(
    plans: Sequence[AgentPlan], agents: Mapping[str, Mapping[str, AgentFile]], faults: Faults
) -> list[AgentPlan]:
    """Agents after those whose outputs they use."""
    ordered: list[AgentPlan] = []
    rest = list(plans)
    while rest:
        waiting = {plan.name for plan in rest}
        ready = [plan for plan in rest if not (_used(plan.arguments) & waiting)]
        if not ready:
            told = " and ".join(sorted(waiting))
            each = "each other's outputs" if len(waiting) > 1 else "its own output"
            verb = "refer" if len(waiting) > 1 else "refers"
            faults.add(_place_of_use(agents, waiting), f"{told} {verb} to {each}")
            return list(plans)
        ordered += ready
        rest = [plan for plan in rest if plan not in ready]
    return ordered


def _place_of_use(agents: Mapping[str, Mapping[str, AgentFile]], waiting: Collection[str]) -> Place:
    """Where one of some agents refers to one of them."""
    return next(
        leaf.origin.place
        for name in waiting
        for agent in agents[name].values()
        for leaf in leaves(agent.arguments)
        if isinstance(leaf, Late) and leaf.origin
        if any(reference.resource in waiting for reference in leaf.outputs)
    )


def _used(value: Value) -> set[str]:
    """Names of the agents whose outputs a value of the program holds."""
    if isinstance(value, Template):
        return {part.resource for part in value.parts if isinstance(part, OutputRef)}
    if isinstance(value, Items):
        return set().union(*(_used(item) for item in value.items))
    if isinstance(value, Record):
        return set().union(*(_used(item) for item in value.fields.values()))
    if isinstance(value, When):
        return _used(value.value)
    if isinstance(value, Choice):
        return set().union(*(_used(option) for _, option in value.options))
    return set()


def check_outputs(
    agents: Mapping[str, Mapping[str, AgentFile]], plans: Sequence[AgentPlan], faults: Faults
) -> None:
    """Refuse references to what no agent puts out."""
    for own in agents.values():
        for agent in own.values():
            for leaf in leaves(agent.arguments):
                for reference in leaf.outputs if isinstance(leaf, Late) else ():
                    if output_expression(reference, plans) is None and leaf.origin:
                        path = ".".join(reference.path)
                        faults.add(
                            leaf.origin.place,
                            f"${{resources.{reference.resource}.output.{path}}} can't be resolved: "
                            "id, arn, name, version, status and endpoints[n].url, .id and .arn can",
                        )
