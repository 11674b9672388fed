"""The whole life of each kind of resource, on a fake cloud, with a key of few permissions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agentrun_fake.cloud import FakeCloud
from agentrun_fake.settings import FakeSettings, Key
from agentrun_provider.kind import State
from agentrun_provider.session import Session
from agentrun_provider.sls import LogService

from ..kinds.conftest import ACCOUNT, CODE, Recorder, Stage

OWNER = "x-pulumi-0123456789-cccccccccc"
WORKSPACE = {"name": "team"}
DEPLOYER = {"agentrun:accessKeyId": "deployer", "agentrun:accessKeySecret": "deployersecret"}


@dataclass
class ScopedStage(Stage):
    """A stage whose resources are deployed by a RAM user; `owner` is a session of the account."""

    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        user = Key("deployer", "deployersecret", ACCOUNT, user="deployer", allow=self.allow)
        self.cloud = FakeCloud(FakeSettings(ready_ms=3000, keys=(user,)), clock=self.clock)
        self.recorder = Recorder(self.cloud.transport())
        self.owner = self.fresh_session()
        self.config = DEPLOYER
        self.session = self.fresh_session()

    def by_owner(self, kind: str, **inputs: Any) -> State:
        """Create something as the owner of the account, who may do everything."""
        mine: Session = self.session
        self.session = self.owner
        try:
            return self.create(kind, **inputs)
        finally:
            self.session = mine

    def runtime(self) -> State:
        """A runtime that the owner made."""
        return self.by_owner("Runtime", name="demo", code=CODE, owner=OWNER)


def runtime(stage: ScopedStage) -> None:
    workspace = stage.owner.client.call("CreateWorkspace", "POST", "/workspaces", body=WORKSPACE)
    inputs = {
        "name": "demo",
        "code": CODE,
        "owner": OWNER,
        "adopt": True,
        "force": True,
        "role": "agentRunRole",
        "log": {"auto": True},
        "workspace": workspace["workspaceId"],
    }
    state = stage.create("Runtime", **inputs)
    assert stage.read("Runtime", state)
    state = stage.update("Runtime", state, **{**inputs, "memory": 4096})
    stage.by_owner("RuntimeEndpoint", runtime_id=state.id, name="left", target_version="LATEST")
    stage.delete("Runtime", state)
    assert stage.cloud.runtimes() == {}


def version(stage: ScopedStage) -> None:
    state = stage.create("RuntimeVersion", runtime_id=stage.runtime().id, fingerprint="1")
    assert stage.read("RuntimeVersion", state)
    stage.delete("RuntimeVersion", state)


def endpoint(stage: ScopedStage) -> None:
    made = stage.runtime()
    # The service refuses endpoints of a runtime that is being updated, and it is waited for.
    stage.owner.client.call(
        "UpdateAgentRuntime", "PUT", f"/agents/runtimes/{made.id}", body={"memory": 4096}
    )
    inputs = {"runtime_id": made.id, "name": "production", "adopt": True}
    state = stage.create("RuntimeEndpoint", **inputs, target_version="LATEST")
    assert stage.read("RuntimeEndpoint", state)
    state = stage.update("RuntimeEndpoint", state, **inputs, description="of all")
    stage.delete("RuntimeEndpoint", state)
    assert stage.cloud.endpoints("demo") == {}


def concurrency(stage: ScopedStage) -> None:
    runtime_id = stage.runtime().id
    state = stage.create("RuntimeConcurrency", runtime_id=runtime_id, reserved_concurrency=3)
    assert stage.read("RuntimeConcurrency", state)
    state = stage.update("RuntimeConcurrency", state, runtime_id=runtime_id, reserved_concurrency=4)
    stage.delete("RuntimeConcurrency", state)
    assert stage.read("RuntimeConcurrency", state) is None


def vpc_config(stage: ScopedStage) -> None:
    vpc = {"vpc_id": "vpc-bp1", "vswitch_ids": ["vsw-bp1"], "security_group_id": "sg-bp1"}
    inputs = {"runtime_id": stage.runtime().id, "vpc": vpc}
    state = stage.create("RuntimeVpcConfig", **inputs)
    assert stage.read("RuntimeVpcConfig", state)
    state = stage.update("RuntimeVpcConfig", state, **inputs, internet_access=False)
    stage.delete("RuntimeVpcConfig", state)
    live = stage.cloud.runtimes()["demo"]["networkConfiguration"]
    assert live["networkMode"] == "PUBLIC"


def log_config(stage: ScopedStage) -> None:
    inputs = {
        "runtime_id": stage.runtime().id,
        "owner": OWNER,
        "auto": True,
        "delete_on_destroy": True,
    }
    state = stage.create("RuntimeLogConfig", **inputs)
    assert stage.read("RuntimeLogConfig", state)
    # A logstore of somebody else keeps the project, so that only our logstore is deleted.
    project = state.outputs["log_project"]
    owners_logs = LogService(stage.owner.client)
    owners_logs.create_logstore(project, "theirs", 1, 30)
    stage.delete("RuntimeLogConfig", state)
    assert owners_logs.list_logstores(project) == ["theirs"]
    owners_logs.delete_logstore(project, "theirs")
    state = stage.create("RuntimeLogConfig", **inputs)
    stage.delete("RuntimeLogConfig", state)
    assert owners_logs.find_project(project) is None


def custom_domain(stage: ScopedStage) -> None:
    inputs = {"runtime_id": stage.runtime().id, "domain_name": "agents.example.com"}
    state = stage.create("RuntimeCustomDomain", **inputs)
    assert stage.read("RuntimeCustomDomain", state)
    state = stage.update("RuntimeCustomDomain", state, **inputs, route={"path": "/v1/*"})
    stage.delete("RuntimeCustomDomain", state)
    assert stage.read("RuntimeCustomDomain", state) is None


LIVES: dict[str, Callable[[ScopedStage], None]] = {
    "Runtime": runtime,
    "RuntimeVersion": version,
    "RuntimeEndpoint": endpoint,
    "RuntimeConcurrency": concurrency,
    "RuntimeVpcConfig": vpc_config,
    "RuntimeLogConfig": log_config,
    "RuntimeCustomDomain": custom_domain,
}
