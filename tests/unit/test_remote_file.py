"""A file behind a signed address, read part by part."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator

import httpx
import pytest
from agentrun_provider import remote_file
from agentrun_provider.client import Client
from agentrun_provider.config import resolve
from agentrun_provider.credentials import provider_for
from agentrun_provider.remote_file import RemoteFile, Unreadable

URL = "https://bucket.oss-cn-hangzhou.aliyuncs.com/key?Signature=geheim"
CONTENT = secrets.token_bytes(10_000)
Answer = Callable[[httpx.Request], httpx.Response]


class Server(httpx.BaseTransport):
    """Gives parts as OSS does, unless a test has other ideas."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Answer = self.part

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.headers["range"])
        return self.answer(request)

    def part(self, request: httpx.Request) -> httpx.Response:
        match = re.fullmatch(r"bytes=(\d*)-(\d+)", request.headers["range"])
        assert match
        first = int(match[1]) if match[1] else len(CONTENT) - int(match[2])
        last = int(match[2]) if match[1] else len(CONTENT) - 1
        if first < 0 or last >= len(CONTENT):
            return httpx.Response(200, content=CONTENT)
        place = f"bytes {first}-{last}/{len(CONTENT)}"
        part = CONTENT[first : last + 1]
        return httpx.Response(206, content=part, headers={"content-range": place})


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def opened(server: Server) -> Iterator[Callable[..., RemoteFile]]:
    keys = {"agentrun:accessKeyId": "testak", "agentrun:accessKeySecret": "testsecret"}
    settings = resolve({"agentrun:region": "cn-hangzhou", **keys}, {})
    credentials = provider_for(settings)
    with Client(settings, credentials, transport=server, sleep=lambda _: None) as client:
        yield lambda url=URL, **more: RemoteFile(client.sender, url, **more)


def test_it_reads_like_a_file_and_fetches_nothing_twice(
    opened: Callable[..., RemoteFile], server: Server
) -> None:
    file = opened(block_bytes=1000)
    assert file.seek(-22, 2) == 9978
    assert file.read() == CONTENT[-22:]
    assert file.read(5) == b""
    for place, size in ((2500, 10), (2990, 5), (0, 3000), (9990, 100), (950, 100), (8000, -1)):
        file.seek(place)
        assert file.read(size) == CONTENT[place:][: None if size < 0 else size], place
    assert server.asked == [
        "bytes=-1000",
        "bytes=2000-2999",
        "bytes=0-2999",
        "bytes=8000-9999",
    ]
    with pytest.raises(OSError, match="before the beginning"):
        file.seek(-1)


def test_a_small_file_comes_whole(opened: Callable[..., RemoteFile], server: Server) -> None:
    file = opened()
    file.seek(4000)
    assert file.read() == CONTENT[4000:]
    assert len(server.asked) == 1


def reply(status: int, content: bytes = b"x", **headers: str) -> Answer:
    return lambda _: httpx.Response(
        status, content=content, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (reply(206), "does not tell which part"),
        (reply(206, content_range="bytes 0-4/10"), "does not tell which part"),
        (reply(206, content_range="bytes 0-0/*"), "does not tell which part"),
        (reply(200, content_encoding="gzip"), "does not tell how large"),
        (lambda _: httpx.Response(200, stream=httpx.ByteStream(b"x")), "does not tell how large"),
        (reply(403, b"<Error><Code>AccessDenied</Code></Error>"), "answers AccessDenied"),
        (reply(403, f"<Error><Code>{URL}</Code></Error>".encode()), "answers HTTP 403"),
        (reply(404, f"can't get {URL}".encode()), "answers HTTP 404"),
        (reply(302, location=URL), "answers HTTP 302"),
    ],
)
def test_an_answer_of_no_use_is_told_without_the_address(
    opened: Callable[..., RemoteFile], server: Server, answer: Answer, why: str
) -> None:
    server.answer = answer
    with pytest.raises(Unreadable, match=why) as refused:
        opened()
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["ftp://host/x", "file:///etc/passwd", "https://", "http://x:y/", ""]
)
def test_an_address_that_is_none_is_not_asked(
    opened: Callable[..., RemoteFile], server: Server, url: str
) -> None:
    with pytest.raises(Unreadable, match="address is none"):
        opened(url)
    assert server.asked == []


def test_a_file_that_changes_meanwhile_is_noticed(
    opened: Callable[..., RemoteFile], server: Server
) -> None:
    file = opened(block_bytes=1000)
    server.answer = reply(206, content_range="bytes 0-0/77")
    with pytest.raises(Unreadable, match="changed while it was read"):
        file.read(10)
    server.answer = reply(206, content_range=f"bytes 7-7/{len(CONTENT)}")
    with pytest.raises(Unreadable, match="another part"):
        file.read(10)


def test_there_is_an_end_to_what_is_fetched(
    opened: Callable[..., RemoteFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_file, "MOST_IN_PARTS_BYTES", 5000)
    file = opened(block_bytes=1000)
    assert file.read(3000)
    with pytest.raises(Unreadable, match="too much"):
        file.read(3000)
