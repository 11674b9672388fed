"""The code of a runtime: its fingerprint at preview, its package at deployment."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..building.failures import BuildError
from ..building.source import Source
from ..checksum import crc64
from ..errors import PackagingError
from ..fields import Problem
from ..packaging import INLINE_LIMIT_BYTES, load_package
from ..session import Session
from ..unknown import UNKNOWN, is_known
from ..upload import upload_package
from ..wire import to_wire
from .shapes import Code


@dataclass(frozen=True)
class Package:
    """The `codeConfiguration` of a request, and the package of local code.

    Attributes:
        body: What is sent.
        checksum: CRC-64 of the package, if there is one.
        data: The package, if it was asked for to be compared; None if nobody knows it yet.
        missing: What is not in `data` although it will be in the package; empty if nothing.
    """

    body: dict[str, Any]
    checksum: str | None
    data: bytes | None = None
    missing: str = ""


def complete_code(code: Any, folder: Path) -> list[Problem]:
    """Put the hash of a local package into the `code` input; nothing is built and nothing zipped.

    Args:
        code: The input as plain data; anything but a known local source is left alone.
        folder: Folder that relative paths start from.
    """
    if not isinstance(code, dict) or not isinstance(code.get("src"), str):
        return []
    command, build = code.get("command") or [], code.get("build") or []
    if not all(is_known(code.get(name)) for name in ("language", "requirements", "build")):
        code["content_hash"] = UNKNOWN
        return []
    source = Source(
        folder / code["src"],
        str(code.get("language")),
        command if is_known(command) else [],
        code.get("requirements"),
        [build] if isinstance(build, str) else build,
    )
    try:
        # 128 bits tell any two packages apart, and a person has to read it in a preview.
        code["content_hash"] = source.fingerprint()[:32]
    except BuildError as error:
        return [Problem(("code", error.field), error.one_line())]
    except PackagingError as error:
        return [Problem(("code", "src"), str(error))]
    return []


def _source(session: Session, code: Code) -> Source:
    assert code.src is not None, "asked for local code only"
    return Source(
        session.folder / code.src,
        code.language,
        code.command or [],
        code.requirements,
        code.build or [],
    )


def package_code(session: Session, code: Code) -> Package:
    """Make the code part of a request, building, packing and if need be uploading a local source.

    Raises:
        PackagingError: The source can't be read, built or is too large.
        ApiError: The upload was refused.
    """
    body = to_wire(code)
    if code.src is None:
        return Package(body, code.checksum)
    label = f"Code {code.src}"
    data = _source(session, code).package(lambda line: session.progress(label, line, 0))
    body["checksum"] = crc64(data)
    if len(data) <= INLINE_LIMIT_BYTES:
        body["zipFile"] = base64.b64encode(data).decode("ascii")
    else:
        bucket, key = upload_package(session.client, data, session.account_id)
        body |= {"ossBucketName": bucket, "ossObjectName": key}
    return Package(body, body["checksum"])


def foreseen_code(session: Session, code: Code) -> Package:
    """As `package_code`, for a comparison only: nothing is built or uploaded, and no zip is in it.

    The checksum of what would have to be built first is one that no package has.
    """
    body = to_wire(code)
    if code.src is None:
        return Package(body, code.checksum)
    source = _source(session, code)
    data = source.ready_package()
    if data is not None:
        body["checksum"] = crc64(data)
        return Package(body, body["checksum"], data)
    body["checksum"] = "to be built"
    if source.build:
        return Package(body, None, missing="what the build command makes")
    own = load_package(source.path, source.command)
    return Package(body, None, own, missing="what the requirements install")


def live_code(
    declared: Mapping[str, Any], live: dict[str, Any], outputs: Mapping[str, Any]
) -> dict[str, Any]:
    """The code as the service has it, in terms of how it was declared.

    A local package has no bucket of its own, so its checksum stands for it: if the service holds
    another one, the content is reported as deployed elsewhere, and the next `up` restores ours.
    """
    if declared.get("src") is None:
        return live
    theirs, ours = live.get("checksum"), outputs.get("code_checksum")
    ownless = ("checksum", "oss_bucket_name", "oss_object_name")
    rest = {key: value for key, value in live.items() if key not in ownless}
    if theirs and ours and str(theirs) != str(ours):
        rest["content_hash"] = f"deployed elsewhere (CRC-64 {theirs})"
    return rest
