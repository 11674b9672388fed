"""What is below `/_fake/`, and the same from Python."""

from __future__ import annotations

import json
from typing import Any

import pytest
from agentrun_fake import FakeCloud, FakeSettings, ManualClock, Scope
from agentrun_fake.calls import CallLog
from agentrun_fake.errors import BadControlRequest

from .conftest import Api


@pytest.fixture
def control(api: Api) -> Any:
    """Send a request to the control interface; status and body."""

    def send(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        content = None if body is None else json.dumps(body).encode()
        reply = api.client.request(method, f"http://127.0.0.1/_fake/{path}", content=content)
        return reply.status_code, reply.json()

    return send


def test_health_needs_no_signature_and_is_not_logged(control: Any, cloud: FakeCloud) -> None:
    assert control("GET", "health") == (
        200,
        {"status": "ok", "account": "1234567890123456", "region": "cn-hangzhou"},
    )
    assert len(cloud.calls) == 0


def test_calls_are_listed_counted_and_forgotten(control: Any, api: Api, cloud: FakeCloud) -> None:
    runtime_id = api.create()
    api.list(agentRuntimeName="demo")
    status, log = control("GET", "calls")
    assert (status, log["total"]) == (200, 2)
    assert log["counts"] == {"CreateAgentRuntime": 1, "ListAgentRuntimes": 1}
    first, second = log["calls"]
    assert first["resource"] == "runtime/demo"
    assert (first["service"], first["status"], first["write"]) == ("control", 200, True)
    assert (second["query"], second["write"]) == ("agentRuntimeName=demo", False)
    writes = control("GET", "calls?writes=1")[1]
    assert [call["operation"] for call in writes["calls"]] == ["CreateAgentRuntime"]
    assert writes["counts"] == {"CreateAgentRuntime": 1}
    assert cloud.calls.operations == ["CreateAgentRuntime", "ListAgentRuntimes"]
    assert cloud.calls.count("ListAgentRuntimes") == 1
    control("DELETE", "calls")
    assert control("GET", "calls")[1] == {"calls": [], "counts": {}, "total": 0}
    assert api.get(runtime_id)


def test_the_oldest_calls_are_forgotten_and_still_counted(api: Api, cloud: FakeCloud) -> None:
    cloud.calls = CallLog(capacity=10)
    for _ in range(25):
        api.list()
    assert len(cloud.calls) <= 10
    assert cloud.calls.count("ListAgentRuntimes") == 25


def test_reset_forgets_everything_and_begins_ids_anew(
    control: Any, api: Api, cloud: FakeCloud
) -> None:
    before = api.create()
    cloud.faults.add(operation="ListAgentRuntimes")
    cloud.pace(manual=True)
    cloud.put_object("b", "k", b"x")
    control("POST", "reset")
    assert control("GET", "state")[1] == {"records": [], "buckets": []}
    assert control("GET", "faults")[1] == {"faults": []}
    assert control("GET", "transitions")[1]["pace"]["ms"] == 1000
    assert api.create() == before


def test_the_state_shows_write_only_fields_too(control: Any, api: Api) -> None:
    api.create(armsConfiguration={"armsLicenseKey": "k"})
    records = control("GET", "state")[1]["records"]
    found = next(record for record in records if record["kind"] == "runtime")
    assert found["fields"]["armsConfiguration"] == {"armsLicenseKey": "k"}
    assert (found["status"], found["region"]) == ("CREATING", "cn-hangzhou")


@pytest.mark.parametrize(
    "body",
    [
        {"operation": "ListAgentRuntimes"},
        [{"operation": "ListAgentRuntimes"}],
        {"faults": [{"operation": "ListAgentRuntimes"}]},
    ],
)
def test_faults_are_added_alone_or_in_a_list(control: Any, api: Api, body: Any) -> None:
    status, answer = control("POST", "faults", body)
    assert (status, len(answer["faults"])) == (200, 1)
    assert api.reply("ListAgentRuntimes", "GET", "/agents/runtimes").status_code == 500
    assert control("GET", "faults")[1]["faults"][0]["fired"] == 1
    control("DELETE", "faults")
    assert control("GET", "faults")[1] == {"faults": []}


def test_of_a_list_with_a_wrong_fault_none_is_added(control: Any) -> None:
    status, answer = control("POST", "faults", [{"kind": "drop"}, {"kind": "explode"}])
    assert status == 400
    assert "explode" in answer["error"]
    assert control("GET", "faults")[1] == {"faults": []}


def test_the_pace_can_be_counted_in_reads(control: Any, api: Api) -> None:
    control("POST", "transitions", {"reads": 2})
    runtime_id = api.create()
    seen = [api.get(runtime_id)["status"] for _ in range(3)]
    assert seen == ["CREATING", "CREATING", "READY"]


def test_the_pace_can_be_set_for_one_kind_and_ended_by_hand(
    control: Any, api: Api, clock: ManualClock
) -> None:
    control("POST", "transitions", {"manual": True, "kind": "endpoint"})
    runtime_id = api.create()
    clock.advance(2)
    endpoint_id = api.create_endpoint(runtime_id)["agentRuntimeEndpointId"]
    clock.advance(1000)
    assert api.get_endpoint(runtime_id, endpoint_id)["status"] == "CREATING"
    control("POST", "transitions", {"finish": True})
    assert api.get_endpoint(runtime_id, endpoint_id)["status"] == "READY"


def test_with_no_time_to_wait_the_next_read_sees_the_end() -> None:
    with FakeCloud(FakeSettings(ready_ms=0)).client() as client:
        api = Api(client)
        made = api.create()
        assert api.get(made)["status"] == "READY"
        assert api.update(made, memory=4096)["status"] == "UPDATING"
        assert api.get(made)["memory"] == 4096
        api.delete(made)
        assert api.list()["total"] == 0


def test_things_change_behind_a_clients_back(
    control: Any, api: Api, clock: ManualClock, cloud: FakeCloud
) -> None:
    runtime_id = api.create(description="mine")
    clock.advance(2)
    api.create_endpoint(runtime_id)
    control("POST", "mutate", {"runtime": "demo", "set": {"memory": 512}, "unset": ["description"]})
    shown = api.get(runtime_id)
    assert shown["memory"] == 512
    assert "description" not in shown
    where = {"runtime": "demo", "endpoint": "prod"}
    control("POST", "mutate", {**where, "status": "CREATE_FAILED", "reason": "because"})
    assert cloud.endpoints("demo")["prod"]["status"] == "CREATE_FAILED"
    control("POST", "mutate", {**where, "delete": True})
    assert cloud.endpoints("demo") == {}
    control("POST", "mutate", {"runtime": runtime_id, "delete": True})
    assert cloud.runtimes() == {}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"runtime": "none"}, "there is no runtime 'none'"),
        ({}, "name one resource"),
        ({"endpoint": "a", "workspace": "b"}, "name one resource"),
        ([], "the body must be an object"),
        ({"runtime": "demo", "status": "ACTIVE"}, "'ACTIVE' is none of"),
        ({"runtime": "demo", "region": "cn-beijing"}, "in cn-beijing"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    control: Any, api: Api, body: Any, error: str
) -> None:
    api.create()
    status, answer = control("POST", "mutate", body)
    assert status == 400
    assert error in answer["error"]


