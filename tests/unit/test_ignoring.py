"""Patterns decide as git does; each expectation is what `git ls-files` says of the same folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from agentrun_provider.building.inputs import input_files
from agentrun_provider.code_folder import CodeFolder

from .code_folders import put

FILES = (
    "app.py",
    "data/.env",
    "data/.git/config",
    "data/__pycache__/app.py",
    "data/deep/debug.log",
    "data/deep/keep/rows.txt",
    "data/rows.txt",
    "logs/debug.log",
    "logs/keep/rows.txt",
    "logs.d/rows.txt",
)


def kept(root: Path) -> list[str]:
    return [file.name for file in CodeFolder(root).files()]


@pytest.fixture
def code(tmp_path: Path) -> Path:
    for name in FILES:
        put(tmp_path, name)
    return tmp_path


@pytest.mark.parametrize("pattern", ["!data", "!data/", "!/data/", "!da*/"])
def test_a_folder_that_is_brought_back_brings_nothing_else_back(code: Path, pattern: str) -> None:
    put(code, ".arignore", f"{pattern}\n")
    assert [name for name in kept(code) if name.startswith("data/")] == [
        "data/deep/debug.log",
        "data/deep/keep/rows.txt",
        "data/rows.txt",
    ]


def test_all_below_a_folder_can_be_brought_back(code: Path) -> None:
    put(code, ".arignore", "!data/**\n")
    assert {"data/.env", "data/.git/config", "data/__pycache__/app.py"} <= set(kept(code))


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (["*.log", "/logs*", "!data/"], ["app.py", "data/deep/keep/rows.txt", "data/rows.txt"]),
        (["*/", "!data/"], ["app.py", "data/rows.txt"]),
        (["*", "!*.py", "!data/"], ["app.py"]),
        (["/*", "!/logs"], ["logs/debug.log", "logs/keep/rows.txt"]),
        (["/data", "logs/*", "!logs/keep"], ["app.py", "logs.d/rows.txt", "logs/keep/rows.txt"]),
        (["/data", "logs/", "!logs/keep"], ["app.py", "logs.d/rows.txt"]),
        (["/data", "logs*/  ", "# app.py", ""], ["app.py"]),
        (["**/keep", "/*/*.*", "\\app.py"], ["data/deep/debug.log"]),
        (["data/**/rows.txt", "logs/**", "logs?d/"], ["app.py", "data/deep/debug.log"]),
        (["deep", "/debug.log", "rows.txt/", "/logs*"], ["app.py", "data/rows.txt"]),
    ],
)
def test_patterns_mean_what_they_mean_to_git(code: Path, lines: list[str], left: list[str]) -> None:
    put(code, ".arignore", "\n".join(lines) + "\n")
    assert [name for name in kept(code) if name in FILES] == sorted(left)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
def test_what_a_build_starts_from_is_what_git_does_not_ignore(code: Path) -> None:
    shutil.rmtree(code / "data/.git")
    put(code, ".gitignore", "deep/\n*.log\n.env\n__pycache__/\n!data/\n!logs/debug.log\nkee[a-p]\n")
    subprocess.run(["git", "init", "--quiet", str(code)], check=True, timeout=30)
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"],
        cwd=code,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert [file.name for file in input_files(code)] == sorted(listed.stdout.splitlines())
