"""`versions` and `endpoints`: what was published, and where the calls go."""

from __future__ import annotations

import pytest

from .conftest import Shop


def publish(shop: Shop, description: str) -> str:
    with shop.client as client:
        path = f"/agents/runtimes/{shop.runtime_id}/versions"
        made = client.call("PublishRuntimeVersion", "POST", path, body={"description": description})
    return str(made["agentRuntimeVersion"])


def split(shop: Shop, version: str, weight: float) -> None:
    """Give a version a share of the calls by hand."""
    with shop.client as client:
        path = f"/agents/runtimes/{shop.runtime_id}/endpoints"
        (endpoint,) = client.paginate("ListAgentRuntimeEndpoints", path)
        routing = {"versionWeights": [{"version": version, "weight": weight}]}
        client.call(
            "UpdateAgentRuntimeEndpoint",
            "PUT",
            f"{path}/{endpoint['agentRuntimeEndpointId']}",
            body={"targetVersion": "1", "routingConfiguration": routing},
        )


def test_versions_are_listed_newest_first_with_the_endpoints_that_serve_them(shop: Shop) -> None:
    shop.change(memory=4096)
    assert publish(shop, "made by hand") == "2"
    split(shop, "2", 0.2)
    versions = shop.json("versions")["versions"]
    assert [item["version"] for item in versions] == ["2", "1"]
    assert [item["endpoints"] for item in versions] == [{"live": 0.2}, {"live": 0.8}]
    assert [item["resource"] for item in versions] == [None, "release"]
    assert [item["description"] for item in versions] == ["made by hand", "the first"]
    lines = shop.run("versions").stdout.splitlines()
    assert lines[0].split() == ["VERSION", "PUBLISHED", "ENDPOINTS", "RESOURCE", "DESCRIPTION"]
    assert lines[1].startswith("2 ")
    assert "live 20 %" in lines[1]
    assert lines[1].endswith("made by hand")
    assert "live 80 %" in lines[2]
    assert len(shop.json("versions", "--limit", "1")["versions"]) == 1


def test_a_split_is_told_in_words_and_in_the_numbers_of_the_api(shop: Shop) -> None:
    shop.change(memory=4096)
    publish(shop, "two")
    split(shop, "2", 0.2)
    endpoint = shop.json("endpoints", "live")["endpoint"]
    assert endpoint["traffic"] == "80 % v1, 20 % v2"
    assert endpoint["routingConfig"] == {"weights": [{"version": "2", "weight": 0.2}]}
    assert "80 % v1, 20 % v2" in shop.run("endpoints").stdout


def test_endpoints_are_listed_with_the_resource_that_declares_them(standing: Shop) -> None:
    document = standing.json("endpoints")
    (endpoint,) = document["endpoints"]
    assert endpoint["name"] == "live"
    assert endpoint["resource"] == "production"
    heading, row = standing.run("endpoints").stdout.splitlines()
    assert heading.startswith("ENDPOINT  STATUS  TRAFFIC")
    assert row.startswith("live      READY   100 % v1")
    assert row.endswith(endpoint["url"])


def test_an_endpoint_nobody_declared_is_marked(shop: Shop) -> None:
    with shop.client as client:
        body = {"agentRuntimeEndpointName": "extra", "disablePublicNetworkAccess": True}
        path = f"/agents/runtimes/{shop.runtime_id}/endpoints"
        client.call("CreateAgentRuntimeEndpoint", "POST", path, body=body)
    row = shop.run("endpoints").stdout.splitlines()[1]
    assert row.startswith("extra")
    assert "no" in row.split()
    assert "(not declared)" in row


def test_an_unknown_endpoint_is_exit_code_3_and_tells_those_there_are(standing: Shop) -> None:
    error = standing.run("endpoints", "nope", code=3).stderr
    assert error == "error: runtime shop-agent has no endpoint nope. It has these: live\n"


@pytest.mark.parametrize("command", ["versions", "endpoints"])
def test_a_runtime_without_any_is_no_error(shop: Shop, command: str) -> None:
    with shop.client as client:
        body = {
            "agentRuntimeName": "bare",
            "artifactType": "Container",
            "containerConfiguration": {"image": "registry.example.com/a/b:1"},
            "cpu": 1,
            "memory": 2048,
            "port": 9000,
            "networkConfiguration": {"networkMode": "PUBLIC"},
        }
        client.call("CreateAgentRuntime", "POST", "/agents/runtimes", body=body)
    place = ["--name", "bare", "--region", "cn-hangzhou"]
    result = shop.run(command, *place)
    assert result.stdout == ""
    assert "Runtime bare has no" in result.stderr
    assert shop.json(command, *place)[command] == []
