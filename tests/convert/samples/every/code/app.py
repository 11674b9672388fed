"""A small agent behind an OpenAI-compatible chat route, with nothing but the standard library.

It needs no model and no key: it answers from the clock, or repeats what it was asked. Replace
`answer` by your own agent; the routes stay.
"""

import json
import logging
import os
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ENVIRONMENT = os.environ.get("ENVIRONMENT", "local")
PORT = int(os.environ.get("PORT", "9000"))
MODEL = "quickstart"
CHAT = "/openai/v1/chat/completions"

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())
log = logging.getLogger("agent")


def answer(question: str) -> str:
    """Answer one question."""
    if "time" in question.lower() or "几点" in question:
        return f"It is {datetime.now(timezone.utc):%H:%M:%S} UTC, says the {ENVIRONMENT} agent."
    return f"The {ENVIRONMENT} agent heard: {question}"


def last_question(request: dict[str, Any]) -> str:
    """The text of the last message of a user; ValueError says what is wrong with the request."""
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages:
        raise ValueError("messages must be a list with at least one message")
    users = [m for m in messages if isinstance(m, dict) and m.get("role") == "user"]
    if not users or not isinstance(users[-1].get("content"), str):
        raise ValueError("the last message of role user must have text content")
    return str(users[-1]["content"])


def completion(text: str) -> dict[str, Any]:
    """A whole answer, as the chat API gives it."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {**_head("chat.completion"), "choices": [choice]}


def chunks(text: str) -> Iterator[dict[str, Any]]:
    """The same answer word by word."""
    head = _head("chat.completion.chunk")
    for word in text.split(" "):
        choice = {"index": 0, "delta": {"content": f"{word} "}, "finish_reason": None}
        yield {**head, "choices": [choice]}
    yield {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def _head(kind: str) -> dict[str, Any]:
    identity = f"chatcmpl-{uuid.uuid4().hex[:24]}"
    return {"id": identity, "object": kind, "created": int(time.time()), "model": MODEL}


class Agent(BaseHTTPRequestHandler):
    """The routes of the agent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/health":
            self._reply(200, {"status": "ok", "environment": ENVIRONMENT})
        else:
            self._reply(404, {"error": {"message": f"no route {self.path}"}})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path != CHAT:
            self._reply(404, {"error": {"message": f"no route {self.path}"}})
            return
        try:
            request = json.loads(body)
            text = answer(last_question(request))
        except ValueError as error:
            self._reply(400, {"error": {"message": str(error)}})
            return
        log.debug("answering %d characters", len(text))
        if request.get("stream"):
            self._stream(text)
        else:
            self._reply(200, completion(text))

    def _reply(self, status: int, document: dict[str, Any]) -> None:
        data = json.dumps(document, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, text: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for chunk in chunks(text):
            self._event(json.dumps(chunk, ensure_ascii=False))
        self._event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _event(self, data: str) -> None:
        event = f"data: {data}\n\n".encode()
        self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        log.info(format, *args)


if __name__ == "__main__":
    log.info("serving on port %d", PORT)
    ThreadingHTTPServer(("0.0.0.0", PORT), Agent).serve_forever()
