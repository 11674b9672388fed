"""What a test pays for the fake: `python -m benchmarks.fixture`.

In fresh interpreters, processor time from before the first import to a fake that is ready to be
asked, against the import of httpx alone, which every test of a client pays anyway.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

RUNS = 7
_HEAD = "import time; before = time.process_time()\n"
_TAIL = "\nprint(time.process_time() - before)"
FLOOR = "import httpx"
OURS = "import httpx\nfrom agentrun_fake import mock_agentrun\nmock_agentrun().__enter__()"
TITLES = (
    "| what | floor ms | with the fake ms | difference ms | ratio |\n|---|---:|---:|---:|---:|\n"
)


def milliseconds(code: str) -> float:
    """Median processor time of some code in interpreters of its own."""
    command = [sys.executable, "-c", _HEAD + code + _TAIL]
    times = []
    for _ in range(RUNS):
        run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
        times.append(float(run.stdout.split()[-1]) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print one row of a Markdown table."""
    floor, ours = milliseconds(FLOOR), milliseconds(OURS)
    row = f"{floor:.0f} | {ours:.0f} | {ours - floor:.0f} | {ours / floor:.2f}"
    sys.stdout.write(f"{TITLES}| start of the fake in a test | {row} |\n")


if __name__ == "__main__":
    main()
