"""Requests and replies as plain data, so that the services need no socket and no framework."""

from __future__ import annotations

import ipaddress
import json
import math
import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote

_DEEPEST = 100
_SURROGATE = re.compile(rb"\\u[dD]")
_MOST_DIGITS = 18


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire.

    Attributes:
        method: HTTP method in capitals.
        path: Path as the client encoded it; signatures are made over it.
        query: Query string without the question mark, as the client encoded it.
        headers: Values by lower-case name.
        body: The whole body.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def host(self) -> str:
        """The Host header in lower case, without a port."""
        host = self.headers.get("host", "").lower()
        return host if host.endswith("]") else host.rpartition(":")[0] or host

    @property
    def host_is_address(self) -> bool:
        """Whether the host is an IP address or localhost, which carry no region or bucket."""
        host = self.host.strip("[]")
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return host in ("", "localhost")
        return True

    @property
    def segments(self) -> list[str]:
        """The path's segments, decoded one by one, so that an encoded slash splits nothing."""
        return [unquote(part) for part in self.path.split("/")[1:]] or [""]

    # Filters of lists look at these for each record.
    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """The decoded query, in its order."""
        return parse_qsl(self.query, keep_blank_values=True)

    @cached_property
    def params(self) -> dict[str, str]:
        """The decoded query; the last of several equal names counts."""
        return dict(self.pairs)

    def header(self, name: str) -> str:
        """A header's value, empty if it was not sent."""
        return self.headers.get(name, "")


class Breakage(Enum):
    """How a connection fails while a reply is on its way."""

    DROPPED = "the connection is closed without a reply"
    TRUNCATED = "the connection is closed in the middle of the reply's body"


class ByteStream(Protocol):
    """A body that is still being made. Whoever gets one closes it, read to its end or not."""

    def __iter__(self) -> Iterator[bytes]:
        """Parts of the body as they come; `ConnectionError` if it breaks off."""
        ...

    def close(self) -> None:
        """Make no more of it."""
        ...


@dataclass(frozen=True)
class Response:
    """One reply.

    Attributes:
        status: HTTP status.
        body: The body, unless it is a stream.
        headers: Names in lower case, and values.
        breakage: How the connection fails while it is sent.
        stream: The body, if it is passed on as it is made. Its length is among the headers, if
            that is known.
        late_seconds: How long scripted delays held it up, for those who reach the cloud without a
            socket and so have to look at their time-out themselves.
        takeover: Speaks another protocol over the connection from here on, and answers the request
            itself; it returns when the connection is of no more use. Only over a socket.
    """

    status: int
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = ()
    breakage: Breakage | None = None
    stream: ByteStream | None = None
    late_seconds: float = 0
    takeover: Callable[[socket.socket], None] | None = None

    def close(self) -> None:
        """End the stream, if there is one."""
        if self.stream is not None:
            self.stream.close()

    def with_headers(self, *extra: tuple[str, str]) -> Response:
        """The same reply with more headers."""
        return replace(self, headers=(*self.headers, *extra))

    def broken(self, breakage: Breakage) -> Response:
        """The same reply on a failing connection."""
        return replace(self, breakage=breakage)

    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Later:
    """A reply that takes its time and is made without holding up other requests."""

    finish: Callable[[], Response]


def json_response(status: int, body: Any, headers: Sequence[tuple[str, str]] = ()) -> Response:
    """A reply with a JSON body, compact and with text left as UTF-8."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    content_type = ("content-type", "application/json; charset=utf-8")
    return Response(status, text.encode(), (content_type, *headers))


def read_json(text: bytes) -> Any:
    """Read JSON that can be written again: no NaN, no infinity, no halves of characters, and no
    deeper than anybody needs.

    Raises:
        ValueError: It is not such JSON.
    """
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if isinstance(value, (dict, list)):
        _check_depth(value, _DEEPEST)
    if _SURROGATE.search(text):
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    return number


def _check_depth(value: Any, left: int) -> None:
    if left == 0:
        raise ValueError("it is nested too deeply")
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, (dict, list)):
            _check_depth(item, left - 1)


def whole_number(text: str) -> int | None:
    """A number written in digits only; None if it is none, or longer than any that makes sense."""
    fits = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if fits else None
