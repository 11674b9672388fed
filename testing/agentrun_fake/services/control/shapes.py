"""Fields and nested objects that several kinds of resource share (section 2.3, limits of 9.1)."""

from __future__ import annotations

import copy
from typing import Any

from ...schema import Choice, Field, Flag, ListOf, Number, Object, Text

NAME = r"[a-zA-Z][a-zA-Z0-9_-]{0,127}"
SHORT_NAME = r"[a-zA-Z][a-zA-Z0-9_-]{0,63}"
DESCRIPTION = Text(longest=256)
FREE_NAME = Text(r"[^/\s]{1,128}")
"""A name whose form no source shows."""
ROLE = Text(r"acs:ram::[0-9]+:role/[a-zA-Z][a-zA-Z0-9_/.-]{0,127}")
CPU = Number(0.05, 16)
MEMORY = Number(128, 32768, whole=True)
DISK = Choice((512, 10240))
PORT = Number(1, 65535, whole=True)
MODEL_TYPES = (
    "llm", "text-embedding", "rerank", "speech2text", "tts", "moderation", "system", "deployment",
)  # fmt: skip
"""Kinds of models: the first six in the high-level SDK, the others in the model's text (10.3)."""

CODE = Object(
    (
        Field("language", Text(), required=True),
        Field("command", ListOf(Text())),
        Field("ossBucketName", Text()),
        Field("ossObjectName", Text()),
        # Whether this one and the password below are returned is an assumption: `returns_zip`,
        # `returns_passwords`.
        Field("zipFile", Text(), "CU-"),
        Field("checksum", Text(pattern=r"[0-9]{1,20}")),
    )
)

REGISTRY = Object(
    (
        Field(
            "authConfig",
            Object(
                (
                    Field("userName", Text()),
                    Field("password", Text(), "CU-"),
                )
            ),
        ),
        Field("certConfig", Object((Field("insecure", Flag()), Field("rootCaCertBase64", Text())))),
        Field(
            "networkConfig",
            Object(
                (
                    Field("vpcId", Text(r"vpc-[a-z0-9]+")),
                    Field("vSwitchId", Text(r"vsw-[a-z0-9]+")),
                    Field("securityGroupId", Text(r"sg-[a-z0-9]+")),
                )
            ),
        ),
    )
)

CONTAINER = Object(
    (
        Field("image", Text(), required=True),
        Field("command", ListOf(Text())),
        Field("port", PORT),
        Field("imageRegistryType", Text(choices=("ACR", "ACREE", "CUSTOM"))),
        Field("acrInstanceId", Text()),
        Field("registryConfig", REGISTRY),
    )
)

NETWORK = Object(
    (
        Field("networkMode", Text(choices=("PUBLIC", "PRIVATE", "PUBLIC_AND_PRIVATE"))),
        Field("vpcId", Text(r"vpc-[a-z0-9]+")),
        Field("vswitchIds", ListOf(Text(r"vsw-[a-z0-9]+"))),
        Field("securityGroupId", Text(r"sg-[a-z0-9]+")),
    )
)

LOG = Object((Field("project", Text()), Field("logstore", Text())))

HEALTH_CHECK = Object(
    (
        Field("httpGetUrl", Text()),
        Field("initialDelaySeconds", Number(0, 300, whole=True)),
        Field("periodSeconds", Number(1, 300, whole=True)),
        Field("timeoutSeconds", Number(1, 60, whole=True)),
        Field("failureThreshold", Number(1, 10, whole=True)),
        Field("successThreshold", Number(1, 10, whole=True)),
    )
)

PROTOCOL_SETTING = Object(
    tuple(
        Field(name, Text())
        for name in (
            "type",
            "name",
            "config",
            "path",
            "pathPrefix",
            "method",
            "headers",
            "requestContentType",
            "responseContentType",
            "inputBodyJsonSchema",
            "outputBodyJsonSchema",
            "a2aAgentCard",
            "a2aAgentCardUrl",
            "A2AAgentCard",
        )
    )
)

PROTOCOL = Object(
    (
        Field("type", Text(choices=("HTTP", "HTTPS", "MCP", "SUPER_AGENT"))),
        Field("protocolSettings", ListOf(PROTOCOL_SETTING)),
    )
)

NAS = Object(
    (
        Field("userId", Number(whole=True)),
        Field("groupId", Number(whole=True)),
        Field(
            "mountPoints",
            ListOf(
                Object(
                    (
                        Field("serverAddr", Text(), required=True),
                        Field("mountDir", Text(), required=True),
                        Field("enableTLS", Flag()),
                    )
                )
            ),
        ),
    )
)

OSS_MOUNT = Object(
    (
        Field(
            "mountPoints",
            ListOf(
                Object(
                    (
                        Field("bucketName", Text(), required=True),
                        Field("bucketPath", Text()),
                        Field("endpoint", Text()),
                        Field("mountDir", Text(), required=True),
                        Field("readOnly", Flag()),
                    )
                )
            ),
        ),
    )
)

ARMS = Object(
    (Field("armsLicenseKey", Text()), Field("enableArms", Flag()), Field("cmsWorkspace", Text()))
)

SCHEDULED_POLICY = Object(
    (
        Field("name", Text()),
        Field("scheduleExpression", Text()),
        Field("startTime", Text()),
        Field("endTime", Text()),
        Field("target", Number(0, whole=True)),
        Field("timeZone", Text()),
    )
)

SCALING = Object(
    (
        Field("minInstances", Number(0, whole=True)),
        Field("scheduledPolicies", ListOf(SCHEDULED_POLICY)),
    )
)


def scaling_status(scaling: dict[str, Any], *, ready: bool) -> dict[str, Any]:
    """What replies show of a declared `scalingConfig` (4.2)."""
    least = scaling.get("minInstances", 0)
    return {
        **copy.deepcopy(scaling),
        "minInstances": least,
        "targetInstances": least,
        "currentInstances": least if ready else 0,
    }
