"""What another resource has taken over is not deleted with the one that had it before."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_fake.server import ThreadedServer
from agentrun_provider.hosts import sessions
from agentrun_provider.hosts.dynamic import KindProvider, OperationError

from .conftest import RUNTIME, Serve

OWNER = "x-pulumi-1-1"
OTHER = "x-pulumi-1-2"


def make(provider: KindProvider, **inputs: Any) -> tuple[str, dict[str, Any]]:
    """Check and create; returns id and properties."""
    checked = provider.check({}, {"__provider": "stamp", "owner": OWNER, **inputs})
    assert checked.failures == []
    made = provider.create(checked.inputs)
    return made.id, made.outs or {}


def new_process() -> None:
    """Forget what the provider process of the last deployment knew."""
    sessions.HOLDING.__init__()  # type: ignore[misc]


@pytest.fixture
def runtime(serve: Serve) -> str:
    return make(serve("Runtime"), **RUNTIME)[0]


PARTS: dict[str, dict[str, Any]] = {
    "RuntimeEndpoint": {"name": "production"},
    "RuntimeConcurrency": {"reservedConcurrency": 3},
    "RuntimeCustomDomain": {"domainName": "a.example.com"},
    "RuntimeVpcConfig": {"internetAccess": False},
    "RuntimeLogConfig": {"project": "project", "logstore": "store"},
}


@pytest.mark.parametrize("kind", list(PARTS))
def test_a_resource_that_was_renamed_without_an_alias_keeps_what_it_stands_for(
    serve: Serve,
    cloud: ThreadedServer,
    runtime: str,
    kind: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    provider = serve(kind)
    inputs = {"runtimeId": runtime, **PARTS[kind]}
    old_id, old = make(provider, **inputs)
    new_process()
    new_id, new = make(provider, **inputs, owner=OTHER)
    assert new_id == old_id
    cloud.cloud.calls.clear()
    provider.delete(old_id, old)
    assert cloud.cloud.calls.writes == []
    assert "stays, for another resource or its replacement took it over" in capsys.readouterr().out
    # Had the deployment ended in between, the next one knows it from the program.
    new_process()
    provider.diff(new_id, new, new)
    provider.delete(old_id, old)
    assert cloud.cloud.calls.writes == []
    new_process()
    provider.delete(new_id, new)
    assert cloud.cloud.calls.writes != [], "nobody else has it any more"


def test_a_resource_that_was_renamed_with_an_alias_is_replaced_as_ever(
    serve: Serve, cloud: ThreadedServer, runtime: str
) -> None:
    provider = serve("RuntimeEndpoint")
    old_id, old = make(provider, runtimeId=runtime, name="production")
    renamed = {**old, "owner": OTHER, "name": "stable"}
    provider.diff(old_id, old, renamed)
    make(provider, runtimeId=runtime, name="stable", owner=OTHER)
    provider.delete(old_id, old)
    assert set(cloud.cloud.endpoints("demo")) == {"stable"}


def test_a_forced_replacement_that_found_the_old_one_does_not_delete_it(
    serve: Serve, cloud: ThreadedServer
) -> None:
    # As with `pulumi up --replace`: the new one is made before the old one is deleted.
    provider = serve("Runtime")
    old_id, old = make(provider, **RUNTIME)
    new_id, _ = make(provider, **RUNTIME)
    provider.delete(old_id, old)
    assert new_id == old_id
    assert set(cloud.cloud.runtimes()) == {"demo"}


def test_an_adoption_that_fails_removes_nothing(
    serve: Serve, cloud: ThreadedServer, runtime: str
) -> None:
    make(serve("RuntimeEndpoint"), runtimeId=runtime, name="production")
    adopted = {"description": "new", "adopt": True, "owner": OTHER}
    endpoint = {"runtimeId": runtime, "name": "production", **adopted}
    new_process()
    cloud.cloud.faults.add(kind="create_failed", operation="UpdateAgentRuntime*", times=2)
    with pytest.raises(OperationError, match="UPDATE_FAILED"):
        make(serve("RuntimeEndpoint"), **endpoint)
    with pytest.raises(OperationError, match="UPDATE_FAILED"):
        make(serve("Runtime"), **{**RUNTIME, **adopted})
    assert set(cloud.cloud.endpoints("demo")) == {"production"}
    cloud.cloud.faults.clear()
    # The next up goes on with them.
    assert make(serve("Runtime"), **{**RUNTIME, **adopted})[1]["status"] == "READY"
    assert make(serve("RuntimeEndpoint"), **endpoint)[1]["status"] == "READY"