def test_python_code_can_do_the_same(cloud: FakeCloud, api: Api) -> None:
    api.create()
    assert cloud.admin("GET", "calls?writes=1")["total"] == 1
    assert cloud.admin("POST", "mutate", {"runtime": "demo", "set": {"memory": 256}})
    assert cloud.runtimes()["demo"]["memory"] == 256
    assert cloud.runtimes(Scope("1234567890123456", "cn-beijing")) == {}
    with pytest.raises(BadControlRequest):
        cloud.find({"runtime": "none"})


def test_a_seed_makes_ids_and_times_repeatable(control: Any, api: Api) -> None:
    seen = []
    for _ in range(2):
        assert control("POST", "seed", {"seed": 5, "time": 1.7e9}) == (200, {"status": "ok"})
        assert api.list()["total"] == 0, "it begins anew"
        runtime_id = api.create()
        assert control("POST", "clock", {"advance": 60}) == (200, {"now": 1.7e9 + 60})
        seen.append(api.get(runtime_id))
    assert seen[0] == seen[1]
    assert seen[0]["createdAt"] == "2023-11-15T06:13:20.000000+08:00"
    assert seen[0]["status"] == "READY"


def test_the_machines_clock_stands_only_if_told_to() -> None:
    cloud = FakeCloud()
    with pytest.raises(ValueError, match="goes with the machine"):
        cloud.clock.advance(1)
    cloud.seed(None, 1000)
    cloud.clock.sleep(5)
    assert cloud.clock.now() == 1005
    cloud.seed(None)
    assert cloud.clock.now() > 1.7e9


