"""The least a deployment can take: only the calls that must be made, all agents at the same time.

No plan, no state, no checks, no retries. The package lies ready in memory, the end of every wait is
noticed almost at once, and the start of the interpreter is not counted.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from agentrun_provider.checksum import crc64
from agentrun_provider.credentials import Credentials
from agentrun_provider.services import AGENTRUN
from agentrun_provider.signing import Acs3Auth

from .service import ACCESS_KEY_ID, ACCESS_KEY_SECRET, BenchmarkError

_POLL_SECONDS = 0.02
_TIMEOUT_SECONDS = 60.0
_RUNTIMES = "/agents/runtimes"


class Floor:
    """A client that knows what it wants and does nothing else; a context manager.

    Args:
        url: Address of the service.
    """

    def __init__(self, url: str) -> None:
        credentials = Credentials(ACCESS_KEY_ID, ACCESS_KEY_SECRET)
        self._http = httpx.Client(
            base_url=url + AGENTRUN.prefix,
            auth=Acs3Auth(lambda: credentials),
            trust_env=False,
            timeout=_TIMEOUT_SECONDS,
        )

    def __enter__(self) -> Floor:
        return self

    def __exit__(self, *exc: object) -> None:
        self._http.close()

    def deploy(self, packages: Sequence[bytes]) -> list[tuple[str, str]]:
        """Make a runtime and then its endpoint from each package; the paths of both are returned.

        Returns when all of them are ready.
        """
        with ThreadPoolExecutor(len(packages)) as pool:
            return list(pool.map(self._deploy_one, range(len(packages)), packages))

    def destroy(self, agents: Sequence[tuple[str, str]]) -> None:
        """Remove endpoints and then runtimes; returns when all are gone."""
        with ThreadPoolExecutor(len(agents)) as pool:
            list(pool.map(self._destroy_one, agents))

    def _deploy_one(self, number: int, package: bytes) -> tuple[str, str]:
        made = self._call("CreateAgentRuntime", "POST", _RUNTIMES, runtime_body(number, package))
        runtime = f"{_RUNTIMES}/{made['agentRuntimeId']}"
        self._wait("GetAgentRuntime", runtime, "READY")
        collection = f"{runtime}/endpoints"
        body = {"agentRuntimeEndpointName": "live", "targetVersion": "LATEST"}
        made = self._call("CreateAgentRuntimeEndpoint", "POST", collection, body)
        endpoint = f"{collection}/{made['agentRuntimeEndpointId']}"
        self._wait("GetAgentRuntimeEndpoint", endpoint, "READY")
        return runtime, endpoint

    def _destroy_one(self, agent: tuple[str, str]) -> None:
        runtime, endpoint = agent
        self._call("DeleteAgentRuntimeEndpoint", "DELETE", endpoint)
        self._wait("GetAgentRuntimeEndpoint", endpoint, None)
        self._call("DeleteAgentRuntime", "DELETE", runtime)
        self._wait("GetAgentRuntime", runtime, None)

    def _wait(self, operation: str, path: str, status: str | None) -> None:
        """Poll until the thing has the status; None means that it is gone."""
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            live = self._call(operation, "GET", path)
            if (live and live["status"]) == status:
                return
            time.sleep(_POLL_SECONDS)
        raise BenchmarkError(f"{path} did not become {status or 'absent'}")

    def _call(self, operation: str, method: str, path: str, body: Any = None) -> Any:
        headers = {"x-acs-action": operation, "x-acs-version": AGENTRUN.version}
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            headers["content-type"] = "application/json"
        reply = self._http.request(method, path, headers=headers, content=content)
        if reply.status_code == httpx.codes.NOT_FOUND:
            return None
        if reply.is_error:
            raise BenchmarkError(f"{operation}: HTTP {reply.status_code} {reply.text}")
        return reply.json()["data"] if reply.content else None


def runtime_body(number: int, package: bytes) -> dict[str, Any]:
    """The request that makes the runtime of one agent, as the generated program declares it."""
    return {
        "agentRuntimeName": f"floor-agent{number}",
        "artifactType": "Code",
        "codeConfiguration": {
            "language": "python3.12",
            "command": ["python3", "app.py"],
            "zipFile": base64.b64encode(package).decode("ascii"),
            "checksum": crc64(package),
        },
        "cpu": 1,
        "memory": 2048,
        "port": 9000,
        "networkConfiguration": {"networkMode": "PUBLIC"},
    }
