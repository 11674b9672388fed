"""What is told of a run while it goes on, and at its end."""

from __future__ import annotations

import io
import json

import pytest
from pulumi_local.events import (
    Diagnostic,
    Event,
    ResourceDone,
    ResourceFailed,
    ResourcePre,
    StackOutputs,
)
from pulumi_local.render import HumanRenderer, readable
from pulumi_local.state import Resource
from pulumi_local.values import PropertyDiff

from .rendering import PLAIN, component, document, human, planned, resource, run, step


def test_an_update_is_told_as_it_happens() -> None:
    thing = resource("a")
    text = human(
        run(
            ResourcePre(step("create", None, thing)),
            Diagnostic("info", "a: CREATING, 3 s"),
            ResourceDone(step("create", None, thing), 75.2),
            *planned("update", component("group")),
            StackOutputs({}, {"url": "http://x"}),
            dry_run=False,
            changes={"create": 1, "update": 1, "same": 1},
        )
    )
    assert text == (
        "Updating (dev):\n"
        " +   demo:Thing a creating...\n"
        "     a: CREATING, 3 s\n"
        " +   demo:Thing a created (1m15s)\n"
        " ~   demo:index:Group group updated (1.5s)\n"
        "\n"
        "Outputs:\n"
        '  + url: "http://x"\n'
        "\n"
        "Resources:\n"
        "    +  1 created\n"
        "    ~  1 updated\n"
        "    1 unchanged\n"
        "\n"
        "Duration: 2.2s\n"
        "\n"
    )


def test_a_failure_is_told_where_it_happens_and_explained_at_the_end() -> None:
    thing = resource("a")
    text = human(
        run(
            ResourcePre(step("create", None, thing)),
            Diagnostic("error", "quota exceeded\nask for more", thing.urn),
            ResourceFailed(step("create", None, thing), "quota exceeded"),
            dry_run=False,
            failed=True,
        )
    )
    assert " +   demo:Thing a creating failed\n" in text
    assert (
        "Diagnostics:\n  demo:Thing (a):\n    error: quota exceeded\n      ask for more\n" in text
    )
    assert "1 errored" in text


def test_a_refresh_shows_drift_and_what_is_gone() -> None:
    drifted, gone = resource("a"), resource("b")
    change = [PropertyDiff("memory", "update", 1, 2)]
    events: list[Event] = [
        ResourcePre(step("refresh", drifted, drifted)),
        ResourceDone(step("update", drifted, drifted, change), 0.1),
        ResourcePre(step("refresh", gone, gone)),
        ResourceDone(step("delete", gone, None), 0.1),
    ]
    plan = human(run(*events, operation="refresh"))
    assert "a         drift\n     │         ~ memory: 1 => 2\n" in plan
    assert "b         gone\n" in plan
    live = human(run(*events, operation="refresh", dry_run=False))
    assert " ~   demo:Thing a drift\n        ~ memory: 1 => 2\n -   demo:Thing b gone\n" in live


def test_an_update_after_a_refresh_still_shows_the_drift_it_found() -> None:
    thing = resource("a")
    change = [PropertyDiff("memory", "update", 1, 2)]
    text = human(
        run(
            ResourcePre(step("refresh", thing, thing)),
            ResourceDone(step("update", thing, thing, change), 0.1),
            *planned("same", thing),
        )
    )
    assert "a         drift\n" in text


def test_default_providers_stay_out_of_sight() -> None:
    provider = Resource(
        "urn:pulumi:dev::demo::pulumi:providers:aws::default_1_2", "pulumi:providers:aws"
    )
    assert "aws" not in human(run(*planned("create", provider)))


def test_debug_messages_are_for_those_who_ask() -> None:
    events = run(Diagnostic("debug", "details"), Diagnostic("info#err", "from stderr"))
    assert "details" not in human(events)
    assert "     details\n" in human(events, debug=True)
    assert "     from stderr\n" in human(events)


def test_an_empty_plan_ends_with_the_outputs_and_a_sentence() -> None:
    stream = io.StringIO()
    renderer = HumanRenderer(stream, PLAIN)
    for event in run(changes={"same": 1}):
        renderer(event)
    renderer.conclude({"url": "http://x"}, failed=False)
    assert stream.getvalue().endswith(
        'Outputs:\n    url: "http://x"\n\nEverything is as the program wants it; nothing to do.\n'
    )


def test_a_plan_with_errors_ends_with_the_news_that_nothing_was_changed() -> None:
    stream = io.StringIO()
    renderer = HumanRenderer(stream, PLAIN)
    for event in run(failed=True):
        renderer(event)
    renderer.conclude({}, failed=True)
    assert stream.getvalue().endswith("nothing was changed.\n")


@pytest.mark.parametrize("urn", [None, resource("a").urn])
def test_a_complaint_about_an_input_names_its_path_and_reason(urn: str | None) -> None:
    raw = "pulumi-python:dynamic/demo:Thing resource 'a': property code.language value {<nil>}"
    text = human(run(Diagnostic("error", f"{raw} has a problem: not a language", urn)))
    assert "error: code.language: not a language\n" in text


def test_other_messages_are_left_as_they_are() -> None:
    assert readable("property values are nice") == "property values are nice"


def test_the_second_run_on_one_renderer_starts_afresh() -> None:
    first = run(*planned("create", resource("a")), Diagnostic("error", "old news"))
    second = run(*planned("same", resource("a")), changes={"same": 2})
    text = human([*first, *second])
    assert text.endswith("Previewing update (dev):\n\nResources:\n    2 unchanged\n\n")
    assert "old news" not in json.dumps(document([*first, *second]))


def test_what_is_told_before_a_run_begins_is_not_lost() -> None:
    events: list[Event] = [Diagnostic("warning", "took over a lock"), *run()]
    assert "warning: took over a lock" in human(events)
    assert document(events)["diagnostics"][0]["message"] == "warning: took over a lock\n"