def test_a_dump_brings_everything_back_with_packages_and_objects(
    control: Any, api: Api, cloud: FakeCloud
) -> None:
    cloud.put_object("bucket", "key", b"content")
    runtime_id = api.create()
    before = api.get(runtime_id)
    _, whole = control("GET", "dump")
    control("POST", "reset")
    assert control("POST", "load", whole) == (200, {"status": "ok"})
    assert control("GET", "dump")[1] == whole
    assert api.get(runtime_id) == before
    assert cloud.get_object("bucket", "key") == b"content"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"format": 0}, "another version"),
        ({"records": [{"kind": "runtime"}]}, "no state of the fake"),
        ({"records": 1}, "no state of the fake"),
        ({"blobs": []}, "blobs must be object"),
        ({"blobs": {"0": "eA=="}}, "another content"),
        ({"blobs": {"0": "?"}}, "base64"),
        ({"blobs": {}}, "is missing"),
    ],
)
def test_a_dump_that_makes_no_sense_changes_nothing(
    control: Any, api: Api, cloud: FakeCloud, change: dict[str, Any], error: str
) -> None:
    cloud.put_object("bucket", "key", b"content")
    _, whole = control("GET", "dump")
    api.create()
    status, answer = control("POST", "load", {**whole, **change})
    assert status == 400
    assert error in answer["error"]
    assert api.list()["total"] == 1


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("faults", 3, "faults must be list"),
        ("faults", ["drop"], "must be an object"),
        ("faults", {"operation": ["a"]}, "operation must be str"),
        ("faults", {"status": 99}, "no HTTP status"),
        ("faults", {"delay_ms": -1}, "count from 0"),
        ("transitions", {"ms": "1"}, "ms must be float"),
        ("transitions", {"kind": {}}, "kind must be str | None"),
        ("mutate", {"runtime": []}, "runtime must be str"),
        ("mutate", {"runtime": "a", "region": {}}, "region must be str"),
        ("mutate", {"runtime": "a", "set": 1}, "set must be object | None"),
        ("seed", {"seed": True}, "seed must be int | None"),
        ("seed", {"time": 1e300}, "time must be from 0"),
        ("clock", {}, "advance must be float"),
        ("clock", {"advance": -1}, "advance must be from 0"),
        ("load", [], "expected an object"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(
    control: Any, path: str, body: Any, error: str
) -> None:
    status, answer = control("POST", path, body)
    assert status == 400
    assert error in answer["error"]


def test_a_mistake_of_the_fake_itself_is_told_as_such(
    control: Any, cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloud.calls, "report", None)
    assert control("GET", "calls")[0] == 500


def test_assumptions_are_listed_with_their_evidence_and_switched(control: Any, api: Api) -> None:
    listed = control("GET", "assumptions")[1]["assumptions"]
    assert all(item["meaning"] and item["evidence"] for item in listed)
    assert control("POST", "assumptions", {"max_page_size": 5})[0] == 200
    refused = api.refusal("ListAgentRuntimes", "GET", "/agents/runtimes", pageSize=6)
    assert refused[2] == "pageSize must be from 1 to 5, not 6"


@pytest.mark.parametrize(
    ("change", "error"),
    [({"nothing": 1}, "there is no assumption 'nothing'"), ({"max_page_size": "5"}, "can't be")],
)
def test_an_unknown_or_wrong_assumption_is_refused(
    control: Any, change: dict[str, Any], error: str
) -> None:
    status, answer = control("POST", "assumptions", change)
    assert status == 400
    assert error in answer["error"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", "nothing", None), ("PUT", "reset", None)],
)
def test_what_the_interface_does_not_have_is_told_with_what_it_has(
    control: Any, method: str, path: str, body: Any
) -> None:
    status, answer = control(method, path, body)
    assert status == 404
    assert "POST /_fake/reset" in answer["known"]


def test_a_wrong_field_is_refused(control: Any) -> None:
    status, answer = control("POST", "transitions", {"milliseconds": 3})
    assert status == 400
    assert "milliseconds" in answer["error"]
