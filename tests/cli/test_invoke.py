"""`invoke`: questions to a running agent, its answers as they come, and its errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings

from .agents import SECRET, Agent


@pytest.fixture(scope="module")
def agent() -> Iterator[Agent]:
    with ThreadedServer(FakeCloud(FakeSettings(run=True))) as server:
        made = Agent(server)
        made.deploy()
        yield made


LIVE = ("--endpoint", "live")


def test_a_question_is_answered_in_text(agent: Agent) -> None:
    assert agent.run("invoke", *LIVE, "-m", "hello").stdout == "you said hello\n"
    assert agent.run("invoke", *LIVE, "-m", "hello", "--no-stream").stdout == "you said hello\n"


def test_a_question_is_read_from_standard_input(agent: Agent) -> None:
    assert agent.run("invoke", *LIVE, "-m", "-", stdin="你好").stdout == "you said 你好\n"


def test_json_is_one_object_per_event_or_the_document_itself(agent: Agent) -> None:
    lines = agent.run("invoke", *LIVE, "-m", "hello", "--json").stdout.splitlines()
    pieces = [json.loads(line)["choices"][0]["delta"]["content"] for line in lines]
    assert pieces == ["you ", "said ", "hello"]
    whole = agent.run("invoke", *LIVE, "-m", "hello", "--no-stream", "--json").stdout
    assert json.loads(whole)["choices"][0]["message"]["content"] == "you said hello"


def test_an_error_in_an_answer_is_a_failure_with_json_too(agent: Agent) -> None:
    result = agent.run("invoke", *LIVE, "-m", "trouble", "--json", code=1)
    assert json.loads(result.stdout.splitlines()[-1]) == {"error": {"message": "out of tokens"}}
    assert result.stderr == "error: the agent answered with an error: out of tokens\n"


def test_an_error_stands_on_a_line_of_its_own(agent: Agent) -> None:
    assert agent.run("invoke", *LIVE, "-m", "break", code=1).stdout == "you said break\n"


def test_an_answer_that_may_have_been_cut_is_warned_about(agent: Agent) -> None:
    result = agent.run("invoke", *LIVE, "-m", "half")
    assert result.stdout == "you said half\n"
    assert result.stderr.startswith("warning: the answer ended without an end mark")
    assert agent.run("invoke", *LIVE, "-m", "hello").stderr == ""


def test_what_is_no_text_is_handed_on_byte_for_byte(agent: Agent) -> None:
    result = agent.run("invoke", *LIVE, "--path", "/image")
    assert result.stdout_bytes == b"\xff\xd8\x00"


def test_other_paths_are_asked_with_and_without_a_body(agent: Agent, tmp_path: Path) -> None:
    assert json.loads(agent.run("invoke", *LIVE, "--path", "health").stdout)["path"] == "/health"
    order = tmp_path / "order.json"
    order.write_text('{"item": 1}')
    told = json.loads(agent.run("invoke", *LIVE, "--path", "/echo", "-d", f"@{order}").stdout)
    assert told["body"] == '{"item": 1}'
    assert told["headers"]["content-type"] == "application/json"
    told = json.loads(agent.run("invoke", *LIVE, "--path", "/echo", "-d", "plain words").stdout)
    assert told["headers"]["content-type"] == "text/plain; charset=utf-8"


def test_what_an_agent_sends_cannot_act_on_the_terminal(agent: Agent) -> None:
    assert (
        agent.run("invoke", *LIVE, "--path", "/plain", "-d", "x").stdout == "no JSON [31mat all\n"
    )


def test_headers_come_from_the_line_a_file_and_the_environment(
    agent: Agent, tmp_path: Path
) -> None:
    headers = tmp_path / "headers"
    headers.write_bytes(b"\xef\xbb\xbfX-Two: 2\n# of the shop\n\nX-Three:3\nX-Odd: \xff\n")
    result = agent.run(
        *("invoke", *LIVE, "--path", "/echo", "-d", "x"),
        *("-H", "X-One: 1", "-H", f"@{headers}", "--header-env", "Authorization=TOKEN"),
        env={"TOKEN": f"Bearer {SECRET}"},
    )
    sent = json.loads(result.stdout)["headers"]
    assert [sent[name] for name in ("x-one", "x-two", "x-three")] == ["1", "2", "3"]
    assert sent["authorization"] == f"Bearer {SECRET}"


def test_credentials_are_never_printed_even_by_debug(
    agent: Agent, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    result = agent.run(
        *("invoke", *LIVE, "-m", "fail", "--debug", "--header-env", "Authorization=TOKEN"),
        env={"TOKEN": SECRET},
        code=1,
    )
    assert SECRET not in result.output + caplog.text
    for header in ("X-Key=TOKEN", "bad name=TOKEN"):
        result = agent.run(
            *("invoke", *LIVE, "-m", "x", "--debug", "--header-env", header),
            env={"TOKEN": f"{SECRET}\nand more"},
            code=2,
        )
        assert SECRET not in result.output
    broken = tmp_path / "headers"
    broken.write_text(SECRET)
    result = agent.run("invoke", *LIVE, "-m", "x", "-H", f"@{broken}", code=2)
    assert SECRET not in result.output
    assert "line 1 of" in result.stderr


@pytest.mark.parametrize(
    ("question", "code", "told"),
    [
        (
            "fail",
            1,
            "the agent answered 500 Internal Server Error: the model is gone. See why with",
        ),
        ("guarded", 4, "the agent answered 401 Unauthorized: who are you?. Its endpoint asks for"),
        ("trouble", 1, "the agent answered with an error: out of tokens"),
        ("break", 1, "the agent's answer broke off"),
    ],
)
def test_errors_of_the_agent_are_told_in_a_line(
    agent: Agent, question: str, code: int, told: str
) -> None:
    errors = agent.run("invoke", *LIVE, "-m", question, code=code).stderr
    assert errors.startswith(f"error: {told}"), errors
    assert errors.count("\n") == 1


def test_the_version_chooses_the_endpoint_that_serves_it_alone(agent: Agent) -> None:
    agent.cloud.calls.clear()
    agent.run("invoke", "--version", "1", "-m", "hello")
    agent.run("invoke", "--version", "LATEST", "-m", "hello")
    called = [call.path for call in agent.cloud.calls if call.operation == "InvokeAgentRuntime"]
    assert ["/live/" in called[0], "/draft/" in called[1]] == [True, True]
    errors = agent.run("invoke", "--version", "7", "-m", "hello", code=3).stderr
    assert "no endpoint serves version 7 alone: draft (version LATEST), live (version 1)" in errors


def test_an_unclear_or_unknown_endpoint_is_refused_with_the_choices(agent: Agent) -> None:
    errors = agent.run("invoke", "-m", "hello", code=2).stderr
    assert "there are several endpoints: draft (version LATEST), live (version 1)" in errors
    errors = agent.run("invoke", "-m", "hello", "--endpoint", "prod", code=3).stderr
    assert "there is no endpoint prod, but draft" in errors


def test_a_session_is_named_as_the_runtime_wants_it() -> None:
    with ThreadedServer(FakeCloud(FakeSettings(run=True))) as server:
        agent = Agent(server)
        agent.deploy(sessionAffinityType="HEADER_FIELD", headerFieldName="X-Session")
        told = agent.run("invoke", *LIVE, "--path", "/x", "--session", "s-1").stdout
        assert json.loads(told)["session"] == "s-1"
        new = agent.run("invoke", *LIVE, "--path", "/x")
        assert json.loads(new.stdout)["session"] is None
        assert "go on with --session " in new.stderr


def test_nothing_to_ask_and_two_questions_are_bad_usage(agent: Agent) -> None:
    assert "there is nothing to ask" in agent.run("invoke", *LIVE, code=2).stderr
    assert "not both" in agent.run("invoke", *LIVE, "-m", "a", "-d", "b", code=2).stderr
    errors = agent.run("invoke", *LIVE, "-m", "a", "--header-env", "X=NOT_SET", code=2).stderr
    assert "the environment has no NOT_SET" in errors
