"""Send one request and turn whatever happens into a reply or an error of the tree."""

from __future__ import annotations

import json
import platform
import ssl
from typing import Any

import httpx

from . import __version__
from .config import Settings
from .errors import TransportFault
from .hints import PLAIN_HTTP
from .replies import error_of
from .services import Service

USER_AGENT = f"pulumi-agentrun/{__version__} python/{platform.python_version()}"

# Addresses of this machine are never behind a proxy, whatever HTTP_PROXY says.
_LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")

# In these cases nothing can have reached the service; after any other it may have.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


def open_connection(
    settings: Settings, transport: httpx.BaseTransport | None = None
) -> httpx.Client:
    """Make the connection pool that a deployment shares.

    Args:
        settings: For the time-outs.
        transport: What to send through instead of the network.
    """
    return httpx.Client(
        transport=transport,
        mounts=None if transport else dict.fromkeys(_LOOPBACK),
        timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout),
        headers={"user-agent": USER_AGENT, "accept": "application/json"},
        follow_redirects=False,
    )


def send_once(
    http: httpx.Client,
    request: httpx.Request,
    *,
    operation: str,
    service: Service,
    auth: httpx.Auth,
) -> httpx.Response:
    """Send a request once and read its whole reply.

    Raises:
        ApiError: The reply is an error.
        TransportFault: No complete reply came back.
    """
    try:
        response = http.send(request, auth=auth)
    except httpx.HTTPError as error:
        raise TransportFault(
            operation,
            _words(error),
            not isinstance(error, _NOT_SENT),
            host=_host(request),
            setting=service.setting,
            lasting=_is_lasting(error),
        ) from error
    if not response.is_success:
        raise error_of(response, operation, service=service.name)
    return response


def json_of(response: httpx.Response, operation: str, service: Service) -> Any:
    """Read the JSON body of a successful reply; None if the reply may be and is empty.

    Raises:
        TransportFault: The body is cut short or is no JSON at all.
    """
    if not response.content and (
        response.status_code == 204 or response.request.method == "DELETE"
    ):
        return None
    try:
        return json.loads(response.content)
    except ValueError:
        raise unusable(
            response, operation, service, "the answer is not the expected JSON"
        ) from None


def unusable(
    response: httpx.Response, operation: str, service: Service, why: str
) -> TransportFault:
    """The fault that a successful reply stands for which can't be understood."""
    return TransportFault(
        operation,
        f"{why} (HTTP {response.status_code})",
        True,
        host=_host(response.request),
        setting=service.setting,
    )


def _host(request: httpx.Request) -> str:
    return request.url.netloc.decode("ascii")


def _words(error: httpx.HTTPError) -> str:
    """Say what happened; several of httpx's errors carry no text."""
    kind = _WORDS.get(type(error), "the connection failed")
    return f"{kind}: {error}" if str(error) else kind


_WORDS: dict[type[httpx.HTTPError], str] = {
    httpx.ConnectError: "can't connect",
    httpx.ConnectTimeout: "timed out while connecting",
    httpx.ReadTimeout: "timed out while waiting for the answer",
    httpx.WriteTimeout: "timed out while sending",
    httpx.PoolTimeout: "timed out while waiting for a free connection",
    httpx.ReadError: "the connection broke while reading the answer",
    httpx.WriteError: "the connection broke while sending",
    httpx.RemoteProtocolError: "the answer broke off",
    httpx.LocalProtocolError: "the request can't be sent",
    httpx.ProxyError: "the proxy failed",
}


def _is_lasting(error: BaseException) -> bool:
    """Tell whether the same request would fail for ever: a bad header, no trust, no TLS."""
    if isinstance(error, (httpx.LocalProtocolError, httpx.UnsupportedProtocol)):
        return True
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        if isinstance(seen, ssl.SSLError) and seen.reason == PLAIN_HTTP:
            return True
        seen = seen.__cause__ or seen.__context__
    return False
