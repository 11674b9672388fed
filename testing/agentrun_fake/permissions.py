"""What a key may do, so that a refusal can be rehearsed (section 12.1).

Actions are `<product>:<operation>`, as in RAM policies; `allow` and `deny` of a key are patterns of
them. An explicit deny wins over everything, and what nothing allows is denied. Resources,
conditions and `ram:PassRole` are not modelled.
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib
from collections.abc import Iterable
from typing import Any

from .errors import ServiceError
from .settings import Key
from .unverified import Unverified

# Services that RAM guards: the product in its actions, and the code each answers with; for the
# control plane that is an assumption. Everybody may ask STS who they are.
_PRODUCTS = {
    "control": ("agentrun", None),
    "fc2016": ("fc", "AccessDenied"),
    "fc3": ("fc", "AccessDenied"),
    "sls": ("log", "Unauthorized"),
    "oss": ("oss", "AccessDenied"),
    "ram": ("ram", "NoPermission"),
    "data": ("agentrun", "ERR_FORBIDDEN"),
}


def check_permission(key: Key | None, service: str, operation: str, assumed: Unverified) -> None:
    """Check that a key may do an operation of a service; a request with no key is not
    looked at.

    Raises:
        ServiceError: 403, it may not.
    """
    if key is None or service not in _PRODUCTS:
        return
    product, code = _PRODUCTS[service]
    action = f"{product}:{assumed.action_of_calls if service == 'data' else operation}"
    forbidden = _matches(action, key.deny)
    if not forbidden and (key.allow is None or _matches(action, key.allow)):
        return
    kind = "ExplicitDeny" if forbidden else "ImplicitDeny"
    raise ServiceError(
        403,
        code or assumed.code_of_denied,
        f"You are not authorized to do this action: {action}.",
        denied=_detail(key, action, kind),
    )


def _matches(action: str, patterns: Iterable[str]) -> bool:
    """RAM compares actions without regard to case."""
    return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def _detail(key: Key, action: str, kind: str) -> dict[str, Any]:
    """`accessDeniedDetail` (section 1.1)."""
    diagnosis = hashlib.sha256(f"{key.key_id} {action} {kind}".encode()).digest()
    return {
        "authAction": action,
        "authPrincipalDisplayName": key.user_id,
        "authPrincipalOwnerId": key.account_id,
        "authPrincipalType": "AssumedRoleUser" if key.token else "SubUser",
        "encodedDiagnosticInfo": base64.b64encode(diagnosis).decode(),
        "noPermissionType": kind,
        "policyType": "AccountLevelIdentityBasedPolicy",
    }
