"""An agent in a private network; pulumi-alicloud makes the network, the role and the logs."""

import json

import pulumi
import pulumi_agentrun as agentrun
import pulumi_alicloud as alicloud

config = pulumi.Config()
stack = pulumi.get_stack()
# Log projects take nothing but lower-case letters, digits and hyphens.
name = f"{pulumi.get_project()}-{stack}".lower().replace("_", "-").replace(".", "-")

network = alicloud.vpc.Network("vpc", vpc_name=name, cidr_block="10.0.0.0/16")
switch = alicloud.vpc.Switch(
    "vsw",
    vpc_id=network.id,
    vswitch_name=name,
    cidr_block="10.0.1.0/24",
    zone_id=config.require("zone"),
)
group = alicloud.ecs.SecurityGroup("sg", vpc_id=network.id, security_group_name=name)

logs = alicloud.log.Project("logs", project_name=f"{name}-logs")
store = alicloud.log.Store(
    "logstore", project_name=logs.project_name, logstore_name="agent", retention_period=30
)
# Without an index nothing can be searched.
index = alicloud.log.StoreIndex(
    "index",
    project=logs.project_name,
    logstore=store.logstore_name,
    full_text={"token": ", '\";=()[]{}?@&<>/:\n\t\r"},
)

role = alicloud.ram.Role(
    "role",
    role_name=name,
    assume_role_policy_document=json.dumps(
        {
            "Version": "1",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": ["fc.aliyuncs.com"]},
                }
            ],
        }
    ),
)
# The least it needs: to write its logs. Add what your agent calls.
policy = alicloud.ram.Policy(
    "policy",
    policy_name=f"{name}-agent",
    policy_document=pulumi.Output.json_dumps(
        {
            "Version": "1",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "log:PostLogStoreLogs",
                    "Resource": pulumi.Output.format(
                        "acs:log:*:*:project/{0}/logstore/*", logs.project_name
                    ),
                }
            ],
        }
    ),
)
grant = alicloud.ram.RolePolicyAttachment(
    "grant", role_name=role.role_name, policy_name=policy.policy_name, policy_type="Custom"
)

agent = agentrun.Agent(
    "agent",
    name=name,
    code=agentrun.CodeArgs(
        src="./code",
        language="python3.12",
        command=["python3", "app.py"],
        requirements="requirements.txt",
    ),
    cpu=config.get_float("cpu") or 2,
    memory=config.get_int("memory") or 4096,
    environment_variables={
        "ENVIRONMENT": stack,
        "LOG_LEVEL": config.get("logLevel") or "info",
    },
    vpc=agentrun.VpcArgs(vpc_id=network.id, vswitch_ids=[switch.id], security_group_id=group.id),
    # Instances reach the VPC only; with True they reach the Internet, too.
    internet_access=False,
    log=agentrun.LogArgs(project=logs.project_name, logstore=store.logstore_name),
    role=role.role_name,
    opts=pulumi.ResourceOptions(depends_on=[grant, index]),
)

pulumi.export("runtimeId", agent.runtime_id)
pulumi.export("vpcId", network.id)
pulumi.export("url", agent.urls["production"])
