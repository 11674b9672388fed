"""Packages with installed requirements, made by the real uv from wheels of a folder."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from agentrun_provider.building.failures import BuildError
from agentrun_provider.building.source import Source
from agentrun_provider.building.uv import find_uv

from ..unit.code_folders import posix_only
from .conftest import Workshop
from .wheels import make_source, make_wheel, sha256

AGENT = "import demo\nprint(demo.NAME, demo.VERSION)\n"


def refused(workshop: Workshop, text: str, **more: object) -> BuildError:
    """The error that a list of requirements leads to."""
    workshop.put("requirements.txt", text)
    with pytest.raises(BuildError) as caught:
        workshop.package(**more)  # type: ignore[arg-type]
    assert "\n" not in caught.value.one_line()
    return caught.value


def test_requirements_and_what_they_need_go_below_python(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo", needs=["helper>=2"])
    make_wheel(workshop.wheels, "helper", "2.1")
    make_wheel(workshop.wheels, "unasked")
    workshop.put("requirements.txt", "demo\n")
    names = workshop.names(workshop.package())
    assert names == sorted(names)
    assert {"app.py", "requirements.txt", "python/demo.py", "python/helper.py"} <= set(names)
    assert not [name for name in names if "unasked" in name]
    assert [path.name for path in workshop.code.iterdir()] != [], "the code folder is still there"
    assert not (workshop.code / "python").exists(), "nothing is installed into the code folder"


def test_the_packed_agent_finds_its_requirements_on_the_path(
    workshop: Workshop, tmp_path: Path
) -> None:
    make_wheel(workshop.wheels, "demo", "1.5")
    workshop.put("requirements.txt", "demo==1.5\n")
    workshop.put("app.py", AGENT)
    package = tmp_path / "package.zip"
    package.write_bytes(workshop.package())
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path / "unpacked")
    done = subprocess.run(
        [sys.executable, "-S", "app.py"],
        cwd=tmp_path / "unpacked",
        env={"PYTHONPATH": str(tmp_path / "unpacked/python")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "demo 1.5\n"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("python3.12", "cp312 2.31"), ("python3.10", "cp310 2.28")],
)
def test_wheels_are_chosen_for_the_runtime_and_not_for_this_machine(
    workshop: Workshop, language: str, expected: str
) -> None:
    for python in ("cp310", "cp311", "cp312", "cp313"):
        for library in ("2.28", "2.31", "2.39"):
            tag = f"{python}-{python}-manylinux_{library.replace('.', '_')}_x86_64"
            make_wheel(workshop.wheels, "demo", files={"demo.py": f"# {python} {library}"}, tag=tag)
        make_wheel(workshop.wheels, "demo", tag=f"{python}-{python}-macosx_11_0_arm64")
        make_wheel(workshop.wheels, "demo", tag=f"{python}-{python}-win_amd64")
    workshop.put("requirements.txt", "demo\n")
    assert workshop.text(workshop.package(language), "python/demo.py") == f"# {expected}"


def test_markers_are_those_of_the_runtime(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo")
    workshop.put("requirements.txt", 'demo; python_version < "3.12"\n')
    assert "python/demo.py" in workshop.names(workshop.package("python3.10"))
    assert "python/demo.py" not in workshop.names(workshop.package("python3.12"))


def test_a_second_package_installs_nothing_and_has_the_same_bytes(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo", script="demo:main")
    workshop.put("requirements.txt", "demo\n")
    first = workshop.package()
    assert workshop.package() == first
    assert workshop.installs == ["requirements.txt"]


def test_another_machine_makes_the_same_bytes(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheel = make_wheel(workshop.wheels, "demo", script="demo:main")
    workshop.put("requirements.txt", "demo\n")
    first = workshop.package()

    other = tmp_path / "a folder with spaces"
    other.mkdir()
    wheel.rename(other / wheel.name)
    python = other / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(other)], check=True, timeout=60
    )
    monkeypatch.setattr(sys, "executable", str(python))
    for name, folder in (("UV_CACHE_DIR", "uv"), ("AGENTRUN_CACHE_DIR", "kept")):
        monkeypatch.setenv(name, str(other / folder))
    monkeypatch.setenv("UV_FIND_LINKS", str(other))
    assert workshop.package() == first
    assert len(workshop.installs) == 2


@posix_only
def test_scripts_start_the_python_of_the_runtime(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo", script="demo:main")
    workshop.put("requirements.txt", "demo\n")
    package = workshop.package()
    assert workshop.text(package, "python/bin/demo").startswith("#!/usr/bin/env python3\n")
    record = workshop.text(package, "python/demo-1.0.dist-info/RECORD").splitlines()
    assert "bin/demo,," in record
    assert record == sorted(record)


def test_the_installers_own_notes_are_left_out(workshop: Workshop) -> None:
    wheel = make_wheel(workshop.root / "elsewhere", "demo")
    workshop.put("requirements.txt", f"demo @ {wheel.as_uri()}\n")
    package = workshop.package()
    assert [name for name in workshop.names(package) if "demo" in name] == [
        "python/demo-1.0.dist-info/METADATA",
        "python/demo-1.0.dist-info/RECORD",
        "python/demo-1.0.dist-info/WHEEL",
        "python/demo.py",
    ]
    assert str(workshop.root) not in workshop.text(package, "python/demo-1.0.dist-info/RECORD")


def test_a_list_of_comments_asks_for_nothing(workshop: Workshop) -> None:
    workshop.put("requirements.txt", "# later\n\n")
    assert workshop.names(workshop.package()) == ["app.py", "requirements.txt"]
    assert workshop.installs == []


def test_a_list_with_hashes_is_held_to_them(workshop: Workshop) -> None:
    wheel = make_wheel(workshop.wheels, "demo")
    workshop.put("requirements.txt", f"demo==1.0 \\\n    --hash=sha256:{sha256(wheel)}\n")
    assert "python/demo.py" in workshop.names(workshop.package())

    error = refused(workshop, f"demo==1.0 --hash=sha256:{'0' * 64}\n")
    assert "not the file that the list was locked to" in str(error)
    assert "demo" in str(error)
    assert "--generate-hashes" in error.hint


def test_a_list_with_hashes_needs_one_for_every_package(workshop: Workshop) -> None:
    wheel = make_wheel(workshop.wheels, "demo")
    make_wheel(workshop.wheels, "other")
    error = refused(workshop, f"demo==1.0 --hash=sha256:{sha256(wheel)}\nother==1.0\n")
    assert "other" in str(error)
    assert "hash" in str(error)


def test_a_package_that_comes_as_source_only_is_named_and_not_built(workshop: Workshop) -> None:
    make_source(workshop.wheels, "legacy")
    error = refused(workshop, "legacy\n")
    assert "legacy==1.0 has no wheel, and source is not built here" in str(error)
    assert "UV_FIND_LINKS" in error.hint
    assert "was attempted" not in str(error)


def test_a_package_for_other_machines_only_is_named(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo", tag="cp312-cp312-win_amd64")
    error = refused(workshop, "demo\n")
    assert "demo" in str(error)
    assert "has no wheel for Python 3.12 on x86_64-manylinux_2_31" in str(error)


def test_requirements_that_contradict_each_other_are_told(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo", needs=["helper<2"])
    make_wheel(workshop.wheels, "helper", "1.0")
    make_wheel(workshop.wheels, "helper", "2.0")
    error = refused(workshop, "demo\nhelper>=2\n")
    assert "can't be satisfied" in str(error)
    assert "helper" in str(error)


def test_an_unknown_package_is_named(workshop: Workshop) -> None:
    error = refused(workshop, "nowhere\n")
    assert "no package nowhere was found" in str(error)
    assert "UV_DEFAULT_INDEX" in error.hint


def test_a_failed_install_leaves_nothing_in_the_cache(workshop: Workshop) -> None:
    refused(workshop, "demo\n")
    assert list((workshop.cache / "requirements").iterdir()) == []
    make_wheel(workshop.wheels, "demo")
    assert "python/demo.py" in workshop.names(workshop.package())


def test_without_uv_the_error_says_how_to_get_it(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uv", None)
    monkeypatch.setenv("PATH", "")
    error = refused(workshop, "demo\n")
    assert "pip install 'pulumi-agentrun[build]'" in error.hint


def test_options_of_this_machine_do_not_decide_what_is_installed(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wheel(workshop.wheels, "demo")
    workshop.put("requirements.txt", "demo\n")
    first = workshop.package()
    monkeypatch.setenv("UV_COMPILE_BYTECODE", "1")
    monkeypatch.setenv("UV_SYSTEM_PYTHON", "1")
    monkeypatch.setenv("UV_PYTHON", "3.9")
    monkeypatch.setenv("UV_LINK_MODE", "symlink")
    assert workshop.source().package(anew=True) == first


def test_another_index_is_asked_again(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_wheel(workshop.wheels, "demo", "1.0")
    workshop.put("requirements.txt", "demo\n")
    workshop.package()
    make_wheel(tmp_path / "mirror", "demo", "2.0")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "mirror"))
    assert '"2.0"' in workshop.text(workshop.package(), "python/demo.py")


def test_a_newer_release_is_taken_only_when_asked_for(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo", "1.0")
    workshop.put("requirements.txt", "demo\n")
    first = workshop.package()
    make_wheel(workshop.wheels, "demo", "2.0")
    assert workshop.package() == first
    anew = workshop.source().package(anew=True)
    assert '"2.0"' in workshop.text(anew, "python/demo.py")


def test_code_that_changes_does_not_install_again(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo")
    workshop.put("requirements.txt", "demo\n")
    first = workshop.package()
    workshop.put("app.py", "print('new')\n")
    assert workshop.package() != first
    assert workshop.installs == ["requirements.txt"]


def test_a_folder_that_the_user_filled_is_never_mixed_with_requirements(
    workshop: Workshop,
) -> None:
    make_wheel(workshop.wheels, "demo")
    workshop.put("requirements.txt", "demo\n")
    workshop.put("python/mine.py", "")
    with pytest.raises(BuildError, match=r"python/mine\.py") as caught:
        workshop.source().fingerprint()
    assert "Remove it" in caught.value.hint
    with pytest.raises(BuildError):
        workshop.package()
    assert "python/mine.py" in workshop.names(workshop.package(requirements=None))


def test_a_filled_folder_that_is_ignored_is_in_nobodys_way(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo")
    workshop.put("requirements.txt", "demo\n")
    workshop.put("python/mine.py", "")
    workshop.put(".arignore", "python/\n")
    names = workshop.names(workshop.package())
    assert "python/demo.py" in names
    assert "python/mine.py" not in names


def test_a_file_in_the_place_of_the_folder_is_refused(workshop: Workshop) -> None:
    workshop.put("requirements.txt", "demo\n")
    workshop.put("python", "")
    with pytest.raises(BuildError, match="python is there already"):
        workshop.source().fingerprint()


def test_a_cache_inside_the_code_folder_is_never_packed(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wheel(workshop.wheels, "demo")
    workshop.put("requirements.txt", "demo\n")
    monkeypatch.setenv("AGENTRUN_CACHE_DIR", str(workshop.code / ".cache/agentrun"))
    with pytest.raises(BuildError, match="would be packed") as caught:
        workshop.source().fingerprint()
    assert "AGENTRUN_CACHE_DIR" in caught.value.hint
    workshop.put(".arignore", ".cache/\n")
    before = workshop.source().fingerprint()
    assert not [name for name in workshop.names(workshop.package()) if "cache" in name]
    assert workshop.source().fingerprint() == before


@pytest.mark.parametrize("name", ["app.zip", "app.py"])
def test_only_a_folder_can_have_requirements(workshop: Workshop, name: str) -> None:
    workshop.put(name, "x")
    with pytest.raises(BuildError, match="is no folder") as caught:
        Source(workshop.code / name, "python3.12", (), "requirements.txt").fingerprint()
    assert caught.value.field == "src"


def test_a_language_other_than_python_has_no_requirements(workshop: Workshop) -> None:
    workshop.put("requirements.txt", "demo\n")
    with pytest.raises(BuildError, match="the language is nodejs20"):
        workshop.source("nodejs20").fingerprint()


def test_the_dependencies_of_a_project_file_are_installed(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo")
    project = '[project]\nname = "agent"\nversion = "1"\nrequires-python = ">=3.12"\n'
    workshop.put("pyproject.toml", f'{project}dependencies = ["demo"]\n')
    names = workshop.names(workshop.package(requirements="pyproject.toml"))
    assert "python/demo.py" in names
    assert not [name for name in names if "agent" in name], "the project itself is not installed"


def test_a_list_in_a_folder_of_its_own_is_read_from_there(workshop: Workshop) -> None:
    make_wheel(workshop.code / "lists/wheels", "demo")
    workshop.put("lists/all.txt", "-r one.txt\n")
    workshop.put("lists/one.txt", "./wheels/demo-1.0-py3-none-any.whl\n")
    assert "python/demo.py" in workshop.names(workshop.package(requirements="lists/all.txt"))


def test_a_package_is_ready_if_nothing_has_to_be_run_or_installed(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo")
    workshop.put("requirements.txt", "demo\n")
    source = workshop.source()
    assert source.ready_package() is None
    assert source.ready_package() is None, "asking makes nothing"
    made = source.package()
    assert source.ready_package() == made
    assert workshop.source(build=("true",)).ready_package() is None
    plain = workshop.source(requirements=None)
    assert plain.ready_package() == plain.package()
    workshop.put("requirements.txt", "# nothing\n")
    assert source.ready_package() == source.package()


@posix_only
def test_a_uv_on_the_path_does_as_well(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = workshop.root / "bin"
    place.mkdir()
    (place / "uv").symlink_to(find_uv())
    monkeypatch.setitem(sys.modules, "uv", None)
    monkeypatch.setenv("PATH", str(place))
    assert find_uv() == str(place / "uv")
    make_wheel(workshop.wheels, "demo")
    workshop.put("requirements.txt", "demo\n")
    assert "python/demo.py" in workshop.names(workshop.package())
