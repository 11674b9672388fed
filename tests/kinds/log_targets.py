"""Log targets that tests give to a runtime, and what the service then holds."""

from __future__ import annotations

from typing import Any

from agentrun_provider.kind import State
from agentrun_provider.sls import LogService

from .conftest import ACCOUNT, STACK, Stage

OWNER = f"{STACK}-bbbbbbbbbb"
TARGET = {"project": "prod-logs", "logstore": "agents"}
PROJECT = f"aliyun-serverless-{ACCOUNT}-cn-hangzhou"
AUTO = {"project": PROJECT, "logstore": "default-logs"}
SLS_OPERATIONS = [
    "GetProject",
    "CreateProject",
    "GetLogStore",
    "CreateLogStore",
    "GetIndex",
    "CreateIndex",
]


def inputs(runtime: State, **more: Any) -> dict[str, Any]:
    """Inputs of a log target; without `auto` it names a place of its own."""
    given = {} if more.get("auto") else TARGET
    return {"runtime_id": runtime.id, "owner": OWNER, **given, **more}


def configure(stage: Stage, runtime: State, **more: Any) -> State:
    """Check and create a log target."""
    return stage.create("RuntimeLogConfig", **inputs(runtime, **more))


def target(stage: Stage, name: str = "demo") -> Any:
    """The log target that the service holds for a runtime."""
    return stage.cloud.runtimes()[name].get("logConfiguration")


def set_elsewhere(stage: Stage, value: dict[str, Any]) -> None:
    """Set the target as somebody else would."""
    stage.cloud.mutate({"runtime": "demo"}, set={"logConfiguration": value})


def sls(stage: Stage) -> list[str]:
    """Names of all projects and logstores."""
    return [r.id for kind in ("log_project", "logstore") for r in stage.cloud.records(kind)]


def make_project(stage: Stage, description: str = "of somebody else") -> None:
    """Make the project that `auto` would, as somebody else would."""
    LogService(stage.session.client).create_project(PROJECT, description)
    stage.operations()
