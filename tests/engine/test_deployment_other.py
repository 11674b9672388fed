"""Stack references, simulated packages, providers as resources, and what is not supported."""

from __future__ import annotations

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import callback_pb2, resource_pb2
from pulumi_local.stack_config import ConfigValue
from pulumi_local.values import UNKNOWN, Secret

REFERENCE = "pulumi:pulumi:StackReference"
TIMEOUT = 20


def reading(name, answers):
    return lambda p: answers.append(p.read(REFERENCE, "ref", name, {"name": name}))


@pytest.mark.parametrize("name", ["base", "proj/base", "organization/proj/base"])
def test_the_outputs_of_another_stack_can_be_read(stack, make_stack, name):
    make_stack(name="base").up(lambda p: p.export(url="http://x", key=Secret("k")))
    answers = []

    result = stack.up(reading(name, answers))

    assert not result.failed, stack.messages()
    assert answers[0]["outputs"] == {"url": "http://x", "key": Secret("k")}
    assert answers[0]["secretOutputNames"] == ["key"]
    recorded = stack.resources()["ref"]
    assert recorded.external
    assert recorded.id == name
    assert result.changes == {"create": 1, "read": 1}
    assert stack.up(reading(name, answers)).unchanged


def test_a_reference_to_an_unknown_stack_fails_the_run(stack):
    assert stack.preview(reading("nothing", [])).failed
    assert stack.messages() == ["unknown stack 'nothing'"]


def test_a_reference_follows_the_other_stack(stack, make_stack):
    base = make_stack(name="base")
    base.up(lambda p: p.export(x=1))
    answers = []
    stack.up(reading("base", answers))
    base.up(lambda p: p.export(x=2))
    stack.up(reading("base", answers))
    assert [a["outputs"] for a in answers] == [{"x": 1}, {"x": 2}]


def test_references_are_forgotten_and_not_deleted(stack, make_stack):
    make_stack(name="base").up(lambda p: p.export(x=1))
    stack.up(reading("base", []))
    result = stack.up(lambda p: None)
    assert result.changes == {"discard": 1, "same": 1}
    assert stack.resources() == {}


def test_a_simulated_package_echoes_inputs_and_mints_ids(stack):
    stack.simulate = ["cloud"]
    answers = []

    def program(p):
        answers.append(p.resource("a", {"size": 1}, type_="cloud:index:Server"))

    stack.preview(program)
    stack.up(program)

    assert answers[0].id == ""
    assert answers[0]["ip"] is UNKNOWN
    assert answers[1].id.startswith("a-")
    assert answers[1].outputs == {"size": 1}
    assert stack.up(program).unchanged
    assert not stack.destroy().failed


def test_a_replaced_simulated_resource_gets_another_id(stack):
    stack.simulate = ["cloud"]

    def program(trigger):
        return lambda p: p.resource("a", {}, type_="cloud:index:Server", trigger=trigger)

    stack.up(program("1"))
    before = stack.resources()["a"].id
    stack.up(program("2"))
    assert stack.resources()["a"].id != before


def test_functions_of_a_simulated_package_return_their_arguments(stack):
    stack.simulate = ["cloud"]
    answers = []
    stack.up(lambda p: answers.append(p.invoke("cloud:index:getImage", {"name": "x"})))
    assert answers == [{"name": "x"}]


def test_a_package_without_a_plugin_is_told_once_with_what_to_do(stack):
    stack.simulate = ["cloud"]

    def program(p):
        for name in ("a", "b"):
            assert not p.resource(name, {}, type_="nowhere:index:Thing").ok

    assert stack.preview(program).failed

    (message,) = stack.messages()
    assert "pulumi-resource-nowhere" in message
    assert "--simulate nowhere" in message


def test_default_providers_get_the_configuration_of_their_package(stack):
    stack.config = {
        "stub:region": ConfigValue("x"),
        "stub:key": ConfigValue("k", secret=True),
        "other:region": ConfigValue("y"),
    }

    stack.up(lambda p: p.resource("a", {}, version="1.2.3"))

    assert stack.provider.seen["configure", "default_1_2_3"]["inputs"] == {
        "region": "x",
        "key": Secret("k"),
        "version": "1.2.3",
    }
    assert all("default" not in e.step.urn for e in stack.events if hasattr(e, "step"))


def test_a_changed_configuration_updates_the_provider_without_a_word(stack):
    def program(p):
        p.resource("a", {})

    stack.config = {"stub:region": ConfigValue("x")}
    stack.up(program)
    stack.config = {"stub:region": ConfigValue("y")}

    result = stack.up(program)

    assert result.changes == {"same": 2}
    (provider,) = (r for r in stack.snapshot().resources if r.is_provider)
    assert provider.inputs == {"region": "y"}
    assert stack.up(program).unchanged


