"""The command sets, lists and removes configuration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .commands import local


def test_configuration_is_set_listed_and_removed(project: Path) -> None:
    assert local(project, "config", "set", "size", "5").exit_code == 0
    assert local(project, "config", "set", "aws:region", "eu-west-1").exit_code == 0
    assert local(project, "config", "get", "size").stdout == "5\n"
    assert local(project, "config").stdout.splitlines() == [
        "KEY         VALUE",
        "aws:region  eu-west-1",
        "demo:color  red",
        "demo:size   5",
    ]
    assert local(project, "config", "rm", "size").exit_code == 0
    result = local(project, "config", "get", "size")
    assert result.exit_code == 1
    assert "not found" in result.stderr


def test_a_secret_is_encrypted_in_the_file_and_masked_in_the_list(project: Path) -> None:
    result = local(project, "config", "set", "--secret", "password", stdin="s3cr3t\n")
    assert result.exit_code == 0
    text = (project / "Pulumi.dev.yaml").read_text()
    assert "s3cr3t" not in text
    assert "encryptionsalt: v1:" in text
    assert "demo:color: red" in text
    assert "[secret]" in local(project, "config").stdout
    listing = json.loads(local(project, "config", "--json", "--show-secrets").stdout)
    assert listing["demo:password"] == {"value": "s3cr3t", "secret": True}
    assert local(project, "config", "get", "password").stdout == "s3cr3t\n"


def test_contradicting_options_are_wrong_usage(project: Path) -> None:
    result = local(project, "config", "set", "a", "b", "--secret", "--plaintext")
    assert result.exit_code == 2


def test_a_path_sets_reads_and_removes_a_part_of_a_structured_value(project: Path) -> None:
    for path, value in (
        ("rollout.promote", "true"),
        ("rollout.weight", "0.1"),
        ("sizes[0].cpu", "2"),
        ('sizes[0]["a.b"]', "007"),
        ("other:keys.outer", "x"),
    ):
        assert local(project, "config", "set", "--path", path, value).exit_code == 0
    listing = json.loads(local(project, "config", "--json").stdout)
    assert json.loads(listing["demo:rollout"]["value"]) == {"promote": True, "weight": "0.1"}
    assert json.loads(listing["demo:sizes"]["value"]) == [{"a.b": "007", "cpu": 2}]
    assert local(project, "config", "get", "--path", "sizes[0].cpu").stdout == "2\n"
    assert local(project, "config", "get", "--path", "other:keys").stdout == '{"outer":"x"}\n'
    assert local(project, "config", "rm", "--path", "rollout.promote").exit_code == 0
    assert local(project, "config", "get", "rollout").stdout == '{"weight":"0.1"}\n'
    assert local(project, "config", "get", "--path", "rollout.promote").exit_code == 1
    assert local(project, "config", "rm", "--path", "sizes[0]").exit_code == 0
    assert local(project, "config", "get", "sizes").stdout == "[]\n"


def test_a_secret_at_a_path_is_encrypted_and_makes_the_whole_value_secret(project: Path) -> None:
    local(project, "config", "set", "--path", "db.user", "agent")
    result = local(project, "config", "set", "--path", "db.password", "s3cr3t", "--secret")
    assert result.exit_code == 0
    assert "s3cr3t" not in (project / "Pulumi.dev.yaml").read_text()
    assert json.loads(local(project, "config", "get", "db").stdout) == {
        "password": "s3cr3t",
        "user": "agent",
    }
    assert "s3cr3t" not in local(project, "config").stdout


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("sizes[1]", "the list has 0 items"),
        ("color.hue", "what is there has no keys"),
        ("a[b]", "not valid at position 2"),
        ("[0]", "does not begin with a key"),
        (".a", "not valid at position 1"),
    ],
)
def test_a_path_that_fits_nothing_is_refused(project: Path, path: str, told: str) -> None:
    before = (project / "Pulumi.dev.yaml").read_text()
    result = local(project, "config", "set", "--path", path, "1")
    assert (result.exit_code, told in result.stderr) == (1, True), result.stderr
    assert (project / "Pulumi.dev.yaml").read_text() == before
