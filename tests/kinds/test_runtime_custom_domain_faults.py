"""A runtime's domain converges whatever call fails, and whoever else is at work."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_provider.kind import State

from .conftest import Stage
from .domains import (
    CERT,
    KIND,
    bind,
    function,
    inputs,
    live,
    made_elsewhere,
    routes,
)
from .domains import neighbour as neighbour
from .faults import FAULTS


@pytest.fixture(params=[False, True], ids=["alone", "shared"])
def shared(request: pytest.FixtureRequest, stage: Stage, neighbour: State) -> bool:
    """Whether the domain leads to another runtime, too."""
    if request.param:
        made_elsewhere(stage, neighbour)
    return bool(request.param)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("operation", ["GetCustomDomain", "CreateCustomDomain"])
def test_a_create_converges_whatever_fails(
    stage: Stage, runtime: State, operation: str, fault: dict[str, Any], when: str
) -> None:
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    state = stage.converge(lambda: bind(stage, runtime, cert_config=CERT))
    assert stage.cloud.faults.report()[0]["fired"] == 1
    assert routes(stage) == [("/*", function(runtime))]
    assert stage.read(KIND, state) == state
    assert stage.changes(KIND, state, **inputs(runtime, cert_config=CERT)) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_an_update_converges_whatever_fails(
    stage: Stage, runtime: State, shared: bool, fault: dict[str, Any], when: str
) -> None:
    state = bind(stage, runtime, route={"path": "/a"})
    stage.cloud.faults.add(operation="UpdateCustomDomain", when=when, **fault)
    wanted = inputs(runtime, route={"path": "/b"})
    state = stage.converge(lambda: stage.update(KIND, state, **wanted))
    assert ("/b", function(runtime)) in routes(stage)
    assert len(routes(stage)) == 1 + shared
    assert stage.read(KIND, state) == state


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_delete_converges_whatever_fails(
    stage: Stage,
    runtime: State,
    neighbour: State,
    shared: bool,
    fault: dict[str, Any],
    when: str,
) -> None:
    state = bind(stage, runtime, route={"path": "/a"})
    operation = "UpdateCustomDomain" if shared else "DeleteCustomDomain"
    stage.cloud.faults.add(operation=operation, when=when, **fault)
    stage.converge(lambda: stage.delete(KIND, state))
    assert routes(stage) == ([("/v1/*", function(neighbour))] if shared else [])
    assert (live(stage) is None) is not shared


def test_a_domain_made_meanwhile_is_joined(stage: Stage, runtime: State, neighbour: State) -> None:
    # Somebody else is faster, between our look and our write.
    stage.cloud.faults.add(
        operation="GetCustomDomain", status=404, code="DomainNameNotFound", message="no"
    )
    made_elsewhere(stage, neighbour)
    bind(stage, runtime, route={"path": "/agent/*"})
    assert routes(stage) == [("/v1/*", function(neighbour)), ("/agent/*", function(runtime))]
