"""Which account the access keys belong to."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

import httpx

from .config import Settings
from .errors import AgentRunError, ConfigError, Forbidden
from .sender import Attempts
from .services import STS, base_url
from .transport import json_of, unusable

if TYPE_CHECKING:
    from .client import Client

_OPERATION = "GetCallerIdentity"
_HINT = "Set agentrun:accountId or AGENTRUN_ACCOUNT_ID to the number of the account"

_log = logging.getLogger(__name__)
_known: WeakKeyDictionary[Client, str] = WeakKeyDictionary()
_mute: WeakSet[Client] = WeakSet()
_lock = threading.Lock()


def account_id(settings: Settings, client: Client) -> str:
    """The number of the account: from the settings, else asked from STS, once for each client.

    Raises:
        Forbidden: The keys are wrong; the hint says in what way.
        ConfigError: STS could not be asked, so that the number has to be set.
    """
    if settings.account_id:
        return settings.account_id
    with _lock:
        if client not in _known:
            _known[client] = _ask(client)
        return _known[client]


def account_of_keys(client: Client) -> str | None:
    """The number of the account that the keys really are of, whatever the settings say.

    Asked from STS once for each client. None if it can't be asked: it may be out of reach from a
    private network, so that is no failure, and it is tried once only.
    """
    with _lock:
        if client not in _known and client not in _mute:
            try:
                _known[client] = str(caller(client, Attempts(1))["AccountId"])
            except AgentRunError as error:
                _log.debug("the account of the keys can't be found out: %s", error)
                _mute.add(client)
        return _known.get(client)


def caller(client: Client, attempts: Attempts | None = None) -> dict[str, Any]:
    """Whose keys a client has: what STS `GetCallerIdentity` says.

    Args:
        client: Connection.
        attempts: How often to try; default: as the settings say.

    Returns:
        The reply, with `AccountId` (a number) at least; also `Arn` and `IdentityType`.

    Raises:
        AgentRunError: STS could not be asked, or said nothing of use.
    """
    found: dict[str, Any] = client.sender.send(
        STS,
        _OPERATION,
        "POST",
        f"{base_url(STS, client.settings)}/",
        headers={"x-acs-action": _OPERATION, "x-acs-version": STS.version},
        idempotent=True,
        attempts=attempts,
        understand=_read,
    )
    return found


def _ask(client: Client) -> str:
    try:
        return str(caller(client)["AccountId"])
    except (Forbidden, ConfigError):
        raise
    except AgentRunError as error:
        raise ConfigError(f"the account number can't be found out: {error}", _HINT) from error


def _read(response: httpx.Response) -> dict[str, Any]:
    body = json_of(response, _OPERATION, STS)
    if not isinstance(body, dict) or not str(body.get("AccountId") or "").isdecimal():
        raise unusable(response, _OPERATION, STS, "the answer holds no account number")
    return body
