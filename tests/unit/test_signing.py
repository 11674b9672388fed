"""Signatures agree with the reference's vectors and with the official SDK's own signer."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

import httpx
import pytest
from agentrun_provider.classic_signing import (
    FcAuth,
    OssAuth,
    SlsAuth,
    fc_signature,
    http_date,
    oss_signature,
    sls_signature,
)
from agentrun_provider.credentials import Credentials
from agentrun_provider.signing import (
    Acs3Auth,
    acs3_headers,
    canonical_query,
    canonical_request,
    encode,
    new_nonce,
    string_to_sign,
    utc_now,
)

HOST = "agentrun.cn-hangzhou.aliyuncs.com"
PATH = "/2025-09-10/agents/runtimes"
NONCE = "0123456789abcdef0123456789abcdef"
DATE = "Thu, 02 Jan 2025 03:04:05 GMT"
KEYS = Credentials("testak", "testsecret")
TEMPORARY_KEYS = Credentials("testak", "testsecret", "tok")
QUERY = {"agentRuntimeName": "a b/中+~*", "pageNumber": "1", "searchMode": "exact"}
BODY = b'{"agentRuntimeName":"demo","cpu":2}'
JSON = "application/json; charset=utf-8"

# Vectors of section 1.5: signed headers, hash of the canonical request, signature.
VECTOR_1 = (
    "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
    "60a76ea30a9768839e49f0a3d491a4822a68f406c1d8486292234c9f9d56800e",
    "ee8a27b29e9dfcc72869e09a2d75f24f67529d0f7412e2bf6c85e535fc121d99",
)
VECTOR_2 = (
    "content-type;host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-date;"
    "x-acs-security-token;x-acs-signature-nonce;x-acs-version",
    "016aed0db3bbf3a84eeb10f04f39df94ba1003d60b6ba54f45f2406de92de274",
    "f567ed0f91287ae727feaad2a21d62dcef3ba4c53924f2c173534ce38076a90c",
)


def own_headers(action: str) -> dict[str, str]:
    return {"host": HOST, "x-acs-action": action, "x-acs-version": "2025-09-10"}


def sign(auth: httpx.Auth, request: httpx.Request) -> httpx.Request:
    """Drive the flow of an `Auth` by hand."""
    request.read()
    flow = auth.sync_auth_flow(request)
    signed = next(flow)
    with pytest.raises(StopIteration):
        flow.send(httpx.Response(200, request=signed))
    return signed


def authorization(vector: tuple[str, str, str]) -> str:
    return f"ACS3-HMAC-SHA256 Credential=testak,SignedHeaders={vector[0]},Signature={vector[2]}"


@pytest.mark.parametrize(
    ("method", "action", "query", "body", "keys", "vector"),
    [
        ("GET", "ListAgentRuntimes", QUERY, b"", KEYS, VECTOR_1),
        ("POST", "CreateAgentRuntime", {}, BODY, TEMPORARY_KEYS, VECTOR_2),
    ],
    ids=["no body", "body and token"],
)
def test_the_vectors_of_the_reference_hold(
    method: str,
    action: str,
    query: Mapping[str, str],
    body: bytes,
    keys: Credentials,
    vector: tuple[str, str, str],
    moment: datetime,
) -> None:
    headers = own_headers(action) | ({"content-type": JSON} if body else {})

    added = acs3_headers(
        method, PATH, query, headers, body, credentials=keys, now=moment, nonce=NONCE
    )

    to_sign = headers | {name: value for name, value in added.items() if name != "authorization"}
    canonical, signed = canonical_request(
        method, PATH, query, to_sign, added["x-acs-content-sha256"]
    )
    assert signed == vector[0]
    assert hashlib.sha256(canonical.encode()).hexdigest() == vector[1]
    assert string_to_sign(canonical) == f"ACS3-HMAC-SHA256\n{vector[1]}"
    assert added["authorization"] == authorization(vector)


def test_the_canonical_query_is_that_of_the_reference() -> None:
    assert canonical_query(QUERY) == (
        "agentRuntimeName=a%20b%2F%E4%B8%AD%2B~%2A&pageNumber=1&searchMode=exact"
    )


def test_queries_are_sorted_by_name_and_numbers_become_text() -> None:
    assert canonical_query([("b", 2), ("a", "x"), ("B", "")]) == "B=&a=x&b=2"


def test_only_unreserved_characters_stay_as_they_are() -> None:
    kept = {character for character in map(chr, range(128)) if encode(character) == character}

    assert kept == set(string.ascii_letters + string.digits + "-_.~")


def test_an_empty_path_is_a_slash() -> None:
    canonical, _ = canonical_request("GET", "", {}, {"host": "h"}, "")

    assert canonical.splitlines()[1] == "/"


@pytest.mark.parametrize(
    ("request_", "keys", "vector"),
    [
        (
            httpx.Request(
                "GET",
                f"https://{HOST}{PATH}?{canonical_query(QUERY)}",
                headers=own_headers("ListAgentRuntimes"),
            ),
            KEYS,
            VECTOR_1,
        ),
        (
            httpx.Request(
                "POST",
                f"https://{HOST}{PATH}",
                content=BODY,
                headers=own_headers("CreateAgentRuntime") | {"content-type": JSON},
            ),
            TEMPORARY_KEYS,
            VECTOR_2,
        ),
    ],
    ids=["no body", "body and token"],
)
def test_a_request_is_signed_as_it_goes_on_the_wire(
    request_: httpx.Request, keys: Credentials, vector: tuple[str, str, str], moment: datetime
) -> None:
    auth = Acs3Auth(lambda: keys, clock=lambda: moment, nonce=lambda: NONCE)

    signed = sign(auth, request_)

    assert signed.headers["authorization"] == authorization(vector)
    assert signed.headers["x-acs-date"] == "2025-01-02T03:04:05Z"
    assert signed.headers.get("x-acs-security-token") == keys.security_token


def test_a_query_sent_in_another_form_has_the_same_signature(moment: datetime) -> None:
    auth = Acs3Auth(lambda: KEYS, clock=lambda: moment, nonce=lambda: NONCE)
    url = f"https://{HOST}{PATH}?searchMode=exact&pageNumber=1&agentRuntimeName=a+b/%E4%B8%AD%2B~*"

    signed = sign(auth, httpx.Request("GET", url, headers=own_headers("ListAgentRuntimes")))

    assert signed.headers["authorization"] == authorization(VECTOR_1)


def test_an_encoded_path_is_not_encoded_again(moment: datetime) -> None:
    sent = httpx.Request("GET", f"https://{HOST}/a%2Fb%2Ac", headers=own_headers("X"))
    auth = Acs3Auth(lambda: KEYS, clock=lambda: moment, nonce=lambda: NONCE)
    expected = acs3_headers(
        "GET",
        "/a%2Fb%2Ac",
        {},
        own_headers("X"),
        b"",
        credentials=KEYS,
        now=moment,
        nonce=NONCE,
    )

    assert sign(auth, sent).headers["authorization"] == expected["authorization"]


def test_each_attempt_is_signed_afresh_with_the_keys_of_the_moment(moment: datetime) -> None:
    keys = iter([KEYS, Credentials("other", "othersecret")])
    moments = iter([moment, moment + timedelta(seconds=9)])
    auth = Acs3Auth(lambda: next(keys), clock=lambda: next(moments))

    first, second = (
        sign(auth, httpx.Request("GET", f"https://{HOST}/", headers=own_headers("X")))
        for _ in range(2)
    )

    for name in ("authorization", "x-acs-date", "x-acs-signature-nonce"):
        assert first.headers[name] != second.headers[name]
    assert "Credential=other," in second.headers["authorization"]


def test_the_official_sdk_signs_the_same(moment: datetime) -> None:
    from alibabacloud_tea_openapi.utils import Utils
    from darabonba.request import DaraRequest

    official = DaraRequest()
    official.method = "POST"
    official.pathname = "/2025-09-10/agents/runtimes/a%2Fb"
    official.query = dict(QUERY)
    official.headers = own_headers("UpdateAgentRuntime") | {
        "content-type": JSON,
        "x-acs-date": "2025-01-02T03:04:05Z",
        "x-acs-signature-nonce": NONCE,
        "x-acs-content-sha256": hashlib.sha256(BODY).hexdigest(),
        "x-acs-accesskey-id": "testak",
        "x-acs-security-token": "tok",
    }
    expected = Utils.get_authorization(
        official,
        "ACS3-HMAC-SHA256",
        hashlib.sha256(BODY).hexdigest(),
        "testak",
        "testsecret",
    )

    added = acs3_headers(
        "POST",
        official.pathname,
        QUERY,
        own_headers("UpdateAgentRuntime") | {"content-type": JSON, "user-agent": "not signed"},
        BODY,
        credentials=TEMPORARY_KEYS,
        now=moment,
        nonce=NONCE,
    )

    assert added["authorization"] == expected


def test_a_nonce_is_32_hex_digits_and_new_each_time() -> None:
    nonces = {new_nonce() for _ in range(100)}

    assert len(nonces) == 100
    assert all(len(nonce) == 32 and int(nonce, 16) >= 0 for nonce in nonces)


def test_the_time_of_day_is_in_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)


def test_http_dates_are_in_utc_whatever_zone_they_are_given_in(moment: datetime) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=8)))

    assert http_date(moment) == http_date(elsewhere) == DATE


@pytest.mark.parametrize(
    ("extra", "signature"),
    [
        ({}, "YnQeFSSJRh860plE9veLDfROgi4fTpTyqkH9jBI7kKE="),
        ({"x-fc-security-token": "tok"}, "bMPbiHQzYDK5WzGGfVSMa9fK4B4cBWk6K92CjJJUyF8="),
    ],
    ids=["permanent keys", "temporary keys"],
)
def test_the_vectors_of_function_compute_hold(
    extra: dict[str, str], signature: str, moment: datetime
) -> None:
    path = "/2016-08-15/tempBucketToken"
    fc_headers = {"x-fc-account-id": "1234567890123456", **extra}
    keys = TEMPORARY_KEYS if extra else KEYS
    auth = FcAuth(lambda: keys, "1234567890123456", clock=lambda: moment)

    signed = sign(auth, httpx.Request("GET", f"https://fc.test{path}"))

    assert fc_signature("testsecret", "GET", path, date=DATE, fc_headers=fc_headers) == signature
    assert signed.headers["authorization"] == f"FC testak:{signature}"
    assert signed.headers["date"] == DATE
    assert signed.headers.get("x-fc-security-token") == keys.security_token


def test_the_vector_of_oss_holds(moment: datetime) -> None:
    signature = "M8ZhlJIH92QbFCFGRmrw2siBg/I="
    key = "1234567890123456/obj1"
    auth = OssAuth(lambda: TEMPORARY_KEYS, "tmpbucket", key, clock=lambda: moment)
    request = httpx.Request(
        "PUT",
        f"http://127.0.0.1:1/tmpbucket/{key}",
        content=b"zip",
        headers={"content-type": "application/octet-stream"},
    )

    signed = sign(auth, request)

    assert signature == oss_signature(
        "testsecret",
        "PUT",
        f"/tmpbucket/{key}",
        date=DATE,
        oss_headers={"x-oss-security-token": "tok"},
        content_type="application/octet-stream",
    )
    assert signed.headers["authorization"] == f"OSS testak:{signature}"
    assert signed.headers["x-oss-security-token"] == "tok"


def test_oss_is_signed_without_a_token_for_permanent_keys(moment: datetime) -> None:
    auth = OssAuth(lambda: KEYS, "b", "k", clock=lambda: moment)

    signed = sign(auth, httpx.Request("PUT", "https://b.oss.test/k", content=b""))

    assert "x-oss-security-token" not in signed.headers
    assert signed.headers["authorization"].startswith("OSS testak:")


def test_the_vector_of_the_log_service_holds(moment: datetime) -> None:
    auth = SlsAuth(lambda: KEYS, clock=lambda: moment)
    request = httpx.Request(
        "GET",
        "https://p.cn-hangzhou.log.aliyuncs.com/logstores/default-logs",
        headers={"content-type": "application/json"},
    )

    signed = sign(auth, request)

    assert (
        signed.headers["authorization"] == "LOG testak:gW465PPRw9H6ah6v5kcRipM+Qf53hflNP+Z6fuokFko="
    )
    assert "content-md5" not in signed.headers


def test_the_log_service_signs_body_query_and_token(moment: datetime) -> None:
    auth = SlsAuth(lambda: TEMPORARY_KEYS, clock=lambda: moment)
    body = b'{"logstoreName":"default-logs"}'
    request = httpx.Request(
        "POST",
        "https://sls.test/logstores?size=2&offset=0",
        content=body,
        headers={"content-type": "application/json"},
    )

    signed = sign(auth, request)

    digest = hashlib.md5(body, usedforsecurity=False).hexdigest().upper()
    assert signed.headers["content-md5"] == digest
    assert signed.headers["x-log-bodyrawsize"] == str(len(body))
    assert signed.headers["x-acs-security-token"] == "tok"
    expected = sls_signature(
        "testsecret",
        "POST",
        "/logstores",
        [("offset", "0"), ("size", "2")],
        date=DATE,
        log_headers={
            "x-acs-security-token": "tok",
            "x-log-apiversion": "0.6.0",
            "x-log-bodyrawsize": str(len(body)),
            "x-log-signaturemethod": "hmac-sha256",
        },
        content_md5=digest,
        content_type="application/json",
    )
    assert signed.headers["authorization"] == f"LOG testak:{expected}"
