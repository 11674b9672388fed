"""An agent from a folder of code; each stack is an environment of it."""

import pulumi
import pulumi_agentrun as agentrun

config = pulumi.Config()
stack = pulumi.get_stack()

agent = agentrun.Agent(
    "agent",
    name=f"{pulumi.get_project()}-{stack}",
    code=agentrun.CodeArgs(
        src="./code",
        language="python3.12",
        command=["python3", "app.py"],
        requirements="requirements.txt",
    ),
    cpu=config.get_float("cpu") or 1,
    memory=config.get_int("memory") or 2048,
    environment_variables={
        "ENVIRONMENT": stack,
        "LOG_LEVEL": config.get("logLevel") or "info",
    },
    role=config.require("role"),
    log=agentrun.LogArgs(auto=True),
)

pulumi.export("runtimeId", agent.runtime_id)
pulumi.export("version", agent.version)
pulumi.export("url", agent.urls["production"])
