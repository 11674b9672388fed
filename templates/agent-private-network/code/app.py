"""An agent behind an OpenAI-compatible chat route. Put your own into `answer`; the routes stay."""

import json
import logging
import os
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PORT = int(os.environ.get("PORT", "9000"))
CHAT = "/openai/v1/chat/completions"

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())
log = logging.getLogger("agent")


def answer(question: str) -> str:
    """Answer one question of a user."""
    return f"The {os.environ.get('ENVIRONMENT', 'local')} agent heard: {question}"


def question_of(body: bytes) -> tuple[str, bool]:
    """The last question of a chat request, and whether the answer is to be streamed.

    Raises ValueError, KeyError, IndexError or TypeError if it is no chat request.
    """
    request = json.loads(body)
    asked = [message["content"] for message in request["messages"] if message["role"] == "user"]
    return str(asked[-1]), bool(request.get("stream"))


class Agent(BaseHTTPRequestHandler):
    """The routes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        known = self.path == "/health"
        self.reply(200 if known else 404, {"status": "ok"} if known else {"error": "no such route"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path != CHAT:
            self.reply(404, {"error": {"message": f"no route {self.path}"}})
            return
        try:
            question, streamed = question_of(body)
        except (ValueError, KeyError, IndexError, TypeError):
            self.reply(400, {"error": {"message": "messages with one of role user are required"}})
            return
        text = answer(question)
        if streamed:
            self.stream(text)
        else:
            message = {"role": "assistant", "content": text}
            self.reply(200, completion("chat.completion", message=message, finish_reason="stop"))

    def reply(self, status: int, document: dict[str, Any]) -> None:
        """Send a JSON document."""
        data = json.dumps(document, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, text: str) -> None:
        """Send a text word by word, as server-sent events; the end of the connection ends it."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("connection", "close")
        self.end_headers()
        for word in text.split(" "):
            self.event(completion("chat.completion.chunk", delta={"content": f"{word} "}))
        self.event(completion("chat.completion.chunk", delta={}, finish_reason="stop"))
        self.wfile.write(b"data: [DONE]\n\n")

    def event(self, document: dict[str, Any]) -> None:
        """Send one event at once."""
        self.wfile.write(f"data: {json.dumps(document, ensure_ascii=False)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        log.info(format, *args)


def completion(kind: str, finish_reason: str | None = None, **content: Any) -> dict[str, Any]:
    """One document of the chat API."""
    choice = {"index": 0, "finish_reason": finish_reason, **content}
    head = {"id": f"chatcmpl-{uuid.uuid4().hex[:24]}", "object": kind, "model": "agent"}
    return {**head, "created": int(time.time()), "choices": [choice]}


if __name__ == "__main__":
    log.info("serving on port %d", PORT)
    ThreadingHTTPServer(("0.0.0.0", PORT), Agent).serve_forever()
