"""What commands print, and how they fail."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable
from typing import Any

import click
import pytest
from agentrun_provider import errors
from agentrun_provider.cli.errors import CommandError, exit_code_of, reporting
from agentrun_provider.cli.output import Output
from agentrun_provider.cli.texts import cell_text, clean
from agentrun_provider.errors import AgentRunError
from click.testing import CliRunner

COLUMNS = ["name", "status"]
ROWS = [["生产", "READY"], ["b", None], ["long name", "CREATING"]]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(show: Callable[[Output], None], **how: Any) -> tuple[str, str]:
    """What goes to standard output and to standard error."""
    stream, stderr = how.pop("stream", io.StringIO()), io.StringIO()
    show(Output(stream=stream, errors=stderr, **how))
    return stream.getvalue(), stderr.getvalue()


def test_a_piped_table_is_columns_of_plain_text_aligned_by_width_on_the_screen() -> None:
    out, _ = printed(lambda o: o.table(COLUMNS, ROWS, title="All of them:"))
    assert out == ("All of them:\nNAME       STATUS\n生产       READY\nb\nlong name  CREATING\n")


def test_a_terminal_gets_a_drawn_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    out, _ = printed(lambda o: o.table(COLUMNS, ROWS), stream=Terminal())
    assert "─" in out
    assert "\x1b[" in out
    assert "生产" in out


URL = "https://1234567890123456.agentrun-data.cn-hangzhou.aliyuncs.com/agent-runtimes/shop/invocations"


def test_where_a_table_is_too_wide_its_rows_stand_one_below_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    rows = [["live", URL], ["draft", URL]]
    out, _ = printed(lambda o: o.table(["name", "url"], rows, title="All:"), stream=Terminal())
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out)
    assert plain == f"All:\nname: live\nurl:  {URL}\n\nname: draft\nurl:  {URL}\n"


def test_sentences_in_a_table_are_broken_into_lines_instead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    rows = [["ok", "five words and then some " * 3]]
    out, _ = printed(
        lambda o: o.table(["status", "finding"], rows, prose=["finding"]), stream=Terminal()
    )
    assert "─" in out
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in out.splitlines()) <= 40


class Narrow(io.TextIOWrapper):
    """A stream that can hold few characters."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="ascii")


def test_json_is_escaped_where_the_stream_can_not_hold_it() -> None:
    stream = Narrow()
    Output(stream=stream, errors=io.StringIO()).record({"a": "中😀"})
    stream.seek(0)
    assert json.loads(stream.read()) == {"a": "中😀"}


def test_a_closed_standard_output_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    Output().text("nobody reads it")


@pytest.mark.parametrize("how", ["NO_COLOR", "--json"])
def test_no_color_and_json_are_never_drawn(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if how == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")
    output = Output(as_json=how == "--json", stream=Terminal())
    assert not output.drawn


def test_the_word_of_a_state_is_coloured_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert printed(lambda o: o.marked("ok", "all is well", width=5))[0] == "ok    all is well\n"
    drawn, _ = printed(lambda o: o.marked("ok", "[all]", width=5), stream=Terminal())
    assert drawn == "\x1b[32mok    \x1b[0m[all]\n"


def test_an_empty_table_is_said_on_standard_error_so_that_a_pipe_gets_nothing() -> None:
    assert printed(lambda o: o.table(COLUMNS, [], empty="None.")) == ("", "None.\n")


def test_fields_are_aligned_and_nested_and_absent_ones_left_out() -> None:
    data = {
        "id": "x",
        "longer": 1.0,
        "nothing": None,
        "inner": {"flag": False, "list": ["a", "b"]},
        "items": [{"name": "one"}],
    }
    out, _ = printed(lambda o: o.fields(data))
    assert out == (
        "id:     x\n"
        "longer: 1\n"
        "inner:\n"
        "  flag: no\n"
        "  list:\n"
        "    - a\n"
        "    - b\n"
        "items:\n"
        "  -\n"
        "    name: one\n"
    )


def test_further_lines_of_a_value_can_not_be_taken_for_fields() -> None:
    data = {"description": "first\nstatus: READY", "items": ["a\nb"]}
    out, _ = printed(lambda o: o.fields(data))
    assert out == "description: first\n             status: READY\nitems:\n  - a\n    b\n"


def test_texts_of_others_can_not_act_on_the_terminal() -> None:
    assert clean("a\x1b[2Jb\x07\x9b\tc") == "a[2Jb\tc"
    out, _ = printed(lambda o: o.table(["name"], [["\x1b]0;title\x07x"]]))
    assert "\x1b" not in out
    assert cell_text({"a": "\x1b"}) == '{"a": "\\u001b"}'


def test_records_are_one_json_object_per_line_and_documents_are_one() -> None:
    def stream(output: Output) -> None:
        output.record({"a": "中"})
        output.record({"b": 1})

    out, _ = printed(stream)
    assert out == '{"a":"中"}\n{"b":1}\n'
    out, _ = printed(lambda o: o.document({"a": ["中"]}))
    assert json.loads(out) == {"a": ["中"]}


def test_warnings_and_notes_go_to_standard_error() -> None:
    def tell(output: Output) -> None:
        output.warn("careful")
        output.note("done")

    out, error = printed(tell)
    assert (out, error) == ("", "warning: careful\ndone\n")


API = ("Code", "text", 400, "id", "Op")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ServerFault(*API), 1),
        (errors.Throttled(*API), 1),
        (errors.TransportFault("Op", "broke", False), 1),
        (errors.WaitTimedOut("x", "UPDATING", 3), 1),
        (errors.ConfigError("no region"), 2),
        (errors.CheckFailed([]), 2),
        (errors.PackagingError("x"), 2),
        (errors.NotFound(*API), 3),
        (errors.Forbidden(*API), 4),
        (CommandError("bad"), 2),
        (CommandError("gone", code=3), 3),
    ],
)
def test_every_error_has_its_exit_code(error: AgentRunError, code: int) -> None:
    assert exit_code_of(error) == code


