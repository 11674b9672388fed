"""AGENTRUN4-HMAC-SHA256 (section 4.3): calls of endpoints that are signed with an access key.

The header is `Agentrun-Authorization`, since `Authorization` belongs to the agent. The form is that
of `agentrun-sdk`, which the tests run: a canonical request as ACS3 has it, a key derived for one
day and region, and no nonce.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import unquote_plus

from . import acs3

ALGORITHM = "AGENTRUN4-HMAC-SHA256"
HEADER = "agentrun-authorization"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
MUST_BE_SIGNED = ("host", "x-acs-date", "x-acs-content-sha256")
_CREDENTIAL = re.compile(
    r"(?P<key_id>[^/]+)/(?P<date>[0-9]{8})/(?P<region>[a-z0-9-]+)/agentrun/aliyun_v4_request"
)


class Claim(NamedTuple):
    """What the header says."""

    key_id: str
    date: str
    region: str
    signed_headers: tuple[str, ...]
    signature: str


def parse(header: str) -> Claim | None:
    """Read the header; None if it has another form."""
    word, _, rest = header.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    credential = _CREDENTIAL.fullmatch(parts.get("Credential", ""))
    if word != ALGORITHM or credential is None:
        return None
    names = tuple(parts.get("SignedHeaders", "").split(";"))
    named = credential["key_id"], credential["date"], credential["region"]
    return Claim(*named, names, parts.get("Signature", ""))


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], signed_headers: Iterable[str]
) -> str:
    """The text whose hash is signed; path and query as on the wire.

    Of several parameters of one name the last counts, and one without `=` is not signed.
    """
    parts = (part.partition("=") for part in query.split("&"))
    pairs = {unquote_plus(name): unquote_plus(value) for name, equals, value in parts if equals}
    payload = headers.get("x-acs-content-sha256", "")
    return acs3.canonical_request(method, path, pairs.items(), headers, signed_headers, payload)


def sign(secret: str, claim: Claim, canonical: str) -> str:
    """Signature of a canonical request."""
    key = f"aliyun_v4{secret}".encode()
    for part in (claim.date, claim.region, "agentrun", "aliyun_v4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(key, text.encode(), "sha256").hexdigest()
