"""ACS3-HMAC-SHA256 (section 1.5): control plane, Function Compute 3.0 and STS."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"
MUST_BE_SIGNED = ("host", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256")


@dataclass(frozen=True)
class Claim:
    """What an `Authorization` header says."""

    key_id: str
    signed_headers: tuple[str, ...]
    signature: str


def parse(header: str) -> Claim | None:
    """Read the header; None if it has another form."""
    algorithm, _, rest = header.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    names = {"Credential", "SignedHeaders", "Signature"}
    if algorithm != ALGORITHM or set(parts) != names:
        return None
    return Claim(parts["Credential"], tuple(parts["SignedHeaders"].split(";")), parts["Signature"])


def encode(text: str) -> str:
    """Percent-encode by RFC 3986 with only the unreserved characters left alone."""
    return quote(text, safe="-_.~")


def canonical_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Decoded parameters, sorted and encoded again: clients differ on the wire."""
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(pairs))


def canonical_request(
    method: str,
    path: str,
    pairs: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    signed_headers: Iterable[str],
    payload_hash: str,
) -> str:
    """The text whose hash is signed.

    Args:
        method: HTTP method.
        path: Path as on the wire.
        pairs: Decoded query.
        headers: Values by lower-case name.
        signed_headers: Which of them are signed, in this order.
        payload_hash: Hexadecimal SHA-256 of the body.
    """
    names = list(signed_headers)
    block = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in names)
    return "\n".join(
        [method, path or "/", canonical_query(pairs), block, ";".join(names), payload_hash]
    )


def string_to_sign(request: str) -> str:
    """Algorithm and hash of the canonical request."""
    return f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"


def sign(secret: str, request: str) -> str:
    """Signature of a canonical request."""
    text = string_to_sign(request).encode()
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
