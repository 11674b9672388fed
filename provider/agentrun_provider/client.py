"""Calls to the control plane and its neighbours: requests, envelopes, paging, creating once.

Kinds know paths and bodies; this module knows how a request is made and its reply is read. One
client is shared by all threads of a deployment.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import httpx

from .config import Settings
from .credentials import CredentialsProvider
from .errors import AgentRunError, AlreadyExists
from .replies import error_of
from .retry import is_transient
from .sender import Attempts, Sender
from .services import AGENTRUN, FC3, Service, base_url
from .signing import Acs3Auth, WallClock, canonical_query, encode, utc_now
from .transport import json_of, open_connection, unusable

T = TypeVar("T")

_log = logging.getLogger(__name__)

_JSON = "application/json; charset=utf-8"


def path_segment(text: str) -> str:
    """Encode one part of a path, so that no character of a name acts as a separator."""
    return encode(text)


class Client:
    """Calls the control plane and its neighbours.

    Its `sender` sends requests to any other service over the same connections.

    Args:
        settings: Addresses, time-outs and number of retries.
        credentials: Gives the keys; called for each attempt.
        transport: What to send through instead of the network.
        clock: Time of day, for signatures.
        rng: Numbers from 0 up to 1, for the pauses between attempts.
        sleep: Lets so many seconds pass.
    """

    def __init__(
        self,
        settings: Settings,
        credentials: CredentialsProvider,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: WallClock = utc_now,
        rng: Callable[[], float] = random.random,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.credentials = credentials
        self.clock = clock
        self.sender = Sender(
            open_connection(settings, transport),
            settings,
            Acs3Auth(credentials, clock=clock),
            rng=rng,
            sleep=sleep,
        )

    def close(self) -> None:
        """Close the connections."""
        self.sender.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def call(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: Any = None,
        idempotent: bool | None = None,
    ) -> Any:
        """Call the control plane.

        Args:
            operation: API operation, e.g. `GetAgentRuntime`.
            method: HTTP method.
            path: Path after the version prefix; its variable parts went through `path_segment`.
            query: Parameters; those that are None are left out.
            body: What to send as JSON; None sends no body.
            idempotent: Whether sending it twice does no harm; default: unless it is a POST.

        Returns:
            `data` of the reply's envelope; None if the reply is empty.

        Raises:
            ApiError: The service refused it, or failed and retries did not help.
            TransportFault: No usable answer came back.
        """
        return self._call(AGENTRUN, operation, method, path, query, body, idempotent)

    def call_fcv3(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: Any = None,
        idempotent: bool | None = None,
    ) -> Any:
        """Call Function Compute 3.0 as `call` does; its replies have no envelope."""
        return self._call(FC3, operation, method, path, query, body, idempotent)

    def paginate(
        self,
        operation: str,
        path: str,
        query: Mapping[str, object] | None = None,
        key: str = "items",
        page_size: int = 50,
    ) -> Iterator[dict[str, Any]]:
        """List all items of a collection, page by page, as far as they are asked for.

        Args:
            operation: API operation, e.g. `ListAgentRuntimes`.
            path: Path after the version prefix.
            query: Filters.
            key: Where the reply has its items.
            page_size: Items per request.
        """
        seen, page = 0, 1
        while True:
            paging = {"pageNumber": page, "pageSize": page_size}
            data = self.call(operation, "GET", path, query={**(query or {}), **paging}) or {}
            items = data.get(key) or []
            yield from items
            seen += len(items)
            # Some lists give their numbers as text, and some may cut pages shorter than asked for.
            total = str(data.get("total"))
            if not items:
                return
            if seen >= int(total) if total.isdecimal() else len(items) < page_size:
                return
            page += 1

    def create_once(
        self,
        operation: str,
        path: str,
        body: Any,
        find: Callable[[], T | None],
        *,
        method: str = "POST",
        unique: bool = True,
    ) -> T:
        """Make something exactly once, although the service has no idempotency token.

        If an attempt fails in such a way that it may have been carried out, the thing is looked up
        before it is sent again.

        Args:
            operation: API operation, e.g. `CreateAgentRuntime`.
            path: Path after the version prefix.
            body: What to send as JSON.
            find: Looks the thing up; None if it is not there. Must give nothing that is foreign.
            method: HTTP method.
            unique: Whether the service refuses a second one. If not, the thing is looked up before
                each repetition, also after a failure that should have made nothing.

        Returns:
            `data` of the reply, or what `find` gave.

        Raises:
            AlreadyExists: The name was taken before the first attempt.
            ApiError: The service refused it, or failed and retries did not help.
            TransportFault: No usable answer came back.
        """
        attempts = self.sender.attempts()
        doubtful = False
        while True:
            allowed = attempts if unique else Attempts(attempts.made + 1, attempts.made)
            try:
                made: T = self._call(AGENTRUN, operation, method, path, None, body, False, allowed)
            except AgentRunError as error:
                attempts.made = allowed.made
                unsure = error.may_have_been_sent or (not unique and is_transient(error))
                doubtful = doubtful or unsure
                ours = unsure or isinstance(error, AlreadyExists)
                if not (doubtful and ours):
                    raise
                # A pause first: what is being carried out right now may not be listed yet.
                self.sender.pause(error, attempts)
                found = find()
                if found is not None:
                    _log.debug("%s was carried out although it seemed to fail", operation)
                    return found
                if attempts.made >= attempts.limit:
                    raise
            else:
                return made

    def _call(
        self,
        service: Service,
        operation: str,
        method: str,
        path: str,
        query: Mapping[str, object] | None,
        body: Any,
        idempotent: bool | None,
        attempts: Attempts | None = None,
    ) -> Any:
        headers = {"x-acs-action": operation, "x-acs-version": service.version}
        content = None
        if body is not None:
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
            content = text.encode()
            headers["content-type"] = _JSON
        given = {name: value for name, value in (query or {}).items() if value is not None}
        encoded = canonical_query(given)
        url = base_url(service, self.settings) + service.prefix + path
        if encoded:
            url += f"?{encoded}"
        return self.sender.send(
            service,
            operation,
            method,
            url,
            headers=headers,
            content=content,
            idempotent=idempotent,
            attempts=attempts,
            understand=lambda response: _data(response, operation, service),
        )


def _data(response: httpx.Response, operation: str, service: Service) -> Any:
    """Take what was asked for out of a successful reply; only the control plane wraps it."""
    body = json_of(response, operation, service)
    if service is not AGENTRUN or body is None:
        return body
    if not isinstance(body, dict):
        raise unusable(response, operation, service, "the answer is not an object")
    if str(body.get("code", "SUCCESS")).upper() != "SUCCESS":
        raise error_of(response, operation, service=service.name)
    return body.get("data")
