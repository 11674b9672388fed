"""What an agent hands to its children, and how mistakes in its arguments are told."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import pulumi
import pulumi_agentrun as agentrun
import pytest
from pulumi_agentrun import agent_inputs
from pulumi_agentrun._agent_options import ChildOptions
from pulumi_agentrun._agent_parts import (
    endpoint_arguments,
    fields_of,
    in_order,
    shared_arguments,
)


def options(**given: Any) -> ChildOptions:
    component: Any = None
    return ChildOptions(component, pulumi.ResourceOptions(**given))


def endpoint(**fields: Any) -> dict[str, Any]:
    newest: Any = "7"
    return endpoint_arguments(fields, newest, None, {})


def test_an_agent_takes_every_argument_of_a_runtime() -> None:
    of_runtime = list(inspect.signature(agentrun.Runtime.__init__).parameters)[3:]
    assert sorted(agent_inputs.RuntimeArguments.__annotations__) == sorted(of_runtime)


@pytest.mark.parametrize(
    ("group", "resource", "left_out", "added"),
    [
        (
            "AgentEndpoint",
            "RuntimeEndpoint",
            {"runtime_id", "target_version", "rollout"},
            "version",
        ),
        ("AgentRelease", "RuntimeVersion", {"runtime_id", "fingerprint"}, None),
        ("CustomDomain", "RuntimeCustomDomain", {"runtime_id"}, None),
    ],
)
def test_a_part_takes_every_argument_that_the_agent_leaves_open(
    group: str, resource: str, left_out: set[str], added: str | None
) -> None:
    whole = set(list(inspect.signature(getattr(agentrun, resource).__init__).parameters)[3:])
    shared = {"region", "account_id", "profile", "timeouts", "adopt", "deletion_policy"}
    expected = whole - shared - left_out | ({added} if added else set())
    as_class, as_dict = getattr(agentrun, f"{group}Args"), getattr(agentrun, f"{group}ArgsDict")
    assert {field.name for field in dataclasses.fields(as_class)} == expected
    assert set(as_dict.__annotations__) == expected


def test_fields_come_from_a_class_or_from_a_dict_in_either_spelling() -> None:
    expected = {"name": "a", "disable_public_network_access": True}
    for value in (
        agentrun.AgentEndpointArgs(name="a", disable_public_network_access=True),
        {"name": "a", "disable_public_network_access": True, "version": None},
        {"name": "a", "disablePublicNetworkAccess": True},
    ):
        assert fields_of(agentrun.AgentEndpointArgs, value, "endpoints[0]") == expected


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"name": "a", "versoin": 1}, "endpoints[0] has no 'versoin'; it has canary, description"),
        ({"version": 1}, "endpoints[0]: "),
        ("production", "endpoints[0] must be AgentEndpointArgs or a dict (got 'production')"),
    ],
)
def test_wrong_fields_are_told_with_their_place(value: Any, told: str) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        fields_of(agentrun.AgentEndpointArgs, value, "endpoints[0]")
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("endpoints", "told"),
    [
        ([{"name": "a"}, {"name": "a"}], "'a' is declared twice"),
        ([{"name": 1}], "must be known before the deployment"),
        (
            [{"name": "a", "smoke": {"url": "b"}}, {"name": "b", "smoke": {"url": "a"}}],
            "the smoke tests of 'a' and 'b' wait for each other",
        ),
    ],
)
def test_endpoints_that_cannot_be_are_told(endpoints: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(pulumi.RunError, match=told):
        in_order(endpoints)


def test_an_endpoint_comes_after_the_one_that_its_smoke_test_asks() -> None:
    endpoints = [
        {"name": "c", "smoke": {"url": "b"}},
        {"name": "b", "smoke": agentrun.SmokeArgs(url="a")},
        {"name": "a", "smoke": {"url": "https://elsewhere"}},
    ]
    assert [fields["name"] for fields in in_order(endpoints)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"endpoints": "production"}, "endpoints must be a list (got 'production')"),
        ({"endpoints": {"name": "a"}}, "endpoints must be a list (got {'name': 'a'})"),
        ({"publish": False, "rollout": {"promote": True}}, "rollout has nothing to roll out with"),
    ],
)
def test_what_can_not_be_meant_is_refused_before_anything_is_declared(
    given: dict[str, Any], told: str
) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        agentrun.Agent("shop", **given)
    assert told in str(refused.value)


def test_an_argument_that_does_not_exist_is_told_with_the_one_that_was_meant() -> None:
    wrong: dict[str, Any] = {"memroy": 1024}
    with pytest.raises(TypeError, match="unexpected keyword argument 'memroy'; did you mean 'mem"):
        agentrun.Agent("shop", **wrong)


def test_a_version_that_is_none_is_told_where_it_stands() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        in_order([{"name": "a", "version": 3}, {"name": "b", "version": "v3"}])
    assert str(refused.value).startswith("endpoints[1].version must be the number of a version")


def test_a_smoke_test_gets_the_address_of_the_endpoint_it_names() -> None:
    urls: Any = {"candidate": "https://candidate"}
    declared = agentrun.SmokeArgs(url="candidate", path="/health")
    for smoke in (declared, {"url": "candidate", "path": "/health"}):
        made = endpoint_arguments({"name": "a", "smoke": smoke}, None, None, urls)["smoke"]
        found = made if isinstance(made, dict) else {"url": made.url, "path": made.path}
        assert found == {"url": "https://candidate", "path": "/health"}
    assert declared.url == "candidate", "what was declared stays as it is"


def test_an_endpoint_without_a_version_follows_the_release() -> None:
    assert endpoint(name="a") == {"name": "a", "rollout": {"promote": True, "version": "7"}}
    staged = endpoint_arguments({"name": "a"}, "7", {"canary_weight": 0.1}, {})  # type: ignore[arg-type]
    assert staged["rollout"] == {"canary_weight": 0.1, "version": "7"}
    waiting = endpoint_arguments({"name": "a"}, "7", {}, {})  # type: ignore[arg-type]
    assert waiting["rollout"] == {"version": "7"}, "a rollout that says nothing moves nothing"


def test_an_endpoint_that_decides_itself_has_no_rollout() -> None:
    assert endpoint(name="a", version=3) == {"name": "a", "target_version": 3}
    canary = {"version": "2", "weight": 0.1}
    assert endpoint(name="a", canary=canary)["target_version"] == "7"
    assert endpoint_arguments({"name": "a"}, None, None, {})["target_version"] == "LATEST"


def test_only_what_is_given_is_shared() -> None:
    given = {"region": "cn-beijing", "adopt": None, "memory": 1, "deletion_policy": "retain"}
    assert shared_arguments(given) == {"region": "cn-beijing", "deletion_policy": "retain"}


@pytest.mark.parametrize(
    ("path", "runtime", "endpoint", "domain", "concurrency"),
    [
        ("memory", ["memory"], [], [], []),
        ("code.src", ["code.src"], [], [], []),
        ('environmentVariables["A.B"]', ['environmentVariables["A.B"]'], [], [], []),
        ("endpoints.production.scaling.minInstances", [], ["scaling.minInstances"], [], []),
        ('endpoints["production"].canary', [], ["canary"], [], []),
        ("endpoints.production", [], ["*"], [], []),
        ("endpoints.other.canary", [], [], [], []),
        ("custom_domain.protocol", [], [], ["protocol"], []),
        ("customDomain.routes[0].path", [], [], ["routes[0].path"], []),
        ("reserved_concurrency", [], [], [], ["reserved_concurrency"]),
        ("reservedConcurrency", [], [], [], ["reservedConcurrency"]),
    ],
)
@pytest.mark.parametrize("option", ["ignore_changes", "replace_on_changes"])
def test_a_path_goes_to_the_child_that_it_belongs_to(
    option: str,
    path: str,
    runtime: list[str],
    endpoint: list[str],
    domain: list[str],
    concurrency: list[str],
) -> None:
    made = options(**{option: [path]})
    assert getattr(made.runtime(), option) == runtime
    assert getattr(made.endpoint("production", None), option) == endpoint
    assert getattr(made.custom_domain(), option) == domain
    assert getattr(made.concurrency(), option) == concurrency


def test_every_child_is_retained_with_the_agent() -> None:
    made = options(retain_on_delete=True)
    children = [made.runtime(), made.endpoint("a", None), made.custom_domain(), made.child()]
    assert [child.retain_on_delete for child in children] == [True] * 4
