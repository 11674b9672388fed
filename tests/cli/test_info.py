"""`info`: a runtime as it is now, and where it is not as declared."""

from __future__ import annotations

import re

import pytest
from agentrun_provider.cli.output import Output

from .conftest import ACCOUNT, FOREIGNER, READER, STRANGER, Shop


def test_the_document_has_the_shape_of_s_info_and_says_that_all_is_as_declared(
    standing: Shop,
) -> None:
    document = standing.json("info")
    agent = document["agent"]
    assert agent["name"] == "shop-agent"
    assert agent["status"] == "READY"
    assert agent["region"] == "cn-hangzhou"
    assert agent["resources"] == {"cpu": 1, "memory": 2048, "port": 9000}
    assert set(agent["timestamps"]) == {"createdAt", "lastUpdatedAt"}
    assert agent["log"] == {"project": "shop-logs", "logstore": "agents"}
    assert agent["customDomain"]["domainName"] == "shop.example.com"
    assert agent["customDomain"]["protocol"] == "HTTP"
    (endpoint,) = agent["endpoints"]
    assert endpoint["name"] == "live"
    assert endpoint["traffic"] == "100 % v1"
    assert endpoint["url"].endswith("/agent-runtimes/shop-agent/endpoints/live/invocations")
    assert document["stack"] == {"project": "shop", "name": "dev"}
    assert document["declared"]["clean"] is True
    kinds = [item["kind"] for item in document["declared"]["resources"]]
    assert sorted(kinds) == [
        "Runtime",
        "RuntimeConcurrency",
        "RuntimeCustomDomain",
        "RuntimeEndpoint",
        "RuntimeVersion",
    ]


def test_in_a_pipe_it_is_plain_text_that_ends_with_a_verdict(standing: Shop) -> None:
    text = standing.run("info").stdout
    assert "agent:\n  id:" in text
    assert "  resources:\n    cpu:    1\n    memory: 2048\n    port:   9000\n" in text
    assert text.endswith("As declared by stack dev of project shop.\n")
    assert "\x1b" not in text
    assert "─" not in text


def test_environment_variables_are_shown_by_name_and_with_values_only_if_asked_for(
    standing: Shop,
) -> None:
    document = standing.json("info")
    assert document["agent"]["environmentVariables"] == ["API_KEY", "LOG_LEVEL"]
    assert "sk-very-secret" not in standing.run("info").output
    shown = standing.json("info", "--show-environment")["agent"]["environmentVariables"]
    assert shown == {"API_KEY": "sk-very-secret", "LOG_LEVEL": "info"}


def test_a_runtime_is_found_by_name_or_id_without_a_stack(standing: Shop) -> None:
    document = standing.json("info", "--name", "shop-agent", "--region", "cn-hangzhou")
    assert document["agent"]["name"] == "shop-agent"
    assert "stack" not in document
    found = ["--runtime-id", document["agent"]["id"], "--region", "cn-hangzhou"]
    assert standing.json("info", *found) == document


def test_a_named_runtime_takes_the_settings_of_a_stack_that_is_named_too(standing: Shop) -> None:
    document = standing.json("info", "--name", "shop-agent", "--stack", "dev")
    assert document["declared"]["clean"] is True


def test_what_was_changed_by_hand_is_shown_and_is_exit_code_5_where_asked_for(shop: Shop) -> None:
    shop.run("info", "--check")
    shop.change(memory=4096)
    result = shop.run("info")
    assert "Not as declared by stack dev of project shop:" in result.stdout
    assert result.stdout.splitlines()[-1].split() == ["Runtime", "agent", "memory", "2048", "4096"]
    shop.run("info", "--check", code=5)
    compared = shop.json("info", "--check", code=5)["declared"]["resources"]
    changes = [{"field": "memory", "declared": 2048, "live": 4096}]
    assert [item for item in compared if item["differences"]] == [
        {"kind": "Runtime", "resource": "agent", "differences": changes}
    ]


def test_a_secret_is_not_compared_and_never_shown_even_if_somebody_changed_it(shop: Shop) -> None:
    shop.change(environmentVariables={"LOG_LEVEL": "info", "API_KEY": "sk-other-secret"})
    for options in ([], ["--json"]):
        assert "secret" not in shop.run("info", *options).output.replace("[secret]", "")


def test_other_variables_that_were_changed_are_told_by_name(shop: Shop) -> None:
    shop.change(environmentVariables={"LOG_LEVEL": "debug", "API_KEY": "x", "NEW_KEY": "sk-new"})
    row = [line.split() for line in shop.run("info").stdout.splitlines()[-2:]]
    assert row[0][2:] == ["environment_variables.LOG_LEVEL", "[not", "shown]", "[not", "shown]"]
    assert row[1][2:] == ["environment_variables.NEW_KEY", "-", "[not", "shown]"]
    assert "sk-new" not in shop.run("info", "--json").output
    shown = shop.run("info", "--show-environment").stdout.splitlines()[-1].split()
    assert shown[2:] == ["environment_variables.NEW_KEY", "-", "sk-new"]


