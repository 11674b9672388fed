"""Which Python runs a package, and what is told if it is not the one it was built for."""

from __future__ import annotations

import base64
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agentrun_fake.dataplane import interpreter
from agentrun_fake.dataplane.interpreter import Interpreter, interpreter_for
from agentrun_fake.dataplane.revision import Revision
from agentrun_fake.store import Scope

from .conftest import World, code, eventually

OWN = "{}.{}".format(*sys.version_info[:2])
HERE = sysconfig.get_config_var("EXT_SUFFIX").removesuffix(".so").split("-", 2)[2]
"""The part of a module's name that tells the machine."""


@pytest.fixture(autouse=True)
def search_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A search path with nothing on it yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    yield folder
    interpreter._probed.cache_clear()


def install(folder: Path, version: str, tells: str) -> str:
    """A program that looks like a Python of this version, and says that it is another one."""
    path = folder / f"python{version}"
    path.write_text(f'#!/bin/sh\nprintf "%s\\n%s\\n" "{tells}" "{path}"\n')
    path.chmod(0o755)
    return str(path)


def revision(language: str | None = None, *command: str) -> Revision:
    configuration: dict[str, Any] = {"command": list(command or ("python3", "app.py"))}
    if language:
        configuration["language"] = language
    fields = {"codeConfiguration": configuration, "port": 9000}
    return Revision(Scope("1", "r"), "id", "demo", "LATEST", fields, b"", "digest", "key")


def module(folder: Path, version: str, machine: str = HERE) -> Path:
    """A package with a compiled module."""
    path = folder / f"python/lib/_fast.cpython-3{version.partition('.')[2]}-{machine}.so"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return folder


def test_the_fakes_own_python_runs_what_asks_for_no_other(tmp_path: Path) -> None:
    for asked in (None, "custom", "nodejs20", f"python{OWN}"):
        assert interpreter_for(revision(asked), tmp_path) == Interpreter(sys.executable)


def test_the_language_finds_its_python_on_the_path(tmp_path: Path, search_path: Path) -> None:
    path = install(search_path, "3.99", tells="3.99")
    assert interpreter_for(revision("python3.99"), tmp_path) == Interpreter(path)
    assert interpreter_for(revision("custom", "python3.99", "a.py"), tmp_path).path == path


def test_compiled_modules_count_more_than_the_language(tmp_path: Path, search_path: Path) -> None:
    path = install(search_path, "3.98", tells="3.98")
    install(search_path, "3.99", tells="3.99")
    built = module(tmp_path / "code", "3.98")
    assert interpreter_for(revision("python3.99"), built) == Interpreter(path)
    ours = module(tmp_path / "ours", OWN)
    assert interpreter_for(revision("python3.99"), ours) == Interpreter(sys.executable)


def test_modules_of_several_versions_suit_the_fakes_own(tmp_path: Path) -> None:
    both = module(module(tmp_path / "code", OWN), "3.98")
    assert interpreter_for(revision(), both) == Interpreter(sys.executable)


@pytest.mark.parametrize("tells", ["3.97", "pyenv: python3.98: command not found", ""])
def test_a_name_that_is_not_that_python_is_passed_over(
    tmp_path: Path, search_path: Path, tells: str
) -> None:
    install(search_path, "3.98", tells=tells)
    found = interpreter_for(revision(), module(tmp_path / "code", "3.98"))
    assert found == Interpreter(
        sys.executable,
        f"it ran with Python {OWN}, since no python3.98 that starts is on the path, and the "
        "package's modules were built for it",
    )


def test_a_program_that_can_not_be_started_is_passed_over(
    tmp_path: Path, search_path: Path
) -> None:
    Path(install(search_path, "3.98", tells="3.98")).write_text("#!/no/such/program\n")
    assert interpreter_for(revision("python3.98"), tmp_path).path == sys.executable


def test_a_python_is_asked_once(tmp_path: Path, search_path: Path) -> None:
    path = Path(install(search_path, "3.98", tells="3.98"))
    interpreter_for(revision("python3.98"), tmp_path)
    path.write_text("#!/bin/sh\nexit 1\n")
    assert interpreter_for(revision("python3.98"), tmp_path).path == str(path)


def test_modules_for_another_machine_are_told(tmp_path: Path) -> None:
    doubt = interpreter_for(revision(), module(tmp_path / "code", OWN, "s390x-linux-gnu")).doubt
    assert doubt.startswith(
        "the package's modules were built for s390x-linux-gnu, and this machine"
    )


def test_a_runtime_whose_modules_nothing_here_can_import_fails_with_the_reason(
    world: World, tmp_path: Path
) -> None:
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("app.py", "from lib import _fast")
        target.writestr(f"python/lib/_fast.cpython-398-{HERE}.so", b"")
    zip_file = base64.b64encode(archive.read_bytes()).decode()
    health = {"httpGetUrl": "/health", "failureThreshold": 1}
    runtime_id = world.api.create(**code(zip_file), healthCheckConfiguration=health)
    eventually(lambda: world.api.get(runtime_id)["status"] != "CREATING")
    found = world.api.get(runtime_id)
    assert found["status"] == "CREATE_FAILED"
    assert found["statusReason"].startswith("the program ended with code 1; its last lines:\n")
    assert found["statusReason"].endswith(
        "ImportError: cannot import name '_fast' from 'lib' (unknown location)\n"
        f"(it ran with Python {OWN}, since no python3.98 that starts is on the path, and the "
        "package's modules were built for it)"
    )
