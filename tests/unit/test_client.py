"""The client sends, repeats, pages and reads as the services want it."""

from __future__ import annotations

import json
import logging
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Protocol

import httpx
import pytest
from agentrun_provider import __version__
from agentrun_provider.client import Client, path_segment
from agentrun_provider.config import Settings
from agentrun_provider.credentials import Credentials
from agentrun_provider.errors import (
    AlreadyExists,
    ConfigError,
    Conflict,
    Forbidden,
    NotFound,
    ServerFault,
    Throttled,
    TransportFault,
)
from agentrun_provider.services import AGENTRUN

PATH = "/agents/runtimes"


class Service(Protocol):
    requests: list[httpx.Request]

    def answers(self, *answers: Any) -> None: ...

    def __call__(self, request: httpx.Request) -> httpx.Response: ...


class ManualClock(Protocol):
    slept: list[float]

    def sleep(self, seconds: float) -> None: ...


Reply = Callable[..., httpx.Response]
Connect = Callable[[Settings], Client]

NOT_SENT = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout(""),
    httpx.PoolTimeout(""),
    httpx.ProxyError("no"),
]
SENT = [
    httpx.ReadTimeout(""),
    httpx.WriteTimeout(""),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.RemoteProtocolError("disconnected"),
    httpx.DecodingError("gzip"),
]


def name_of(value: object) -> str:
    return type(value).__name__


def test_a_call_gives_the_data_of_the_envelope(
    client: Client, service: Service, success: Reply
) -> None:
    service.answers(success({"agentRuntimeId": "a"}))

    assert client.call("GetAgentRuntime", "GET", f"{PATH}/a") == {"agentRuntimeId": "a"}


def test_a_request_looks_as_the_control_plane_wants_it(
    client: Client, service: Service, success: Reply
) -> None:
    service.answers(success())

    client.call(
        "CreateAgentRuntime",
        "POST",
        PATH,
        query={"b": "x y", "a": 1, "none": None},
        body={"name": "智能", "cpu": 0.5},
    )

    [sent] = service.requests
    assert str(sent.url) == (
        "https://agentrun.cn-hangzhou.aliyuncs.com/2025-09-10/agents/runtimes?a=1&b=x%20y"
    )
    assert sent.content.decode() == '{"name":"智能","cpu":0.5}'
    assert sent.headers["content-type"] == "application/json; charset=utf-8"
    assert sent.headers["accept"] == "application/json"
    assert sent.headers["x-acs-action"] == "CreateAgentRuntime"
    assert sent.headers["x-acs-version"] == "2025-09-10"
    assert sent.headers["user-agent"].startswith(f"pulumi-agentrun/{__version__} python/3.")
    assert sent.headers["authorization"].startswith("ACS3-HMAC-SHA256 Credential=testak,")


def test_a_request_without_a_body_has_no_content_type(
    client: Client, service: Service, success: Reply
) -> None:
    service.answers(success(), success())

    client.call("DeleteAgentRuntime", "DELETE", f"{PATH}/a")
    client.call("GetAgentRuntime", "GET", f"{PATH}/a")

    for sent in service.requests:
        assert "content-type" not in sent.headers
        assert sent.content == b""


def test_a_name_can_not_leave_its_part_of_the_path(
    client: Client, service: Service, success: Reply
) -> None:
    service.answers(success())

    client.call("GetX", "GET", f"{PATH}/{path_segment('../a*?b=c ~')}")

    assert service.requests[0].url.raw_path == (
        b"/2025-09-10/agents/runtimes/..%2Fa%2A%3Fb%3Dc%20~"
    )


def test_function_compute_has_no_envelope(client: Client, service: Service) -> None:
    service.answers(httpx.Response(200, json={"reservedConcurrency": 5}))

    path = "/functions/agentrun-a/concurrency"
    found = client.call_fcv3("PutConcurrencyConfig", "PUT", path, body={"reservedConcurrency": 5})

    assert found == {"reservedConcurrency": 5}
    [sent] = service.requests
    assert str(sent.url) == f"https://fcv3.cn-hangzhou.aliyuncs.com/2023-03-30{path}"
    assert sent.headers["x-acs-version"] == "2023-03-30"


def test_a_delete_may_be_answered_with_nothing(client: Client, service: Service) -> None:
    service.answers(httpx.Response(204), httpx.Response(200))

    assert client.call_fcv3("DeleteConcurrencyConfig", "DELETE", "/x") is None
    assert client.call("DeleteAgentRuntime", "DELETE", "/x") is None


