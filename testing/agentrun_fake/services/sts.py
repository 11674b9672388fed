"""Security token service: who am I (section 12.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ServiceError
from ..http import Request, Response, json_response
from ..keyring import Refused
from ..refusals import acs3_refusal, gateway_body
from ..routing import Exchange, Route
from ..settings import Key
from ..store import Scope
from ..verification import verify_acs3

if TYPE_CHECKING:
    from ..cloud import FakeCloud

VERSION = "2015-04-01"


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


class TokenService:
    """STS. Its style is RPC: operations differ by header, not by path."""

    name = "sts"
    routes: tuple[Route, ...] = (
        Route("POST", "/GetCallerIdentity", "GetCallerIdentity", caller_identity, write=False),
        Route("GET", "/GetCallerIdentity", "GetCallerIdentity", caller_identity),
    )

    def claims(self, request: Request, cloud: FakeCloud) -> bool:
        """Told by the version that the headers name."""
        return request.header("x-acs-version") == VERSION

    def segments(self, request: Request) -> list[str]:
        """The operation, if the path is that of all RPC calls."""
        return [request.header("x-acs-action")] if request.path in ("", "/") else request.segments

    def region(self, request: Request) -> str | None:
        """Identities are the same in all regions."""
        return None

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """By ACS3-HMAC-SHA256."""
        return verify_acs3(request, cloud.keys, cloud.signing_clock.now())

    def refusal(self, refused: Refused) -> ServiceError:
        """The gateway's codes."""
        return acs3_refusal(refused)

    def authorize(self, exchange: Exchange) -> None:
        """Everybody may ask who they are."""

    def answer(self, exchange: Exchange, result: Any) -> Response:
        """Plain JSON, no envelope."""
        return json_response(200, result)

    def refuse(self, error: ServiceError, request_id: str, scope: Scope | None) -> Response:
        """The gateway's envelope."""
        body = gateway_body(error, request_id, "sts.aliyuncs.com")
        return json_response(error.status, body, error.headers)
