"""What to do next after an error, in words; pure functions over what the service said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .permission_table import ACTION_OF

# What OpenSSL says if the other side does not speak TLS.
PLAIN_HTTP = "WRONG_VERSION_NUMBER"

_ENDPOINT_OF = {
    "agentrun": "controlEndpoint",
    "fc": "fcEndpoint",
    "log": "slsEndpoint",
    "oss": "ossEndpoint",
    "sts": "stsEndpoint",
}

# Replies to a bad signature quote the string to sign; in the older signatures it holds the token.
_STRING_TO_SIGN = re.compile(r"(?i)\bserver\s+(?:side\s+)?string\s*to\s*sign\b.*", re.DOTALL)


def without_string_to_sign(message: str) -> str:
    """Cut off the string to sign that the services quote when a signature is wrong."""
    return _STRING_TO_SIGN.sub("", message).strip()


def environment_name(setting: str) -> str:
    """The environment variable of a setting, e.g. `AGENTRUN_CONTROL_ENDPOINT`."""
    return "AGENTRUN_" + re.sub(r"(?<!^)(?=[A-Z])", "_", setting).upper()


def of_transport(setting: str, cause: str) -> str:
    """After no answer came back."""
    if setting and PLAIN_HTTP in cause:
        return f"The host speaks plain HTTP: write agentrun:{setting} with http:// in front"
    if not setting:
        return "Check the network and proxy settings"
    return (
        "Check the network, the region and, if you set it, "
        f"agentrun:{setting} ({environment_name(setting)})"
    )


def of_invalid(code: str, status: int, service: str) -> str:
    """After a request that the service did not understand."""
    if code or status not in (301, 302, 307, 308, 404, 405):
        return ""
    setting = _ENDPOINT_OF.get(service, "controlEndpoint")
    return (
        "The answer does not come from the service: check "
        f"agentrun:{setting} ({environment_name(setting)}) and the region"
    )


def of_forbidden(
    code: str,
    message: str,
    service: str,
    operation: str,
    access_denied: Mapping[str, Any] | None,
) -> str:
    """After keys, a signature or permissions that are not good enough."""
    told = f"{code} {message}".lower()
    for words, hint in _KEY_TROUBLE:
        if any(word in told for word in words):
            return hint
    return _permission(service, operation, access_denied or {})


_KEY_TROUBLE: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("signaturedoesnotmatch", "incompletesignature", "signaturenotmatch"),
        "The access key secret is wrong: check agentrun:accessKeySecret, "
        "AGENTRUN_ACCESS_KEY_SECRET or "
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    ),
    (
        ("invalidsecuritytoken", "securitytokenexpired", "securitytoken.expired"),
        "The temporary keys have expired or do not belong together: get new ones, then set "
        "agentrun:securityToken or ALIBABA_CLOUD_SECURITY_TOKEN with the key id and secret of the "
        "same issue",
    ),
    (
        # The log service says it in the message; its code is `Unauthorized` also for permissions.
        ("invalidaccesskeyid", "accesskeyidnotfound", "accesskeyid not found", "invalidaccesskey"),
        "The service does not know the access key id, or it is disabled: check "
        "agentrun:accessKeyId or ALIBABA_CLOUD_ACCESS_KEY_ID; temporary keys (STS.…) need "
        "agentrun:securityToken too",
    ),
    (
        ("invalidtimestamp", "requesttimetooskewed", "requesttimeexpired", "clock skew"),
        "This machine's clock is off by more than 15 minutes: set it right",
    ),
    (
        ("entitynotexist",),
        "The RAM role does not exist in this account: create it, or open the AgentRun console once "
        "and authorise the service there",
    ),
)


def _permission(service: str, operation: str, access_denied: Mapping[str, Any]) -> str:
    usual = ACTION_OF.get(operation, f"{service}:{operation}")
    action = access_denied.get("authAction") or usual
    who = access_denied.get("authPrincipalDisplayName")
    kind = access_denied.get("authPrincipalType")
    principal = f"{kind} {who}" if kind and who else who or "the user or role of the access key"
    if access_denied.get("noPermissionType") == "ExplicitDeny":
        return f"A policy denies {action} to {principal}: have that statement removed"
    return f"Grant the RAM action {action} to {principal}"
