"""A fake cloud in process with a clock that stands still, and a client that signs."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings, ManualClock, Unverified
from agentrun_fake.signatures import acs3

_NONCES = itertools.count()


def utc_now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Acs3(httpx.Auth):
    """Signs as section 1.5 of the API reference says."""

    requires_request_body = True

    def __init__(self, key_id: str = "testak", secret: str = "testsecret", token: str = "") -> None:
        self.key_id, self.secret, self.token = key_id, secret, token

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        digest = hashlib.sha256(request.content).hexdigest()
        defaults = {
            "x-acs-date": utc_now(),
            "x-acs-signature-nonce": f"nonce-{next(_NONCES)}",
            "x-acs-content-sha256": digest,
        }
        if self.token:
            defaults |= {"x-acs-security-token": self.token, "x-acs-accesskey-id": self.key_id}
        for name, value in defaults.items():
            request.headers.setdefault(name, value)
        names = sorted(
            name
            for name in request.headers
            if name.startswith("x-acs-") or name in ("host", "content-type")
        )
        raw = request.url.raw_path.decode()
        canonical = acs3.canonical_request(
            request.method,
            raw.partition("?")[0],
            list(request.url.params.multi_items()),
            request.headers,
            names,
            digest,
        )
        signature = acs3.sign(self.secret, canonical)
        request.headers["authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={self.key_id},SignedHeaders={';'.join(names)},"
            f"Signature={signature}"
        )
        yield request


@dataclass
class Api:
    """Calls of the control plane; `data` of a success, or the whole reply with `expect`."""

    client: httpx.Client
    host: str = "http://127.0.0.1"
    auth: httpx.Auth = field(default_factory=Acs3)
    version: str = "2025-09-10"

    def reply(
        self, operation: str, method: str, path: str, body: Any = None, **query: Any
    ) -> httpx.Response:
        headers = {"x-acs-action": operation, "x-acs-version": self.version}
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            headers["content-type"] = "application/json; charset=utf-8"
        return self.client.request(
            method,
            f"{self.host}/{self.version}{path}",
            params=query,
            content=content,
            headers=headers,
            auth=self.auth,
        )

    def call(
        self, operation: str, method: str, path: str, body: Any = None, **query: Any
    ) -> dict[str, Any]:
        reply = self.reply(operation, method, path, body, **query)
        assert reply.status_code == 200, reply.text
        data: dict[str, Any] = reply.json()["data"]
        return data

    def refusal(
        self, operation: str, method: str, path: str, body: Any = None, **query: Any
    ) -> tuple[int, str, str]:
        reply = self.reply(operation, method, path, body, **query)
        error = reply.json()
        assert set(error) == {"code", "message", "requestId"}, error
        return reply.status_code, error["code"], error["message"]

    def create(self, name: str = "demo", **changes: Any) -> str:
        data = self.call("CreateAgentRuntime", "POST", "/agents/runtimes", runtime(name, **changes))
        return str(data["agentRuntimeId"])

    def get(self, runtime_id: str, **query: Any) -> dict[str, Any]:
        return self.call("GetAgentRuntime", "GET", f"/agents/runtimes/{runtime_id}", **query)

    def update(self, runtime_id: str, **body: Any) -> dict[str, Any]:
        return self.call("UpdateAgentRuntime", "PUT", f"/agents/runtimes/{runtime_id}", body)

    def delete(self, runtime_id: str) -> dict[str, Any]:
        return self.call("DeleteAgentRuntime", "DELETE", f"/agents/runtimes/{runtime_id}")

    def list(self, **query: Any) -> dict[str, Any]:
        return self.call("ListAgentRuntimes", "GET", "/agents/runtimes", **query)

    def publish(self, runtime_id: str, **body: Any) -> dict[str, Any]:
        path = f"/agents/runtimes/{runtime_id}/versions"
        return self.call("PublishRuntimeVersion", "POST", path, body)

    def create_endpoint(self, runtime_id: str, name: str = "prod", **body: Any) -> dict[str, Any]:
        return self.call(*endpoint_request(runtime_id, name, **body))

    def get_endpoint(self, runtime_id: str, endpoint_id: str) -> dict[str, Any]:
        path = f"/agents/runtimes/{runtime_id}/endpoints/{endpoint_id}"
        return self.call("GetAgentRuntimeEndpoint", "GET", path)

    def update_endpoint(self, runtime_id: str, endpoint_id: str, **body: Any) -> dict[str, Any]:
        path = f"/agents/runtimes/{runtime_id}/endpoints/{endpoint_id}"
        return self.call("UpdateAgentRuntimeEndpoint", "PUT", path, body)


def endpoint_request(runtime_id: str, name: str, **body: Any) -> tuple[str, str, str, Any]:
    path = f"/agents/runtimes/{runtime_id}/endpoints"
    return "CreateAgentRuntimeEndpoint", "POST", path, {"agentRuntimeEndpointName": name, **body}


def runtime(name: str = "demo", **changes: Any) -> dict[str, Any]:
    """Body of a container runtime; a change to None leaves the field out."""
    body = {
        "agentRuntimeName": name,
        "artifactType": "Container",
        "containerConfiguration": {"image": "registry.example/app:1"},
        "cpu": 1,
        "memory": 2048,
        "port": 9000,
        "networkConfiguration": {"networkMode": "PUBLIC"},
        **changes,
    }
    return {key: value for key, value in body.items() if value is not None}


def zip_bytes(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
    return buffer.getvalue()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def cloud(clock: ManualClock) -> FakeCloud:
    """Creating and updating take one second of a clock that stands still."""
    return FakeCloud(FakeSettings(ready_ms=1000, seed=7), clock=clock)


@pytest.fixture
def api(cloud: FakeCloud) -> Iterator[Api]:
    with cloud.client() as client:
        yield Api(client)


@pytest.fixture
def assume(cloud: FakeCloud) -> Callable[..., None]:
    """Switch assumptions of the cloud."""

    def switch(**values: Any) -> None:
        cloud.unverified = Unverified().changed(**values)

    return switch
