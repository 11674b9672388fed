"""The command itself: what it says about commands that do not exist, and to poor terminals."""

from __future__ import annotations

import click
import pytest
from agentrun_provider.cli.main import main
from agentrun_provider.cli.output import Output
from click.testing import CliRunner


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("deploy", "`pulumi up` deploys"),
        ("remove -y", "`pulumi destroy` removes"),
        ("version publish", "`pulumi up` publishes them"),
        ("endpoint list", "`pulumi-agentrun endpoints [NAME]` shows endpoints"),
        ("instance exec --cmd ls", "`pulumi-agentrun instances exec`"),
        ("preview", "`pulumi preview`, or `pulumi-agentrun local preview` without it"),
        ("login", "`pulumi login`"),
        ("log --tail", "Did you mean `pulumi-agentrun logs`?"),
        ("status", "Did you mean `pulumi-agentrun info`?"),
        ("frobnicate", "there is no command frobnicate\n"),
    ],
)
def test_a_command_that_does_not_exist_says_what_takes_its_place(typed: str, told: str) -> None:
    result = CliRunner().invoke(main, typed.split())
    assert told in result.stderr
    assert result.exit_code == 2


def test_text_that_the_output_can_not_hold_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def speak() -> None:
        Output().text("中文")

    monkeypatch.setattr(type(main), "get_command", lambda *_: speak)
    result = CliRunner(charset="latin-1").invoke(main, ["info"])
    assert (result.stdout, result.exit_code) == ("\\u4e2d\\u6587\n", 0)
