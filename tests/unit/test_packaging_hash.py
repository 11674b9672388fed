"""Fingerprints of code tell its changes, and nothing else."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from agentrun_provider import packaging
from agentrun_provider.packaging import content_hash, source_hash

from .code_folders import posix_only, put


def test_the_hash_does_not_depend_on_time_place_or_order(code: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    put(other, "lib/tool.py", "x = 1")
    put(other, "app.py", "print('hi')")
    os.utime(other / "app.py", (1, 1))

    assert content_hash(code) == content_hash(other)


def test_the_hash_stays_the_same_over_releases(tmp_path: Path) -> None:
    """A different value here means that every user's next preview shows changed code."""
    put(tmp_path, "app.py", "print('hi')\n").chmod(0o644)
    put(tmp_path, "bin/run", "#!/bin/sh\n").chmod(0o755)

    assert (
        content_hash(tmp_path) == "e43be8d14289a9c040c84ca1d37fce32e5f7148f9997d784f12130be7d510669"
    )


def test_ignored_files_do_not_change_the_hash(code: Path) -> None:
    before = content_hash(code)
    put(code, ".env", "SECRET=1")
    put(code, "__pycache__/app.pyc")

    assert content_hash(code) == before


def test_one_byte_changes_the_hash(code: Path) -> None:
    before = content_hash(code)
    put(code, "app.py", "print('hj')")

    assert content_hash(code) != before


def test_a_new_name_changes_the_hash(code: Path) -> None:
    before = content_hash(code)
    (code / "app.py").rename(code / "bpp.py")

    assert content_hash(code) != before


@posix_only
def test_the_execute_bit_changes_the_hash(code: Path) -> None:
    before = content_hash(code)
    (code / "app.py").chmod(0o755)

    assert content_hash(code) != before


@posix_only
def test_other_permissions_do_not_change_the_hash(code: Path) -> None:
    (code / "app.py").chmod(0o600)
    before = content_hash(code)
    (code / "app.py").chmod(0o664)

    assert content_hash(code) == before


def test_text_moved_between_files_changes_the_hash(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    put(one, "a", "xb")
    put(one, "b", "y")
    put(other, "a", "x")
    put(other, "b", "by")

    assert content_hash(one) != content_hash(other)


@pytest.mark.parametrize("name", ["app.py", "package.zip"])
def test_the_hash_of_a_file_tells_its_changes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "x")
    before = source_hash(path)
    os.utime(path, (1, 1))
    assert source_hash(path) == before

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "y")
    assert source_hash(path) != before


def test_the_hash_of_a_folder_is_that_of_its_content(code: Path) -> None:
    assert source_hash(code) == content_hash(code)


def test_no_zip_is_built_for_a_hash(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaging, "zip_of", lambda _: pytest.fail("built a zip"))

    assert source_hash(code)
