"""`pulumi-agentrun build`, as people and scripts use it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from agentrun_provider.building.source import Source
from agentrun_provider.cli.main import main
from click.testing import CliRunner, Result

from ..unit.code_folders import posix_only, put
from .conftest import Workshop
from .wheels import make_wheel, sha256


@pytest.fixture(autouse=True)
def demo(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo", "1.2")
    workshop.put("requirements.txt", "demo\n")


def run(workshop: Workshop, *words: str) -> Result:
    return CliRunner().invoke(main, ["build", "--cwd", str(workshop.root), *words])


def document(result: Result) -> dict[str, Any]:
    """The one package that `--json` told of."""
    assert result.exit_code == 0, result.output
    (package,) = json.loads(result.stdout)["packages"]
    assert isinstance(package, dict)
    return package


def test_the_package_is_the_one_that_a_deployment_makes(workshop: Workshop) -> None:
    told = document(run(workshop, "code", "--json"))
    package = workshop.package()
    assert told["sha256"] == hashlib.sha256(package).hexdigest()
    assert told["bytes"] == len(package)
    assert told["files"] == len(workshop.names(package))
    assert told["packages"] == [{"name": "demo", "version": "1.2"}]
    assert workshop.installs == ["requirements.txt"], "the deployment takes what was installed"


def test_a_second_build_says_that_it_installed_nothing(workshop: Workshop) -> None:
    first = document(run(workshop, "code", "--json"))
    again = document(run(workshop, "code", "--json"))
    assert (first["installed"], again["installed"]) == (True, False)
    assert again["sha256"] == first["sha256"]
    anew = document(run(workshop, "code", "--json", "--refresh"))
    assert anew["installed"]
    assert anew["sha256"] == first["sha256"]


def test_people_get_lines_and_progress_on_standard_error(workshop: Workshop) -> None:
    result = run(workshop, "code")
    assert "Packages:     1, installed now, for x86_64-manylinux_2_31\n" in result.stdout
    assert "installing" in result.stderr
    assert "installing" not in result.stdout
    assert "from the cache" in run(workshop, "code").stdout


def test_a_list_without_hashes_is_told(workshop: Workshop) -> None:
    assert "--generate-hashes" in run(workshop, "code").stdout
    assert not document(run(workshop, "code", "--json"))["locked"]
    (wheel,) = workshop.wheels.iterdir()
    workshop.put("requirements.txt", f"demo==1.2 --hash=sha256:{sha256(wheel)}\n")
    assert "Locked" not in run(workshop, "code").stdout
    assert document(run(workshop, "code", "--json"))["locked"]


def test_the_package_is_written_where_it_is_wanted(workshop: Workshop) -> None:
    out = workshop.root / "agent.zip"
    told = document(run(workshop, "code", "--json", "--out", str(out)))
    assert told["path"] == str(out)
    assert hashlib.sha256(out.read_bytes()).hexdigest() == told["sha256"]
    missing = run(workshop, "code", "--out", str(workshop.root / "none/agent.zip"))
    assert missing.exit_code == 2
    assert "can't write" in missing.stderr


def test_a_package_is_not_written_where_the_next_one_would_have_it_in_it(
    workshop: Workshop,
) -> None:
    out = workshop.code / "made/agent.zip"
    out.parent.mkdir()
    refused = run(workshop, "code", "--no-requirements", "--out", str(out))
    assert refused.exit_code == 2
    assert "lies in the code folder" in refused.stderr
    assert not out.exists()
    for pattern in ("made/", "*.zip"):
        workshop.put(".arignore", f"{pattern}\n")
        assert run(workshop, "code", "--no-requirements", "--out", str(out)).exit_code == 0


def test_a_folder_that_tells_otherwise_what_it_needs_is_pointed_out(workshop: Workshop) -> None:
    workshop.put("pyproject.toml", "[project]\nname = 'x'\n")
    (workshop.code / "requirements.txt").unlink()
    assert "code has pyproject.toml and no requirements.txt" in run(workshop, "code").stderr
    assert run(workshop, "code", "--no-requirements").stderr == ""
    assert run(workshop, "code", "--language", "nodejs20").stderr == ""


def test_the_way_to_lock_a_list_is_for_the_runtime_and_not_for_this_machine(
    workshop: Workshop,
) -> None:
    told = run(workshop, "code", "--language", "python3.10").stdout
    assert "--python-version 3.10 --python-platform x86_64-manylinux_2_28" in told
    assert told.split("`")[1].endswith("requirements.in -o requirements.txt")


def test_a_list_that_asks_for_nothing_is_told_at_the_end_only(workshop: Workshop) -> None:
    workshop.put("requirements.txt", "# later\n")
    result = run(workshop, "code")
    assert "Packages:     none are asked for" in result.stdout
    assert result.stderr == ""


def test_the_list_and_the_language_can_be_chosen(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "other")
    workshop.put("more.txt", "other\n")
    told = document(run(workshop, "code", "-r", "more.txt", "--language", "python3.10", "--json"))
    assert told["packages"] == [{"name": "other", "version": "1.0"}]
    assert told["platform"] == "x86_64-manylinux_2_28"
    none = document(run(workshop, "code", "--no-requirements", "--json"))
    assert none["packages"] == []


@posix_only
def test_a_command_can_be_run_first(workshop: Workshop) -> None:
    told = document(
        run(workshop, "code", "--language", "nodejs20", "--run", "touch made.js", "--json")
    )
    assert told["requirements"] is None
    assert (workshop.code / "made.js").exists()


def test_requirements_can_be_put_into_the_code_folder_again_and_again(workshop: Workshop) -> None:
    told = document(run(workshop, "code", "--into-src", "--json"))
    place = workshop.code / "python"
    assert told["path"] == str(place)
    assert told["packages"] == [{"name": "demo", "version": "1.2"}]
    assert (place / "demo.py").exists()
    # What was put there is deployed as any other folder, and its mark is not.
    names = workshop.names(Source(workshop.code, "python3.12").package())
    assert "python/demo.py" in names
    assert not [name for name in names if ".agentrun-build" in name]
    plain = run(workshop, "code", "--no-requirements").stdout
    assert "1, in python/ of the folder" in plain

    make_wheel(workshop.wheels, "other")
    workshop.put("requirements.txt", "other\n")
    assert run(workshop, "code", "--into-src").exit_code == 0
    assert sorted(path.suffix for path in place.iterdir()) == ["", ".dist-info", ".py"]
    assert not (place / "demo.py").exists()
    assert sorted(path.name for path in workshop.code.iterdir()) == [
        "app.py",
        "python",
        "requirements.txt",
    ]


def test_a_folder_that_somebody_else_filled_is_left_alone(workshop: Workshop) -> None:
    mine = workshop.put("python/mine.py", "mine")
    result = run(workshop, "code", "--into-src")
    assert result.exit_code == 2
    assert "was not made by this command" in result.stderr
    assert mine.read_text() == "mine"


def test_a_code_folder_that_can_not_be_written_is_told(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copytree", full)
    result = run(workshop, "code", "--into-src")
    assert result.exit_code == 2
    assert "can't write" in result.stderr
    assert "No space left on device" in result.stderr
    assert not (workshop.code / "python").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere"], 3, "does not exist"),
        (["code", "-r", "none.txt"], 2, "none.txt does not exist"),
        (["code", "-r", "x", "--no-requirements"], 2, "either --requirements or"),
        (["code", "--no-requirements", "--into-src"], 2, "has no list of requirements"),
        (["code", "-r", "bad.txt"], 2, "no package nowhere was found"),
        ([], 2, "Name the folder"),
        (["--out", "x.zip"], 2, "are for a folder"),
    ],
)
def test_what_can_not_be_done_is_told_in_one_line(
    workshop: Workshop, words: list[str], code: int, said: str
) -> None:
    workshop.put("bad.txt", "nowhere\n")
    result = run(workshop, *words)
    assert result.exit_code == code
    assert result.stdout == ""
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert said in line


def deployed(folder: Path, *codes: dict[str, Any]) -> None:
    """A stack in a project, as an engine keeps it."""
    urn = "urn:pulumi:dev::shop::pulumi-python:dynamic/agentrun:Runtime::"
    resources = [
        {
            "urn": f"{urn}agent{number}",
            "type": "pulumi-python:dynamic/agentrun:Runtime",
            "id": f"id-{number}",
            "custom": True,
            "inputs": {"code": code},
            "outputs": {},
        }
        for number, code in enumerate(codes)
    ]
    checkpoint = {"stack": "organization/shop/dev", "latest": {"resources": resources}}
    state = {"version": 3, "checkpoint": checkpoint}
    put(folder, "Pulumi.yaml", "name: shop\nruntime: python\nmain: program/\n")
    put(folder, "Pulumi.dev.yaml", "config: {}\n")
    put(folder, "state/.pulumi/stacks/shop/dev.json", json.dumps(state))


def test_without_a_folder_the_stacks_own_code_is_built(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{workshop.root}/state")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    code = {"src": "../code", "language": "python3.10", "requirements": "requirements.txt"}
    deployed(workshop.root, code, {"ossBucketName": "b", "ossObjectName": "o"})
    (workshop.root / "program").mkdir()
    told = document(run(workshop, "--stack", "dev", "--engine", "local", "--json"))
    assert told["name"] == "agent0"
    assert told["language"] == "python3.10"
    assert told["packages"] == [{"name": "demo", "version": "1.2"}]


def test_a_stack_without_local_code_is_told(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{workshop.root}/state")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    deployed(workshop.root)
    result = run(workshop, "--stack", "dev", "--engine", "local")
    assert result.exit_code == 3
    assert "has deployed no runtime with local code" in result.stderr
