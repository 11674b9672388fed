"""The production agent of the development guide: one resource, a stack per environment."""

import pulumi
import pulumi_agentrun as agentrun

config, stack = pulumi.Config(), pulumi.get_stack()
agent = agentrun.Agent(
    "agent",
    name=f"agent-{stack}",
    code={"src": config.require("src"), "language": "python3.12", "command": ["python3", "app.py"]},
    environment_variables={"ENVIRONMENT": stack, "LOG_LEVEL": config.get("logLevel") or "info"},
    reserved_concurrency=config.get_int("reservedConcurrency"),
    rollout=config.get_object("rollout"),
    **config.get_object("runtime") or {},
)
pulumi.export("url", agent.urls["production"])
pulumi.export("traffic", agent.traffic["production"])
