"""InstanceExec: commands in running instances, over a WebSocket, for those who may."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from agentrun_fake.settings import Key
from agentrun_fake.signatures import classic
from simple_websocket import Client, ConnectionClosed

from ..conftest import Acs3
from .conftest import SECONDS, MakeWorld, World, eventually, is_gone, package

ACCOUNT = "1234567890123456"


def signed(path: str, secret: str = "testsecret", key: str = "testak") -> dict[str, str]:
    """Headers in the way of the vendor's own client: the signature of 2016 on the newer path."""
    headers = {
        "date": format_datetime(datetime.now(timezone.utc), usegmt=True),
        "x-fc-account-id": ACCOUNT,
    }
    signature = classic.sign_fc(secret, "GET", path, headers)
    return {**headers, "authorization": f"FC {key}:{signature}"}


def exec_path(world: World) -> str:
    (instance,) = world.instances()
    function = f"agentrun-{world.runtime_id}"
    return f"/2023-03-30/functions/{function}/instances/{instance['instanceId']}/exec"


def query(*command: str, **options: Any) -> str:
    flags = {"stdin": "false", "stdout": "true", "stderr": "true", "tty": "false", **options}
    return urlencode([*(("command", word) for word in command), *flags.items()], quote_via=quote)


def connect(
    world: World, *command: str, headers: dict[str, str] | None = None, **options: Any
) -> Client:
    path = exec_path(world)
    url = f"{world.server.url.replace('http', 'ws', 1)}{path}?{query(*command, **options)}"
    # Of what arrives together with the answer to the handshake, this client takes no notice: read
    # byte by byte, nothing does.
    client = Client.connect(
        url, headers=signed(path) if headers is None else headers, receive_bytes=1
    )
    client.receive_bytes = 4096
    return client


def streams(client: Client) -> dict[int, str]:
    """All that comes until the end, by stream."""
    found: dict[int, bytes] = {}
    try:
        while message := client.receive(timeout=SECONDS):
            found[message[0]] = found.get(message[0], b"") + message[1:]
    except ConnectionClosed:
        return {mark: data.decode() for mark, data in found.items()}
    raise AssertionError(f"no end, only {found}")


@pytest.fixture
def started(world: World) -> World:
    """An agent with one instance, started by a call."""
    world.tell(world.deploy(package(), environmentVariables={"COLOUR": "green"}))
    return world


def test_a_command_runs_in_the_folder_and_environment_of_the_program(started: World) -> None:
    told = streams(connect(started, "sh", "-c", "pwd; echo $FC_INSTANCE_ID $COLOUR; echo no >&2"))
    (instance,) = started.cloud.programs.instances(started.runtime_id)
    assert instance.program is not None
    assert told == {1: f"{instance.program.folder}\n{instance.id} green\n", 2: "no\n"}


def test_streams_that_were_not_asked_for_are_not_sent(started: World) -> None:
    assert streams(connect(started, "sh", "-c", "echo a; echo b >&2", stdout="false")) == {2: "b\n"}


def test_the_code_folder_of_the_service_is_that_of_the_program(started: World) -> None:
    assert streams(connect(started, "ls", "/code")) == {1: "app.py\n"}


def test_input_reaches_the_command(started: World) -> None:
    client = connect(started, "head", "-n", "1", stdin="true")
    client.send(b"first line\n")
    assert streams(client) == {1: "first line\n"}


def test_a_terminal_is_one(started: World) -> None:
    client = connect(started, "sh", "-c", "test -t 0 && echo yes; read x; echo got $x", tty="true")
    client.send(b"word\r")
    assert "yes\r\n" in streams(client)[1].replace("word\r\n", "")


def test_a_command_that_is_not_there_is_told(started: World) -> None:
    (text,) = streams(connect(started, "no-such-program")).values()
    assert text == "'no-such-program' can't be started: No such file or directory"


def running_pid(client: Client) -> int:
    return int(client.receive(timeout=SECONDS)[1:])


def test_a_command_ends_when_its_client_goes_away(started: World) -> None:
    client = connect(started, "sh", "-c", "echo $$; sleep 1000")
    pid = running_pid(client)
    client.close()
    eventually(lambda: is_gone(pid))


