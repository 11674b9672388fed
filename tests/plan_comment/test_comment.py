"""What a comment looks like: its marker, its size, and the texts of others in it."""

from __future__ import annotations

import json

import pytest
from agentrun_provider.plan_comment.comment import LONGEST, compose
from agentrun_provider.plan_comment.plan import PlanUnreadable, read_plan
from markdown_it import MarkdownIt

from .documents import ENDPOINT, RUNTIME, UNKNOWN, VERSION, comment, document, plan, row, step


def rendered(body: str) -> str:
    return MarkdownIt("gfm-like", {"html": False, "linkify": False}).render(body)


def test_the_first_line_is_a_hidden_marker_of_project_and_stack() -> None:
    made = comment()
    assert made.body.splitlines()[0] == made.marker == "<!-- pulumi-agentrun:plan shop/prod -->"


def test_drift_has_a_marker_of_its_own() -> None:
    assert comment(drift=True).marker != comment().marker


def test_a_stack_without_changes_says_so() -> None:
    assert "**No changes.**" in comment().body
    assert "**No drift.**" in comment(drift=True).body


def test_secrets_of_all_sorts_are_hidden() -> None:
    inputs = {
        "name": "agent",
        "environmentVariables": {
            "DB_PASSWORD": "hunter2",
            "KEY": "LTAI5tExampleExample1234",
            "MODEL_URL": "https://me:opensesame@models.example.com/v1",
            "ENGINE_SECRET": "[secret]",
            "LOG_LEVEL": "debug",
        },
    }
    made = comment(step("create", None, inputs))
    for hidden in ("hunter2", "LTAI5t", "opensesame"):
        assert hidden not in made.body
    assert "LOG_LEVEL: debug" in made.body
    exposed = [risk for risk in made.risks if risk.name == "secret-exposed"]
    assert len(exposed) == 1
    for name in ("DB_PASSWORD", "KEY", "MODEL_URL"):
        assert f"environmentVariables.{name}`" in exposed[0].text
    assert "ENGINE_SECRET" not in exposed[0].text


def test_errors_lose_what_looks_like_a_credential() -> None:
    trouble = {"severity": "error", "message": "key LTAI5tExampleExample1234 was refused"}
    made = comment(diagnostics=[trouble])
    assert "key [hidden] was refused" in made.body


def test_texts_of_others_do_nothing_in_the_comment() -> None:
    evil = "</details><script>alert(1)</script> @team #12 ```\n| x | [a](http://b) <!-- y -->"
    old, new = ({"description": text, "name": "agent"} for text in ("plain", evil))
    made = comment(step("update", old, new))
    html = rendered(made.body)
    assert "<script>" not in html
    assert 'href="http://b"' not in html
    # The table keeps its shape: four cells in each of its rows.
    table = html.split("<table>")[1].split("</table>")[0]
    assert table.count("<tr>") == 2
    assert table.count("<td") == 4


@pytest.mark.parametrize("odd", ["a|b", "a\\|b", "a\\\\|b", "|", "`|`", "a `` b|", "**|**"])
def test_a_pipe_stays_in_its_cell_and_is_shown_as_it_is(odd: str) -> None:
    made = comment(
        step("update", {"v": "plain"}, {"v": odd}, token="x:y:Z", name=odd),
        diagnostics=[{"severity": "error", "message": f"about {odd}"}],
    )
    html = rendered(made.body).replace("\u2060", "")
    table = html.split("<table>")[1].split("</table>")[0]
    assert table.count("<td") == 4
    assert f"<td><code>{odd}</code></td>" in table
    assert f"<code>about {odd}</code>" in html


def test_a_property_with_a_fence_in_it_stays_in_its_block() -> None:
    made = comment(step("update", {"image": "a"}, {"image": "b\n```\n# big"}, token="x:y:Z"))
    assert "<h1>" not in rendered(made.body)


def test_escape_sequences_and_marks_of_direction_are_dropped() -> None:
    trouble = {"severity": "error", "message": "\x1b[31mred\x1b[0m \u202eevil"}
    made = comment(diagnostics=[trouble])
    assert "red evil" in made.body


