"""Hand a call over to a program and pass its reply on as it comes."""

from __future__ import annotations

import http.client
import string
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import quote

from ..errors import ServiceError
from ..http import Request, Response
from .fleet import Lease
from .instance import Instance
from .ports import LOOPBACK

_BLOCK = 64 * 1024
# Headers of one connection, which are not passed on (RFC 9110, 7.6.1).
_OF_CONNECTION = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-connection",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
# What a signed call proves itself with: the agent could use it again in the caller's name.
_OF_CALLER = frozenset(("agentrun-authorization", "x-acs-security-token"))
# What the fake's own server says of itself.
_OF_SERVER = frozenset(("server", "date"))
_KEPT_BACK = _OF_CONNECTION | _OF_CALLER | {"content-length", "expect"}


class _Body:
    """The body of a program's reply, while it is being made.

    The call ends before the last byte is handed on: a client that has its reply can rely on the
    instance being free.
    """

    def __init__(
        self, reply: http.client.HTTPResponse, instance: Instance, end: Callable[[], None]
    ) -> None:
        self._reply = reply
        self._instance = instance
        self._end = end
        # None if the length is not known; replies to HEAD have none whatever they declare.
        self._left: int | None = reply.length
        if self._left == 0:
            self.close()

    def __iter__(self) -> Iterator[bytes]:
        try:
            while block := self._reply.read1(_BLOCK):
                if self._left is not None:
                    self._left -= len(block)
                if self._left == 0:
                    self.close()
                yield block
            if self._left:
                raise http.client.IncompleteRead(b"", self._left)
        except (OSError, http.client.HTTPException) as error:
            self._instance.last_lines()
            raise ConnectionAbortedError(f"the program's reply broke off: {error!r}") from error
        finally:
            self.close()

    def close(self) -> None:
        """End the call, finished or not."""
        self._reply.close()
        self._end()


def forward(
    request: Request,
    path: str,
    lease: Lease,
    seconds: float,
    extra: Sequence[tuple[str, str]] = (),
) -> Response:
    """Send a call to the instance of a lease, which ends with the reply's body.

    Args:
        request: The call as it came.
        path: Path at the program, encoded.
        lease: Hold on the instance.
        seconds: How long the program may be silent.
        extra: Headers that the program gets beside the client's.

    Raises:
        ServiceError: 502, the program gave no reply; 504, it took too long.
    """
    connection = http.client.HTTPConnection(LOOPBACK, lease.instance.port, timeout=seconds)

    def end() -> None:
        connection.close()
        lease.release()

    try:
        _send(connection, request, path, extra)
        reply = connection.getresponse()
    except TimeoutError as error:
        end()
        text = f"the program gave no reply in {seconds:g} s"
        raise ServiceError(504, "ERR_AGENT_TIMEOUT", text) from error
    except (OSError, http.client.HTTPException) as error:
        lines = lease.instance.last_lines()
        end()
        text = f"the program gave no reply: {error}" + (f"; last lines:\n{lines}" if lines else "")
        raise ServiceError(502, "ERR_AGENT_FAILED", text) from error
    except BaseException:
        end()
        raise
    headers = [
        (name.lower(), value)
        for name, value in reply.getheaders()
        if name.lower() not in _OF_CONNECTION | _OF_SERVER
    ]
    return Response(reply.status, headers=headers, stream=_Body(reply, lease.instance, end))


def _send(
    connection: http.client.HTTPConnection,
    request: Request,
    path: str,
    extra: Sequence[tuple[str, str]],
) -> None:
    target = f"{path}?{request.query}" if request.query else path
    # Some clients send other characters as they are; http.client takes ASCII only.
    target = quote(target.encode("latin-1"), safe=string.punctuation)
    connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
    own = {part.strip().lower() for part in request.header("connection").split(",")}
    for name, value in request.headers.items():
        if name not in _KEPT_BACK and name not in own:
            connection.putheader(name, _encoded(value))
    for name, value in extra:
        connection.putheader(name, value)
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        connection.putheader("content-length", str(len(request.body)))
    connection.endheaders(request.body or None)


def _encoded(value: str) -> bytes:
    """A header's value as it came: a server reads bytes as Latin-1, httpx as UTF-8."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()
