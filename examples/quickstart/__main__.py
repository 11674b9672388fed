"""The agent of the development guide: one program, and a stack per environment."""

import os

import pulumi
import pulumi_agentrun as agentrun

config = pulumi.Config()
environment = pulumi.get_stack()

vpc_id = config.get("vpcId") or os.environ.get("VPC_ID")
vpc = None
if vpc_id:
    vpc = agentrun.VpcArgs(
        vpc_id=vpc_id,
        vswitch_ids=[config.get("vswitchId") or os.environ["VSWITCH_ID"]],
        security_group_id=config.get("securityGroupId") or os.environ["SECURITY_GROUP_ID"],
    )

log_project = config.get("logProject")
log = None
if log_project:
    log = agentrun.LogArgs(project=log_project, logstore=config.require("logstore"))

runtime = agentrun.Runtime(
    "agent",
    name=f"agent-{environment}",
    code=agentrun.CodeArgs(
        src="./code",
        language="python3.12",
        command=["python3", "app.py"],
        requirements="requirements.txt",
    ),
    cpu=config.get_float("cpu"),
    memory=config.get_int("memory"),
    instance_concurrency=config.get_int("instanceConcurrency"),
    vpc=vpc,
    internet_access=config.get_bool("internetAccess"),
    environment_variables={
        "ENVIRONMENT": environment,
        "LOG_LEVEL": config.require("logLevel"),
    },
    log=log,
    role=config.require("role"),
)

endpoint = agentrun.RuntimeEndpoint(
    "production", runtime_id=runtime.id, name="production", target_version="LATEST"
)

pulumi.export("runtimeId", runtime.id)
pulumi.export("arn", runtime.arn)
pulumi.export("status", runtime.status)
pulumi.export("url", endpoint.url)