def test_a_plan_of_any_size_fits_into_a_comment() -> None:
    steps = [
        step("update", {"v": "a" * 300}, {"v": "b" * 300}, token="alicloud:x:Y", name=f"{n}" * 40)
        for n in range(600)
    ]
    made = comment(*steps)
    assert len(made.body) <= LONGEST
    assert "properties of" in made.body
    assert "left out" in made.body
    assert "more resources: see the log." in made.body
    assert made.body.startswith(made.marker)
    assert "**600 changes**: 600 to update" in made.body


def test_what_to_look_at_keeps_its_row_in_a_plan_that_does_not_fit() -> None:
    steps = [
        step("update", {"v": "a"}, {"v": "b"}, token="alicloud:x:Y", name=f"{n}" * 40)
        for n in range(600)
    ]
    made = comment(*steps, step("delete", {"v": "a"}, None, token="alicloud:x:Y", name="zz"))
    assert len(made.body) <= LONGEST
    assert row(made.body, "zz") == "**deletes it**"


def test_properties_are_left_out_before_rows() -> None:
    steps = [
        step("update", {"v": "a" * 390}, {"v": "b" * 390}, token="alicloud:x:Y", name=f"r{n}")
        for n in range(120)
    ]
    made = comment(*steps)
    assert len(made.body) <= LONGEST
    assert all(f"`r{n}`" in made.body.split("<details>")[0] for n in range(120))
    assert "left out: the comment would be too long" in made.body


def test_errors_beyond_measure_are_cut_with_a_note() -> None:
    problems = [{"severity": "error", "message": "x" * 4000} for _ in range(50)]
    made = compose(plan(diagnostics=problems), longest=5_000)
    assert len(made.body) <= 5_000
    assert "too long for a comment" in made.body


@pytest.mark.parametrize("size", range(2_100, 6_000, 390))
@pytest.mark.parametrize("message", ["x" * 300, "line\n" * 60, "tick ` tick `` " * 30])
def test_a_cut_comment_leaves_nothing_open(size: int, message: str) -> None:
    kinds = ["error", "warning"] * 15
    problems = [{"severity": kind, "message": message} for kind in kinds]
    body = compose(plan(diagnostics=problems), longest=size).body
    assert len(body) <= size
    assert body.count("<details>") == body.count("</details>")
    if "the rest is left out" in body:
        last = rendered(body).rstrip().splitlines()[-1]
        assert last == "<p>… the rest is left out: it is too long for a comment; see the log.</p>"


def test_components_and_providers_are_no_changes() -> None:
    component = step("create", None, {}, token="agentrun:index:Agent", newState={"custom": False})
    provider = step("create", None, {}, token="pulumi:providers:alicloud")
    assert comment(component, provider).changes == 0


def test_resources_of_other_providers_are_told_in_general_words() -> None:
    vpc = "alicloud:vpc/network:Network"
    made = comment(
        step("create", None, {"cidrBlock": "10.0.0.0/8", "vpcName": "v"}, token=vpc, name="vpc"),
        step(
            "replace",
            {"cidrBlock": "10.0.0.0/8"},
            {"cidrBlock": "172.16.0.0/12"},
            token=vpc,
            name="other",
            replaceReasons=["cidrBlock"],
        ),
        step("update", {"status": "a"}, {"status": "b"}, token=vpc, name="third"),
        step("delete", {"status": "a"}, None, token=vpc, name="fourth"),
    )
    assert row(made.body, "vpc") == "creates it"
    assert row(made.body, "other") == "**replaces it** (`cidrBlock`)"
    assert row(made.body, "third") == "`status` `a` → `b`"
    assert row(made.body, "fourth") == "**deletes it**"
    assert "| `vpc` | `alicloud:vpc:Network` |" in made.body


