"""Replies become the right errors, and errors tell what to do next in one line."""

from __future__ import annotations

import httpx
import pytest
from agentrun_provider import errors
from agentrun_provider.errors import (
    AdvisedError,
    AgentRunError,
    AlreadyExists,
    ApiError,
    CheckFailed,
    ConfigError,
    Conflict,
    Forbidden,
    Incomplete,
    InvalidRequest,
    NotFound,
    PackagingError,
    ServerFault,
    Throttled,
    TransportFault,
    WaitFailed,
    WaitTimedOut,
    from_response,
)
from agentrun_provider.fields import Problem


def reply(status: int, code: str = "ERR_X", message: str = "no", **headers: str) -> httpx.Response:
    body = {"code": code, "message": message, "requestId": "req-1"}
    return httpx.Response(status, json=body, headers=headers)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (reply(404, "ERR_NOT_FOUND", "agent runtime x does not exist"), NotFound),
        (reply(404, "OnDemandConfigNotFound", "no config"), NotFound),
        (reply(404, "ERR_X", ""), NotFound),
        (reply(400, "ERR_BAD_REQUEST", "runtime demo already exists"), AlreadyExists),
        (reply(409, "ERR_CONFLICT", "Runtime Already Exists"), AlreadyExists),
        (reply(500, "ERR_INTERNAL_SERVER_ERROR", "proxy already exists"), AlreadyExists),
        (reply(400, "ProjectAlreadyExist", "Project p already exist"), AlreadyExists),
        (reply(409, "ERR_CONFLICT", "another operation is running"), Conflict),
        (
            reply(400, "ERR_BAD_REQUEST", "runtime must be in READY status to create endpoints"),
            Conflict,
        ),
        (reply(400, "ERR_VALIDATION_FAILED", "CPU is required"), InvalidRequest),
        (reply(405, "UnsupportedHTTPMethod", "no"), InvalidRequest),
        (reply(400, "SignatureDoesNotMatch", "bad"), Forbidden),
        (reply(404, "InvalidAccessKeyId.NotFound", "not found"), Forbidden),
        (reply(401, "ERR_X", "no"), Forbidden),
        (reply(403, "ERR_FORBIDDEN", "no"), Forbidden),
        (reply(429, "ERR_X", "slow down"), Throttled),
        (reply(400, "Throttling.User", "too fast"), Throttled),
        (reply(503, "Throttling", "too fast"), Throttled),
        (reply(400, "ERR_X", "no", **{"x-acs-retry-after": "1500"}), Throttled),
        (reply(500, "ERR_INTERNAL_SERVER_ERROR", "oops"), ServerFault),
        (reply(503, "ServiceUnavailable", "oops"), ServerFault),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_a_reply_becomes_the_error_it_stands_for(
    response: httpx.Response, expected: type[ApiError]
) -> None:
    error = from_response(response, "GetAgentRuntime")

    assert type(error) is expected
    assert error.status == response.status_code
    assert error.request_id == "req-1"
    assert error.operation == "GetAgentRuntime"


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(404, text="<html><body>nginx: not found</body></html>"),
        httpx.Response(404),
        httpx.Response(404, json=["not", "an", "envelope"]),
        httpx.Response(404, json={"error": "not found"}),
        httpx.Response(404, json={"message": "no route matched with those values"}),
        reply(404, "InvalidAction.NotFound", "Specified api is not found"),
        reply(404, "InvalidVersion", "Specified parameter Version is not valid."),
        reply(404, "EntityNotExist.Role", "The role does not exist: agentRunRole"),
    ],
    ids=[
        "proxy",
        "empty",
        "list",
        "object",
        "gateway",
        "unknown operation",
        "unknown version",
        "missing role",
    ],
)
def test_a_404_that_is_not_about_the_thing_is_no_not_found(response: httpx.Response) -> None:
    assert not isinstance(from_response(response, "GetAgentRuntime"), NotFound)


def test_a_404_without_a_body_is_not_found_if_the_service_signed_it_with_a_request_id() -> None:
    response = httpx.Response(404, headers={"x-acs-request-id": "req-9"})

    error = from_response(response, "GetAgentRuntime")

    assert isinstance(error, NotFound)
    assert error.request_id == "req-9"


