"""The command sets, lists and removes configuration."""

from __future__ import annotations

import json
from pathlib import Path

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
