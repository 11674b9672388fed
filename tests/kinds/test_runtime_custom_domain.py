"""A runtime's domain against the fake service."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_provider.checking import validate
from agentrun_provider.errors import ConfigError, InvalidRequest, NotFound, ServerFault
from agentrun_provider.kind import State, check
from agentrun_provider.kinds import load

from .conftest import ACCOUNT, Stage
from .domains import (
    CERT,
    DOMAIN,
    KIND,
    WIRE_CERT,
    bind,
    change_elsewhere,
    function,
    inputs,
    live,
    made_elsewhere,
    routes,
)
from .domains import neighbour as neighbour


def test_a_domain_is_made_with_a_route_to_the_function_behind_the_runtime(
    stage: Stage, runtime: State
) -> None:
    state = bind(stage, runtime)
    assert stage.operations() == ["GetCustomDomain", "CreateCustomDomain"]
    assert stage.body("CreateCustomDomain") == {
        "domainName": DOMAIN,
        "protocol": "HTTP",
        "routeConfig": {
            "routes": [{"path": "/*", "functionName": function(runtime), "qualifier": "LATEST"}]
        },
    }
    assert state.id == DOMAIN
    assert state.inputs["url"] == f"http://{DOMAIN}"
    assert state.outputs == {
        "served_protocol": "HTTP",
        "cname": f"{ACCOUNT}.cn-hangzhou.fc.aliyuncs.com",
    }


def test_every_setting_reaches_the_service(stage: Stage, runtime: State) -> None:
    state = bind(
        stage,
        runtime,
        protocol="HTTP,HTTPS",
        routes=[
            {"path": "/chat", "methods": ["POST"], "qualifier": "3"},
            {"path": "/health", "methods": ["GET", "HEAD"]},
        ],
        cert_config=CERT,
        tls_config={"min_version": "TLSv1.2", "cipher_suites": ["A", "B"]},
        auth_config={"auth_type": "jwt", "auth_info": '{"jwks": {}}'},
        waf_config={"enable": True},
    )
    sent = stage.body("CreateCustomDomain")
    assert sent["routeConfig"]["routes"][0] == {
        "path": "/chat",
        "functionName": function(runtime),
        "qualifier": "3",
        "methods": ["POST"],
    }
    assert sent["certConfig"] == {
        "certName": "ours",
        "certificate": CERT["certificate"],
        "privateKey": CERT["private_key"],
    }
    assert sent["tlsConfig"] == {"minVersion": "TLSv1.2", "cipherSuites": ["A", "B"]}
    assert sent["authConfig"] == {"authType": "jwt", "authInfo": '{"jwks": {}}'}
    assert sent["wafConfig"] == {"enableWAF": True}
    assert stage.read(KIND, state) == state


def test_with_a_certificate_the_default_is_https(stage: Stage, runtime: State) -> None:
    state = bind(stage, runtime, cert_config=CERT)
    assert stage.body("CreateCustomDomain")["protocol"] == "HTTPS"
    assert state.inputs["url"] == f"https://{DOMAIN}"


def test_the_same_program_again_changes_nothing_and_calls_nothing(
    stage: Stage, runtime: State
) -> None:
    state = bind(stage, runtime, cert_config=CERT)
    stage.operations()
    assert stage.changes(KIND, state, **inputs(runtime, cert_config=CERT)) == []
    assert stage.operations() == []
    assert stage.read(KIND, state) == state


def test_a_route_joins_those_of_other_functions(
    stage: Stage, runtime: State, neighbour: State
) -> None:
    made_elsewhere(stage, neighbour)
    bind(stage, runtime, route={"path": "/agent/*"})
    assert stage.operations() == ["GetCustomDomain", "UpdateCustomDomain"]
    assert routes(stage) == [("/v1/*", function(neighbour)), ("/agent/*", function(runtime))]


def test_a_path_of_another_function_is_refused(
    stage: Stage, runtime: State, neighbour: State
) -> None:
    made_elsewhere(stage, neighbour)
    with pytest.raises(ConfigError) as refused:
        bind(stage, runtime, route={"path": "/v1/*"}, adopt=True)
    line = refused.value.one_line()
    assert f"/v1/* of the domain {DOMAIN} leads to {function(neighbour)}" in line
    assert routes(stage) == [("/v1/*", function(neighbour))]


@pytest.mark.parametrize(
    ("online", "asked", "served"),
    [
        ("HTTPS", "HTTP", "HTTP,HTTPS"),
        ("HTTP,HTTPS", "HTTP", "HTTP,HTTPS"),
        ("HTTP", "HTTP", "HTTP"),
        ("HTTPS", "HTTPS", "HTTPS"),
    ],
)
def test_no_protocol_is_taken_away_from_others(
    stage: Stage, runtime: State, neighbour: State, online: str, asked: str, served: str
) -> None:
    made_elsewhere(stage, neighbour, protocol=online, certConfig=WIRE_CERT)
    state = bind(stage, runtime, protocol=asked)
    assert (live(stage) or {})["protocol"] == served
    assert state.outputs["served_protocol"] == served
    assert stage.read(KIND, state) == state, "what others need is no drift"
    assert stage.changes(KIND, state, **inputs(runtime, protocol=asked)) == []


def test_a_domain_of_the_runtime_alone_can_lose_a_protocol(stage: Stage, runtime: State) -> None:
    state = bind(stage, runtime, protocol="HTTP,HTTPS", cert_config=CERT)
    stage.update(KIND, state, **inputs(runtime, protocol="HTTPS", cert_config=CERT))
    assert (live(stage) or {})["protocol"] == "HTTPS"


@pytest.mark.parametrize("returned", [False, True])
def test_settings_that_are_not_declared_stay_as_they_are(
    stage: Stage, runtime: State, neighbour: State, returned: bool
) -> None:
    stage.cloud.unverified = stage.cloud.unverified.__class__(returns_passwords=returned)
    tls = {"minVersion": "TLSv1.3"}
    made_elsewhere(stage, neighbour, protocol="HTTPS", certConfig=WIRE_CERT, tlsConfig=tls)
    state = bind(stage, runtime, protocol="HTTPS")
    stage.update(KIND, state, **inputs(runtime, protocol="HTTPS", route={"path": "/other"}))
    stage.delete(KIND, state)
    fields = live(stage) or {}
    assert fields["certConfig"] == WIRE_CERT
    assert fields["tlsConfig"] == tls


def test_https_without_any_certificate_is_refused_before_anything_is_sent(
    stage: Stage, runtime: State
) -> None:
    with pytest.raises(ConfigError, match="no certificate for HTTPS"):
        bind(stage, runtime, protocol="HTTPS")
    assert stage.operations() == ["GetCustomDomain"]


def test_routes_change_in_place_and_what_the_console_added_to_them_stays(
    stage: Stage, runtime: State
) -> None:
    state = bind(stage, runtime, route={"path": "/a"})
    (mine,) = (live(stage) or {})["routeConfig"]["routes"]
    rewrite = {"equalRules": [{"match": "/a", "replacement": "/b"}]}
    change_elsewhere(stage, routeConfig={"routes": [{**mine, "rewriteConfig": rewrite}]})
    assert stage.read(KIND, state) == state
    wanted = inputs(runtime, routes=[{"path": "/a", "qualifier": "2"}, {"path": "/c"}])
    stage.update(KIND, state, **wanted)
    first, second = (live(stage) or {})["routeConfig"]["routes"]
    assert (first["qualifier"], first["rewriteConfig"]) == ("2", rewrite)
    assert second["path"] == "/c"


def test_a_new_runtime_takes_the_place_of_the_old_one(
    stage: Stage, runtime: State, neighbour: State
) -> None:
    state = bind(stage, runtime)
    (change,) = stage.changes(KIND, state, **inputs(neighbour))
    assert (change.field, change.replaces) == ("runtime_id", None)
    stage.update(KIND, state, **inputs(neighbour))
    assert routes(stage) == [("/*", function(neighbour))]


def test_another_domain_replaces(stage: Stage, runtime: State) -> None:
    state = bind(stage, runtime)
    other = {**inputs(runtime), "domain_name": "other.example.com"}
    replacing = [change for change in stage.changes(KIND, state, **other) if change.replaces]
    assert [change.field for change in replacing] == ["domain_name"]
    assert not load(KIND).keeps_name(state.inputs, other)


def test_the_runtimes_own_routes_are_not_overwritten_unless_asked_for(
    stage: Stage, runtime: State
) -> None:
    made_elsewhere(stage, runtime)
    with pytest.raises(ConfigError) as refused:
        bind(stage, runtime)
    assert "/v1/*" in refused.value.one_line()
    assert "adopt=True" in refused.value.one_line()
    assert routes(stage) == [("/v1/*", function(runtime))]
    bind(stage, runtime, adopt=True)
    assert routes(stage) == [("/*", function(runtime))]


def test_the_same_routes_are_taken_over_without_a_write(stage: Stage, runtime: State) -> None:
    made_elsewhere(stage, runtime)
    bind(stage, runtime, route={"path": "/v1/*"})
    assert stage.operations() == ["GetCustomDomain"]


def test_drift_of_the_routes_shows_and_is_undone(stage: Stage, runtime: State) -> None:
    state = bind(stage, runtime, route={"path": "/a"})
    moved = {"path": "/b", "functionName": function(runtime), "qualifier": "LATEST"}
    change_elsewhere(stage, routeConfig={"routes": [moved]})
    found = stage.read(KIND, state)
    assert found is not None
    assert found.inputs["route"] == {"path": "/b", "qualifier": "LATEST"}
    stage.update(KIND, found, **inputs(runtime, route={"path": "/a"}))
    assert routes(stage) == [("/a", function(runtime))]


def test_drift_of_the_certificate_shows_without_its_key(stage: Stage, runtime: State) -> None:
    state = bind(stage, runtime, cert_config=CERT)
    change_elsewhere(stage, certConfig=WIRE_CERT)
    found = stage.read(KIND, state)
    assert found is not None
    assert found.inputs["cert_config"] == {
        "cert_name": "theirs",
        "certificate": WIRE_CERT["certificate"],
        "private_key": CERT["private_key"],
    }


def test_settings_that_only_look_different_are_no_drift(stage: Stage, runtime: State) -> None:
    auth = {"auth_type": "jwt", "auth_info": '{"jwks": {"keys": []}}'}
    state = bind(stage, runtime, cert_config=CERT, auth_config=auth)
    change_elsewhere(
        stage,
        certConfig={
            "certName": "ours",
            "certificate": CERT["certificate"].strip(),
            "privateKey": CERT["private_key"],
        },
        authConfig={"authType": "jwt", "authInfo": '{ "jwks":{"keys":[]} }'},
    )
    assert stage.read(KIND, state) == state


def test_it_can_be_read_by_the_domains_name_alone(stage: Stage, runtime: State) -> None:
    bind(stage, runtime, route={"path": "/a", "qualifier": "2"})
    found = stage.read(KIND, State(DOMAIN, {}))
    assert found is not None
    assert found.inputs["runtime_id"] == runtime.id
    assert found.inputs["route"] == {"path": "/a", "qualifier": "2"}


def test_it_is_gone_with_the_domain_or_with_the_last_of_its_routes(
    stage: Stage, runtime: State, neighbour: State
) -> None:
    state = bind(stage, runtime)
    other = {"path": "/v1/*", "functionName": function(neighbour)}
    change_elsewhere(stage, routeConfig={"routes": [other]})
    assert stage.read(KIND, state) is None
    stage.cloud.mutate({"fc_custom_domain": DOMAIN}, delete=True)
    assert stage.read(KIND, state) is None


def test_the_last_route_takes_the_domain_with_it(stage: Stage, runtime: State) -> None:
    state = bind(stage, runtime)
    stage.operations()
    stage.delete(KIND, state)
    assert stage.operations() == ["GetCustomDomain", "DeleteCustomDomain"]
    assert live(stage) is None
    stage.delete(KIND, state)


def test_a_domain_with_other_routes_stays(stage: Stage, runtime: State, neighbour: State) -> None:
    made_elsewhere(stage, neighbour)
    state = bind(stage, runtime, route={"path": "/agent/*"})
    stage.delete(KIND, state)
    assert routes(stage) == [("/v1/*", function(neighbour))]
    stage.operations()
    stage.delete(KIND, state)
    assert stage.operations() == ["GetCustomDomain"], "there is nothing of ours to remove"


def test_a_domain_that_vanished_is_made_again(stage: Stage, runtime: State) -> None:
    state = bind(stage, runtime)
    stage.cloud.mutate({"fc_custom_domain": DOMAIN}, delete=True)
    stage.update(KIND, state, **inputs(runtime, route={"path": "/a"}))
    assert routes(stage) == [("/a", function(runtime))]


def test_an_automatic_domain_is_refused_at_preview_with_what_to_do(
    stage: Stage, runtime: State
) -> None:
    result = check(load(KIND), {**inputs(runtime), "domain_name": "auto"}, stage.session)
    (problem,) = result.problems
    assert problem.path == ("domain_name",)
    assert "Serverless Devs" in problem.reason
    assert "CNAME" in problem.reason
    assert stage.operations() == []


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"domain_name": "not a domain"}, ("domain_name",)),
        ({"domain_name": "localhost"}, ("domain_name",)),
        ({"route": {"path": "a"}}, ("route", "path")),
        ({"route": {}, "routes": [{}]}, ("routes",)),
        ({"routes": [{"path": "/a"}, {"path": "/a"}]}, ("routes", 1, "path")),
        ({"protocol": "TCP"}, ("protocol",)),
        ({"cert_config": {"cert_name": "1", "certificate": "c", "private_key": "k"}}, None),
    ],
)
def test_what_is_wrong_is_refused_at_preview(wrong: dict[str, Any], path: Any) -> None:
    declared = {"runtime_id": "r", "domain_name": DOMAIN, **wrong}
    _, problems = validate(load(KIND).Inputs, declared)
    assert [problem.path for problem in problems] == [path or ("cert_config", "cert_name")]


def test_wildcards_are_domains(stage: Stage, runtime: State) -> None:
    state = stage.create(KIND, runtime_id=runtime.id, domain_name="*.example.com")
    assert state.id == "*.example.com"
    assert stage.read(KIND, state) == state


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("DomainNameNotResolved", f"CNAME record of {DOMAIN} to {ACCOUNT}.cn-hangzhou.fc.aliyun"),
        ("InvalidICPLicense", "ICP filing"),
    ],
)
def test_a_refused_domain_is_explained(stage: Stage, runtime: State, code: str, words: str) -> None:
    stage.cloud.faults.add(operation="CreateCustomDomain", status=400, code=code, message="no")
    with pytest.raises(InvalidRequest) as refused:
        bind(stage, runtime)
    line = refused.value.one_line()
    assert "\n" not in line
    for part in (code, words, "request id"):
        assert part in line


def test_a_runtime_that_is_not_there_is_told(stage: Stage) -> None:
    with pytest.raises(NotFound) as refused:
        bind(stage, State("nowhere", {}))
    assert "agentrun-nowhere" in refused.value.one_line()
    assert live(stage) is None


def test_no_other_failure_means_gone(stage: Stage, runtime: State) -> None:
    state = bind(stage, runtime)
    stage.cloud.faults.add(operation="*CustomDomain", status=500, code="X", times=None)
    with pytest.raises(ServerFault):
        stage.read(KIND, state)
    with pytest.raises(ServerFault):
        stage.delete(KIND, state)
