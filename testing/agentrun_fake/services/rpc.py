"""What the services of the RPC style have in common: operations differ by header, not by path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import ServiceError
from ..http import Request, Response, json_response
from ..keyring import Refused
from ..refusals import acs3_refusal, gateway_body
from ..routing import Exchange
from ..settings import Key
from ..store import Scope
from ..verification import verify_acs3

if TYPE_CHECKING:
    from ..cloud import FakeCloud


class RpcService:
    """A service for the whole account.

    Attributes:
        version: API version, by which its requests are told from those of others.
        host: Name that its errors tell.
    """

    version: ClassVar[str]
    host: ClassVar[str]

    def claims(self, request: Request, cloud: FakeCloud) -> bool:
        """Told by the version that the headers name."""
        return request.header("x-acs-version") == self.version

    def segments(self, request: Request) -> list[str]:
        """The operation, if the path is that of all RPC calls."""
        return [request.header("x-acs-action")] if request.path in ("", "/") else request.segments

    def region(self, request: Request) -> str | None:
        """What it holds is the same in all regions."""
        return None

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """By ACS3-HMAC-SHA256."""
        return verify_acs3(request, cloud.keys, cloud.signing_clock.now())

    def refusal(self, refused: Refused) -> ServiceError:
        """The gateway's codes."""
        return acs3_refusal(refused)

    def answer(self, exchange: Exchange, result: Any) -> Response:
        """Plain JSON, no envelope."""
        return json_response(200, result)

    def refuse(self, error: ServiceError, request_id: str, scope: Scope | None) -> Response:
        """The gateway's envelope."""
        body = gateway_body(error, request_id, self.host)
        return json_response(error.status, body, error.headers)
