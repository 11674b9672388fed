"""Errors of the vendor's gateways for requests that are not authentic.

The ACS3 codes and statuses are those of the vendor's public error centre for its OpenAPI gateway;
which of them AgentRun's own gateway uses was not seen.
"""

from __future__ import annotations

from . import keyring
from .errors import ServiceError
from .keyring import Refused

_ACS3: dict[str, tuple[int, str, str]] = {
    keyring.UNSIGNED: (400, "MissingAuthorization", "The Authorization header is missing or wrong"),
    keyring.UNKNOWN_KEY: (404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
    keyring.WRONG_SIGNATURE: (
        400,
        "SignatureDoesNotMatch",
        "Specified signature is not matched with our calculation. server string to sign is:",
    ),
    keyring.WRONG_DIGEST: (
        400,
        "InvalidContentSha256",
        "x-acs-content-sha256 is not the SHA-256 of the body.",
    ),
    keyring.WRONG_TOKEN: (
        400,
        "InvalidSecurityToken.Malformed",
        "Specified SecurityToken is malformed.",
    ),
    keyring.EXPIRED_TOKEN: (
        400,
        "InvalidSecurityToken.Expired",
        "Specified SecurityToken is expired.",
    ),
    keyring.SKEWED: (
        400,
        "InvalidTimeStamp.Expired",
        "Specified time stamp or date value is expired.",
    ),
    keyring.BAD_TIME: (400, "InvalidTimeStamp.Format", "Specified time stamp is not well formed:"),
    keyring.NONCE_USED: (400, "SignatureNonceUsed", "Specified signature nonce was used already."),
    keyring.UNSIGNED_HEADER: (400, "SignedHeadersIncomplete", "These headers must be signed:"),
}


def acs3_refusal(refused: Refused) -> ServiceError:
    """The gateway's error for a request signed with ACS3."""
    status, code, message = _ACS3[refused.why]
    with_detail = (keyring.WRONG_SIGNATURE, keyring.BAD_TIME, keyring.UNSIGNED_HEADER)
    if refused.why in with_detail:
        message = f"{message} {refused.detail}"
    return ServiceError(status, code, message, gateway=True)


def gateway_body(error: ServiceError, request_id: str, host: str) -> dict[str, str]:
    """The gateway's envelope."""
    return {
        "RequestId": request_id,
        "HostId": host,
        "Code": error.code,
        "Message": error.message,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={error.code}",
    }
