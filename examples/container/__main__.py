"""An agent from a container image in a private registry."""

import pulumi
import pulumi_agentrun as agentrun

config = pulumi.Config()

runtime = agentrun.Runtime(
    "agent",
    container=agentrun.ContainerArgs(
        # A digest, not a tag: under `latest` every version would run the newest image.
        image=config.require("image"),
        command=["python3", "app.py"],
        image_registry_type="CUSTOM",
        registry=agentrun.RegistryArgs(
            auth=agentrun.RegistryAuthArgs(
                user_name=config.require("registryUser"),
                password=config.require_secret("registryPassword"),
            )
        ),
    ),
    cpu=2,
    memory=4096,
    health_check=agentrun.HealthCheckArgs(http_get_url="/health", period_seconds=10),
)
production = agentrun.RuntimeEndpoint("production", runtime_id=runtime.id, name="production")

pulumi.export("url", production.url)
