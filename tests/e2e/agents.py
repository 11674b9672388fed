"""Programs with one agent, and what their states hold."""

from __future__ import annotations

from typing import Any

from .conftest import Project

COMPONENT = "agentrun:index:Agent"
CODE = '{"src": "./code", "language": "python3.12", "command": ["python3", "app.py"]}'


def program(project: Project, arguments: str, *, before: str = "", after: str = "") -> None:
    """A program with one agent."""
    (project.folder / "__main__.py").write_text(
        "import pulumi\nimport pulumi_agentrun as agentrun\n"
        f"{before}\n"
        f'agent = agentrun.Agent("shop", {arguments}, code={CODE})\n'
        f"{after}\n"
    )


def resources(project: Project, stack: str = "dev") -> dict[str, dict[str, Any]]:
    """The resources of the state by name."""
    document = project.run("stack", "export", stack=stack).document
    listed = document["deployment"]["resources"]
    return {resource["urn"].rpartition("::")[2]: resource for resource in listed}


def unchanged(project: Project, stack: str = "dev") -> None:
    """A second `up` finds nothing to do and writes nothing."""
    project.writes()
    assert set(project.json("up", stack=stack).changes) == {"same"}
    assert project.writes() == []
