"""The server's end of a WebSocket, over a connection whose request was read already."""

from __future__ import annotations

import contextlib
import socket
import threading

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Ping,
    RejectConnection,
    TextMessage,
)
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from ..http import Request

_CHUNK = 16 * 1024


class Closed(Exception):
    """The other side has gone, or has broken the protocol."""


class ServerSocket:
    """Messages as bytes, whichever kind of frame they come in. Any thread may send.

    Args:
        connection: The connection.
        request: The request that asked for the WebSocket.

    Raises:
        Closed: It was no proper request for one; the client was told.
    """

    def __init__(self, connection: socket.socket, request: Request) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._protocol = WSConnection(ConnectionType.SERVER)
        try:
            self._protocol.receive_data(_as_sent(request))
        except RemoteProtocolError as error:
            reply = error.event_hint or RejectConnection(status_code=400)
            connection.sendall(self._protocol.send(reply))
            raise Closed(str(error)) from error
        # The events hold the request only, which was read already.
        for _ in self._protocol.events():
            self._write(self._protocol.send(AcceptConnection()))

    def send(self, data: bytes) -> None:
        """Send a message.

        Raises:
            Closed: The other side has gone.
        """
        with self._lock:
            try:
                self._write(self._protocol.send(BytesMessage(data)))
            except LocalProtocolError as error:
                raise Closed(str(error)) from error

    def receive(self) -> bytes:
        """What has come, parts of messages as they are; empty if it was no message.

        Raises:
            Closed: The other side has gone.
        """
        try:
            data = self._connection.recv(_CHUNK)
        except OSError as error:
            raise Closed(str(error)) from error
        if not data:
            raise Closed("the connection ended")
        with self._lock:
            try:
                self._protocol.receive_data(data)
                return self._take()
            except RemoteProtocolError as error:
                raise Closed(str(error)) from error

    def close(self) -> None:
        """Say good-bye, if there is still somebody."""
        with self._lock, contextlib.suppress(LocalProtocolError, Closed):
            self._write(self._protocol.send(CloseConnection(code=1000)))

    def _take(self) -> bytes:
        parts = []
        for event in self._protocol.events():
            if isinstance(event, BytesMessage):
                parts.append(bytes(event.data))
            elif isinstance(event, TextMessage):
                parts.append(event.data.encode())
            elif isinstance(event, Ping):
                self._write(self._protocol.send(event.response()))
            elif isinstance(event, CloseConnection):
                with contextlib.suppress(LocalProtocolError):
                    self._write(self._protocol.send(event.response()))
                raise Closed("the client closed the connection")
        return b"".join(parts)

    def _write(self, data: bytes) -> None:
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise Closed(str(error)) from error


def _as_sent(request: Request) -> bytes:
    """The request again, for a protocol that wants to read it itself."""
    lines = [f"GET {request.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
