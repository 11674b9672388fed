"""The command: what it says, what it leaves behind and how it exits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pulumi_local.backend import FileBackend
from pulumi_local.cli import local_group
from pulumi_local.state import PendingOperation, Resource, Snapshot
from pulumi_local.values import Secret
from pulumi_local.vault import Vault

ENVIRON = {"PULUMI_CONFIG_PASSPHRASE": ""}
STACK_URN = "urn:pulumi:dev::demo::pulumi:pulumi:Stack::demo-dev"

PROVIDER = """\
import pulumi
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult
from pulumi.dynamic import Resource, ResourceProvider, UpdateResult


class ThingProvider(ResourceProvider):
    serialize_as_secret_always = False

    def check(self, olds, news):
        failures = []
        if news.get("size") == 13:
            failures.append(CheckFailure("size.count", "13 brings bad luck"))
        return CheckResult(news, failures)

    def diff(self, id, olds, news):
        changed = [key for key in news if key != "__provider" and olds.get(key) != news[key]]
        return DiffResult(changes=bool(changed), replaces=[k for k in changed if k == "name"])

    def create(self, props):
        if props.get("wait"):
            with open(props["wait"]) as gate:
                gate.read()
        return CreateResult("id-" + props["name"], {**props, "label": "made " + props["name"]})

    def update(self, id, olds, news):
        return UpdateResult({**news, "label": "made " + news["name"]})


class Thing(Resource, module="demo", name="Thing"):
    label: pulumi.Output[str]

    def __init__(self, name, props, opts=None):
        super().__init__(ThingProvider(), name, {"label": None, **props}, opts)
"""

PROGRAM = """\
import pulumi
from things import Thing

config = pulumi.Config()
props = {"name": "one", "size": config.get_int("size") or 1}
if config.get("wait"):
    props["wait"] = config.get("wait")
thing = Thing("thing", props)
password = config.get_secret("password") or pulumi.Output.secret("none")
Thing("keeper", {"name": "two", "password": password})
pulumi.export("label", thing.label)
pulumi.export("password", password)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config:\n  demo:color: red\n")
    return folder


@pytest.fixture
def program(project: Path) -> Path:
    (project / "things.py").write_text(PROVIDER)
    (project / "__main__.py").write_text(PROGRAM)
    return project


def local(project: Path, *arguments: str, stdin: str | None = None) -> Result:
    """Run a command that needs no program, in this process."""
    environ = {**ENVIRON, "PULUMI_BACKEND_URL": None, "PULUMI_STACK": None}
    return CliRunner().invoke(
        local_group, [*arguments, "--cwd", str(project)], env=environ, input=stdin
    )


def command(project: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "pulumi_local", *arguments, "--cwd", str(project)]


def clean_environ() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "COVERAGE_"))}
    return kept | ENVIRON


