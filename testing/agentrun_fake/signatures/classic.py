"""The older signatures: FC of 2016 (6.1), OSS V1 (6.2) and SLS v1 (7.4).

All three sign method, content-md5, content-type and date, then the vendor's own headers, then the
resource. They differ in which headers, which hash and how the resource is written.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Mapping

# Parameters that belong to the resource an OSS signature names; others are not signed.
OSS_SUBRESOURCES = frozenset(
    [
        "acl",
        "bucketInfo",
        "continuation-token",
        "encryption",
        "policy",
        "versioning",
        "uploads",
        "location",
        "cors",
        "logging",
        "website",
        "referer",
        "lifecycle",
        "delete",
        "append",
        "tagging",
        "objectMeta",
        "uploadId",
        "partNumber",
        "security-token",
        "position",
        "symlink",
        "versions",
        "versionId",
        "restore",
        "response-content-type",
        "response-content-language",
        "response-expires",
        "response-cache-control",
        "response-content-disposition",
        "response-content-encoding",
    ]
)


def parse(scheme: str, header: str) -> tuple[str, str] | None:
    """Read `<scheme> <key id>:<signature>`; None if it has another form."""
    word, _, rest = header.partition(" ")
    key_id, colon, signature = rest.strip().partition(":")
    return (key_id, signature) if word == scheme and colon else None


def _head(method: str, headers: Mapping[str, str], date: str) -> str:
    md5, kind = headers.get("content-md5", ""), headers.get("content-type", "")
    return f"{method}\n{md5}\n{kind}\n{date}\n"


def _own_headers(headers: Mapping[str, str], *prefixes: str) -> str:
    own = sorted(name for name in headers if name.startswith(prefixes))
    return "".join(f"{name}:{headers[name].strip()}\n" for name in own)


def _mac(secret: str, text: str, algorithm: str) -> str:
    digest = hmac.new(secret.encode(), text.encode(), algorithm).digest()
    return base64.b64encode(digest).decode()


def sign_fc(secret: str, method: str, path: str, headers: Mapping[str, str]) -> str:
    """Signature of the FC API of 2016; `path` is the decoded path."""
    head = _head(method, headers, headers.get("date", ""))
    return _mac(secret, head + _own_headers(headers, "x-fc-") + path, "sha256")


def sign_oss(
    secret: str,
    method: str,
    bucket: str,
    key: str,
    headers: Mapping[str, str],
    pairs: Iterable[tuple[str, str]] = (),
) -> str:
    """OSS V1 signature; `key` is the decoded object key, empty for the bucket itself."""
    date = headers.get("x-oss-date") or headers.get("date", "")
    resource = f"/{bucket}/{key}" if bucket else "/"
    signed = sorted((name, value) for name, value in pairs if name in OSS_SUBRESOURCES)
    if signed:
        resource += "?" + "&".join(f"{n}={v}" if v else n for n, v in signed)
    text = _head(method, headers, date) + _own_headers(headers, "x-oss-") + resource
    return _mac(secret, text, "sha1")


def sign_sls(
    secret: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    pairs: Iterable[tuple[str, str]] = (),
) -> str:
    """SLS v1 signature; query values enter decoded and sorted."""
    date = headers.get("x-log-date") or headers.get("date", "")
    resource = path + "".join(
        f"{'&' if index else '?'}{name}={value}"
        for index, (name, value) in enumerate(sorted(pairs))
    )
    text = _head(method, headers, date) + _own_headers(headers, "x-log-", "x-acs-") + resource
    return _mac(secret, text, "sha256")
