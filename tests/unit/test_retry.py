"""What is tried again, and after what pause."""

from __future__ import annotations

import pytest
from agentrun_provider import retry
from agentrun_provider.errors import (
    AgentRunError,
    AlreadyExists,
    ApiError,
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    ServerFault,
    Throttled,
    TransportFault,
)


def api(kind: type[ApiError], status: int) -> ApiError:
    return kind("C", "m", status)


SENT = TransportFault("Op", "broke off", True)
NOT_SENT = TransportFault("Op", "refused", False)
LASTING = TransportFault("Op", "bad certificate", False, lasting=True)


@pytest.mark.parametrize(
    ("error", "idempotent", "not_idempotent"),
    [
        (SENT, True, False),
        (NOT_SENT, True, True),
        (LASTING, False, False),
        (api(ServerFault, 500), True, False),
        (api(ServerFault, 503), True, False),
        (api(Throttled, 429), True, True),
        (api(Throttled, 503), True, True),
        (api(AlreadyExists, 500), False, False),
        (api(Conflict, 409), False, False),
        (api(InvalidRequest, 400), False, False),
        (api(Forbidden, 403), False, False),
        (api(NotFound, 404), False, False),
        (ValueError("a bug"), False, False),
    ],
)
def test_only_what_may_pass_is_tried_again_and_only_if_that_does_no_harm(
    error: BaseException, idempotent: bool, not_idempotent: bool
) -> None:
    assert retry.should_retry(error, 1, True) is idempotent
    assert retry.should_retry(error, 1, False) is not_idempotent


def test_attempts_end_with_the_allowed_number_of_retries() -> None:
    error: AgentRunError = NOT_SENT

    assert retry.should_retry(error, 5, True, max_retries=5)
    assert not retry.should_retry(error, 6, True, max_retries=5)
    assert not retry.should_retry(error, 1, True, max_retries=0)


def test_pauses_double_from_half_a_second_to_twenty() -> None:
    longest = [retry.delay(attempt, None, lambda: 1.0) for attempt in range(1, 9)]

    assert longest == [0.5, 1, 2, 4, 8, 16, 20, 20]


def test_jitter_takes_any_part_of_the_pause() -> None:
    assert retry.delay(3, None, lambda: 0.0) == 0
    assert retry.delay(3, None, lambda: 0.25) == 0.5


def test_a_huge_number_of_attempts_does_not_overflow() -> None:
    assert retry.delay(100_000, None, lambda: 1.0) == 20


def test_the_wish_of_the_service_is_honoured_up_to_a_minute() -> None:
    assert retry.delay(1, 7.5, lambda: 0.0) == 7.5
    assert retry.delay(1, 3600, lambda: 0.0) == 60
