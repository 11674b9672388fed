"""The signatures against the vectors of the API reference (1.5, 6.1, 6.2, 7.4)."""

from __future__ import annotations

import hashlib

import pytest
from agentrun_fake.signatures import acs3, agentrun4, classic

DATE = "Thu, 02 Jan 2025 03:04:05 GMT"
BASE = {
    "host": "agentrun.cn-hangzhou.aliyuncs.com",
    "x-acs-version": "2025-09-10",
    "x-acs-date": "2025-01-02T03:04:05Z",
    "x-acs-signature-nonce": "0123456789abcdef0123456789abcdef",
}
Vector = tuple[str, list[tuple[str, str]], bytes, dict[str, str], str, str]
WITHOUT_BODY: Vector = (
    "GET",
    [("agentRuntimeName", "a b/中+~*"), ("pageNumber", "1"), ("searchMode", "exact")],
    b"",
    {**BASE, "x-acs-action": "ListAgentRuntimes"},
    "60a76ea30a9768839e49f0a3d491a4822a68f406c1d8486292234c9f9d56800e",
    "ee8a27b29e9dfcc72869e09a2d75f24f67529d0f7412e2bf6c85e535fc121d99",
)
WITH_BODY_AND_TOKEN: Vector = (
    "POST",
    [],
    b'{"agentRuntimeName":"demo","cpu":2}',
    {
        **BASE,
        "x-acs-action": "CreateAgentRuntime",
        "content-type": "application/json; charset=utf-8",
        "x-acs-accesskey-id": "testak",
        "x-acs-security-token": "tok",
    },
    "016aed0db3bbf3a84eeb10f04f39df94ba1003d60b6ba54f45f2406de92de274",
    "f567ed0f91287ae727feaad2a21d62dcef3ba4c53924f2c173534ce38076a90c",
)


@pytest.mark.parametrize("vector", [WITHOUT_BODY, WITH_BODY_AND_TOKEN])
def test_acs3_gives_the_signatures_of_the_vectors(
    vector: Vector,
) -> None:
    method, pairs, body, headers, request_hash, signature = vector
    digest = hashlib.sha256(body).hexdigest()
    headers = {**headers, "x-acs-content-sha256": digest}
    canonical = acs3.canonical_request(
        method, "/2025-09-10/agents/runtimes", pairs, headers, sorted(headers), digest
    )
    assert hashlib.sha256(canonical.encode()).hexdigest() == request_hash
    assert acs3.sign("testsecret", canonical) == signature


def test_the_canonical_query_is_sorted_and_leaves_only_unreserved_characters() -> None:
    assert acs3.canonical_query(WITHOUT_BODY[1][::-1]) == (
        "agentRuntimeName=a%20b%2F%E4%B8%AD%2B~%2A&pageNumber=1&searchMode=exact"
    )


@pytest.mark.parametrize(
    "header",
    [
        "",
        "OSS testak:abc",
        "ACS3-HMAC-SHA256 Credential=testak,Signature=00",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=0,More=1",
    ],
)
def test_an_authorization_header_of_another_form_is_not_read(header: str) -> None:
    assert acs3.parse(header) is None


@pytest.mark.parametrize(
    ("token", "signature"),
    [
        ({}, "YnQeFSSJRh860plE9veLDfROgi4fTpTyqkH9jBI7kKE="),
        ({"x-fc-security-token": "tok"}, "bMPbiHQzYDK5WzGGfVSMa9fK4B4cBWk6K92CjJJUyF8="),
    ],
)
def test_fc_gives_the_signatures_of_the_vectors(token: dict[str, str], signature: str) -> None:
    headers = {"date": DATE, "x-fc-account-id": "1234567890123456", **token}
    made = classic.sign_fc("testsecret", "GET", "/2016-08-15/tempBucketToken", headers)
    assert made == signature


def test_oss_gives_the_signature_of_the_vector() -> None:
    headers = {
        "date": DATE,
        "content-type": "application/octet-stream",
        "x-oss-security-token": "tok",
    }
    made = classic.sign_oss("testsecret", "PUT", "tmpbucket", "1234567890123456/obj1", headers)
    assert made == "M8ZhlJIH92QbFCFGRmrw2siBg/I="


def test_oss_signs_subresources_and_no_other_parameters() -> None:
    plain = classic.sign_oss("s", "GET", "bucket", "key", {"date": DATE})
    other = classic.sign_oss("s", "GET", "bucket", "key", {"date": DATE}, [("x", "1")])
    acl = classic.sign_oss("s", "GET", "bucket", "key", {"date": DATE}, [("acl", "")])
    assert plain == other
    assert plain != acl


def test_sls_gives_the_signature_of_the_vector() -> None:
    headers = {
        "date": DATE,
        "content-type": "application/json",
        "x-log-apiversion": "0.6.0",
        "x-log-bodyrawsize": "0",
        "x-log-signaturemethod": "hmac-sha256",
    }
    made = classic.sign_sls("testsecret", "GET", "/logstores/default-logs", headers)
    assert made == "gW465PPRw9H6ah6v5kcRipM+Qf53hflNP+Z6fuokFko="


@pytest.mark.parametrize(
    ("target", "headers", "region", "signature"),
    [
        (
            "POST /agent-runtimes/demo/endpoints/prod/invocations/openai/v1/chat/completions?",
            {},
            "cn-hangzhou",
            "d73e0208551687759334eacdfe3facfd7d8648b898d1c25cbbdc9e4f7cce98bb",
        ),
        (
            "GET /agent-runtimes/demo/endpoints/prod/invocations/a%20b"
            "?z=1&b=a+b%2F%E4%B8%AD&e=&b=2~*&bare",
            {"x-acs-security-token": "tok", "content-type": "application/json"},
            "cn-shanghai",
            "ac9eb11d2bed707512c0fa8694fa4cd261ca7e244958f746f28a831f725931ef",
        ),
    ],
)
def test_a_call_of_an_endpoint_is_signed_as_agentrun_sdk_signs_it(
    target: str, headers: dict[str, str], region: str, signature: str
) -> None:
    sent = {
        "host": f"1234567890123456-ram.agentrun-data.{region}.aliyuncs.com",
        "x-acs-date": "2025-01-02T03:04:05Z",
        "x-acs-content-sha256": "UNSIGNED-PAYLOAD",
        **headers,
    }
    header = (
        f"AGENTRUN4-HMAC-SHA256 Credential=testak/20250102/{region}/agentrun/aliyun_v4_request,"
        f"SignedHeaders={';'.join(sorted(sent))},Signature={signature}"
    )
    claim = agentrun4.parse(header)
    assert claim is not None
    method, _, raw = target.partition(" ")
    path, _, query = raw.partition("?")
    canonical = agentrun4.canonical_request(method, path, query, sent, claim.signed_headers)
    assert agentrun4.sign("testsecret", claim, canonical) == signature
