"""The HTTP APIs that are called: version, path prefix, and the setting of the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .config import Settings


@dataclass(frozen=True)
class Service:
    """One API.

    Attributes:
        name: Prefix of its RAM actions, e.g. `agentrun` in `agentrun:CreateAgentRuntime`.
        setting: Key of the setting that overrides its address.
        version: Version, sent in `x-acs-version`; empty where the path or nothing tells it.
        prefix: Path all its operations start with.
        url: Picks the base URL out of the settings.
    """

    name: str
    setting: str
    version: str
    prefix: str
    url: Callable[[Settings], str]


AGENTRUN = Service(
    "agentrun",
    "controlEndpoint",
    "2025-09-10",
    "/2025-09-10",
    lambda settings: settings.control_url,
)
FC3 = Service("fc", "fcEndpoint", "2023-03-30", "/2023-03-30", lambda settings: settings.fcv3_url)
FC2016 = Service("fc", "fcEndpoint", "", "/2016-08-15", lambda settings: settings.fc_url)
OSS = Service("oss", "ossEndpoint", "", "", lambda settings: settings.oss_url)
SLS = Service("log", "slsEndpoint", "", "", lambda settings: settings.sls_url)
STS = Service("sts", "stsEndpoint", "2015-04-01", "", lambda settings: settings.sts_url)
