"""The fake cloud as an HTTP server, one thread per connection.

`http.server` is used as it keeps connections open and leaves the socket to us: a scripted fault
closes it in the middle, and signatures need the path as it came.
"""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .cloud import FakeCloud
from .http import Breakage, ByteStream, Request, Response, whole_number

if TYPE_CHECKING:
    from .tls import LocalAuthority

_LOG = logging.getLogger("agentrun_fake.server")
_LARGEST_BODY = 600 * 1024 * 1024
_LONGEST_LINE = 64 * 1024
_STOP_SECONDS = 5.0
_CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,15}")


class _Unreadable(Exception):
    """A request's body can't be read; `status` is what to answer, 0 for nothing."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "agentrun-fake"
    # Headers and body leave in two writes; without this the second waits for an acknowledgement.
    disable_nagle_algorithm = True
    timeout = 120
    server: _Server

    def __getattr__(self, name: str) -> Any:
        # Any method goes to the cloud, which knows what it takes.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        body = self._read_body()
        if body is None:
            return
        path, _, query = self.path.partition("?")
        headers: dict[str, str] = {}
        for sent, value in self.headers.items():
            name = sent.lower()
            between = "; " if name == "cookie" else ", "
            headers[name] = f"{headers[name]}{between}{value}" if name in headers else value
        self._send(self.server.cloud.handle(Request(self.command, path, query, headers, body)))

    def _read_body(self) -> bytes | None:
        """The whole body; None if there is no use in an answer, or one was sent."""
        coding = self.headers.get("transfer-encoding")
        lengths = set(self.headers.get_all("content-length", []))
        try:
            if coding is not None:
                # What is not understood would be taken for the next request.
                if coding.strip().lower() != "chunked" or lengths:
                    raise _Unreadable(501 if not lengths else 400)
                return self._read_chunks()
            if not lengths:
                return b""
            length = whole_number(lengths.pop())
            if length is None or lengths:
                raise _Unreadable(400)
            return self._read(length)
        except _Unreadable as error:
            self.close_connection = True
            if error.status:
                self.send_error(error.status)
            return None

    def _read_chunks(self) -> bytes:
        whole = bytearray()
        while size := self._chunk_size():
            whole += self._read(size, len(whole))
            if self.rfile.readline(3) != b"\r\n":
                raise _Unreadable(400)
        # Trailers, up to an empty line.
        while self.rfile.readline(_LONGEST_LINE) not in (b"\r\n", b"\n", b""):
            pass
        return bytes(whole)

    def _chunk_size(self) -> int:
        size = self.rfile.readline(_LONGEST_LINE).partition(b";")[0].strip()
        if not size:
            raise _Unreadable(0)
        if not _CHUNK_SIZE.fullmatch(size):
            raise _Unreadable(400)
        return int(size, 16)

    def _read(self, size: int, before: int = 0) -> bytes:
        """So many bytes. A client that went away in between did not send a shorter body: what it
        meant to send is not known, and must not be stored."""
        if before + size > _LARGEST_BODY:
            raise _Unreadable(413)
        part = self.rfile.read(size)
        if len(part) < size:
            raise _Unreadable(0)
        return part

    def _send(self, response: Response) -> None:
        if response.breakage is Breakage.DROPPED:
            response.close()
            self._cut()
            return
        if response.takeover is not None:
            self.close_connection = True
            response.takeover(self.connection)
            return
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if response.stream is not None:
            self._send_stream(response, response.stream)
            return
        if response.status != 204:
            self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        if response.breakage is Breakage.TRUNCATED:
            self.wfile.write(response.body[: len(response.body) // 2])
            self._cut()
        elif self.command != "HEAD":
            self.wfile.write(response.body)

    def _send_stream(self, response: Response, stream: ByteStream) -> None:
        """Send a body as it is made; if it breaks off, so does the connection."""
        names = {name for name, _ in response.headers}
        bodiless = self.command == "HEAD" or response.status in (204, 304)
        chunked = not bodiless and "content-length" not in names
        if chunked and self.request_version == "HTTP/1.0":
            # It knows no chunks: the end of the connection is the end of the body.
            chunked, self.close_connection = False, True
        if chunked:
            self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for part in stream:
                framed = b"%x\r\n%b\r\n" % (len(part), part) if chunked else part
                if response.breakage is Breakage.TRUNCATED:
                    self.wfile.write(framed[: len(framed) // 2])
                    self._cut()
                    return
                self.wfile.write(framed)
            if chunked:
                self.wfile.write(b"0\r\n\r\n")
        except ConnectionError:
            self._cut()
        finally:
            stream.close()

    def _cut(self) -> None:
        self.close_connection = True
        _shut(self.connection)

    def handle(self) -> None:
        # A client that goes away is its own business.
        with contextlib.suppress(ConnectionError, TimeoutError):
            try:
                super().handle()
            except ssl.SSLError as error:
                # Most often the client does not trust the certificate, or speaks plain HTTP.
                _LOG.warning("TLS with %s failed: %s", self.client_address[0], error)

    def log_message(self, format: str, *args: Any) -> None:
        _LOG.debug(format, *args)


def _shut(connection: socket.socket) -> None:
    """Close a connection at once. Not by its own method, which for TLS would let another thread
    that still reads from it see the bytes undeciphered."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Clients may open many connections at once.
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], cloud: FakeCloud, context: ssl.SSLContext | None
    ) -> None:
        self.cloud = cloud
        self._context = context
        self._open: set[socket.socket] = set()
        self._handlers: set[threading.Thread] = set()
        self._open_lock = threading.Lock()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # The inherited method asks the name service for the host's full name; nobody needs it.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._context is not None:
            # The handshake comes with the first read, so that a slow one holds up nobody else.
            connection = self._context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """One connection, in a thread of its own."""
        own = threading.current_thread()
        with self._open_lock:
            self._handlers.add(own)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._open_lock:
                self._handlers.discard(own)

    def wait_for_handlers(self, seconds: float) -> None:
        """Wait until the requests that were being answered are."""
        deadline = time.monotonic() + seconds
        with self._open_lock:
            handlers = list(self._handlers)
        for thread in handlers:
            thread.join(max(0.0, deadline - time.monotonic()))

    def close_connections(self) -> None:
        """Close connections that clients keep open: a stopped server must not answer."""
        with self._open_lock:
            still_open = list(self._open)
        for request in still_open:
            _shut(request)


