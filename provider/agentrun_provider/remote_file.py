"""Read parts of a file behind a signed address, as if it lay here.

A signed address is a secret for as long as it is good: whoever has it can fetch the file. So it is
in no error text, no log line of ours, and taken out of those of the HTTP library. The request
carries no key and no signature of its own; OSS refuses an address that a header contradicts.
"""

from __future__ import annotations

import io
import logging
import re
from typing import TYPE_CHECKING

import httpx

from .errors import AgentRunError, ApiError
from .sender import Attempts
from .services import OSS
from .signing import Flow

if TYPE_CHECKING:
    from .sender import Sender

_KIB = 1024

# Read at once, wherever a part is asked for. The list of files of a zip archive is at its end, and
# this much of the end holds the list of some 700 files.
BLOCK_BYTES = 64 * _KIB
# The most that is fetched of a file of which parts can be had: the list of 300,000 files.
MOST_IN_PARTS_BYTES = 32 * _KIB * _KIB
# The most that is fetched whole, where the server gives no parts. Larger packages are rare.
MOST_WHOLE_BYTES = 64 * _KIB * _KIB
MOST_REQUESTS = 100

_OPERATION = "GetObject"
# Where the network can't reach the address, the preview must not hang in repetitions.
_ATTEMPTS = 2
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_SIGNATURES = frozenset({"signature", "x-oss-signature", "security-token", "x-oss-security-token"})


class Unreadable(Exception):
    """A file can't be read; the text says why and holds neither address nor signature."""


class RemoteFile(io.RawIOBase):
    """A file behind a signed address: seekable, read only, and fetched part by part.

    Args:
        sender: Sends the requests.
        url: The signed address.
        block_bytes: How much is fetched at least.

    Raises:
        Unreadable: The file can't be fetched, or is too large to be.
    """

    def __init__(self, sender: Sender, url: str, *, block_bytes: int = BLOCK_BYTES) -> None:
        super().__init__()
        _keep_out_of_logs()
        self._sender = sender
        self._url = _checked(url)
        self._block = block_bytes
        self._parts: list[tuple[int, bytes]] = []
        self._requests = self._fetched = self._position = 0
        self.size = 0
        self._fetch(f"bytes=-{block_bytes}")

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place; a place before the beginning is an `OSError`, as with other files."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning of the file")
        self._position = base + offset
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """Bytes from here on, all that are left if `size` is negative or None.

        Raises:
            Unreadable: They can't be fetched.
        """
        rest = max(self.size - self._position, 0)
        wanted = rest if size is None or size < 0 else min(size, rest)
        data = self._between(self._position, self._position + wanted) if wanted else b""
        self._position += len(data)
        return data

    def _between(self, begin: int, end: int) -> bytes:
        for start, part in self._parts:
            if start <= begin and end <= start + len(part):
                return part[begin - start : end - start]
        first = begin - begin % self._block
        last = min(end + -end % self._block, self.size) - 1
        self._fetch(f"bytes={first}-{last}", last + 1 - first)
        start, part = self._parts[-1]
        if not (start <= begin and end <= start + len(part)):
            raise Unreadable("the server sent another part than was asked for")
        return part[begin - start : end - start]

    def _fetch(self, part: str, length: int | None = None) -> None:
        """Fetch a part, or the whole file if the server gives no parts."""
        self._requests += 1
        self._fetched += length or self._block
        if self._requests > MOST_REQUESTS or self._fetched > MOST_IN_PARTS_BYTES:
            raise Unreadable("too much of it would have to be fetched")
        # No header of OSS's own: the signature of the address would have to include it.
        headers = {"range": part, "accept-encoding": "identity"}
        try:
            response: httpx.Response = self._sender.send(
                OSS,
                _OPERATION,
                "GET",
                self._url,
                auth=_SignedAlready(MOST_WHOLE_BYTES),
                headers=headers,
                attempts=Attempts(_ATTEMPTS),
            )
        except ApiError as error:
            # Only what has a fixed form: whoever answers may repeat the address in a text.
            code = error.code if re.fullmatch(r"[A-Za-z.]{1,60}", error.code) else ""
            raise Unreadable(f"the server answers {code or f'HTTP {error.status}'}") from None
        except AgentRunError as error:
            raise Unreadable(str(error)) from None
        self._take(response)

    def _take(self, response: httpx.Response) -> None:
        start, size = 0, len(response.content)
        if response.status_code == 206:
            match = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
            if match is None or int(match[2]) + 1 - int(match[1]) != size:
                raise Unreadable("the server does not tell which part it sent")
            start, size = int(match[1]), int(match[3])
        if self.size not in (0, size):
            raise Unreadable("it changed while it was read")
        self.size = size
        self._parts.append((start, response.content))


class _SignedAlready(httpx.Auth):
    """Adds nothing to a request, and ends it before a reply that is too large is read."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes

    def auth_flow(self, request: httpx.Request) -> Flow:
        response = yield request
        length = response.headers.get("content-length", "")
        if not response.is_success:
            return
        # Packed for the way, a short reply may be a long one.
        packed = response.headers.get("content-encoding", "identity") != "identity"
        if packed or not length.isdecimal():
            raise Unreadable("the server does not tell how large it is")
        if int(length) > self._most:
            mib = _KIB * _KIB
            raise Unreadable(
                f"it has {int(length) / mib:.0f} MiB, the server gives no parts of it, and more "
                f"than {self._most // mib} are not fetched"
            )


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise Unreadable("its address is none") from None
    if parsed.scheme not in ("https", "http") or not parsed.host:
        raise Unreadable("its address is none of HTTP")
    return url


class _WithoutSignature(logging.Filter):
    """Takes the query out of signed addresses, which the HTTP library logs at level INFO."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_bare(argument) for argument in record.args)
        return True


def _bare(argument: object) -> object:
    if isinstance(argument, httpx.URL) and _SIGNATURES & {n.lower() for n in argument.params}:
        return argument.copy_with(query=None)
    return argument


_filter = _WithoutSignature()


def _keep_out_of_logs() -> None:
    logging.getLogger("httpx").addFilter(_filter)
