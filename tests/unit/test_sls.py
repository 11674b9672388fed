"""Requests to the log service: where they go, and what its answers mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from agentrun_provider.client import Client
from agentrun_provider.config import resolve
from agentrun_provider.credentials import provider_for
from agentrun_provider.errors import InvalidRequest, NotFound
from agentrun_provider.sls import LogService

Answer = Callable[[httpx.Request], httpx.Response]
KEYS = {
    "agentrun:region": "cn-hangzhou",
    "agentrun:accessKeyId": "ak",
    "agentrun:accessKeySecret": "secret",
}


def service(answer: Answer, **config: Any) -> LogService:
    settings = resolve({**KEYS, **{f"agentrun:{k}": v for k, v in config.items()}}, {})
    client = Client(
        settings,
        provider_for(settings),
        transport=httpx.MockTransport(answer),
        rng=lambda: 0.0,
        sleep=lambda _: None,
    )
    return LogService(client)


def refusal(status: int, code: str) -> httpx.Response:
    body = {"errorCode": code, "errorMessage": "no"}
    return httpx.Response(status, json=body, headers={"x-log-requestid": "r"})


@pytest.mark.parametrize(
    ("endpoint", "url", "host"),
    [
        (None, "https://logs.cn-hangzhou.log.aliyuncs.com/", "logs.cn-hangzhou.log.aliyuncs.com"),
        ("http://log.test:81", "http://logs.log.test:81/", "logs.log.test:81"),
        ("http://127.0.0.1:9611", "http://127.0.0.1:9611/", "logs.127.0.0.1:9611"),
        ("http://localhost:9611", "http://localhost:9611/", "logs.localhost:9611"),
    ],
)
def test_the_project_is_named_by_the_host(endpoint: str | None, url: str, host: str) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"projectName": "logs"})

    config = {"slsEndpoint": endpoint} if endpoint else {}
    assert service(answer, **config).find_project("logs") == {"projectName": "logs"}
    assert str(seen[0].url) == url
    assert seen[0].headers["host"] == host
    assert seen[0].headers["authorization"].startswith("LOG ak:")


def test_projects_are_made_at_the_host_of_the_region() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    assert service(answer).create_project("logs", "why") is True
    assert seen[0].url.host == "cn-hangzhou.log.aliyuncs.com"
    assert seen[0].headers["content-md5"].isupper()


@pytest.mark.parametrize("code", ["ProjectNotExist", "LogStoreNotExist", "IndexConfigNotExist"])
def test_what_is_absent_is_none_and_deleting_it_is_fine(code: str) -> None:
    logs = service(lambda _: refusal(404, code))
    assert logs.find_project("logs") is None
    assert logs.find_index("logs", "store") is None
    assert logs.list_logstores("logs") == []
    assert logs.create_logstore("logs", "store", 1, 30) is False
    logs.delete_logstore("logs", "store")
    logs.delete_project("logs")


def test_no_other_404_means_absent() -> None:
    logs = service(lambda _: refusal(404, "Other"))
    for call in (
        lambda: logs.find_project("logs"),
        lambda: logs.create_project("logs", "why"),
        lambda: logs.delete_project("logs"),
    ):
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize(
    "code",
    [
        "ProjectAlreadyExist",
        "LogStoreAlreadyExist",
        "LogstoreAlreadyExist",
        "IndexAlreadyExist",
    ],
)
def test_what_exists_already_was_made_by_somebody_else(code: str) -> None:
    assert service(lambda _: refusal(400, code)).create_project("logs", "why") is False


def test_what_exists_after_an_answer_was_lost_was_made_by_us() -> None:
    answers = iter([refusal(500, "InternalServerError"), refusal(400, "IndexAlreadyExist")])
    assert service(lambda _: next(answers)).create_index("logs", "store", {}) is True


def test_other_refusals_are_passed_on() -> None:
    with pytest.raises(InvalidRequest) as refused:
        service(lambda _: refusal(400, "ParameterInvalid")).create_project("logs", "why")
    assert "request id r" in refused.value.one_line()


def test_a_name_can_t_leave_its_place_in_the_path() -> None:
    seen: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path)
        return httpx.Response(200, json={})

    service(answer).find_index("logs", "a/../b")
    assert seen == [b"/logstores/a%2F..%2Fb/index"]
