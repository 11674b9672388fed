"""What a command works on: the project, one of its stacks, its configuration and its backend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pulumi_local.backend import FileBackend, parse_backend_url
from pulumi_local.errors import ProjectError, StackNotFoundError
from pulumi_local.project import Project
from pulumi_local.secrets import Crypter
from pulumi_local.stack_config import ProjectSalts, StackConfig, StackFile, resolve_config
from pulumi_local.state import Snapshot
from pulumi_local.vault import Vault, holds_secrets

DEFAULT_STATE_FOLDER = ".pulumi-state"
"""Where the states are kept, beside ``Pulumi.yaml``, unless told otherwise."""

_URL_VARIABLE = "PULUMI_BACKEND_URL"
_STACK_VARIABLE = "PULUMI_STACK"


@dataclass(frozen=True)
class Workspace:
    """A project, one of its stacks and the backend that keeps their states."""

    project: Project
    stack: str
    backend: FileBackend
    vault: Vault

    @property
    def stack_file(self) -> StackFile:
        """The stack's configuration file, as it is on disk now."""
        return StackFile(self.project.stack_file(self.stack))

    @property
    def crypter(self) -> Crypter:
        """The encryption of the stack; a salt is made, and stored, if there is none."""
        kept = self.backend.stored_salt(self.project.name, self.stack)
        return self.vault.for_stack(self.project.name, self.stack, kept)

    @cached_property
    def config(self) -> StackConfig:
        """The whole configuration of the stack, decrypted and checked.

        Raises ProjectError or SecretsError.
        """
        return resolve_config(self.project, self.stack, self.stack_file.raw_config, self._decrypt)

    def warm_up(self) -> None:
        """Start deriving the key of the stack's secrets in the background, if there are any."""
        salt = self.stack_file.salt
        if salt and self.vault.has_passphrase:
            self.vault.for_salt(salt).warm()

    def make_ready_for(self, snapshot: Snapshot) -> None:
        """Make sure that a state like this can be saved, before anything is done for it.

        Raises SecretsError if it holds secrets and there is no passphrase, or a wrong one.
        """
        if holds_secrets(snapshot):
            self.crypter.encrypt("")

    def _decrypt(self, sealed: str) -> str:
        salt = self.stack_file.salt
        if not salt:
            raise ProjectError(
                f"{self.stack_file.path} holds secrets but no 'encryptionsalt' to open them with"
            )
        return self.vault.for_salt(salt).decrypt(sealed)

    def snapshot(self) -> Snapshot:
        """Return the stack's state. Raises StackNotFoundError if it has none."""
        snapshot = self.backend.load(self.project.name, self.stack)
        if snapshot is None:
            raise StackNotFoundError(f"no stack named '{self.stack}' found")
        return snapshot


def open_workspace(
    folder: Path, stack: str | None, backend_url: str | None, environ: Mapping[str, str]
) -> Workspace:
    """Find the project of a folder, its backend and the stack to work on.

    A stack may be named in full (``organization/project/stack``). Without a name, ``PULUMI_STACK``
    counts, then the only stack that exists. Raises ProjectError, StackNotFoundError or EngineError.
    """
    project = Project.find(folder)
    vault = Vault(environ, ProjectSalts(project))
    url = backend_url or environ.get(_URL_VARIABLE) or project.backend_url
    root = parse_backend_url(url, folder) if url else project.root / DEFAULT_STATE_FOLDER
    backend = FileBackend(root.absolute(), vault)
    name = stack or environ.get(_STACK_VARIABLE) or _only_stack(project, backend)
    return Workspace(project, _short_name(name, project), backend, vault)


def _short_name(name: str, project: Project) -> str:
    *_, short = parts = name.split("/")
    if len(parts) == 3 and parts[1] != project.name:
        raise ProjectError(f"stack '{name}' is not of the project '{project.name}'")
    if not short or len(parts) > 3:
        raise ProjectError(f"'{name}' is not a stack name")
    return short


def _only_stack(project: Project, backend: FileBackend) -> str:
    stored = (info.name for info in backend.stacks(project.name))
    names = sorted({*project.stacks_with_file(), *stored})
    if len(names) == 1:
        return names[0]
    if not names:
        raise StackNotFoundError("no stack selected; name one with --stack")
    raise StackNotFoundError(f"no stack selected; name one with --stack: {', '.join(names)}")
