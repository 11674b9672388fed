"""Weights split the traffic, sessions stay where they are, instances come and go."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from agentrun_fake import FakeCloud, ManualClock
from agentrun_fake.dataplane import traffic
from agentrun_fake.dataplane.traffic import Share, Splitter, shares
from agentrun_fake.store import Record

from ..conftest import Api
from .conftest import TELLS, Gate, MakeWorld, World, eventually, is_gone, package

CALLS = 1000
# Ten per cent of 1,000 calls: 100, give or take five standard deviations of sqrt(1000*0.1*0.9).
LEAST, MOST = 52, 148


def colours(world: World, url: str, count: int, **options: Any) -> Counter[str]:
    """How many calls programs of which colour answered."""
    found = Counter[str]()
    for _ in range(count):
        found[world.tell(url, **options)["environment"]["COLOUR"]] += 1
    return found


def two_versions(world: World, **fields: Any) -> str:
    """Version 1 is stable and red, version 2 is green; the endpoint serves version 1."""
    api = world.api
    url = world.deploy(package(), environmentVariables={"COLOUR": "red"}, **fields)
    api.publish(world.runtime_id)
    api.update(world.runtime_id, environmentVariables={"COLOUR": "green"})
    api.get(world.runtime_id)
    api.publish(world.runtime_id)
    route(world, "1")
    return url


def route(world: World, target: str, **canaries: float) -> None:
    """Set target and canaries (`v2=0.1`) of the endpoint."""
    weights = [{"version": name[1:], "weight": part} for name, part in canaries.items()]
    world.api.update_endpoint(
        world.runtime_id,
        world.endpoint_id,
        targetVersion=target,
        routingConfiguration={"versionWeights": weights},
    )
    world.api.get_endpoint(world.runtime_id, world.endpoint_id)


def test_a_canary_of_ten_per_cent_gets_its_part_and_a_rollback_none(world: World) -> None:
    url = two_versions(world)
    assert colours(world, url, 50) == {"red": 50}
    route(world, "1", v2=0.1)
    found = colours(world, url, CALLS)
    assert LEAST <= found["green"] <= MOST, found
    assert sum(found.values()) == CALLS
    route(world, "1")
    assert colours(world, url, CALLS) == {"red": CALLS}
    assert len(world.instances()) == 2, "one instance of each version is enough"


def test_a_reply_names_its_version_and_instance(world: World) -> None:
    url = two_versions(world)
    reply = world.client.get(url)
    (instance,) = world.instances()
    assert reply.headers["x-fake-version"] == "1"
    assert reply.headers["x-fake-instance"] == instance["instanceId"]


@pytest.mark.parametrize(
    ("fields", "split"),
    [
        ({"targetVersion": "2"}, [("2", 1.0)]),
        ({"targetVersion": "2", "weights": [("1", 0.2)]}, [("1", 0.2), ("2", 0.8)]),
        ({"targetVersion": "2", "weights": [("2", 0.2)]}, [("2", 1.0)]),
        ({"weights": [("1", 1.0)]}, [("1", 1.0), ("LATEST", 0.0)]),
        ({"targetVersion": "3", "weights": [("1", 0.5), ("2", 0.25)]},
         [("1", 0.5), ("2", 0.25), ("3", 0.25)]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("whole", [1.0, 100.0])
def test_canaries_have_their_weights_and_the_target_the_rest(
    fields: dict[str, Any], split: list[tuple[str, float]], whole: float
) -> None:
    given = dict(fields)
    weights = [{"version": name, "weight": part * whole} for name, part in given.pop("weights", [])]
    given["routingConfiguration"] = {"versionWeights": weights}
    assert shares(given, whole) == [(name, pytest.approx(part)) for name, part in split]


def test_draws_are_repeatable_and_differ_between_endpoints() -> None:
    split = [Share("1", 0.5), Share("2", 0.5)]

    def drawn(endpoint: str) -> list[str]:
        splitter = Splitter()
        return [splitter.choose(endpoint, split, None, 0, 60) for _ in range(64)]

    assert drawn("a") == drawn("a") != drawn("b")


def test_a_version_without_a_part_is_never_drawn() -> None:
    splitter, split = Splitter(), [Share("1", 1.0), Share("2", 0.0)]
    assert {splitter.choose("e", split, None, 0, 60) for _ in range(500)} == {"1"}


def test_a_session_keeps_its_version_until_it_ends_or_the_version_serves_no_more() -> None:
    splitter, half = Splitter(), [Share("1", 0.5), Share("2", 0.5)]
    sessions = [f"s{number}" for number in range(50)]

    def versions(split: list[Share], now: float) -> list[str]:
        return [splitter.choose("e", split, session, now, 60) for session in sessions]

    first = versions(half, 0)
    assert set(first) == {"1", "2"}
    assert versions(half, 59) == first
    assert versions(half, 118) == first, "each call makes the session live on"
    assert versions(half, 178) != first
    assert set(versions([Share("1", 1.0), Share("2", 0.0)], 179)) == {"1"}


def test_the_sessions_longest_without_a_call_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(traffic, "MOST_SESSIONS", 10)
    splitter, half = Splitter(), [Share("1", 0.5), Share("2", 0.5)]

    def chosen(session: str) -> str:
        return splitter.choose("e", half, session, 0, 60)

    kept = chosen("kept")
    for number in range(1000):
        chosen(f"s{number}")
        assert chosen("kept") == kept
    assert {chosen(f"s{number}") for number in range(100)} == {"1", "2"}


HEADER = "x-agentrun-session-id"


def test_a_session_of_the_header_stays_on_its_instance(
    world: World, gate: Gate, background: ThreadPoolExecutor
) -> None:
    url = two_versions(world)
    route(world, "1", v2=0.5)
    mine = {"headers": {HEADER: "mine"}}
    first = world.tell(url, **mine)["pid"]
    others = {world.tell(url, headers={HEADER: f"other-{n}"})["pid"] for n in range(20)}
    assert len(others) == 2, "both versions serve sessions"
    # A second call of a session never needs another instance, whatever else is busy.
    waiting = background.submit(world.client.get, f"{url}/gate?{gate.port}", **mine)
    gate.wait_for_a_call()
    assert {world.tell(url, **mine)["pid"] for _ in range(20)} == {first}
    gate.open()
    assert waiting.result().json()["pid"] == first


def test_a_header_of_ones_own_names_the_session_and_a_missing_one_is_made(world: World) -> None:
    affinity = {"sessionAffinityType": "HEADER_FIELD", "headerFieldName": "X-Chat"}
    url = two_versions(world, **affinity)
    route(world, "1", v2=0.5)
    made = world.client.get(url)
    headers = {"X-Chat": made.headers["x-chat"]}
    assert {world.tell(url, headers=headers)["pid"] for _ in range(10)} == {made.json()["pid"]}
    assert "x-chat" not in world.client.get(url, headers=headers).headers
    ignored = colours(world, url, 40, headers={HEADER: "the service's own header"})
    assert set(ignored) == {"red", "green"}


def test_a_cookie_names_the_session(world: World) -> None:
    url = two_versions(world, sessionAffinityType="COOKIE")
    route(world, "1", v2=0.5)
    first = world.tell(url)["pid"]
    assert HEADER in world.client.cookies
    assert {world.tell(url)["pid"] for _ in range(10)} == {first}
    name = world.client.cookies[HEADER]
    world.client.cookies.clear()
    odd = {"headers": {"cookie": f"a/b; [=x;{HEADER}={name}"}}
    assert {world.tell(url, **odd)["pid"] for _ in range(10)} == {first}
    assert "set-cookie" in world.client.get(url, headers={"cookie": f"{HEADER}="}).headers


@pytest.mark.parametrize(
    "fields", [{"sessionAffinityType": "NONE"}, {"disableSessionAffinity": True}]
)
def test_sessions_can_be_switched_off(world: World, fields: dict[str, Any]) -> None:
    url = two_versions(world, **fields)
    route(world, "1", v2=0.5)
    assert set(colours(world, url, 40, headers={HEADER: "mine"})) == {"red", "green"}


def test_calls_beyond_what_instances_may_serve_are_429(
    make_world: MakeWorld, gate: Gate, background: ThreadPoolExecutor
) -> None:
    world = make_world(max_instances=2)
    url = world.deploy(package(), sessionConcurrencyLimitPerInstance=2)
    calls = []
    for _ in range(4):
        calls.append(background.submit(world.client.get, f"{url}/gate?{gate.port}"))
        gate.wait_for_a_call()
    assert world.refusal(url) == (
        429,
        "ERR_TOO_MANY_REQUESTS",
        "agent runtime demo can't take the call: all 2 instances are busy",
    )
    gate.open()
    pids = Counter(call.result().json()["pid"] for call in calls)
    assert sorted(pids.values()) == [2, 2]
    assert world.tell(url)["pid"] in pids


def test_calls_at_once_share_an_instance_that_is_starting(
    world: World, gate: Gate, background: ThreadPoolExecutor
) -> None:
    url = world.deploy(package(), sessionConcurrencyLimitPerInstance=8)
    calls = [background.submit(world.client.get, f"{url}/gate?{gate.port}") for _ in range(4)]
    for _ in calls:
        gate.wait_for_a_call()
    gate.open()
    assert len({call.result().json()["pid"] for call in calls}) == 1
    assert len(world.instances()) == 1


def test_reserved_concurrency_limits_the_instances_and_none_blocks(
    world: World, gate: Gate, background: ThreadPoolExecutor
) -> None:
    url = two_versions(world)
    fc = Api(world.client, world.server.url, version="2023-03-30")
    path = f"/functions/agentrun-{world.runtime_id}/concurrency"

    def reserve(number: int) -> None:
        body = {"reservedConcurrency": number}
        assert fc.reply("PutConcurrencyConfig", "PUT", path, body).status_code == 200

    reserve(1)
    call = background.submit(world.client.get, f"{url}/gate?{gate.port}")
    gate.wait_for_a_call()
    assert world.refusal(url)[0] == 429
    gate.open()
    first = call.result().json()["pid"]
    assert world.tell(url)["pid"] == first
    route(world, "2")
    # The only instance that is allowed changes hands, as it is idle.
    assert world.tell(url)["environment"]["COLOUR"] == "green"
    assert eventually(lambda: is_gone(first))
    reserve(0)
    assert world.refusal(url)[0] == 429


def test_an_isolated_instance_serves_one_session_only(make_world: MakeWorld) -> None:
    world = make_world(max_instances=2)
    url = world.deploy(
        package(), enableSessionIsolation=True, sessionConcurrencyLimitPerInstance=10
    )
    pids = [world.tell(url, headers={HEADER: name})["pid"] for name in ("a", "b", "a", "b")]
    assert pids[0] == pids[2] != pids[1] == pids[3]
    third = world.tell(url, headers={HEADER: "c"})["pid"]
    assert third not in pids
    assert eventually(lambda: is_gone(pids[0])), "the longest idle one made room"
    assert world.tell(url, headers={HEADER: "b"})["pid"] == pids[1]


def test_instances_are_listed_as_function_compute_does(
    world: World, gate: Gate, background: ThreadPoolExecutor
) -> None:
    url = two_versions(world)
    assert world.instances() == []
    world.tell(url)
    route(world, "LATEST")
    world.tell(url)
    first, second = world.instances()
    assert set(first) == {
        "instanceId", "versionId", "qualifier", "status", "createdTimeMs", "resourceType",
    }  # fmt: skip
    assert (first["versionId"], first["qualifier"], first["status"]) == ("1", "1", "Running")
    assert (second["versionId"], second["qualifier"]) == ("0", "LATEST")
    assert world.instances(qualifier="LATEST") == [second]
    assert world.instances(limit=1) == [first]
    assert world.instances(limit=1, startKey=first["instanceId"]) == [second]
    assert world.instances(instanceIds=second["instanceId"]) == [second]
    assert world.instances(instanceStatus="Destroyed") == []
    assert world.instances(endTimeMs=first["createdTimeMs"] - 1) == []
    assert world.instances(startTimeMs=first["createdTimeMs"]) == [first, second]


def test_the_control_interface_tells_what_runs(
    world: World, gate: Gate, background: ThreadPoolExecutor
) -> None:
    assert world.cloud.admin("GET", "instances") == {"instances": []}
    url = world.deploy(package())
    call = background.submit(world.client.get, f"{url}/gate?{gate.port}", headers={HEADER: "mine"})
    gate.wait_for_a_call()
    (told,) = world.cloud.admin("GET", "instances")["instances"]
    (listed,) = world.instances()
    gate.open()
    assert told["pid"] == call.result().json()["pid"]
    assert told["port"] == int(call.result().json()["environment"]["PORT"])
    assert told["instanceId"] == listed["instanceId"]
    assert (told["runtime"], told["version"], told["calls"]) == ("demo", "LATEST", 1)
    assert (told["sessions"], told["output"]) == (["mine"], ["serving "])


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": "x"}, {"startTimeMs": "noon"}])
def test_a_list_of_instances_with_bad_parameters_is_refused(
    world: World, query: dict[str, Any]
) -> None:
    world.deploy(package())
    fc = Api(world.client, world.server.url, version="2023-03-30")
    path = f"/functions/agentrun-{world.runtime_id}/instances"
    reply = fc.reply("ListInstances", "GET", path, **query)
    assert (reply.status_code, reply.json()["Code"]) == (400, "InvalidArgument")


def test_instances_end_when_they_are_idle_and_their_sessions_are_over(
    make_world: MakeWorld, gate: Gate, background: ThreadPoolExecutor
) -> None:
    clock = ManualClock()
    world = make_world(clock, instance_idle_seconds=100)
    url = world.deploy(package(), sessionIdleTimeoutSeconds=300)
    idle = world.tell(url)["pid"]
    # Busy all the while, so that the next call needs another instance.
    call = background.submit(world.client.get, f"{url}/gate?{gate.port}")
    gate.wait_for_a_call()
    held = world.tell(url, headers={HEADER: "mine"})["pid"]
    assert held != idle
    clock.advance(101)
    assert len(world.instances()) == 2, "one is busy, the other has a session"
    gate.open()
    call.result()
    clock.advance(101)
    assert len(world.instances()) == 1
    assert eventually(lambda: is_gone(idle))
    clock.advance(101)
    assert world.instances() == []
    assert eventually(lambda: is_gone(held))
    destroyed = world.instances(instanceStatus="Destroyed")
    assert [item["destroyedTimeMs"] > item["createdTimeMs"] for item in destroyed] == [True] * 2


def test_idle_instances_end_though_nobody_asks(make_world: MakeWorld) -> None:
    clock = ManualClock()
    world = make_world(clock, instance_idle_seconds=100)
    pid = world.tell(world.deploy(package()))["pid"]
    clock.advance(101)
    assert eventually(lambda: is_gone(pid))


def test_output_goes_to_the_log_store(world: World) -> None:
    cloud: FakeCloud = world.cloud
    log = {"project": "agents", "logstore": "demo"}
    make_logstore(cloud, **log)
    url = world.deploy(
        package(TELLS + "print('never')"),
        logConfiguration=log,
        environmentVariables={"COLOUR": "red"},
    )
    world.tell(url, "/print?one%0Atwo")
    here = (cloud.home, "agents", "demo", 0, 1e12)
    eventually(lambda: cloud.logs.query(*here).total == 3)
    lines = cloud.logs.query(*here).lines
    assert [line.fields["message"] for line in lines] == ["serving red", "one", "two"]
    assert lines[0].topic == f"FCLogs:agentrun-{world.runtime_id}"
    (instance,) = world.instances()
    told = {name: value for name, value in lines[0].fields.items() if name != "message"}
    assert told == {
        "functionName": f"agentrun-{world.runtime_id}",
        "qualifier": "LATEST",
        "versionId": "0",
        "instanceID": instance["instanceId"],
    }


def make_logstore(cloud: FakeCloud, project: str, logstore: str) -> None:
    record = Record("logstore", f"{project}/{logstore}", logstore, {}, 0, 0, parent=project)
    with cloud.lock:
        cloud.store.add(cloud.home, record)
