"""GetFunctionCode: where the package of a runtime's function can be fetched, for a while.

The reply has `url` and `checksum` (the CRC-64 of the package), as the models of the official SDK
have it; nothing shows how long the real address is good, nor its bucket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastcrc import crc64

from ..errors import ServiceError
from ..routing import Exchange
from ..settings import Key
from ..signatures import presigned
from ..store import Bucket, Record, Scope, StoredObject

if TYPE_CHECKING:
    from ..cloud import FakeCloud

GOOD_FOR_SECONDS = 600
_PREFIX = "fake-fc-code-"
_LATEST = ("", "LATEST")


def tell(exchange: Exchange, runtime: Record) -> dict[str, Any]:
    """GetFunctionCode: of the draft, or of the published version that `qualifier` names."""
    cloud, function = exchange.cloud, exchange.path["function"]
    if not cloud.unverified.function_code:
        text = f"function {function} is managed by another service"
        raise ServiceError(403, "AccessDenied", text)
    digest = _qualified(exchange, runtime).internal.get("package")
    if runtime.fields["artifactType"] != "Code" or digest is None:
        raise ServiceError(400, "InvalidArgument", f"function {function} has no code package")
    url = _address(exchange, f"{exchange.scope.account_id}/{function}/{digest}")
    return {"url": url, "checksum": str(crc64.xz(cloud.store.blobs[digest]))}


def find(cloud: FakeCloud, bucket: str, key: str) -> StoredObject | None:
    """The package under a key of the bucket that addresses name; None once nothing has it."""
    parts = key.split("/")
    if not bucket.startswith(_PREFIX) or len(parts) != 3:
        return None
    scope = Scope(parts[0], bucket.removeprefix(_PREFIX))
    runtime_id = parts[1].partition("-")[2]
    runtime = cloud.store.get(scope, "runtime", runtime_id)
    held = [*([runtime] if runtime else []), *cloud.store.all(scope, "version", runtime_id)]
    for record in held:
        if record.internal.get("package") == parts[2]:
            content = cloud.store.blobs[parts[2]]
            return StoredObject(parts[2], len(content), "application/zip", record.updated_at)
    return None


def may_read(bucket: str, key: str) -> str:
    """What a key is good for that signs the address of one package."""
    return f"oss-read:{bucket}/{key}"


def _qualified(exchange: Exchange, runtime: Record) -> Record:
    qualifier = exchange.request.params.get("qualifier", "")
    if qualifier in _LATEST:
        return runtime
    store = exchange.cloud.store
    version = store.get(exchange.scope, "version", f"{runtime.id}:{qualifier}")
    if version is None:
        text = f"version {qualifier} of function {exchange.path['function']} does not exist"
        raise ServiceError(404, "VersionNotFound", text)
    return version


def _address(exchange: Exchange, key: str) -> str:
    """An address of the package, on the fake's own host if it has one."""
    cloud, region = exchange.cloud, exchange.scope.region
    bucket = f"{_PREFIX}{region}"
    cloud.store.buckets.setdefault(bucket, Bucket(bucket, "", region))
    now = cloud.signing_clock.now()
    signer = Key(
        key_id=cloud.ids.token("STS."),
        secret=cloud.ids.token(digits=32),
        account_id=exchange.scope.account_id,
        token=cloud.ids.token(digits=64),
        only=may_read(bucket, key),
        expires_at=now + 2 * GOOD_FOR_SECONDS,
    )
    cloud.keys.add_temporary(signer)
    address = presigned.Address("GET", bucket, key, int(now) + GOOD_FOR_SECONDS)
    path, query = presigned.path_of(key), presigned.query(address, signer)
    if cloud.base_url is not None:
        return f"{cloud.base_url}/{bucket}/{path}?{query}"
    return f"https://{bucket}.oss-{region}.aliyuncs.com/{path}?{query}"
