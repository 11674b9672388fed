"""Measure deployments beside their floor and print a Markdown table: `python -m benchmarks.deploy`.

Floor and ours take turns, so that whatever else the machine does meets both.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from agentrun_provider.packaging import load_package

from .engines import Engine, start_of_python
from .floor import Floor
from .program import write_project
from .service import BenchmarkError, Service
from .table import Row, markdown

AGENTS = (1, 5)
RUNS = 3
# The start of an interpreter is short, so its time needs more runs to be told from noise.
STARTS = 9

_BARE_START = "import pulumi, pulumi_agentrun"


class Comparison:
    """An engine beside the floor, with one number of agents.

    Args:
        service: Where both deploy to.
        folder: An empty folder for the project.
        engine: `local` or `pulumi`.
        agents: How many agents.
    """

    def __init__(self, service: Service, folder: Path, engine: str, agents: int) -> None:
        self._service = service
        self._agents = agents
        self._packages = [load_package(code) for code in write_project(folder, agents)]
        self._engine = Engine(engine, folder, service.environment())
        words = f"{agents} agent{'s' if agents > 1 else ''}"
        own = "" if engine == "local" else f" (`{engine}`)"
        self.first = Row(f"{words}, first deploy{own}")
        self.again = Row(f"{words}, nothing changed{own}")
        self.destroy = Row(f"{words}, destroy{own}")

    def rows(self) -> Iterator[Row]:
        """What was compared."""
        yield from (self.first, self.again, self.destroy)

    def run(self) -> None:
        """Do everything once."""
        self._run_floor()
        self._service.take_calls()
        self.first.ours.append(self._engine.up())
        self._service.expect(self._agents)
        self._note_calls(self.first)
        self.again.floor.append(start_of_python(_BARE_START))
        self.again.ours.append(self._engine.up())
        self._note_calls(self.again)
        self.destroy.ours.append(self._engine.destroy())
        self._service.expect(0)
        self._note_calls(self.destroy)

    def _run_floor(self) -> None:
        with Floor(self._service.url) as floor:
            start = time.perf_counter()
            deployed = floor.deploy(self._packages)
            self.first.floor.append(time.perf_counter() - start)
            self._service.expect(self._agents)
            start = time.perf_counter()
            floor.destroy(deployed)
            self.destroy.floor.append(time.perf_counter() - start)
        self._service.expect(0)

    def _note_calls(self, row: Row) -> None:
        row.calls.append(str(self._service.take_calls()))


def import_time(starts: int) -> Row:
    """The start of a program that imports the SDK beside one that imports Pulumi alone."""
    row = Row("import of the SDK")
    for _ in range(starts):
        row.floor.append(start_of_python("import pulumi"))
        row.ours.append(start_of_python("import pulumi_agentrun"))
    return row


def measure(engines: Sequence[str], numbers: Sequence[int], runs: int) -> list[Row]:
    """Measure everything.

    Raises:
        BenchmarkError: Something was not deployed as it should have been.
    """
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch, Service() as service:
        for engine in engines:
            for agents in numbers:
                folder = Path(scratch, f"{engine}-{agents}")
                folder.mkdir()
                comparison = Comparison(service, folder, engine, agents)
                for _ in range(runs):
                    comparison.run()
                rows += comparison.rows()
    return [*rows, import_time(STARTS)]


def main() -> int:
    """Measure what the command line asks for, and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.deploy", description=__doc__)
    parser.add_argument(
        "--engine",
        action="append",
        choices=["local", "pulumi"],
        help="engine to measure; may be repeated (default: local)",
    )
    parser.add_argument(
        "--agents",
        type=int,
        action="append",
        help="number of agents; may be repeated (default: 1 and 5)",
    )
    parser.add_argument("--runs", type=int, default=RUNS, help="runs that medians are taken of")
    options = parser.parse_args()
    try:
        rows = measure(options.engine or ["local"], options.agents or AGENTS, options.runs)
    except BenchmarkError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(markdown(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