class ThreadedServer:
    """A fake cloud behind a port of this machine. Also a context manager.

    Args:
        cloud: The cloud; a new one with default settings if not given.
        host: Address to listen on. The fake runs what it is told to, so keep it on loopback.
        port: Port; 0 picks a free one.
        authority: Speak HTTPS with a certificate that this authority signs.
    """

    def __init__(
        self,
        cloud: FakeCloud | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        authority: LocalAuthority | None = None,
    ) -> None:
        self.cloud = cloud or FakeCloud()
        self._authority = authority
        self._address = (host, port)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> ThreadedServer:
        """Listen; requests are answered once this returns. A second start takes the same port.

        Raises:
            OSError: The port is taken.
            ValueError: The authority must not sign for the host.
        """
        context = self._authority.context(self._address[0]) if self._authority else None
        self._server = _Server(self._address, self.cloud, context)
        # The socket listens from here on, so nobody needs to wait for the thread.
        self._address = (self._address[0], self.port)
        if self.cloud.base_url is None:
            self.cloud.base_url = self.url
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening, close all connections and end all programs; the cloud keeps its
        state."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.close_connections()
        self._server.server_close()
        # Calls that are under way end with the programs; what they still start ends after them.
        self.cloud.stop_programs()
        self._server.wait_for_handlers(_STOP_SECONDS)
        self.cloud.stop_programs()
        self._server = self._thread = None

    @property
    def address(self) -> str:
        """Where it listens, or will listen."""
        return ":".join(str(part) for part in self._address)

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._server is None:
            raise RuntimeError("the server is not running")
        return int(self._server.server_address[1])

    @property
    def host_and_port(self) -> str:
        """`host:port`, as the official SDKs want it."""
        host = self._address[0]
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Where clients reach it, without a slash at the end."""
        return f"{'https' if self._authority else 'http'}://{self.host_and_port}"

    def __enter__(self) -> ThreadedServer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