@pytest.mark.parametrize(
    ("response", "code", "message", "request_id"),
    [
        (
            httpx.Response(400, json={"code": "A", "message": "m", "requestId": "r"}),
            "A",
            "m",
            "r",
        ),
        (
            httpx.Response(400, json={"Code": "A", "Message": "m", "RequestId": "r"}),
            "A",
            "m",
            "r",
        ),
        (
            httpx.Response(
                400,
                json={"ErrorCode": "A", "ErrorMessage": "m"},
                headers={"x-fc-request-id": "r"},
            ),
            "A",
            "m",
            "r",
        ),
        (
            httpx.Response(
                400,
                json={"errorCode": "A", "errorMessage": "m"},
                headers={"x-log-requestid": "r"},
            ),
            "A",
            "m",
            "r",
        ),
        (
            httpx.Response(
                400,
                text="<?xml version='1.0'?>\n<Error>\n <Code>A</Code><Message>m</Message>"
                "<RequestId>r</RequestId><HostId>h</HostId></Error>",
            ),
            "A",
            "m",
            "r",
        ),
        (httpx.Response(400, text="plain words"), "", "plain words", ""),
        (httpx.Response(400), "", "Bad Request", ""),
    ],
    ids=["control", "fc 3", "fc 2016", "sls", "oss", "plain text", "empty"],
)
def test_every_envelope_is_understood(
    response: httpx.Response, code: str, message: str, request_id: str
) -> None:
    error = from_response(response, "X")

    assert (error.code, error.message, error.request_id) == (code, message, request_id)


def test_a_body_that_is_no_envelope_is_cut() -> None:
    error = from_response(httpx.Response(502, text="<html>" + "x" * 5000), "X")

    assert len(error.message) == 200


def test_the_service_can_ask_for_patience_in_either_header() -> None:
    assert from_response(reply(429, **{"x-acs-retry-after": "1500"}), "X").retry_after == 1.5
    assert from_response(reply(503, **{"retry-after": "7"}), "X").retry_after == 7.0
    assert from_response(reply(503, **{"retry-after": "Thu, 02 Jan 2025"}), "X").retry_after is None
    assert from_response(reply(503, **{"retry-after": "0"}), "X").retry_after is None
    assert from_response(reply(503), "X").retry_after is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("SignatureDoesNotMatch", ["agentrun:accessKeySecret", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"]),
        ("InvalidAccessKeyId.NotFound", ["agentrun:accessKeyId", "agentrun:securityToken"]),
        ("InvalidSecurityToken.Expired", ["agentrun:securityToken", "expired"]),
        ("InvalidTimeStamp.Expired", ["clock", "15 minutes"]),
        ("RequestTimeTooSkewed", ["clock"]),
        ("EntityNotExist.Role", ["role", "create it"]),
    ],
)
def test_trouble_with_keys_names_the_setting_to_look_at(code: str, words: list[str]) -> None:
    hint = from_response(reply(403, code, "refused"), "X").hint

    for word in words:
        assert word in hint


def test_a_key_that_the_log_service_does_not_know_is_no_missing_permission() -> None:
    hint = from_response(reply(401, "Unauthorized", "AccessKeyId not found: LTAI"), "X").hint
    assert "agentrun:accessKeyId" in hint
    assert "Grant" not in hint


def test_a_missing_permission_names_action_and_principal() -> None:
    body = {
        "code": "NoPermission",
        "message": "You are not authorized",
        "requestId": "r",
        "accessDeniedDetail": {
            "authAction": "agentrun:CreateAgentRuntime",
            "authPrincipalDisplayName": "2345@deployer",
            "authPrincipalType": "SubUser",
            "noPermissionType": "ImplicitDeny",
        },
    }

    error = from_response(httpx.Response(403, json=body), "CreateAgentRuntime")

    assert error.access_denied is not None
    assert error.hint == "Grant the RAM action agentrun:CreateAgentRuntime to SubUser 2345@deployer"


def test_an_explicit_denial_is_not_cured_by_another_grant() -> None:
    body = {
        "code": "NoPermission",
        "message": "no",
        "accessDeniedDetail": {"noPermissionType": "ExplicitDeny"},
    }

    error = from_response(httpx.Response(403, json=body), "DeleteAgentRuntime")

    assert error.hint.startswith("A policy denies agentrun:DeleteAgentRuntime")


def test_a_missing_permission_without_details_derives_the_action_from_the_service() -> None:
    response = httpx.Response(403, json={"ErrorCode": "AccessDenied", "ErrorMessage": "no"})

    error = from_response(response, "GetTempBucketToken", service="fc")

    assert "fc:GetTempBucketToken" in error.hint


def test_an_answer_from_somewhere_else_points_at_the_endpoint_setting() -> None:
    error = from_response(httpx.Response(404, text="<html>"), "X", service="fc")

    assert "agentrun:fcEndpoint (AGENTRUN_FC_ENDPOINT)" in error.hint