def test_errors_of_function_compute_name_its_permissions(client: Client, service: Service) -> None:
    service.answers(httpx.Response(403, json={"Code": "AccessDenied", "Message": "no"}))

    with pytest.raises(Forbidden) as refused:
        client.call_fcv3("PutConcurrencyConfig", "PUT", "/x", body={})

    assert "fc:PutConcurrencyConfig" in refused.value.hint


@pytest.mark.parametrize("fault", [*NOT_SENT, *SENT], ids=name_of)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_does_no_harm_twice_is_repeated_after_any_transport_fault(
    client: Client, service: Service, success: Reply, fault: Exception, method: str
) -> None:
    service.answers(fault, success({"a": 1}))

    assert client.call("X", method, PATH) == {"a": 1}


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_faults_of_the_service_are_repeated(
    client: Client, service: Service, success: Reply, failure: Reply, status: int
) -> None:
    service.answers(failure(status), failure(status), success({"a": 1}))

    assert client.call("X", "GET", PATH) == {"a": 1}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409])
def test_refusals_are_not_repeated(
    client: Client, service: Service, failure: Reply, status: int
) -> None:
    service.answers(failure(status))

    with pytest.raises(Exception, match="HTTP"):
        client.call("X", "GET", PATH)

    assert len(service.requests) == 1


def test_already_exists_is_not_repeated_even_as_a_500(
    client: Client, service: Service, failure: Reply
) -> None:
    service.answers(failure(500, "model proxy already exists"))

    with pytest.raises(AlreadyExists):
        client.call("CreateModelProxy", "POST", PATH, body={})


def test_retries_end(
    make_client: Connect, settings: Settings, service: Service, clock: ManualClock
) -> None:
    service.answers(*[httpx.ConnectError("refused")] * 3)

    with pytest.raises(TransportFault) as fault:
        make_client(replace(settings, max_retries=2)).call("X", "GET", PATH)

    assert clock.slept == [0.25, 0.5]
    assert not fault.value.may_have_been_sent
    assert fault.value.host == "agentrun.cn-hangzhou.aliyuncs.com"
    assert "agentrun:controlEndpoint" in fault.value.hint
    assert "refused, tried 3 times. Check" in fault.value.one_line()


def test_the_pause_the_service_asks_for_is_kept(
    client: Client, service: Service, success: Reply, failure: Reply, clock: ManualClock
) -> None:
    service.answers(failure(429, **{"x-acs-retry-after": "2500"}), success())

    client.call("X", "GET", PATH)

    assert clock.slept == [2.5]


def test_each_attempt_is_signed_afresh(client: Client, service: Service, success: Reply) -> None:
    service.answers(httpx.ReadTimeout(""), success())

    client.call("X", "GET", PATH)

    nonces = {request.headers["x-acs-signature-nonce"] for request in service.requests}
    assert len(nonces) == 2


@pytest.mark.parametrize(
    "body",
    [b'{"code": "SUCCESS", "da', b"", b"<html>login</html>", b'["a"]', b'"text"'],
    ids=["truncated", "empty", "a proxy's page", "a list", "a text"],
)
def test_an_answer_that_can_not_be_read_is_a_transport_fault(
    make_client: Connect, settings: Settings, service: Service, body: bytes
) -> None:
    service.answers(httpx.Response(200, content=body))

    with pytest.raises(TransportFault) as fault:
        make_client(replace(settings, max_retries=0)).call("X", "GET", PATH)

    assert fault.value.may_have_been_sent


def test_an_answer_that_broke_off_is_asked_for_again(
    client: Client, service: Service, success: Reply
) -> None:
    service.answers(httpx.Response(200, content=b'{"code": "SUCC'), success({"a": 1}))

    assert client.call("X", "GET", PATH) == {"a": 1}


def test_an_envelope_that_tells_no_success_is_an_error(client: Client, service: Service) -> None:
    service.answers(httpx.Response(200, json={"code": "ERR_X", "message": "no", "requestId": "r"}))

    with pytest.raises(Exception, match="ERR_X"):
        client.call("X", "GET", PATH)


def test_a_redirect_is_not_followed(client: Client, service: Service) -> None:
    service.answers(httpx.Response(302, headers={"location": "https://elsewhere.test/"}))

    with pytest.raises(Exception, match="302") as refused:
        client.call("X", "GET", PATH)

    assert "controlEndpoint" in refused.value.hint  # type: ignore[attr-defined]


def test_a_certificate_nobody_trusts_is_not_tried_again(client: Client, service: Service) -> None:
    error = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")
    service.answers(error)

    with pytest.raises(TransportFault) as fault:
        client.call("X", "GET", PATH)

    assert fault.value.lasting


