"""What is asked of uv, what is taken from it, and which settings of the user count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from agentrun_provider.building import uv
from agentrun_provider.building.failures import BuildError
from agentrun_provider.building.uv_settings import choice_digest

from ..unit.code_folders import put
from .conftest import Workshop
from .wheels import EXTRA_INDEX, make_wheel


@pytest.mark.parametrize(
    "origin",
    [
        {"url": "file:///somewhere/local", "dir_info": {}},
        {"url": "https://host/local.git", "vcs_info": {"vcs": "git"}},
        {"url": "https://host/local-1.tar.gz", "archive_info": {}},
    ],
)
def test_what_uv_has_made_here_of_source_before_is_not_taken_for_a_wheel(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, origin: dict[str, Any]
) -> None:
    def from_its_cache(command: list[str], *rest: Any, **more: Any) -> int:
        folder = Path(command[command.index("--target") + 1])
        put(folder, "local-1.dist-info/direct_url.json", json.dumps(origin))
        return 0

    monkeypatch.setattr(uv, "run", from_its_cache)
    # Whether such a line counts can only uv tell.
    workshop.put("requirements.txt", "./local ; sys_platform == 'linux'\n")
    with pytest.raises(BuildError, match="local comes as source only") as caught:
        workshop.package()
    assert "Build a wheel" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "text", "refused"),
    [
        ("code/pyproject.toml", '[tool.uv]\nno-binary-package = ["local"]\n', True),
        ("code/pyproject.toml", '[tool.uv.pip]\nno-binary = [\n    "local",\n]\n', True),
        ("code/pyproject.toml", '[tool.other]\nno-binary = ["local"]\n', False),
        ("code/uv.toml", 'no-binary-package = ["local"]\n', True),
        ("code/uv.toml", '[pip]\nno-binary = [":all:"]\n', False),
        ("code/uv.toml", 'no-build-package = ["local"]\n', False),
    ],
)
def test_a_configuration_by_which_uv_would_build_source_here_is_refused(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, name: str, text: str, refused: bool
) -> None:
    monkeypatch.setattr(uv, "run", lambda *words, **more: 0)
    monkeypatch.delenv("UV_CONFIG_FILE")
    put(workshop.root, name, text)
    workshop.put("requirements.txt", "local\n")
    if not refused:
        workshop.package()
        return
    with pytest.raises(BuildError, match='build packages of source: no-binary.*"local"') as caught:
        workshop.package()
    assert "UV_NO_CONFIG" in caught.value.hint
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    workshop.package()


def test_a_build_of_source_is_stopped_when_uv_begins_it(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun(command: object, folder: object, variables: object, on_line: Any, **more: Any) -> int:
        on_line("   Building local==1.0")
        raise AssertionError("it was not stopped")

    monkeypatch.setattr(uv, "run", begun)
    workshop.put("requirements.txt", "local\n")
    with pytest.raises(BuildError, match="local comes as source only"):
        workshop.package()


def test_uv_never_keeps_its_cache_in_the_code_folder(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []

    def asked(
        command: object, folder: object, variables: dict[str, str], *rest: Any, **_: Any
    ) -> int:
        seen.append(variables.get("UV_CACHE_DIR"))
        return 0

    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(uv, "run", asked)
    monkeypatch.delenv("UV_CACHE_DIR")
    workshop.put("requirements.txt", "demo\n")
    workshop.package()
    monkeypatch.setattr(Path, "home", unknown)
    workshop.source().package(anew=True)
    assert seen == [None, str(workshop.cache / "uv")]


def test_warnings_of_uv_are_told(workshop: Workshop) -> None:
    make_wheel(workshop.wheels, "demo")
    workshop.put("requirements.txt", "--pre\ndemo[more]\n")
    workshop.package()
    warnings = [line for line in workshop.told if line.startswith("warning: ")]
    assert ["--pre" in line for line in warnings] == [True, False]
    assert "extra named `more`" in warnings[1]


@pytest.mark.parametrize(
    ("address", "ignored", "warned"),
    [
        ("https://me:hidden@host/simple", "", True),
        ("https://me:${TOKEN}@host/simple", "", False),
        ("https://host/simple", "", False),
        ("https://me:hidden@host/simple", "requirements.txt\n", False),
    ],
)
def test_a_password_in_a_list_that_is_packed_is_warned_of(
    workshop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    ignored: str,
    warned: bool,
) -> None:
    monkeypatch.setattr(uv, "run", lambda *words, **more: 0)
    workshop.put("requirements.txt", f"{EXTRA_INDEX} {address}\ndemo\n")
    workshop.put(".arignore", ignored)
    workshop.package()
    assert any("has a password in it" in line for line in workshop.told) is warned
    assert not any("hidden" in line for line in workshop.told)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    put(tmp_path, "work/code/requirements.txt")
    return tmp_path / "work/code"


@pytest.mark.parametrize(
    "name",
    ["work/code/uv.toml", "work/uv.toml", "home/.config/uv/uv.toml", "work/pyproject.toml"],
)
def test_configuration_that_uv_reads_counts(folder: Path, tmp_path: Path, name: str) -> None:
    head = "[project]\nversion = '1'\n[tool.uv]\n" if name.endswith("pyproject.toml") else ""
    without = choice_digest({}, folder)
    seen = {without}
    put(tmp_path, name, f"{head}override-dependencies = ['demo<1']\n")
    seen.add(choice_digest({}, folder))
    put(tmp_path, name, f"{head}override-dependencies = ['demo<2']\n")
    seen.add(choice_digest({}, folder))
    assert len(seen) == 3
    assert choice_digest({"UV_NO_CONFIG": "1"}, folder) == without


def test_a_configuration_file_that_is_named_counts_alone(folder: Path, tmp_path: Path) -> None:
    put(tmp_path, "chosen.toml", "no-index = true\n")
    chosen = {"UV_CONFIG_FILE": str(tmp_path / "chosen.toml")}
    before = choice_digest(chosen, folder)
    put(folder, "uv.toml", "offline = true\n")
    assert choice_digest(chosen, folder) == before
    put(tmp_path, "chosen.toml", "")
    assert choice_digest(chosen, folder) != before


def test_the_rest_of_a_project_file_does_not_count(folder: Path) -> None:
    text = "[project]\nversion = '{}'\n[tool.uv.pip]\nno-deps = true\n[tool.other]\nx = '{}'\n"
    put(folder, "pyproject.toml", text.format(1, 1))
    before = choice_digest({}, folder)
    put(folder, "pyproject.toml", text.format(2, 2))
    assert choice_digest({}, folder) == before


def test_a_password_of_an_index_may_change(folder: Path) -> None:
    def digest(password: str, host: str = "host") -> str:
        address = f"https://me:{password}@{host}/simple"
        put(folder, "uv.toml", f"[[index]]\nurl = '{address}'\n")
        return choice_digest({"UV_INDEX": address, "UV_INDEX_MINE_PASSWORD": password}, folder)

    assert digest("one") == digest("two")
    assert digest("one") != digest("one", "other")
