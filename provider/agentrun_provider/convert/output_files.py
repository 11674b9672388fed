"""The files of the new project, and writing them: all or none."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .existing import own_text, stack_file
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

_REQUIREMENTS = ("pulumi>=3.200,<4", "pulumi-agentrun[build]>=0.1,<1")


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
        out: The folder; what people have put into its `.gitignore`, `requirements.txt` and the
            stacks' files is kept.
        sealing: How secrets are encrypted; without it they are left to be set.

    Raises:
        ConvertError: One of these files can't be read.
    """
    title = f"Agents of {plan.project}, converted from {_sources(plan)}."
    program = Program(plan.agents, title, plan.adopt)
    files = {"Pulumi.yaml": _project(plan), "__main__.py": program.text()}
    for stack in plan.stacks:
        files[f"Pulumi.{stack}.yaml"] = _stack_file(plan, stack, out, sealing)
    files["requirements.txt"] = _requirements(out)
    missing = {stack: missing_settings(plan, stack, out, sealing) for stack in plan.stacks}
    files["MIGRATION.md"] = report_text(plan, missing)
    ignoring = _gitignore(out)
    if ignoring is not None:
        files[".gitignore"] = ignoring
    return files


def write_files(files: Mapping[str, str], out: Path, *, force: bool = False) -> None:
    """Write files into a folder, which is made if need be: all of them or none.

    Args:
        files: Texts by name.
        out: The folder.
        force: Whether files that exist are replaced; `.gitignore` is only ever added to.

    Raises:
        ConvertError: A file exists and is another one, or can't be written.
    """
    folders = [name for name in files if (out / name).is_dir()]
    if folders:
        raise ConvertError(Fault(Place(str(out / name), 1), "is a folder") for name in folders)
    taken = [
        name
        for name, text in files.items()
        if name != ".gitignore" and (out / name).exists() and not _says(out / name, text)
    ]
    if taken and not force:
        raise ConvertError(
            Fault(Place(str(out / name), 1), "exists already: give --force to replace it")
            for name in taken
        )
    drafts = {name: out / f".{name}.new" for name in files}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            drafts[name].write_text(text, encoding="utf-8")
        for name, draft in drafts.items():
            os.replace(draft, out / name)
    except OSError as error:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
        place = Place(str(error.filename or out), 1)
        raise ConvertError([Fault(place, f"can't be written: {error.strerror}")]) from error


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def _requirements(out: Path) -> str:
    """The list with what the program needs; one of the folder's own is added to."""
    text = own_text(out / "requirements.txt")
    missing = [line for line in _REQUIREMENTS if line not in text.splitlines()]
    gap = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{gap}" + "".join(f"{line}\n" for line in missing)


def _project(plan: Plan) -> str:
    document: dict[str, Any] = {
        "name": plan.project,
        "description": f"Agents on Alibaba Cloud AgentRun, converted from {_sources(plan)}",
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": "venv"}},
    }
    if plan.shared:
        document["config"] = {key: {"value": value} for key, value in plan.shared.items()}
    return _dump(document)


def _sources(plan: Plan) -> str:
    """The files that the stacks come from; with their folders if they have one name."""
    paths = [plan.documents[stack].path for stack in plan.stacks]
    alike = len({path.name for path in paths}) < len(paths)
    *rest, last = [
        f"{path.resolve().parent.name}/{path.name}" if alike else path.name for path in paths
    ]
    return f"{', '.join(rest)} and {last}" if rest else last


def _stack_file(plan: Plan, stack: str, out: Path, sealing: Sealing | None) -> str:
    there = stack_file(out, stack)
    known = {_key(plan, key): value for key, value in there.config.items()}
    config: dict[str, Any] = {}
    missing = missing_settings(plan, stack, out, sealing)
    sealed = False
    for entry in plan.entries[stack].values():
        key = _key(plan, entry.key)
        if not _is_known(entry, stack, sealing):
            continue
        if entry.secret and sealing is not None:
            config[key] = {"secure": sealing.encrypt(stack, _as_text(entry))}
            sealed = True
        else:
            config[key] = _written(entry.value)
    config |= {key: value for key, value in known.items() if key not in config}
    head = f"# From {plan.documents[stack].path.name}.\n"
    if missing:
        head += f"# Still to be set, see MIGRATION.md: {', '.join(missing)}\n"
    document: dict[str, Any] = {"config": config, **there.rest}
    if sealed and sealing is not None:
        document["encryptionsalt"] = sealing.salts[stack]
    return head + _dump(document)


def missing_settings(plan: Plan, stack: str, out: Path, sealing: Sealing | None) -> list[str]:
    """Settings of a stack that a person still has to give."""
    known = {_key(plan, key) for key in stack_file(out, stack).config}
    return [
        entry.key
        for entry in plan.entries[stack].values()
        if not _is_known(entry, stack, sealing) and _key(plan, entry.key) not in known
    ]


def _is_known(entry: Entry, stack: str, sealing: Sealing | None) -> bool:
    """Whether a setting can be written: it has a value, which is no secret or can be encrypted."""
    if entry.value is None:
        return False
    return not entry.secret or (sealing is not None and stack in sealing.salts)


def _key(plan: Plan, key: str) -> str:
    return key if ":" in key else f"{plan.project}:{key}"


def _written(value: Any) -> Any:
    """A value as the Pulumi CLI writes it: scalars as text."""
    if isinstance(value, (bool, int, float)):
        return plain_text(value)
    return value


def _as_text(entry: Entry) -> str:
    return plain_text(entry.value)


def _gitignore(out: Path) -> str | None:
    """The `.gitignore` with what is missing in it; None if nothing is."""
    text = own_text(out / ".gitignore")
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


# What some reader of YAML takes for a number, a flag or nothing: that of the CLI knows version 1.1.
_NO_TEXT = re.compile(r"[-+.~=<0-9].*|y|n|yes|no|on|off|true|false|null", re.IGNORECASE | re.DOTALL)


def _reads_otherwise(text: str) -> bool:
    return _NO_TEXT.fullmatch(text) is not None
