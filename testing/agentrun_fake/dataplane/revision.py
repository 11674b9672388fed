"""What an instance runs: the draft of a runtime or one of its versions, frozen."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..store import Record, Scope, Store

LATEST = "LATEST"
SESSION_IDLE_SECONDS = 1800.0
"""When a session ends that does not say so; the sample of Function Compute's own setting."""


@dataclass(frozen=True)
class Revision:
    """One state of a runtime's configuration and code.

    Attributes:
        scope: Account and region.
        runtime_id: The runtime.
        runtime_name: Its name.
        version: Number of the version as text, or LATEST for the draft.
        fields: The runtime's fields as they were then.
        package: Bytes of the code package; None if there is none.
        digest: Digest of the package.
        key: Tells apart all that must not share an instance. A draft that was changed has another
            one, since an update restarts the runtime (2.5).
    """

    scope: Scope
    runtime_id: str
    runtime_name: str
    version: str
    fields: Mapping[str, Any] = field(compare=False)
    package: bytes | None = field(repr=False, compare=False)
    digest: str
    key: str

    @property
    def function(self) -> str:
        """Name of the function that the real service would run."""
        return f"agentrun-{self.runtime_id}"

    @property
    def version_id(self) -> str:
        """The version as Function Compute writes it: 0 is the draft (5.2)."""
        return "0" if self.version == LATEST else self.version

    @property
    def command(self) -> list[str]:
        """The start command; may be empty."""
        return list(self.fields.get("codeConfiguration", {}).get("command", ()))

    @property
    def port(self) -> int:
        """Port that the program is configured to listen on."""
        return int(self.fields["port"])

    @property
    def sessions_per_instance(self) -> int:
        """How many sessions one instance serves at a time."""
        return int(self.fields.get("sessionConcurrencyLimitPerInstance", 1))

    @property
    def session_idle_seconds(self) -> float:
        """After how long without a call a session ends."""
        return float(self.fields.get("sessionIdleTimeoutSeconds", SESSION_IDLE_SECONDS))

    @property
    def isolated(self) -> bool:
        """Whether an instance serves one session in all its life."""
        return bool(self.fields.get("enableSessionIsolation", False))

    @property
    def health_path(self) -> str | None:
        """Path of the health check, if one is declared."""
        return self.fields.get("healthCheckConfiguration", {}).get("httpGetUrl") or None


def revision_of(store: Store, scope: Scope, runtime: Record, version: Record | None) -> Revision:
    """Freeze what a runtime, or a version of it, runs."""
    source = version or runtime
    digest = source.internal.get("package") or ""
    number = version.name if version else LATEST
    text = json.dumps([source.fields, digest], sort_keys=True)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Revision(
        scope=scope,
        runtime_id=runtime.id,
        runtime_name=runtime.name,
        version=number,
        fields=copy.deepcopy(source.fields),
        package=store.blobs.get(digest),
        digest=digest,
        key=f"{runtime.id}:{number}:{fingerprint}",
    )
