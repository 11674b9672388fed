"""Buckets: making, telling about, listing and deleting them (section 6.2).

Names are unique over all accounts and regions. Not modelled: access rules but the owner's, storage
classes, versions, multipart uploads.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from ..errors import ServiceError
from ..http import Response, whole_number
from ..routing import Exchange
from ..store import Bucket, StoredObject

_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_MOST_KEYS = 1000


def need(exchange: Exchange) -> Bucket:
    """The bucket that a request is about.

    Raises:
        ServiceError: There is none of that name, or it is another account's.
    """
    name = exchange.path["bucket"]
    bucket = exchange.cloud.store.buckets.get(name)
    if bucket is None:
        raise ServiceError(404, "NoSuchBucket", "The specified bucket does not exist.")
    key = exchange.principal.key
    if not (key is not None and key.only) and bucket.account_id != exchange.scope.account_id:
        text = "You have no right to access this object because of bucket acl."
        raise ServiceError(403, "AccessDenied", text)
    return bucket


def etag(content: bytes) -> str:
    """The mark of an object's content, with its quotation marks."""
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest().upper()
    return f'"{digest}"'


def create(exchange: Exchange) -> Response:
    """PutBucket; a bucket of one's own is fine, another account's is not."""
    name = exchange.path["bucket"]
    exchange.mark["resource"] = f"bucket/{name}"
    if not _BUCKET.fullmatch(name):
        raise ServiceError(400, "InvalidBucketName", "The specified bucket is not valid.")
    made = Bucket(name, *exchange.scope, created_at=exchange.cloud.clock.now())
    if exchange.cloud.store.buckets.setdefault(name, made).account_id != made.account_id:
        raise ServiceError(409, "BucketAlreadyExists", "The requested bucket name is taken.")
    return Response(200, headers=(("location", f"/{name}"),))


def delete(exchange: Exchange) -> Response:
    """DeleteBucket; not one that holds objects."""
    bucket = need(exchange)
    exchange.mark["resource"] = f"bucket/{bucket.name}"
    if bucket.objects:
        text = "The bucket has objects. Please delete them first."
        raise ServiceError(409, "BucketNotEmpty", text)
    del exchange.cloud.store.buckets[bucket.name]
    return Response(204)


def info(exchange: Exchange) -> Response:
    """GetBucketInfo."""
    bucket = need(exchange)
    access = _tag("AccessControlList", _tag("Grant", "private"))
    about = _about(bucket) + _owner(bucket.account_id) + access
    return _xml("BucketInfo", _tag("Bucket", about))


def acl(exchange: Exchange) -> Response:
    """GetBucketAcl; all buckets are private."""
    bucket = need(exchange)
    access = _tag("AccessControlList", _tag("Grant", "private"))
    return _xml("AccessControlPolicy", _owner(bucket.account_id) + access)


def list_all(exchange: Exchange) -> Response:
    """ListBuckets: those of the account, in all regions, on one page."""
    account = exchange.scope.account_id
    prefix = exchange.request.params.get("prefix", "")
    found = sorted(
        (bucket.name, bucket)
        for bucket in exchange.cloud.store.buckets.values()
        if bucket.account_id == account and bucket.name.startswith(prefix)
    )
    listed = "".join(_tag("Bucket", _about(bucket)) for _, bucket in found)
    body = _owner(account) + _tag("IsTruncated", "false") + _tag("Buckets", listed)
    return _xml("ListAllMyBucketsResult", body)


class _Listing(NamedTuple):
    """A page of a bucket's keys; `after` is where the next one begins, if there is one."""

    objects: list[tuple[str, StoredObject]]
    prefixes: list[str]
    after: str | None


