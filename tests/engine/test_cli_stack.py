"""The command shows, exports, imports, lists and forgets stacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pulumi_local.state import PendingOperation, Resource, Snapshot
from pulumi_local.values import Secret

from .commands import STACK_URN, backend, local, save_stack, state

OUTPUTS = {"url": "http://x", "count": 3, "nested": {"b": [1], "a": Secret("s3cr3t")}}


def test_outputs_are_listed_with_secrets_masked(project: Path) -> None:
    save_stack(project, OUTPUTS)
    result = local(project, "stack", "output")
    assert result.exit_code == 0
    assert result.stdout == (
        "Current stack outputs (3):\n"
        "    OUTPUT  VALUE\n"
        "    count   3\n"
        '    nested  {"a":"[secret]","b":[1]}\n'
        "    url     http://x\n"
    )


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["url"], "http://x\n"),
        (["url", "--json"], '"http://x"\n'),
        (["count"], "3\n"),
        (["nested"], '{"a":"[secret]","b":[1]}\n'),
        (["nested", "--show-secrets"], '{"a":"s3cr3t","b":[1]}\n'),
    ],
)
def test_one_output_is_printed_bare_for_scripts(
    project: Path, arguments: list[str], printed: str
) -> None:
    save_stack(project, OUTPUTS)
    assert local(project, "stack", "output", *arguments).stdout == printed


def test_outputs_as_json(project: Path) -> None:
    save_stack(project, OUTPUTS)
    masked = json.loads(local(project, "stack", "output", "--json").stdout)
    assert masked == {"url": "http://x", "count": 3, "nested": {"b": [1], "a": "[secret]"}}
    shown = json.loads(local(project, "stack", "output", "--json", "--show-secrets").stdout)
    assert shown["nested"]["a"] == "s3cr3t"


def test_a_stack_without_outputs_says_so(project: Path) -> None:
    save_stack(project, {})
    assert "No output values" in local(project, "stack", "output").stdout


def test_an_output_that_is_not_there_is_an_error(project: Path) -> None:
    save_stack(project, {})
    result = local(project, "stack", "output", "nope")
    assert result.exit_code == 1
    assert result.stderr == "error: current stack does not have output property 'nope'\n"


def test_an_export_can_be_imported_elsewhere(project: Path) -> None:
    save_stack(project, OUTPUTS)
    exported = local(project, "stack", "export").stdout
    assert "s3cr3t" not in exported
    assert json.loads(exported)["deployment"]["resources"][0]["urn"] == STACK_URN
    backend(project).remove("demo", "dev")
    result = local(project, "stack", "import", stdin=exported)
    assert (result.exit_code, result.stdout) == (0, "Import complete.\n")
    assert state(project).stack_outputs() == OUTPUTS


def test_an_export_can_show_secrets_and_go_to_a_file(project: Path) -> None:
    save_stack(project, OUTPUTS)
    target = project / "export.json"
    local(project, "stack", "export", "--show-secrets", "--file", str(target))
    assert "s3cr3t" in target.read_text()
    backend(project).remove("demo", "dev")
    local(project, "stack", "import", "--file", str(target))
    assert state(project).stack_outputs() == OUTPUTS
    stored = (project / ".pulumi-state/.pulumi/stacks/demo/dev.json").read_text()
    assert "s3cr3t" not in stored


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("{}", "no deployment"),
        (
            '{"version": 3, "deployment": {"resources": [{"urn":'
            ' "urn:pulumi:prod::demo::a:b:C::n", "type": "a:b:C"}]}}',
            "another stack",
        ),
        (
            '{"version": 3, "deployment": {"resources": [{"urn":'
            ' "urn:pulumi:dev::demo::a:b:C::n", "type": "a:b:C", "parent": "gone"}]}}',
            "damaged",
        ),
    ],
)
def test_a_wrong_import_is_refused_and_changes_nothing(
    project: Path, text: str, message: str
) -> None:
    save_stack(project, OUTPUTS)
    result = local(project, "stack", "import", stdin=text)
    assert result.exit_code == 1
    assert message in result.stderr
    assert state(project).stack_outputs() == OUTPUTS


def test_stacks_are_listed(project: Path) -> None:
    save_stack(project, {})
    backend(project).save("other", "prod", Snapshot())
    listing = local(project, "stack", "ls").stdout.splitlines()
    assert listing[0].split() == ["NAME", "LAST", "UPDATE", "RESOURCE", "COUNT"]
    assert listing[1].startswith("dev ")
    assert len(listing) == 2
    everything = json.loads(local(project, "stack", "ls", "--all", "--json").stdout)
    assert [(s["name"], s["resourceCount"]) for s in everything] == [
        ("organization/demo/dev", 1),
        ("organization/other/prod", 0),
    ]


def test_a_stack_with_resources_is_forgotten_only_by_force(project: Path) -> None:
    save_stack(project, {})
    refused = local(project, "stack", "rm")
    assert refused.exit_code == 1
    assert "still has 1 resource(s)" in refused.stderr
    assert local(project, "stack", "rm", "--force").exit_code == 0
    assert backend(project).stacks() == []


def test_an_operation_under_way_is_part_of_an_export(project: Path) -> None:
    pending = PendingOperation(
        Resource("urn:pulumi:dev::demo::a:b:C::n", "a:b:C", inputs={"pw": Secret("x")}), "creating"
    )
    backend(project).save("demo", "dev", Snapshot(pending_operations=[pending]))
    exported = json.loads(local(project, "stack", "export").stdout)
    assert exported["deployment"]["pending_operations"][0]["type"] == "creating"