def test_a_host_without_tls_is_told_how_to_be_written(client: Client, service: Service) -> None:
    error = httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version number")
    error.__cause__ = ssl.SSLError()
    error.__cause__.reason = "WRONG_VERSION_NUMBER"
    service.answers(error)

    with pytest.raises(TransportFault) as fault:
        client.call("X", "GET", PATH)

    assert fault.value.hint == (
        "The host speaks plain HTTP: write agentrun:controlEndpoint with http:// in front"
    )


def test_a_request_that_can_not_be_sent_is_not_tried_again(
    client: Client, service: Service
) -> None:
    service.answers(httpx.LocalProtocolError("illegal header value"))

    with pytest.raises(TransportFault):
        client.call("X", "GET", PATH)


def test_keys_that_are_missing_are_told_without_a_request(
    settings: Settings, service: Service
) -> None:
    def no_keys() -> Credentials:
        raise ConfigError("no access keys are configured", "Set some")

    with (
        Client(settings, no_keys, transport=httpx.MockTransport(service)) as client,
        pytest.raises(ConfigError),
    ):
        client.call("X", "GET", PATH)


@pytest.mark.parametrize("fault", NOT_SENT, ids=name_of)
def test_a_create_that_did_not_arrive_is_sent_again(
    client: Client, service: Service, success: Reply, fault: Exception
) -> None:
    service.answers(fault, success({"id": "a"}))

    assert client.call("CreateX", "POST", PATH, body={}) == {"id": "a"}


@pytest.mark.parametrize("fault", SENT, ids=name_of)
def test_a_create_that_may_have_arrived_is_not_sent_again_blindly(
    client: Client, service: Service, fault: Exception
) -> None:
    service.answers(fault)

    with pytest.raises(TransportFault) as raised:
        client.call("CreateX", "POST", PATH, body={})

    assert raised.value.may_have_been_sent


def test_a_create_that_failed_inside_the_service_is_not_sent_again_blindly(
    client: Client, service: Service, failure: Reply
) -> None:
    service.answers(failure(503))

    with pytest.raises(ServerFault) as raised:
        client.call("CreateX", "POST", PATH, body={})

    assert raised.value.may_have_been_sent


def test_a_throttled_create_is_sent_again(
    client: Client, service: Service, success: Reply, failure: Reply
) -> None:
    service.answers(failure(429), failure(503, code="Throttling"), success({"id": "a"}))

    assert client.call("CreateX", "POST", PATH, body={}) == {"id": "a"}


def test_a_post_known_to_do_no_harm_is_repeated(
    client: Client, service: Service, success: Reply
) -> None:
    service.answers(httpx.ReadTimeout(""), success("done"))

    assert client.call("X", "POST", PATH, body={}, idempotent=True) == "done"


class Lookup:
    """A `find` that gives prepared answers and counts."""

    def __init__(self, *answers: dict[str, Any] | None) -> None:
        self._answers = list(answers)
        self.count = 0

    def __call__(self) -> dict[str, Any] | None:
        self.count += 1
        return self._answers.pop(0)


def create(client: Client, find: Lookup) -> dict[str, Any]:
    return client.create_once("CreateAgentRuntime", PATH, {"agentRuntimeName": "demo"}, find)


def test_creating_once_needs_no_lookup_when_all_goes_well(
    client: Client, service: Service, success: Reply
) -> None:
    service.answers(success({"id": "a"}))
    find = Lookup()

    assert create(client, find) == {"id": "a"}
    assert find.count == 0


@pytest.mark.parametrize(
    "lost", [httpx.ReadTimeout(""), httpx.RemoteProtocolError("cut"), "truncated", 500], ids=str
)
def test_what_was_made_although_the_reply_was_lost_is_found_and_not_made_twice(
    client: Client, service: Service, failure: Reply, lost: Any
) -> None:
    if lost == "truncated":
        lost = httpx.Response(200, content=b'{"code":')
    elif lost == 500:
        lost = failure(500)
    service.answers(lost)

    assert create(client, Lookup({"id": "a"})) == {"id": "a"}
    assert len(service.requests) == 1


def test_what_was_not_made_is_sent_again_after_the_lookup(
    client: Client, service: Service, success: Reply, clock: ManualClock
) -> None:
    service.answers(httpx.ReadTimeout(""), success({"id": "a"}))
    find = Lookup(None)

    assert create(client, find) == {"id": "a"}
    assert find.count == 1
    assert clock.slept == [0.25]


