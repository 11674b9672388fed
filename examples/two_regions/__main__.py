"""The same agent in two regions, and with another profile in another account if you like."""

import pulumi
import pulumi_agentrun as agentrun

config = pulumi.Config()

for region in ("cn-hangzhou", "cn-shanghai"):
    runtime = agentrun.Runtime(
        f"agent-{region}",
        name="agent",
        region=region,
        profile=config.get(f"profile-{region}"),
        code={
            "src": config.get("code") or "../quickstart/code",
            "language": "python3.12",
            "command": ["python3", "app.py"],
        },
        environment_variables={"REGION": region},
    )
    endpoint = agentrun.RuntimeEndpoint(
        f"production-{region}",
        name="production",
        region=region,
        profile=config.get(f"profile-{region}"),
        runtime_id=runtime.id,
    )
    pulumi.export(f"arn-{region}", runtime.arn)
