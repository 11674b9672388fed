"""Calling a deployed agent: the request, its errors, and the answer as it comes.

Agents speak the chat API of OpenAI below their endpoint's URL (`CHAT_PATH`): a JSON document, or a
stream of server-sent events with a piece of the text each. Anything else is handed on as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from .config import Settings
from .errors import AdvisedError
from .transport import open_connection
from .unverified import SESSION_COOKIE, SESSION_HEADER

CHAT_PATH = "/openai/v1/chat/completions"
DONE = "[DONE]"

_SHOWN = 400
_EVENTS = "text/event-stream"


class AgentCallFailed(AdvisedError):
    """The call did not bring a whole answer.

    Args:
        what: What happened.
        status: HTTP status; 0 if there was no reply.
        advice: What to do next.
    """

    def __init__(self, what: str, status: int = 0, advice: str = "") -> None:
        super().__init__(what, advice)
        self.status = status


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


class Answer:
    """A reply that is still coming in."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.headers: Mapping[str, str] = response.headers

    @property
    def status(self) -> int:
        """HTTP status."""
        return self._response.status_code

    @property
    def is_stream(self) -> bool:
        """Whether it is a stream of events."""
        return self._type.startswith(_EVENTS)

    @property
    def is_json(self) -> bool:
        """Whether it is a JSON document."""
        return self._type.split(";")[0].strip().endswith("json")

    def events(self) -> Iterator[str]:
        """The data of each event, without the one that says that all is done.

        Raises:
            AgentCallFailed: The connection broke.
        """
        data: list[str] = []
        with _telling():
            for line in self._response.iter_lines():
                if line.startswith("data:"):
                    data.append(line[5:].removeprefix(" "))
                elif not line and data:
                    event, data = "\n".join(data), []
                    if event == DONE:
                        return
                    yield event
            if data and data != [DONE]:
                yield "\n".join(data)

    def document(self) -> Any:
        """The whole JSON document.

        Raises:
            AgentCallFailed: It is none, or the connection broke.
        """
        with _telling():
            text = self._response.read()
        try:
            return json.loads(text)
        except ValueError:
            raise AgentCallFailed("the agent's answer says it is JSON, but it is not") from None

    def texts(self) -> Iterator[str]:
        """The body as text, piece by piece.

        Raises:
            AgentCallFailed: The connection broke.
        """
        with _telling():
            yield from self._response.iter_text()

    @property
    def _type(self) -> str:
        return str(self._response.headers.get("content-type", "")).lower()


@contextmanager
def calling(call: AgentCall, settings: Settings) -> Iterator[Answer]:
    """Send a call; the answer can be read until the block ends.

    Raises:
        AgentCallFailed: The agent could not be reached, or refused.
    """
    timeout = httpx.Timeout(call.timeout_seconds, connect=settings.connect_timeout)
    with open_connection(settings) as http, _telling():
        request = http.build_request(
            call.method,
            call.url,
            headers=httpx.Headers([("accept", f"{_EVENTS}, application/json, */*"), *call.headers]),
            content=call.content,
            timeout=timeout,
        )
        response = http.send(request, stream=True)
        try:
            if response.status_code >= 400:
                raise _refusal(response, response.read())
            yield Answer(response)
        finally:
            response.close()


def chat_body(message: str, *, stream: bool, model: str | None = None) -> bytes:
    """A question as the chat API wants it."""
    body: dict[str, Any] = {"messages": [{"role": "user", "content": message}], "stream": stream}
    if model:
        body["model"] = model
    return json.dumps(body, ensure_ascii=False).encode()


def text_of(document: Any) -> str | None:
    """The text in an answer of the chat API, or in a piece of one; None if it is something else.

    Raises:
        AgentCallFailed: The document tells an error.
    """
    if not isinstance(document, Mapping):
        return None
    if document.get("error"):
        raise AgentCallFailed(f"the agent answered with an error: {_message(document)}")
    choices = document.get("choices")
    if not isinstance(choices, list):
        return None
    pieces = []
    for choice in choices[:1]:
        part = choice.get("delta") or choice.get("message") or {}
        content = part.get("content")
        if isinstance(content, str):
            pieces.append(content)
    return "".join(pieces)


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
        for part in headers.get("set-cookie", "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == SESSION_COOKIE:
                return value
    return None


@contextmanager
def _telling() -> Iterator[None]:
    """Turn failures of the connection into errors that say what they mean."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        raise AgentCallFailed(
            f"the agent can't be reached: {error}",
            advice="Check the endpoint with `pulumi-agentrun endpoints`, and your network",
        ) from error
    except httpx.TimeoutException as error:
        raise AgentCallFailed(
            "the agent was silent for too long",
            advice="Allow more with --timeout, or see what it does with `pulumi-agentrun logs`",
        ) from error
    except httpx.HTTPError as error:
        raise AgentCallFailed(
            f"the agent's answer broke off: {error}",
            advice="See why with `pulumi-agentrun logs --type fail`",
        ) from error


def _refusal(response: httpx.Response, body: bytes) -> AgentCallFailed:
    status = response.status_code
    try:
        told = _message(json.loads(body))
    except ValueError:
        told = body.decode(errors="replace")
    shown = " ".join(told.split())
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    return AgentCallFailed(
        f"the agent answered {status} {response.reason_phrase}".rstrip()
        + (f": {shown}" if shown else ""),
        status,
        _advice(status),
    )


def _advice(status: int) -> str:
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
    return "Check --data"


def _message(document: Any) -> str:
    """The text of an error, in the forms that agents and the service use."""
    if not isinstance(document, Mapping):
        return json.dumps(document, ensure_ascii=False)
    error = document.get("error")
    inner = error.get("message") if isinstance(error, Mapping) else error
    told = inner or document.get("message") or document.get("detail")
    if not told:
        return json.dumps(document, ensure_ascii=False)
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    code = document.get("code")
    return f"{code}: {text}" if isinstance(code, str) and code else text
