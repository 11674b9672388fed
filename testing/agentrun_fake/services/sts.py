"""Security token service: who am I (section 12.2)."""

from __future__ import annotations

from typing import Any

from ..routing import Exchange, Route
from .rpc import RpcService


def caller_identity(exchange: Exchange) -> dict[str, Any]:
    """GetCallerIdentity: the account itself, or the RAM user that a key belongs to."""
    account, key = exchange.scope.account_id, exchange.principal.key
    user = key.user if key else ""
    user_id = key.user_id if key else account
    return {
        "IdentityType": "RAMUser" if user else "Account",
        "RequestId": exchange.request_id,
        "AccountId": account,
        "PrincipalId": user_id,
        "UserId": user_id,
        "Arn": f"acs:ram::{account}:{f'user/{user}' if user else 'root'}",
    }


class TokenService(RpcService):
    """STS."""

    name = "sts"
    version = "2015-04-01"
    host = "sts.aliyuncs.com"
    routes: tuple[Route, ...] = (
        Route("POST", "/GetCallerIdentity", "GetCallerIdentity", caller_identity, write=False),
        Route("GET", "/GetCallerIdentity", "GetCallerIdentity", caller_identity),
    )

    def authorize(self, exchange: Exchange) -> None:
        """Everybody may ask who they are."""