def engine(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as users do, in a process of its own."""
    return subprocess.run(
        command(project, *arguments),
        env=clean_environ(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def backend(project: Path) -> FileBackend:
    return FileBackend(project / ".pulumi-state", Vault(ENVIRON))


def state(project: Path) -> Snapshot:
    snapshot = backend(project).load_checked("demo", "dev")
    assert snapshot is not None
    return snapshot


def save_stack(project: Path, outputs: dict[str, Any]) -> None:
    stack = Resource(STACK_URN, "pulumi:pulumi:Stack", custom=False, outputs=outputs)
    backend(project).save("demo", "dev", Snapshot([stack]))


# --- stack output, export, import, ls


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


@pytest.mark.parametrize(
    "arguments", [["stack", "output"], ["stack", "export"], ["destroy"], ["refresh"]]
)
def test_a_stack_that_is_not_there_has_an_exit_code_of_its_own(
    project: Path, arguments: list[str]
) -> None:
    result = local(project, *arguments, "--stack", "nope")
    assert result.exit_code == 6
    assert result.stderr == "error: no stack named 'nope' found\n"


def test_a_folder_without_a_project_is_an_error(tmp_path: Path) -> None:
    result = local(tmp_path, "preview")
    assert result.exit_code == 1
    assert "no Pulumi.yaml" in result.stderr


def test_wrong_usage_has_the_exit_code_of_wrong_usage(project: Path) -> None:
    assert local(project, "preview", "--no-such-option").exit_code == 2
    assert local(project, "up", "--parallel", "0").exit_code == 2


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


# --- config


def test_configuration_is_set_listed_and_removed(project: Path) -> None:
    assert local(project, "config", "set", "size", "5").exit_code == 0
    assert local(project, "config", "set", "aws:region", "eu-west-1").exit_code == 0
    assert local(project, "config", "get", "size").stdout == "5\n"
    assert local(project, "config").stdout.splitlines() == [
        "KEY         VALUE",
        "aws:region  eu-west-1",
        "demo:color  red",
        "demo:size   5",
    ]
    assert local(project, "config", "rm", "size").exit_code == 0
    result = local(project, "config", "get", "size")
    assert result.exit_code == 1
    assert "not found" in result.stderr


def test_a_secret_is_encrypted_in_the_file_and_masked_in_the_list(project: Path) -> None:
    result = local(project, "config", "set", "--secret", "password", stdin="s3cr3t\n")
    assert result.exit_code == 0
    text = (project / "Pulumi.dev.yaml").read_text()
    assert "s3cr3t" not in text
    assert "encryptionsalt: v1:" in text
    assert "demo:color: red" in text
    assert "[secret]" in local(project, "config").stdout
    listing = json.loads(local(project, "config", "--json", "--show-secrets").stdout)
    assert listing["demo:password"] == {"value": "s3cr3t", "secret": True}
    assert local(project, "config", "get", "password").stdout == "s3cr3t\n"


def test_contradicting_options_are_wrong_usage(project: Path) -> None:
    result = local(project, "config", "set", "a", "b", "--secret", "--plaintext")
    assert result.exit_code == 2


# --- runs, with the real provider process


@pytest.mark.e2e
def test_a_project_lives_from_its_first_update_to_its_end(program: Path) -> None:
    local(program, "config", "set", "--secret", "password", "s3cr3t")

    first = engine(program, "up")
    assert (first.returncode, first.stderr) == (0, "")
    assert "Previewing update (dev):" in first.stdout
    assert " +   demo:Thing thing created (" in first.stdout
    assert 'label   : "made one"' in first.stdout
    assert "+  3 created" in first.stdout
    assert "s3cr3t" not in first.stdout

    second = engine(program, "up", "--expect-no-changes")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "3 unchanged" in second.stdout
    assert "nothing to do" in second.stdout
    assert "Updating" not in second.stdout

    local(program, "config", "set", "size", "2")
    preview = engine(program, "preview", "--json", "--expect-no-changes")
    assert preview.returncode == 7
    (change,) = [s for s in json.loads(preview.stdout)["steps"] if s["op"] != "same"]
    assert (change["op"], list(change["detailedDiff"])) == ("update", ["size"])

    update = engine(program, "up", "--json")
    assert update.returncode == 0
    document = json.loads(update.stdout)
    assert document["result"] == "succeeded"
    assert document["changeSummary"] == {"same": 2, "update": 1}
    assert document["outputs"] == {"label": "made one", "password": "[secret]"}

    end = engine(program, "destroy", "--yes")
    assert end.returncode == 0, end.stdout + end.stderr
    assert "-  3 deleted" in end.stdout
    assert state(program).resources == []
    kinds = [run["kind"] for run in backend(program).history("demo", "dev")]
    assert kinds == ["destroy", "update", "update"]
    remembered = backend(program).history("demo", "dev")[1]["config"]
    assert remembered["demo:size"] == "2"
    assert list(remembered["demo:password"]) == ["secure"]


@pytest.mark.e2e
def test_bad_input_is_refused_before_anything_is_touched(program: Path) -> None:
    local(program, "config", "set", "size", "13")
    result = engine(program, "up")
    assert result.returncode == 1
    assert "demo:Thing (thing):\n    error: size.count: 13 brings bad luck\n" in result.stdout
    assert result.stdout.endswith("The plan has errors, so nothing was changed.\n")
    assert "Traceback" not in result.stdout
    assert backend(program).load("demo", "dev") is None


@contextmanager
def started_update(program: Path, gate: Path) -> Iterator[subprocess.Popen[str]]:
    """Start an update and come back while a create hangs until ``gate`` is opened."""
    os.mkfifo(gate)
    local(program, "config", "set", "wait", str(gate))
    process = subprocess.Popen(
        command(program, "up", "--skip-preview"),
        env=clean_environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            if "demo:Thing thing creating..." in line:
                break
        else:
            pytest.fail(f"the create never started: {process.communicate()[1]}")
        yield process
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


def wait_for_line(process: subprocess.Popen[str], part: str) -> None:
    assert process.stderr is not None
    assert any(part in line for line in process.stderr)


@pytest.mark.e2e
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_one_interrupt_lets_what_is_under_way_finish(program: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with started_update(program, gate) as process:
        process.send_signal(signal.SIGINT)
        wait_for_line(process, "cancelling")
        gate.write_text("")
        assert process.wait(timeout=30) == 8
    names = {resource.name for resource in state(program).resources}
    assert "thing" in names
    assert state(program).pending_operations == []


@pytest.mark.e2e
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_second_interrupt_ends_at_once_and_the_state_tells(program: Path, tmp_path: Path) -> None:
    with started_update(program, tmp_path / "gate") as process:
        process.send_signal(signal.SIGINT)
        wait_for_line(process, "cancelling")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 8
    snapshot = state(program)
    assert "thing" not in {resource.name for resource in snapshot.resources}
    assert not list((program / ".pulumi-state/.pulumi/locks").rglob("*.json")), "unlocked"
    local(program, "config", "rm", "wait")
    again = engine(program, "up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "thing" in {resource.name for resource in state(program).resources}


def test_a_locked_stack_is_refused_with_the_holder_s_name(program: Path) -> None:
    with backend(program).lock("demo", "dev"):
        result = engine(program, "up")
    assert result.returncode == 1
    assert f"pid {os.getpid()}" in result.stderr


def test_an_operation_under_way_is_part_of_an_export(project: Path) -> None:
    pending = PendingOperation(
        Resource("urn:pulumi:dev::demo::a:b:C::n", "a:b:C", inputs={"pw": Secret("x")}), "creating"
    )
    backend(project).save("demo", "dev", Snapshot(pending_operations=[pending]))
    exported = json.loads(local(project, "stack", "export").stdout)
    assert exported["deployment"]["pending_operations"][0]["type"] == "creating"
