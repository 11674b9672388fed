"""The states of stacks in a folder, laid out as by the CLI's file backend.

Under ``<root>/.pulumi``: ``meta.yaml`` (layout version 1), ``stacks/<project>/<stack>.json`` with
the previous content in ``.bak``, ``history/<project>/<stack>/<stack>-<ns>.{history,checkpoint}
.json``, ``backups/<project>/<stack>/<stack>.<ns>.json`` and
``locks/organization/<project>/<stack>/<uuid>.json`` (facts: pkg/backend/diy of Pulumi).
"""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pulumi_local.checkpoint import dump_checkpoint, load_checkpoint, secrets_salt
from pulumi_local.durable import keep_copy, write_atomically
from pulumi_local.errors import EngineError, StateError
from pulumi_local.integrity import check_integrity
from pulumi_local.locking import hold_lock, read_locks
from pulumi_local.property_json import compact_json, encrypted
from pulumi_local.state import Snapshot
from pulumi_local.vault import Vault

_ORGANIZATION = "organization"  # the CLI's fixed name where there are no organizations


@dataclass(frozen=True)
class StackInfo:
    """A stack found in the backend; ``updated`` is RFC 3339 or empty if never deployed."""

    project: str
    name: str
    updated: str
    resource_count: int
    locked: bool


@dataclass(frozen=True)
class HistoryEntry:
    """What is remembered of one finished run; times are seconds since the epoch."""

    kind: Literal["update", "refresh", "destroy", "import"]
    start_time: int
    end_time: int
    succeeded: bool
    changes: Mapping[str, int] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    """The configuration in the form of the stack file, so with secrets encrypted."""
    message: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


class FileBackend:
    """Loads and saves the states under one folder. Safe for one run per stack at a time."""

    def __init__(self, root: Path, vault: Vault | None = None) -> None:
        """Use ``root``, the folder that holds ``.pulumi``; it is made when first written to."""
        self.root = root
        self._vault = vault or Vault(os.environ)

    def load(self, project: str, stack: str) -> Snapshot | None:
        """Return the state of a stack, or None if there is no such stack.

        Raises StateError if the file cannot be understood, SecretsError if it cannot be decrypted.
        """
        data = self._read(project, stack)
        if data is None:
            return None
        salt_block = _secrets_block(data)
        return load_checkpoint(data, lambda text: self._vault.decrypt_state(salt_block, text))

    def stored_salt(self, project: str, stack: str) -> str:
        """Return the passphrase salt kept in a stack's state, or an empty string."""
        return secrets_salt(_secrets_block(self._read(project, stack) or {}))

    def load_checked(self, project: str, stack: str) -> Snapshot | None:
        """Like `load`, but refuse a state that contradicts itself."""
        snapshot = self.load(project, stack)
        if snapshot is not None:
            check_integrity(snapshot)
        return snapshot

    def save(self, project: str, stack: str, snapshot: Snapshot) -> None:
        """Write the state of a stack, keeping the previous one in ``.bak``.

        It is on disk when this returns. ``snapshot`` gets its manifest's time and, when the first
        secret is written, the ``secrets_providers`` block.
        """
        self._prepare()
        path = self._stack_path(project, stack)
        path.parent.mkdir(parents=True, exist_ok=True)
        data = self._encode(project, stack, snapshot)
        if path.exists():
            _keep_backup(path)
        _write(path, data)
        compressed = path.with_name(path.name + ".gz")
        if compressed.exists():
            _keep_backup(compressed)
            _remove(compressed)

    def remove(self, project: str, stack: str) -> None:
        """Forget a stack, its history included; backups stay."""
        path = self._stack_path(project, stack)
        if path.exists():
            _keep_backup(path)
            _remove(path)
        for old in self._folder("history", project, stack).glob("*"):
            old.unlink()

    def lock(
        self, project: str, stack: str, on_warning: Callable[[str], None] = lambda _message: None
    ) -> AbstractContextManager[None]:
        """Return a context manager that holds the stack's lock; see `hold_lock`."""
        self._prepare()
        return hold_lock(self._lock_folder(project, stack), on_warning)

    def record_history(self, project: str, stack: str, entry: HistoryEntry) -> None:
        """Remember a finished run, with a copy of the state as it is now."""
        state = self._stack_path(project, stack)
        if not state.exists():
            return
        stamp = time.time_ns()
        history = self._folder("history", project, stack)
        backups = self._folder("backups", project, stack)
        for folder in (history, backups):
            folder.mkdir(parents=True, exist_ok=True)
        keep_copy(state, history / f"{stack}-{stamp}.checkpoint.json")
        keep_copy(state, backups / f"{stack}.{stamp}.json")
        _write(history / f"{stack}-{stamp}.history.json", _encode_history(entry))

    def history(self, project: str, stack: str) -> Sequence[dict[str, Any]]:
        """Return the remembered runs, newest first, as the JSON data they are kept in."""
        folder = self._folder("history", project, stack)
        paths = sorted(folder.glob(f"{stack}-*.history.json"), reverse=True)
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths]

    def stacks(self, project: str | None = None) -> list[StackInfo]:
        """List the stacks, of one project or of all."""
        folder = self.root / ".pulumi" / "stacks"
        names = {
            (path.parent.name, path.name.split(".json", 1)[0])
            for path in folder.glob("*/*.json*")
            if path.name.endswith((".json", ".json.gz")) and not path.name.startswith(".")
        }
        return [self._info(*name) for name in sorted(names) if project in (None, name[0])]

    def _info(self, project: str, stack: str) -> StackInfo:
        data = self._read(project, stack) or {}
        latest = data.get("checkpoint", {}).get("latest") or {}
        resources = latest.get("resources") or ()
        return StackInfo(
            project,
            stack,
            updated=latest.get("manifest", {}).get("time", "") if resources else "",
            resource_count=len(resources),
            locked=bool(read_locks(self._lock_folder(project, stack))),
        )

    def _read(self, project: str, stack: str) -> dict[str, Any] | None:
        path = self._stack_path(project, stack)
        try:
            raw = _read_bytes(path)
        except FileNotFoundError:
            return None
        try:
            data = json.loads(raw)
        except ValueError as error:
            raise StateError(
                f"{path} is not valid JSON ({error}); the previous state is in {path.name}.bak"
            ) from error
        if not isinstance(data, dict):
            raise StateError(f"{path} is not a checkpoint")
        return data

    def _encode(self, project: str, stack: str, snapshot: Snapshot) -> bytes:
        block = self._vault.provider_block(project, stack, snapshot)
        snapshot.secrets_providers = block
        snapshot.manifest = {"magic": "", "version": ""} | snapshot.manifest
        snapshot.manifest["time"] = utc_now()

        def encrypt(text: str) -> str:
            return self._vault.for_salt(secrets_salt(block)).encrypt(text)

        name = f"{_ORGANIZATION}/{project}/{stack}"
        return compact_json(dump_checkpoint(name, snapshot, encrypted(encrypt))).encode()

    def _prepare(self) -> None:
        """Make the folder, or check that an existing one has the layout known here."""
        meta = self.root / ".pulumi" / "meta.yaml"
        if meta.exists():
            text = meta.read_text(encoding="utf-8").strip()
            if text != "version: 1":
                raise StateError(f"{meta}: layout {text!r} is not supported, only 'version: 1' is")
            return
        if any((meta.parent / "stacks").glob("*.json")):
            raise StateError(
                f"{meta.parent} has the layout without projects of old CLIs;"
                " run `pulumi state upgrade` on it first"
            )
        meta.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(meta, b"version: 1\n")

    def _stack_path(self, project: str, stack: str) -> Path:
        return self._folder("stacks", project) / f"{stack}.json"

    def _lock_folder(self, project: str, stack: str) -> Path:
        return self._folder("locks", _ORGANIZATION, project, stack)

    def _folder(self, *parts: str) -> Path:
        return self.root.joinpath(".pulumi", *parts)


