"""The HTTP APIs that are called: version, path prefix, address."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from .config import Settings
from .errors import ConfigError
from .hints import environment_name

_VENDOR = ".aliyuncs.com"


@dataclass(frozen=True)
class Service:
    """One API.

    Attributes:
        name: Prefix of its RAM actions, e.g. `agentrun` in `agentrun:CreateAgentRuntime`.
        setting: Key of the setting that overrides its address.
        version: Version, sent in `x-acs-version`; empty where the path or nothing tells it.
        prefix: Path all its operations start with.
        default_url: Its base URL by settings and account number, as those settings have it.
    """

    name: str
    setting: str
    version: str
    prefix: str
    default_url: Callable[[Settings, str], str]


AGENTRUN = Service(
    "agentrun", "controlEndpoint", "2025-09-10", "/2025-09-10", lambda s, _: s.control_url
)
FC3 = Service("fc", "fcEndpoint", "2023-03-30", "/2023-03-30", lambda s, _: s.fcv3_url)
FC2016 = Service("fc", "fcEndpoint", "", "/2016-08-15", lambda s, account: s.fc_url_of(account))
OSS = Service("oss", "ossEndpoint", "", "", lambda s, _: s.oss_url)
SLS = Service("log", "slsEndpoint", "", "", lambda s, _: s.sls_url)
STS = Service("sts", "stsEndpoint", "2015-04-01", "", lambda s, _: s.sts_url)


def base_url(service: Service, settings: Settings, account_id: str = "") -> str:
    """Where a service is.

    Args:
        service: The API.
        settings: Region and overrides.
        account_id: Number of the account, where the host depends on it.

    Raises:
        ConfigError: The control plane was moved away from the vendor's hosts, to a fake for
            example, and this service was not, so that keys and code would go to another place
            than the rest.
    """
    url = service.default_url(settings, account_id)
    control = settings.control_endpoint
    if control and not _is_vendors(control) and _is_vendors(url):
        raise ConfigError(
            f"the control plane is at {urlsplit(control).netloc}, but this needs the service "
            f"at {urlsplit(url).netloc} too",
            f"Set agentrun:{service.setting} or {environment_name(service.setting)}, so that it is "
            "clear where the request goes",
        )
    return url


def is_bare(hostname: str) -> bool:
    """Tell whether a host is an address or this machine, so that no label can stand before it."""
    if hostname == "localhost":
        return True
    try:
        ipaddress.ip_address(hostname)
    except ValueError:
        return False
    return True


def _is_vendors(url: str) -> bool:
    return (urlsplit(url).hostname or "").endswith(_VENDOR)
