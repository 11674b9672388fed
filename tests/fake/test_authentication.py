"""Who may talk to the fake: signatures, clocks, nonces, keys, and each service's own refusals."""

from __future__ import annotations

import base64
import hashlib
import hmac
from email.utils import formatdate
from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings, Key, ManualClock
from agentrun_fake.keyring import KeyRing, Refused, read_time

from .conftest import Acs3, Api, runtime

LIST = ("ListAgentRuntimes", "GET", "/agents/runtimes")


class Tampering(Acs3):
    """Signs, and then changes headers."""

    def __init__(self, **changes: str) -> None:
        super().__init__()
        self.changes = {name.replace("_", "-"): value for name, value in changes.items()}

    def auth_flow(self, request: httpx.Request) -> Any:
        for signed in super().auth_flow(request):
            signed.headers.update(self.changes)
            yield signed


def refused(api: Api, *call: Any) -> tuple[int, str]:
    """Status and code in the gateway's envelope, which has capital letters."""
    reply = api.reply(*(call or LIST))
    body = reply.json()
    assert set(body) == {"RequestId", "HostId", "Code", "Message", "Recommend"}, body
    return reply.status_code, body["Code"]


def test_an_unsigned_request_is_refused(api: Api) -> None:
    api.auth = httpx.Auth()
    assert refused(api) == (400, "MissingAuthorization")


def test_an_unknown_key_is_refused(api: Api) -> None:
    api.auth = Acs3(key_id="nobody")
    assert refused(api) == (404, "InvalidAccessKeyId.NotFound")


def test_a_wrong_secret_is_refused_with_the_string_to_sign(api: Api) -> None:
    api.auth = Acs3(secret="wrong")
    reply = api.reply(*LIST)
    assert (reply.status_code, reply.json()["Code"]) == (400, "SignatureDoesNotMatch")
    assert "server string to sign is: ACS3-HMAC-SHA256\n" in reply.json()["Message"]


def test_a_refused_write_changes_nothing(api: Api, cloud: FakeCloud) -> None:
    api.auth = Acs3(secret="wrong")
    call = ("CreateAgentRuntime", "POST", "/agents/runtimes", runtime())
    assert refused(api, *call) == (400, "SignatureDoesNotMatch")
    assert cloud.runtimes() == {}
    assert [(item.status, item.write) for item in cloud.calls] == [(400, True)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"x_acs_action": "Other"}, "SignatureDoesNotMatch"),
        ({"host": "elsewhere"}, "SignatureDoesNotMatch"),
        ({"x_acs_content_sha256": "0" * 64}, "InvalidContentSha256"),
        ({"x_acs_security_token": "t"}, "InvalidSecurityToken.Malformed"),
    ],
)
def test_a_header_changed_on_the_way_is_noticed(
    api: Api, change: dict[str, str], code: str
) -> None:
    api.auth = Tampering(**change)
    assert refused(api)[1] == code


def test_a_body_changed_on_the_way_is_noticed(api: Api) -> None:
    sent: list[httpx.Request] = []
    api.client.event_hooks["request"] = [sent.append]
    call = ("CreateAgentRuntime", "POST", "/agents/runtimes")
    api.call(*call, runtime("first"))
    headers = {k: v for k, v in sent[0].headers.items() if k != "content-length"}
    reply = api.client.post(str(sent[0].url), content=b"{}", headers=headers)
    assert reply.json()["Code"] == "InvalidContentSha256"


def test_a_request_sent_twice_is_refused(api: Api, cloud: FakeCloud) -> None:
    sent: list[httpx.Request] = []
    api.client.event_hooks["request"] = [sent.append]
    api.call(*LIST)
    reply = api.client.get(str(sent[0].url), headers=sent[0].headers)
    assert (reply.status_code, reply.json()["Code"]) == (400, "SignatureNonceUsed")


def test_a_header_that_must_be_signed_and_is_not_is_named(api: Api) -> None:
    class Careless(Acs3):
        def auth_flow(self, request: httpx.Request) -> Any:
            for signed in super().auth_flow(request):
                header = signed.headers["authorization"]
                signed.headers["authorization"] = header.replace("host;", "")
                yield signed

    api.auth = Careless()
    reply = api.reply(*LIST)
    assert reply.json()["Code"] == "SignedHeadersIncomplete"
    assert reply.json()["Message"].endswith(" host")


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(-14 * 60, None), (14 * 60, None), (-16 * 60, "InvalidTimeStamp.Expired")],
)
def test_a_clock_may_be_off_by_a_quarter_of_an_hour(seconds: int, code: str | None) -> None:
    clock = ManualClock()
    clock.advance(seconds)
    with FakeCloud(signing_clock=clock).client() as client:
        assert Api(client).reply(*LIST).json().get("Code") == code


def test_a_date_of_another_form_is_refused(api: Api) -> None:
    api.client.headers["x-acs-date"] = "yesterday"
    assert refused(api) == (400, "InvalidTimeStamp.Format")


def test_the_headers_must_name_the_operation_and_the_version(api: Api) -> None:
    assert refused(api, "GetAgentRuntime", *LIST[1:]) == (404, "InvalidAction.NotFound")
    headers = {"x-acs-action": LIST[0], "x-acs-version": "2020-01-01"}
    reply = api.client.get(f"{api.host}/2025-09-10/agents/runtimes", headers=headers, auth=api.auth)
    assert (reply.status_code, reply.json()["Code"]) == (400, "InvalidVersion")


