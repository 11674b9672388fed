"""Checks of the keys: where they come from, whether the service takes them, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..config import SETTINGS
from ..errors import ConfigError
from ..identity import caller
from ..session import Session
from .finding import Finding

_KEYS = ("accessKeyId", "accessKeySecret", "securityToken", "profile")
_PREFIXES = ("AGENTRUN_", "ALIBABA_CLOUD_")
_LEAST_SHOWN = 12


def origin(
    config: Mapping[str, Any], environ: Mapping[str, str], profile: str | None = None
) -> str:
    """Where the keys come from, in words; by the order of `config.resolve`.

    Args:
        config: Stack config by full key; its values are not looked at.
        environ: Environment variables.
        profile: The profile that the command line or the resource names.
    """
    if profile:
        return f"profile {profile}"
    named = [setting for setting in SETTINGS if setting.key in _KEYS]
    if any(setting.config_key in config for setting in named):
        return "the stack's configuration"
    for prefix in _PREFIXES:
        given = [
            variable
            for setting in named
            for variable in setting.environment
            if variable.startswith(prefix) and environ.get(variable, "").strip()
        ]
        if given:
            return f"the environment ({', '.join(given)})"
    return "the default credentials chain (files of the CLI, roles of the machine)"


def masked(key_id: str) -> str:
    """An access key id as it may be shown."""
    if len(key_id) < _LEAST_SHOWN:
        return f"{key_id[:2]}****"
    return f"{key_id[:4]}****{key_id[-4:]}"


def check_credentials(session: Session, source: str) -> Iterator[Finding]:
    """Whether there are keys.

    Raises:
        ConfigError: There are none.
    """
    keys = session.client.credentials()
    lasting = "temporary" if keys.security_token else "permanent"
    yield Finding("credentials", "ok", f"{masked(keys.access_key_id)}, {lasting}, from {source}")


def check_identity(session: Session) -> Iterator[Finding]:
    """Whether the service takes the keys, and whether they are of the account that is configured.

    Raises:
        AgentRunError: It refused them or could not be asked.
    """
    who = _who(session)
    account, arn = str(who["AccountId"]), str(who.get("Arn") or "")
    configured = session.settings.account_id
    if configured and configured != account:
        yield Finding(
            "account",
            "fail",
            f"the keys are of account {account}, but {configured} is configured",
            "Correct agentrun:accountId (AGENTRUN_ACCOUNT_ID), or use keys of that account",
        )
    elif who.get("IdentityType") == "Account":
        yield Finding(
            "account",
            "warn",
            f"{account}: the keys are of the account itself and may do everything",
            "Use keys of a RAM user or role with the policy of `pulumi-agentrun ram-policy`",
        )
    else:
        yield Finding("account", "ok", f"{account}, {arn}" if arn else account)


def _who(session: Session) -> dict[str, Any]:
    try:
        return caller(session.client)
    except ConfigError as error:
        raise ConfigError(f"whose keys these are can't be asked: {error}", error.hint) from error
