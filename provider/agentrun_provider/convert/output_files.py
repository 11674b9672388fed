"""The files of the new project, and writing them: all or none."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .factoring import Entry
from .failures import ConvertError, Fault, Place
from .plan import Plan
from .program import Program
from .references import plain_text
from .report import report_text

Encrypt = Callable[[str, str], str]
"""Encrypts a value for a stack: stack and plain text in, sealed text out."""

IGNORED = (".env", ".env.local", "*.key", "*.pem", "venv/", "__pycache__/", ".s/")
"""What does not belong into version control."""

_REQUIREMENTS = "pulumi>=3.200,<4\npulumi-agentrun[build]>=0.1,<1\n"


@dataclass(frozen=True)
class Sealing:
    """How secrets are written into the stacks' files.

    Attributes:
        salts: The salt of each stack's file.
        encrypt: Encrypts for a stack.
    """

    salts: Mapping[str, str]
    encrypt: Encrypt


def make_files(plan: Plan, out: Path, sealing: Sealing | None = None) -> dict[str, str]:
    """The text of every file by its name in the new folder.

    Args:
        plan: What is to be written.
        out: The folder, whose `.gitignore` is kept and added to.
        sealing: How secrets are encrypted; without it they are left to be set.
    """
    sources = " and ".join(plan.documents[stack].path.name for stack in plan.stacks)
    program = Program(
        plan.agents, f"Agents of {plan.project}, converted from {sources}.", plan.adopt
    )
    files = {"Pulumi.yaml": _project(plan), "__main__.py": program.text()}
    for stack in plan.stacks:
        files[f"Pulumi.{stack}.yaml"] = _stack_file(plan, stack, sealing)
    files["requirements.txt"] = _REQUIREMENTS
    files["MIGRATION.md"] = report_text(plan, sealed=sealing is not None)
    ignoring = _gitignore(out)
    if ignoring is not None:
        files[".gitignore"] = ignoring
    return files


def write_files(files: Mapping[str, str], out: Path, *, force: bool = False) -> None:
    """Write files into a folder, which is made if need be.

    Args:
        files: Texts by name.
        out: The folder.
        force: Whether files that exist are replaced; `.gitignore` is only ever added to.

    Raises:
        ConvertError: A file exists, or can't be written.
    """
    taken = [name for name in files if name != ".gitignore" and (out / name).exists()]
    if taken and not force:
        raise ConvertError(
            Fault(Place(str(out / name), 1), "exists already: give --force to replace it")
            for name in taken
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (out / name).write_text(text, encoding="utf-8")
    except OSError as error:
        place = Place(str(error.filename or out), 1)
        raise ConvertError([Fault(place, f"can't be written: {error.strerror}")]) from error


def _project(plan: Plan) -> str:
    document: dict[str, Any] = {
        "name": plan.project,
        "description": f"Agents on Alibaba Cloud AgentRun, converted from {_names(plan)}",
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": "venv"}},
    }
    if plan.shared:
        document["config"] = {key: {"value": value} for key, value in plan.shared.items()}
    return _dump(document)


def _names(plan: Plan) -> str:
    return ", ".join(plan.documents[stack].path.name for stack in plan.stacks)


def _stack_file(plan: Plan, stack: str, sealing: Sealing | None) -> str:
    config: dict[str, Any] = {}
    missing: list[str] = []
    sealed = False
    for entry in plan.entries[stack].values():
        key = entry.key if ":" in entry.key else f"{plan.project}:{entry.key}"
        if entry.value is None or (entry.secret and sealing is None):
            missing.append(entry.key)
        elif entry.secret and sealing is not None:
            config[key] = {"secure": sealing.encrypt(stack, _as_text(entry))}
            sealed = True
        else:
            config[key] = _written(entry.value)
    head = f"# From {plan.documents[stack].path.name}.\n"
    if missing:
        head += f"# Still to be set, see MIGRATION.md: {', '.join(missing)}\n"
    document: dict[str, Any] = {"config": config}
    if sealed and sealing is not None:
        document["encryptionsalt"] = sealing.salts[stack]
    return head + _dump(document)


def _written(value: Any) -> Any:
    """A value as the Pulumi CLI writes it: scalars as text."""
    if isinstance(value, (bool, int, float)):
        return plain_text(value)
    return value


def _as_text(entry: Entry) -> str:
    return plain_text(entry.value)


def _gitignore(out: Path) -> str | None:
    """The `.gitignore` with what is missing in it; None if nothing is."""
    path = out / ".gitignore"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    there = {line.strip().rstrip("/") for line in text.splitlines()}
    missing = [line for line in IGNORED if line.rstrip("/") not in there]
    if not missing:
        return None
    gap = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{gap}" + "".join(f"{line}\n" for line in missing)


def _dump(document: Mapping[str, Any]) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    def quoted(value: Any) -> Any:
        """Quote what would be read as a number or a flag, as the CLI does."""
        if isinstance(value, dict):
            return {key: quoted(item) for key, item in value.items()}
        if isinstance(value, list):
            return [quoted(item) for item in value]
        if isinstance(value, str) and _reads_otherwise(value):
            return DoubleQuotedScalarString(value)
        return value

    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 4096
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(quoted(dict(document)), stream)
    return stream.getvalue()


def _reads_otherwise(text: str) -> bool:
    from ruamel.yaml import YAML

    return not isinstance(YAML(typ="safe", pure=True).load(text), str) if _is_word(text) else False


def _is_word(text: str) -> bool:
    return bool(text) and all(char.isalnum() or char in "+-._~" for char in text)
