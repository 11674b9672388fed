"""Runs the commands of a page in a folder of their own, against the fake service.

Where a page says `pulumi`, the embedded engine answers by way of a small stand-in (`stand_in.py`);
with `DOCS_PULUMI=real` in the environment the Pulumi CLI of the `PATH` does, which takes longer and
can't do the pages that need a plugin.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ..e2e.conftest import ROOT, Project
from .markdown import Block, Command, commands

STAND_INS = {"pulumi": "stand_in.py", "s": "serverless_devs.py"}

TEMPLATES = str(ROOT / "templates")
# Where the pages have the fake service.
DOCUMENTED_FAKE = "http://127.0.0.1:9611"

# What differs from run to run, and from machine to machine.
_VARYING = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>"),
    (r"c-[0-9a-f-]{8,}", "<instance>"),
    (r"http://127\.0\.0\.1:\d+", "<fake>"),
    (r"\d+(\.\d+)? ?m?s\b", "<time>"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?", "<moment>"),
    (r"[0-9a-f]{32,}", "<hash>"),
)


@dataclass
class Shell:
    """A folder, an environment, and what was said in it last."""

    project: Project
    variables: dict[str, str]

    @property
    def folder(self) -> Path:
        return self.project.folder

    def write(self, block: Block) -> None:
        """Make the file that a block is."""
        assert block.file is not None
        target = self.folder / block.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text, encoding="utf-8")

    def run_block(self, block: Block) -> None:
        """Run the commands of a block and compare what they print with what is shown."""
        whole = commands(block)
        for number, command in enumerate(whole, 1):
            wanted = block.exit_code if number == len(whole) else 0
            self._run(block.page, command, wanted)

    def _run(self, page: str, command: Command, wanted: int) -> None:
        # The folder and the variables of a shell outlive a command, as they do for a reader.
        environment, folder = self._kept("env"), self._kept("pwd")
        script = (
            f'source {environment}\ncd "$(cat {folder})"\n'
            f"{command.text.replace(DOCUMENTED_FAKE, self.project.url)}\n"
            f"code=$?\npwd > {folder}\nexport -p > {environment}\nexit $code\n"
        )
        done = subprocess.run(
            ["bash", "-c", script],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        said = done.stdout + done.stderr
        place = f"{page}:{command.line}: $ {command.text}\n{said}"
        assert done.returncode == wanted, f"exit code {done.returncode}, not {wanted}: {place}"
        _compare(command.shown, said, place)

    def _kept(self, name: str) -> Path:
        kept = self.folder.parent / f"shell-{name}"
        if not kept.exists():
            kept.write_text(f"{self.folder}\n" if name == "pwd" else "", encoding="utf-8")
        return kept

    def environment(self) -> dict[str, str]:
        """The variables that a page's commands start with."""
        clean = self.project.environment_of_runs() | self.variables
        tools = self.folder.parent / "tools"
        tools.mkdir(exist_ok=True)
        for name, script in STAND_INS.items():
            if name == "pulumi" and os.environ.get("DOCS_PULUMI") == "real":
                continue
            tool = tools / name
            program = Path(__file__).with_name(script)
            tool.write_text(f'#!/bin/sh\nexec {sys.executable} {program} "$@"\n')
            tool.chmod(0o755)
        clean["PATH"] = f"{tools}{os.pathsep}{clean['PATH']}"
        # Where pip finds this project, which may not be published yet.
        clean |= {name: os.environ[name] for name in os.environ if name.startswith("PIP_")}
        return clean | {"COLUMNS": "120", "PULUMI_SKIP_UPDATE_CHECK": "1", "TEMPLATES": TEMPLATES}


def normal(line: str) -> str:
    """A line without what varies, and with single blanks."""
    for pattern, word in _VARYING:
        line = re.sub(pattern, word, line)
    return " ".join(line.split())


def _compare(shown: list[str], said: str, place: str) -> None:
    """Every shown line has to be in a printed one, in that order; `...` stands for any lines."""
    left = iter([normal(line) for line in said.splitlines()])
    for line in shown:
        wanted = normal(line)
        if wanted not in ("", "..."):
            found = any(wanted in other for other in left)
            assert found, f"{line!r} is not printed by {place}"
