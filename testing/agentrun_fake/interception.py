"""Catch what httpx and requests send to the vendor's hosts, and let a fake cloud answer it. So it
does for the custom domains that were declared to it: the real ones may be in use.

Requests to all other hosts go where they would. A library that is not imported yet is patched
when it is, so that nothing has to be imported for those who don't use it. Other HTTP libraries
(aiohttp, which the asynchronous methods of the official SDKs use) are not caught: they need a
`ThreadedServer`.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .http import Breakage, Request, Response

if TYPE_CHECKING:
    import httpx
    import requests

    from .cloud import FakeCloud

_DOMAIN = "aliyuncs.com"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def is_caught(cloud: FakeCloud, host: str) -> bool:
    """Whether requests to a host are answered by the fake."""
    return host.lower().endswith(f".{_DOMAIN}") or cloud.has_domain(host)


@contextmanager
def intercepted(cloud: FakeCloud) -> Iterator[None]:
    """Let `cloud` answer what httpx and requests send to the vendor's hosts."""
    with ExitStack() as patches:
        for name, patched in (("httpx", _httpx_patched), ("requests", _requests_patched)):

            def take(patched: Callable[[FakeCloud], Any] = patched) -> None:
                patches.enter_context(patched(cloud))

            if name in sys.modules:
                take()
            else:
                patches.enter_context(_on_import(name, take))
        yield


@contextmanager
def _on_import(name: str, action: Callable[[], None]) -> Iterator[None]:
    """Run `action` right after a module is imported for the first time."""
    finder = _Finder(name, action)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        if finder in sys.meta_path:
            sys.meta_path.remove(finder)


class _Finder(MetaPathFinder):
    """Finds a module where the other finders do, and runs an action after it was executed."""

    def __init__(self, name: str, action: Callable[[], None]) -> None:
        self._name = name
        self._action = action

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The other finders' answer with a loader that acts afterwards."""
        if fullname != self._name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return None
        loader = spec.loader
        execute = loader.exec_module

        def execute_and_act(module: ModuleType) -> None:
            del loader.exec_module  # leaves the method of the loader's class
            execute(module)
            self._action()

        loader.exec_module = execute_and_act  # type: ignore[method-assign]
        return spec


# httpx


@contextmanager
def _replaced(owner: type, name: str, method: Callable[..., Any]) -> Iterator[None]:
    """Not by `unittest.mock`, which takes a third of the fixture's time to import."""
    before = getattr(owner, name)
    setattr(owner, name, method)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def _httpx_patched(cloud: FakeCloud) -> Iterator[None]:
    import anyio.to_thread
    import httpx

    from .transport import FakeTransport

    fake = FakeTransport(cloud)
    send = httpx.HTTPTransport.handle_request
    send_async = httpx.AsyncHTTPTransport.handle_async_request

    def handle(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        caught = is_caught(cloud, request.url.host)
        return fake.handle_request(request) if caught else send(self, request)

    async def handle_async(
        self: httpx.AsyncHTTPTransport, request: httpx.Request
    ) -> httpx.Response:
        if not is_caught(cloud, request.url.host):
            return await send_async(self, request)
        await request.aread()
        # In a thread, so that slow replies don't hold up the event loop.
        response = await anyio.to_thread.run_sync(fake.handle_request, request)
        return _for_async(response)

    with (
        _replaced(httpx.HTTPTransport, "handle_request", handle),
        _replaced(httpx.AsyncHTTPTransport, "handle_async_request", handle_async),
    ):
        yield


def _for_async(response: httpx.Response) -> httpx.Response:
    """A reply whose body an asynchronous client can read."""
    import anyio.to_thread
    import httpx

    if isinstance(response.stream, httpx.AsyncByteStream):
        return response
    source = response.stream
    assert isinstance(source, httpx.SyncByteStream), "a stream is one or the other"

    class Parts(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            parts = iter(source)
            while part := await anyio.to_thread.run_sync(next, parts, b""):
                yield part

        async def aclose(self) -> None:
            await anyio.to_thread.run_sync(source.close)

    response.stream = Parts()
    return response


# requests


@contextmanager
def _requests_patched(cloud: FakeCloud) -> Iterator[None]:
    import responses
    from requests.adapters import HTTPAdapter

    def answer(request: requests.PreparedRequest) -> Any:
        return _as_tuple(request, cloud.handle(_plain(request)))

    ours = _urls_of(rf"[^/?#]+\.{re.escape(_DOMAIN)}")
    others = re.compile(rf"(?!{ours.pattern})", re.IGNORECASE)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:

        def catch(urls: re.Pattern[str]) -> None:
            for method in _METHODS:
                mock.add_callback(method, urls, callback=answer, content_type=None)

        mock.add_passthru(others)
        catch(ours)
        send, domains = HTTPAdapter.send, set[str]()

        def send_or_answer(
            self: HTTPAdapter, request: requests.PreparedRequest, *rest: Any, **more: Any
        ) -> requests.Response:
            host = urlsplit(str(request.url)).hostname or ""
            if host not in domains and cloud.has_domain(host):
                domains.add(host)
                catch(_urls_of(re.escape(host)))
            return send(self, request, *rest, **more)

        with _replaced(HTTPAdapter, "send", send_or_answer):
            yield


def _urls_of(hosts: str) -> re.Pattern[str]:
    return re.compile(rf"https?://{hosts}(?=[:/?#]|$)", re.IGNORECASE)


def _plain(request: requests.PreparedRequest) -> Request:
    path, _, query = request.path_url.partition("?")
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    # Host is only added when a connection is written to.
    headers.setdefault("host", urlsplit(str(request.url)).netloc.rpartition("@")[2])
    return Request(str(request.method), path, query, headers, _content(request.body))


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _content(body: Any) -> bytes:
    """The whole body: requests takes bytes, text, files and iterables."""
    if body is None:
        return b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    parts: Iterable[bytes | str] = body
    return b"".join(part.encode() if isinstance(part, str) else part for part in parts)


def _as_tuple(request: requests.PreparedRequest, response: Response) -> Any:
    """A reply as `responses` wants it; an exception stands for a connection that failed."""
    from requests import exceptions

    patience = _read_timeout(request)
    if patience is not None and response.late_seconds >= patience:
        response.close()
        return exceptions.ReadTimeout("Read timed out.", request=request)
    if response.breakage is not None:
        response.close()
    if response.breakage is Breakage.DROPPED:
        return exceptions.ConnectionError(response.breakage.value, request=request)
    if response.breakage is Breakage.TRUNCATED:
        return exceptions.ChunkedEncodingError(response.breakage.value, request=request)
    try:
        body = b"" if request.method == "HEAD" else _whole(response)
    except ConnectionError as error:
        return exceptions.ChunkedEncodingError(str(error), request=request)
    return response.status, list(response.headers), body


def _read_timeout(request: requests.PreparedRequest) -> float | None:
    """How many seconds the caller waits for a reply: `responses` keeps what it was called with."""
    timeout = getattr(request, "req_kwargs", {}).get("timeout")
    if isinstance(timeout, tuple):
        timeout = timeout[1]
    return None if timeout is None else float(timeout)


def _whole(response: Response) -> bytes:
    """The body; `responses` has no way to hand over one that is still being made."""
    if response.stream is None:
        return response.body
    try:
        return b"".join(response.stream)
    finally:
        response.close()
