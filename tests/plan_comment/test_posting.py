"""One comment per stack on a pull request, and one issue per stack for drift."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from agentrun_provider.plan_comment.posting import GitHub, GitLab, Thread
from agentrun_provider.plan_comment.site_calls import PostFailed

from .site import Site

MARKER = "<!-- pulumi-agentrun:plan shop/prod -->"
OTHER = "<!-- pulumi-agentrun:plan shop/dev -->"
Make = Callable[..., Thread]


def github(site: Site, token: str = "the-token") -> Thread:
    return GitHub("team/shop", 7, token, site.url)


def gitlab(site: Site, token: str = "the-token") -> Thread:
    return GitLab("team/shop", 7, token, f"{site.url}/api/v4")


both = pytest.mark.parametrize("make", [github, gitlab])


@both
def test_the_first_comment_is_created_and_the_next_updates_it(make: Make, site: Site) -> None:
    assert make(site).comment(MARKER, f"{MARKER}\nfirst").action == "created"
    assert make(site).comment(MARKER, f"{MARKER}\nsecond").action == "updated"
    assert [item["body"] for item in site.comments] == [f"{MARKER}\nsecond"]


@both
def test_an_unchanged_comment_is_not_written_again(make: Make, site: Site) -> None:
    make(site).comment(MARKER, f"{MARKER}\nsame")
    site.calls.clear()
    assert make(site).comment(MARKER, f"{MARKER}\nsame").action == "unchanged"
    assert site.writes() == []


@both
def test_each_stack_has_a_comment_of_its_own(make: Make, site: Site) -> None:
    make(site).comment(OTHER, f"{OTHER}\ndev")
    make(site).comment(MARKER, f"{MARKER}\nprod")
    assert [item["body"] for item in site.comments] == [f"{OTHER}\ndev", f"{MARKER}\nprod"]


@both
def test_a_comment_on_a_later_page_is_found(make: Make, site: Site) -> None:
    texts = ["hello", "looks good", "what is this?", f"{MARKER}\nold", "thanks"]
    site.comments += [{"id": n, "iid": n, "body": text} for n, text in enumerate(texts, 1)]
    assert make(site).comment(MARKER, f"{MARKER}\nnew").action == "updated"
    assert site.comments[3]["body"] == f"{MARKER}\nnew"


@both
def test_a_comment_that_quotes_ours_is_left_alone(make: Make, site: Site) -> None:
    site.comments.append({"id": 1, "iid": 1, "body": f"> {MARKER}\n> old\n\nreally?"})
    assert make(site).comment(MARKER, f"{MARKER}\nnew").action == "created"
    assert site.comments[0]["body"].endswith("really?")


@both
def test_a_comment_of_somebody_else_with_our_marker_does_not_stand_in_the_way(
    make: Make, site: Site
) -> None:
    site.comments.append({"id": 1, "iid": 1, "body": f"{MARKER}\nforged"})
    site.not_ours.add(1)
    assert make(site).comment(MARKER, f"{MARKER}\nnew").action == "created"
    assert [item["body"] for item in site.comments] == [f"{MARKER}\nforged", f"{MARKER}\nnew"]


@both
def test_drift_opens_an_issue_updates_it_and_closes_it(make: Make, site: Site) -> None:
    thread = make(site)
    assert thread.report(MARKER, "Drift", f"{MARKER}\nmemory").action == "created"
    assert thread.report(MARKER, "Drift", f"{MARKER}\nmemory, cpu").action == "updated"
    assert thread.report(MARKER, "Drift", f"{MARKER}\nmemory, cpu").action == "unchanged"
    assert len(site.issues) == 1
    assert thread.settle(MARKER, "It is gone.").action == "closed"
    assert site.closing_notes == ["It is gone."]
    assert site.issues[0]["state"] == "closed"
    assert thread.settle(MARKER, "It is gone.").action == "nothing"


def test_a_pull_request_with_the_marker_is_no_issue(site: Site) -> None:
    site.issues.append({"id": 1, "number": 1, "body": MARKER, "pull_request": {}, "state": "open"})
    assert github(site).settle(MARKER, "gone").action == "nothing"


@both
def test_a_refused_token_names_the_permission_to_give(make: Make, site: Site) -> None:
    with pytest.raises(PostFailed) as caught:
        make(site, token="wrong").comment(MARKER, MARKER)
    assert caught.value.refused
    assert "answered 401" in caught.value.one_line()
    assert "Give" in caught.value.hint
    assert "wrong" not in caught.value.one_line()


@both
def test_a_fault_of_the_site_is_no_refusal(make: Make, site: Site) -> None:
    site.fail_with = 500
    with pytest.raises(PostFailed, match="answered 500 .*out of order") as caught:
        make(site).comment(MARKER, MARKER)
    assert not caught.value.refused


def test_a_site_that_is_not_there_is_named() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused")

    client = httpx.Client(transport=httpx.MockTransport(refuse))
    thread = GitHub("team/shop", 7, "t", "https://github.invalid", client)
    with pytest.raises(PostFailed, match="GitHub can't be reached: ConnectError"):
        thread.comment(MARKER, MARKER)


def test_the_token_is_not_sent_to_another_host() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        link = '<https://elsewhere.invalid/page2>; rel="next"'
        return httpx.Response(200, json=[], headers={"Link": link})

    client = httpx.Client(transport=httpx.MockTransport(answer))
    thread = GitHub("team/shop", 7, "t", "https://github.invalid", client)
    with pytest.raises(PostFailed, match=r"another host, elsewhere\.invalid"):
        thread.comment(MARKER, MARKER)
    assert asked == ["github.invalid"]


@both
def test_a_comment_that_others_wrote_is_never_filled_with_ours(make: Make, site: Site) -> None:
    # They could edit it again afterwards, and nobody would see that it is not ours any more.
    forger = {"login": "mallory", "username": "mallory", "type": "User"}
    site.comments.append({"id": 1, "body": f"{MARKER}\nall fine", "user": forger, "author": forger})
    assert make(site).comment(MARKER, f"{MARKER}\nnew").action == "created"
    assert site.comments[0]["body"].endswith("all fine")
    assert make(site).comment(MARKER, f"{MARKER}\nnewer").action == "updated"
    assert [item["body"] for item in site.comments] == [f"{MARKER}\nall fine", f"{MARKER}\nnewer"]


def test_the_comment_of_a_bot_is_ours_without_asking_who_we_are(site: Site) -> None:
    bot = {"login": "github-actions[bot]", "type": "Bot"}
    site.comments.append({"id": 1, "body": f"{MARKER}\nold", "user": bot})
    assert github(site).comment(MARKER, f"{MARKER}\nnew").action == "updated"
    assert ("GET", "/user") not in site.calls


@both
def test_other_ends_of_lines_are_no_change(make: Make, site: Site) -> None:
    make(site).comment(MARKER, f"{MARKER}\nsame\n")
    site.comments[0]["body"] = f"{MARKER}\r\nsame"
    assert make(site).comment(MARKER, f"{MARKER}\nsame\n").action == "unchanged"


@both
def test_a_comment_that_is_deleted_meanwhile_is_made_again(make: Make, site: Site) -> None:
    make(site).comment(MARKER, f"{MARKER}\nold")
    site.gone.add(1)
    assert make(site).comment(MARKER, f"{MARKER}\nnew").action == "created"


@both
@pytest.mark.parametrize(
    ("status", "headers", "waited"),
    [
        (429, {"Retry-After": "7"}, [7.0]),
        (403, {"Retry-After": "30"}, [30.0]),
        (429, {}, [5.0]),
        (502, {}, [1.0]),
    ],
)
def test_what_is_refused_for_a_moment_is_tried_again(
    make: Make,
    site: Site,
    waits: list[float],
    status: int,
    headers: dict[str, str],
    waited: list[float],
) -> None:
    site.failures = [(status, headers)]
    assert make(site).comment(MARKER, f"{MARKER}\nbody").action == "created"
    assert waits == waited


@both
@pytest.mark.parametrize(
    ("status", "headers"),
    [(403, {"X-RateLimit-Remaining": "0"}), (429, {"Retry-After": "3600"})],
)
def test_a_limit_that_lasts_is_told_as_one_and_not_as_a_missing_permission(
    make: Make, site: Site, waits: list[float], status: int, headers: dict[str, str]
) -> None:
    site.failures = [(status, headers)]
    with pytest.raises(PostFailed) as caught:
        make(site).comment(MARKER, MARKER)
    assert not caught.value.refused
    assert "rate limit" in caught.value.hint
    assert waits == []


@both
def test_a_write_that_may_have_arrived_is_not_repeated(make: Make, site: Site) -> None:
    make(site).comment(OTHER, f"{OTHER}\nbody")
    site.calls.clear()
    site.write_failures = 1
    with pytest.raises(PostFailed, match="answered 502"):
        make(site).comment(MARKER, f"{MARKER}\nbody")
    assert len(site.writes()) == 1
