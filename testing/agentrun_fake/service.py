"""What the cloud needs to know of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from .errors import ServiceError
from .http import Request, Response
from .keyring import Refused
from .routing import Exchange, Route
from .settings import Key
from .store import Scope

if TYPE_CHECKING:
    from .cloud import FakeCloud


class Service(Protocol):
    """One service: how its requests are told, who may send them, and how it answers."""

    name: str
    routes: tuple[Route, ...]

    def claims(self, request: Request, cloud: FakeCloud) -> bool:
        """Whether the request is meant for this service."""
        ...

    def segments(self, request: Request) -> list[str]:
        """The path that routes match, taken apart."""
        ...

    def region(self, request: Request) -> str | None:
        """The region that the request's host names."""
        ...

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """The key that signed.

        Raises:
            Refused: The request is not authentic.
        """
        ...

    def refusal(self, refused: Refused) -> ServiceError:
        """The service's own error for a request that is not authentic."""
        ...

    def authorize(self, exchange: Exchange) -> None:
        """Check that the sender may do this.

        Raises:
            ServiceError: It may not.
        """
        ...

    def answer(self, exchange: Exchange, result: Any) -> Response:
        """The reply to a success; a handler may also return a whole `Response`."""
        ...

    def refuse(self, error: ServiceError, request_id: str, scope: Scope | None) -> Response:
        """The reply to a failure, in the service's envelope."""
        ...
