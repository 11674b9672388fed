"""Links and other things in a code folder that are no plain files."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from agentrun_provider.code_folder import hash_of, zip_of
from agentrun_provider.errors import PackagingError
from agentrun_provider.packaging import CodeFolder, build_zip, content_hash

from .code_folders import names, posix_only, put, unzip


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
