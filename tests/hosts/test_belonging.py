"""Keys of another account: what they can't see is neither gone nor deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings, Key
from agentrun_provider.hosts.dynamic import OperationError

from .conftest import RUNTIME, Serve

OTHER = Key("otherak", "othersecret", "2222222222222222", user="somebody")
OTHERS = {"accessKeyId": OTHER.key_id, "accessKeySecret": OTHER.secret}
PARTS: dict[str, dict[str, Any]] = {
    "Runtime": RUNTIME,
    "RuntimeEndpoint": {"name": "production", "targetVersion": "LATEST"},
    "RuntimeVersion": {"fingerprint": "1"},
    "RuntimeConcurrency": {"reservedConcurrency": 3},
    "RuntimeVpcConfig": {
        "vpc": {"vpcId": "vpc-1", "vswitchIds": ["vsw-1"], "securityGroupId": "sg-1"}
    },
    "RuntimeLogConfig": {"project": "shop-logs", "logstore": "agents"},
    "RuntimeCustomDomain": {
        "domainName": "agent.example.com",
        "protocol": "HTTP",
        "route": {"path": "/*"},
    },
}


@pytest.fixture
def cloud() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud(FakeSettings(keys=(OTHER,)))) as server:
        yield server


def made(serve: Serve, kind: str) -> tuple[str, dict[str, Any]]:
    """Id and state of a resource of ours, and of the runtime that it needs."""
    runtime = serve("Runtime")
    news = PARTS[kind]
    if kind != "Runtime":
        whole = runtime.check({}, dict(RUNTIME)).inputs
        news = {**news, "runtimeId": runtime.create(whole).id, "owner": "x-pulumi-1-2"}
    provider = serve(kind)
    checked = provider.check({}, {**news, "__provider": "stamp"})
    assert checked.failures == []
    result = provider.create(checked.inputs)
    assert result.outs is not None
    return result.id, dict(result.outs)


@pytest.mark.parametrize("kind", PARTS)
def test_a_refresh_and_a_destroy_with_keys_of_another_account_lose_nothing(
    serve: Serve, cloud: ThreadedServer, kind: str
) -> None:
    resource_id, state = made(serve, kind)
    there = cloud.cloud.store.snapshot()
    # Also where the settings say that nothing has changed.
    for config in (OTHERS, {**OTHERS, "accountId": OTHER.account_id}):
        stranger = serve(kind, **config)
        told = f"is in account 1234567890123456, and these keys are of account {OTHER.account_id}"
        with pytest.raises(OperationError, match=told):
            stranger.read(resource_id, state)
        with pytest.raises(OperationError, match=told):
            stranger.delete(resource_id, state)
    assert cloud.cloud.store.snapshot() == there
    found = serve(kind).read(resource_id, state)
    assert found.id == resource_id
    assert (found.outs or {}).get("account") == state.get("account"), "also after a refresh"


@pytest.mark.parametrize("kind", ["Runtime", "RuntimeVersion"])
def test_where_the_token_service_is_out_of_reach_the_keys_are_taken_for_the_right_ones(
    serve: Serve, kind: str
) -> None:
    resource_id, state = made(serve, kind)
    nowhere = serve("Runtime", stsEndpoint="http://127.0.0.1:9")
    nowhere.delete(state.get("runtimeId", resource_id), state if kind == "Runtime" else {})
    assert serve(kind, stsEndpoint="http://127.0.0.1:9").read(resource_id, state).id == ""


def test_what_is_gone_in_the_own_account_is_gone(serve: Serve) -> None:
    resource_id, state = made(serve, "Runtime")
    provider = serve("Runtime")
    provider.delete(resource_id, state)
    assert provider.read(resource_id, state).id == ""
    provider.delete(resource_id, state)
