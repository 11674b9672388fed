"""OSS V4 (`OSS4-HMAC-SHA256`) in the Authorization header; signed URLs are not modelled.

The form is that of the vendor's public description; the official SDKs, which the tests run, agree.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote

ALGORITHM = "OSS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_ALWAYS_SIGNED = ("content-type", "content-md5")
_CREDENTIAL = re.compile(
    r"(?P<key_id>[^/]+)/(?P<date>[0-9]{8})/(?P<region>[a-z0-9-]+)/oss/aliyun_v4_request"
)
_TIME = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z")


class Claim(NamedTuple):
    """What an Authorization header says."""

    key_id: str
    date: str
    region: str
    additional: tuple[str, ...]
    signature: str


def parse(header: str) -> Claim | None:
    """Read an Authorization header; None if it has another form."""
    word, _, rest = header.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    credential = _CREDENTIAL.fullmatch(parts.get("Credential", ""))
    if word != ALGORITHM or credential is None:
        return None
    additional = tuple(name for name in parts.get("AdditionalHeaders", "").split(";") if name)
    named = credential["key_id"], credential["date"], credential["region"]
    return Claim(*named, additional, parts.get("Signature", ""))


def iso_time(text: str) -> str:
    """`x-oss-date` with the separators of ISO 8601's long form; as it is if it has another form."""
    return _TIME.sub(r"\1-\2-\3T\4:\5:\6Z", text)


def canonical_request(
    method: str,
    bucket: str,
    key: str,
    pairs: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    additional: Iterable[str],
) -> str:
    """The text that is signed; bucket and key are decoded, both may be empty."""
    names = sorted(additional)
    signed = sorted(
        name
        for name in headers
        if name.startswith("x-oss-") or name in _ALWAYS_SIGNED or name in names
    )
    query = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in pairs)
    return "\n".join(
        [
            method,
            quote(f"/{bucket}/{key}" if bucket else "/", safe="/"),
            "&".join(f"{name}={value}" if value else name for name, value in query),
            "".join(f"{name}:{headers[name].strip()}\n" for name in signed),
            ";".join(names),
            headers.get("x-oss-content-sha256", UNSIGNED_PAYLOAD),
        ]
    )


def sign(secret: str, claim: Claim, date: str, canonical: str) -> str:
    """The signature; `date` is the value of `x-oss-date`."""
    scope = f"{claim.date}/{claim.region}/oss/aliyun_v4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"aliyun_v4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"{ALGORITHM}\n{date}\n{scope}\n{digest}"
    return hmac.new(key, text.encode(), "sha256").hexdigest()
