"""An agent whose new versions are tried out with a share of the traffic before they serve all."""

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
    endpoints=[
        # Serves users; moves to a new version as `rollout` says.
        agentrun.AgentEndpointArgs(name="production"),
        # Serves what was deployed last, for tests before it gets any traffic.
        agentrun.AgentEndpointArgs(name="candidate", version="LATEST"),
    ],
    rollout={
        "canary_weight": config.get_float("canaryWeight"),
        "promote": config.get_bool("promote"),
        "rollback": config.get_bool("rollback"),
    },
)

pulumi.export("version", agent.version)
pulumi.export("traffic", agent.traffic["production"])
pulumi.export("url", agent.urls["production"])
pulumi.export("candidateUrl", agent.urls["candidate"])