def test_already_exists_after_a_doubtful_attempt_means_that_it_was_ours(
    client: Client, service: Service, failure: Reply
) -> None:
    service.answers(httpx.ReadTimeout(""), failure(409, "demo already exists"))

    assert create(client, Lookup(None, {"id": "a"})) == {"id": "a"}


def test_what_is_listed_late_is_looked_for_again(
    client: Client, service: Service, failure: Reply
) -> None:
    taken = failure(409, "demo already exists")
    service.answers(httpx.ReadTimeout(""), taken, taken)

    assert create(client, Lookup(None, None, {"id": "a"})) == {"id": "a"}


def test_a_name_that_was_taken_before_is_refused_at_once(
    client: Client, service: Service, failure: Reply
) -> None:
    service.answers(failure(409, "demo already exists"))
    find = Lookup()

    with pytest.raises(AlreadyExists):
        create(client, find)

    assert find.count == 0


def test_a_name_taken_by_somebody_else_meanwhile_is_refused_in_the_end(
    make_client: Connect, settings: Settings, service: Service, failure: Reply
) -> None:
    taken = failure(409, "demo already exists")
    service.answers(httpx.ReadTimeout(""), taken, taken)

    with pytest.raises(AlreadyExists):
        create(make_client(replace(settings, max_retries=2)), Lookup(None, None, None))


def test_a_refusal_after_a_doubtful_attempt_is_told(
    client: Client, service: Service, failure: Reply
) -> None:
    service.answers(httpx.ReadTimeout(""), failure(409, "busy", "ERR_CONFLICT"))

    with pytest.raises(Conflict):
        create(client, Lookup(None))


def test_all_attempts_of_a_create_together_are_bounded(
    make_client: Connect, settings: Settings, service: Service, failure: Reply
) -> None:
    """Neither doubtful attempts nor those that are repeated at once start the count anew."""
    service.answers(httpx.ReadTimeout(""), failure(429), httpx.ConnectError("x"), failure(500))

    with pytest.raises(ServerFault):
        create(make_client(replace(settings, max_retries=3)), Lookup(None, None))


@pytest.mark.parametrize("status", [429, 500])
def test_what_is_not_unique_is_looked_up_before_every_repetition(
    client: Client, service: Service, success: Reply, failure: Reply, status: int
) -> None:
    service.answers(failure(status), failure(status), success({"id": "b"}))
    find = Lookup(None, None)

    made = client.create_once("PublishRuntimeVersion", PATH, {}, find, unique=False)

    assert made == {"id": "b"}
    assert find.count == 2


def test_what_is_not_unique_is_tried_as_often_as_anything_else(
    make_client: Connect, settings: Settings, service: Service, failure: Reply
) -> None:
    service.answers(failure(429), failure(429), failure(429))
    client = make_client(replace(settings, max_retries=2))

    with pytest.raises(Throttled) as refused:
        client.create_once(
            "PublishRuntimeVersion", PATH, {}, Lookup(None, None, None), unique=False
        )

    assert refused.value.attempts == 3
    assert len(service.requests) == 3


def test_the_lookup_is_the_last_word_when_attempts_are_used_up(
    make_client: Connect, settings: Settings, service: Service
) -> None:
    service.answers(httpx.ReadTimeout(""))

    assert create(make_client(replace(settings, max_retries=0)), Lookup({"id": "a"})) == {"id": "a"}


def test_a_lookup_that_fails_is_not_taken_for_not_found(client: Client, service: Service) -> None:
    service.answers(httpx.ReadTimeout(""))

    def find() -> dict[str, Any] | None:
        raise NotFound("C", "no such workspace", 404)

    with pytest.raises(NotFound):
        client.create_once("CreateX", PATH, {}, find)


def items(*numbers: int) -> list[dict[str, int]]:
    return [{"n": number} for number in numbers]


def listed(client: Client, **options: Any) -> list[int]:
    return [item["n"] for item in client.paginate("ListX", PATH, page_size=2, **options)]


def test_all_pages_are_listed(client: Client, service: Service, success: Reply) -> None:
    service.answers(
        success({"items": items(1, 2), "total": 5}),
        success({"items": items(3, 4), "total": 5}),
        success({"items": items(5), "total": 5}),
    )

    assert listed(client, query={"name": "x"}) == [1, 2, 3, 4, 5]
    assert [request.url.params["pageNumber"] for request in service.requests] == ["1", "2", "3"]
    assert {request.url.params["pageSize"] for request in service.requests} == {"2"}
    assert {request.url.params["name"] for request in service.requests} == {"x"}


