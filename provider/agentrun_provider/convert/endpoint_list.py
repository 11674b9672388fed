"""Read the endpoints of an `agent` block (sections 4.4 and 9.1)."""

from __future__ import annotations

from .reading import Node
from .records import SHORT_NAME, Shape
from .scalars import Report, late, origin, text
from .values import Items, Record, Value


def version(node: Node, path: str, report: Report) -> Value | None:
    """Read the version of an endpoint: `LATEST` or a number, also as text."""
    value = node.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    clean = Node(value, node.place, node.notes)
    return text(r"^(LATEST|[1-9][0-9]*)$", hint="it must be LATEST or a number from 1")(
        clean, path, report
    )


def weight(node: Node, path: str, report: Report) -> None:
    """Check the weight of an endpoint, which splits nothing (section 4.4)."""
    value = node.value
    if late(node, path, "number", report) is not None:
        shown = "…"
    elif isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1:
        report.faults.add(node.place, f"{path} must be a number above 0 and below 1")
        return
    else:
        shown = f"{value:g}"
    report.trap(
        node.place,
        f"`{path}` {shown} splits nothing: the component sends it for the version that the "
        "endpoint has already, so all traffic goes there. It is left out. For a real split give "
        f"the endpoint `canary=agentrun.CanaryArgs(version=…, weight={shown})`, or let a "
        "`rollout` do it",
    )
    report.drop(path, node.place, "it has no effect")


def endpoints(node: Node, path: str, report: Report) -> Value | None:
    """Read the endpoints; one without a version is on `LATEST`."""
    if not isinstance(node.value, list):
        report.faults.add(node.place, f"{path} must be a list")
        return None
    found: list[Value] = []
    names: set[object] = set()
    for index, item in enumerate(node.value):
        where = f"{path}[{index}]"
        if not item.is_mapping:
            report.faults.add(item.place, f"{where} must be a mapping")
            continue
        share = item.get("weight")
        if share is not None:
            weight(share, f"{where}.weight", report)
        rest = {key: value for key, value in item.items() if key != "weight"}
        read = _ENDPOINT(Node(rest, item.place, item.notes), where, report)
        if not isinstance(read, Record):
            continue
        name = read.fields.get("name")
        if name in names:
            report.faults.add(item.place, f"{where} has the name of another endpoint")
        names.add(name)
        found.append(read)
    return Items(tuple(found), origin(node, path))


_ENDPOINT = Shape(
    "AgentEndpointArgs",
    {
        "name": ("name", text(SHORT_NAME)),
        "version": ("version", version),
        "description": ("description", text(longest=256)),
    },
    ("name",),
)
