"""`doctor` on this machine: the Pulumi CLI and its helpers, the project's Python, the stack."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from agentrun_provider import __version__
from agentrun_provider.checkup.finding import Finding
from agentrun_provider.cli.doctor_tools import check_cli, check_interpreter, check_stack
from agentrun_provider.cli.stack import Stack

OF_VENV = "runtime:\n  name: python\n  options:\n    virtualenv: .venv\n"


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def found_with(folder: Path) -> dict[str, Finding]:
    """What is found about the CLI where a folder comes first on the PATH."""
    return {item.check: item for item in check_cli({"PATH": f"{folder}:{os.environ['PATH']}"})}


@pytest.fixture
def of_venv(tmp_path: Path) -> Path:
    """A project whose Python is in a virtual environment; gives the environment's programs."""
    (tmp_path / "Pulumi.yaml").write_text(f"name: shop\n{OF_VENV}")
    programs = tmp_path / ".venv/bin"
    programs.mkdir(parents=True)
    return programs


def test_a_cli_without_its_launchers_is_found(tmp_path: Path) -> None:
    program(tmp_path, "pulumi", "#!/bin/sh\n[ $1 = version ] && echo v3.272.0\n")
    found = found_with(tmp_path)
    assert found["Pulumi CLI"] == Finding("Pulumi CLI", "ok", f"v3.272.0, {tmp_path}/pulumi")
    assert found["launchers"].status == "fail"
    assert "pulumi-resource-pulumi-python" in found["launchers"].message
    for name in ("language-python", "language-python-exec", "resource-pulumi-python"):
        program(tmp_path, f"pulumi-{name}", "#!/bin/sh\n")
    assert found_with(tmp_path)["launchers"].status == "ok"


def test_a_cli_that_does_not_work_is_found(tmp_path: Path) -> None:
    program(tmp_path, "pulumi", "#!/bin/sh\necho 'no such library' >&2; exit 127\n")
    finding = found_with(tmp_path)["Pulumi CLI"]
    assert finding.status == "fail"
    assert "does not start: no such library" in finding.message


def test_a_missing_cli_is_a_warning_as_long_as_the_embedded_engine_is_there() -> None:
    (finding,) = check_cli({"PATH": ""})
    assert finding.status == "warn"
    assert "`pulumi-agentrun local` works without it" in finding.message
    assert "Install the Pulumi CLI" in finding.fix


@pytest.mark.parametrize(
    ("probe", "status", "words"),
    [
        ("echo 0.0.1", "warn", "has pulumi-agentrun 0.0.1"),
        ("echo 'ModuleNotFoundError: No module named x' >&2; exit 1", "fail", "No module named x"),
    ],
)
def test_a_python_of_the_project_without_this_package_is_found(
    of_venv: Path, tmp_path: Path, probe: str, status: str, words: str
) -> None:
    program(of_venv, "python", f"#!/bin/sh\n{probe}\n")
    (finding,) = check_interpreter(tmp_path, os.environ)
    assert finding.status == status
    assert words in finding.message
    assert f"uv pip install --python {of_venv}/python pulumi-agentrun" in finding.fix
    program(of_venv, "pip", "#!/bin/sh\n")
    (finding,) = check_interpreter(tmp_path, os.environ)
    assert f"{of_venv}/python -m pip install pulumi-agentrun" in finding.fix


def test_a_virtualenv_that_is_not_made_yet_is_found(of_venv: Path, tmp_path: Path) -> None:
    (finding,) = check_interpreter(tmp_path, os.environ)
    assert finding.status == "fail"
    assert finding.fix.startswith("Run `pulumi install`")


def test_a_virtualenv_that_dynamic_providers_do_not_find_is_warned_of(
    of_venv: Path, tmp_path: Path
) -> None:
    program(of_venv, "python", f"#!/bin/sh\necho {__version__}\n")
    (tmp_path / "Pulumi.yaml").write_text(f"name: shop\nmain: program\n{OF_VENV}")
    good, bad = check_interpreter(tmp_path, os.environ)
    assert (good.status, bad.status) == ("ok", "warn")
    assert "virtualenv .venv is looked for below program" in bad.message


def test_the_python_on_the_path_is_taken_where_the_project_names_none(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (finding,) = check_interpreter(tmp_path, os.environ)
    assert finding.status == "ok"
    assert str(Path(sys.executable).parent) in finding.message


def test_an_interrupted_deployment_is_warned_of(tmp_path: Path) -> None:
    urn = "urn:pulumi:dev::shop::agentrun:index:Runtime::agent"
    stack = Stack("dev", "shop", tmp_path, "cli", config={}, pending=(urn,))
    warning = next(item for item in check_stack(stack) if item.status == "warn")
    assert warning.message == "a deployment was interrupted at agent"
    assert "`pulumi refresh --clear-pending-creates`" in warning.fix
