"""Stands in for the command `pulumi` in the tests of the documentation.

Knows which stack is selected, makes projects from templates as `pulumi new` does, and leaves the
rest to the embedded engine. Arguments that only matter to the real command are taken and ignored.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

SELECTED = Path(".selected-stack")


def main(arguments: list[str]) -> int:
    """Run one command; returns its exit code."""
    match arguments:
        case ["new", template, *rest]:
            return new(template, rest)
        case ["install"]:
            Path("venv").symlink_to(sys.prefix)
            return 0
        case ["stack", "init" | "select" as verb, *rest]:
            return choose(verb, rest)
        case ["stack", "--show-name"]:
            sys.stdout.write(f"{SELECTED.read_text()}\n")
            return 0
        case _:
            return engine(arguments)


def new(template: str, rest: list[str]) -> int:
    """Make a project from a template."""
    from tests.templates.project import instantiate

    parser = argparse.ArgumentParser(prog="pulumi new")
    parser.add_argument("--name", "-n")
    parser.add_argument("--description", "-d", default="")
    parser.add_argument("--stack", "-s", default="dev")
    parser.add_argument("--dir", default=".")
    parser.add_argument("--config", "-c", action="append", default=[])
    parser.add_argument("--yes", "-y", action="store_true")
    given = parser.parse_args(rest)
    folder = Path(given.dir)
    name = given.name or folder.absolute().name
    settings = dict(item.split("=", 1) for item in given.config)
    instantiate(Path(template), folder, name, given.description, given.stack, settings)
    (folder / "venv").symlink_to(sys.prefix)
    (folder / SELECTED).write_text(given.stack)
    return 0


def choose(verb: str, rest: list[str]) -> int:
    """Make or select a stack."""
    name = next(word for word in rest if not word.startswith("-"))
    file = Path(f"Pulumi.{name}.yaml")
    if verb == "select" and not file.exists():
        sys.stderr.write(f"error: no stack named '{name}' found\n")
        return 1
    if not file.exists():
        file.write_text("config: {}\n")
    SELECTED.write_text(name)
    return 0


def engine(arguments: list[str]) -> int:
    """Hand a command to the embedded engine, for the selected stack."""
    words = [word for word in arguments if word != "--non-interactive"]
    if words[:2] == ["stack", "rm"]:
        named = [word for word in words[2:] if not word.startswith("-")]
        words = ["stack", "rm", *(["--stack", *named] if named else [])]
    chosen = {"--stack", "-s"} & {word.partition("=")[0] for word in words}
    if SELECTED.exists() and not chosen and words[:2] != ["stack", "ls"]:
        words += ["--stack", SELECTED.read_text()]
    if words[0] in ("up", "preview", "refresh", "destroy"):
        # There is neither an account nor a plugin for what pulumi-alicloud makes.
        words += ["--simulate", "alicloud"]
    program = [sys.executable, "-m", "agentrun_provider", "local", *words]
    os.execv(sys.executable, program)  # noqa: S606 - the project's own program


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    sys.exit(main(sys.argv[1:]))