def test_the_string_to_sign_is_not_repeated() -> None:
    message = (
        "Specified signature does not match our calculation. server string to sign is:"
        "GET&%2F&SecurityToken%3Dtop-secret-token"
    )

    line = from_response(reply(403, "SignatureDoesNotMatch", message), "X").one_line()

    assert "Specified signature does not match" in line
    assert "top-secret-token" not in line


def test_one_line_holds_operation_code_message_status_request_and_hint() -> None:
    message = "role can't\n be assumed."

    line = from_response(reply(500, "ERR_INTERNAL", message), "CreateAgentRuntime").one_line()

    assert line.startswith(
        "CreateAgentRuntime failed: ERR_INTERNAL: role can't be assumed (HTTP 500, request id "
        "req-1). The service failed"
    )


def examples() -> list[AgentRunError]:
    api = ("C", "first\nsecond", 400, "r", "Op")
    return [
        *(kind(*api) for kind in _all_subclasses(ApiError)),
        ApiError(*api),
        TransportFault("Op", "can't\nconnect", True, host="h", setting="controlEndpoint"),
        WaitFailed("Runtime a", "CREATE_FAILED", "no\nimage"),
        WaitTimedOut("Runtime a", "CREATING", 900),
        Incomplete("id-1", {"a": 1}, WaitFailed("Runtime a", "CREATE_FAILED")),
        AdvisedError("no\nway", "Ask\nsomebody"),
        ConfigError("no\nregion", "Set it"),
        CheckFailed([Problem(("code", "src"), "is missing"), "other\ntrouble"]),
        PackagingError("/x does not exist"),
    ]


def _all_subclasses(kind: type[ApiError]) -> list[type[ApiError]]:
    return kind.__subclasses__()


@pytest.mark.parametrize("error", examples(), ids=lambda error: type(error).__name__)
def test_every_error_tells_itself_in_one_line(error: AgentRunError) -> None:
    line = error.one_line()

    assert line
    assert "\n" not in line
    assert ".." not in line


def test_a_path_is_not_mangled_in_the_one_line() -> None:
    assert PackagingError("../code does not exist").one_line() == "../code does not exist"


def test_every_error_class_has_an_example() -> None:
    public = {
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, AgentRunError)
    }

    assert public - {AgentRunError} == {type(error) for error in examples()}


def test_a_very_long_message_is_cut_in_the_one_line() -> None:
    assert len(from_response(reply(400, "C", "x" * 5000), "X").one_line()) < 800


def test_only_faults_that_may_have_taken_effect_say_so() -> None:
    assert from_response(reply(500), "X").may_have_been_sent
    assert not from_response(reply(429), "X").may_have_been_sent
    assert not from_response(reply(400), "X").may_have_been_sent
    assert TransportFault("X", "broke", True).may_have_been_sent
    assert not TransportFault("X", "refused", False).may_have_been_sent


def test_a_transport_fault_names_the_host_and_the_endpoint_setting() -> None:
    fault = TransportFault(
        "GetAgentRuntime", "refused", False, host="127.0.0.1:1", setting="controlEndpoint"
    )

    assert "127.0.0.1:1" in fault.one_line()
    assert "agentrun:controlEndpoint (AGENTRUN_CONTROL_ENDPOINT)" in fault.one_line()


def test_a_transport_fault_without_a_setting_points_at_the_network() -> None:
    assert "network" in TransportFault("X", "refused", False).hint


def test_check_failed_shows_all_problems_with_their_paths() -> None:
    failed = CheckFailed(
        [Problem(("endpoints", 1, "weight"), "is out of range"), Problem((), "is empty")]
    )

    assert str(failed) == "endpoints[1].weight is out of range; is empty"


def test_an_incomplete_creation_passes_on_the_hint_of_its_cause() -> None:
    cause = from_response(reply(403, "SignatureDoesNotMatch"), "X")

    incomplete = Incomplete("id-1", {"status": "CREATING"}, cause)

    assert incomplete.hint == cause.hint
    assert "id-1" in str(incomplete)
    assert Incomplete("id-1", {}, ValueError("x")).hint == ""


def test_a_time_out_tells_why_the_last_poll_failed() -> None:
    error = WaitTimedOut("Runtime a", "CREATING", 900)
    error.__cause__ = TransportFault("GetAgentRuntime", "refused", False)

    assert "still CREATING after 900 s" in str(error)
    assert "refused" in str(error)
