"""`concurrency`: shown always, changed by hand only where no stack is in charge, or by force."""

from __future__ import annotations

import pytest

from .conftest import READER, Shop

BARE = ["--name", "bare", "--region", "cn-hangzhou"]


@pytest.fixture
def bare(shop: Shop) -> Shop:
    """A shop beside which there is a runtime that no stack knows."""
    body = {
        "agentRuntimeName": "bare",
        "artifactType": "Container",
        "containerConfiguration": {"image": "registry.example.com/a/b:1"},
        "cpu": 1,
        "memory": 2048,
        "port": 9000,
        "networkConfiguration": {"networkMode": "PUBLIC"},
    }
    with shop.client as client:
        client.call("CreateAgentRuntime", "POST", "/agents/runtimes", body=body)
    return shop


def test_the_setting_is_shown_with_the_resource_that_declares_it(standing: Shop) -> None:
    document = standing.json("concurrency")
    assert document["reservedConcurrency"] == 5
    assert document["resource"] == "limit"
    assert document["functionName"] == f"agentrun-{document['runtimeId']}"
    assert "reservedConcurrency: 5\n" in standing.run("concurrency", "get").stdout


def test_a_runtime_of_a_stack_is_not_changed_by_hand(standing: Shop) -> None:
    error = standing.run("concurrency", "put", "--reserved-concurrency", "9", code=2).stderr
    assert "stack dev manages this runtime" in error
    assert "reserved_concurrency=9" in error
    assert "pulumi up" in error
    assert "stack dev manages" in standing.run("concurrency", "remove", code=2).stderr
    assert standing.json("concurrency")["reservedConcurrency"] == 5


def test_a_runtime_with_the_mark_of_a_stack_is_not_changed_when_it_is_named_either(
    standing: Shop,
) -> None:
    named = ["--name", "shop-agent", "--region", "cn-hangzhou"]
    error = standing.run("concurrency", "put", "--reserved-concurrency", "9", *named, code=2).stderr
    assert "a Pulumi stack manages this runtime" in error
    assert standing.json("concurrency")["reservedConcurrency"] == 5


def test_force_changes_it_and_warns_and_the_stack_finds_the_difference(shop: Shop) -> None:
    result = shop.run("concurrency", "put", "--reserved-concurrency", "9", "--force")
    assert "reservedConcurrency: 9" in result.stdout
    assert result.stderr.startswith("warning: stack dev manages this runtime")
    declared = shop.json("info", "--check", code=5)["declared"]["resources"]
    changes = [{"field": "reserved_concurrency", "declared": 5, "live": 9}]
    assert changes in [item["differences"] for item in declared]


def test_a_runtime_that_no_stack_manages_is_changed_without_ado(bare: Shop) -> None:
    assert bare.json("concurrency", *BARE)["reservedConcurrency"] is None
    assert "reservedConcurrency: none" in bare.run("concurrency", *BARE).stdout
    result = bare.run("concurrency", "put", "--reserved-concurrency", "3", *BARE)
    assert result.stderr == ""
    assert bare.json("concurrency", *BARE)["reservedConcurrency"] == 3
    assert bare.json("concurrency", "remove", *BARE)["reservedConcurrency"] is None


def test_zero_is_warned_of_since_it_blocks_all_calls(bare: Shop) -> None:
    result = bare.run("concurrency", "put", "--reserved-concurrency", "0", *BARE)
    assert "0 blocks all calls" in result.stderr


@pytest.mark.parametrize(
    "options",
    [["put"], ["get", "--reserved-concurrency", "1"], ["remove", "--reserved-concurrency", "1"]],
)
def test_a_number_belongs_to_put_only(standing: Shop, options: list[str]) -> None:
    error = standing.run("concurrency", *options, code=2).stderr
    assert "--reserved-concurrency N belongs to put" in error


def test_a_key_without_permission_is_exit_code_4(standing: Shop) -> None:
    error = standing.run("concurrency", code=4, env=standing.as_key(READER)).stderr
    assert "fc:GetConcurrencyConfig" in error
