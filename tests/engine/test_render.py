"""What people and machines get to see of a run."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from pulumi_local.events import (
    Diagnostic,
    Event,
    Op,
    Operation,
    Prelude,
    ResourceDone,
    ResourceFailed,
    ResourcePre,
    StackOutputs,
    Step,
    Summary,
)
from pulumi_local.json_output import JsonReport
from pulumi_local.masking import SecretMask
from pulumi_local.render import HumanRenderer, readable
from pulumi_local.render_diff import block, one_line, render_changes
from pulumi_local.state import Resource, make_urn
from pulumi_local.style import Palette, display_type
from pulumi_local.values import ASSET_SIG, SIG_KEY, UNKNOWN, PropertyDiff, ResourceRef, Secret

STACK = Resource(
    "urn:pulumi:dev::demo::pulumi:pulumi:Stack::demo-dev", "pulumi:pulumi:Stack", custom=False
)
PLAIN = Palette(False)


def resource(name: str, parent: Resource = STACK, **fields: Any) -> Resource:
    type_ = "pulumi-python:dynamic/demo:Thing"
    urn = make_urn("dev", "demo", parent.urn, type_, name)
    return Resource(urn, type_, parent=parent.urn, **fields)


def component(name: str, parent: Resource = STACK) -> Resource:
    urn = make_urn("dev", "demo", parent.urn, "demo:index:Group", name)
    return Resource(urn, "demo:index:Group", parent=parent.urn, custom=False)


def step(
    op: Op, old: Resource | None, new: Resource | None, diff: Sequence[PropertyDiff] = ()
) -> Step:
    subject = new or old
    assert subject is not None
    return Step(op, subject.urn, subject.type, old, new, diff, id=subject.id)


def planned(op: Op, subject: Resource, diff: Sequence[PropertyDiff] = ()) -> list[Event]:
    old = None if op == "create" else subject
    new = None if op == "delete" else subject
    return [ResourcePre(step(op, old, new, diff)), ResourceDone(step(op, old, new, diff), 1.5)]


def run(
    *events: Event,
    dry_run: bool = True,
    operation: Operation = "update",
    changes: dict[str, int] | None = None,
    failed: bool = False,
    config: dict[str, Any] | None = None,
) -> list[Event]:
    return [
        Prelude("demo", "dev", operation, dry_run, config or {}),
        *planned("same", STACK),
        *events,
        Summary(operation, dry_run, changes or {}, 2.25, failed),
    ]


def human(events: Sequence[Event], **options: Any) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=options.pop("encoding", "utf-8"))
    renderer = HumanRenderer(stream, options.pop("palette", PLAIN), **options)
    for event in events:
        renderer(event)
    stream.seek(0)
    return stream.read()


def document(events: Sequence[Event], shown_config: dict[str, str] | None = None) -> dict[str, Any]:
    report = JsonReport(shown_config)
    for event in events:
        report(event)
    data: dict[str, Any] = json.loads(report.text())
    return data


# --- the plan


def test_a_plan_shows_what_changes_in_its_place_in_the_tree() -> None:
    group = component("group")
    events = run(
        *planned("same", group),
        *planned("same", resource("untouched")),
        *planned("update", resource("first", group), [PropertyDiff("memory", "update", 1, 2)]),
        *planned(
            "replace", resource("second", group), [PropertyDiff("name", "update-replace", "a", "b")]
        ),
        *planned("create", resource("third")),
        *planned("delete", resource("fourth")),
        changes={"same": 3, "update": 1, "replace": 1, "create": 1, "delete": 1},
    )
    assert human(events) == (
        "Previewing update (dev):\n"
        "\n"
        "     Type                 Name      Plan\n"
        "     pulumi:pulumi:Stack  demo-dev\n"
        "     ├─ demo:index:Group  group\n"
        " ~   │  ├─ demo:Thing     first     update\n"
        "     │  │         ~ memory: 1 => 2\n"
        " +-  │  └─ demo:Thing     second    replace\n"
        '     │            ~ name: "a" => "b" (forces replacement)\n'
        " +   ├─ demo:Thing        third     create\n"
        " -   └─ demo:Thing        fourth    delete\n"
        "\n"
        "Resources:\n"
        "    +  1 to create\n"
        "    ~  1 to update\n"
        "    -  1 to delete\n"
        "    +- 1 to replace\n"
        "    3 unchanged\n"
        "\n"
    )


def test_nothing_to_do_shows_no_tree() -> None:
    text = human(run(*planned("same", resource("a")), changes={"same": 2}))
    assert text == "Previewing update (dev):\n\nResources:\n    2 unchanged\n\n"


def test_the_three_steps_of_a_replacement_are_one_row_with_its_reasons() -> None:
    thing = resource("a")
    reasons = [PropertyDiff("name", "update-replace", "x", "y")]
    text = human(
        run(
            ResourcePre(step("create-replacement", thing, thing, reasons)),
            ResourcePre(step("replace", thing, thing, reasons)),
            ResourcePre(step("delete-replaced", thing, None)),
            changes={"replace": 1},
        )
    )
    assert text.count("demo:Thing") == 1
    assert 'replace\n               ~ name: "x" => "y" (forces replacement)' in text


@pytest.mark.parametrize("op", ["delete", "delete-replaced"])
def test_what_an_earlier_replacement_left_is_listed_beside_the_living_resource(op: Op) -> None:
    leftover = step(op, resource("a", id="old"), None)
    text = human(run(*planned("same", resource("a")), ResourcePre(leftover)))
    assert "a     delete (left by an earlier replacement)" in text.replace("demo-dev", "")


def test_changed_provider_code_is_said_in_words_and_never_shown() -> None:
    change = [PropertyDiff("__provider", "update", "gASV", "gASW")]
    text = human(run(*planned("update", resource("a"), change)), full_diff=True)
    assert "update [provider code changed]" in text
    assert "gAS" not in text
    assert "__provider" not in text


def test_the_full_diff_shows_every_property_and_identity() -> None:
    thing = resource("a", id="id-1", inputs={"__provider": "x", "size": 2, "tags": {"k": ["v"]}})
    text = human(
        run(*planned("update", thing, [PropertyDiff("size", "update", 1, 2)])), full_diff=True
    )
    assert "[id=id-1]" in text
    assert f"[urn={thing.urn}]" in text
    assert "~ size: 1 => 2" in text
    assert 'tags: {\n                     k: [\n                         [0]: "v"' in text


def test_the_full_diff_of_a_create_lists_its_inputs_with_secrets_and_unknowns_marked() -> None:
    thing = resource("a", inputs={"pw": Secret("hunter2"), "url": UNKNOWN})
    text = human(run(*planned("create", thing)), full_diff=True)
    assert "+ pw : [secret]" in text
    assert "+ url: [unknown]" in text
    assert "hunter2" not in text


def test_a_protected_resource_about_to_go_is_marked() -> None:
    assert "delete [protected]" in human(run(*planned("delete", resource("a", protect=True))))


def test_without_unicode_the_tree_is_drawn_with_blanks() -> None:
    text = human(run(*planned("create", resource("a"))), encoding="ascii")
    assert " +      demo:Thing        a         create" in text


def test_colours_are_used_only_when_asked_for() -> None:
    events = run(*planned("create", resource("a")))
    assert "\x1b[" not in human(events)
    assert "\x1b[32m+ \x1b[0m" in human(events, palette=Palette(True))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "choice", "colored"),
    [
        (Terminal(), {}, "auto", True),
        (Terminal(), {"NO_COLOR": "1"}, "auto", False),
        (Terminal(), {"TERM": "dumb"}, "auto", False),
        (io.StringIO(), {}, "auto", False),
        (io.StringIO(), {}, "always", True),
        (Terminal(), {}, "never", False),
    ],
)
def test_the_choice_of_colour(
    stream: io.StringIO, environ: dict[str, str], choice: str, colored: bool
) -> None:
    assert Palette.for_stream(stream, environ, choice).enabled is colored


# --- progress


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


# --- secrets


def test_known_secrets_are_masked_in_whatever_is_printed() -> None:
    thing = resource("a", inputs={"pw": Secret({"deep": ["hunter2"]})}, outputs={})
    events = run(
        *planned("create", thing),
        Diagnostic("info", "the password is hunter2"),
        Diagnostic("error", "cannot log in with hunter2 or sesame"),
        config={"demo:pw": Secret("sesame")},
    )
    for text in (human(events), human(events, full_diff=True), json.dumps(document(events))):
        assert "hunter2" not in text
        assert "sesame" not in text
        assert "[secret]" in text


def test_words_too_common_to_be_secret_are_not_masked() -> None:
    mask = SecretMask()
    mask.learn([Secret("true"), Secret("ab"), Secret(""), Secret("longer"), Secret("longer still")])
    assert mask.apply("true ab longer still") == "true ab [secret]"


# --- values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (2.0, "2"),
        ('say "é"', '"say \\"é\\""'),
        ([], "[]"),
        ({"b": [1, {"c": UNKNOWN}], "a": Secret(1)}, "{a: [secret], b: [1, {c: [unknown]}]}"),
        (ResourceRef("urn:x"), '"urn:x"'),
        ({SIG_KEY: ASSET_SIG, "hash": "0123456789", "path": "a.zip"}, "asset(a.zip, 0123456)"),
    ],
)
def test_values_on_one_line(value: Any, text: str) -> None:
    assert one_line(value) == text


def test_long_values_lose_their_middle() -> None:
    assert one_line("x" * 100, limit=21) == '"xxxxxxxx...xxxxxxxx"'


def test_values_over_several_lines() -> None:
    assert block({"long": [1], "b": {}}, "") == [
        "{",
        "    b   : {}",
        "    long: [",
        "        [0]: 1",
        "    ]",
        "}",
    ]


def change_lines(change: PropertyDiff, *, full: bool) -> list[str]:
    return list(render_changes([change], PLAIN, "", full=full))


def test_a_change_in_the_middle_of_a_long_value_is_still_to_be_seen() -> None:
    old, new = "a" * 100 + "OLD" + "b" * 100, "a" * 100 + "NEW" + "b" * 100
    (line,) = change_lines(PropertyDiff("text", "update", old, new), full=False)
    assert "OLD" in line
    assert "NEW" in line
    assert len(line) < 200


def test_long_texts_are_compared_line_by_line_in_the_full_diff() -> None:
    old, new = "one\ntwo\nthree\n", "one\n2\nthree\n"
    lines = change_lines(PropertyDiff("text", "update", old, new), full=True)
    assert lines == [
        "~ text:",
        "    @@ -1,3 +1,3 @@",
        "     one",
        "    -two",
        "    +2",
        "     three",
    ]


def test_added_and_deleted_values_are_shown_in_full_or_short() -> None:
    change = PropertyDiff("a.b", "add", None, {"k": 1})
    assert change_lines(change, full=False) == ["+ a.b: {k: 1}"]
    assert change_lines(change, full=True) == ["+ a.b: {", "      k: 1", "  }"]
    gone = PropertyDiff("a.b", "delete-replace", "x", None)
    assert change_lines(gone, full=False) == ['- a.b: "x" (forces replacement)']


@pytest.mark.parametrize(
    ("token", "short"),
    [
        ("pulumi-python:dynamic/demo:Thing", "demo:Thing"),
        ("pulumi-python:dynamic:Resource", "Resource"),
        ("aws:s3/bucket:Bucket", "aws:s3:Bucket"),
        ("demo:index:Group", "demo:index:Group"),
        ("pulumi:pulumi:Stack", "pulumi:pulumi:Stack"),
    ],
)
def test_types_are_shortened_for_reading(token: str, short: str) -> None:
    assert display_type(token) == short


# --- the JSON document


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
