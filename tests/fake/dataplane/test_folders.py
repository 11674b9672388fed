"""Packages that are odd archives."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator

import pytest
from agentrun_fake.dataplane.folders import Folders


@pytest.fixture
def folders() -> Iterator[Folders]:
    made = Folders()
    yield made
    made.remove()


def archive(files: dict[str, str], links: dict[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, text in files.items():
            target.writestr(name, text)
        for name, text in (links or {}).items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            target.writestr(entry, text)
    return buffer.getvalue()


def test_links_within_a_package_are_links(folders: Folders) -> None:
    package = archive({"lib/tool.js": "tool"}, {"bin/tool": "../lib/tool.js", "a": "bin"})
    folder = folders.code("digest", package)
    assert (folder / "bin/tool").is_symlink()
    assert (folder / "a/tool").read_text() == "tool"


@pytest.mark.parametrize("target", ["../../outside", "/etc/passwd", "sub/../.."])
def test_a_link_that_leads_out_of_a_package_is_refused(folders: Folders, target: str) -> None:
    with pytest.raises(zipfile.BadZipFile, match="link leads out of the package"):
        folders.code("digest", archive({"sub/x": ""}, {"link": target}))
    assert folders.code("digest", archive({"x": ""})).exists(), "nothing half unpacked is left"


def test_what_is_written_below_a_link_does_not_follow_it(folders: Folders) -> None:
    package = archive({}, {"link": "/tmp"})
    with zipfile.ZipFile(buffer := io.BytesIO(package), "a") as target:
        target.writestr("link/file", "")
    with pytest.raises(zipfile.BadZipFile):
        folders.code("digest", buffer.getvalue())


def encrypted() -> bytes:
    package = bytearray(archive({"a": "text"}))
    package[6] |= 1
    package[package.index(b"PK\x01\x02") + 8] |= 1
    return bytes(package)


def unknown_method() -> bytes:
    package = bytearray(archive({"a": "text"}))
    package[8] = 99
    package[package.index(b"PK\x01\x02") + 10] = 99
    return bytes(package)


@pytest.mark.parametrize(
    ("package", "why"),
    [
        (encrypted(), "password required"),
        (unknown_method(), "compression method is not supported"),
        (archive({"a": "", "a/b": ""}), "File exists|Not a directory"),
        (archive({"a": "text"}).replace(b"text", b"next", 1), "Bad CRC-32"),
        (b"no archive", "not a zip file"),
    ],
)
def test_what_can_not_be_unpacked_is_told_as_such(
    folders: Folders, package: bytes, why: str
) -> None:
    with pytest.raises(zipfile.BadZipFile, match=why):
        folders.code("digest", package)
