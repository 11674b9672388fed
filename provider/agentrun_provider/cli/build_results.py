"""What `pulumi-agentrun build` makes of a source, and how it tells it."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..building.in_place import put_into
from ..building.source import PACKAGES_FOLDER, Source
from ..building.target import target_of
from ..building.uv_failures import lock_command
from .errors import CommandError
from .output import Output

_MIB = 1024 * 1024
_INSTALLED = re.compile(r"^python/(?P<name>[^/]+)-(?P<version>[^/-]+)\.dist-info/METADATA$")


@dataclass(frozen=True)
class Job:
    """One package to make, for a folder or a resource of a stack."""

    name: str
    source: Source


def packed(job: Job, output: Output, out: Path | None, *, refresh: bool) -> dict[str, Any]:
    source = job.source
    fresh = refresh or source.has_to_install
    data = source.package(output.note, anew=refresh)
    if out is not None:
        try:
            out.write_bytes(data)
        except OSError as error:
            raise CommandError(f"can't write {out}: {error.strerror or error}") from error
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    return {
        **_described(job, names, fresh),
        "files": len(names),
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "path": str(out) if out else None,
    }


def installed_into(job: Job, output: Output, *, refresh: bool) -> dict[str, Any]:
    source = job.source
    if not source.requirements:
        raise CommandError(
            f"{source.path} has no list of requirements to install",
            "Give one with --requirements",
        )
    fresh = refresh or source.has_to_install
    packages = source.packages_folder(output.note, anew=refresh)
    if packages is None:
        return {**_described(job, [], False), "path": None}
    place = put_into(source.path, packages)
    names = [f"python/{path.relative_to(packages).as_posix()}" for path in packages.glob("*/*")]
    return {**_described(job, names, fresh), "path": str(place)}


def _described(job: Job, names: list[str], fresh: bool) -> dict[str, Any]:
    source = job.source
    found = [match for name in sorted(names) if (match := _INSTALLED.match(name))]
    target = target_of(source.language) if source.requirements else None
    return {
        "name": job.name,
        "src": str(source.path),
        "language": source.language,
        "requirements": source.requirements,
        "platform": target.platform if target else None,
        "locked": source.is_locked,
        "installed": bool(found) and fresh,
        "packages": [match.groupdict() for match in found],
    }


def readable(result: dict[str, Any]) -> dict[str, Any]:
    size, files = result.get("bytes"), result.get("files")
    return {
        "Code": result["src"],
        "Language": result["language"],
        "Requirements": result["requirements"],
        "Packages": _count(result),
        "Locked": None if result["locked"] else f"no; fix the releases with `{_lock(result)}`",
        "Size": f"{_size(size)} in {files} file{'s' * (files != 1)}" if size else None,
        "SHA-256": result.get("sha256"),
        "Written to": result["path"],
    }


def _count(result: dict[str, Any]) -> str | None:
    count = len(result["packages"])
    if count:
        return f"{count}, {_origin(result)}"
    return "none are asked for" if result["requirements"] else None


def _origin(result: dict[str, Any]) -> str:
    if not result["requirements"]:
        return f"in {PACKAGES_FOLDER}/ of the folder"
    how = "installed now" if result["installed"] else "from the cache"
    return f"{how}, for {result['platform']}"


def _lock(result: dict[str, Any]) -> str:
    return lock_command(target_of(result["language"]), result["requirements"])


def _size(size: int) -> str:
    return f"{size / _MIB:.1f} MiB" if size >= _MIB else f"{size / 1024:.1f} KiB"
