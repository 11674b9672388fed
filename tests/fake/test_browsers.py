"""Web pages of others have no business with a fake on a developer's machine."""

from __future__ import annotations

import pytest
from agentrun_fake import FakeCloud, FakeSettings
from agentrun_fake.http import Request

RUNTIMES = "/2025-09-10/agents/runtimes"
PATHS = ("/_fake/health", RUNTIMES)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def cloud() -> FakeCloud:
    return FakeCloud(FakeSettings(verify=False))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:9000", "origin": "https://evil.example"},
        {"host": "127.0.0.1:9000", "origin": "https://6.6.6.6"},
        {"host": "127.0.0.1:9000", "origin": "null"},
        {"host": "127.0.0.1:9000", "origin": "https://[broken"},
        {"host": "127.0.0.1:9000", "origin": "https://localhost.evil.example"},
        {"host": "127.0.0.1:9000", "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        # A name that its owner lets point here.
        {"host": "evil.example:9000", "origin": "http://evil.example:9000"},
        {"host": "evil.example:9000", "user-agent": BROWSER},
        {"host": "evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_a_page_of_somebody_else_is_refused(
    cloud: FakeCloud, path: str, headers: dict[str, str]
) -> None:
    reply = cloud.handle(Request("GET", path, headers=headers))
    assert (reply.status, reply.json()["code"]) == (403, "ForeignPage")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "fake.test.svc.cluster.local:9000", "user-agent": "python-httpx/0.28"},
        {"host": "127.0.0.1:9000", "user-agent": BROWSER},
        {"host": "fake:9000", "user-agent": BROWSER},
        {"host": "127.0.0.1:9000", "origin": "http://127.0.0.1:9000"},
        {"host": "127.0.0.1:9000", "origin": "http://localhost:3000"},
        {"host": "[::1]:9000", "origin": "http://[::1]:9000"},
        {"host": "app.localhost:9000", "origin": "http://app.localhost:9000"},
        {"host": "192.168.1.5:9000", "origin": "http://192.168.1.5:9000"},
        {"host": "127.0.0.1", "sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
        {"host": "127.0.0.1", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
        {"host": "agentrun.cn-hangzhou.aliyuncs.com", "user-agent": BROWSER},
    ],
)
def test_others_and_pages_of_this_machine_are_served(
    cloud: FakeCloud, path: str, headers: dict[str, str]
) -> None:
    assert cloud.handle(Request("GET", path, headers=headers)).status == 200


def test_deployed_agents_are_there_for_all_pages(cloud: FakeCloud) -> None:
    path = "/agent-runtimes/demo/endpoints/prod/invocations"
    headers = {"host": "127.0.0.1", "origin": "https://shop.example"}
    assert cloud.handle(Request("POST", path, headers=headers)).status == 404
