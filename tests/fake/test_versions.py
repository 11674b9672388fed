"""Versions are snapshots that nothing changes (section 3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from agentrun_fake import FakeCloud, ManualClock

from .conftest import Api


@pytest.fixture
def runtime_id(api: Api, clock: ManualClock) -> str:
    made = api.create()
    clock.advance(2)
    return made


def versions(api: Api, runtime_id: str, **query: int) -> dict[str, object]:
    path = f"/agents/runtimes/{runtime_id}/versions"
    return api.call("ListAgentRuntimeVersions", "GET", path, **query)


def refused_publish(api: Api, runtime_id: str) -> tuple[int, str, str]:
    path = f"/agents/runtimes/{runtime_id}/versions"
    return api.refusal("PublishRuntimeVersion", "POST", path, {})


def test_numbers_rise_and_snapshots_stay(api: Api, clock: ManualClock, runtime_id: str) -> None:
    first = api.publish(runtime_id, description="one", publisher="me")
    assert first["agentRuntimeVersion"] == "1"
    assert first["description"] == "one"
    assert first["agentRuntimeName"] == "demo"
    assert "publisher" not in first
    api.update(runtime_id, memory=4096, description="changed")
    clock.advance(2)
    assert api.publish(runtime_id)["agentRuntimeVersion"] == "2"

    old = api.get(runtime_id, agentRuntimeVersion="1")
    assert (old["memory"], old["agentRuntimeVersion"], old["status"]) == (2048, "1", "READY")
    assert "description" not in old
    assert old["agentRuntimeId"] == runtime_id
    assert api.get(runtime_id, agentRuntimeVersion="2")["memory"] == 4096
    assert api.get(runtime_id, agentRuntimeVersion="LATEST")["memory"] == 4096


def test_a_version_that_was_not_published_does_not_exist(api: Api, runtime_id: str) -> None:
    status, _, message = api.refusal(
        "GetAgentRuntime", "GET", f"/agents/runtimes/{runtime_id}", agentRuntimeVersion="7"
    )
    assert status == 404
    assert message == f"version 7 of agent runtime {runtime_id} does not exist"


def test_the_list_is_paged_newest_first_with_the_draft_on_top(
    api: Api, runtime_id: str, assume: Callable[..., None]
) -> None:
    for _ in range(3):
        api.publish(runtime_id)
    page = versions(api, runtime_id, pageSize=3)
    assert page["total"] == 4
    numbers = [item["agentRuntimeVersion"] for item in page["items"]]  # type: ignore[attr-defined]
    assert numbers == ["LATEST", "3", "2"]
    assume(list_holds_latest=False)
    assert versions(api, runtime_id)["total"] == 3


@pytest.mark.parametrize(("mode", "number"), [("new", "2"), ("same", "1")])
def test_publishing_without_a_change_is_treated_as_assumed(
    api: Api, runtime_id: str, assume: Callable[..., None], mode: str, number: str
) -> None:
    assume(publish_unchanged=mode)
    api.publish(runtime_id)
    assert api.publish(runtime_id)["agentRuntimeVersion"] == number


def test_publishing_without_a_change_is_refused_if_that_is_assumed(
    api: Api, runtime_id: str, assume: Callable[..., None], clock: ManualClock
) -> None:
    assume(publish_unchanged="refuse")
    api.publish(runtime_id)
    assert refused_publish(api, runtime_id)[::2] == (400, "nothing changed since version 1")
    api.update(runtime_id, memory=4096)
    clock.advance(2)
    assert api.publish(runtime_id)["agentRuntimeVersion"] == "2"


def test_a_busy_runtime_is_not_published(
    api: Api, runtime_id: str, assume: Callable[..., None]
) -> None:
    api.update(runtime_id, memory=4096)
    message = "runtime must be in READY status to publish a version"
    assert refused_publish(api, runtime_id) == (400, "ERR_BAD_REQUEST", message)
    assume(publish_needs_ready=False)
    assert api.publish(runtime_id)["agentRuntimeVersion"] == "1"


def test_versions_vanish_with_their_runtime_and_numbers_begin_anew(
    api: Api, runtime_id: str, cloud: FakeCloud, clock: ManualClock
) -> None:
    api.publish(runtime_id)
    api.delete(runtime_id)
    clock.advance(2)
    assert cloud.records("version") == []
    again = api.create()
    clock.advance(2)
    assert api.publish(again)["agentRuntimeVersion"] == "1"


def test_a_change_behind_everyones_back_does_not_reach_a_version(
    api: Api, runtime_id: str, cloud: FakeCloud
) -> None:
    api.publish(runtime_id)
    cloud.mutate({"runtime": "demo"}, set={"memory": 512})
    assert api.get(runtime_id)["memory"] == 512
    assert api.get(runtime_id, agentRuntimeVersion="1")["memory"] == 2048
