"""Object storage: put, get, head and delete of objects (section 6.2); buckets are another module.

With a host name the bucket is its first label; with an IP address it is the first segment of the
path. Requests are signed by a header, or by their address (`signatures.presigned`).
"""

from __future__ import annotations

import base64
import hashlib
import re
from email.utils import formatdate
from html import escape
from typing import TYPE_CHECKING, Any

from fastcrc import crc64

from .. import keyring
from ..errors import ServiceError
from ..http import Request, Response
from ..keyring import Refused
from ..routing import Exchange, Route
from ..settings import Key
from ..signatures import classic, presigned, scoped
from ..store import Scope, StoredObject
from ..verification import verify_oss, verify_oss4
from . import fc3_code, oss_buckets, oss_ranges

if TYPE_CHECKING:
    from ..cloud import FakeCloud

_HOST = re.compile(
    r"(?:(?P<bucket>[a-z0-9-]+)\.)?oss-(?P<region>[a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com"
)
# Parts of buckets and objects that a query may ask for, instead of the whole.
_PARTS = frozenset(
    name
    for name in classic.OSS_SUBRESOURCES
    if not name.startswith("response-") and name not in ("security-token", "continuation-token")
)
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
    presigned.EXPIRED: ("AccessDenied", "Request has expired."),
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
    bucket, key, content = oss_buckets.need(exchange), _key(exchange), exchange.request.body
    md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    if exchange.request.header("content-md5") not in ("", md5):
        raise ServiceError(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
    cloud = exchange.cloud
    kind = exchange.request.header("content-type") or "application/octet-stream"
    digest = cloud.store.keep_blob(content)
    bucket.objects[key] = StoredObject(digest, len(content), kind, cloud.clock.now())
    return Response(200, headers=(*_marks(content), ("content-md5", md5)))


def get_object(exchange: Exchange) -> Response:
    """GetObject, of a part of it if `Range` says so, and HeadObject."""
    found = _object(exchange)
    content = exchange.cloud.store.blobs[found.digest]
    modified = ("last-modified", formatdate(found.modified_at, usegmt=True))
    headers = [("content-type", found.content_type), modified, *_marks(content)]
    headers.append(("accept-ranges", "bytes"))
    part = oss_ranges.part_of(exchange.request, len(content))
    if part is None or exchange.request.method == "HEAD":
        return Response(200, content, headers)
    headers.append(("content-range", f"bytes {part[0]}-{part[-1]}/{len(content)}"))
    return Response(206, content[part.start : part.stop], headers)


def delete_object(exchange: Exchange) -> Response:
    """DeleteObject; one that is not there is fine."""
    oss_buckets.need(exchange).objects.pop(_key(exchange), None)
    return Response(204)


def _key(exchange: Exchange) -> str:
    exchange.mark["resource"] = f"object/{exchange.path['bucket']}/{exchange.path['key']}"
    return exchange.path["key"]


def _object(exchange: Exchange) -> StoredObject:
    bucket, key = oss_buckets.need(exchange), _key(exchange)
    found = bucket.objects.get(key) or fc3_code.find(exchange.cloud, bucket.name, key)
    if found is None:
        raise ServiceError(404, "NoSuchKey", "The specified key does not exist.")
    return found


def _marks(content: bytes) -> tuple[tuple[str, str], ...]:
    checksum = str(crc64.xz(content))
    return (("etag", oss_buckets.etag(content)), ("x-oss-hash-crc64ecma", checksum))


class ObjectStorage:
    """Buckets and objects."""

    name = "oss"
    routes: tuple[Route, ...] = (
        Route("GET", "/service", "ListBuckets", oss_buckets.list_all),
        Route("PUT", "/bucket/{bucket}", "PutBucket", oss_buckets.create),
        Route("GET", "/bucket/{bucket}", "ListObjects", oss_buckets.list_objects),
        Route("GET", "/bucket/{bucket}/bucketInfo", "GetBucketInfo", oss_buckets.info),
        Route("GET", "/bucket/{bucket}/acl", "GetBucketAcl", oss_buckets.acl),
        Route("DELETE", "/bucket/{bucket}", "DeleteBucket", oss_buckets.delete),
        Route("PUT", "/object/{bucket}/{key*}", "PutObject", put_object),
        Route("GET", "/object/{bucket}/{key*}", "GetObject", get_object),
        Route("HEAD", "/object/{bucket}/{key*}", "HeadObject", get_object),
        Route("HEAD", "/object-objectMeta/{bucket}/{key*}", "GetObjectMeta", get_object),
        Route("DELETE", "/object/{bucket}/{key*}", "DeleteObject", delete_object),
    )

    def claims(self, request: Request, cloud: FakeCloud) -> bool:
        """Told by the signature, by the host, or by a path that begins with a known bucket."""
        signed = request.header("authorization").startswith(("OSS ", f"{scoped.OSS} "))
        named = _HOST.fullmatch(request.host) is not None
        known = request.segments[0] in cloud.store.buckets
        return signed or named or known or presigned.is_presigned(request)

    def segments(self, request: Request) -> list[str]:
        """What the request is about, wherever the bucket was named: the service, a bucket or an
        object, with the part of it that the query names. The key is one piece."""
        bucket, key = target(request)
        part = sorted(name for name, _ in request.pairs if name in _PARTS)
        if key:
            return ["-".join(["object", *part]), bucket, key]
        return ["bucket", bucket, *part] if bucket else ["service"]

    def region(self, request: Request) -> str | None:
        """Part of the host's label, else what a V4 signature names."""
        match = _HOST.fullmatch(request.host)
        if match and match["region"] not in _NO_REGION:
            return match["region"]
        claim = scoped.parse(request.header("authorization"), scoped.OSS)
        return claim.region if claim else None

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """By OSS's first signature, in a header or in the address, or by its fourth."""
        bucket, key = target(request)
        now = cloud.signing_clock.now()
        if presigned.is_presigned(request):
            return presigned.verify(request, bucket, key, cloud.keys, now)
        if scoped.is_scoped(request.header("authorization"), scoped.OSS):
            region = self.region(request) or ""
            return verify_oss4(request, bucket, key, region, cloud.keys, now)
        return verify_oss(request, bucket, key, cloud.keys, now)

    def refusal(self, refused: Refused) -> ServiceError:
        """Codes of OSS's public error list; all are 403."""
        text = "The request signature we calculated does not match the signature you provided."
        fallback = ("SignatureDoesNotMatch", f"{text} Check your key and signing method.")
        return ServiceError(403, *_REASONS.get(refused.why, fallback))

    def authorize(self, exchange: Exchange) -> None:
        """A temporary key may put its one object, or get it, and nothing else."""
        key = exchange.principal.key
        if key is None or not key.only:
            return
        bucket, name = exchange.path["bucket"], exchange.path.get("key", "")
        good_for = {"PutObject": f"oss:{bucket}/{name}"}
        good_for["GetObject"] = fc3_code.may_read(bucket, name)
        if key.only != good_for.get(exchange.route.operation):
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
