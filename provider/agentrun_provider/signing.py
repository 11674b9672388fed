"""ACS3-HMAC-SHA256, by which the control plane, Function Compute 3.0 and STS know who calls.

Pure functions build the canonical form (reference 1.5), and an `httpx.Auth` over them signs each
attempt afresh, with a new time and nonce. Clock, nonce and credentials are passed in.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import datetime, timezone
from urllib.parse import parse_qsl, quote

import httpx

from .credentials import Credentials, CredentialsProvider

ALGORITHM = "ACS3-HMAC-SHA256"

WallClock = Callable[[], datetime]
Flow = Generator[httpx.Request, httpx.Response, None]
Query = Mapping[str, object] | Iterable[tuple[str, object]]


def utc_now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(timezone.utc)


def new_nonce() -> str:
    """A text that no other request has: 32 hex digits."""
    return uuid.uuid4().hex


def encode(text: str) -> str:
    """Percent-encode by RFC 3986, leaving only `A-Z a-z 0-9 - _ . ~` as they are."""
    return quote(text, safe="~")


def canonical_query(query: Query) -> str:
    """Sort and encode query parameters; also the form in which they are sent."""
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted_pairs(query))


def sorted_pairs(query: Query) -> list[tuple[str, str]]:
    """Query parameters as text, sorted by name."""
    pairs = query.items() if isinstance(query, Mapping) else query
    return sorted((name, str(value)) for name, value in pairs)


def canonical_request(
    method: str, path: str, query: Query, headers: Mapping[str, str], payload_hash: str
) -> tuple[str, str]:
    """Build the canonical form of a request.

    Args:
        method: HTTP method.
        path: Path as it goes on the wire, encoded.
        query: Decoded parameters.
        headers: The headers to sign.
        payload_hash: Lower-case hex SHA-256 of the body.

    Returns:
        The canonical request and its list of signed headers.
    """
    lowered = sorted((name.lower(), value.strip()) for name, value in headers.items())
    signed = ";".join(name for name, _ in lowered)
    block = "".join(f"{name}:{value}\n" for name, value in lowered)
    parts = (method, path or "/", canonical_query(query), block, signed, payload_hash)
    return "\n".join(parts), signed


def string_to_sign(canonical: str) -> str:
    """Name the algorithm and hash the canonical request."""
    return f"{ALGORITHM}\n{_sha256(canonical.encode())}"


def acs3_headers(
    method: str,
    path: str,
    query: Query,
    headers: Mapping[str, str],
    body: bytes,
    *,
    credentials: Credentials,
    now: datetime,
    nonce: str,
) -> dict[str, str]:
    """The headers to add to a request so that it is signed.

    Args:
        method: HTTP method.
        path: Path as it goes on the wire, encoded.
        query: Decoded parameters.
        headers: Headers of the request; of these, `host`, `content-type` and `x-acs-*` are signed.
        body: Body as it goes on the wire.
        credentials: Keys to sign with.
        now: Time of the request, in UTC.
        nonce: Text that no other request has.
    """
    payload_hash = _sha256(body)
    added = {
        "x-acs-date": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-content-sha256": payload_hash,
    }
    if credentials.security_token:
        added["x-acs-accesskey-id"] = credentials.access_key_id
        added["x-acs-security-token"] = credentials.security_token
    lowered = {name.lower(): value for name, value in headers.items()}
    to_sign = {name: value for name, value in lowered.items() if _is_signed(name)} | added
    canonical, signed = canonical_request(method, path, query, to_sign, payload_hash)
    key = credentials.access_key_secret.encode()
    signature = hmac.new(key, string_to_sign(canonical).encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={credentials.access_key_id}"
    added["authorization"] = (
        f"{ALGORITHM} {credential},SignedHeaders={signed},Signature={signature}"
    )
    return added


class Acs3Auth(httpx.Auth):
    """Signs with ACS3-HMAC-SHA256 (control plane, Function Compute 3.0, STS)."""

    requires_request_body = True

    def __init__(
        self,
        credentials: CredentialsProvider,
        *,
        clock: WallClock = utc_now,
        nonce: Callable[[], str] = new_nonce,
    ) -> None:
        self._credentials = credentials
        self._clock = clock
        self._nonce = nonce

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Add the signature headers."""
        path, query = target_of(request)
        added = acs3_headers(
            request.method,
            path,
            query,
            request.headers,
            request.content,
            credentials=self._credentials(),
            now=self._clock(),
            nonce=self._nonce(),
        )
        request.headers.update(added)
        yield request


def _is_signed(name: str) -> bool:
    return name in ("host", "content-type") or name.startswith("x-acs-")


def target_of(request: httpx.Request) -> tuple[str, list[tuple[str, str]]]:
    """The path as sent, and the decoded query parameters."""
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    return path, parse_qsl(query, keep_blank_values=True)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
