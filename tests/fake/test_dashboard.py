"""The page for people: what it is told, and what a browser makes of it."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings, Scope, ThreadedServer

from .conftest import Api
from .dataplane.conftest import code, package

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")


def overview(cloud: FakeCloud) -> dict[str, Any]:
    with cloud.client() as client:
        found: dict[str, Any] = client.get("http://127.0.0.1/_fake/overview").json()
        return found


def page(cloud: FakeCloud) -> httpx.Response:
    with cloud.client() as client:
        return client.get("http://127.0.0.1/_fake/")


def deploy(cloud: FakeCloud, api: Api) -> str:
    """A runtime with a version, and an endpoint that sends a tenth to the draft."""
    runtime_id = api.create("demo", environmentVariables={"TOKEN": "a-secret"})
    cloud.finish()
    api.publish(runtime_id)
    weights = {"versionWeights": [{"version": "LATEST", "weight": 0.1}]}
    api.create_endpoint(runtime_id, "prod", targetVersion="1", routingConfiguration=weights)
    return runtime_id


def test_it_tells_resources_with_their_states(cloud: FakeCloud, api: Api) -> None:
    cloud.faults.add(operation="CreateAgentRuntime", kind="create_failed", reason="no image")
    api.create("broken")
    cloud.finish()
    api.create("demo")
    found = {item["name"]: item for item in overview(cloud)["records"]}
    assert (found["broken"]["status"], found["broken"]["reason"]) == ("CREATE_FAILED", "no image")
    assert (found["demo"]["kind"], found["demo"]["status"]) == ("runtime", "CREATING")


def test_it_tells_how_traffic_is_split(cloud: FakeCloud, api: Api) -> None:
    deploy(cloud, api)
    [endpoint] = overview(cloud)["endpoints"]
    assert (endpoint["runtime"], endpoint["name"]) == ("demo", "prod")
    assert endpoint["url"].endswith("/agent-runtimes/demo/endpoints/prod/invocations")
    assert endpoint["traffic"] == [
        {"version": "1", "percent": 90},
        {"version": "LATEST", "percent": 10},
    ]


def test_versions_without_traffic_are_left_out(cloud: FakeCloud, api: Api) -> None:
    runtime_id = api.create("demo")
    cloud.finish()
    api.create_endpoint(runtime_id, "prod")
    assert overview(cloud)["endpoints"][0]["traffic"] == [{"version": "LATEST", "percent": 100}]


def test_it_tells_calls_newest_first_with_counts_and_faults(cloud: FakeCloud, api: Api) -> None:
    cloud.faults.add(operation="ListAgentRuntimes", status=503, nth=2, name="outage")
    api.list()
    api.reply("ListAgentRuntimes", "GET", "/agents/runtimes")
    seen = overview(cloud)
    assert [(call["status"], call["faults"]) for call in seen["calls"]] == [
        (503, ["outage"]),
        (200, []),
    ]
    assert seen["counts"] == [["ListAgentRuntimes", 2]]
    assert [(fault["matched"], fault["fired"]) for fault in seen["faults"]] == [(2, 1)]


def test_it_tells_no_declared_fields(cloud: FakeCloud, api: Api) -> None:
    deploy(cloud, api)
    assert "a-secret" not in str(overview(cloud))


def test_it_tells_what_runs_but_not_its_output() -> None:
    cloud = FakeCloud(FakeSettings(run=True))
    with ThreadedServer(cloud) as server, httpx.Client() as client:
        api = Api(client, server.url)
        made = api.create_endpoint(api.create("runner", **code(package())))
        assert overview(cloud)["instances"] == []
        client.get(made["endpointPublicUrl"], headers={"x-agentrun-session-id": "mine"})
        [instance] = overview(cloud)["instances"]
    assert set(instance) == {
        "instanceId", "runtime", "version", "status", "calls", "sessions", "port",
    }  # fmt: skip
    told = (instance["runtime"], instance["version"], instance["status"], instance["sessions"])
    assert told == ("runner", "LATEST", "Running", 1)


def test_it_tells_buckets_and_all_accounts_and_regions(cloud: FakeCloud, api: Api) -> None:
    cloud.put_object("mine", "a", b"12345")
    deploy(cloud, api)
    with cloud.client() as client:
        Api(client, "http://agentrun.cn-beijing.aliyuncs.com").create("other")
    seen = overview(cloud)
    assert seen["buckets"] == [{"name": "mine", "objects": 1, "bytes": 5}]
    regions = {item["name"]: item["region"] for item in seen["records"]}
    assert (regions["demo"], regions["other"]) == ("cn-hangzhou", "cn-beijing")


def test_it_stays_small_whatever_there_is(
    cloud: FakeCloud, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agentrun_fake.dashboard.MOST_RECORDS", 2)
    monkeypatch.setattr("agentrun_fake.dashboard.MOST_CALLS", 3)
    for number in range(4):
        api.create(f"r{number}")
    seen = overview(cloud)
    assert len(seen["records"]) == 2
    assert seen["total"] == len(list(cloud.store.everything())) > 2
    assert len(seen["calls"]) == 3


def test_an_endpoint_whose_runtime_is_gone_is_still_shown(cloud: FakeCloud, api: Api) -> None:
    deploy(cloud, api)
    [endpoint] = cloud.records("endpoint", Scope(*cloud.home))
    endpoint.parent = None
    assert overview(cloud)["endpoints"][0]["runtime"] == ""


def test_the_page_has_no_outside_parts_and_may_run_nothing_else(cloud: FakeCloud) -> None:
    reply = page(cloud)
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert not re.search(r"""(?:src|href)\s*=|https?://|@import|url\(""", reply.text)
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; connect-src 'self'; ")
    for tag in ("script", "style"):
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", reply.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "innerHTML" not in reply.text


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_a_browser_shows_it_all_and_finds_no_fault_with_it(tmp_path: Path) -> None:
    cloud = FakeCloud(FakeSettings(seed=7))
    with ThreadedServer(cloud) as server, cloud.client() as client:
        deploy(cloud, Api(client))
        Api(client).create("evil", description="<b>bold</b>")
        cloud.mutate({"runtime": "evil"}, status="UPDATE_FAILED", reason="<img src=x onerror=1>")
        cloud.faults.add(operation="GetAgentRuntime", kind="drop", name="cable")
        shown, said = browsed(f"{server.url}/_fake/", tmp_path)
    assert "&lt;img src=x onerror=1&gt;" in shown, said
    text = html.unescape(re.sub(r"<script>.*?</script>|<[^>]+>", " ", shown, flags=re.DOTALL))
    for expected in (
        "demo",
        "UPDATE_FAILED",
        "90 % v1, 10 % LATEST",
        "cable (drop)",
        "CreateAgentRuntime",
    ):
        assert expected in text
    assert re.findall(r'style="width: (\d+)%', shown) == ["90", "10"], "the bar of the split"
    # What the page's own policy forbids, or a mistake in its script, is told on the console.
    assert "CONSOLE" not in said, said


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_a_browser_is_told_what_runs_and_where(tmp_path: Path) -> None:
    with ThreadedServer(FakeCloud(FakeSettings(run=True))) as server, httpx.Client() as client:
        api = Api(client, server.url)
        program = code(package(), "python3", "app.py")
        made = api.create_endpoint(api.create("runner", **program))
        reply = client.get(made["endpointPublicUrl"])
        shown, said = browsed(f"{server.url}/_fake/", tmp_path)
    assert reply.headers["x-fake-instance"] in shown, said
    assert "CONSOLE" not in said, said


def browsed(url: str, folder: Path) -> tuple[str, str]:
    """The page as a browser has it after its script ran, and what the browser said of it."""
    assert BROWSER is not None
    done = subprocess.run(
        [
            BROWSER,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--enable-logging=stderr",
            f"--user-data-dir={folder}",
            "--virtual-time-budget=5000",
            "--dump-dom",
            url,
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout, done.stderr
