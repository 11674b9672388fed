"""Read by mypy only: what programs may write, and what the types of the results are."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_agentrun as agentrun
from pulumi_agentrun import outputs
from typing_extensions import assert_type

with_classes = agentrun.Runtime(
    "with-classes",
    code=agentrun.CodeArgs(src="./code", language="python3.12", command=["python3", "app.py"]),
    vpc=agentrun.VpcArgs(vpc_id="vpc-1", vswitch_ids=["vsw-1"], security_group_id="sg-1"),
    environment_variables={"TOKEN": pulumi.Output.secret("x"), "PLAIN": "y"},
)

with_dicts = agentrun.Runtime(
    "with-dicts",
    pulumi.ResourceOptions(protect=True),
    container={
        "image": with_classes.arn,
        "registry": {"auth": {"user_name": "u", "password": "p"}},
    },
    log={"auto": True},
    timeouts={"create": "30m"},
)

release = agentrun.RuntimeVersion(
    "release", runtime_id=with_classes.id, fingerprint=with_classes.fingerprint
)

production = agentrun.RuntimeEndpoint(
    "production",
    runtime_id=with_classes.id,
    rollout={"version": release.version, "canary_weight": 0.1},
)

agent = agentrun.Agent(
    "agent",
    code=agentrun.CodeArgs(src="./code", language="python3.12", command=["python3", "app.py"]),
    cpu=2,
    vpc={"vpc_id": "vpc-1", "vswitch_ids": ["vsw-1"], "security_group_id": "sg-1"},
    endpoints=[
        agentrun.AgentEndpointArgs(name="production", smoke={"url": "candidate"}),
        {"name": "candidate", "version": "LATEST", "scaling": {"min_instances": 1}},
        {"name": "pinned", "version": 3, "canary": {"version": "4", "weight": 0.1}},
    ],
    publish=agentrun.AgentReleaseArgs(description="first"),
    rollout={"canary_weight": 0.1, "promote": pulumi.Output.from_input(True)},
    reserved_concurrency=20,
    custom_domain={
        "domain_name": "agents.example.com",
        "route": {"path": "/v1/*", "methods": ["POST"]},
        "cert_config": {"cert_name": "c", "certificate": "c", "private_key": "k"},
    },
)
configured = pulumi.Config().get_int("cpu")
small_agent = agentrun.Agent(
    "small", pulumi.ResourceOptions(protect=True), container={"image": "i"}, cpu=configured
)
domain = agentrun.RuntimeCustomDomain(
    "domain",
    runtime_id=agent.runtime_id,
    domain_name="agents.example.com",
    routes=[agentrun.DomainRouteArgs(path="/a"), {"path": "/b"}],
    tls_config=agentrun.DomainTlsArgs(min_version="TLSv1.2"),
)

assert_type(agent.runtime, agentrun.Runtime)
assert_type(agent.release, agentrun.RuntimeVersion | None)
assert_type(agent.endpoints["production"], agentrun.RuntimeEndpoint)
assert_type(agent.urls["production"], pulumi.Output[str | None])
assert_type(agent.arn, pulumi.Output[str])
assert_type(agent.version, pulumi.Output[str | None])
assert_type(agent.custom_domain_url, pulumi.Output[str | None])
assert_type(domain.url, pulumi.Output[str | None])
assert_type(with_classes.arn, pulumi.Output[str])
assert_type(with_classes.cpu, pulumi.Output[float])
assert_type(with_classes.code, pulumi.Output[outputs.Code | None])
assert_type(with_classes.environment_variables, pulumi.Output[Mapping[str, str] | None])
assert_type(with_classes.fingerprint, pulumi.Output[str])
assert_type(release.version, pulumi.Output[str])
assert_type(production.url, pulumi.Output[str | None])
assert_type(agentrun.get_runtime(name="x").properties, Mapping[str, Any])

agentrun.Runtime("wrong", cpu="two")  # type: ignore[arg-type]
agentrun.Runtime("wrong", memry=1)  # type: ignore[call-arg]
agentrun.CodeArgs(src="./code")  # type: ignore[call-arg]
agentrun.Agent("wrong", cpu="two")  # type: ignore[arg-type]
agentrun.Agent("wrong", memry=1)  # type: ignore[call-arg]
agentrun.Agent("wrong", endpoints=[{"version": 1}])  # type: ignore[list-item]
agentrun.Agent("wrong", rollout={"version": "1"})  # type: ignore[arg-type]
agentrun.AgentEndpointArgs(version=1)  # type: ignore[call-arg]
