"""Whose account a resource is in, so that the keys of another one don't make it look gone.

To the keys of another account everything "does not exist". A refresh or a destroy that believes it
would drop from the state what goes on living, and costing, where it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .errors import ConfigError
from .identity import account_of_keys
from .session import Session

ACCOUNT: Final = "account"
"""The output that keeps the account of what has no ARN."""

_ARNS: Final = ("arn", "function_arn")
_ACCOUNT_PART: Final = 3


def account_in(outputs: Mapping[str, Any]) -> str | None:
    """The number of the account that a resource was made in; None if its state does not tell."""
    for name in _ARNS:
        parts = str(outputs.get(name) or "").split(":")
        if len(parts) > _ACCOUNT_PART and parts[_ACCOUNT_PART].isdecimal():
            return parts[_ACCOUNT_PART]
    kept = outputs.get(ACCOUNT)
    return str(kept) if kept else None


def with_account(session: Session, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs that tell the account, as far as it can be found out; asked for once at most."""
    if account_in(outputs):
        return dict(outputs)
    account = account_of_keys(session.client)
    return {**outputs, **({ACCOUNT: account} if account else {})}


def refuse_other_account(session: Session, outputs: Mapping[str, Any]) -> None:
    """Make sure that "there is no such thing" can be believed.

    Where the token service can't be asked, the keys are taken for the right ones: it may be out of
    reach from a private network.

    Args:
        session: Connection.
        outputs: What its state tells.

    Raises:
        ConfigError: The keys are of another account than the resource.
    """
    there = account_in(outputs)
    here = account_of_keys(session.client) if there else None
    if there and here and there != here:
        raise ConfigError(
            f"it is in account {there}, and these keys are of account {here}",
            f"use keys of account {there}; what these can't see is neither gone nor deleted",
        )
