"""A loopback site with the comments and issues of GitHub and of GitLab, as far as they are used."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PER_PAGE = 2  # Less than is asked for, as a site may; so that lists have several pages.


@dataclass
class Site:
    """What the site holds, and what was asked of it."""

    url: str = ""
    token: str = "the-token"
    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    closing_notes: list[str] = field(default_factory=list)
    not_ours: set[int] = field(default_factory=set)
    calls: list[tuple[str, str]] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    fail_with: int = 0
    write_failures: int = 0
    failures: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    own_name: str = "our-bot"

    def writes(self) -> list[str]:
        """Methods of the calls that were to change something."""
        return [method for method, _ in self.calls if method != "GET"]


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _answer(
        self, status: int, data: Any, link: str = "", headers: dict[str, str] | None = None
    ) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in {**({"Link": link} if link else {}), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _handle(self) -> None:
        site, path = self.site, urlsplit(self.path).path
        length = int(self.headers.get("Content-Length") or 0)
        fields = json.loads(self.rfile.read(length)) if length else {}
        site.calls.append((self.command, path))
        given = self.headers.get("PRIVATE-TOKEN") or self.headers.get("Authorization", "")[7:]
        if given != site.token:
            self._answer(401, {"message": "Bad credentials"})
        elif site.failures:
            status, headers = site.failures.pop(0)
            self._answer(status, {"message": "not now"}, headers=headers)
        elif site.write_failures and self.command != "GET":
            site.write_failures -= 1
            self._answer(502, {"message": "out of order"})
        elif path.endswith("/user"):
            self._answer(200, {"login": site.own_name, "username": site.own_name})
        elif site.fail_with:
            self._answer(site.fail_with, {"message": "out of order"})
        elif re.search(r"/issues/7/comments$|/merge_requests/7/notes$", path):
            self._list(site.comments, fields, "body")
        elif found := re.search(r"/(?:issues/comments|merge_requests/7/notes)/(\d+)$", path):
            self._change(site.comments, int(found[1]), fields)
        elif path.endswith("/issues"):
            self._list(site.issues, fields, "")
        elif re.search(r"/issues/\d+/(?:comments|notes)$", path):
            site.closing_notes.append(fields["body"])
            self._answer(201, {"id": 1})
        elif found := re.search(r"/issues/(\d+)$", path):
            self._change(site.issues, int(found[1]), fields)
        else:
            self._answer(404, {"message": "Not Found"})

    def _list(self, items: list[dict[str, Any]], fields: dict[str, Any], key: str) -> None:
        if self.command == "POST":
            number = len(items) + 1
            page = f"{self.site.url}/seen/{number}"
            urls = {"html_url": page, "web_url": page}
            who = {"login": self.site.own_name, "username": self.site.own_name, "type": "User"}
            item = {"id": number, "iid": number, "number": number, "state": "opened", **urls}
            item |= {"user": who, "author": who}
            items.append({**item, **fields})
            self._answer(201, items[-1])
            return
        query = parse_qs(urlsplit(self.path).query)
        start = (int(query.get("page", ["1"])[0]) - 1) * PER_PAGE
        shown = [item for item in items if item.get("state", "opened") in ("opened", "open")]
        page_url = f"{self.site.url}{urlsplit(self.path).path}?page={start // PER_PAGE + 2}"
        more = f'<{page_url}>; rel="next"' if start + PER_PAGE < len(shown) else ""
        self._answer(200, shown[start : start + PER_PAGE], more)

    def _change(self, items: list[dict[str, Any]], number: int, fields: dict[str, Any]) -> None:
        if number in self.site.not_ours:
            self._answer(403, {"message": "Resource not accessible by integration"})
            return
        if number in self.site.gone:
            self._answer(404, {"message": "Not Found"})
            return
        item = next(item for item in items if item["id"] == number)
        if fields.get("state_event") == "close":
            fields = {"state": "closed"}
        item.update(fields)
        self._answer(200, item)

    do_GET = do_POST = do_PATCH = do_PUT = _handle


@contextmanager
def running_site() -> Iterator[Site]:
    """A site on a free port of this machine."""
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
