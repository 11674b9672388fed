"""The client's end of a WebSocket, against servers that refuse, break off, and use TLS."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from agentrun_fake.tls import LocalAuthority
from agentrun_provider.errors import ApiError, Forbidden, TransportFault
from agentrun_provider.services import FC2016
from agentrun_provider.websocket_client import WebSocket
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Message,
    Ping,
    Pong,
    Request,
)

SECONDS = 20


class Peer:
    """One connection, seen from the server."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.protocol = WSConnection(ConnectionType.SERVER)
        self.events: list[Event] = []

    def until(self, kind: type[Event]) -> Event:
        """Read until something of a kind has come."""
        while True:
            while self.events:
                event = self.events.pop(0)
                if isinstance(event, kind):
                    return event
            self.protocol.receive_data(self.connection.recv(65536) or None)
            self.events += self.protocol.events()

    def send(self, event: Event) -> None:
        self.connection.sendall(self.protocol.send(event))

    def accept(self) -> Request:
        request = self.until(Request)
        assert isinstance(request, Request)
        self.send(AcceptConnection())
        return request


Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server for one connection; gives its URL. What fails in it fails the test."""
    threads: list[threading.Thread] = []
    failures: list[BaseException] = []

    def start(talk: Callable[[Peer], None], authority: LocalAuthority | None = None) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(SECONDS)

        def run() -> None:
            with listener:
                connection, _ = listener.accept()
            connection.settimeout(SECONDS)
            try:
                if authority is not None:
                    context = authority.context("127.0.0.1")
                    connection = context.wrap_socket(connection, server_side=True)
                with connection:
                    talk(Peer(connection))
            except BaseException as error:
                failures.append(error)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        scheme = "http" if authority is None else "https"
        return f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/exec?command=a%20b"

    yield start
    for thread in threads:
        thread.join(SECONDS)
    assert not failures


def connect(url: str, **options: float) -> WebSocket:
    return WebSocket(
        url,
        {"authorization": "FC testak:x"},
        operation="InstanceExec",
        service=FC2016,
        connect_seconds=SECONDS,
        **options,
    )


def all_of(web: WebSocket) -> list[bytes]:
    found = []
    while (messages := web.receive()) is not None:
        found += messages
    return found


def test_messages_go_both_ways_until_the_server_closes(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        request = peer.accept()
        assert request.target == "/exec?command=a%20b"
        assert (b"authorization", b"FC testak:x") in request.extra_headers
        heard = peer.until(Message)
        assert heard.data == b"hello"
        peer.send(BytesMessage(b"one"))
        peer.send(BytesMessage(b"tw", message_finished=False))
        peer.send(BytesMessage(b"o"))
        peer.send(CloseConnection(code=1000))
        peer.until(CloseConnection)

    with connect(serve(talk)) as web:
        web.send(b"hello")
        assert all_of(web) == [b"one", b"two"]


def test_it_says_that_it_is_there_and_answers_when_asked(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.accept()
        peer.until(Ping)
        peer.send(Ping(b"you?"))
        assert peer.until(Pong).payload == b"you?"
        peer.send(CloseConnection(code=1000))

    with connect(serve(talk), ping_seconds=0.01) as web:
        assert all_of(web) == []


def refusing(text: bytes) -> Callable[[Peer], None]:
    def talk(peer: Peer) -> None:
        peer.until(Request)
        peer.connection.sendall(text)

    return talk


def test_a_refusal_becomes_the_error_of_the_service(serve: Serve) -> None:
    body = b'{"ErrorCode":"AccessDenied","ErrorMessage":"not you"}'
    head = b"HTTP/1.1 403 Forbidden\r\nx-fc-request-id: r-1\r\ncontent-length: %d\r\n\r\n"
    with pytest.raises(Forbidden) as refusal:
        connect(serve(refusing(head % len(body) + body)))
    assert (refusal.value.code, refusal.value.message) == ("AccessDenied", "not you")
    assert refusal.value.request_id == "r-1"


def test_a_refusal_in_pieces_or_without_a_body_is_understood(serve: Serve) -> None:
    chunked = b"HTTP/1.1 400 Bad\r\ntransfer-encoding: chunked\r\n\r\n14\r\n{"
    rest = b'"ErrorCode":"Wrong"\r\n1\r\n}\r\n0\r\n\r\n'
    with pytest.raises(ApiError) as refusal:
        connect(serve(refusing(chunked + rest)))
    assert refusal.value.status == 400
    with pytest.raises(ApiError) as refusal:
        connect(serve(refusing(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")))
    assert refusal.value.status == 502


@pytest.mark.parametrize("text", [b"", b"no HTTP at all\r\n\r\n"])
def test_no_usable_answer_is_a_fault_of_the_transport(serve: Serve, text: bytes) -> None:
    with pytest.raises(TransportFault, match="no usable answer"):
        connect(serve(refusing(text)))


def test_an_end_without_a_good_bye_is_a_fault_of_the_transport(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.accept()

    with (
        connect(serve(talk)) as web,
        pytest.raises(TransportFault, match="the connection broke"),
    ):
        all_of(web)


def test_what_comes_together_with_the_acceptance_is_not_lost(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.until(Request)
        both = peer.protocol.send(AcceptConnection()) + peer.protocol.send(BytesMessage(b"early"))
        peer.connection.sendall(both)
        peer.until(CloseConnection)

    with connect(serve(talk)) as web:
        assert web.receive() == [b"early"]


def test_nobody_there_is_a_fault_of_the_transport_that_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(TransportFault, match="can't connect") as fault:
        connect(f"http://127.0.0.1:{port}/")
    assert not fault.value.may_have_been_sent


def test_closing_lets_the_reader_come_back(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.accept()
        peer.until(CloseConnection)

    web = connect(serve(talk))
    ends: list[list[bytes]] = []
    reader = threading.Thread(target=lambda: ends.append(all_of(web)))
    reader.start()
    web.close()
    reader.join(SECONDS)
    assert ends == [[]]


def test_tls_is_spoken_with_those_whom_the_machine_trusts(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = LocalAuthority(tmp_path)

    def talk(peer: Peer) -> None:
        peer.accept()
        peer.send(BytesMessage(b"safe"))
        peer.send(CloseConnection(code=1000))

    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate_path))
    with connect(serve(talk, authority)) as web:
        assert all_of(web) == [b"safe"]
