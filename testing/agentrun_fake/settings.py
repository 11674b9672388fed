"""How a fake cloud is set up: its account, its keys, its region, its speed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Key:
    """An access key that the fake accepts.

    Attributes:
        key_id: Access key id.
        secret: Access key secret.
        account_id: Account it belongs to.
        token: Security token; only temporary keys have one.
        only: Resource that a temporary key is good for, e.g. one object; empty for all.
        expires_at: Seconds since 1970 after which it is refused; None for never.
        user: Name of the RAM user it belongs to; empty for the account itself.
        allow: Patterns of actions it may do, e.g. `agentrun:Get*`; None for all.
        deny: Patterns of actions it must not do, whatever `allow` says.
    """

    key_id: str
    secret: str = field(repr=False)
    account_id: str
    token: str | None = field(default=None, repr=False)
    only: str = ""
    expires_at: float | None = None
    user: str = ""
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()

    @property
    def user_id(self) -> str:
        """Number of the RAM user, made from its name; that of the account if it has none."""
        if not self.user:
            return self.account_id
        return str(2 * 10**17 + zlib.crc32(f"{self.account_id}/{self.user}".encode()))

    @classmethod
    def from_json(cls, plain: Mapping[str, Any], account_id: str) -> Key:
        """Read a permanent key: `{keyId, secret, account, user, allow, deny}`.

        Args:
            plain: The key.
            account_id: Its account, if it names none.

        Raises:
            ValueError: Something is missing, unknown or of the wrong type.
        """
        texts = {name: plain.get(name, "") for name in ("keyId", "secret", "account", "user")}
        lists = {name: plain[name] for name in ("allow", "deny") if name in plain}
        unknown = sorted(set(plain) - set(texts) - {"allow", "deny"})
        if unknown:
            raise ValueError(f"unknown in a key: {', '.join(unknown)}")
        for name, value in texts.items():
            if not isinstance(value, str) or (name in ("keyId", "secret") and not value):
                raise ValueError(f"{name} of a key must be a text")
        for name, value in lists.items():
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise ValueError(f"{name} of a key must be a list of texts")
        return cls(
            texts["keyId"],
            texts["secret"],
            texts["account"] or account_id,
            user=texts["user"],
            allow=tuple(lists["allow"]) if "allow" in lists else None,
            deny=tuple(lists.get("deny", ())),
        )


@dataclass(frozen=True)
class FakeSettings:
    """Settings of a fake cloud.

    Attributes:
        account_id: Account of the first key, and of unsigned requests.
        access_key_id: Id of the first key. The defaults are the demo keys of the test vectors.
        access_key_secret: Secret of the first key.
        keys: Further keys, of this or other accounts.
        region: Region of requests whose host names none, such as those to an IP address.
        verify: Whether signatures are verified.
        latency_ms: Added to each request, in milliseconds.
        ready_ms: How long creating, updating and deleting take, in milliseconds; 0 means that the
            next read sees the end of it.
        ready_reads: If given, they end after that many reads instead, whatever the time.
        max_skew_seconds: How far a client's clock may be off.
        seed: Makes ids repeatable.
        run: Whether calls to endpoints run what was deployed, on this machine.
        max_instances: How many instances a runtime may have here, unless its reserved concurrency
            is lower.
        instance_idle_seconds: After how long without a call an instance ends.
        start_seconds: How long a program may take until it listens.
        call_seconds: How long a program may be silent while it serves a call.
    """

    account_id: str = "1234567890123456"
    access_key_id: str = "testak"
    access_key_secret: str = field(default="testsecret", repr=False)  # noqa: S105 - a demo key
    keys: tuple[Key, ...] = ()
    region: str = "cn-hangzhou"
    verify: bool = True
    latency_ms: float = 0
    ready_ms: float = 0
    ready_reads: int | None = None
    max_skew_seconds: float = 15 * 60
    seed: int | None = None
    run: bool = False
    max_instances: int = 10
    instance_idle_seconds: float = 300
    start_seconds: float = 30
    call_seconds: float = 600

    @property
    def all_keys(self) -> tuple[Key, ...]:
        """The first key and the further ones."""
        return (Key(self.access_key_id, self.access_key_secret, self.account_id), *self.keys)
