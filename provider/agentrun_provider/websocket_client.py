"""The client's end of a WebSocket: a signed request, then messages."""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Ping,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)
from wsproto.utilities import LocalProtocolError, ProtocolError

from .errors import TransportFault
from .replies import error_of
from .services import Service

_log = logging.getLogger(__name__)

_CHUNK = 16 * 1024
_LARGEST_REFUSAL = 64 * 1024


class WebSocket:
    """One connection. One thread reads; any thread may send.

    Args:
        url: `http(s)` address with its query, encoded.
        headers: Headers of the request, the signature among them.
        operation: API operation, for errors.
        service: The API.
        connect_seconds: How long connecting and the reply to the request may take.
        ping_seconds: How often the service is told that somebody is there, so that nothing on the
            way takes the connection for dead.

    Raises:
        ApiError: The service refused.
        TransportFault: It could not be reached, or gave no usable answer.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        operation: str,
        service: Service,
        connect_seconds: float,
        ping_seconds: float = 5.0,
    ) -> None:
        self._url, self._operation, self._service = url, operation, service
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._fresh = True
        # Without the query, which holds the command.
        parts = urlsplit(url)
        _log.debug("%s: GET %s%s", operation, parts.hostname, parts.path)
        self._connection = self._connect(connect_seconds)
        try:
            self._shake_hands(headers)
            self._connection.settimeout(None)
        except BaseException:
            self._connection.close()
            raise
        self._pinger = threading.Thread(target=self._ping, args=(ping_seconds,), daemon=True)
        self._pinger.start()

    def receive(self) -> list[bytes] | None:
        """The messages that came next, maybe none; None when the other side has closed.

        Raises:
            TransportFault: The connection broke.
        """
        if self._fresh:
            # What came together with the reply to the request is here already.
            self._fresh = False
            with self._lock:
                return self._messages()
        try:
            data = self._connection.recv(_CHUNK)
            if not data:
                raise ConnectionResetError("it ended without a good-bye")
            with self._lock:
                self._protocol.receive_data(data)
                return self._messages()
        except (OSError, ProtocolError) as error:
            if self._closed.is_set():
                return None
            raise self._fault("the connection broke", error, sent=True) from error

    def send(self, data: bytes) -> None:
        """Send a message.

        Raises:
            TransportFault: The connection broke.
        """
        try:
            with self._lock:
                self._connection.sendall(self._protocol.send(BytesMessage(data)))
        except (OSError, LocalProtocolError) as error:
            raise self._fault("the connection broke", error, sent=True) from error

    def close(self) -> None:
        """End the connection; a reader comes back at once."""
        if not self._closed.is_set():
            self._closed.set()
            with self._lock, contextlib.suppress(OSError, LocalProtocolError):
                self._connection.sendall(self._protocol.send(CloseConnection(code=1000)))
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def __enter__(self) -> WebSocket:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _connect(self, seconds: float) -> socket.socket:
        parts = urlsplit(self._url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        try:
            plain = socket.create_connection((host, parts.port or (443 if secure else 80)), seconds)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not secure:
                return plain
            # Trusts whom the HTTP calls trust.
            return httpx.create_ssl_context().wrap_socket(plain, server_hostname=host)
        except OSError as error:
            lasting = isinstance(error, ssl.SSLError)
            raise self._fault("can't connect", error, sent=False, lasting=lasting) from error

    def _shake_hands(self, headers: Mapping[str, str]) -> None:
        parts = urlsplit(self._url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        extra = [(name.encode(), value.encode()) for name, value in headers.items()]
        request = Request(host=parts.netloc, target=target, extra_headers=extra)
        try:
            self._connection.sendall(self._protocol.send(request))
            refusal: RejectConnection | None = None
            body = b""
            while True:
                data = self._connection.recv(_CHUNK)
                self._protocol.receive_data(data or None)
                for event in self._protocol.events():
                    if isinstance(event, AcceptConnection):
                        return
                    if isinstance(event, RejectConnection):
                        refusal = event
                    if isinstance(event, RejectData):
                        body += bytes(event.data)
                    whole = isinstance(event, RejectData) and event.body_finished
                    bare = isinstance(event, RejectConnection) and not event.has_body
                    if refusal is not None and (whole or bare or len(body) > _LARGEST_REFUSAL):
                        raise self._refused(refusal, body)
                if not data and refusal is not None:
                    raise self._refused(refusal, body)
                if not data:
                    raise ConnectionResetError("the connection ended")
        except (OSError, ProtocolError) as error:
            raise self._fault("no usable answer", error, sent=True) from error

    def _refused(self, refusal: RejectConnection, body: bytes) -> Exception:
        reply = httpx.Response(
            refusal.status_code,
            headers=list(refusal.headers),
            content=body,
            request=httpx.Request("GET", self._url),
        )
        return error_of(reply, self._operation, service=self._service.name)

    def _messages(self) -> list[bytes] | None:
        found = []
        for event in self._protocol.events():
            if isinstance(event, BytesMessage):
                found.append((bytes(event.data), event.message_finished))
            elif isinstance(event, TextMessage):
                found.append((event.data.encode(), event.message_finished))
            elif isinstance(event, Ping):
                self._connection.sendall(self._protocol.send(event.response()))
            elif isinstance(event, CloseConnection):
                self._closed.set()
                with contextlib.suppress(LocalProtocolError, OSError):
                    self._connection.sendall(self._protocol.send(event.response()))
        whole = self._joined(found)
        return whole if whole or not self._closed.is_set() else None

    _begun = b""

    def _joined(self, parts: list[tuple[bytes, bool]]) -> list[bytes]:
        """Whole messages; the beginning of one waits for its end."""
        whole = []
        for data, finished in parts:
            self._begun += data
            if finished:
                whole.append(self._begun)
                self._begun = b""
        return whole

    def _ping(self, seconds: float) -> None:
        while not self._closed.wait(seconds):
            with contextlib.suppress(OSError, LocalProtocolError), self._lock:
                self._connection.sendall(self._protocol.send(Ping()))

    def _fault(
        self, what: str, error: BaseException, *, sent: bool, lasting: bool = False
    ) -> TransportFault:
        return TransportFault(
            self._operation,
            f"{what}: {error}",
            sent,
            host=urlsplit(self._url).netloc,
            setting=self._service.setting,
            lasting=lasting,
        )