def test_no_page_is_asked_for_beyond_the_total(
    client: Client, service: Service, success: Reply
) -> None:
    service.answers(success({"items": items(1, 2), "total": "2"}))

    assert listed(client) == [1, 2]


def test_without_a_total_a_short_page_is_the_last(
    client: Client, service: Service, success: Reply
) -> None:
    service.answers(success({"items": items(1, 2)}), success({"items": items(3)}))

    assert listed(client) == [1, 2, 3]


def test_pages_cut_shorter_than_asked_for_lose_nothing(
    client: Client, service: Service, success: Reply
) -> None:
    service.answers(
        success({"items": items(1), "total": 3}),
        success({"items": items(2), "total": 3}),
        success({"items": items(3), "total": 3}),
    )

    assert listed(client) == [1, 2, 3]


@pytest.mark.parametrize("data", [None, {}, {"items": [], "total": 9}, {"items": None}])
def test_an_empty_page_ends_the_list(
    client: Client, service: Service, success: Reply, data: Any
) -> None:
    service.answers(success(data))

    assert listed(client) == []


def test_items_may_have_another_key(client: Client, service: Service, success: Reply) -> None:
    service.answers(success({"workspaces": items(1), "total": "1"}))

    assert listed(client, key="workspaces") == [1]


def test_pages_are_fetched_only_as_far_as_they_are_wanted(
    client: Client, service: Service, success: Reply
) -> None:
    service.answers(success({"items": items(1, 2), "total": 100}))

    assert next(client.paginate("ListX", PATH, page_size=2)) == {"n": 1}


def test_requests_are_logged_without_bodies_headers_and_queries(
    client: Client, service: Service, failure: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "agentrun_provider")
    service.answers(failure(500), failure(400, "password is hidden-reply"))

    with pytest.raises(Exception, match="400"):
        client.call(
            "UpdateX", "PUT", PATH, query={"q": "hidden-query"}, body={"password": "hidden-body"}
        )

    text = caplog.text
    assert "UpdateX: PUT agentrun.cn-hangzhou.aliyuncs.com/2025-09-10/agents/runtimes" in text
    assert "attempt 2: HTTP 400 ERR_X, request id req-1" in text
    assert "hidden" not in text
    assert "authorization" not in text.lower()
    assert "Signature" not in text


def test_a_control_plane_elsewhere_does_not_pull_in_the_real_neighbours(
    make_client: Connect, settings: Settings
) -> None:
    client = make_client(replace(settings, control_endpoint="http://127.0.0.1:1"))

    with pytest.raises(ConfigError) as refused:
        client.call_fcv3("GetConcurrencyConfig", "GET", "/x")

    assert "AGENTRUN_FC_ENDPOINT" in refused.value.hint


def test_another_address_of_the_vendor_keeps_the_neighbours(
    make_client: Connect, settings: Settings, service: Service
) -> None:
    service.answers(httpx.Response(200, json={}))
    endpoint = "https://agentrun-vpc.cn-hangzhou.aliyuncs.com"

    make_client(replace(settings, control_endpoint=endpoint)).call_fcv3("X", "GET", "/x")

    assert service.requests[0].url.host == "fcv3.cn-hangzhou.aliyuncs.com"


def test_threads_share_a_client(settings: Settings) -> None:
    together = threading.Barrier(8, timeout=30)

    def answer(request: httpx.Request) -> httpx.Response:
        together.wait()
        return httpx.Response(200, json={"code": "SUCCESS", "data": json.loads(request.content)})

    with Client(
        settings, lambda: Credentials("a", "b"), transport=httpx.MockTransport(answer)
    ) as client:

        def call(number: int) -> Any:
            return client.call("X", "PUT", f"{PATH}/{number}", body=number)

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(call, range(8))) == list(range(8))


def test_a_request_can_take_a_time_out_of_its_own(
    client: Client, service: Service, success: Reply
) -> None:
    service.answers(success(), success())

    client.sender.send(AGENTRUN, "X", "GET", "https://h.test/", timeout_seconds=600.0)
    client.call("X", "GET", PATH)

    first, second = (request.extensions["timeout"] for request in service.requests)
    assert (first["connect"], first["read"]) == (5.0, 600.0)
    assert (second["connect"], second["read"]) == (5.0, 60.0)


def test_this_machine_is_reached_past_any_proxy(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")

    with Client(settings, lambda: Credentials("a", "b")) as client:
        mounts = client.sender._http._mounts
        direct = {pattern.host for pattern, transport in mounts.items() if transport is None}

    assert {"127.0.0.1", "localhost", "::1"} <= direct
