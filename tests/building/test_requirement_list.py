"""Lists of requirements, read without installing anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from agentrun_provider.building.failures import BuildError
from agentrun_provider.building.requirement_list import read_list

from ..unit.code_folders import put
from .wheels import EXTRA_INDEX, make_wheel


def digest(folder: Path) -> str:
    return read_list(folder / "requirements.txt").digest


def test_comments_and_empty_lines_do_not_count(tmp_path: Path) -> None:
    put(tmp_path, "requirements.txt", "demo==1\nother\n")
    before = digest(tmp_path)
    put(tmp_path, "requirements.txt", "# why\n\ndemo==1   # pinned\r\n  other\n\n")
    assert digest(tmp_path) == before


@pytest.mark.parametrize("text", ["demo==2\nother\n", "other\ndemo==1\n", "demo==1\n", ""])
def test_every_line_counts(tmp_path: Path, text: str) -> None:
    put(tmp_path, "requirements.txt", "demo==1\nother\n")
    before = digest(tmp_path)
    put(tmp_path, "requirements.txt", text)
    assert digest(tmp_path) != before


def test_a_number_sign_inside_a_word_is_no_comment(tmp_path: Path) -> None:
    put(tmp_path, "requirements.txt", "demo @ https://host/demo.whl#sha256=aa\n")
    before = digest(tmp_path)
    put(tmp_path, "requirements.txt", "demo @ https://host/demo.whl#sha256=bb\n")
    assert digest(tmp_path) != before


@pytest.mark.parametrize(
    "line",
    [
        "-r more/other.txt",
        "-rmore/other.txt",
        "--requirement more/other.txt",
        "--requirement=more/other.txt",
        "-c more/other.txt",
        "--constraint=more/other.txt",
    ],
)
def test_lists_that_are_included_count(tmp_path: Path, line: str) -> None:
    put(tmp_path, "requirements.txt", f"demo\n{line}\n")
    put(tmp_path, "more/other.txt", "other<2\n")
    before = digest(tmp_path)
    put(tmp_path, "more/other.txt", "other<3\n")
    assert digest(tmp_path) != before


def test_a_constraint_is_no_requirement(tmp_path: Path) -> None:
    put(tmp_path, "other.txt", "other<2\n")
    put(tmp_path, "requirements.txt", "-c other.txt\n")
    before = digest(tmp_path)
    put(tmp_path, "requirements.txt", "-r other.txt\n")
    assert digest(tmp_path) != before


def test_an_included_list_is_found_from_the_list_that_includes_it(tmp_path: Path) -> None:
    put(tmp_path, "requirements.txt", "-r lists/all.txt\n")
    put(tmp_path, "lists/all.txt", "-r one.txt\n")
    put(tmp_path, "lists/one.txt", "demo\n")
    assert "demo" in read_list(tmp_path / "requirements.txt").lines


def test_a_list_can_be_included_twice_but_not_by_itself(tmp_path: Path) -> None:
    put(tmp_path, "requirements.txt", "-r one.txt\n-r one.txt\n")
    put(tmp_path, "one.txt", "demo\n")
    assert read_list(tmp_path / "requirements.txt").lines.count("demo") == 2
    put(tmp_path, "one.txt", "-r requirements.txt\n")
    with pytest.raises(BuildError, match=r"one\.txt:1 includes .*requirements\.txt.* itself"):
        read_list(tmp_path / "requirements.txt")


def test_a_missing_list_is_named_with_the_line_that_includes_it(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"requirements\.txt does not exist") as caught:
        read_list(tmp_path / "requirements.txt")
    assert "relative to src" in caught.value.hint
    put(tmp_path, "requirements.txt", "demo\n\n-r none.txt\n")
    with pytest.raises(BuildError, match=r"requirements\.txt:3 includes .*none\.txt"):
        read_list(tmp_path / "requirements.txt")


def test_what_is_not_on_this_machine_or_is_source_is_refused_with_its_line(tmp_path: Path) -> None:
    put(tmp_path, "requirements.txt", "demo\n-r https://host/list.txt\n")
    with pytest.raises(BuildError, match=r"requirements\.txt:2: https://host/list\.txt"):
        read_list(tmp_path / "requirements.txt")
    put(tmp_path, "requirements.txt", "demo\n-e .\n")
    with pytest.raises(BuildError, match=r"requirements\.txt:2: -e \. asks for source"):
        read_list(tmp_path / "requirements.txt")


@pytest.mark.parametrize(
    "line",
    [
        "./package",
        "./package[extra]",
        "..",
        "vendor/package/",
        "package-1.0.tar.gz",
        "-e ./package",
        "--editable=package",
        "git+https://host/package.git@main",
        "package @ git+ssh://git@host/package.git",
        "package[extra] @ file:package",
        "package @ https://host/package-1.0.zip",
        "https://host/archive/main.tar.gz#egg=package",
        "--no-binary package",
        "--no-binary=:all:",
    ],
)
def test_source_is_refused_at_preview_since_a_wheel_made_of_it_here_would_be_taken(
    tmp_path: Path, line: str
) -> None:
    put(tmp_path, "requirements.txt", f"demo\n{line}\n")
    with pytest.raises(BuildError, match=r"requirements\.txt:2: .* asks for source") as caught:
        read_list(tmp_path / "requirements.txt")
    assert "wheel" in caught.value.hint or "line out" in caught.value.hint


@pytest.mark.parametrize(
    "line",
    [
        "--no-binary :none:",
        "--only-binary :all:",
        "demo[extra]>=1,<2; python_version < '3.13'",
        "demo @ https://host/demo-1.0-py3-none-any.whl#sha256=aa",
        "https://host/demo-1.0-py3-none-any.whl?Signature=x ; sys_platform == 'linux'",
        "demo @ ${WHEELS}/demo",
        "./package ; sys_platform == 'win32'",
        f"{EXTRA_INDEX} https://host/simple",
        "--trusted-host host",
        "demo==1.0 --hash=sha256:aa",
    ],
)
def test_lines_that_may_come_as_wheels_are_left_to_uv(tmp_path: Path, line: str) -> None:
    assert read_list(put(tmp_path, "requirements.txt", f"{line}\n")).local == ()


def test_a_wheel_that_is_not_there_is_told_at_preview(tmp_path: Path) -> None:
    put(tmp_path, "requirements.txt", "./wheels/demo-1.0-py3-none-any.whl\n")
    with pytest.raises(BuildError, match=r"requirements\.txt:1: .*\.whl does not exist"):
        read_list(tmp_path / "requirements.txt")


@pytest.mark.parametrize(
    "line",
    [
        "-r https://me:hidden@host/list.txt",
        "-e git+https://me:hidden@host/package.git",
        "demo @ https://host/demo.zip?Signature=hidden#egg=demo",
    ],
)
def test_no_error_shows_a_password_of_a_list(tmp_path: Path, line: str) -> None:
    put(tmp_path, "requirements.txt", f"{line}\n")
    with pytest.raises(BuildError) as caught:
        read_list(tmp_path / "requirements.txt")
    assert "host/" in caught.value.one_line()
    assert "hidden" not in caught.value.one_line()


@pytest.mark.parametrize(
    ("data", "line"),
    [("demo\n".encode("utf-16"), 1), ("demo\n# 智能体\n".encode("gbk"), 2)],
)
def test_a_list_in_another_encoding_is_refused_with_its_line(
    tmp_path: Path, data: bytes, line: int
) -> None:
    (tmp_path / "requirements.txt").write_bytes(data)
    with pytest.raises(BuildError, match=rf"requirements\.txt:{line}: .*no UTF-8") as caught:
        read_list(tmp_path / "requirements.txt")
    assert "UTF-8" in caught.value.hint


def test_a_folder_is_no_list(tmp_path: Path) -> None:
    put(tmp_path, "more/other.txt")
    with pytest.raises(BuildError, match="is a folder"):
        read_list(tmp_path / "more")


def test_hashes_are_noticed_on_continued_lines(tmp_path: Path) -> None:
    path = put(tmp_path, "requirements.txt", "demo==1 \\\n    --hash=sha256:aa \\\n")
    assert read_list(path).hashed
    assert read_list(path).lines == ("demo==1 --hash=sha256:aa",)
    assert not read_list(put(tmp_path, "requirements.txt", "demo==1  # --hash\n")).hashed


def test_only_options_and_comments_ask_for_nothing(tmp_path: Path) -> None:
    path = put(tmp_path, "requirements.txt", "# none\n--no-index\n")
    assert read_list(path).asks_for_nothing
    assert not read_list(put(tmp_path, "requirements.txt", "demo")).asks_for_nothing


@pytest.mark.parametrize(
    "line",
    [
        "./wheels/demo-1.0-py3-none-any.whl",
        "./wheels/demo-1.0-py3-none-any.whl ; python_version > '3'",
        "demo @ file:wheels/demo-1.0-py3-none-any.whl",
        "--find-links wheels\ndemo",
        "-f ./wheels\ndemo",
    ],
)
def test_the_content_of_wheels_on_this_machine_counts(tmp_path: Path, line: str) -> None:
    make_wheel(tmp_path / "wheels", "demo")
    put(tmp_path, "requirements.txt", f"{line}\n")
    before = digest(tmp_path)
    make_wheel(tmp_path / "wheels", "demo", files={"demo.py": "# other"})
    assert digest(tmp_path) != before


def test_the_whole_of_a_project_file_counts_and_is_not_taken_for_a_list(tmp_path: Path) -> None:
    text = '[project]\ndependencies = ["demo"]\ndescription = """\n-e is no option here"""\n'
    path = put(tmp_path, "pyproject.toml", text)
    before = read_list(path)
    assert not before.asks_for_nothing
    put(tmp_path, "pyproject.toml", text.replace("demo", "other"))
    assert read_list(path).digest != before.digest


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("uv.lock", "uv export --format requirements.txt"),
        ("pylock.prod.toml", "uv export --format requirements.txt"),
        ("poetry.lock", "poetry export"),
        ("pdm.lock", "pdm export"),
        ("Pipfile", "pipenv requirements"),
        ("setup.py", "uv pip compile setup.py"),
    ],
)
def test_a_list_of_another_form_is_refused_with_the_way_to_a_list(
    tmp_path: Path, name: str, command: str
) -> None:
    with pytest.raises(BuildError, match=name) as caught:
        read_list(put(tmp_path, name))
    assert command in caught.value.hint


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (
            '[tool.poetry]\nname = "agent"\n[tool.poetry.dependencies]\ndemo = "*"\n',
            "poetry export",
        ),
        ('[project]\nname = "agent"\ndynamic = ["version", "dependencies"]\n', "uv pip compile"),
        ("[tool.ruff]\n", "uv pip compile"),
    ],
)
def test_a_project_file_must_tell_its_dependencies_itself(
    tmp_path: Path, text: str, command: str
) -> None:
    with pytest.raises(BuildError, match="does not tell its dependencies") as caught:
        read_list(put(tmp_path, "pyproject.toml", text))
    assert command in caught.value.hint
