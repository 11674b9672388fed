"""Send a package to the temporary bucket that Function Compute lends for uploads (reference 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import httpx

from .checksum import crc64
from .classic_signing import FcAuth, OssAuth
from .credentials import Credentials
from .services import FC2016, OSS, base_url, is_bare
from .transport import json_of, unusable

if TYPE_CHECKING:
    from .client import Client

UPLOAD_TIMEOUT_SECONDS = 600.0

_GET_TOKEN = "GetTempBucketToken"  # noqa: S105 - the name of an operation
_PUT_OBJECT = "PutObject"


def upload_package(client: Client, data: bytes, account_id: str) -> tuple[str, str]:
    """Upload a package.

    Args:
        client: Connection and credentials.
        data: The package.
        account_id: Number of the account; part of host and key.

    Returns:
        Bucket and object name, for `ossBucketName` and `ossObjectName`.

    Raises:
        ApiError: The token or the upload was refused.
        TransportFault: An answer was unusable, or the bucket holds something else than was sent.
        ConfigError: An address is missing (see `services.base_url`).
    """
    token = _temporary_token(client, account_id)
    bucket, key = token["bucket"], f"{account_id}/{token['object']}"
    client.sender.send(
        OSS,
        _PUT_OBJECT,
        "PUT",
        object_url(base_url(OSS, client.settings), bucket, key),
        auth=OssAuth(lambda: token["credentials"], bucket, key, clock=client.clock),
        headers={"content-type": "application/octet-stream"},
        content=data,
        timeout_seconds=UPLOAD_TIMEOUT_SECONDS,
        understand=lambda response: _check_arrived(response, crc64(data)),
    )
    return bucket, key


def object_url(base: str, bucket: str, key: str) -> str:
    """Address of an object: the bucket is part of the host, or of the path if that is an IP."""
    scheme, host = base.split("://", 1)
    path = quote(key, safe="/~")
    if is_bare(urlsplit(base).hostname or ""):
        return f"{scheme}://{host}/{bucket}/{path}"
    return f"{scheme}://{bucket}.{host}/{path}"


def _temporary_token(client: Client, account_id: str) -> dict[str, Any]:
    url = f"{base_url(FC2016, client.settings, account_id)}{FC2016.prefix}/tempBucketToken"
    token: dict[str, Any] = client.sender.send(
        FC2016,
        _GET_TOKEN,
        "GET",
        url,
        auth=FcAuth(client.credentials, account_id, clock=client.clock),
        understand=_read_token,
    )
    return token


def _read_token(response: httpx.Response) -> dict[str, Any]:
    body = json_of(response, _GET_TOKEN, FC2016)
    try:
        keys = body["credentials"]
        return {
            "credentials": Credentials(
                keys["AccessKeyId"], keys["AccessKeySecret"], keys.get("SecurityToken")
            ),
            "bucket": str(body["ossBucket"]),
            "object": str(body["objectName"]),
        }
    except (KeyError, TypeError, AttributeError):
        # The cause would quote the keys.
        raise unusable(response, _GET_TOKEN, FC2016, "the answer holds no token") from None


def _check_arrived(response: httpx.Response, checksum: str) -> None:
    theirs = response.headers.get("x-oss-hash-crc64ecma", checksum)
    if theirs != checksum:
        raise unusable(response, _PUT_OBJECT, OSS, "the bucket holds something else than was sent")
