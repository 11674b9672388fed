"""The fake service in a process of its own, so that it takes no time from what is measured."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx

LATENCY_MS = 50
READY_MS = 3000

ACCOUNT_ID = "1234567890123456"
ACCESS_KEY_ID = "demo-key"
ACCESS_KEY_SECRET = "demo-secret"  # noqa: S105 - opens nothing but the fake
REGION = "cn-hangzhou"

_STOP_SECONDS = 10


class BenchmarkError(Exception):
    """Something was not deployed as it should have been, so its time means nothing."""


@dataclass(frozen=True)
class Calls:
    """How many requests the service saw, and how many of them were meant to change something."""

    total: int
    writes: int

    def __str__(self) -> str:
        if not self.writes:
            return str(self.total)
        return f"{self.total} ({self.writes} writes)"


class Service:
    """The running fake; a context manager."""

    def __init__(self, latency_ms: int = LATENCY_MS, ready_ms: int = READY_MS) -> None:
        command = [sys.executable, "-m", "agentrun_provider", "fake", "--region", REGION]
        command += ["--latency-ms", str(latency_ms), "--ready-ms", str(ready_ms)]
        command += ["--account-id", ACCOUNT_ID, "--access-key-id", ACCESS_KEY_ID]
        command += ["--access-key-secret", ACCESS_KEY_SECRET]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert self._process.stdout is not None, "a pipe was asked for"
        said = self._process.stdout.readline()
        self.url = said.rpartition(" ")[2].strip()
        if not self.url.startswith("http://"):
            self.stop()
            raise BenchmarkError(f"the fake service did not start, it said {said!r}")
        # Loopback is never behind a proxy, whatever the environment says.
        self._http = httpx.Client(base_url=f"{self.url}/_fake", trust_env=False, timeout=30)

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *exc: object) -> None:
        self._http.close()
        self.stop()

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.communicate(timeout=_STOP_SECONDS)

    def environment(self) -> dict[str, str]:
        """The variables that lead the provider here."""
        services = ("CONTROL", "FC", "OSS", "SLS", "STS", "DATA")
        return {f"AGENTRUN_{name}_ENDPOINT": self.url for name in services} | {
            "AGENTRUN_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AGENTRUN_ACCESS_KEY_SECRET": ACCESS_KEY_SECRET,
            "AGENTRUN_ACCOUNT_ID": ACCOUNT_ID,
        }

    def take_calls(self) -> Calls:
        """Count the requests since this was asked last."""
        report = self._get("calls")
        self._http.delete("/calls").raise_for_status()
        return Calls(report["total"], sum(call["write"] for call in report["calls"]))

    def expect(self, agents: int) -> None:
        """Check that so many runtimes and endpoints are there and ready, and nothing else.

        Raises:
            BenchmarkError: It is otherwise.
        """
        records = self._get("state")["records"]
        found = Counter(
            (record["kind"], record["status"])
            for record in records
            if record["kind"] in ("runtime", "endpoint")
        )
        ready = {("runtime", "READY"): agents, ("endpoint", "READY"): agents} if agents else {}
        if found != ready:
            raise BenchmarkError(f"expected {agents} agents, the service holds {dict(found)}")

    def _get(self, path: str) -> Any:
        return self._http.get(f"/{path}").raise_for_status().json()
