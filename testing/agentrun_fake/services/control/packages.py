"""Fetch and check the code package a runtime names (section 2.3, 6.5)."""

from __future__ import annotations

import base64
import binascii
import io
import zipfile
from collections.abc import Mapping
from typing import Any, NamedTuple

from fastcrc import crc64

from ...store import Missing, Store, StoredObject
from ...unverified import Unverified


class Package(NamedTuple):
    """A package.

    Attributes:
        digest: Under which the store keeps its bytes; None if there is a problem.
        problem: What is wrong with it.
        inline: Whether it came as `zipFile`.
    """

    digest: str | None
    problem: str | None = None
    inline: bool = False


def fetch(store: Store, region: str, code: Mapping[str, Any], assumed: Unverified) -> Package:
    """Read the package that a `codeConfiguration` names and keep a copy of it.

    Args:
        store: Where objects and copies are.
        region: Region of the runtime; a package must be in a bucket there.
        code: A checked `codeConfiguration`.
        assumed: Decides whether it must be a zip archive.
    """
    inline = bool(code.get("zipFile"))
    content = _inline(code) if inline else _from_bucket(store, region, code)
    if isinstance(content, str):
        return Package(None, content, inline)
    problem = _problem(content, code.get("checksum"), assumed.code_must_be_zip)
    return Package(None if problem else store.keep_blob(content), problem, inline)


def _inline(code: Mapping[str, Any]) -> bytes | str:
    try:
        return base64.b64decode(code["zipFile"], validate=True)
    except (binascii.Error, ValueError):
        return "codeConfiguration.zipFile is not valid base64"


def _from_bucket(store: Store, region: str, code: Mapping[str, Any]) -> bytes | str:
    bucket, key = code["ossBucketName"], code["ossObjectName"]
    found = store.object(bucket, key)
    if isinstance(found, StoredObject) and store.buckets[bucket].region == region:
        return store.blobs[found.digest]
    if found is Missing.OBJECT:
        return f"codeConfiguration.ossObjectName: object {key} does not exist in bucket {bucket}"
    return f"codeConfiguration.ossBucketName: bucket {bucket} does not exist in {region}"


def _problem(content: bytes, checksum: str | None, must_be_zip: bool) -> str | None:
    if checksum:
        actual = str(crc64.xz(content))
        if actual != checksum:
            return f"codeConfiguration.checksum is {checksum}, but the package has {actual}"
    if must_be_zip and not zipfile.is_zipfile(io.BytesIO(content)):
        return "codeConfiguration: the package is not a valid zip archive"
    return None
