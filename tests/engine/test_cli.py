"""The command says what is wrong with its use, and exits accordingly."""

from __future__ import annotations

from pathlib import Path

import pytest

from .commands import local


@pytest.mark.parametrize(
    "arguments", [["stack", "output"], ["stack", "export"], ["destroy"], ["refresh"]]
)
def test_a_stack_that_is_not_there_has_an_exit_code_of_its_own(
    project: Path, arguments: list[str]
) -> None:
    result = local(project, *arguments, "--stack", "nope")
    assert result.exit_code == 6
    assert result.stderr == "error: no stack named 'nope' found\n"


def test_a_folder_without_a_project_is_an_error(tmp_path: Path) -> None:
    result = local(tmp_path, "preview")
    assert result.exit_code == 1
    assert "no Pulumi.yaml" in result.stderr


def test_wrong_usage_has_the_exit_code_of_wrong_usage(project: Path) -> None:
    assert local(project, "preview", "--no-such-option").exit_code == 2
    assert local(project, "up", "--parallel", "0").exit_code == 2
