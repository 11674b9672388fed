"""The document that machines read."""

from __future__ import annotations

from pulumi_local.events import (
    Diagnostic,
    ResourceDone,
    ResourceFailed,
    ResourcePre,
    StackOutputs,
    Step,
)
from pulumi_local.json_output import JsonReport
from pulumi_local.values import UNKNOWN, PropertyDiff, Secret

from .rendering import STACK, document, planned, resource, run, step


def test_the_document_of_a_preview_has_the_shape_of_the_cli_s() -> None:
    old = resource("a", id="id-1", inputs={"name": "x"})
    new = resource("a", inputs={"name": "y", "pw": Secret("s3cr3t"), "dep": UNKNOWN})
    replaced = Step(
        "replace",
        old.urn,
        old.type,
        old,
        new,
        [PropertyDiff("name", "update-replace", "x", "y"), PropertyDiff("tags.k", "add", None, 1)],
        keys=["name"],
        provider="urn:p::1",
    )
    data = document(
        run(
            ResourcePre(step("create-replacement", old, new)),
            ResourcePre(replaced),
            ResourcePre(step("delete-replaced", old, None)),
            *planned("same", resource("b")),
            Diagnostic("warning", "careful", old.urn),
            Diagnostic("info", "hi\n"),
            Diagnostic("info", "3 s", ephemeral=True),
            Diagnostic("debug", "details"),
            changes={"replace": 1, "same": 2, "create": 0},
        ),
        shown_config={"demo:a": "x"},
    )
    assert list(data) == ["config", "steps", "diagnostics", "duration", "changeSummary"]
    assert data["config"] == {"demo:a": "x"}
    assert data["duration"] == 2_250_000_000
    assert data["changeSummary"] == {"replace": 1, "same": 2}
    assert data["diagnostics"] == [
        {"urn": old.urn, "message": "warning: careful\n", "severity": "warning"},
        {"message": "hi\n", "severity": "info"},
    ]
    root, change = data["steps"]
    assert (root["op"], root["urn"], root["detailedDiff"]) == ("same", STACK.urn, None)
    assert change["op"] == "replace"
    assert change["provider"] == "urn:p::1"
    assert change["oldState"]["id"] == "id-1"
    assert change["newState"]["inputs"] == {
        "dep": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "name": "y",
        "pw": "[secret]",
    }
    assert change["replaceReasons"] == ["name"]
    assert change["diffReasons"] == ["name", "tags"]
    assert change["detailedDiff"] == {
        "name": {"kind": "update-replace", "inputDiff": True},
        "tags.k": {"kind": "add", "inputDiff": True},
    }


def test_the_document_of_an_update_also_tells_how_it_ended() -> None:
    thing = resource("a")
    data = document(
        run(
            ResourcePre(step("create", None, thing)),
            ResourceDone(step("create", None, resource("a", id="id-1")), 1),
            StackOutputs({}, {"url": "x", "pw": Secret("s3cr3t")}),
            dry_run=False,
            changes={"create": 1},
        )
    )
    assert data["operation"] == "update"
    assert data["result"] == "succeeded"
    assert data["outputs"] == {"url": "x", "pw": "[secret]"}
    assert data["steps"][1]["newState"]["id"] == "id-1", "what came of a step, not what was planned"


def test_the_document_of_a_failed_update_names_what_failed() -> None:
    thing = resource("a")
    data = document(
        run(
            ResourcePre(step("create", None, thing)),
            ResourceFailed(step("create", None, thing), "no"),
            dry_run=False,
            failed=True,
        )
    )
    assert (data["result"], data["failed"]) == ("failed", [thing.urn])


def test_the_document_of_a_refresh_holds_what_was_found() -> None:
    thing, well = resource("a"), resource("b")
    data = document(
        run(
            ResourcePre(step("refresh", thing, thing)),
            ResourceDone(
                step("update", thing, thing, [PropertyDiff("memory", "update", 1, 2)]), 0.1
            ),
            ResourcePre(step("refresh", well, well)),
            ResourceDone(step("same", well, well), 0.1),
            operation="refresh",
        )
    )
    assert [(s["op"], s["urn"]) for s in data["steps"]] == [
        ("same", STACK.urn),
        ("update", thing.urn),
    ]


def test_what_stays_as_it_is_is_listed_when_asked_for() -> None:
    events = run(*planned("same", resource("a")))
    assert [step["op"] for step in document(events)["steps"]] == ["same"], "the stack itself"
    listed = document(events, show_sames=True)["steps"]
    assert [step["urn"] for step in listed] == [STACK.urn, resource("a").urn]


def test_protection_that_changes_is_listed_though_nothing_else_does() -> None:
    old, new = resource("a", protect=True), resource("a")
    _, change = document(run(ResourcePre(step("same", old, new))))["steps"]
    assert change["oldState"]["protect"]
    assert "protect" not in change["newState"]


def test_an_update_that_ends_with_an_empty_plan_has_the_document_of_an_update() -> None:
    report = JsonReport()
    for event in run(changes={"same": 1}):
        report(event)
    report.conclude({"url": "x"}, failed=False)
    data = report.document()
    assert (data["operation"], data["result"], data["outputs"]) == (
        "update",
        "succeeded",
        {"url": "x"},
    )
