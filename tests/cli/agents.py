"""A deployed agent that really runs, for the commands that talk to running agents."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agentrun_fake.cloud import FakeCloud
from agentrun_fake.log_store import LogLine
from agentrun_fake.server import ThreadedServer
from agentrun_fake.store import Scope
from agentrun_provider.cli.main import main
from agentrun_provider.client import Client
from agentrun_provider.config import resolve
from agentrun_provider.credentials import provider_for
from agentrun_provider.sls import LogService
from click.testing import CliRunner, Result

ACCOUNT = "1234567890123456"
REGION = "cn-hangzhou"
PROJECT, LOGSTORE = "shop-logs", "agents"
SECRET = "s3cr3t-value"

PROGRAM = '''
"""Answers as the chat API does; some questions have answers of other kinds."""
import http.server, json, os

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/image":
            return self.reply(200, "\\xff\\xd8\\x00", "image/jpeg", "latin-1")
        self.reply(200, json.dumps({"path": self.path, "session": self.headers.get("x-session")}))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        if self.path == "/echo":
            told = {"body": body, "headers": {k.lower(): v for k, v in self.headers.items()}}
            return self.reply(200, json.dumps(told))
        if self.path == "/plain":
            return self.reply(200, "no JSON \\x1b[31mat all\\n", "text/plain")
        request = json.loads(body)
        question = request["messages"][-1]["content"]
        if question == "fail":
            print("ERROR it failed")
            return self.reply(500, json.dumps({"error": {"message": "the model is gone"}}))
        if question == "guarded":
            return self.reply(401, json.dumps({"detail": "who are you?"}))
        if not request.get("stream"):
            message = {"role": "assistant", "content": f"you said {question}"}
            return self.reply(200, json.dumps({"choices": [{"message": message}]}))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for piece in ("you ", "said ", question):
            self.event({"choices": [{"delta": {"content": piece}}]})
        if question == "break":
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)
            return
        if question == "half":
            self.wfile.write(b"0\\r\\n\\r\\n")
            return
        if question == "trouble":
            self.event({"error": {"message": "out of tokens"}})
        self.event("[DONE]")
        self.wfile.write(b"0\\r\\n\\r\\n")

    def event(self, data):
        text = data if isinstance(data, str) else json.dumps(data)
        line = f"data: {text}\\n\\n".encode()
        self.wfile.write(b"%x\\r\\n%b\\r\\n" % (len(line), line))
        self.wfile.flush()

    def reply(self, status, text, kind="application/json", encoding="utf-8"):
        data = text.encode(encoding)
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words):
        pass

print("serving")
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
'''


@dataclass
class Agent:
    """The runtime `demo` with the endpoints `live` (version 1) and `draft`, and its log project."""

    server: ThreadedServer
    environment: dict[str, str] = field(default_factory=dict)
    runtime_id: str = ""

    def __post_init__(self) -> None:
        for name in ("CONTROL", "FC", "OSS", "SLS", "STS", "DATA"):
            self.environment[f"AGENTRUN_{name}_ENDPOINT"] = self.server.url
        self.environment |= {
            "AGENTRUN_ACCESS_KEY_ID": "testak",
            "AGENTRUN_ACCESS_KEY_SECRET": "testsecret",
            "AGENTRUN_REGION": REGION,
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }

    @property
    def cloud(self) -> FakeCloud:
        return self.server.cloud

    @property
    def client(self) -> Client:
        settings = resolve({}, self.environment)
        return Client(settings, provider_for(settings))

    def deploy(self, **changes: Any) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("app.py", PROGRAM)
        code = {
            "language": "python3.12",
            "command": ["python3", "app.py"],
            "zipFile": base64.b64encode(buffer.getvalue()).decode(),
        }
        body = {
            "agentRuntimeName": "demo",
            "artifactType": "Code",
            "codeConfiguration": code,
            "cpu": 1,
            "memory": 2048,
            "port": 9000,
            "sessionConcurrencyLimitPerInstance": 10,
            "environmentVariables": {"COLOUR": "green"},
            "logConfiguration": {"project": PROJECT, "logstore": LOGSTORE},
            **changes,
        }
        with self.client as client:
            logs = LogService(client)
            logs.create_project(PROJECT, "of a test")
            logs.create_logstore(PROJECT, LOGSTORE, 1, 30)
            logs.create_index(PROJECT, LOGSTORE, {"line": {"token": [" "]}})
            made = client.call("CreateAgentRuntime", "POST", "/agents/runtimes", body=body)
            self.runtime_id = made["agentRuntimeId"]
            path = f"/agents/runtimes/{self.runtime_id}"
            client.call("PublishRuntimeVersion", "POST", f"{path}/versions", body={})
            for name, version in (("live", "1"), ("draft", "LATEST")):
                endpoint = {"agentRuntimeEndpointName": name, "targetVersion": version}
                client.call(
                    "CreateAgentRuntimeEndpoint", "POST", f"{path}/endpoints", body=endpoint
                )

    def line(self, text: str, at: float, **fields: str) -> None:
        """Write a line to the log as if an agent had done so."""
        function = f"agentrun-{self.runtime_id}"
        known = {"message": text, "instanceID": "c-1", "qualifier": "1", **fields}
        line = LogLine(at, known, topic=f"FCLogs:{function}")
        kept = self.cloud.logs.append(Scope(ACCOUNT, REGION), PROJECT, LOGSTORE, [line])
        assert kept == 1

    def run(
        self,
        *arguments: str,
        code: int = 0,
        env: Mapping[str, str | None] | None = None,
        stdin: str | None = None,
    ) -> Result:
        """Run a command; it has to end with an exit code."""
        words = 2 if arguments[0] == "instances" else 1
        line = [*arguments[:words], "--name", "demo", *arguments[words:]]
        whole = {**self.environment, **(env or {})}
        result = CliRunner().invoke(main, line, env=whole, input=stdin)
        assert result.exit_code == code, result.output + repr(result.exception)
        assert "Traceback" not in result.output or "--debug" in arguments
        return result

    def process(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command as a process of its own, as users do."""
        words = 2 if arguments[0] == "instances" else 1
        line = [*arguments[:words], "--name", "demo", *arguments[words:]]
        return subprocess.Popen(
            [sys.executable, "-m", "agentrun_provider", *line],
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
