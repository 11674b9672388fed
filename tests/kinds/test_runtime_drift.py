"""What was changed behind the program's back shows, and nothing else does."""

from __future__ import annotations

import pytest
from agentrun_provider.errors import ServerFault

from .conftest import CODE, Stage
from .runtimes import OWNER, created


def test_drift_shows_in_the_inputs(stage: Stage) -> None:
    state = created(stage, environment_variables={"A": "1"})
    stage.cloud.mutate(
        {"runtime": "demo"},
        set={"memory": 8192, "environmentVariables": {"A": "1", "B": "2"}, "description": "hi"},
    )
    found = stage.read("Runtime", state)
    assert found is not None
    changed = {key for key in found.inputs if found.inputs[key] != state.inputs.get(key)}
    assert changed == {"memory", "environment_variables", "description"}


def test_a_default_of_the_service_is_not_drift_until_it_changes(stage: Stage) -> None:
    state = created(stage)
    assert state.outputs["service_defaults"]["instance_concurrency"] == 1
    stage.cloud.mutate({"runtime": "demo"}, set={"sessionConcurrencyLimitPerInstance": 7})
    found = stage.read("Runtime", state)
    assert found is not None
    assert found.inputs["instance_concurrency"] == 7


def test_a_package_deployed_by_somebody_else_shows(stage: Stage) -> None:
    state = created(stage)
    live = stage.cloud.runtimes()["demo"]["codeConfiguration"]
    stage.cloud.mutate({"runtime": "demo"}, set={"codeConfiguration": {**live, "checksum": "42"}})
    found = stage.read("Runtime", state)
    assert found is not None
    changes = stage.changes("Runtime", found, name="demo", code=CODE, owner=OWNER)
    assert [change.path for change in changes] == [("code", "content_hash")]


def test_a_vpc_attached_behind_our_back_shows_only_if_the_network_is_ours(stage: Stage) -> None:
    network = {"networkMode": "PUBLIC_AND_PRIVATE", "vpcId": "vpc-9", "vswitchIds": ["vsw-9"]}
    ours = created(stage, internet_access=True)
    unmanaged = created(stage, name="free")
    for name in ("demo", "free"):
        stage.cloud.mutate({"runtime": name}, set={"networkConfiguration": network})
    found = stage.read("Runtime", ours)
    assert found is not None
    assert found.inputs["vpc"]["vpc_id"] == "vpc-9"
    left_alone = stage.read("Runtime", unmanaged)
    assert left_alone is not None
    assert left_alone.inputs == unmanaged.inputs


def test_only_a_definite_not_found_means_gone(stage: Stage) -> None:
    state = created(stage)
    stage.cloud.faults.add(operation="GetAgentRuntime", status=500, times=None)
    with pytest.raises(ServerFault):
        stage.read("Runtime", state)
    stage.cloud.faults.clear()
    stage.cloud.mutate({"runtime": "demo"}, delete=True)
    assert stage.read("Runtime", state) is None


def test_automatic_logs_that_were_turned_elsewhere_show_as_drift(stage: Stage) -> None:
    state = created(stage, log={"auto": True})
    elsewhere = {"project": "elsewhere", "logstore": "other"}
    stage.cloud.mutate({"runtime": "demo"}, set={"logConfiguration": elsewhere})
    found = stage.read("Runtime", state)
    assert found is not None
    assert found.inputs["log"] == elsewhere
    assert stage.changes("Runtime", found, name="demo", code=CODE, owner=OWNER, log={"auto": True})


def test_logs_that_somebody_else_set_up_are_no_drift(stage: Stage) -> None:
    state = created(stage)
    elsewhere = {"project": "elsewhere", "logstore": "other"}
    stage.cloud.mutate({"runtime": "demo"}, set={"logConfiguration": elsewhere})
    found = stage.read("Runtime", state)
    assert found == state