def test_an_endpoint_that_is_gone_and_one_that_nobody_declared_are_told(shop: Shop) -> None:
    with shop.client as client:
        path = f"/agents/runtimes/{shop.runtime_id}/endpoints"
        (endpoint,) = client.paginate("ListAgentRuntimeEndpoints", path)
        body = {"agentRuntimeEndpointName": "extra", "targetVersion": "LATEST"}
        client.call("CreateAgentRuntimeEndpoint", "POST", path, body=body)
        own = endpoint["agentRuntimeEndpointId"]
        client.call("DeleteAgentRuntimeEndpoint", "DELETE", f"{path}/{own}")
    declared = shop.json("info", "--check", code=5)["declared"]
    assert declared["undeclaredEndpoints"] == ["extra"]
    gone = [item["resource"] for item in declared["resources"] if item.get("gone")]
    assert gone == ["production"]
    assert "RuntimeEndpoint production" in shop.run("info").stdout


@pytest.mark.parametrize(
    "command", ["info", "versions", "endpoints", "concurrency", "instances list"]
)
def test_a_runtime_that_was_deleted_by_hand_is_not_found_and_the_way_out_is_told(
    shop: Shop, command: str
) -> None:
    path = f"/agents/runtimes/{shop.runtime_id}"
    with shop.client as client:
        for endpoint in list(client.paginate("ListAgentRuntimeEndpoints", f"{path}/endpoints")):
            own = f"{path}/endpoints/{endpoint['agentRuntimeEndpointId']}"
            client.call("DeleteAgentRuntimeEndpoint", "DELETE", own)
        client.call("DeleteAgentRuntime", "DELETE", path)
        while client.call("ListAgentRuntimes", "GET", "/agents/runtimes")["items"]:
            pass
    error = shop.run(*command.split(), code=3).stderr
    assert "does not exist in cn-hangzhou although stack dev deployed it" in error
    assert "pulumi refresh" in error
    assert error.count("\n") == 1


def test_keys_of_another_account_are_told_apart_from_a_runtime_that_is_gone(
    standing: Shop,
) -> None:
    error = standing.run("info", code=3, env=standing.as_key(FOREIGNER)).stderr
    assert f"stack dev deployed it in account {ACCOUNT}. Use keys of that account" in error
    assert "refresh" not in error


def test_another_region_is_told_apart_from_a_runtime_that_is_gone(shop: Shop) -> None:
    shop.cloud.mutate({"runtime": "shop-agent"}, delete=True)
    error = shop.run("info", "--region", "cn-shanghai", code=3).stderr
    assert "stack dev deployed it in cn-hangzhou. Leave out --region" in error
    assert "refresh" not in error


def test_a_key_that_may_not_read_a_part_is_told_so_and_sees_the_rest(standing: Shop) -> None:
    result = standing.run("info", env=standing.as_key(READER))
    assert "As declared by stack dev" in result.stdout
    assert "warning: RuntimeConcurrency limit not compared: " in result.stderr
    assert "fc:GetConcurrencyConfig" in result.stderr


def test_a_key_without_permission_is_exit_code_4_and_names_the_action(standing: Shop) -> None:
    error = standing.run("info", code=4, env=standing.as_key(STRANGER)).stderr
    assert error.startswith("error: ListAgentRuntimeEndpoints failed")
    assert "agentrun:ListAgentRuntimeEndpoints" in error


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--name", "nobody", "--region", "cn-hangzhou"], 3, "there is no runtime nobody"),
        (["--runtime-id", "x", "--region", "cn-hangzhou"], 3, "does not exist"),
        (["--name", "a", "--runtime-id", "b"], 2, "give either --name or --runtime-id"),
        (["--name", "a", "--resource", "b"], 2, "leave out --name"),
        (["--name", "a"], 2, "no region is given. Give --region, or set AGENTRUN_REGION. Or take"),
        (["--name", ""], 2, "--name is empty"),
        (["--stack", ""], 2, "--stack is empty"),
        (["--stack", "nowhere"], 3, "there is no stack nowhere"),
        (["--resource", "other"], 3, "has no runtime other, but these: agent"),
        (["--unknown"], 2, "No such option"),
    ],
)
def test_wrong_options_are_one_line_and_an_exit_code(
    standing: Shop, options: list[str], code: int, words: str
) -> None:
    assert words in standing.run("info", *options, code=code).stderr


def test_a_service_that_does_not_answer_is_exit_code_1(standing: Shop) -> None:
    env: dict[str, str | None] = {
        "AGENTRUN_CONTROL_ENDPOINT": "http://127.0.0.1:1",
        "AGENTRUN_MAX_RETRIES": "0",
    }
    error = standing.run("info", code=1, env=env).stderr
    assert "got no usable answer from 127.0.0.1:1" in error
    assert "agentrun:controlEndpoint" in error


@pytest.fixture
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Output, "drawn", property(lambda self: not self.as_json))
    monkeypatch.setenv("COLUMNS", "160")


def test_on_a_terminal_endpoints_and_differences_are_drawn_as_tables(
    shop: Shop, on_a_terminal: None
) -> None:
    shop.change(memory=4096)
    text = shop.run("info").stdout
    assert "─" in text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert re.search(r"live +READY +100 % v1 +http", plain)
    assert re.search(r"Runtime agent +memory +2048 +4096", plain)


def test_on_a_terminal_the_findings_of_doctor_are_coloured(
    standing: Shop, on_a_terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    text = standing.run("doctor", code=5, env={"NO_COLOR": None}).stdout
    assert "\x1b[32mok    \x1b[0mruntime: shop-agent is READY\n" in text
    assert "      Create the role, trusted by fc.aliyuncs.com" in text