def test_a_command_ends_with_its_instance(started: World) -> None:
    client = connect(started, "sh", "-c", "echo $$; sleep 1000")
    pid = running_pid(client)
    started.cloud.stop_programs()
    eventually(lambda: is_gone(pid))
    assert streams(client) == {}


def test_a_silent_command_ends_after_the_time_that_was_asked_for(started: World) -> None:
    told = streams(connect(started, "sleep", "1000", idleTimeout="1"))
    assert told == {3: "nothing was said for 1 s"}


def refusal(world: World, path: str, headers: dict[str, str], text: str = "") -> tuple[int, str]:
    """What the service says to those it refuses, read over plain HTTP."""
    upgrade = {"connection": "upgrade", "upgrade": "websocket"}
    reply = world.client.get(
        f"{world.server.url}{path}?{text or query('ls')}", headers={**upgrade, **headers}
    )
    return reply.status_code, reply.json()["Code"]


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("secret", [None, "wrong"])
def test_nobody_runs_a_command_without_a_valid_signature(
    make_world: MakeWorld, verify: bool, secret: str | None
) -> None:
    world = make_world(verify=verify)
    world.tell(world.deploy(package()))
    path = exec_path(world)
    headers = {} if secret is None else signed(path, secret)
    status, _ = refusal(world, path, headers)
    assert status in (400, 401, 403)
    assert not [call for call in world.cloud.calls if call.status == 101]


def test_a_valid_signature_is_enough_where_none_is_checked(make_world: MakeWorld) -> None:
    world = make_world(verify=False)
    world.tell(world.deploy(package()))
    assert streams(connect(world, "ls")) == {1: "app.py\n"}


def test_the_newer_signature_is_accepted_too(started: World) -> None:
    path = exec_path(started)
    request = httpx.Request(
        "GET",
        f"{started.server.url}{path}?{query('ls')}",
        # The client names the host without its port, and the host is signed.
        headers={
            "host": "127.0.0.1",
            "x-acs-action": "InstanceExec",
            "x-acs-version": "2023-03-30",
        },
    )
    (headed,) = Acs3().auth_flow(request)
    headers = {name: value for name, value in headed.headers.items() if name != "host"}
    assert streams(connect(started, "ls", headers=headers)) == {1: "app.py\n"}


def test_the_older_signature_opens_nothing_else(started: World) -> None:
    path = exec_path(started).rsplit("/", 2)[0]
    reply = started.client.get(f"{started.server.url}{path}", headers=signed(path))
    assert reply.status_code in (400, 401, 403)


def test_a_key_without_the_permission_is_refused(make_world: MakeWorld) -> None:
    key = Key("readerak", "readersecret", ACCOUNT, user="reader", deny=("fc:InstanceExec",))
    world = make_world(keys=(key,))
    world.tell(world.deploy(package()))
    path = exec_path(world)
    status, _ = refusal(world, path, signed(path, key.secret, key.key_id))
    assert status == 403


def test_only_instances_that_run_here_are_known(started: World) -> None:
    path = exec_path(started).replace("/instances/c-", "/instances/c-other-")
    assert refusal(started, path, signed(path)) == (404, "InstanceNotFound")
    path = exec_path(started)
    assert refusal(started, path, signed(path), query("ls", qualifier="7"))[0] == 404


@pytest.mark.parametrize(
    "text", [query(), query("ls", tty="maybe"), query("ls", idleTimeout="soon"), "stdin=true"]
)
def test_a_query_that_makes_no_sense_is_refused(started: World, text: str) -> None:
    path = exec_path(started)
    assert refusal(started, path, signed(path), text) == (400, "InvalidArgument")


def test_a_plain_request_is_told_to_use_a_websocket(started: World) -> None:
    path = exec_path(started)
    reply = started.client.get(f"{started.server.url}{path}?{query('ls')}", headers=signed(path))
    assert (reply.status_code, reply.json()["Message"]) == (
        400,
        "this operation is called over a WebSocket",
    )


def test_the_call_is_noted_with_its_instance(started: World) -> None:
    streams(connect(started, "ls"))
    (call,) = [call for call in started.cloud.calls if call.operation == "InstanceExec"]
    (instance,) = started.instances()
    assert call.resource.endswith(f"/instances/{instance['instanceId']}")
    assert call.status == 101
