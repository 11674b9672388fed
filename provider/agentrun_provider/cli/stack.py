"""A stack as the commands see it: its configuration and what it has deployed, of either engine.

Stacks in a folder (`file://`) are read as files, which both the Pulumi CLI and the embedded engine
write alike; all others are asked from the CLI. Resources are read without the passphrase: secrets
in them stay hidden. A secret of the configuration is decrypted when it is looked at.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from .. import comparing
from . import exit_codes
from .errors import CommandError

Engine = Literal["auto", "cli", "local"]
"""Whose stack it is: the Pulumi CLI's, the embedded engine's, or to be found out."""

HIDDEN: Final = comparing.HIDDEN
"""Stands for every secret in inputs and outputs."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - Pulumi's mark of any secret
_DYNAMIC_TYPE = "pulumi-python:dynamic/agentrun:"
_PACKAGE_TYPES = ("agentrun:index:", "agentrun:")
_ROOT_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class StackResource:
    """One resource of a stack's state.

    Attributes:
        urn: Its unique name in Pulumi.
        type: Its type token.
        kind: Name of the kind or component of this provider, e.g. `Runtime`; empty for others.
        name: Its logical name in the program.
        id: Its id in the service; empty for components.
        inputs: Its inputs by the names of the state (camelCase), secrets as `HIDDEN`.
        outputs: Its outputs, likewise.
        parent: URN of its parent; empty below the stack itself.
    """

    urn: str
    type: str
    kind: str
    name: str
    id: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""


class Config(Mapping[str, str]):
    """The configuration of a stack by full key; secrets are decrypted when they are looked at.

    Args:
        plain: Values that are no secrets.
        secrets: Keys of the others.
        reveal: Decrypts the value of a key.
    """

    def __init__(
        self, plain: Mapping[str, str], secrets: frozenset[str], reveal: Callable[[str], str]
    ) -> None:
        self._plain = dict(plain)
        self._reveal = reveal
        self._revealed: dict[str, str] = {}
        self.secrets = secrets

    def __getitem__(self, key: str) -> str:
        if key in self.secrets:
            if key not in self._revealed:
                self._revealed[key] = self._reveal(key)
            return self._revealed[key]
        return self._plain[key]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._plain, *self.secrets}))

    def __len__(self) -> int:
        return len(self._plain.keys() | self.secrets)

    def __contains__(self, key: object) -> bool:
        return key in self.secrets or key in self._plain

    def __repr__(self) -> str:
        return f"Config({sorted(self)})"


@dataclass(frozen=True)
class Stack:
    """One stack of a project.

    Attributes:
        name: Its name, e.g. `dev`.
        project: The project's name.
        folder: The folder of `Pulumi.yaml`, which paths of the program start from.
        engine: What it was read with: `cli` or `local` (the files of either).
        config: Its configuration with the project's defaults.
        resources: What it has deployed, parents before children.
        pending: URNs of operations that were interrupted.
    """

    name: str
    project: str
    folder: Path
    engine: Engine
    config: Mapping[str, str]
    resources: tuple[StackResource, ...] = ()
    pending: tuple[str, ...] = ()

    def of_kind(self, *kinds: str) -> list[StackResource]:
        """The resources of some kinds of this provider, in the order of the state."""
        return [resource for resource in self.resources if resource.kind in kinds]


def load_stack(
    folder: Path,
    stack: str | None = None,
    engine: Engine = "auto",
    environ: Mapping[str, str] | None = None,
) -> Stack:
    """Read a stack of the project that a folder belongs to.

    Args:
        folder: The project's folder, or one below it.
        stack: Name of the stack; default: the CLI's current one, or the only one.
        engine: Whose stack it is; by itself this is found out from the backend's address.
        environ: Environment, for PULUMI_BACKEND_URL, PULUMI_STACK and the passphrase.

    Raises:
        CommandError: There is no such project or stack, or it can't be read; exit codes 2 and 3.
    """
    environ = os.environ if environ is None else environ
    root = project_folder(folder)
    if root is None:
        raise CommandError(
            f"no Pulumi.yaml in {folder.absolute()} or a folder above it",
            "Go to the project or give --cwd, or name a runtime with --name or --runtime-id",
        )
    return _reader(engine, root, stack, environ)(root, stack, environ)


def project_folder(folder: Path) -> Path | None:
    """The nearest folder with a `Pulumi.yaml`, from a folder upwards."""
    start = folder.absolute()
    return next(
        (
            candidate
            for candidate in (start, *start.parents)
            if any((candidate / name).is_file() for name in ("Pulumi.yaml", "Pulumi.yml"))
        ),
        None,
    )


def resources_of(deployment: Mapping[str, Any]) -> tuple[StackResource, ...]:
    """The resources of a `deployment` block, without those that wait for deletion."""
    return tuple(
        _resource(item) for item in deployment.get("resources") or () if not item.get("delete")
    )


def pending_of(deployment: Mapping[str, Any]) -> tuple[str, ...]:
    """URNs of the operations that a deployment was interrupted in."""
    return tuple(
        str(item["resource"]["urn"]) for item in deployment.get("pending_operations") or ()
    )


def kind_of(type_: str) -> str:
    """The kind or component that a type token stands for; empty if it is not of this provider."""
    for prefix in (_DYNAMIC_TYPE, *_PACKAGE_TYPES):
        if type_.startswith(prefix):
            return type_.rsplit(":", 1)[-1]
    return ""


_Reader = Callable[[Path, "str | None", Mapping[str, str]], Stack]


def _reader(engine: Engine, root: Path, stack: str | None, environ: Mapping[str, str]) -> _Reader:
    from . import stack_cli

    if engine == "cli":
        return stack_cli.read_stack
    try:
        from . import stack_files
    except ModuleNotFoundError as missing:
        if engine == "auto":
            return stack_cli.read_stack
        raise CommandError(
            f"the embedded engine needs {missing.name}",
            "Run `pip install 'pulumi-agentrun[testing]'`",
        ) from missing
    if engine == "local" or stack_files.keeps(root, stack, environ):
        return stack_files.read_stack
    return stack_cli.read_stack


def _resource(item: Mapping[str, Any]) -> StackResource:
    urn, type_, parent = str(item["urn"]), str(item["type"]), str(item.get("parent") or "")
    return StackResource(
        urn=urn,
        type=type_,
        kind=kind_of(type_),
        name=urn.split("::", 3)[-1],
        id=str(item.get("id") or ""),
        inputs=_without_secrets(item.get("inputs") or {}),
        outputs=_without_secrets(item.get("outputs") or {}),
        parent="" if f"::{_ROOT_TYPE}::" in parent else parent,
    )


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get(_SIGNATURE) == _SECRET_MARK:
            return HIDDEN
        return {key: _without_secrets(item) for key, item in value.items() if key != "__provider"}
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    return value


def not_deployed(name: str) -> CommandError:
    """The error for a stack that does not exist."""
    return CommandError(
        f"there is no stack {name}",
        "Name another one with --stack, or deploy it first",
        code=exit_codes.NOT_FOUND,
    )
