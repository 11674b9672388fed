"""The fake cloud as a transport of httpx, for tests in the same process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx

from .http import Breakage, ByteStream, Request

if TYPE_CHECKING:
    from .cloud import FakeCloud


class _Stream(httpx.SyncByteStream):
    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except ConnectionError as error:
            raise httpx.RemoteProtocolError(str(error)) from error

    def close(self) -> None:
        self._stream.close()


class FakeTransport(httpx.BaseTransport):
    """Hands requests to a fake cloud; scripted connection faults become httpx's own errors.

    So do replies that were held up for longer than the client waits.
    """

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        raw = request.url.raw_path.decode("ascii")
        path, _, query = raw.partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        response = self._cloud.handle(Request(request.method, path, query, headers, request.read()))
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and response.late_seconds >= patience:
            response.close()
            raise httpx.ReadTimeout("the read operation timed out", request=request)
        if response.breakage is not None:
            response.close()
        if response.breakage is Breakage.DROPPED:
            raise httpx.RemoteProtocolError(response.breakage.value, request=request)
        if response.breakage is Breakage.TRUNCATED:
            raise httpx.ReadError(response.breakage.value, request=request)
        if response.stream is not None:
            return httpx.Response(
                response.status,
                headers=list(response.headers),
                stream=_Stream(response.stream),
                request=request,
            )
        body = b"" if request.method == "HEAD" else response.body
        sent = [*response.headers, ("content-length", str(len(response.body)))]
        return httpx.Response(response.status, headers=sent, content=body, request=request)
