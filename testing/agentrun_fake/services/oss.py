"""Object storage: put, get, head and delete of objects, and making a bucket (section 6.2).

With a host name the bucket is its first label; with an IP address it is the first segment of the
path.
"""

from __future__ import annotations

import base64
import hashlib
import re
from email.utils import formatdate
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from fastcrc import crc64

from .. import keyring
from ..errors import ServiceError
from ..http import Request, Response
from ..keyring import Refused
from ..routing import Exchange, Route
from ..settings import Key
from ..store import Bucket, Scope, StoredObject
from ..verification import verify_oss

if TYPE_CHECKING:
    from ..cloud import FakeCloud

_HOST = re.compile(
    r"(?:(?P<bucket>[a-z0-9-]+)\.)?oss-(?P<region>[a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com"
)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_NO_REGION = ("accelerate", "accelerate-overseas")
_REASONS = {
    keyring.UNSIGNED: ("AccessDenied", "Anonymous access is forbidden for this operation."),
    keyring.UNKNOWN_KEY: (
        "InvalidAccessKeyId",
        "The OSS Access Key Id you provided does not exist in our records.",
    ),
    keyring.WRONG_TOKEN: (
        "InvalidSecurityToken",
        "The security token you provided is not valid.",
    ),
    keyring.EXPIRED_TOKEN: ("SecurityTokenExpired", "The security token is expired."),
    keyring.SKEWED: (
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    ),
    keyring.BAD_TIME: ("AccessDenied", "OSS authentication requires a valid Date."),
}


def target(request: Request) -> tuple[str, str]:
    """Bucket and decoded object key that a request is about."""
    match = _HOST.fullmatch(request.host)
    segments = request.segments
    if match and match["bucket"]:
        return match["bucket"], "/".join(segments)
    return segments[0], "/".join(segments[1:])


def put_object(exchange: Exchange) -> Response:
    """PutObject."""
    bucket, key, content = _bucket(exchange), _key(exchange), exchange.request.body
    md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    if exchange.request.header("content-md5") not in ("", md5):
        raise ServiceError(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
    cloud = exchange.cloud
    kind = exchange.request.header("content-type") or "application/octet-stream"
    digest = cloud.store.keep_blob(content)
    bucket.objects[key] = StoredObject(digest, len(content), kind, cloud.clock.now())
    return Response(200, headers=(*_marks(content), ("content-md5", md5)))


def get_object(exchange: Exchange) -> Response:
    """GetObject and HeadObject."""
    found = _object(exchange)
    content = exchange.cloud.store.blobs[found.digest]
    modified = ("last-modified", formatdate(found.modified_at, usegmt=True))
    return Response(
        200, content, (("content-type", found.content_type), modified, *_marks(content))
    )


def delete_object(exchange: Exchange) -> Response:
    """DeleteObject; one that is not there is fine."""
    _bucket(exchange).objects.pop(_key(exchange), None)
    return Response(204)


def put_bucket(exchange: Exchange) -> Response:
    """PutBucket; a bucket of one's own is fine, another account's is not."""
    name = exchange.path["bucket"]
    if not _BUCKET.fullmatch(name):
        raise ServiceError(400, "InvalidBucketName", "The specified bucket is not valid.")
    made = Bucket(name, *exchange.scope)
    if exchange.cloud.store.buckets.setdefault(name, made).account_id != made.account_id:
        raise ServiceError(409, "BucketAlreadyExists", "The requested bucket name is taken.")
    return Response(200, headers=(("location", f"/{name}"),))


def _bucket(exchange: Exchange) -> Bucket:
    name = exchange.path["bucket"]
    bucket = exchange.cloud.store.buckets.get(name)
    if bucket is None:
        raise ServiceError(404, "NoSuchBucket", "The specified bucket does not exist.")
    key = exchange.principal.key
    if not (key is not None and key.only) and bucket.account_id != exchange.scope.account_id:
        text = "You have no right to access this object because of bucket acl."
        raise ServiceError(403, "AccessDenied", text)
    return bucket


def _key(exchange: Exchange) -> str:
    exchange.mark["resource"] = f"object/{exchange.path['bucket']}/{exchange.path['key']}"
    return exchange.path["key"]


def _object(exchange: Exchange) -> StoredObject:
    found = _bucket(exchange).objects.get(_key(exchange))
    if found is None:
        raise ServiceError(404, "NoSuchKey", "The specified key does not exist.")
    return found


def _marks(content: bytes) -> tuple[tuple[str, str], ...]:
    etag = hashlib.md5(content, usedforsecurity=False).hexdigest().upper()
    return (("etag", f'"{etag}"'), ("x-oss-hash-crc64ecma", str(crc64.xz(content))))


class ObjectStorage:
    """Buckets and objects."""

    name = "oss"
    routes: tuple[Route, ...] = (
        Route("PUT", "/{bucket}", "PutBucket", put_bucket),
        Route("PUT", "/{bucket}/{key*}", "PutObject", put_object),
        Route("GET", "/{bucket}/{key*}", "GetObject", get_object),
        Route("HEAD", "/{bucket}/{key*}", "HeadObject", get_object),
        Route("DELETE", "/{bucket}/{key*}", "DeleteObject", delete_object),
    )

    def claims(self, request: Request, cloud: FakeCloud) -> bool:
        """Told by the signature, by the host, or by a path that begins with a known bucket."""
        signed = request.header("authorization").startswith("OSS ")
        named = _HOST.fullmatch(request.host) is not None
        return signed or named or request.segments[0] in cloud.store.buckets

    def segments(self, request: Request) -> list[str]:
        """Bucket and key, wherever the bucket was named; the key as one piece."""
        bucket, key = target(request)
        return [bucket, key] if key else [bucket]

    def region(self, request: Request) -> str | None:
        """Part of the host's label."""
        match = _HOST.fullmatch(request.host)
        return match["region"] if match and match["region"] not in _NO_REGION else None

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """By OSS's first signature."""
        return verify_oss(request, *target(request), cloud.keys, cloud.signing_clock.now())

    def refusal(self, refused: Refused) -> ServiceError:
        """Codes of OSS's public error list; all are 403."""
        text = "The request signature we calculated does not match the signature you provided."
        fallback = ("SignatureDoesNotMatch", f"{text} Check your key and signing method.")
        return ServiceError(403, *_REASONS.get(refused.why, fallback))

    def authorize(self, exchange: Exchange) -> None:
        """A temporary key may put its one object, and nothing else."""
        key = exchange.principal.key
        if key is None or not key.only:
            return
        wanted = f"oss:{exchange.path['bucket']}/{exchange.path.get('key', '')}"
        if key.only != wanted or exchange.route.operation != "PutObject":
            raise ServiceError(403, "AccessDenied", "You have no right to access this object.")

    def answer(self, exchange: Exchange, result: Any) -> Response:
        """All handlers make their replies themselves."""
        raise AssertionError("not reached")

    def refuse(self, error: ServiceError, request_id: str, scope: Scope | None) -> Response:
        """An XML body."""
        region = scope.region if scope else ""
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<Error>'
            f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
            f"<RequestId>{request_id}</RequestId>"
            f"<HostId>oss-{region}.aliyuncs.com</HostId></Error>"
        )
        headers = [*error.headers, ("content-type", "application/xml")]
        headers.append(("x-oss-request-id", request_id))
        return Response(error.status, body.encode(), headers)
