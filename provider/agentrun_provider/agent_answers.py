"""Answers of agents: read as they come, and what in them is text, an error or neither.

Agents speak the chat API of OpenAI: a JSON document, or a stream of server-sent events with a piece
of the text each. Anything else is handed on as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from .errors import AdvisedError

DONE = "[DONE]"
EVENTS = "text/event-stream"

_SHOWN = 400
_JSON = ("application/json", "text/json")
# What is text although its type does not begin so.
_TEXTS = ("xml", "yaml", "javascript", "x-www-form-urlencoded", "x-ndjson", "ndjson", "jsonl")


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


class Answer:
    """A reply that is still coming in."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._ended = False
        self.headers: Mapping[str, str] = response.headers

    @property
    def status(self) -> int:
        """HTTP status."""
        return self._response.status_code

    @property
    def is_stream(self) -> bool:
        """Whether it is a stream of events."""
        return self._type.startswith(EVENTS)

    @property
    def is_json(self) -> bool:
        """Whether it is one JSON document."""
        kind = self.content_type
        return kind in _JSON or kind.endswith("+json")

    @property
    def is_text(self) -> bool:
        """Whether it can be shown to people; what says nothing is taken for text."""
        kind = self.content_type
        return not kind or kind.startswith("text/") or kind.endswith(_TEXTS) or self.is_json

    @property
    def content_type(self) -> str:
        """Its media type, without parameters; may be empty."""
        return self._type.split(";")[0].strip()

    @property
    def has_end_mark(self) -> bool:
        """Whether the mark that says that all is done has come."""
        return self._ended

    def events(self) -> Iterator[str]:
        """The data of each event, without the one that says that all is done.

        Raises:
            AgentCallFailed: The connection broke.
        """
        data: list[str] = []
        with telling():
            for line in self._lines():
                if line.startswith("data:"):
                    data.append(line[5:].removeprefix(" "))
                elif not line and data:
                    event, data = "\n".join(data), []
                    if event == DONE:
                        self._ended = True
                        return
                    yield event
            self._ended = data == [DONE]
            if data and not self._ended:
                yield "\n".join(data)

    def document(self) -> Any:
        """The whole JSON document; None if there is nothing at all.

        Raises:
            AgentCallFailed: It is none, or the connection broke.
        """
        with telling():
            content = self._response.read()
        if not content:
            return None
        try:
            return json.loads(content)
        except ValueError:
            told = shortened(content.decode(errors="replace"))
            raise AgentCallFailed(
                f"the agent's answer says it is JSON, but it is not: {told}"
            ) from None

    def texts(self) -> Iterator[str]:
        """The body as text, piece by piece.

        Raises:
            AgentCallFailed: The connection broke.
        """
        with telling():
            yield from self._response.iter_text()

    def chunks(self) -> Iterator[bytes]:
        """The body as it is, piece by piece.

        Raises:
            AgentCallFailed: The connection broke.
        """
        with telling():
            yield from self._response.iter_bytes()

    def _lines(self) -> Iterator[str]:
        # Not by `iter_lines`, for which the separators that may stand within JSON end a line, too.
        begun = b""
        for chunk in self._response.iter_bytes():
            *whole, begun = (begun + chunk).split(b"\n")
            for line in whole:
                yield line.removesuffix(b"\r").decode(errors="replace")
        if begun:
            yield begun.removesuffix(b"\r").decode(errors="replace")

    @property
    def _type(self) -> str:
        return str(self._response.headers.get("content-type", "")).lower()


def text_of(document: Any) -> str | None:
    """The text in an answer of the chat API, or in a piece of one; None if it is something else.

    Raises:
        AgentCallFailed: The document tells an error.
    """
    if not isinstance(document, Mapping):
        return None
    # A number may be anything, e.g. how wrong a result is.
    if document.get("error") and isinstance(document["error"], (str, Mapping)):
        raise AgentCallFailed(f"the agent answered with an error: {message_of(document)}")
    choices = document.get("choices")
    if not isinstance(choices, list):
        return None
    pieces = []
    for choice in choices[:1]:
        part = (choice.get("delta") or choice.get("message")) if isinstance(choice, Mapping) else {}
        content = part.get("content") if isinstance(part, Mapping) else None
        for piece in content if isinstance(content, list) else [content]:
            text = piece.get("text") if isinstance(piece, Mapping) else piece
            pieces += [text] if isinstance(text, str) else []
    return "".join(pieces)


def is_last(document: Any) -> bool:
    """Whether a piece of the chat API's says that no text follows."""
    choices = document.get("choices") if isinstance(document, Mapping) else None
    return any(
        bool(choice.get("finish_reason"))
        for choice in (choices if isinstance(choices, list) else [])
        if isinstance(choice, Mapping)
    )


@contextmanager
def telling() -> Iterator[None]:
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


def message_of(document: Any) -> str:
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


def shortened(text: str) -> str:
    """The beginning of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
