"""All state of a fake cloud: records per account and region, buckets, packages.

Records are plain data (see `snapshot`), so that they can be dumped, loaded and looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from . import machine
from .machine import Event, Pending


class Scope(NamedTuple):
    """Where a record lives: nothing of one scope is seen from another."""

    account_id: str
    region: str


@dataclass
class Record:
    """One resource.

    Attributes:
        kind: E.g. `runtime`.
        id: Unique within kind and scope.
        name: Its name; what names are unique in is the kind's business.
        fields: What the client declared, in the words of the API, with write-only fields.
        parent: Id of the record it belongs to and vanishes with.
        internal: What the service knows beyond that.
        pending: The passing state it is in, if any.
    """

    kind: str
    id: str
    name: str
    fields: dict[str, Any]
    created_at: float
    updated_at: float
    parent: str | None = None
    status: str = machine.READY
    reason: str | None = None
    internal: dict[str, Any] = field(default_factory=dict)
    pending: Pending | None = None

    def snapshot(self) -> dict[str, Any]:
        """The record as JSON-able data."""
        plain = asdict(self)
        if self.pending:
            plain["pending"]["outcome"] = self.pending.outcome.value
        return plain

    @classmethod
    def restored(cls, plain: dict[str, Any]) -> Record:
        """The reverse of `snapshot`."""
        pending = plain.get("pending")
        if pending:
            # Whatever held it did not outlive the cloud that was saved.
            restored = {**pending, "outcome": Event(pending["outcome"]), "held": False}
            pending = Pending(**restored)
        return cls(**{**plain, "pending": pending})


@dataclass
class StoredObject:
    """An object of a bucket; its bytes are in `Store.blobs` under `digest`."""

    digest: str
    size: int
    content_type: str
    modified_at: float


@dataclass
class Bucket:
    """A bucket; names are unique over all accounts and regions."""

    name: str
    account_id: str
    region: str
    created_at: float = 0
    objects: dict[str, StoredObject] = field(default_factory=dict)


class Missing(Enum):
    """Why a stored object can't be had."""

    BUCKET = "bucket"
    OBJECT = "object"


class Store:
    """Records, buckets and packages. Not locked: its owner is."""

    def __init__(self) -> None:
        self._tables: dict[tuple[Scope, str], dict[str, Record]] = {}
        self.buckets: dict[str, Bucket] = {}
        self.blobs: dict[str, bytes] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._tables.clear()
        self.buckets.clear()
        self.blobs.clear()

    def add(self, scope: Scope, record: Record) -> Record:
        """Keep a new record."""
        self._tables.setdefault((scope, record.kind), {})[record.id] = record
        return record

    def get(self, scope: Scope, kind: str, record_id: str) -> Record | None:
        """The record of that id, if there is one."""
        return self._tables.get((scope, kind), {}).get(record_id)

    def all(self, scope: Scope, kind: str, parent: str | None = None) -> list[Record]:
        """Records of a kind in the order they were made; of one parent if that is given."""
        found = self._tables.get((scope, kind), {}).values()
        return [record for record in found if parent is None or record.parent == parent]

    def remove(self, scope: Scope, record: Record) -> None:
        """Forget a record and all that belongs to it."""
        self._tables.get((scope, record.kind), {}).pop(record.id, None)
        children = [
            child for at, child in self.everything() if at == scope and child.parent == record.id
        ]
        for child in children:
            self.remove(scope, child)

    def scopes(self) -> list[Scope]:
        """Accounts and regions that hold anything, in the order they were first used."""
        return list(dict.fromkeys(scope for scope, _ in self._tables))

    def everything(self) -> Iterator[tuple[Scope, Record]]:
        """All records with their scopes."""
        for (scope, _), table in list(self._tables.items()):
            for record in list(table.values()):
                yield scope, record

    def keep_blob(self, content: bytes) -> str:
        """Keep bytes once and return the digest they are found under."""
        digest = hashlib.sha256(content).hexdigest()
        self.blobs[digest] = content
        return digest

    def used_digests(self) -> set[str]:
        """Digests that objects and records refer to."""
        objects = {item.digest for home in self.buckets.values() for item in home.objects.values()}
        packages = {record.internal.get("package") for _, record in self.everything()}
        return objects | {digest for digest in packages if digest}

    def object(self, bucket: str, key: str) -> StoredObject | Missing:
        """A stored object, or what of it is missing."""
        home = self.buckets.get(bucket)
        if home is None:
            return Missing.BUCKET
        return home.objects.get(key) or Missing.OBJECT

    def snapshot(self) -> dict[str, Any]:
        """All state as JSON-able data, without the bytes of packages."""
        records = [
            {"account": scope.account_id, "region": scope.region, **record.snapshot()}
            for scope, record in self.everything()
        ]
        return {"records": records, "buckets": [asdict(item) for item in self.buckets.values()]}

    def restore(self, plain: Mapping[str, Any], blobs: Mapping[str, bytes]) -> None:
        """The reverse of `snapshot`."""
        self.clear()
        for item in plain["records"]:
            scope = Scope(item["account"], item["region"])
            bare = {key: value for key, value in item.items() if key not in ("account", "region")}
            self.add(scope, Record.restored(bare))
        for item in plain["buckets"]:
            objects = {key: StoredObject(**value) for key, value in item["objects"].items()}
            self.buckets[item["name"]] = Bucket(**{**item, "objects": objects})
        self.blobs.update(blobs)