def test_production_stays_on_its_version_while_the_next_is_published() -> None:
    release = step(
        "replace",
        {"runtimeId": "r1", "fingerprint": "a"},
        {"runtimeId": "r1", "fingerprint": "b"},
        token=VERSION,
        name="release",
        outputs={"version": "3"},
    )
    rollout = {"version": "3"}, {"version": UNKNOWN}
    old, new = (
        {
            "runtimeId": "r1",
            "name": "live",
            "targetVersion": "3",
            "traffic": "100 % v3",
            "rollout": r,
        }
        for r in rollout
    )
    urn = release["urn"]
    made = comment(
        release,
        step("update", old, new, token=ENDPOINT, name="p", newState={"dependencies": [urn]}),
    )
    assert row(made.body, "release") == "publishes **v4**"
    assert row(made.body, "p") == "stays on v3"
    assert "traffic-shift" not in {risk.name for risk in made.risks}


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        ({"credential": "guard"}, {}, "public-access"),
        ({"internetAccess": False}, {"internetAccess": True}, "public-access"),
        ({"cpu": 4}, {"cpu": 2.0}, "smaller-size"),
        ({"role": "a"}, {"role": "b"}, "role-changed"),
        ({"vpc": {"vpcId": "vpc-1"}}, {"vpc": {"vpcId": "vpc-2"}}, "network-changed"),
        (
            {"container": {"image": "a/b:1"}},
            {"container": {"image": "a.example.com:5000/b:latest"}},
            "mutable-image",
        ),
        ({"environmentVariables": {"K": "[secret]"}}, {}, "secret-changed"),
    ],
)
def test_a_change_of_a_runtime_is_flagged(
    old: dict[str, object], new: dict[str, object], risk: str
) -> None:
    base = {"name": "agent"}
    assert risk in {r.name for r in comment(step("update", base | old, base | new)).risks}
    kept = comment(step("update", base | new, base | new | {"description": "x"})).risks
    assert {r.name for r in kept} <= {risk} - {"public-access", "smaller-size", "mutable-image"}


def test_growing_and_pinning_are_no_risks() -> None:
    old = {"memory": 2048, "container": {"image": "a/b:1"}, "name": "agent"}
    new = {"memory": 4096, "container": {"image": "a/b@sha256:" + "0" * 64}, "name": "agent"}
    assert comment(step("update", old, new)).risks == ()


def test_an_endpoint_of_production_on_latest_is_flagged_only_there() -> None:
    new = {"name": "live", "runtimeId": "r1", "targetVersion": "LATEST", "traffic": "100 % LATEST"}
    made = comment(step("create", None, new, token=ENDPOINT))
    assert {risk.name for risk in made.risks} == {"latest-in-production"}
    assert compose(plan(step("create", None, new, token=ENDPOINT))).risks == ()


def test_a_security_group_that_is_opened_to_all_is_flagged() -> None:
    rule = {"cidrIp": "10.0.0.0/8"}, {"cidrIp": "0.0.0.0/0"}
    made = comment(step("update", *rule, token="alicloud:ecs/securityGroupRule:SecurityGroupRule"))
    assert [risk.name for risk in made.risks] == ["public-access"]


def test_settings_that_only_steer_the_provider_restart_nothing() -> None:
    made = comment(step("update", {"name": "agent"}, {"name": "agent", "force": True}))
    assert row(made.body, "agent") == "`force` set to `true` — without a restart"


def test_new_code_is_told_without_its_hash() -> None:
    code = [{"src": "code", "language": "python3.12", "contentHash": h} for h in ("aa11", "bb22")]
    made = comment(step("update", *({"name": "agent", "code": each} for each in code)))
    assert row(made.body, "agent") == "new code — restarts the runtime"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("Previewing update\n{}", "is not JSON"),
        ('{"sequence":0}\n{"sequence":1}', "PULUMI_ENABLE_STREAMING_JSON_PREVIEW"),
        ("[]", "not of a preview"),
        ('{"version": 3}', "not of a preview"),
        ('{"steps": []}', "--stack"),
    ],
)
def test_what_is_no_preview_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(PlanUnreadable, match=reason):
        read_plan(text, "plan.json")


def test_a_preview_that_failed_at_once_is_of_the_stack_that_is_named() -> None:
    trouble = [{"severity": "error", "message": "error: no such module"}]
    text = json.dumps({"steps": [], "diagnostics": trouble})
    made = compose(read_plan(text, "plan.json", project="shop", stack="prod"))
    assert made.marker == "<!-- pulumi-agentrun:plan shop/prod -->"
    assert "no such module" in made.body


def test_the_parts_of_a_replacement_are_not_told_twice() -> None:
    old, new = {"name": "a"}, {"name": "b"}
    parts = [
        step(op, old, new, token=RUNTIME)
        for op in ("create-replacement", "replace", "delete-replaced")
    ]
    assert comment(*parts).changes == 1
    assert json.loads(document(*parts))["steps"][1]["op"] == "create-replacement"
