"""An agent from a container image; each stack is an environment of it."""

import pulumi
import pulumi_agentrun as agentrun

config = pulumi.Config()
stack = pulumi.get_stack()

image = config.require("image")
if "@sha256:" not in image:
    # Under a tag every version would run whatever the tag means on that day.
    pulumi.log.warn(f"{image} has no digest, so that a new push is no change to deploy")

# Only a registry outside of Alibaba Cloud, or of another account, asks for a password.
registry = None
user = config.get("registryUser")
if user:
    registry = agentrun.RegistryArgs(
        auth=agentrun.RegistryAuthArgs(
            user_name=user, password=config.require_secret("registryPassword")
        )
    )

agent = agentrun.Agent(
    "agent",
    name=f"{pulumi.get_project()}-{stack}",
    container=agentrun.ContainerArgs(
        image=image,
        command=["python3", "app.py"],
        port=9000,
        image_registry_type="CUSTOM" if registry else "ACR",
        registry=registry,
    ),
    cpu=config.get_float("cpu") or 2,
    memory=config.get_int("memory") or 4096,
    environment_variables={
        "ENVIRONMENT": stack,
        "LOG_LEVEL": config.get("logLevel") or "info",
    },
    health_check=agentrun.HealthCheckArgs(http_get_url="/health"),
    role=config.require("role"),
    log=agentrun.LogArgs(auto=True),
)

pulumi.export("runtimeId", agent.runtime_id)
pulumi.export("version", agent.version)
pulumi.export("url", agent.urls["production"])
