"""Installed folders without the traces of the machine and of the installer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from agentrun_provider.building.tidy import installed, tidy

from ..unit.code_folders import posix_only, put

METADATA = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
COMMANDS = "[console_scripts]\ndemo = demo.main:Tool.run\n\n[other]\nx = demo:x\n"
MODULE = "import sys\nclass Tool:\n    @staticmethod\n    def run():\n        print(sys.argv[1])\n"


def folder_of(root: Path, script: str, windows: bool = False) -> Path:
    """What an installer leaves; `script` is its text for the command `demo`."""
    place = "Scripts/demo.exe" if windows else "bin/demo"
    info = "demo-1.0.dist-info"
    put(root, place, script)
    put(root, "demo/__init__.py", "")
    put(root, "demo/main.py", MODULE)
    put(root, f"{info}/METADATA", METADATA)
    put(root, f"{info}/entry_points.txt", COMMANDS)
    put(root, f"{info}/INSTALLER", "uv")
    put(root, "demo/__pycache__/main.cpython-311.pyc", "x")
    put(root, ".lock", "")
    place = place.replace("/", "\\") if windows else place
    rows = [f"{place},sha256=aa,1", f"{info}/INSTALLER,sha256=bb,2", "demo/main.py,sha256=cc,3"]
    put(root, f"{info}/RECORD", "".join(f"{row}\r\n" for row in rows))
    return root


def content(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("script", "windows"),
    [
        ("#!/home/me/.venv/bin/python\nimport sys\n", False),
        ("#!/home/me/.venv/bin/python3.11\n# -*- coding: utf-8 -*-\nimport re\n", False),
        ("#!/bin/sh\n'''exec' '/a b/bin/python' \"$0\" \"$@\"\n' '''\nimport sys\n", False),
        ("MZ a program of Windows", True),
    ],
)
def test_whatever_installer_it_was_the_content_is_the_same(
    tmp_path: Path, script: str, windows: bool
) -> None:
    usual = folder_of(tmp_path / "usual", "#!/usr/bin/python3\n")
    other = folder_of(tmp_path / "other", script, windows)
    tidy(usual)
    tidy(other)
    assert content(other) == content(usual)
    assert sorted(content(usual)) == [
        "bin/demo",
        "demo-1.0.dist-info/METADATA",
        "demo-1.0.dist-info/RECORD",
        "demo-1.0.dist-info/entry_points.txt",
        "demo/__init__.py",
        "demo/main.py",
    ]
    record = content(usual)["demo-1.0.dist-info/RECORD"].decode()
    assert record == "bin/demo,,\ndemo/main.py,sha256=cc,3\n"
    assert not (other / "Scripts").exists()


@posix_only
def test_the_commands_work(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "#!/gone/python\n")
    tidy(folder)
    done = subprocess.run(
        [str(folder / "bin/demo"), "hello"],
        env={"PYTHONPATH": str(folder), "PATH": str(Path(sys.executable).parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr


@posix_only
def test_scripts_that_a_wheel_brings_start_the_python_of_the_runtime(tmp_path: Path) -> None:
    put(tmp_path, "bin/tool", "#!/home/me/.venv/bin/python\nprint('mine')\n")
    put(tmp_path, "bin/shell", "#!/bin/sh\necho mine\n")
    binary = b"\x7fELF\n#!python\n"
    (tmp_path / "bin/program").write_bytes(binary)
    info = put(tmp_path, "demo-1.0.dist-info/RECORD", "bin/tool,sha256=aa,1\nbin/shell,b,2\n")
    tidy(tmp_path)
    assert (tmp_path / "bin/tool").read_text() == "#!/usr/bin/env python3\nprint('mine')\n"
    assert (tmp_path / "bin/shell").read_text() == "#!/bin/sh\necho mine\n"
    assert (tmp_path / "bin/program").read_bytes() == binary
    assert info.read_text() == "bin/shell,b,2\nbin/tool,,\n"


def test_compiled_files_go_unless_they_are_the_module_itself(tmp_path: Path) -> None:
    for name in (
        "closed/__init__.pyc",
        "closed/__pycache__/core.cpython-312.pyc",
        "open/__init__.py",
        "open/__init__.pyc",
    ):
        put(tmp_path, name)
    tidy(tmp_path)
    assert sorted(content(tmp_path)) == ["closed/__init__.pyc", "open/__init__.py"]


def test_tidying_twice_changes_nothing_more(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "#!/gone/python\n")
    tidy(folder)
    once = content(folder)
    tidy(folder)
    assert content(folder) == once


def test_what_is_installed_is_told_by_name_and_version(tmp_path: Path) -> None:
    for name in ("zoo-2.0", "a_b-1.0.post1"):
        put(tmp_path, f"{name}.dist-info/METADATA", METADATA)
    assert installed(tmp_path) == ["a_b 1.0.post1", "zoo 2.0"]
