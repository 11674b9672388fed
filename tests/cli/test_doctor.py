"""`doctor`: each check with a case that is in order and one that is not, and what to do then."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from agentrun_fake.server import ThreadedServer
from agentrun_provider.checkup.access import masked, origin
from agentrun_provider.checkup.network import check_clock, probe_all
from agentrun_provider.checkup.resources import RAM
from agentrun_provider.cli.main import main
from agentrun_provider.client import Client
from agentrun_provider.config import resolve
from agentrun_provider.signing import canonical_query, utc_now
from agentrun_provider.sls import LogService
from click.testing import CliRunner

from .conftest import ACCOUNT, READER, STRANGER, Shop

TRUST = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": {"Service": ["fc.aliyuncs.com"]}}]}
)
NO_TRUST = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": {"Service": ["ecs.aliyuncs.com"]}}]}
)


def make_role(client: Client, name: str, trust: str) -> None:
    query = canonical_query({"RoleName": name, "AssumeRolePolicyDocument": trust})
    client.sender.send(
        RAM,
        "CreateRole",
        "POST",
        f"{client.settings.sts_url}/?{query}",
        headers={"x-acs-action": "CreateRole", "x-acs-version": RAM.version},
    )


@pytest.fixture(scope="module")
def complete(standing: Shop) -> Shop:
    """A shop whose role and logs exist."""
    with standing.client as client:
        make_role(client, "shopRole", TRUST)
        logs = LogService(client)
        logs.create_project("shop-logs", "logs of the shop")
        logs.create_logstore("shop-logs", "agents", 1, 30)
        logs.create_index("shop-logs", "agents", {"line": {"token": [" "]}, "ttl": 30})
    return standing


def examined(shop: Shop, *options: str, env: dict[str, str | None] | None = None) -> Any:
    """What `doctor --json` prints; its exit code has to say whether anything failed."""
    line = ["doctor", "--cwd", str(shop.folder), *options, "--json"]
    result = CliRunner().invoke(main, line, env={**shop.environment, **(env or {})})
    document = json.loads(result.stdout)
    assert result.exit_code == (5 if document["summary"]["fail"] else 0)
    return document


def found(document: Any, check: str, status: str) -> list[str]:
    """Messages and fixes of the findings of a check that have a status."""
    return [
        f"{item['message']} | {item['fix']}"
        for item in document["checks"]
        if item["check"] == check and item["status"] == status
    ]


def test_all_in_order_is_exit_code_0(complete: Shop) -> None:
    document = examined(complete)
    assert document["summary"]["fail"] == 0
    assert found(document, "runtime", "ok") == ["shop-agent is READY | "]
    assert found(document, "endpoints", "ok") == ["live is READY | "]
    assert found(document, "role", "ok") == ["shopRole exists and trusts fc.aliyuncs.com | "]
    assert found(document, "logs", "ok") == ["shop-logs/agents exists and is indexed | "]
    assert len(found(document, "address", "ok")) == 7
    assert found(document, "clock", "ok") == ["less than 60 s off | "]
    assert found(document, "stack", "ok") == ["dev of shop, read from its files | "]
    assert len(found(document, "permission", "ok")) == 6
    # Every finding that is not in order says what to do.
    assert [
        item for item in document["checks"] if item["status"] == "warn" and not item["fix"]
    ] == []


def test_people_get_a_line_for_each_finding_and_a_count(complete: Shop) -> None:
    text = complete.run("doctor").stdout
    assert "ok    runtime: shop-agent is READY\n" in text
    assert text.splitlines()[-1].split()[1] == "ok,"
    assert "testsecret" not in text


def test_wrong_keys_are_found_and_what_needs_keys_is_left_out(standing: Shop) -> None:
    env: dict[str, str | None] = {"AGENTRUN_ACCESS_KEY_SECRET": "wrong"}
    document = examined(standing, env=env)
    (told,) = found(document, "account", "fail")
    assert "SignatureDoesNotMatch" in told
    assert "The access key secret is wrong" in told
    assert found(document, "runtime", "skip") == ["needs keys that the service takes | "]
    assert len(found(document, "address", "ok")) == 7


def test_a_token_service_that_can_not_be_reached_keeps_nothing_else_from_being_looked_at(
    standing: Shop,
) -> None:
    env: dict[str, str | None] = {
        "AGENTRUN_STS_ENDPOINT": "http://127.0.0.1:1",
        "AGENTRUN_ACCOUNT_ID": ACCOUNT,
    }
    document = examined(standing, env=env)
    (told,) = found(document, "account", "fail")
    assert "agentrun:stsEndpoint" in told
    assert found(document, "runtime", "ok") == ["shop-agent is READY | "]


def test_a_control_plane_that_does_not_answer_is_asked_no_more(standing: Shop) -> None:
    env: dict[str, str | None] = {"AGENTRUN_CONTROL_ENDPOINT": "http://127.0.0.1:1"}
    document = examined(standing, env=env)
    assert len(found(document, "address", "fail")) == 1
    (told,) = found(document, "runtime", "skip")
    assert "needs the control plane" in told
    assert found(document, "permission", "fail") == []


def test_what_has_failed_behind_the_back_of_the_stack_says_how_to_mend_it(shop: Shop) -> None:
    shop.cloud.mutate(
        {"runtime": "shop-agent"}, status="UPDATE_FAILED", reason="no \x1b[31mimage\nat all"
    )
    live = {"runtime": "shop-agent", "endpoint": "live"}
    shop.cloud.mutate(live, status="CREATE_FAILED", reason="no address")
    text = shop.run("doctor", code=5).stdout
    assert "fail  runtime: shop-agent is UPDATE_FAILED: no [31mimage at all\n" in text
    assert "if that finds nothing to do, deploy a change to the runtime\n" in text
    assert "`pulumi up --replace URN` makes it again" in text


def test_no_keys_at_all_are_found_and_the_places_for_them_told(standing: Shop) -> None:
    env: dict[str, str | None] = {
        "AGENTRUN_ACCESS_KEY_ID": None,
        "AGENTRUN_ACCESS_KEY_SECRET": None,
    }
    (told,) = found(examined(standing, env=env), "credentials", "fail")
    assert "no access keys are configured" in told
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in told


def test_an_account_that_is_not_the_keys_is_found(standing: Shop) -> None:
    env: dict[str, str | None] = {"AGENTRUN_ACCOUNT_ID": "999"}
    (told,) = found(examined(standing, env=env), "account", "fail")
    assert f"the keys are of account {ACCOUNT}, but 999 is configured" in told


def test_keys_of_the_account_itself_are_warned_of_and_keys_of_a_user_are_not(
    complete: Shop,
) -> None:
    (told,) = found(examined(complete), "account", "warn")
    assert "RAM user" in told
    document = examined(complete, env=complete.as_key(READER))
    (told,) = found(document, "account", "ok")
    assert told.startswith(f"{ACCOUNT}, acs:ram::{ACCOUNT}:user/reader")


def test_an_address_where_nobody_answers_is_found_and_its_setting_named(standing: Shop) -> None:
    env: dict[str, str | None] = {
        "AGENTRUN_OSS_ENDPOINT": "http://127.0.0.1:1",
        "AGENTRUN_SLS_ENDPOINT": standing.server.url.replace("http:", "https:"),
        "AGENTRUN_FC_ENDPOINT": None,
    }
    told = found(examined(standing, env=env), "address", "fail")
    assert [line.split(":")[0] for line in told] == [
        "function compute",
        "function compute, uploads",
        "object storage, uploads",
        "log service",
    ]
    assert "agentrun:fcEndpoint" in told[0]
    assert "agentrun:ossEndpoint" in told[2]
    assert "The host speaks plain HTTP" in told[3]


def test_a_role_that_does_not_exist_or_does_not_trust_the_service_is_found(
    shop: Shop,
) -> None:
    (told,) = found(examined(shop), "role", "fail")
    assert told.startswith("there is no RAM role shopRole | Create the role")
    with shop.client as client:
        make_role(client, "shopRole", NO_TRUST)
    (told,) = found(examined(shop), "role", "fail")
    assert "does not trust fc.aliyuncs.com" in told


def test_missing_logs_are_found_one_after_the_other(shop: Shop) -> None:
    def logs(status: str) -> str:
        (told,) = found(examined(shop), "logs", status)
        return str(told)

    assert logs("fail").startswith("there is no log project shop-logs")
    with shop.client as client:
        service = LogService(client)
        service.create_project("shop-logs", "logs of the shop")
        assert logs("fail").startswith("there is no logstore shop-logs/agents")
        service.create_logstore("shop-logs", "agents", 1, 30)
    assert logs("warn").startswith("shop-logs/agents has no index")


def test_a_missing_permission_is_found_with_the_action_to_grant(standing: Shop) -> None:
    document = examined(standing, env=standing.as_key(READER))
    told = found(document, "permission", "fail")
    assert [line.split(":")[1] for line in told] == ["GetConcurrencyConfig", "ListInstances"]
    assert "Grant the RAM action fc:GetConcurrencyConfig" in told[0]
    assert len(found(document, "permission", "ok")) == 4


def test_a_key_that_may_not_see_the_runtime_gets_that_as_the_finding(standing: Shop) -> None:
    document = examined(standing, env=standing.as_key(STRANGER))
    (told,) = found(document, "runtime", "fail")
    assert "Grant the RAM action agentrun:GetAgentRuntime" in told


def test_secrets_that_can_not_be_read_are_found(shop: Shop) -> None:
    place = ["--cwd", str(shop.folder), "--stack", "dev"]
    line = ["local", "config", "set", "--secret", "shop:token", "s3cret", *place]
    assert CliRunner().invoke(main, line, env=shop.environment).exit_code == 0
    assert found(examined(shop), "passphrase", "ok") == ["secrets of the configuration: 1 | "]
    env: dict[str, str | None] = {"PULUMI_CONFIG_PASSPHRASE": "wrong"}
    (told,) = found(examined(shop, env=env), "passphrase", "fail")
    assert "incorrect passphrase" in told
    env = {"PULUMI_CONFIG_PASSPHRASE": None}
    (told,) = found(examined(shop, env=env), "passphrase", "fail")
    assert "PULUMI_CONFIG_PASSPHRASE" in told


def test_without_a_project_the_general_checks_are_made(standing: Shop, tmp_path: Path) -> None:
    document = examined(standing, "--cwd", str(tmp_path), "--region", "cn-hangzhou")
    assert document["summary"]["fail"] == 0
    assert found(document, "stack", "ok") == []
    assert len(found(document, "runtime", "skip")) == 1
    assert len(found(document, "permission", "ok")) == 1


def test_a_stack_that_has_nothing_deployed_is_no_failure(standing: Shop, tmp_path: Path) -> None:
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        (tmp_path / name).write_text((standing.folder / name).read_text())
    state = tmp_path / "state/.pulumi/stacks/shop"
    state.mkdir(parents=True)
    empty = {"version": 3, "checkpoint": {"stack": "organization/shop/dev", "latest": {}}}
    (state / "dev.json").write_text(json.dumps(empty))
    env: dict[str, str | None] = {"PULUMI_BACKEND_URL": f"file://{tmp_path}/state"}
    document = examined(standing, "--cwd", str(tmp_path), env=env)
    (told,) = found(document, "runtime", "skip")
    assert "stack dev has deployed no runtime" in told


def test_a_missing_region_is_found_with_the_ways_to_set_it(standing: Shop, tmp_path: Path) -> None:
    (told,) = found(examined(standing, "--cwd", str(tmp_path)), "settings", "fail")
    assert "no region is given" in told
    assert "AGENTRUN_REGION" in told


@pytest.mark.parametrize(
    ("seconds", "status", "words"),
    [
        (0, "ok", "less than 60 s off"),
        (120, "warn", "s ahead of the services; 15 minutes are allowed"),
        (-3600, "fail", "s behind the services: signatures are refused"),
    ],
)
def test_the_clock_is_compared_with_the_dates_of_the_answers(
    server: ThreadedServer, seconds: int, status: str, words: str
) -> None:
    config = {
        f"agentrun:{name}Endpoint": server.url
        for name in ("control", "fc", "oss", "sls", "sts", "data")
    }
    settings = resolve({"agentrun:region": "cn-hangzhou", **config}, {})
    probes = probe_all(settings, "", clock=lambda: utc_now() + timedelta(seconds=seconds + 0.5))
    (finding,) = check_clock(probes)
    assert finding.status == status
    assert words in finding.message
    assert bool(finding.fix) == (status != "ok")


def test_without_any_answer_nothing_is_said_about_the_clock() -> None:
    (finding,) = check_clock([])
    assert finding.status == "skip"


@pytest.mark.parametrize(
    ("config", "environ", "profile", "words"),
    [
        ({}, {"AGENTRUN_ACCESS_KEY_ID": "a"}, "p", "profile p"),
        (
            {"agentrun:accessKeyId": "a"},
            {"AGENTRUN_ACCESS_KEY_ID": "a"},
            None,
            "the stack's configuration",
        ),
        (
            {},
            {"ALIBABA_CLOUD_ACCESS_KEY_ID": "a", "AGENTRUN_ACCESS_KEY_ID": "b"},
            None,
            "the environment (AGENTRUN_ACCESS_KEY_ID)",
        ),
        ({}, {"ALIBABA_CLOUD_PROFILE": "p"}, None, "the environment (ALIBABA_CLOUD_PROFILE)"),
        ({}, {"AGENTRUN_ACCESS_KEY_ID": " "}, None, "the default credentials chain"),
    ],
)
def test_the_place_that_the_keys_come_from_is_told(
    config: dict[str, str], environ: dict[str, str], profile: str | None, words: str
) -> None:
    assert origin(config, environ, profile).startswith(words)


def test_a_key_id_is_masked_and_a_short_one_more_so() -> None:
    assert masked("LTAI5tABCDEFGHIJ") == "LTAI****GHIJ"
    assert masked("testak") == "te****"
