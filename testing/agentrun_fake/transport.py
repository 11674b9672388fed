"""The fake cloud as a transport of httpx, for tests in the same process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from .http import Breakage, Request

if TYPE_CHECKING:
    from .cloud import FakeCloud


class FakeTransport(httpx.BaseTransport):
    """Hands requests to a fake cloud; scripted connection faults become httpx's own errors."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        raw = request.url.raw_path.decode("ascii")
        path, _, query = raw.partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        response = self._cloud.handle(Request(request.method, path, query, headers, request.read()))
        if response.breakage is Breakage.DROPPED:
            raise httpx.RemoteProtocolError(response.breakage.value, request=request)
        if response.breakage is Breakage.TRUNCATED:
            raise httpx.ReadError(response.breakage.value, request=request)
        body = b"" if request.method == "HEAD" else response.body
        sent = [*response.headers, ("content-length", str(len(response.body)))]
        return httpx.Response(response.status, headers=sent, content=body, request=request)
