"""Scripted failures, in process; each sort is shown to hit what it names and nothing else."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import requests
from agentrun_fake import FakeCloud, FakeSettings, Fault, ManualClock, mock_agentrun
from agentrun_fake.errors import BadControlRequest

from .conftest import Api, runtime

LIST = ("ListAgentRuntimes", "GET", "/agents/runtimes")
CREATE = ("CreateAgentRuntime", "POST", "/agents/runtimes")
LISTING = "https://agentrun.cn-hangzhou.aliyuncs.com/2025-09-10/agents/runtimes"


def statuses(api: Api, count: int) -> list[int]:
    return [api.reply(*LIST).status_code for _ in range(count)]


def test_the_nth_call_fails_for_some_times(api: Api, cloud: FakeCloud) -> None:
    cloud.faults.add(operation="ListAgentRuntimes", nth=2, times=2, status=503, code="Busy")
    assert statuses(api, 5) == [200, 503, 503, 200, 200]
    assert cloud.faults.report()[0] | {"matched": 5, "fired": 2} == cloud.faults.report()[0]


def test_a_fault_without_an_end_hits_all_calls_until_it_is_dropped(
    api: Api, cloud: FakeCloud
) -> None:
    cloud.faults.add(operation="List*", times=None)
    assert statuses(api, 3) == [500, 500, 500]
    assert api.create("demo")
    cloud.faults.clear()
    assert statuses(api, 1) == [200]


def test_a_chance_is_repeatable(api: Api, cloud: FakeCloud) -> None:
    runs = []
    for _ in range(2):
        cloud.faults.clear()
        cloud.faults.add(operation="List*", probability=0.5, seed=3, times=None)
        runs.append(statuses(api, 20))
    assert runs[0] == runs[1]
    assert 0 < runs[0].count(500) < 20


def test_a_fault_can_be_for_one_resource(api: Api, cloud: FakeCloud) -> None:
    cloud.faults.add(operation="CreateAgentRuntime", resource='"bad"')
    api.create("good")
    assert api.reply(*CREATE, runtime("bad")).status_code == 500


def test_before_the_service_looks_nothing_is_made_and_after_it_everything(
    api: Api, cloud: FakeCloud
) -> None:
    cloud.faults.add(operation="CreateAgentRuntime", status=502, code="X", message="m")
    cloud.faults.add(operation="CreateAgentRuntime", nth=2, when="after", status=504)
    assert api.refusal(*CREATE, runtime("before")) == (502, "X", "m")
    assert api.reply(*CREATE, runtime("after")).status_code == 504
    assert set(cloud.runtimes()) == {"after"}


@pytest.mark.parametrize(("when", "names"), [("before", set()), ("after", {"demo"})])
def test_a_dropped_connection_has_no_reply(
    api: Api, cloud: FakeCloud, when: str, names: set[str]
) -> None:
    cloud.faults.add(operation="CreateAgentRuntime", kind="drop", when=when, name="lost")
    with pytest.raises(httpx.RemoteProtocolError):
        api.create("demo")
    assert set(cloud.runtimes()) == names
    call = next(iter(cloud.calls))
    assert (call.status, call.faults) == (0, ("lost",))


def test_a_truncated_reply_breaks_while_it_is_read(api: Api, cloud: FakeCloud) -> None:
    cloud.faults.add(operation="List*", kind="truncate")
    with pytest.raises(httpx.ReadError):
        api.list()
    assert api.list()["total"] == 0


def test_throttling_carries_the_time_to_wait(api: Api, cloud: FakeCloud) -> None:
    cloud.faults.add(operation="List*", kind="throttle", retry_after_ms=250)
    reply = api.reply(*LIST)
    assert (reply.status_code, reply.headers["x-acs-retry-after"]) == (429, "250")
    assert reply.json()["code"] == "Throttling.User"


def test_throttling_asks_for_a_second_by_default(api: Api, cloud: FakeCloud) -> None:
    cloud.faults.add(Fault(kind="throttle"))
    assert api.reply(*LIST).headers["x-acs-retry-after"] == "1000"


def test_a_slow_reply_takes_its_time(api: Api, cloud: FakeCloud, clock: ManualClock) -> None:
    cloud.faults.add(operation="List*", kind="delay", delay_ms=3000)
    before = clock.now()
    api.list()
    assert clock.now() == pytest.approx(before + 3)
    api.list()
    assert clock.now() == pytest.approx(before + 3)


@pytest.mark.parametrize("patience", [2, (9, 2)])
def test_a_reply_that_comes_too_late_is_each_librarys_own_time_out(patience: Any) -> None:
    clock = ManualClock()
    with mock_agentrun(FakeSettings(verify=False), clock=clock) as cloud:
        cloud.faults.add(Fault(kind="delay", delay_ms=3000, times=None))
        with pytest.raises(requests.exceptions.ReadTimeout):
            requests.get(LISTING, timeout=patience)
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(LISTING, timeout=httpx.Timeout(9, read=2))
        assert requests.get(LISTING, timeout=4).status_code == 200
        assert requests.get(LISTING).status_code == 200  # noqa: S113 - no time-out is the point
        assert httpx.get(LISTING, timeout=4).status_code == 200
        assert [call.status for call in cloud.calls] == [200] * 5, "the service does not notice"


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ("CreateAgentRuntime", "CREATE_FAILED"),
        ("UpdateAgentRuntime", "UPDATE_FAILED"),
        ("DeleteAgentRuntime", "DELETE_FAILED"),
    ],
)
def test_what_was_started_can_end_in_failure(
    api: Api, cloud: FakeCloud, clock: ManualClock, operation: str, status: str
) -> None:
    cloud.faults.add(operation=operation, kind="create_failed", reason="image pull failed")
    runtime_id = api.create()
    clock.advance(2)
    if operation == "UpdateAgentRuntime":
        api.update(runtime_id, memory=4096)
    if operation == "DeleteAgentRuntime":
        api.delete(runtime_id)
    clock.advance(2)
    shown = api.get(runtime_id)
    assert (shown["status"], shown["statusReason"]) == (status, "image pull failed")
    api.delete(runtime_id)
    clock.advance(2)
    assert cloud.runtimes() == {}


def test_what_was_started_can_get_stuck_until_it_is_ended(
    api: Api, cloud: FakeCloud, clock: ManualClock
) -> None:
    cloud.faults.add(operation="CreateAgentRuntime", kind="stuck")
    runtime_id = api.create()
    clock.advance(1_000_000)
    assert api.get(runtime_id)["status"] == "CREATING"
    cloud.finish()
    assert api.get(runtime_id)["status"] == "READY"


def test_an_endpoint_can_fail_with_a_reason(api: Api, cloud: FakeCloud, clock: ManualClock) -> None:
    cloud.faults.add(operation="*Endpoint", kind="create_failed", reason="no quota")
    runtime_id = api.create()
    clock.advance(2)
    endpoint_id = api.create_endpoint(runtime_id)["agentRuntimeEndpointId"]
    clock.advance(2)
    shown = api.get_endpoint(runtime_id, endpoint_id)
    assert (shown["status"], shown["statusReason"]) == ("CREATE_FAILED", "no quota")
    api.update_endpoint(runtime_id, endpoint_id, description="again")
    clock.advance(2)
    repaired = api.get_endpoint(runtime_id, endpoint_id)
    assert (repaired["status"], repaired.get("statusReason")) == ("READY", None)


def test_other_services_fail_in_their_own_words(api: Api, cloud: FakeCloud) -> None:
    cloud.put_object("mine", "key", b"x")
    cloud.faults.add(operation="GetObject", status=503, code="Busy", message="a < b")
    cloud.settings = type(cloud.settings)(verify=False)
    reply = api.client.get("http://127.0.0.1/mine/key")
    assert reply.status_code == 503
    assert "<Code>Busy</Code><Message>a &lt; b</Message>" in reply.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explode"},
        {"when": "during"},
        {"nth": 0},
        {"times": 0},
        {"probability": 2},
        {"operatoin": "x"},
        {"nth": "first"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(cloud: FakeCloud, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadControlRequest):
        cloud.faults.add(**wrong)
    assert list(cloud.faults) == []