def list_objects(exchange: Exchange) -> Response:
    """ListObjects and, with `list-type=2`, ListObjectsV2."""
    bucket, params = need(exchange), exchange.request.params
    newer = params.get("list-type") == "2"
    prefix, delimiter = params.get("prefix", ""), params.get("delimiter", "")
    size = _size(params.get("max-keys", ""))
    after = params.get("start-after" if newer else "marker", "")
    if newer and params.get("continuation-token"):
        after = _from_token(params["continuation-token"])
    page = _page(bucket, prefix, delimiter, after, size)
    coded = params.get("encoding-type") == "url"

    def text(name: str, value: str) -> str:
        return _tag(name, quote(value, safe="") if coded else escape(value))

    parts = [_tag("Name", bucket.name), text("Prefix", prefix), text("Delimiter", delimiter)]
    parts.append(_tag("MaxKeys", str(size)))
    parts.append(_tag("IsTruncated", "false" if page.after is None else "true"))
    if coded:
        parts.append(_tag("EncodingType", "url"))
    if newer:
        parts.append(_tag("KeyCount", str(len(page.objects) + len(page.prefixes))))
    else:
        parts.append(text("Marker", after))
    if page.after is not None:
        name = "NextContinuationToken" if newer else "NextMarker"
        parts.append(_tag(name, _token(page.after)) if newer else text(name, page.after))
    for key, item in page.objects:
        mark = etag(exchange.cloud.store.blobs[item.digest])
        kind = _tag("ETag", mark) + _tag("Type", "Normal")
        about = _tag("Size", str(item.size)) + _tag("StorageClass", "Standard")
        when = _tag("LastModified", _time(item.modified_at))
        owner = _owner(bucket.account_id)
        parts.append(_tag("Contents", text("Key", key) + when + kind + about + owner))
    parts += [_tag("CommonPrefixes", text("Prefix", item)) for item in page.prefixes]
    return _xml("ListBucketResult", "".join(parts))


def _page(bucket: Bucket, prefix: str, delimiter: str, after: str, size: int) -> _Listing:
    objects: list[tuple[str, StoredObject]] = []
    prefixes: list[str] = []
    last = ""
    for key, group in _groups(bucket, prefix, delimiter):
        place = group or key
        if place <= after or place in prefixes:
            continue
        if len(objects) + len(prefixes) == size:
            return _Listing(objects, prefixes, last)
        if group:
            prefixes.append(group)
        else:
            objects.append((key, bucket.objects[key]))
        last = place
    return _Listing(objects, prefixes, None)


def _groups(bucket: Bucket, prefix: str, delimiter: str) -> Iterator[tuple[str, str]]:
    """Keys in order, each with what it is summed up under; that is empty for most."""
    for key in sorted(bucket.objects):
        if key.startswith(prefix):
            head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
            yield key, prefix + head + found if found else ""


def _size(text: str) -> int:
    size = whole_number(text or "100")
    if size is None or not 1 <= size <= _MOST_KEYS:
        raise ServiceError(400, "InvalidArgument", f"max-keys must be from 1 to {_MOST_KEYS}.")
    return size


def _token(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _from_token(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token).decode()
    except ValueError:
        raise ServiceError(400, "InvalidArgument", "The continuation token is wrong.") from None


def _about(bucket: Bucket) -> str:
    """What replies tell of a bucket."""
    host = f"oss-{bucket.region}"
    return "".join(
        _tag(name, value)
        for name, value in (
            ("Name", bucket.name),
            ("Location", host),
            ("Region", bucket.region),
            ("CreationDate", _time(bucket.created_at)),
            ("ExtranetEndpoint", f"{host}.aliyuncs.com"),
            ("IntranetEndpoint", f"{host}-internal.aliyuncs.com"),
            ("StorageClass", "Standard"),
        )
    )


def _owner(account: str) -> str:
    return _tag("Owner", _tag("ID", account) + _tag("DisplayName", account))


def _time(moment: float) -> str:
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _tag(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"


def _xml(name: str, content: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{_tag(name, content)}'
    return Response(200, body.encode(), (("content-type", "application/xml"),))
