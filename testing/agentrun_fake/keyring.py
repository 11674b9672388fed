"""Which keys are known, which nonces were used, and whether a client's clock is right."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from .settings import Key


class Refused(Exception):
    """A request is not authentic; `why` is one of the reasons below, `detail` is for people."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why, detail)
        self.why = why
        self.detail = detail


UNSIGNED = "unsigned"
UNKNOWN_KEY = "unknown key"
WRONG_SIGNATURE = "wrong signature"
WRONG_TOKEN = "wrong token"  # noqa: S105 - the name of a reason
EXPIRED_TOKEN = "expired token"  # noqa: S105 - the name of a reason
SKEWED = "skewed"
BAD_TIME = "bad time"
NONCE_USED = "nonce used"
WRONG_DIGEST = "wrong digest"
UNSIGNED_HEADER = "unsigned header"


_FEW_NONCES = 10_000


@dataclass(frozen=True)
class Principal:
    """Who sent a request."""

    account_id: str
    key: Key | None = None


class KeyRing:
    """The keys of a fake cloud and the nonces seen with them.

    Args:
        keys: Permanent keys.
        max_skew_seconds: How far a client's clock may be off.
    """

    def __init__(self, keys: Iterable[Key], max_skew_seconds: float) -> None:
        self._permanent = {key.key_id: key for key in keys}
        self._temporary: dict[str, Key] = {}
        self._nonces: dict[tuple[str, str], float] = {}
        self._max_skew = max_skew_seconds
        self._look_at = _FEW_NONCES

    def add_temporary(self, key: Key) -> None:
        """Accept a temporary key."""
        self._temporary[key.key_id] = key

    def forget(self) -> None:
        """Forget temporary keys and nonces."""
        self._temporary.clear()
        self._nonces.clear()

    def find(self, key_id: str, token: str | None, now: float) -> Key:
        """The key of that id.

        Raises:
            Refused: It is not known, or the security token does not belong to it.
        """
        key = self._permanent.get(key_id) or self._temporary.get(key_id)
        if key is None:
            raise Refused(UNKNOWN_KEY, key_id)
        if (key.token or "") != (token or ""):
            raise Refused(WRONG_TOKEN)
        if key.expires_at is not None and now > key.expires_at:
            raise Refused(EXPIRED_TOKEN)
        return key

    def check_time(self, sent: str, now: float) -> None:
        """Compare a client's time with ours.

        Raises:
            Refused: It can't be read or is too far off.
        """
        moment = read_time(sent)
        if moment is None:
            raise Refused(BAD_TIME, sent)
        if abs(moment - now) > self._max_skew:
            raise Refused(SKEWED, sent)

    def use_nonce(self, key_id: str, nonce: str, now: float) -> None:
        """Note a nonce.

        Raises:
            Refused: It was used before with this key.
        """
        if (key_id, nonce) in self._nonces:
            raise Refused(NONCE_USED, nonce)
        # A request older than the allowed skew is refused anyway, so older nonces may go.
        if len(self._nonces) >= self._look_at:
            oldest = now - 2 * self._max_skew
            self._nonces = {k: seen for k, seen in self._nonces.items() if seen > oldest}
            # Not at each request from here on, however many come in that time.
            self._look_at = max(_FEW_NONCES, 2 * len(self._nonces))
        self._nonces[key_id, nonce] = now


def same(expected: str, given: str) -> None:
    """Compare signatures in constant time.

    Raises:
        Refused: They differ.
    """
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise Refused(WRONG_SIGNATURE)


def read_time(text: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 (`x-acs-date`) or RFC 1123 (`date`) time."""
    try:
        return (
            datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()
        )
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
        # A zone of -0000 is UTC that does not say so.
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, OverflowError):
        return None