def parse_backend_url(url: str, base: Path | None = None) -> Path:
    """Return the folder of a ``file://`` address, relative ones from ``base``.

    Raises EngineError for any other address.
    """
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise EngineError(f"backend {url!r} is not supported here, only file:// addresses are")
    path = Path(unquote(parts.netloc + parts.path)).expanduser()
    return (base or Path.cwd()) / path


def utc_now() -> str:
    """Return the present time as the state files spell it."""
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def _secrets_block(data: Mapping[str, Any]) -> dict[str, Any]:
    latest = data.get("checkpoint", {}).get("latest") or {}
    return latest.get("secrets_providers") or {}


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        # The CLI can be told to compress; what it wrote is read, but not written, here.
        return gzip.decompress(path.with_name(path.name + ".gz").read_bytes())


def _keep_backup(path: Path) -> None:
    backup = path.with_name(path.name + ".bak")
    keep_copy(path, backup)
    _drop_attributes(backup)


def _write(path: Path, data: bytes) -> None:
    write_atomically(path, data)
    _drop_attributes(path)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _drop_attributes(path)


def _drop_attributes(path: Path) -> None:
    """Remove what the CLI noted about a file beside it (its checksum), as that is now wrong.

    The notes are optional: the CLI reads files without them and writes them anew.
    """
    path.with_name(path.name + ".attrs").unlink(missing_ok=True)


def _encode_history(entry: HistoryEntry) -> bytes:
    return compact_json(
        {
            "kind": entry.kind,
            "startTime": entry.start_time,
            "message": entry.message,
            "environment": dict(entry.environment),
            "config": dict(entry.config),
            "version": 0,
            "result": "succeeded" if entry.succeeded else "failed",
            "endTime": entry.end_time,
            "resourceChanges": {op: count for op, count in entry.changes.items() if count},
        }
    ).encode()
