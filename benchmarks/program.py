"""A Pulumi project of N agents, in a folder of its own."""

from __future__ import annotations

import random
from pathlib import Path

from .service import REGION

CODE_BYTES = 1024 * 1024

STACK = "dev"

_PROJECT = f"""\
name: benchmark
runtime: python
config:
  agentrun:region:
    value: {REGION}
"""

_PROGRAM = """\
import pulumi
import pulumi_agentrun as agentrun

for number in range({agents}):
    runtime = agentrun.Runtime(
        f"agent{{number}}",
        code=agentrun.CodeArgs(
            src=f"./agent{{number}}", language="python3.12", command=["python3", "app.py"]
        ),
        cpu=1.0,
        memory=2048,
    )
    endpoint = agentrun.RuntimeEndpoint(
        f"live{{number}}", runtime_id=runtime.id, name="live", target_version="LATEST"
    )
    pulumi.export(f"url{{number}}", endpoint.url)
"""


def program_of(agents: int) -> str:
    """The source of a program that declares so many runtimes, each with one endpoint."""
    return _PROGRAM.format(agents=agents)


def write_project(folder: Path, agents: int, code_bytes: int = CODE_BYTES) -> list[Path]:
    """Write a project and the code of its agents, which no compression makes smaller.

    Args:
        folder: An empty folder.
        agents: How many agents the program declares.
        code_bytes: Size of each agent's code.

    Returns:
        The folders with the code, one per agent.
    """
    (folder / "Pulumi.yaml").write_text(_PROJECT, encoding="utf-8")
    (folder / f"Pulumi.{STACK}.yaml").write_text("config: {}\n", encoding="utf-8")
    (folder / "__main__.py").write_text(program_of(agents), encoding="utf-8")
    return [_write_code(folder / f"agent{number}", number, code_bytes) for number in range(agents)]


def _write_code(folder: Path, number: int, size: int) -> Path:
    folder.mkdir()
    (folder / "app.py").write_text("print('hello')\n", encoding="utf-8")
    (folder / "weights.bin").write_bytes(random.Random(number).randbytes(size))  # noqa: S311
    return folder
