"""Take over what `s deploy` made, without a moment's interruption."""

import pulumi
import pulumi_agentrun as agentrun

config = pulumi.Config()
adopt = config.get_bool("adopt")

runtime = agentrun.Runtime(
    "agent",
    name="agent-prod",
    adopt=adopt,
    # The agent belongs to others, too, as long as both tools are in use.
    deletion_policy="retain" if adopt else None,
    description="My Agent Runtime",
    code={
        "src": config.get("code") or "../quickstart/code",
        "language": "python3.12",
        "command": ["python3", "app.py"],
    },
    cpu=2,
    memory=config.get_int("memory") or 4096,
    environment_variables={"ENVIRONMENT": "prod", "LOG_LEVEL": "info"},
)
production = agentrun.RuntimeEndpoint(
    "production",
    adopt=adopt,
    deletion_policy="retain" if adopt else None,
    runtime_id=runtime.id,
    name="production",
    target_version="LATEST",
)

pulumi.export("runtimeId", runtime.id)
pulumi.export("url", production.url)
