"""The vendor's fourth signature, of OSS and SLS: a key derived for one day, region and service.

Only the Authorization header is modelled, not signed URLs. The form is that of the vendor's public
descriptions; the official SDKs, which the tests run, agree.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote

OSS = "OSS4-HMAC-SHA256"
SLS = "SLS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_CREDENTIAL = re.compile(
    r"(?P<key_id>[^/]+)/(?P<date>[0-9]{8})/(?P<region>[a-z0-9-]+)/(?P<service>oss|sls)"
    r"/aliyun_v4_request"
)
_SERVICES = {OSS: "oss", SLS: "sls"}
_TIME = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z")


class Claim(NamedTuple):
    """What an Authorization header says."""

    algorithm: str
    key_id: str
    date: str
    region: str
    additional: tuple[str, ...]
    signature: str

    @property
    def scope(self) -> str:
        """What the key is derived for."""
        return f"{self.date}/{self.region}/{_SERVICES[self.algorithm]}/aliyun_v4_request"


def is_scoped(header: str, algorithm: str) -> bool:
    """Whether an Authorization header means to be of this signature."""
    return header.startswith(f"{algorithm} ")


def parse(header: str, algorithm: str) -> Claim | None:
    """Read an Authorization header; None if it has another form."""
    word, _, rest = header.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    credential = _CREDENTIAL.fullmatch(parts.get("Credential", ""))
    if word != algorithm or credential is None or credential["service"] != _SERVICES[algorithm]:
        return None
    additional = tuple(name for name in parts.get("AdditionalHeaders", "").split(";") if name)
    named = credential["key_id"], credential["date"], credential["region"]
    return Claim(algorithm, *named, additional, parts.get("Signature", ""))


def iso_time(text: str) -> str:
    """A date header with the separators of ISO 8601's long form; unchanged if it has another."""
    return _TIME.sub(r"\1-\2-\3T\4:\5:\6Z", text)


def _query(pairs: Iterable[tuple[str, str]]) -> str:
    coded = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in pairs)
    return "&".join(f"{name}={value}" if value else name for name, value in coded)


def canonical_oss(
    method: str,
    bucket: str,
    key: str,
    pairs: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    additional: Iterable[str],
) -> str:
    """The text that OSS signs; bucket and key are decoded, both may be empty."""
    names = sorted(additional)
    signed = sorted(
        name
        for name in headers
        if name.startswith("x-oss-") or name in ("content-type", "content-md5") or name in names
    )
    path = quote(f"/{bucket}/{key}" if bucket else "/", safe="/")
    block = "".join(f"{name}:{headers[name].strip()}\n" for name in signed)
    payload = headers.get("x-oss-content-sha256", UNSIGNED_PAYLOAD)
    return "\n".join([method, path, _query(pairs), block, ";".join(names), payload])


def canonical_sls(
    method: str,
    path: str,
    pairs: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    digest: str,
) -> str:
    """The text that SLS signs; `path` is decoded, `digest` the SHA-256 of the body."""
    signed = sorted(
        name
        for name in headers
        if name.startswith(("x-log-", "x-acs-")) or name in ("host", "content-type")
    )
    block = "".join(f"{name}:{headers[name].strip()}\n" for name in signed)
    return "\n".join([method, path or "/", _query(pairs), block, ";".join(signed), digest])


def sign(secret: str, claim: Claim, date: str, canonical: str) -> str:
    """The signature; `date` is the value of the date header."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"aliyun_v4{secret}".encode()
    for part in claim.scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"{claim.algorithm}\n{date}\n{claim.scope}\n{digest}"
    return hmac.new(key, text.encode(), "sha256").hexdigest()
