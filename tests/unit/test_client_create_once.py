"""A create whose answer was lost makes exactly one resource."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from agentrun_provider.client import Client
from agentrun_provider.config import Settings
from agentrun_provider.errors import AlreadyExists, Conflict, NotFound, ServerFault, Throttled

from .conftest import PATH, Connect, FakeClock, Reply, ScriptedService


class Lookup:
    """A `find` that gives prepared answers and counts."""

    def __init__(self, *answers: dict[str, Any] | None) -> None:
        self._answers = list(answers)
        self.count = 0

    def __call__(self) -> dict[str, Any] | None:
        self.count += 1
        return self._answers.pop(0)


def create(client: Client, find: Lookup) -> dict[str, Any]:
    return client.create_once("CreateAgentRuntime", PATH, {"agentRuntimeName": "demo"}, find)


def test_creating_once_needs_no_lookup_when_all_goes_well(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(success({"id": "a"}))
    find = Lookup()

    assert create(client, find) == {"id": "a"}
    assert find.count == 0


@pytest.mark.parametrize(
    "lost", [httpx.ReadTimeout(""), httpx.RemoteProtocolError("cut"), "truncated", 500], ids=str
)
def test_what_was_made_although_the_reply_was_lost_is_found_and_not_made_twice(
    client: Client, service: ScriptedService, failure: Reply, lost: Any
) -> None:
    if lost == "truncated":
        lost = httpx.Response(200, content=b'{"code":')
    elif lost == 500:
        lost = failure(500)
    service.answers(lost)

    assert create(client, Lookup({"id": "a"})) == {"id": "a"}
    assert len(service.requests) == 1


def test_what_was_not_made_is_sent_again_after_the_lookup(
    client: Client, service: ScriptedService, success: Reply, clock: FakeClock
) -> None:
    service.answers(httpx.ReadTimeout(""), success({"id": "a"}))
    find = Lookup(None)

    assert create(client, find) == {"id": "a"}
    assert find.count == 1
    assert clock.slept == [0.25]


def test_already_exists_after_a_doubtful_attempt_means_that_it_was_ours(
    client: Client, service: ScriptedService, failure: Reply
) -> None:
    service.answers(httpx.ReadTimeout(""), failure(409, "demo already exists"))

    assert create(client, Lookup(None, {"id": "a"})) == {"id": "a"}


def test_what_is_listed_late_is_looked_for_again(
    client: Client, service: ScriptedService, failure: Reply
) -> None:
    taken = failure(409, "demo already exists")
    service.answers(httpx.ReadTimeout(""), taken, taken)

    assert create(client, Lookup(None, None, {"id": "a"})) == {"id": "a"}


def test_a_name_that_was_taken_before_is_refused_at_once(
    client: Client, service: ScriptedService, failure: Reply
) -> None:
    service.answers(failure(409, "demo already exists"))
    find = Lookup()

    with pytest.raises(AlreadyExists):
        create(client, find)

    assert find.count == 0


def test_a_name_taken_by_somebody_else_meanwhile_is_refused_in_the_end(
    make_client: Connect, settings: Settings, service: ScriptedService, failure: Reply
) -> None:
    taken = failure(409, "demo already exists")
    service.answers(httpx.ReadTimeout(""), taken, taken)

    with pytest.raises(AlreadyExists):
        create(make_client(replace(settings, max_retries=2)), Lookup(None, None, None))


def test_a_refusal_after_a_doubtful_attempt_is_told(
    client: Client, service: ScriptedService, failure: Reply
) -> None:
    service.answers(httpx.ReadTimeout(""), failure(409, "busy", "ERR_CONFLICT"))

    with pytest.raises(Conflict):
        create(client, Lookup(None))


def test_all_attempts_of_a_create_together_are_bounded(
    make_client: Connect, settings: Settings, service: ScriptedService, failure: Reply
) -> None:
    """Neither doubtful attempts nor those that are repeated at once start the count anew."""
    service.answers(httpx.ReadTimeout(""), failure(429), httpx.ConnectError("x"), failure(500))

    with pytest.raises(ServerFault):
        create(make_client(replace(settings, max_retries=3)), Lookup(None, None))


@pytest.mark.parametrize("status", [429, 500])
def test_what_is_not_unique_is_looked_up_before_every_repetition(
    client: Client, service: ScriptedService, success: Reply, failure: Reply, status: int
) -> None:
    service.answers(failure(status), failure(status), success({"id": "b"}))
    find = Lookup(None, None)

    made = client.create_once("PublishRuntimeVersion", PATH, {}, find, unique=False)

    assert made == {"id": "b"}
    assert find.count == 2


def test_what_is_not_unique_is_tried_as_often_as_anything_else(
    make_client: Connect, settings: Settings, service: ScriptedService, failure: Reply
) -> None:
    service.answers(failure(429), failure(429), failure(429))
    client = make_client(replace(settings, max_retries=2))

    with pytest.raises(Throttled) as refused:
        client.create_once(
            "PublishRuntimeVersion", PATH, {}, Lookup(None, None, None), unique=False
        )

    assert refused.value.attempts == 3
    assert len(service.requests) == 3


def test_the_lookup_is_the_last_word_when_attempts_are_used_up(
    make_client: Connect, settings: Settings, service: ScriptedService
) -> None:
    service.answers(httpx.ReadTimeout(""))

    assert create(make_client(replace(settings, max_retries=0)), Lookup({"id": "a"})) == {"id": "a"}


def test_a_lookup_that_fails_is_not_taken_for_not_found(
    client: Client, service: ScriptedService
) -> None:
    service.answers(httpx.ReadTimeout(""))

    def find() -> dict[str, Any] | None:
        raise NotFound("C", "no such workspace", 404)

    with pytest.raises(NotFound):
        client.create_once("CreateX", PATH, {}, find)
