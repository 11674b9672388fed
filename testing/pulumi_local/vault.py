"""Finds the key for a stack's secrets: which salt counts, and when a new one is made.

The salt of the stack file (``encryptionsalt``) counts for what is written; the one kept in a state
for reading that state, so that the states of other stacks can be read as well.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Protocol

from pulumi_local.checkpoint import secrets_salt
from pulumi_local.secrets import Crypter, has_passphrase, read_passphrase
from pulumi_local.state import Snapshot
from pulumi_local.values import contains_secret


class SaltHolder(Protocol):
    """Where a stack's salt is kept; in practice its stack file."""

    def salt(self, project: str, stack: str) -> str:
        """Return the salt, or an empty string if the stack has none or is not known here."""

    def store_salt(self, project: str, stack: str, salt: str) -> None:
        """Keep a new salt."""


class NoSaltHolder:
    """Stands in where there is no project: salts live in the states only."""

    def salt(self, project: str, stack: str) -> str:
        """Return no salt."""
        return ""

    def store_salt(self, project: str, stack: str, salt: str) -> None:
        """Do nothing; the salt is written to the state."""


class Vault:
    """Hands out `Crypter` objects, one per salt, with the passphrase of the environment."""

    def __init__(self, environ: Mapping[str, str], holder: SaltHolder | None = None) -> None:
        """Read the passphrase from ``environ`` when first needed; keep new salts in ``holder``."""
        self._environ = environ
        self._holder = holder or NoSaltHolder()
        self._crypters: dict[str, Crypter] = {}
        self._salts: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    @property
    def has_passphrase(self) -> bool:
        """Whether the environment gives a passphrase, be it empty."""
        return has_passphrase(self._environ)

    def for_salt(self, salt: str) -> Crypter:
        """Return the crypter of a salt. Raises SecretsError if no passphrase was given."""
        with self._lock:
            if salt not in self._crypters:
                self._crypters[salt] = Crypter(read_passphrase(self._environ), salt)
            return self._crypters[salt]

    def for_stack(self, project: str, stack: str, fallback_salt: str = "") -> Crypter:
        """Return the crypter to write a stack's secrets with, making a salt if there is none."""
        salt = self._holder.salt(project, stack) or fallback_salt
        if salt:
            return self.for_salt(salt)
        crypter = Crypter.create(read_passphrase(self._environ))
        with self._lock:
            self._crypters[crypter.salt] = crypter
        self._holder.store_salt(project, stack, crypter.salt)
        return crypter

    def decrypt_state(self, secrets_providers: dict[str, Any], ciphertext: str) -> str:
        """Open one secret of a state that carries this ``secrets_providers`` block."""
        return self.for_salt(secrets_salt(secrets_providers)).decrypt(ciphertext)

    def provider_block(self, project: str, stack: str, snapshot: Snapshot) -> dict[str, Any]:
        """Return the ``secrets_providers`` block to save a snapshot with.

        A stack with neither a salt nor a secret gets none: nothing is encrypted without need.
        """
        key = (project, stack)
        # A state is saved after every step, so the stack file is not read anew for each.
        if key not in self._salts:
            kept = secrets_salt(snapshot.secrets_providers)
            self._salts[key] = self._holder.salt(project, stack) or kept
        if not self._salts[key] and holds_secrets(snapshot):
            self._salts[key] = self.for_stack(project, stack).salt
        salt = self._salts[key]
        return {"type": "passphrase", "state": {"salt": salt}} if salt else {}


def holds_secrets(snapshot: Snapshot) -> bool:
    """Whether a state holds any secret, so that it can only be saved with a passphrase."""
    under_way = (operation.resource for operation in snapshot.pending_operations)
    return any(
        contains_secret(resource.inputs) or contains_secret(resource.outputs)
        for resource in (*snapshot.resources, *under_way)
    )
