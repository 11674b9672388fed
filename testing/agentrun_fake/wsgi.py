"""The fake cloud as a WSGI application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from .http import Breakage, ByteStream, Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from .cloud import FakeCloud


class WsgiApp:
    """A WSGI application; scripted connection faults are raised as `ConnectionAbortedError`."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        response = self._cloud.handle(request_from(environ))
        if response.breakage is Breakage.DROPPED:
            response.close()
            raise ConnectionAbortedError(response.breakage.value)
        if response.stream is not None:
            start_response(f"{response.status} {_phrase(response.status)}", list(response.headers))
            return _Stream(response.stream, response.breakage)
        headers = [*response.headers, ("content-length", str(len(response.body)))]
        start_response(f"{response.status} {_phrase(response.status)}", headers)
        return _body(environ["REQUEST_METHOD"], response)


class _Stream:
    """A body that is passed on as it is made; the WSGI server closes it."""

    def __init__(self, stream: ByteStream, breakage: Breakage | None) -> None:
        self._stream = stream
        self._breakage = breakage

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            if self._breakage is Breakage.TRUNCATED:
                yield part[: len(part) // 2]
                raise ConnectionAbortedError(self._breakage.value)
            yield part

    def close(self) -> None:
        self._stream.close()


def _body(method: str, response: Response) -> Iterator[bytes]:
    if response.breakage is Breakage.TRUNCATED:
        yield response.body[: len(response.body) // 2]
        raise ConnectionAbortedError(response.breakage.value)
    if method != "HEAD":
        yield response.body


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def request_from(environ: WSGIEnvironment) -> Request:
    """Read a request out of a WSGI environment."""
    path, query = _target(environ)
    length = int(environ.get("CONTENT_LENGTH") or environ.get("HTTP_CONTENT_LENGTH") or 0)
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    body = b""
    if length:
        body = environ["wsgi.input"].read(length)
    elif environ.get("wsgi.input_terminated"):
        # A body in chunks, which tells no length; the server ends it.
        body = environ["wsgi.input"].read()
    return Request(environ["REQUEST_METHOD"], path, query, headers, body)


def _target(environ: dict[str, Any]) -> tuple[str, str]:
    """Path and query as the client sent them: signatures are made over these."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        parts = urlsplit(raw) if "://" in raw else urlsplit(f"//host{raw}")
        return parts.path, parts.query
    decoded = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    try:
        plain = decoded.encode("latin-1")
    except UnicodeEncodeError:
        # Against PEP 3333, some servers hand over real characters.
        plain = decoded.encode()
    return quote(plain, safe="/-_.~"), environ.get("QUERY_STRING", "")
