"""Calling a deployed agent: the request, its session, and refusals in words."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from .agent_answers import EVENTS, AgentCallFailed, Answer, message_of, shortened, telling
from .config import Settings
from .errors import ConfigError
from .replies import request_id_of
from .transport import open_connection
from .unverified import SESSION_COOKIE, SESSION_HEADER

_log = logging.getLogger(__name__)

CHAT_PATH = "/openai/v1/chat/completions"

_ACCEPTED = f"{EVENTS}, application/json, */*"
# What RFC 9110 allows in names, and never in values.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NOT_IN_VALUES = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True)
class AgentCall:
    """A request to an agent.

    Attributes:
        url: Whole address.
        method: HTTP method.
        headers: Headers, which may hold credentials and are never shown.
        content: Body.
        timeout_seconds: How long the agent may be silent.
    """

    url: str
    method: str = "GET"
    headers: Sequence[tuple[str, str]] = field(default=(), repr=False)
    content: bytes | None = None
    timeout_seconds: float = 600


@contextmanager
def calling(call: AgentCall, settings: Settings) -> Iterator[Answer]:
    """Send a call; the answer can be read until the block ends.

    Raises:
        AgentCallFailed: The agent could not be reached, or refused.
        ConfigError: The request can't be sent at all.
    """
    timeout = httpx.Timeout(call.timeout_seconds, connect=settings.connect_timeout)
    with open_connection(settings) as http, telling():
        request = _request(http, call, timeout)
        response = http.send(request, stream=True)
        _log.debug(
            "%s %s%s: HTTP %d, request id %s",
            request.method,
            request.url.host,
            request.url.path,
            response.status_code,
            request_id_of(response) or "-",
        )
        try:
            if response.status_code >= 300:
                raise _refusal(response, response.read())
            yield Answer(response)
        finally:
            response.close()


def _request(http: httpx.Client, call: AgentCall, timeout: httpx.Timeout) -> httpx.Request:
    if not _TOKEN.fullmatch(call.method):
        raise ConfigError(f"{call.method!r} is no HTTP method")
    for name, value in call.headers:
        # Values are secrets, and so may be what looks like a name.
        if not _TOKEN.fullmatch(name):
            raise ConfigError("a header has a name with characters that names can't have")
        if _NOT_IN_VALUES.search(value):
            raise ConfigError(f"the value of header {name} has a line end or a control character")
    # As UTF-8, which is what the shell has given.
    headers = [(n.encode(), v.encode(errors="surrogateescape")) for n, v in call.headers]
    if not any(name.lower() == "accept" for name, _ in call.headers):
        headers.append((b"accept", _ACCEPTED.encode()))
    try:
        return http.build_request(
            call.method,
            call.url,
            headers=httpx.Headers(headers),
            content=call.content,
            timeout=timeout,
        )
    except httpx.InvalidURL as error:
        raise ConfigError(f"the address {call.url!r} can't be called: {error}") from error


def chat_body(message: str, *, stream: bool, model: str | None = None) -> bytes:
    """A question as the chat API wants it."""
    body: dict[str, Any] = {"messages": [{"role": "user", "content": message}], "stream": stream}
    if model:
        body["model"] = model
    # What the shell has given in another encoding than Python thought goes out as it came.
    return json.dumps(body, ensure_ascii=False).encode(errors="surrogateescape")


def session_header(runtime: Mapping[str, Any], session: str) -> tuple[str, str] | None:
    """The header that names a call's session; None if the runtime knows no sessions.

    Args:
        runtime: The runtime as the service has it.
        session: The session's name.
    """
    kind = runtime.get("sessionAffinityType")
    if kind == "NONE" or runtime.get("disableSessionAffinity"):
        return None
    if kind == "GENERATED_COOKIE":
        return "cookie", f"{SESSION_COOKIE}={session}"
    if kind == "HEADER_FIELD" and runtime.get("headerFieldName"):
        return str(runtime["headerFieldName"]), session
    return SESSION_HEADER, session


def session_of(runtime: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    """The session that an answer's headers name; None if they name none."""
    kind = runtime.get("sessionAffinityType")
    if kind == "HEADER_FIELD":
        return headers.get(str(runtime.get("headerFieldName") or "").lower()) or None
    if kind == "GENERATED_COOKIE":
        # Several cookies come as one text, with commas between them.
        found = re.search(
            rf"(?:^|[;,]) *{re.escape(SESSION_COOKIE)}=([^;,]*)", headers.get("set-cookie", "")
        )
        return found[1] if found else None
    return None


def _refusal(response: httpx.Response, body: bytes) -> AgentCallFailed:
    status = response.status_code
    try:
        told = shortened(message_of(json.loads(body)))
    except ValueError:
        told = shortened(body.decode(errors="replace"))
    location, request_id = response.headers.get("location"), request_id_of(response)
    parts = [
        f"the agent answered {status} {response.reason_phrase}".rstrip(),
        f", which points to {location}" if location else "",
        f": {told}" if told else "",
        f" (request id {request_id})" if request_id else "",
    ]
    return AgentCallFailed("".join(parts), status, _advice(status))


def _advice(status: int) -> str:
    if status < 400:
        return "Redirections are not followed: ask there with --path"
    if status in (401, 403):
        return (
            "Its endpoint asks for a credential: give it with --header-env or --header @FILE, or "
            "call from inside its network if public access is off"
        )
    if status == 404:
        return "Check --path, and the endpoint with `pulumi-agentrun endpoints`"
    if status == 429:
        return "All instances are busy: try again, or allow more (`pulumi-agentrun concurrency`)"
    if status >= 500:
        return "See why with `pulumi-agentrun logs --type fail`"
    return "Check what was sent: --message or --data, and --header"
