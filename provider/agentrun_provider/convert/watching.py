"""Note what is valid in a file, and not what people expect of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from .documents import Document
from .failures import Place
from .reading import Node
from .scalars import Report
from .values import Items, Late, Plain, Record, Value, leaves

# What the service answers 400 for when it is missing, and what the provider then sends.
_NEEDED = {"cpu": "1", "memory": "2048", "port": "9000"}
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=")
_PRODUCTION = re.compile(r"(^|[-_.])(prod|production|prd|live|online)([-_.]|$)")


def watch(agent: Node, arguments: dict[str, Value], document: Document, report: Report) -> None:
    """Note what is valid, and not what people expect."""
    for key, value in _NEEDED.items():
        if agent.get(key) is None:
            report.trap(
                agent.place,
                f"`agent.{key}` is missing. The schema's default is never applied: the component "
                f"sends none, and the service refuses to create the runtime. The provider sends "
                f"{value} (its own default); if the runtime exists with another value, write that "
                "into the program",
            )
    if agent.get("instanceConcurrency") is None:
        report.trap(
            agent.place,
            "`agent.instanceConcurrency` is missing: the schema says 10, but none is sent, and the "
            "service's own default is 1",
        )
    container = arguments.get("container")
    image = container.fields.get("image") if isinstance(container, Record) else None
    if isinstance(image, Plain) and image.origin and _is_mutable(str(image.value)):
        report.trap(
            image.origin.place,
            f"the image {image.value} has no fixed tag: under it every version runs whatever was "
            "pushed last, and a rollback gets the newest, too. Give a digest",
        )
    _watch_endpoints(agent, arguments, document, report)


def _is_mutable(image: str) -> bool:
    if "@sha256:" in image:
        return False
    _, colon, tag = image.rpartition("/")[2].partition(":")
    return not colon or tag == "latest"


def _watch_endpoints(
    agent: Node, arguments: dict[str, Value], document: Document, report: Report
) -> None:
    listed = arguments.get("endpoints")
    if not isinstance(listed, Items) or not listed.items:
        report.trap(
            agent.place,
            "there are no `endpoints`. The guide says that `s deploy` makes one; the component "
            "does not, so the agent may have no address, or one that was made elsewhere",
        )
        return
    if not _PRODUCTION.search(document.stack):
        return
    for item in listed.items:
        assert isinstance(item, Record), "endpoints are objects"
        version = item.fields.get("version")
        if item.origin and (version is None or version == Plain("LATEST")):
            report.trap(
                item.origin.place,
                f"`{item.origin.path}` is on LATEST in {document.stack}: every deployment reaches "
                "its users at once. With `publish=True` (and no version) the endpoint follows "
                "published versions, and `rollout` gives them traffic step by step",
            )


def tell_of_build(place: Path, source: Plain, report: Report) -> None:
    """Tell what takes the place of `s build`."""
    assert source.origin is not None, "read from a file"
    if (place / "python").is_dir():
        report.trap(
            source.origin.place,
            f"`s build` has installed packages into {source.value}/python, and they are deployed "
            "as they are. To have `up` install them, remove that folder and add "
            '`requirements="requirements.txt"` to `agentrun.CodeArgs`',
        )
    else:
        report.trap(
            source.origin.place,
            f"{source.value}/requirements.txt is not installed by a deployment. In place of `s "
            'build`, add `requirements="requirements.txt"` to `agentrun.CodeArgs`',
        )


def watch_variables(values: Iterable[Value], document: Document, report: Report) -> None:
    """Tell of the `.env` file that Serverless Devs reads beside its own."""
    path = document.path.parent / ".env"
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    told = {match[1] for line in lines if (match := _ASSIGNMENT.match(line))}
    asked = {
        variable.name
        for value in values
        for leaf in leaves(value)
        if isinstance(leaf, Late)
        for variable in leaf.variables
    }
    if told & asked:
        report.trap(
            Place(str(path), 1),
            f"Serverless Devs reads {', '.join(sorted(told & asked))} from here, and Pulumi does "
            "not: run `set -a; . ./.env; set +a` before the commands that set the stack",
        )
