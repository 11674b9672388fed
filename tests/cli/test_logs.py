"""`logs`: what a runtime has logged, chosen, ordered and highlighted, and what it logs now."""

from __future__ import annotations

import io
import json
import os
import signal
import time
from collections.abc import Iterator

import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.log_store import LogLine
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings
from agentrun_fake.store import Scope
from agentrun_provider.cli.logs import Printer
from agentrun_provider.cli.output import Output
from agentrun_provider.log_reading import LogRecord
from agentrun_provider.sls import LogService

from .agents import ACCOUNT, LOGSTORE, PROJECT, REGION, Agent
from .conftest import Shop

MORNING = 1767225600  # 2026-01-01 00:00:00 UTC
SPAN = ("--start-time", "2026-01-01T00:00:00Z", "--end-time", "2026-01-01T01:00:00Z")


@pytest.fixture(autouse=True)
def china(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The time zone of most users; not that of the machine."""
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="module")
def agent() -> Iterator[Agent]:
    with ThreadedServer(FakeCloud(FakeSettings(run=True))) as server:
        made = Agent(server)
        made.deploy()
        made.line("FC Invoke Start RequestId: req-00000001", MORNING + 1)
        made.line("all is well", MORNING + 2)
        made.line("FC Invoke End RequestId: req-00000001", MORNING + 3)
        made.line("FC Invoke Start RequestId: req-00000002", MORNING + 4)
        made.line("about to divide", MORNING + 5)
        made.line("ERROR division by zero", MORNING + 6)
        made.line("FC Invoke End RequestId: req-00000002", MORNING + 7)
        made.line("from elsewhere", MORNING + 8, instanceID="c-2")
        yield made


def messages(agent: Agent, *arguments: str) -> list[str]:
    lines = agent.run("logs", *SPAN, *arguments, "--json").stdout.splitlines()
    return [json.loads(line)["message"] for line in lines]


def test_lines_are_plain_text_with_local_times_that_say_their_zone(agent: Agent) -> None:
    result = agent.run("logs", *SPAN)
    first, second, *_ = result.stdout.splitlines()
    assert first == "2026-01-01 08:00:01 c-1 FC Invoke Start RequestId: req-00000001"
    assert second == "2026-01-01 08:00:02 c-1 all is well"
    assert result.stderr == (
        "8 lines from 2026-01-01 08:00:00 +0800 to 2026-01-01 09:00:00 +0800\n"
    )


def test_times_without_a_zone_are_local(agent: Agent) -> None:
    local = ("--start-time", "2026-01-01 08:00:05", "--end-time", "2026-01-01 08:00:05")
    assert agent.run("logs", *local).stdout == "2026-01-01 08:00:05 c-1 about to divide\n"


def test_json_is_an_object_for_each_line(agent: Agent) -> None:
    line = agent.run("logs", *SPAN, "--json").stdout.splitlines()[0]
    data = json.loads(line)
    assert data["time"] == "2026-01-01T00:00:01Z"
    assert (data["timestamp"], data["instanceId"], data["version"]) == (MORNING + 1, "c-1", "1")
    assert data["requestId"] == "req-00000001"
    assert data["fields"]["__topic__"] == f"FCLogs:agentrun-{agent.runtime_id}"


def test_lines_are_chosen_by_search_request_and_instance(agent: Agent) -> None:
    assert messages(agent, "--search", "divide or well") == ["all is well", "about to divide"]
    assert messages(agent, "--request-id", "req-00000001") == [
        "FC Invoke Start RequestId: req-00000001",
        "FC Invoke End RequestId: req-00000001",
    ]
    assert messages(agent, "--instance-id", "c-2") == ["from elsewhere"]
    assert messages(agent, "--instance-id", "c-2", "--search", "well") == []


def test_lines_of_failed_requests_can_be_had_alone_or_left_out(agent: Agent) -> None:
    assert messages(agent, "--type", "fail") == [
        "FC Invoke Start RequestId: req-00000002",
        "about to divide",
        "ERROR division by zero",
        "FC Invoke End RequestId: req-00000002",
    ]
    assert messages(agent, "--type", "success") == [
        "FC Invoke Start RequestId: req-00000001",
        "all is well",
        "FC Invoke End RequestId: req-00000001",
        "from elsewhere",
    ]


def test_the_limit_keeps_the_newest_and_says_so(agent: Agent) -> None:
    result = agent.run("logs", *SPAN, "--limit", "2")
    assert [line.split(" ", 3)[3] for line in result.stdout.splitlines()] == [
        "FC Invoke End RequestId: req-00000002",
        "from elsewhere",
    ]
    assert result.stderr.startswith("2 lines from 2026-01-01 08:00:07 +0800 to 2026-01-01 09:00")
    assert "warning: only the newest 2 lines were looked at" in result.stderr
    assert "warning" not in agent.run("logs", *SPAN, "--limit", "8").stderr


def test_the_newest_can_come_first(agent: Agent) -> None:
    assert messages(agent, "--reverse") == messages(agent)[::-1]


def test_without_a_span_it_is_the_last_twenty_minutes(agent: Agent) -> None:
    now = time.time()
    agent.line("just now", now - 60, instanceID="c-9")
    agent.line("long ago", now - 21 * 60, instanceID="c-9")
    shown = agent.run("logs", "--instance-id", "c-9").stdout
    assert "just now" in shown
    assert "long ago" not in shown
    assert "long ago" in agent.run("logs", "--instance-id", "c-9", "--start-time", "30m").stdout


def test_what_a_program_prints_is_there(agent: Agent) -> None:
    agent.run("invoke", "--endpoint", "live", "-m", "hello")
    assert " serving\n" in agent.run("logs", "--search", "serving").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--start-time", "yesterday"), "--start-time: 'yesterday' is not a time. Write it like"),
        (("--start-time", "1h", "--end-time", "2h"), "before it begins"),
        (("--tail", "--end-time", "1h"), "--tail goes on"),
        (("--tail", "--limit", "10"), "--tail goes on"),
    ],
)
def test_times_that_make_no_sense_are_refused(
    agent: Agent, arguments: tuple[str, ...], told: str
) -> None:
    assert told in agent.run("logs", *arguments, code=2).stderr


def test_a_search_that_cannot_be_read_is_told_in_the_words_of_the_service(agent: Agent) -> None:
    errors = agent.run("logs", *SPAN, "--search", '"open', code=2).stderr
    assert "GetLogs failed: InvalidQueryString: the query has an open quotation mark" in errors
    assert "between quotation marks, e.g. --search '\"GET /health\"'" in errors


def test_a_runtime_without_logs_says_how_to_get_some() -> None:
    with ThreadedServer(FakeCloud(FakeSettings())) as server:
        agent = Agent(server)
        agent.deploy(logConfiguration={})
        errors = agent.run("logs", code=3).stderr
        assert errors.startswith(
            "error: runtime demo keeps no logs: it has no log project. Declare"
        )


def test_a_logstore_that_is_gone_is_named() -> None:
    with ThreadedServer(FakeCloud(FakeSettings())) as server:
        agent = Agent(server)
        agent.deploy(logConfiguration={"project": PROJECT, "logstore": "others"})
        errors = agent.run("logs", code=3).stderr
        assert f"can't be read from {PROJECT}/others: LogStoreNotExist" in errors


def test_following_shows_each_line_once_and_ends_well_with_ctrl_c(agent: Agent) -> None:
    process = agent.process("logs", "--tail", "--json", "--instance-id", "c-tail")
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        assert process.stderr.readline().startswith("following demo; times are +")
        for number in range(3):
            # Each only after the one before was seen, so over several questions.
            agent.line(f"line {number}", time.time(), instanceID="c-tail")
            assert json.loads(process.stdout.readline())["message"] == f"line {number}"
        os.kill(process.pid, signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, rest, errors) == (0, "", "")


def test_without_a_name_it_is_the_runtime_of_the_stack(standing: Shop) -> None:
    with standing.client as client:
        logs = LogService(client)
        logs.create_project(PROJECT, "of a test")
        logs.create_logstore(PROJECT, LOGSTORE, 1, 30)
        logs.create_index(PROJECT, LOGSTORE, {"line": {"token": [" "]}})
    topic = f"FCLogs:agentrun-{standing.runtime_id}"
    lines = [
        LogLine(MORNING, {"message": "ours"}, topic=topic),
        LogLine(MORNING, {"message": "of another runtime"}, topic="FCLogs:agentrun-other"),
    ]
    standing.cloud.logs.append(Scope(ACCOUNT, REGION), PROJECT, LOGSTORE, lines)
    assert standing.run("logs", *SPAN).stdout == "2026-01-01 08:00:00 ours\n"


def drawn(*messages: str, match: str | None = None, instance: str = "c-1") -> str:
    """Lines as a terminal gets them."""
    screen = io.StringIO()
    printer = Printer(Output(stream=screen, drawn=True), match)
    fields = {"__time__": str(MORNING), "instanceID": instance}
    printer.show(LogRecord({**fields, "message": message}) for message in messages)
    return screen.getvalue()


def test_a_terminal_shows_matches_reversed_and_times_dimmed() -> None:
    line = drawn("an error, an ERROR, an error.", match="error.")
    assert line.startswith("\x1b[2m2026-01-01 08:00:00\x1b[0m ")
    assert line.endswith("an error, an ERROR, an \x1b[7merror.\x1b[0m\n")


def test_what_agents_log_cannot_act_on_the_terminal() -> None:
    assert "\x1b[31m" not in drawn("\x1b[31mred\x1b]0;title\x07", instance="")
    assert drawn("\x1b[31mred", instance="").endswith(" [31mred\n")


def test_lines_of_one_program_keep_their_line_ends_and_indentation() -> None:
    assert drawn("first\n  second\r\n", instance="").endswith(" first\n  second\n")
