"""An agent in a private network; pulumi-alicloud makes all that it stands on."""

import hashlib
import json
from pathlib import Path

import pulumi
import pulumi_agentrun as agentrun
import pulumi_alicloud as alicloud

config = pulumi.Config()
stack = pulumi.get_stack()

network = alicloud.vpc.Network("vpc", vpc_name=f"agents-{stack}", cidr_block="10.0.0.0/8")
switch = alicloud.vpc.Switch(
    "vsw", vpc_id=network.id, cidr_block="10.1.0.0/16", zone_id="cn-hangzhou-i"
)
group = alicloud.ecs.SecurityGroup("sg", vpc_id=network.id)

logs = alicloud.log.Project("logs", project_name=f"agents-{stack}-logs")
store = alicloud.log.Store("store", project_name=logs.project_name, logstore_name="agent")

role = alicloud.ram.Role(
    "role",
    role_name=f"agent-{stack}",
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
alicloud.ram.RolePolicyAttachment(
    "role-agentrun",
    role_name=role.role_name,
    policy_name="AliyunAgentRunFullAccess",
    policy_type="System",
)

package = Path(config.require("package"))
# The key holds a digest, so that a changed package is another object and is deployed.
digest = hashlib.sha256(package.read_bytes()).hexdigest()[:16]
bucket = alicloud.oss.Bucket("packages", bucket=f"agents-{stack}-packages")
archive = alicloud.oss.BucketObject(
    "agent.zip", bucket=bucket.bucket, key=f"agent-{digest}.zip", source=str(package)
)

runtime = agentrun.Runtime(
    "agent",
    code={
        "oss_bucket_name": archive.bucket,
        "oss_object_name": archive.key,
        "language": "python3.12",
        "command": ["python3", "app.py"],
    },
    vpc={"vpc_id": network.id, "vswitch_ids": [switch.id], "security_group_id": group.id},
    internet_access=False,
    log={"project": logs.project_name, "logstore": store.logstore_name},
    role=role.role_name,
)
endpoint = agentrun.RuntimeEndpoint(
    "production",
    runtime_id=runtime.id,
    name="production",
    disable_public_network_access=True,
)

pulumi.export("arn", runtime.arn)
