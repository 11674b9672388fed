"""`instances`: what runs, and commands and shells inside it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator

import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings, Key

from .agents import ACCOUNT, Agent

READER = Key("readerak", "readersecret", ACCOUNT, user="reader", deny=("fc:InstanceExec",))
SECONDS = 20


@pytest.fixture(scope="module")
def agent() -> Iterator[Agent]:
    with ThreadedServer(FakeCloud(FakeSettings(run=True, keys=(READER,)))) as server:
        made = Agent(server)
        made.deploy()
        made.run("invoke", "--endpoint", "live", "-m", "wake up")
        yield made


@pytest.fixture
def instance(agent: Agent) -> str:
    (found,) = agent.cloud.programs.instances(agent.runtime_id)
    return found.id


def test_the_list_shows_what_runs(agent: Agent, instance: str) -> None:
    heading, row = agent.run("instances", "list").stdout.splitlines()
    assert heading.split() == ["INSTANCE", "VERSION", "STATUS", "STARTED", "AGE"]
    assert row.split()[:3] == [instance, "1", "Running"]


def test_the_list_for_scripts_can_be_of_one_version(agent: Agent, instance: str) -> None:
    shown = json.loads(agent.run("instances", "list", "--json", "--version", "1").stdout)
    assert shown["runtimeId"] == agent.runtime_id
    (item,) = shown["instances"]
    assert (item["instanceId"], item["version"], item["status"]) == (instance, "1", "Running")
    none = json.loads(agent.run("instances", "list", "--json", "--version", "LATEST").stdout)
    assert none["instances"] == []


def test_no_instance_is_no_failure_of_the_list() -> None:
    with ThreadedServer(FakeCloud(FakeSettings(run=True))) as server:
        agent = Agent(server)
        agent.deploy()
        result = agent.run("instances", "list")
        assert (result.stdout, "a call starts one" in result.stderr) == ("", True)
        errors = agent.run("instances", "exec", "--", "ls", code=3).stderr
        assert errors.startswith("error: no instance runs. A call starts one")


def test_a_command_runs_in_the_folder_and_environment_of_the_agent(
    agent: Agent, instance: str
) -> None:
    result = agent.run("instances", "exec", instance, "--", "ls", "-1")
    assert result.stdout.split() == ["app.py"]
    command = 'echo "$COLOUR $FC_INSTANCE_ID" && echo aside >&2'
    result = agent.run("instances", "exec", instance, "--cmd", command)
    assert (result.stdout, result.stderr) == (f"green {instance}\n", "aside\n")


@pytest.mark.parametrize("code", [0, 3, 7, 137])
def test_the_exit_code_is_that_of_the_command(agent: Agent, code: int) -> None:
    agent.run("instances", "exec", "--cmd", f"exit {code}", code=code)


def test_a_missing_command_and_folder_end_as_in_a_shell(agent: Agent) -> None:
    assert (
        "nothing-like-it"
        in agent.run("instances", "exec", "--", "nothing-like-it", code=127).stderr
    )
    result = agent.run("instances", "exec", "-w", "/nowhere", "--", "pwd", code=2)
    assert result.stdout == ""
    assert agent.run("instances", "exec", "-w", "/tmp", "--", "pwd").stdout == "/tmp\n"


def test_the_words_of_a_command_stay_as_they_are(agent: Agent) -> None:
    words = ["a b", "$HOME", "*", "'", '"', "", "ünï", "&x=y"]
    shown = agent.run("instances", "exec", "--", "printf", "<%s>", *words).stdout
    assert shown == "".join(f"<{word}>" for word in words)


def test_a_large_output_comes_whole(agent: Agent) -> None:
    shown = agent.run("instances", "exec", "--cmd", "seq 1 60000").stdout
    assert shown == "".join(f"{number}\n" for number in range(1, 60001))


def test_a_script_comes_from_standard_input(agent: Agent) -> None:
    result = agent.run("instances", "exec", stdin="echo one\nexit 4\n", code=4)
    assert result.stdout == "one\n"


def test_an_instance_that_does_not_run_is_told_with_those_that_do(
    agent: Agent, instance: str
) -> None:
    errors = agent.run("instances", "exec", "c-gone", "--", "ls", code=3).stderr
    assert errors == f"error: instance c-gone does not run. These do: {instance}\n"


def test_a_missing_permission_is_told_with_its_name(agent: Agent) -> None:
    keys = {"AGENTRUN_ACCESS_KEY_ID": READER.key_id, "AGENTRUN_ACCESS_KEY_SECRET": READER.secret}
    errors = agent.run("instances", "exec", "--", "ls", env=keys, code=4).stderr
    assert "InstanceExec failed" in errors
    assert "fc:InstanceExec" in errors


def test_two_commands_none_and_json_are_bad_usage(agent: Agent) -> None:
    agent.run("instances", "exec", "--cmd", "ls", "--", "ls", code=2)
    agent.run("instances", "exec", "--json", "--", "ls", code=2)
    agent.run("instances", "exec", "--tty", "--", "ls", code=2)
    errors = agent.run("instances", "exec", stdin="\n", code=2).stderr
    assert errors.startswith("error: there is nothing to run")


class Typist:
    """Somebody at a terminal who works with a command."""

    def __init__(self, agent: Agent, *arguments: str) -> None:
        self.screen, theirs = pty.openpty()
        line = ["instances", "exec", "--name", "demo", *arguments]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "agentrun_provider", *line],
            env={**os.environ, **agent.environment, "TERM": "xterm", "LINES": "41"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = b""

    def type(self, text: str) -> None:
        os.write(self.screen, text.encode())

    def see(self, text: str) -> None:
        """Wait until something is on the screen."""
        deadline = time.monotonic() + SECONDS
        while text.encode() not in self.seen:
            left = deadline - time.monotonic()
            assert left > 0, self.seen
            if select.select([self.screen], [], [], left)[0]:
                self.seen += os.read(self.screen, 4096)

    def end(self) -> int:
        """Wait for the end, reading on so that nobody waits for a full screen."""
        with contextlib.suppress(OSError):
            while data := os.read(self.screen, 4096):
                self.seen += data
        return self.process.wait(SECONDS)

    def close(self) -> None:
        self.process.kill()
        self.process.wait(SECONDS)
        os.close(self.screen)


@pytest.fixture
def typist(agent: Agent) -> Iterator[Typist]:
    made = Typist(agent)
    yield made
    made.close()


def test_a_shell_takes_what_is_typed_and_gives_its_exit_code(typist: Typist) -> None:
    typist.type("echo colour is $COLOUR; tty >/dev/null && echo a terminal; stty size\r")
    typist.see("colour is green\r\n")
    typist.see("a terminal\r\n")
    typist.see("41 200\r\n")
    typist.type("exit 5\r")
    assert typist.end() == 5
    assert b"\x1e" not in typist.seen


def test_ctrl_c_goes_to_the_command_and_ctrl_bracket_leaves(typist: Typist) -> None:
    # It is the command itself that says so: before, the key would go to a shell that is only about
    # to start it.
    typist.type("sh -c \"echo star''ted; exec sleep 1000\"; echo $((40+2)) after\r")
    typist.see("started\r\n")
    typist.type("\x03")
    typist.type("echo ba''ck\r")
    typist.see("back\r\n")
    typist.type("\x1d")
    assert typist.end() == 0


def test_a_shell_that_is_ended_from_elsewhere_leaves_the_terminal_as_it_was(
    typist: Typist,
) -> None:
    def lines() -> bool:
        """Whether the terminal hands on whole lines, and not each key."""
        return bool(termios.tcgetattr(typist.screen)[3] & termios.ICANON)

    typist.type("echo rea''dy\r")
    typist.see("ready\r\n")
    assert not lines()
    typist.process.terminate()
    assert typist.end() == 128 + signal.SIGTERM
    assert lines()
