"""Calls of a code host's API: retries, pages, and errors that say what to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx

from ..errors import AdvisedError

_TIMEOUT_SECONDS: Final = 30
_MOST_PAGES: Final = 50
_MOST_TRIES: Final = 4
_LONGEST_WAIT_SECONDS: Final = 60.0
_PASSING = frozenset({500, 502, 503, 504})

pause: Callable[[float], None] = time.sleep
"""Waits so many seconds between two tries."""


class PostFailed(AdvisedError):
    """The site refused a comment, or could not be reached.

    Attributes:
        refused: Whether it refused the token.
    """

    def __init__(self, message: str, hint: str = "", *, refused: bool = False) -> None:
        super().__init__(message, hint)
        self.refused = refused


class SiteCalls:
    """Calls of one site.

    Args:
        name: Name of the site, for errors.
        base: Address of its API.
        headers: Headers of each call, the token among them.
        permission_hint: What to do when the token is refused.
        client: Connection; a test brings its own.
    """

    def __init__(
        self,
        name: str,
        base: str,
        headers: Mapping[str, str],
        permission_hint: str,
        client: httpx.Client | None = None,
    ) -> None:
        self.name = name
        self._base = base.rstrip("/") + "/"
        self._headers = dict(headers)
        self._permission_hint = permission_hint
        # Without a transport of our own, so that the proxy of the environment is used.
        self._client = client or httpx.Client(timeout=_TIMEOUT_SECONDS)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        """Send a request; a path may be a whole address that the site itself gave.

        What is refused for a while is tried again when the site says so; what fails on the site is
        tried again only if it can't have changed anything.

        Raises:
            PostFailed: The site can't be reached or refuses.
        """
        url = urljoin(self._base, path)
        if urlsplit(url)[:2] != urlsplit(self._base)[:2]:
            # The token goes to the site it is of, and nowhere else.
            raise PostFailed(f"{self.name} sends to another host, {urlsplit(url).netloc}")
        for attempt in range(1, _MOST_TRIES + 1):
            last = attempt == _MOST_TRIES
            try:
                reply = self._client.request(method, url, headers=self._headers, json=body)
            except httpx.ConnectError as error:
                if last:
                    raise self._unreachable(error) from error
                pause(float(attempt))
                continue
            except httpx.HTTPError as error:
                raise self._unreachable(error) from error
            if reply.is_success:
                return reply
            wait = _wait_seconds(method, reply, attempt)
            if last or wait is None:
                break
            pause(wait)
        raise self._refusal(method, path, reply)

    def pages(self, path: str) -> Iterator[Mapping[str, Any]]:
        """All items of a list, page by page."""
        following: str | None = path
        for _ in range(_MOST_PAGES):
            if not following:
                return
            reply = self.call("GET", following)
            yield from reply.json()
            # Both sites give the next page's address in the Link header.
            following = reply.links.get("next", {}).get("url")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _unreachable(self, error: httpx.HTTPError) -> PostFailed:
        return PostFailed(
            f"{self.name} can't be reached: {type(error).__name__} {error}".strip(),
            "Check the address of its API and try again",
        )

    def _refusal(self, method: str, path: str, reply: httpx.Response) -> PostFailed:
        try:
            data = reply.json()
        except ValueError:
            data = None
        message = data.get("message") or data.get("error") if isinstance(data, dict) else None
        text = f"{self.name} answered {reply.status_code} to {method} {path}"
        text += f": {str(message)[:200]}" if message else ""
        if _is_limited(reply):
            return PostFailed(text, "Its rate limit is used up: run the job again later")
        denied = reply.status_code in (401, 403, 404)
        return PostFailed(text, self._permission_hint if denied else "", refused=denied)


def _is_limited(reply: httpx.Response) -> bool:
    """Whether a rate limit refuses; GitHub says so by 403, too, with one of these headers."""
    if reply.status_code == 429:
        return True
    spent = reply.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in reply.headers
    return reply.status_code == 403 and spent


def _wait_seconds(method: str, reply: httpx.Response, attempt: int) -> float | None:
    """How long to wait before the call is tried again; None if that is of no use."""
    if not _is_limited(reply):
        again = reply.status_code in _PASSING and method == "GET"
        return float(attempt) if again else None
    told = reply.headers.get("retry-after", "")
    seconds = float(told) if told.isdecimal() else 5.0 * attempt
    if not told and reply.headers.get("x-ratelimit-remaining") == "0":
        # It comes back at a full hour, which no job waits for.
        return None
    return seconds if seconds <= _LONGEST_WAIT_SECONDS else None
