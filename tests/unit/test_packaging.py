"""Packages hold what they should, the same everywhere, and their fingerprints tell changes."""

from __future__ import annotations

import io
import os
import socket
import sys
import zipfile
from pathlib import Path

import pytest
from agentrun_provider import packaging
from agentrun_provider.code_folder import hash_of, zip_of
from agentrun_provider.errors import PackagingError
from agentrun_provider.packaging import (
    INLINE_LIMIT_BYTES,
    MAX_PACKAGE_BYTES,
    CodeFolder,
    build_zip,
    content_hash,
    load_package,
    source_hash,
)

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs links and execute bits")


def put(root: Path, name: str, content: str = "x") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def names(root: Path) -> list[str]:
    return [file.name for file in CodeFolder(root).files()]


def unzip(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


@pytest.fixture
def code(tmp_path: Path) -> Path:
    root = tmp_path / "code"
    put(root, "app.py", "print('hi')")
    put(root, "lib/tool.py", "x = 1")
    return root


def test_files_are_sorted_by_their_path(code: Path) -> None:
    put(code, "a.txt")
    put(code, "lib.txt")

    assert names(code) == ["a.txt", "app.py", "lib.txt", "lib/tool.py"]


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".env.local",
        "sub/.env",
        ".git/config",
        "sub/.git",
        ".venv/bin/python",
        "__pycache__/app.pyc",
        "lib/__pycache__/tool.pyc",
        "old.pyc",
        "old.pyo",
        ".mypy_cache/x",
        ".pytest_cache/x",
        ".ruff_cache/x",
        ".DS_Store",
        ".idea/x",
        ".vscode/settings.json",
        ".s/x",
        ".pulumi/x",
        "Pulumi.dev.yaml",
        ".arignore",
        ".fcignore",
    ],
)
def test_secrets_tools_and_caches_stay_out(code: Path, name: str) -> None:
    put(code, name, "")

    assert names(code) == ["app.py", "lib/tool.py"]


@pytest.mark.parametrize(
    "name", [".env.example", "node_modules/a/index.js", "Pulumi.yaml", "env/data.txt", ".hidden"]
)
def test_what_an_agent_may_need_goes_in(code: Path, name: str) -> None:
    put(code, name)

    assert name in names(code)


@pytest.mark.parametrize("folder", ["venv", "env", "my-environment", "sub/venv"])
def test_virtual_environments_stay_out_whatever_their_name(code: Path, folder: str) -> None:
    put(code, f"{folder}/pyvenv.cfg")
    put(code, f"{folder}/lib/python3.12/site.py")

    assert names(code) == ["app.py", "lib/tool.py"]


@pytest.mark.parametrize("ignore_file", [".arignore", ".fcignore"])
def test_ignore_files_keep_more_out(code: Path, ignore_file: str) -> None:
    put(code, ignore_file, "# comment\n\n*.log\n/data/\ntests\n")
    for name in ("a.log", "sub/b.log", "data/x", "sub/data/x", "tests/t.py"):
        put(code, name)

    assert names(code) == ["app.py", "lib/tool.py", "sub/data/x"]


def test_a_negation_brings_back_what_a_pattern_before_it_keeps_out(code: Path) -> None:
    put(code, ".arignore", "assets/**/*.bin\n!assets/models/keep.bin\n")
    for name in ("assets/a.bin", "assets/models/b.bin", "assets/models/keep.bin"):
        put(code, name)

    assert names(code) == ["app.py", "assets/models/keep.bin", "lib/tool.py"]


def test_a_negation_overrides_a_default(code: Path) -> None:
    put(code, ".arignore", "!.env.production\n!venv/\n!.vscode/\n")
    put(code, ".env.production")
    put(code, ".env")
    put(code, "venv/pyvenv.cfg")
    put(code, ".vscode/settings.json")

    assert names(code) == [
        ".env.production",
        ".vscode/settings.json",
        "app.py",
        "lib/tool.py",
        "venv/pyvenv.cfg",
    ]


def test_arignore_has_the_last_word_over_fcignore(code: Path) -> None:
    put(code, ".fcignore", "*.md\n")
    put(code, ".arignore", "!README.md\n")
    put(code, "README.md")
    put(code, "NOTES.md")

    assert names(code) == ["README.md", "app.py", "lib/tool.py"]


