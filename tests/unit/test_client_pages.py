"""Lists come in pages; the client fetches them all, and none too many."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_provider.client import Client

from .conftest import PATH, Reply, ScriptedService


def items(*numbers: int) -> list[dict[str, int]]:
    return [{"n": number} for number in numbers]


def listed(client: Client, **options: Any) -> list[int]:
    return [item["n"] for item in client.paginate("ListX", PATH, page_size=2, **options)]


def test_all_pages_are_listed(client: Client, service: ScriptedService, success: Reply) -> None:
    service.answers(
        success({"items": items(1, 2), "total": 5}),
        success({"items": items(3, 4), "total": 5}),
        success({"items": items(5), "total": 5}),
    )

    assert listed(client, query={"name": "x"}) == [1, 2, 3, 4, 5]
    assert [request.url.params["pageNumber"] for request in service.requests] == ["1", "2", "3"]
    assert {request.url.params["pageSize"] for request in service.requests} == {"2"}
    assert {request.url.params["name"] for request in service.requests} == {"x"}


def test_no_page_is_asked_for_beyond_the_total(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(success({"items": items(1, 2), "total": "2"}))

    assert listed(client) == [1, 2]


def test_without_a_total_a_short_page_is_the_last(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(success({"items": items(1, 2)}), success({"items": items(3)}))

    assert listed(client) == [1, 2, 3]


def test_pages_cut_shorter_than_asked_for_lose_nothing(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(
        success({"items": items(1), "total": 3}),
        success({"items": items(2), "total": 3}),
        success({"items": items(3), "total": 3}),
    )

    assert listed(client) == [1, 2, 3]


@pytest.mark.parametrize("data", [None, {}, {"items": [], "total": 9}, {"items": None}])
def test_an_empty_page_ends_the_list(
    client: Client, service: ScriptedService, success: Reply, data: Any
) -> None:
    service.answers(success(data))

    assert listed(client) == []


def test_items_may_have_another_key(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(success({"workspaces": items(1), "total": "1"}))

    assert listed(client, key="workspaces") == [1]


def test_pages_are_fetched_only_as_far_as_they_are_wanted(
    client: Client, service: ScriptedService, success: Reply
) -> None:
    service.answers(success({"items": items(1, 2), "total": 100}))

    assert next(client.paginate("ListX", PATH, page_size=2)) == {"n": 1}
