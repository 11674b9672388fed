"""Send requests to any service, again and again as the retry policy says.

Every attempt is logged at debug level with operation, address, status and time; bodies, headers and
queries never are, since they may hold secrets.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from . import retry
from .config import Settings
from .errors import AgentRunError, ApiError
from .replies import request_id_of
from .services import Service
from .transport import send_once

_log = logging.getLogger(__name__)

# Who waits for longer wants to know why.
_NOTICED_SECONDS = 1.0

_SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "PUT", "DELETE"})


@dataclass
class Attempts:
    """How often a request was sent; the parts of one operation share it, to bound the whole."""

    limit: int
    made: int = 0


class Sender:
    """Sends requests over one pool of connections; safe to share between threads.

    Args:
        http: The connections.
        settings: For time-outs and the number of retries.
        auth: How requests are signed that say nothing else.
        rng: Numbers from 0 up to 1, for the pauses between attempts.
        sleep: Lets so many seconds pass.
    """

    def __init__(
        self,
        http: httpx.Client,
        settings: Settings,
        auth: httpx.Auth,
        *,
        rng: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._http = http
        self._settings = settings
        self._auth = auth
        self._rng = rng
        self._sleep = sleep

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def attempts(self) -> Attempts:
        """The attempts that one operation may make."""
        return Attempts(self._settings.max_retries + 1)

    def send(
        self,
        service: Service,
        operation: str,
        method: str,
        url: str,
        *,
        auth: httpx.Auth | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        idempotent: bool | None = None,
        timeout_seconds: float | None = None,
        attempts: Attempts | None = None,
        understand: Callable[[httpx.Response], Any] = lambda response: response,
    ) -> Any:
        """Send a request to any service, again and again as the retry policy says.

        Args:
            service: The API.
            operation: API operation, for errors and the log.
            method: HTTP method.
            url: Whole address, encoded.
            auth: How to sign; default: ACS3-HMAC-SHA256.
            headers: Headers beside those that are always sent.
            content: Body.
            idempotent: Whether sending it twice does no harm; default: unless it is a POST.
            timeout_seconds: For reading and for writing, instead of that of the settings.
            attempts: Counts on from those made before.
            understand: Reads a successful reply; a fault it raises is one of the attempt.

        Returns:
            What `understand` made of the reply; by default the reply itself.

        Raises:
            ApiError: The service refused it, or failed and retries did not help.
            TransportFault: No usable answer came back.
        """
        attempts = attempts or self.attempts()
        if idempotent is None:
            idempotent = method in _SAFE_TO_REPEAT
        timeout = httpx.Timeout(
            timeout_seconds or self._settings.read_timeout, connect=self._settings.connect_timeout
        )
        while True:
            attempts.made += 1
            request = self._http.build_request(
                method, url, headers=headers, content=content, timeout=timeout
            )
            try:
                return understand(
                    self._attempt(service, operation, request, auth or self._auth, attempts)
                )
            except AgentRunError as error:
                error.attempts = attempts.made
                if not retry.should_retry(error, attempts.made, idempotent, attempts.limit - 1):
                    raise
                self.pause(error, attempts)

    def _attempt(
        self,
        service: Service,
        operation: str,
        request: httpx.Request,
        auth: httpx.Auth,
        attempts: Attempts,
    ) -> httpx.Response:
        start = time.monotonic()
        outcome = "no answer"
        try:
            response = send_once(
                self._http, request, operation=operation, service=service, auth=auth
            )
            outcome = f"HTTP {response.status_code}, request id {request_id_of(response) or '-'}"
            return response
        except ApiError as error:
            outcome = f"HTTP {error.status} {error.code}, request id {error.request_id or '-'}"
            raise
        finally:
            _log.debug(
                "%s: %s %s%s, attempt %d: %s, %.0f ms",
                operation,
                request.method,
                request.url.host,
                request.url.path,
                attempts.made,
                outcome,
                (time.monotonic() - start) * 1000,
            )

    def pause(self, error: AgentRunError, attempts: Attempts) -> None:
        """Wait as long as the policy says after a failed attempt."""
        asked = error.retry_after if isinstance(error, ApiError) else None
        seconds = retry.delay(attempts.made, asked, self._rng)
        level = logging.INFO if seconds >= _NOTICED_SECONDS else logging.DEBUG
        _log.log(level, "%s; trying again in %.1f s", error, seconds)
        self._sleep(seconds)
