"""Access keys, and where they come from.

Keys in the settings are used as they are. Otherwise the official credentials library looks for
them: in the profile that the settings name, else along its default chain (environment, OIDC, the
CLI's config file, the credentials file, the ECS role, the credentials URI). It is imported only
when it is needed, since that takes longer than importing all the rest of the core.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from .config import Settings
from .errors import ConfigError

_WAYS = (
    "Set agentrun:accessKeyId and agentrun:accessKeySecret (`pulumi config set --secret`), "
    "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or agentrun:profile "
    "(ALIBABA_CLOUD_PROFILE) for a profile made with `aliyun configure`; an ECS instance may "
    "use its RAM role"
)

_LONGEST_CAUSE = 200


@dataclass(frozen=True)
class Credentials:
    """Keys of a moment; temporary ones come with a token."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


CredentialsProvider = Callable[[], Credentials]
"""Gives the keys to use now. Called for each request, so that temporary keys can be renewed."""


class _Chain(Protocol):
    """What is used of a provider of the official library."""

    def get_credentials(self) -> Any: ...


def provider_for(settings: Settings) -> CredentialsProvider:
    """Choose where the keys come from. Looks nothing up yet.

    The result raises `ConfigError` if there are no keys to be had. It may be called from several
    threads at once.
    """
    if settings.access_key_id and settings.access_key_secret:
        fixed = Credentials(
            settings.access_key_id,
            settings.access_key_secret.get_secret_value(),
            settings.security_token.get_secret_value() if settings.security_token else None,
        )
        return lambda: fixed
    profile = settings.profile
    if profile:
        return _Library(lambda: _profile_chain(profile), f"profile {profile} gives no keys")
    return _Library(_default_chain, "no access keys are configured")


class _Library:
    """Asks a provider of the official library, which caches the keys until they expire."""

    def __init__(self, make: Callable[[], _Chain], failure: str) -> None:
        self._make = make
        self._failure = failure
        self._chain: _Chain | None = None
        # The library's providers renew keys without a lock of their own.
        self._lock = threading.Lock()

    def __call__(self) -> Credentials:
        with self._lock:
            try:
                self._chain = self._chain or self._make()
                found = self._chain.get_credentials()
            except _failures() as error:
                raise ConfigError(f"{self._failure}: {_brief(error)}", _WAYS) from error
        key_id, secret = found.get_access_key_id(), found.get_access_key_secret()
        if not key_id or not secret:
            raise ConfigError(self._failure, _WAYS)
        return Credentials(key_id, secret, found.get_security_token() or None)


def _failures() -> tuple[type[Exception], ...]:
    """What the library raises: errors without a common base, builtins for a wrong profile."""
    from alibabacloud_credentials.exceptions import CredentialException
    from Tea.exceptions import (  # type: ignore[import-untyped]
        RetryError,
        TeaException,
        ValidateException,
    )

    library = (CredentialException, TeaException, RetryError, ValidateException)
    return (*library, OSError, ValueError, LookupError, TypeError, AttributeError)


def _brief(error: Exception) -> str:
    """The beginning of the library's text, which lists all places, without signed addresses."""
    text = re.sub(r"\?[^\s'\"]*=[^\s'\"]*", "", str(error))
    return text if len(text) <= _LONGEST_CAUSE else f"{text[:_LONGEST_CAUSE]}…"


def _quiet_library() -> None:
    """Take the library's own log handlers away, which print traces with signatures in them.

    Its records still reach whatever the program configured for logging.
    """
    logger = logging.getLogger("credentials")
    for handler in list(logger.handlers):
        if isinstance(handler, logging.StreamHandler):
            logger.removeHandler(handler)
    logger.addHandler(logging.NullHandler())


def _profile_chain(profile: str) -> _Chain:
    from alibabacloud_credentials.provider import CLIProfileCredentialsProvider

    _quiet_library()
    chain: _Chain = CLIProfileCredentialsProvider(profile_name=profile)
    return chain


def _default_chain() -> _Chain:
    from alibabacloud_credentials.provider import DefaultCredentialsProvider

    _quiet_library()
    chain: _Chain = DefaultCredentialsProvider()
    return chain
