"""Whether a failed request is worth another try, and how long to wait first. Pure.

Transport faults, 5xx and throttling pass with time; nothing else does. A request that makes
something is sent again only if the failed one certainly made nothing, otherwise the caller has to
look the thing up first (see `client.Client.create_once`).
"""

from __future__ import annotations

from collections.abc import Callable

from .errors import AgentRunError, ServerFault, Throttled, TransportFault

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 20.0
LONGEST_ASKED_DELAY_SECONDS = 60.0


def is_transient(error: BaseException) -> bool:
    """Tell whether an error may pass with time."""
    if isinstance(error, TransportFault):
        return not error.lasting
    return isinstance(error, (ServerFault, Throttled))


def should_retry(
    error: BaseException, attempt: int, idempotent: bool, max_retries: int = 5
) -> bool:
    """Tell whether to send a request again.

    Args:
        error: Why the last attempt failed.
        attempt: How many attempts were made so far, at least 1.
        idempotent: Whether sending it twice has the effect of sending it once.
        max_retries: Attempts allowed beyond the first.
    """
    if attempt > max_retries or not is_transient(error):
        return False
    assert isinstance(error, AgentRunError)
    return idempotent or not error.may_have_been_sent


def delay(attempt: int, retry_after: float | None, rng: Callable[[], float]) -> float:
    """Seconds to wait before the next attempt.

    Args:
        attempt: How many attempts were made so far, at least 1.
        retry_after: Seconds the service asked for; honoured up to a minute.
        rng: Gives numbers from 0 up to 1; spreads many clients evenly ("full jitter").
    """
    if retry_after is not None:
        return min(retry_after, LONGEST_ASKED_DELAY_SECONDS)
    # The exponent is bounded too, so that a large number of retries can't overflow.
    ceiling = FIRST_DELAY_SECONDS * 2.0 ** min(attempt - 1, 16)
    return rng() * min(ceiling, LONGEST_DELAY_SECONDS)