def test_an_explicit_provider_is_a_resource_that_others_need(stack):
    def program(region):
        def run(p):
            options = {"type_": "pulumi:providers:stub", "parent": p.stack}
            provider = p.resource("mine", {"region": region}, **options)
            p.resource("a", {}, provider=f"{provider.urn}::{provider.id}")

        return run

    assert stack.up(program("x")).changes == {"create": 3}
    assert stack.up(program("x")).unchanged
    assert stack.up(program("y")).changes == {"update": 1, "same": 2}
    stack.provider.replace_keys = {"region"}
    result = stack.up(program("z"))
    assert result.changes == {"replace": 2, "same": 1}
    assert stack.step("replace", "a").keys == ["provider"]
    stack.destroy()
    assert stack.steps()[-3:] == [("delete", "a"), ("delete", "mine"), ("delete", "proj-dev")]


def test_invalid_arguments_of_a_function_are_the_programs_to_handle(stack, fault):
    stack.provider.faults["invoke", "stub:index:find"] = fault("no such thing")

    def program(p):
        with pytest.raises(grpc.RpcError, match="no such thing"):
            p.invoke("stub:index:find", {})

    assert stack.up(program).failed
    assert stack.messages() == ["no such thing"]


UNSUPPORTED = {
    "transforms": {"transforms": [callback_pb2.Callback(token="t")]},
    "resource hooks": {
        "hooks": resource_pb2.RegisterResourceRequest.ResourceHooksBinding(before_create=["h"])
    },
    "importing resources": {"importId": "x"},
}


@pytest.mark.parametrize("feature", UNSUPPORTED)
def test_what_is_not_supported_is_a_clear_error(stack, feature):
    def program(p):
        with pytest.raises(grpc.RpcError, match="not supported by the embedded engine"):
            p.resource("a", {}, **UNSUPPORTED[feature])

    assert stack.preview(program).failed
    assert stack.messages() == [
        f"{feature}: not supported by the embedded engine, use the Pulumi CLI"
    ]


def test_components_of_other_packages_are_not_supported(stack):
    def program(p):
        assert not p.component("a", type_="other:index:Thing", remote=True).ok

    assert stack.preview(program).failed
    assert "not supported by the embedded engine" in stack.messages()[0]


REFUSED = {
    "transforms": lambda m: m.RegisterStackTransform(callback_pb2.Callback()),
    "resource hooks": lambda m: m.RegisterResourceHook(
        resource_pb2.RegisterResourceHookRequest(name="h")
    ),
    "parameterized packages": lambda m: m.RegisterPackage(
        resource_pb2.RegisterPackageRequest(name="x")
    ),
    "methods of resources": lambda m: m.Call(resource_pb2.ResourceCallRequest(tok="a:b:c")),
}


@pytest.mark.parametrize("feature", REFUSED)
def test_calls_that_are_not_supported_are_a_clear_error(stack, feature):
    def program(p):
        with pytest.raises(grpc.RpcError, match="not supported by the embedded engine"):
            REFUSED[feature](p.monitor)

    assert stack.preview(program).failed
    assert stack.messages()[0].startswith(f"{feature}: not supported")


def test_a_program_is_told_about_the_run(stack):
    stack.config = {"proj:x": ConfigValue("1"), "proj:y": ConfigValue("2", secret=True)}
    seen = []
    stack.preview(lambda p: seen.append(p.monitor.GetDeploymentInfo(empty_pb2.Empty())))

    (info,) = seen
    assert (info.project, info.stack, info.organization) == ("proj", "dev", "organization")
    assert dict(info.config) == {"proj:x": "1", "proj:y": "2"}
    assert list(info.configSecretKeys) == ["proj:y"]
    assert info.dryRun
    assert resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS in info.supportedFeatures


def test_an_older_sdk_may_ask_for_one_feature_at_a_time(stack):
    answers = []

    def program(p):
        for name in ("secrets", "aliasSpecs", "somethingElse"):
            request = resource_pb2.SupportsFeatureRequest(id=name)
            answers.append(p.monitor.SupportsFeature(request).hasSupport)

    stack.preview(program)
    assert answers == [True, True, False]


def test_a_registered_resource_can_be_looked_up_by_its_urn(stack):
    answers = []

    def program(p):
        a = p.resource("a", {"size": 1})
        answers.append(p.invoke("pulumi:pulumi:getResource", {"urn": a.urn}))

    stack.up(program)
    assert answers[0]["id"] == "a-1"
    assert answers[0]["state"] == {"size": 1, "arn": "arn:a-1"}
