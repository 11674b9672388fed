"""Releases by configuration: a new version gets a share, is promoted, or is rolled back."""

import pulumi
import pulumi_agentrun as agentrun

config = pulumi.Config()

runtime = agentrun.Runtime(
    "agent",
    code={
        "src": config.get("code") or "../quickstart/code",
        "language": "python3.12",
        "command": ["python3", "app.py"],
    },
)

# Published whenever the runtime's configuration or code changed, and only then.
release = agentrun.RuntimeVersion(
    "release",
    runtime_id=runtime.id,
    fingerprint=runtime.fingerprint,
    description=config.get("release"),
)

# The newest version under an address of its own, for tests before it gets any traffic.
candidate = agentrun.RuntimeEndpoint(
    "candidate", runtime_id=runtime.id, name="candidate", target_version=release.version
)

smoke_path = config.get("smokePath")
production = agentrun.RuntimeEndpoint(
    "production",
    runtime_id=runtime.id,
    name="production",
    rollout=agentrun.RolloutArgs(
        version=release.version,
        canary_weight=config.get_float("canaryWeight"),
        promote=config.get_bool("promote"),
        rollback=config.get_bool("rollback"),
    ),
    smoke={"url": candidate.url, "path": smoke_path} if smoke_path else None,
)

pulumi.export("version", release.version)
pulumi.export("traffic", production.traffic)
pulumi.export("url", production.url)
pulumi.export("candidateUrl", candidate.url)