def test_a_bad_pattern_is_told_with_the_folder(code: Path) -> None:
    put(code, ".arignore", "!\n")

    with pytest.raises(PackagingError, match=r"\.arignore in .*code has a bad pattern"):
        names(code)


def test_an_ignore_file_that_is_no_text_is_told(code: Path) -> None:
    (code / ".arignore").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(PackagingError, match=r"can't read .*\.arignore"):
        names(code)


def test_an_ignore_file_may_begin_with_a_byte_order_mark(code: Path) -> None:
    (code / ".arignore").write_bytes(b"\xef\xbb\xbfapp.py\r\n")

    assert names(code) == ["lib/tool.py"]


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


@posix_only
def test_a_link_inside_the_folder_is_packed_as_what_it_leads_to(code: Path) -> None:
    (code / "main.py").symlink_to("app.py")
    (code / "tools").symlink_to("lib", target_is_directory=True)

    assert unzip(build_zip(code)) == {
        "app.py": b"print('hi')",
        "lib/tool.py": b"x = 1",
        "main.py": b"print('hi')",
        "tools/tool.py": b"x = 1",
    }


@posix_only
@pytest.mark.parametrize("is_folder", [False, True], ids=["file", "folder"])
def test_a_link_that_leads_out_is_refused(code: Path, tmp_path: Path, is_folder: bool) -> None:
    outside = put(tmp_path, "outside/secret.txt")
    (code / "link").symlink_to(outside.parent if is_folder else outside)

    with pytest.raises(PackagingError, match=r"link .*link leads out of the code folder"):
        content_hash(code)


@posix_only
def test_a_link_that_leads_out_may_be_ignored(code: Path, tmp_path: Path) -> None:
    (code / "link").symlink_to(put(tmp_path, "secret.txt"))
    put(code, ".arignore", "link\n")

    assert names(code) == ["app.py", "lib/tool.py"]


@posix_only
def test_a_link_that_leads_nowhere_is_refused(code: Path) -> None:
    (code / "link").symlink_to("missing.txt")

    with pytest.raises(PackagingError, match="leads nowhere"):
        content_hash(code)


@posix_only
@pytest.mark.parametrize("target", [".", "../lib"])
def test_a_link_in_a_circle_is_refused(code: Path, target: str) -> None:
    (code / "lib" / "again").symlink_to(target, target_is_directory=True)

    with pytest.raises(PackagingError, match="leads back"):
        content_hash(code)


@posix_only
def test_a_link_to_itself_is_refused(code: Path) -> None:
    (code / "self").symlink_to("self")

    with pytest.raises(PackagingError, match="self"):
        content_hash(code)


@posix_only
def test_the_folder_itself_may_be_a_link(code: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(code, target_is_directory=True)

    assert content_hash(link) == content_hash(code)


@posix_only
def test_a_socket_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "app.py")
    here = os.getcwd()
    with socket.socket(socket.AF_UNIX) as server:
        # A relative name, since the path of a socket must be short.
        os.chdir(tmp_path)
        try:
            server.bind("s")
        finally:
            os.chdir(here)

        with pytest.raises(PackagingError, match="no regular file"):
            content_hash(tmp_path)


@posix_only
def test_a_name_that_is_not_utf_8_is_refused(code: Path) -> None:
    try:
        (code / os.fsdecode(b"bad-\xff")).write_text("x", encoding="utf-8")
    except OSError:
        pytest.skip("the file system takes valid names only")

    with pytest.raises(PackagingError, match="not valid UTF-8"):
        content_hash(code)


def test_a_file_that_vanishes_is_told(code: Path) -> None:
    files = CodeFolder(code).files()
    (code / "app.py").unlink()

    with pytest.raises(PackagingError, match=r"can't read .*app\.py"):
        hash_of(files)
    with pytest.raises(PackagingError, match=r"can't read .*app\.py"):
        zip_of(files)


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


def test_a_package_beyond_the_limit_is_refused(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaging, "MAX_PACKAGE_BYTES", 10)

    with pytest.raises(PackagingError, match="more than the"):
        load_package(code)


def test_a_large_package_is_warned_of(
    code: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(packaging, "LARGE_PACKAGE_BYTES", 10)

    load_package(code)

    assert "is large" in caplog.text


def test_an_inline_package_fits_a_request_with_room_for_base64() -> None:
    assert INLINE_LIMIT_BYTES * 4 / 3 < 6 * 1024 * 1024 < MAX_PACKAGE_BYTES