def test_a_path_of_no_operation_is_refused_and_logged(api: Api, cloud: FakeCloud) -> None:
    assert api.refusal("ListX", "GET", "/agents/nothing")[:2] == (404, "InvalidAction.NotFound")
    assert cloud.calls.counts == {"unknown": 1}


def test_a_path_of_no_service_is_refused(api: Api) -> None:
    reply = api.client.get("http://127.0.0.1/favicon.ico")
    assert (reply.status_code, reply.json()["code"]) == (404, "UnknownService")


def test_without_verification_anybody_may_do_anything() -> None:
    cloud = FakeCloud(FakeSettings(verify=False))
    with cloud.client() as client:
        reply = client.post("http://127.0.0.1/2025-09-10/agents/runtimes", json=runtime())
    assert reply.status_code == 200
    assert set(cloud.runtimes()) == {"demo"}


def test_a_key_of_another_account_sees_its_own_things_only() -> None:
    other = Key("otherak", "othersecret", "6543210987654321")
    with FakeCloud(FakeSettings(keys=(other,))).client() as client:
        Api(client).create("demo")
        theirs = Api(client, auth=Acs3("otherak", "othersecret"))
        assert theirs.list()["total"] == 0
        shown = theirs.get(theirs.create("demo"))
        assert shown["agentRuntimeArn"].split(":")[3] == "6543210987654321"


def test_a_temporary_key_needs_its_token_and_expires() -> None:
    clock = ManualClock()
    key = Key("STS.a", "s", "1", token="tok", expires_at=clock.now() + 10)
    with FakeCloud(FakeSettings(keys=(key,)), signing_clock=clock).client() as client:
        assert Api(client, auth=Acs3("STS.a", "s", "tok")).reply(*LIST).status_code == 200
        for token in ("", "other"):
            api = Api(client, auth=Acs3("STS.a", "s", token))
            assert refused(api) == (400, "InvalidSecurityToken.Malformed")
        clock.advance(11)
        api = Api(client, auth=Acs3("STS.a", "s", "tok"))
        assert refused(api) == (400, "InvalidSecurityToken.Expired")


def test_a_query_is_compared_decoded_as_clients_differ_on_the_wire(api: Api) -> None:
    """`+` and `%20` are the same blank; the signature is made over `%20`."""
    api.create("demo")

    class Plus(Acs3):
        def auth_flow(self, request: httpx.Request) -> Any:
            for signed in super().auth_flow(request):
                raw = signed.url.raw_path.replace(b"%20", b"+")
                signed.url = signed.url.copy_with(raw_path=raw)
                yield signed

    api.auth = Plus()
    assert api.list(agentRuntimeName="a b/中+~*")["total"] == 0


def fc_headers(secret: str = "testsecret", key_id: str = "testak", **extra: str) -> dict[str, str]:
    date = formatdate(usegmt=True)
    headers = {"date": date, **{name.replace("_", "-"): value for name, value in extra.items()}}
    own = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name != "date")
    text = f"GET\n\n\n{date}\n{own}/2016-08-15/tempBucketToken"
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return {**headers, "authorization": f"FC {key_id}:{base64.b64encode(digest).decode()}"}


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, "MissingRequiredHeader"),
        (fc_headers(secret="wrong"), 403, "SignatureNotMatch"),
        (fc_headers(key_id="nobody"), 403, "InvalidAccessKeyID"),
        (fc_headers(x_fc_security_token="t"), 403, "InvalidSecurityToken"),
        (fc_headers(x_fc_account_id="999"), 403, "AccessDenied"),
        (fc_headers(x_fc_account_id="1234567890123456"), 200, None),
    ],
)
def test_function_compute_refuses_in_its_own_words(
    api: Api, headers: dict[str, str], status: int, code: str | None
) -> None:
    reply = api.client.get("http://127.0.0.1/2016-08-15/tempBucketToken", headers=headers)
    assert (reply.status_code, reply.json().get("ErrorCode")) == (status, code)
    assert reply.headers["x-fc-request-id"]
    if code:
        assert set(reply.json()) == {"ErrorCode", "ErrorMessage"}


def test_nonces_are_remembered_as_long_as_they_could_be_used_again() -> None:
    ring = KeyRing([], max_skew_seconds=900)
    for number in range(25_000):
        ring.use_nonce("key", str(number), now=number / 1000)
    with pytest.raises(Refused, match="nonce used"):
        ring.use_nonce("key", "0", now=30)
    ring.use_nonce("key", "new", now=1801)
    for number in range(20_000):
        ring.use_nonce("key", f"later {number}", now=2000)
    ring.use_nonce("key", "0", now=2000)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2025-01-02T03:04:05Z", 1735787045),
        ("Thu, 02 Jan 2025 03:04:05 GMT", 1735787045),
        ("Thu, 02 Jan 2025 03:04:05 -0000", 1735787045),
        ("Thu, 02 Jan 2025 11:04:05 +0800", 1735787045),
        ("1 Jan 0001 00:00:00 +9999999999999999999", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_read_whatever_their_form(text: str, seconds: float | None) -> None:
    assert read_time(text) == seconds
