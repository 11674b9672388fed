"""Bodies and refusals that the tests of runtimes share."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from fastcrc import crc64

from .conftest import Api, runtime

PATH = "/agents/runtimes"


def when(text: str) -> datetime:
    """Read a time as the clients do."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def refused_create(api: Api, body: dict[str, Any]) -> tuple[int, str, str]:
    return api.refusal("CreateAgentRuntime", "POST", PATH, body)


def refused_update(api: Api, runtime_id: str, **body: Any) -> tuple[int, str, str]:
    return api.refusal("UpdateAgentRuntime", "PUT", f"{PATH}/{runtime_id}", body)


def code(content: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "language": "python3.12",
        "command": ["python3", "app.py"],
        "zipFile": base64.b64encode(content).decode(),
        "checksum": str(crc64.xz(content)),
        **changes,
    }


def code_runtime(configuration: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return runtime(
        artifactType="Code",
        containerConfiguration=None,
        codeConfiguration=configuration,
        **changes,
    )
