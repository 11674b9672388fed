"""Keep web pages of others away from a fake that listens on a developer's machine.

Any page in a browser can send requests to loopback, and one whose name is made to point there can
even read the answers. The fake's keys are no secret and it runs what is deployed to it, so only
pages of this machine may use anything but deployed agents. Clients that are no browsers are not
concerned.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from .http import Request

_VENDOR = ".aliyuncs.com"


def is_foreign(request: Request) -> bool:
    """Whether a web page that is not of this machine sent a request.

    A person who follows a link is none: the page with the link does not see what comes.
    """
    site, origin = request.header("sec-fetch-site"), request.header("origin")
    if not (site or origin or request.header("user-agent").startswith("Mozilla/")):
        return False
    if not _is_own(request):
        return True
    if origin:
        return not (_is_loopback(_host(origin)) or _host(origin) == request.host)
    followed = request.header("sec-fetch-mode") == "navigate" and request.method == "GET"
    return site in ("cross-site", "same-site") and not followed


def _is_own(request: Request) -> bool:
    """Whether the request's host is one that nobody else can let point here."""
    host = request.host
    named = "." in host and not request.host_is_address
    return not named or _is_loopback(host) or host.endswith(_VENDOR)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _host(origin: str) -> str:
    """The host of an origin, as `Request.host` has it; that of `null` is empty."""
    try:
        parts = urlsplit(origin)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host