def command(error: BaseException) -> click.Command:
    @click.command()
    @click.option("--debug", is_flag=True)
    @reporting
    def failing(debug: bool) -> None:
        raise error

    return failing


def test_an_error_is_one_line_with_what_to_do_next() -> None:
    result = CliRunner().invoke(command(CommandError("it is\nbroken.", "Mend it")), [])
    assert result.stderr == "error: it is broken. Mend it\n"
    assert result.stdout == ""
    assert result.exit_code == 2


def test_even_a_bug_is_one_line_that_says_how_to_report_it() -> None:
    result = CliRunner().invoke(command(KeyError("x")), [])
    assert result.stderr.startswith("error: unexpected KeyError: 'x'. Run again with --debug")
    assert result.stderr.count("\n") == 1
    assert result.exit_code == 1


@pytest.mark.parametrize("how", ["option", "variable"])
def test_debugging_shows_the_traceback_before_the_line(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "variable":
        monkeypatch.setenv("AGENTRUN_DEBUG", "1")
    options = ["--debug"] if how == "option" else []
    result = CliRunner().invoke(command(CommandError("broken", code=3)), options)
    assert "Traceback (most recent call last)" in result.stderr
    assert result.stderr.endswith("error: broken\n")
    assert result.exit_code == 3


def test_ctrl_c_is_no_failure_of_its_own() -> None:
    result = CliRunner().invoke(command(KeyboardInterrupt()), [])
    assert result.stderr.strip() == "error: interrupted"
    assert result.exit_code == 130


def test_errors_of_others_can_not_act_on_the_terminal() -> None:
    result = CliRunner().invoke(command(CommandError("\x1b]0;title\x07it broke")), [])
    assert result.stderr == "error: ]0;titleit broke\n"


@pytest.mark.parametrize("options", [[], ["--debug"]])
def test_only_this_provider_logs_and_pauses_are_told_anyway(options: list[str]) -> None:
    @click.command()
    @click.option("--debug", is_flag=True)
    @reporting
    def slow(debug: bool) -> None:
        logging.getLogger("httpcore.http11").debug("set-cookie: secret")
        logging.getLogger("httpx").info("GET /?token=secret")
        logging.getLogger("agentrun_provider.sender").debug("GetIt: HTTP 503")
        logging.getLogger("agentrun_provider.sender").info("it failed; trying again in 2.0 s")

    told = CliRunner().invoke(slow, options).stderr
    assert "secret" not in told
    assert "it failed; trying again in 2.0 s" in told
    assert ("GetIt" in told) is bool(options)
    assert not logging.getLogger("agentrun_provider").handlers


def test_usage_errors_and_exits_are_left_to_click() -> None:
    assert CliRunner().invoke(command(click.UsageError("no")), []).exit_code == 2
    assert CliRunner().invoke(command(click.exceptions.Exit(5)), []).exit_code == 5
