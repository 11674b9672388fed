"""The three older signature schemes, which sign a date, some headers and a resource.

Function Compute's API of 2016 (reference 6.1), OSS V1 (6.2) and the log service's v1 (7.4). As in
`signing`, pure functions do the work and an `httpx.Auth` over them signs each attempt afresh.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import format_datetime

import httpx

from .credentials import CredentialsProvider
from .signing import Flow, Query, WallClock, sorted_pairs, target_of, utc_now


def fc_signature(
    secret: str,
    method: str,
    path: str,
    *,
    date: str,
    fc_headers: Mapping[str, str],
    content_md5: str = "",
    content_type: str = "",
) -> str:
    """Sign a request to Function Compute's API of 2016."""
    text = _old_style_text(method, content_md5, content_type, date, fc_headers, path)
    return _base64_hmac(secret, text, "sha256")


def oss_signature(
    secret: str,
    method: str,
    resource: str,
    *,
    date: str,
    oss_headers: Mapping[str, str],
    content_md5: str = "",
    content_type: str = "",
) -> str:
    """Sign a request to OSS (V1); `resource` is `/{bucket}/{key}`, not encoded."""
    text = _old_style_text(method, content_md5, content_type, date, oss_headers, resource)
    return _base64_hmac(secret, text, "sha1")


def sls_signature(
    secret: str,
    method: str,
    path: str,
    query: Query,
    *,
    date: str,
    log_headers: Mapping[str, str],
    content_md5: str = "",
    content_type: str = "",
) -> str:
    """Sign a request to the log service (v1); `log_headers` are its `x-log-*` and `x-acs-*`."""
    listed = "&".join(f"{name}={value}" for name, value in sorted_pairs(query))
    resource = f"{path}?{listed}" if listed else path
    text = _old_style_text(method, content_md5, content_type, date, log_headers, resource)
    return _base64_hmac(secret, text, "sha256")


class FcAuth(httpx.Auth):
    """Signs for Function Compute's API of 2016, which the temporary bucket token needs."""

    def __init__(
        self, credentials: CredentialsProvider, account_id: str, *, clock: WallClock = utc_now
    ) -> None:
        self._credentials = credentials
        self._account_id = account_id
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Add the date, the `x-fc-*` headers and the signature."""
        credentials, date = self._credentials(), http_date(self._clock())
        fc_headers = {"x-fc-account-id": self._account_id}
        if credentials.security_token:
            fc_headers["x-fc-security-token"] = credentials.security_token
        signature = fc_signature(
            credentials.access_key_secret,
            request.method,
            request.url.path,
            date=date,
            fc_headers=fc_headers,
            content_type=request.headers.get("content-type", ""),
        )
        authorization = f"FC {credentials.access_key_id}:{signature}"
        request.headers.update(fc_headers | {"date": date, "authorization": authorization})
        yield request


class OssAuth(httpx.Auth):
    """Signs for OSS with V1, naming the bucket and key apart from the address they are sent to."""

    def __init__(
        self,
        credentials: CredentialsProvider,
        bucket: str,
        key: str,
        *,
        clock: WallClock = utc_now,
    ) -> None:
        self._credentials = credentials
        self._resource = f"/{bucket}/{key}"
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Add the date, the token and the signature."""
        credentials, date = self._credentials(), http_date(self._clock())
        oss_headers = {}
        if credentials.security_token:
            oss_headers["x-oss-security-token"] = credentials.security_token
        signature = oss_signature(
            credentials.access_key_secret,
            request.method,
            self._resource,
            date=date,
            oss_headers=oss_headers,
            content_md5=request.headers.get("content-md5", ""),
            content_type=request.headers.get("content-type", ""),
        )
        authorization = f"OSS {credentials.access_key_id}:{signature}"
        request.headers.update(oss_headers | {"date": date, "authorization": authorization})
        yield request


class SlsAuth(httpx.Auth):
    """Signs for the log service with its v1."""

    requires_request_body = True

    def __init__(self, credentials: CredentialsProvider, *, clock: WallClock = utc_now) -> None:
        self._credentials = credentials
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Add the date, the `x-log-*` headers, the body's digest and the signature."""
        credentials, date = self._credentials(), http_date(self._clock())
        body = request.content
        log_headers = {
            "x-log-apiversion": "0.6.0",
            "x-log-bodyrawsize": str(len(body)),
            "x-log-signaturemethod": "hmac-sha256",
        }
        if credentials.security_token:
            log_headers["x-acs-security-token"] = credentials.security_token
        digest = _md5(body).upper() if body else ""
        path, query = target_of(request)
        signature = sls_signature(
            credentials.access_key_secret,
            request.method,
            path,
            query,
            date=date,
            log_headers=log_headers,
            content_md5=digest,
            content_type=request.headers.get("content-type", ""),
        )
        request.headers.update(log_headers | {"date": date})
        if digest:
            request.headers["content-md5"] = digest
        request.headers["authorization"] = f"LOG {credentials.access_key_id}:{signature}"
        yield request


def http_date(moment: datetime) -> str:
    """A time as HTTP writes it, e.g. `Thu, 02 Jan 2025 03:04:05 GMT`."""
    return format_datetime(moment.astimezone(timezone.utc), usegmt=True)


def _old_style_text(
    method: str,
    content_md5: str,
    content_type: str,
    date: str,
    headers: Mapping[str, str],
    resource: str,
) -> str:
    """The text that the three older schemes sign."""
    block = "".join(f"{name.lower()}:{value}\n" for name, value in sorted(headers.items()))
    return f"{method}\n{content_md5}\n{content_type}\n{date}\n{block}{resource}"


def _base64_hmac(secret: str, text: str, algorithm: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), algorithm).digest()).decode()


def _md5(data: bytes) -> str:
    # The log service asks for it to detect broken transfers; nothing rests on its strength.
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
