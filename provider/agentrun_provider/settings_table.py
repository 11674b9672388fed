"""The table of all settings: the single source of their names, defaults and documentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Form = Literal["text", "key", "region", "digits", "endpoint", "count", "seconds", "flag"]
"""How a value is written; see `setting_forms`."""


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes:
        key: Name in stack config, after `agentrun:`.
        environment: Environment variables, first one first.
        form: How its value is written.
        doc: What it means, for the README.
        default: Used if it is given nowhere.
        secret: Whether it must never be shown.
    """

    key: str
    environment: tuple[str, ...]
    form: Form
    doc: str
    default: int | float | None = None
    secret: bool = False

    @property
    def name(self) -> str:
        """Name as an attribute of `Settings`, e.g. `control_endpoint`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.key).lower()

    @property
    def config_key(self) -> str:
        """Full name in stack config."""
        return f"agentrun:{self.key}"


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "region",
        (
            "AGENTRUN_REGION",
            "ALIBABA_CLOUD_REGION",
            "ALIBABA_CLOUD_REGION_ID",
            "FC_REGION",
        ),
        "region",
        "Region of the resources; falls back to `alicloud:region`",
    ),
    Setting(
        "accountId",
        ("AGENTRUN_ACCOUNT_ID", "ALIBABA_CLOUD_ACCOUNT_ID", "FC_ACCOUNT_ID"),
        "digits",
        "Number of the account; asked from STS when it is needed and not given",
    ),
    Setting(
        "accessKeyId",
        ("AGENTRUN_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_ID"),
        "key",
        "Access key id; without it the official default credentials chain is used",
    ),
    Setting(
        "accessKeySecret",
        ("AGENTRUN_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
        "key",
        "Access key secret, given in the same place as the id",
        secret=True,
    ),
    Setting(
        "securityToken",
        ("AGENTRUN_SECURITY_TOKEN", "ALIBABA_CLOUD_SECURITY_TOKEN"),
        "key",
        "Token of temporary keys, given in the same place as the id",
        secret=True,
    ),
    Setting(
        "profile",
        ("AGENTRUN_PROFILE", "ALIBABA_CLOUD_PROFILE"),
        "text",
        "Profile of the Alibaba Cloud CLI (`~/.aliyun/config.json`) to take keys from",
    ),
    Setting(
        "controlEndpoint",
        ("AGENTRUN_CONTROL_ENDPOINT",),
        "endpoint",
        "Host or URL of the control plane; default `agentrun.<region>.aliyuncs.com`",
    ),
    Setting(
        "fcEndpoint",
        ("AGENTRUN_FC_ENDPOINT",),
        "endpoint",
        "Host or URL of Function Compute; default `fcv3.<region>.aliyuncs.com` and, for uploads, "
        "`<account>.<region>.fc.aliyuncs.com`",
    ),
    Setting(
        "slsEndpoint",
        ("AGENTRUN_SLS_ENDPOINT",),
        "endpoint",
        "Host or URL of the log service; default `<region>.log.aliyuncs.com`",
    ),
    Setting(
        "ossEndpoint",
        ("AGENTRUN_OSS_ENDPOINT", "FC_CODE_TEMP_OSS_ENDPOINT"),
        "endpoint",
        "Host or URL of OSS for uploads; default `oss-accelerate.aliyuncs.com`",
    ),
    Setting(
        "stsEndpoint",
        ("AGENTRUN_STS_ENDPOINT",),
        "endpoint",
        "Host or URL of STS, which tells the account number; default `sts.<region>.aliyuncs.com`",
    ),
    Setting(
        "dataEndpoint",
        ("AGENTRUN_DATA_ENDPOINT",),
        "endpoint",
        "Host or URL of the data plane; default `<account>.agentrun-data.<region>.aliyuncs.com`",
    ),
    Setting(
        "workspace",
        ("AGENTRUN_WORKSPACE",),
        "text",
        "Workspace (id or name) of resources that name none",
    ),
    Setting(
        "adopt",
        ("AGENTRUN_ADOPT",),
        "flag",
        "Whether resources take over what exists under their name (`true` or `false`)",
        False,
    ),
    Setting(
        "maxRetries",
        ("AGENTRUN_MAX_RETRIES",),
        "count",
        "Attempts beyond the first after faults that may pass (0 to 20)",
        5,
    ),
    Setting(
        "connectTimeout",
        ("AGENTRUN_CONNECT_TIMEOUT",),
        "seconds",
        "Time to reach the service, in seconds or as `30s`",
        5.0,
    ),
    Setting(
        "readTimeout",
        ("AGENTRUN_READ_TIMEOUT",),
        "seconds",
        "Time to wait for an answer, in seconds or as `30s`",
        60.0,
    ),
    Setting(
        "createTimeout",
        ("AGENTRUN_CREATE_TIMEOUT",),
        "seconds",
        "Time a resource may take to be created, in seconds or as `15m`",
        900.0,
    ),
    Setting(
        "updateTimeout",
        ("AGENTRUN_UPDATE_TIMEOUT",),
        "seconds",
        "Time a resource may take to be updated, in seconds or as `15m`",
        900.0,
    ),
    Setting(
        "deleteTimeout",
        ("AGENTRUN_DELETE_TIMEOUT",),
        "seconds",
        "Time a resource may take to be deleted, in seconds or as `15m`",
        900.0,
    ),
)
"""All settings, in the order of the documentation."""
