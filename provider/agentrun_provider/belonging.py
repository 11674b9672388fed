"""Whose account a resource is in, so that the keys of another one don't make it look gone.

To the keys of another account everything "does not exist". A refresh or a destroy that believes it
would drop from the state what goes on living, and costing, where it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from .errors import ConfigError
from .identity import account_of_keys
from .session import Session

ACCOUNT: Final = "account"
"""The output that keeps the account of what has no ARN."""

_ARNS: Final = ("arn", "function_arn")
_REGION_PART: Final = 2
_ACCOUNT_PART: Final = 3


class OtherAccount(NamedTuple):
    """The account that a resource is in, and another one that the keys are of."""

    there: str
    here: str


def account_in(outputs: Mapping[str, Any]) -> str | None:
    """The number of the account that a resource was made in; None if its state does not tell."""
    account = _part_of_arn(outputs, _ACCOUNT_PART)
    return account if account.isdecimal() else outputs.get(ACCOUNT) or None


def region_in(outputs: Mapping[str, Any]) -> str | None:
    """The region that a resource was made in; None if its state does not tell."""
    return _part_of_arn(outputs, _REGION_PART) or None


def _part_of_arn(outputs: Mapping[str, Any], part: int) -> str:
    parts = next((str(outputs[name]).split(":") for name in _ARNS if outputs.get(name)), [])
    return parts[part] if len(parts) > part else ""


def with_account(session: Session, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs that tell the account, as far as it can be found out; asked for once at most."""
    if account_in(outputs):
        return dict(outputs)
    account = account_of_keys(session.client)
    return {**outputs, **({ACCOUNT: account} if account else {})}


def other_account(session: Session, outputs: Mapping[str, Any]) -> OtherAccount | None:
    """Whether the keys are of another account than a resource; None if they are not.

    Where the token service can't be asked, the keys are taken for the right ones: it may be out of
    reach from a private network.
    """
    there = account_in(outputs)
    here = account_of_keys(session.client) if there else None
    return OtherAccount(there, here) if there and here and there != here else None


def refuse_other_account(session: Session, outputs: Mapping[str, Any]) -> None:
    """Make sure that "there is no such thing" can be believed.

    Args:
        session: Connection.
        outputs: What its state tells.

    Raises:
        ConfigError: The keys are of another account than the resource.
    """
    other = other_account(session, outputs)
    if other:
        raise ConfigError(
            f"it is in account {other.there}, and these keys are of account {other.here}",
            f"use keys of account {other.there}; what these can't see is neither gone nor deleted",
        )
