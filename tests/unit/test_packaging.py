"""Packages hold what they should, the same everywhere, whatever they are made from."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from agentrun_provider import packaging
from agentrun_provider.errors import PackagingError
from agentrun_provider.packaging import (
    INLINE_LIMIT_BYTES,
    MAX_PACKAGE_BYTES,
    CodeFile,
    build_zip,
    content_hash,
    load_package,
    source_hash,
)

from .code_folders import posix_only, put, unzip


def test_the_zip_holds_the_files(code: Path) -> None:
    assert unzip(build_zip(code)) == {"app.py": b"print('hi')", "lib/tool.py": b"x = 1"}


def test_the_zip_of_the_same_files_is_the_same_to_the_byte(code: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    put(other, "lib/tool.py", "x = 1")
    put(other, "app.py", "print('hi')")
    os.utime(other / "app.py", (1, 1))

    assert build_zip(code) == build_zip(other)


@posix_only
def test_permissions_in_the_zip_are_fixed_but_for_the_execute_bit(code: Path) -> None:
    (code / "app.py").chmod(0o700)
    (code / "lib/tool.py").chmod(0o666)

    with zipfile.ZipFile(io.BytesIO(build_zip(code))) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        times = {info.date_time for info in archive.infolist()}

    assert modes == {"app.py": 0o100755, "lib/tool.py": 0o100644}
    assert times == {(1980, 1, 1, 0, 0, 0)}


def test_names_outside_ascii_survive(tmp_path: Path) -> None:
    put(tmp_path, "数据/文件.txt", "x")

    assert unzip(build_zip(tmp_path)) == {"数据/文件.txt": b"x"}


@pytest.mark.parametrize("use", [source_hash, load_package])
def test_a_missing_source_is_named(tmp_path: Path, use: object) -> None:
    assert callable(use)
    with pytest.raises(PackagingError, match=r"missing does not exist"):
        use(tmp_path / "missing")


@pytest.mark.parametrize("use", [source_hash, load_package])
def test_an_empty_folder_is_named(tmp_path: Path, use: object) -> None:
    assert callable(use)
    (tmp_path / "sub").mkdir()
    put(tmp_path, ".env")

    with pytest.raises(PackagingError, match="no files to deploy"):
        use(tmp_path)


@pytest.mark.parametrize("use", [content_hash, build_zip])
def test_a_file_is_no_folder(tmp_path: Path, use: object) -> None:
    assert callable(use)
    with pytest.raises(PackagingError, match="is not a folder"):
        use(put(tmp_path, "app.py"))


@posix_only
def test_something_that_is_neither_file_nor_folder_is_refused() -> None:
    with pytest.raises(PackagingError, match="neither a file nor a folder"):
        load_package(Path("/dev/null"))


@pytest.mark.parametrize("suffix", [".zip", ".ZIP", ".jar"])
def test_an_archive_is_sent_as_it_is(code: Path, tmp_path: Path, suffix: str) -> None:
    archive = tmp_path / f"package{suffix}"
    archive.write_bytes(build_zip(code))

    assert load_package(archive, ["java", "App"]) == archive.read_bytes()


@pytest.mark.parametrize("suffix", [".zip", ".jar"])
@pytest.mark.parametrize("use", [source_hash, load_package])
def test_an_archive_that_is_none_is_refused(tmp_path: Path, suffix: str, use: object) -> None:
    assert callable(use)
    with pytest.raises(PackagingError, match="not a zip archive"):
        use(put(tmp_path, f"package{suffix}", "not a zip"))


def test_a_jar_that_the_command_runs_is_zipped(code: Path, tmp_path: Path) -> None:
    jar = tmp_path / "app.jar"
    jar.write_bytes(build_zip(code))
    command = ["java", "-jar", "app.jar"]

    assert unzip(load_package(jar, command)) == {"app.jar": jar.read_bytes()}
    assert source_hash(jar, command) != source_hash(jar)


def test_a_single_file_is_zipped(tmp_path: Path) -> None:
    source = put(tmp_path, "app.py", "x")

    assert unzip(load_package(source)) == {"app.py": b"x"}


def test_a_package_beyond_the_limit_is_refused(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaging, "MAX_PACKAGE_BYTES", 10)

    with pytest.raises(PackagingError, match="more than the"):
        load_package(code)


def test_a_package_that_is_too_large_names_what_is_largest_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = "x" * 1024 * 1024
    for name in ("data/a", "data/deep/b", "app.py"):
        put(tmp_path, name, big)
    requirements = [put(tmp_path.parent, f"{tmp_path.name}.more/{n}", big * 3) for n in "cd"]
    more = [CodeFile(f"python/torch/{path.name}", path, False) for path in requirements]
    named = r"most of it: python/torch 6 MiB, data 2 MiB, app\.py 1 MiB"
    monkeypatch.setattr(packaging, "MAX_PACKAGE_BYTES", 10)
    with pytest.raises(PackagingError, match=named):
        load_package(tmp_path, more=more)
    # So much is not even packed, since that would take as much memory.
    monkeypatch.setattr(packaging, "_UNPACKED_LIMIT_BYTES", 8 * 1024 * 1024)
    monkeypatch.setattr(packaging, "zip_of", None)
    with pytest.raises(PackagingError, match=f"has 9 MiB, unpacked, more than the 8 .*{named}"):
        load_package(tmp_path, more=more)


def test_a_large_package_is_warned_of(
    code: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(packaging, "LARGE_PACKAGE_BYTES", 10)

    load_package(code)

    assert "is large" in caplog.text


def test_an_inline_package_fits_a_request_with_room_for_base64() -> None:
    assert INLINE_LIMIT_BYTES * 4 / 3 < 6 * 1024 * 1024 < MAX_PACKAGE_BYTES
