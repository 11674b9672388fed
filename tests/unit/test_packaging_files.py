"""Which files of a code folder go into its package, and which stay out."""

from __future__ import annotations

from pathlib import Path

import pytest
from agentrun_provider.errors import PackagingError

from .code_folders import names, put


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
