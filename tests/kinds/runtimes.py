"""Runtimes that tests declare."""

from __future__ import annotations

from typing import Any

from .conftest import CODE, Stage

OWNER = "x-pulumi-0123456789-abcdefabcd"
IMAGE = {"image": "registry.example/agent@sha256:00", "command": ["run"]}


def created(stage: Stage, **more: Any) -> Any:
    """Check and create a runtime named demo of the local code folder."""
    return stage.create("Runtime", **{"name": "demo", "code": CODE, "owner": OWNER, **more})
