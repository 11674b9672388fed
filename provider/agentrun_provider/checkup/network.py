"""Checks of the way to the services: each address, TLS, and this machine's clock.

Any HTTP answer counts as reached, as the requests are not signed and mostly refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from ..config import Settings
from ..errors import AgentRunError, ApiError, ConfigError
from ..services import AGENTRUN, FC3, FC2016, OSS, SLS, STS, Service, base_url
from ..signing import Flow, WallClock, utc_now
from ..transport import open_connection, send_once
from .finding import Finding, failed

DATA = Service("agentrun-data", "dataEndpoint", "", "", lambda s, account: s.data_url(account))
"""The data plane, which calls of agents go to."""

# Service, what it is needed for, whether its host holds the account's number.
_ADDRESSES: tuple[tuple[Service, str, bool], ...] = (
    (AGENTRUN, "control plane", False),
    (DATA, "data plane", True),
    (FC3, "function compute", False),
    (FC2016, "function compute, uploads", True),
    (OSS, "object storage, uploads", False),
    (SLS, "log service", False),
    (STS, "token service", False),
)

_LONGEST_WAIT_SECONDS = 10.0
# About 15 minutes are allowed (reference, section 1.4).
_REFUSED_SECONDS = 15 * 60
_NOTABLE_SECONDS = 60


@dataclass(frozen=True)
class Probe:
    """What came of trying one address.

    Attributes:
        finding: The finding about it.
        ahead_seconds: How far this machine's clock is ahead of the server's; None if not told.
    """

    finding: Finding
    ahead_seconds: float | None = None


def probe_all(settings: Settings, account_id: str, clock: WallClock = utc_now) -> list[Probe]:
    """Try all addresses at once; the control plane's comes first.

    Args:
        settings: Addresses and time-outs.
        account_id: Number of the account; without it, hosts that hold it are left out.
        clock: Time of day, to compare the servers' with.
    """
    impatient = replace(
        settings,
        connect_timeout=min(settings.connect_timeout, _LONGEST_WAIT_SECONDS),
        read_timeout=min(settings.read_timeout, _LONGEST_WAIT_SECONDS),
    )
    with open_connection(impatient) as http, ThreadPoolExecutor(len(_ADDRESSES)) as pool:
        return list(
            pool.map(lambda row: _probe(http, impatient, account_id, clock, *row), _ADDRESSES)
        )


def check_clock(probes: list[Probe]) -> Iterator[Finding]:
    """Whether this machine's clock is right, by the dates of the answers."""
    told = sorted(probe.ahead_seconds for probe in probes if probe.ahead_seconds is not None)
    if not told:
        yield Finding("clock", "skip", "no answer told its time")
        return
    # The middle one, so that one wrong server does not count.
    ahead = told[len(told) // 2]
    words = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the services"
    fix = "Set this machine's clock (timedatectl set-ntp true)"
    if abs(ahead) >= _REFUSED_SECONDS:
        yield Finding("clock", "fail", f"{words}: signatures are refused", fix)
    elif abs(ahead) >= _NOTABLE_SECONDS:
        yield Finding("clock", "warn", f"{words}; 15 minutes are allowed", fix)
    else:
        yield Finding("clock", "ok", f"less than {_NOTABLE_SECONDS} s off")


def _probe(
    http: httpx.Client,
    settings: Settings,
    account_id: str,
    clock: WallClock,
    service: Service,
    words: str,
    needs_account: bool,
) -> Probe:
    overridden = getattr(settings, _attribute(service)) is not None
    if needs_account and not account_id and not overridden:
        return Probe(Finding("address", "skip", f"{words}: the account's number is not known"))
    try:
        url = base_url(service, settings, account_id)
    except ConfigError as error:
        return Probe(failed("address", error, words))
    started = time.monotonic()
    answer = _answer(http, url, service)
    took = (time.monotonic() - started) * 1000
    if isinstance(answer, AgentRunError):
        return Probe(failed("address", answer, words))
    secure = "TLS verified" if url.startswith("https:") else "not encrypted"
    host = urlsplit(url).netloc
    found = Finding("address", "ok", f"{words}: {host} answers in {took:.0f} ms, {secure}")
    return Probe(found, _ahead(answer, clock))


def _attribute(service: Service) -> str:
    return service.setting.replace("Endpoint", "_endpoint")


def _answer(http: httpx.Client, url: str, service: Service) -> httpx.Headers | AgentRunError:
    """The headers of whatever answers; an error if nothing does."""
    heard: list[httpx.Headers] = []
    auth = _Listening(lambda response: heard.append(response.headers))
    try:
        send_once(
            http,
            http.build_request("GET", f"{url}/"),
            operation="the probe",
            service=service,
            auth=auth,
        )
    except ApiError:
        # Refused, since nothing was asked for; so somebody is there.
        pass
    except AgentRunError as error:
        return error
    return heard[0]


class _Listening(httpx.Auth):
    """Signs nothing, and hears every answer."""

    def __init__(self, hear: Callable[[httpx.Response], None]) -> None:
        self._hear = hear

    def auth_flow(self, request: httpx.Request) -> Flow:
        self._hear((yield request))


def _ahead(headers: httpx.Headers, clock: WallClock) -> float | None:
    try:
        told = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    now: datetime = clock()
    return (now.astimezone(timezone.utc) - told.astimezone(timezone.utc)).total_seconds()
