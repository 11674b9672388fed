"""Stacks as commands see them, of the Pulumi CLI and of the embedded engine."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from agentrun_provider.cli.errors import CommandError
from agentrun_provider.cli.stack import HIDDEN, Stack, kind_of, load_stack
from agentrun_provider.cli.target import Selection, pick_runtime

from .conftest import PROJECT

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
ROOT = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
AGENT = "urn:pulumi:dev::shop::agentrun:index:Agent::first"
DYNAMIC = "pulumi-python:dynamic/agentrun"


def resource(kind: str, name: str, **more: Any) -> dict[str, Any]:
    type_ = f"{DYNAMIC}:{kind}"
    urn = f"urn:pulumi:dev::shop::{type_}::{name}"
    return {"urn": urn, "type": type_, "custom": True, "id": f"id-{name}", "parent": ROOT, **more}


DEPLOYMENT: dict[str, Any] = {
    "manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""},
    "resources": [
        {"urn": ROOT, "type": "pulumi:pulumi:Stack", "custom": False},
        {"urn": AGENT, "type": "agentrun:index:Agent", "custom": False, "parent": ROOT},
        resource(
            "Runtime",
            "first-runtime",
            parent=AGENT,
            inputs={
                "__provider": "pickled",
                "name": "a1",
                "environmentVariables": {
                    "KEY": {**SECRET, "ciphertext": "v1:AAAA:BBBB"},
                    "LEVEL": "info",
                },
            },
            outputs={"name": "a1"},
        ),
        resource(
            "RuntimeEndpoint",
            "live",
            parent=AGENT,
            inputs={"runtimeId": "id-first-runtime", "name": "live"},
        ),
        resource("Runtime", "second", outputs={"name": "a2"}, inputs={"region": "cn-shanghai"}),
        resource("RuntimeVersion", "old", delete=True),
    ],
    "pending_operations": [
        {"resource": resource("RuntimeVersion", "new", inputs={}), "type": "creating"}
    ],
}

SALT = "v1:JQjTZLcyg/Q=:v1:EHQLkoN9ANe+Xn6f:/Bz+RxdOrEDhZhbVdoth60KMBFyg5Q=="

# Speaks as the CLI does, as far as it is asked here; what it is asked is kept beside it.
CLI = """\
#!{python}
import json, os, pathlib, sys
here = pathlib.Path(__file__).parent
arguments = [a for a in sys.argv[1:] if a not in ("--non-interactive", "--color", "never")]
with open(here / "asked", "a") as asked:
    asked.write(" ".join(arguments) + "\\n")
if (here / "logged-out").exists():
    sys.exit(print("error: PULUMI_ACCESS_TOKEN must be set", file=sys.stderr) or 3)
if (here / "legacy").exists():
    sys.exit(print("error: \\n====\\nLegacy state\\nis deprecated\\n====", file=sys.stderr) or 255)
stack = arguments[arguments.index("--stack") + 1] if "--stack" in arguments else "dev"
if stack != "dev":
    sys.exit(print(f"error: no stack named '{{stack}}' found", file=sys.stderr) or 6)
if arguments[:2] == ["stack", "--show-name"]:
    print("dev")
elif arguments[:2] == ["stack", "export"]:
    print((here / "export.json").read_text())
elif arguments[:2] == ["config", "--json"]:
    print(json.dumps({{
        "agentrun:region": {{"value": "cn-hangzhou", "secret": False}},
        "agentrun:accessKeySecret": {{"secret": True}},
    }}))
elif arguments[:2] == ["config", "get"]:
    print("the secret")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a stack in files, of which nothing runs anywhere."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "Pulumi.dev.yaml").write_text(
        f"encryptionsalt: {SALT}\n"
        "config:\n"
        "  shop:size: 3\n"
        "  agentrun:accessKeySecret:\n"
        "    secure: v1:AAAA:BBBB\n"
    )
    put_state(folder, "dev")
    return folder


def put_state(folder: Path, stack: str) -> None:
    state = folder / "state/.pulumi/stacks/shop"
    state.mkdir(parents=True, exist_ok=True)
    checkpoint = {"stack": f"organization/shop/{stack}", "latest": DEPLOYMENT}
    (state / f"{stack}.json").write_text(json.dumps({"version": 3, "checkpoint": checkpoint}))


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the PATH with a stand-in for the Pulumi CLI."""
    folder = tmp_path / "cli"
    folder.mkdir()
    (folder / "export.json").write_text(json.dumps({"version": 3, "deployment": DEPLOYMENT}))
    program = folder / "pulumi"
    program.write_text(CLI.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    url = {"PULUMI_BACKEND_URL": f"file://{folder}/state"}
    return {**os.environ, **url, **more}


def check_resources(stack: Stack) -> None:
    assert [(r.kind, r.name, r.id) for r in stack.resources] == [
        ("", "shop-dev", ""),
        ("Agent", "first", ""),
        ("Runtime", "first-runtime", "id-first-runtime"),
        ("RuntimeEndpoint", "live", "id-live"),
        ("Runtime", "second", "id-second"),
    ]
    runtime = stack.of_kind("Runtime")[0]
    assert runtime.parent == AGENT
    assert runtime.inputs == {
        "name": "a1",
        "environmentVariables": {"KEY": HIDDEN, "LEVEL": "info"},
    }
    assert [urn.rsplit("::", 1)[-1] for urn in stack.pending] == ["new"]


def test_files_are_read_without_the_passphrase_and_secrets_stay_hidden(project: Path) -> None:
    stack = load_stack(project, environ=environment(project))
    assert (stack.name, stack.project, stack.folder) == ("dev", "shop", project)
    assert stack.engine == "local"
    check_resources(stack)


def test_configuration_joins_the_projects_defaults_and_decrypts_a_secret_only_when_looked_at(
    project: Path,
) -> None:
    stack = load_stack(project, environ=environment(project))
    assert sorted(stack.config) == ["agentrun:accessKeySecret", "agentrun:region", "shop:size"]
    assert stack.config["agentrun:region"] == "cn-hangzhou"
    assert stack.config["shop:size"] == "3"
    with pytest.raises(CommandError, match="agentrun:accessKeySecret of stack dev") as refused:
        _ = stack.config["agentrun:accessKeySecret"]
    assert "PULUMI_CONFIG_PASSPHRASE" in refused.value.one_line()


def test_the_cli_is_asked_for_what_is_not_in_files(project: Path, cli: Path) -> None:
    environ = environment(project) | {"PULUMI_BACKEND_URL": "https://api.pulumi.com"}
    stack = load_stack(project, environ=environ)
    assert (stack.name, stack.project, stack.engine) == ("dev", "shop", "cli")
    check_resources(stack)
    assert stack.config["agentrun:region"] == "cn-hangzhou"
    asked = (cli / "asked").read_text()
    assert "config get" not in asked
    assert stack.config["agentrun:accessKeySecret"] == "the secret"
    assert "config get agentrun:accessKeySecret --stack dev" in (cli / "asked").read_text()


def test_without_an_address_the_cli_counts_unless_the_engines_own_folder_has_the_stack(
    project: Path, cli: Path
) -> None:
    environ = {k: v for k, v in environment(project).items() if k != "PULUMI_BACKEND_URL"}
    assert load_stack(project, environ=environ).engine == "cli"
    shutil.copytree(project / "state", project / ".pulumi-state")
    assert load_stack(project, environ=environ).engine == "local"
    assert load_stack(project, engine="cli", environ=environ).engine == "cli"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("Pulumi.yaml", PROJECT.replace("python", "nodejs")),
        ("Pulumi.dev.yaml", "secretsprovider: awskms://alias/key\nconfig: {}\n"),
        ("Pulumi.dev.yaml", "environment: [shared]\nconfig: {}\n"),
    ],
)
def test_what_only_the_cli_understands_is_left_to_it_where_it_is(
    project: Path, cli: Path, file: str, text: str
) -> None:
    (project / file).write_text(text)
    assert load_stack(project, environ=environment(project)).engine == "cli"
    assert "stack export --stack dev" in (cli / "asked").read_text()
    (cli / "pulumi").unlink()
    with pytest.raises(CommandError, match="not supported by the embedded engine"):
        load_stack(project, environ=environment(project))


def test_among_several_stacks_the_one_selected_in_the_cli_is_taken(
    project: Path, cli: Path
) -> None:
    put_state(project, "prod")
    (project / "Pulumi.prod.yaml").write_text("config: {}\n")
    assert load_stack(project, environ=environment(project)).name == "dev"
    assert load_stack(project, "prod", environ=environment(project)).name == "prod"
    assert load_stack(project, environ=environment(project, PULUMI_STACK="prod")).name == "prod"


@pytest.mark.parametrize("engine", ["cli", "local"])
def test_a_stack_that_does_not_exist_is_not_found(project: Path, cli: Path, engine: Any) -> None:
    with pytest.raises(CommandError, match="there is no stack nowhere") as refused:
        load_stack(project, "nowhere", engine, environment(project))
    assert refused.value.code == 3


def test_several_stacks_and_none_selected_are_told(project: Path) -> None:
    put_state(project, "prod")
    with pytest.raises(CommandError, match="name one with --stack: dev, prod"):
        load_stack(project, environ=environment(project))


def test_a_cli_that_is_not_logged_in_is_exit_code_4_in_its_own_words(
    project: Path, cli: Path
) -> None:
    (cli / "logged-out").touch()
    with pytest.raises(CommandError, match="PULUMI_ACCESS_TOKEN must be set") as refused:
        load_stack(project, "dev", "cli", environment(project))
    assert refused.value.code == 4
    assert "pulumi login" in refused.value.hint


def test_where_the_files_do_not_hold_the_stack_the_cli_says_why(project: Path, cli: Path) -> None:
    (cli / "legacy").touch()
    (project / "state/.pulumi/stacks/shop/dev.json").unlink()
    with pytest.raises(CommandError) as refused:
        load_stack(project, "dev", environ=environment(project))
    assert str(refused.value).endswith("failed: Legacy state is deprecated")


def test_no_cli_where_one_is_needed_says_how_to_get_it(project: Path) -> None:
    environ = environment(project) | {"PULUMI_BACKEND_URL": "https://api.pulumi.com"}
    with pytest.raises(CommandError, match="the Pulumi CLI is not on the PATH") as refused:
        load_stack(project, environ=environ)
    assert "pulumi-agentrun local up" in refused.value.hint


def test_a_broken_state_is_one_line(project: Path) -> None:
    (project / "state/.pulumi/stacks/shop/dev.json").write_text("{")
    with pytest.raises(CommandError, match=r"dev\.json is not valid JSON"):
        load_stack(project, environ=environment(project))


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        (f"{DYNAMIC}:Runtime", "Runtime"),
        ("agentrun:index:Agent", "Agent"),
        ("pulumi-python:dynamic/other:Runtime", ""),
        ("alicloud:vpc/network:Network", ""),
    ],
)
def test_kinds_are_known_by_their_type(type_: str, kind: str) -> None:
    assert kind_of(type_) == kind


def test_one_runtime_among_several_is_chosen_by_its_name_or_its_agents(project: Path) -> None:
    stack = load_stack(project, environ=environment(project))
    with pytest.raises(CommandError, match="several runtimes: first-runtime, second") as several:
        pick_runtime(stack)
    assert several.value.code == 2
    assert pick_runtime(stack, "second").id == "id-second"
    assert pick_runtime(stack, "first").id == "id-first-runtime"
    with pytest.raises(CommandError, match="no runtime third") as absent:
        pick_runtime(stack, "third")
    assert absent.value.code == 3


def test_a_target_has_its_own_resources_and_the_runtimes_own_settings(project: Path) -> None:
    environ = environment(project, PULUMI_CONFIG_PASSPHRASE="", AGENTRUN_ACCOUNT_ID="1")
    (project / "Pulumi.dev.yaml").write_text("config: {}\n")
    first = Selection(folder=project, resource="first", environ=environ).open()
    assert [item.name for item in first.resources] == ["first", "first-runtime", "live"]
    assert (first.runtime_id, first.runtime_name) == ("id-first-runtime", "a1")
    assert first.region == "cn-hangzhou"
    assert first.function_name == "agentrun-id-first-runtime"
    second = Selection(folder=project, resource="second", environ=environ)
    assert second.open().region == "cn-shanghai"
    moved = Selection(folder=project, resource="second", region="eu-west-1", environ=environ)
    assert moved.open().region == "eu-west-1"


def test_no_project_is_an_error_that_names_the_other_ways(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no Pulumi\.yaml") as refused:
        load_stack(tmp_path, environ={})
    assert "--name" in refused.value.hint
    assert "--cwd" in refused.value.hint


REAL_CLI = shutil.which("pulumi")


@pytest.mark.skipif(REAL_CLI is None, reason="there is no Pulumi CLI")
def test_the_real_cli_and_the_files_tell_the_same(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(str(REAL_CLI)).parent}{os.pathsep}{os.environ['PATH']}")
    (project / "Pulumi.dev.yaml").write_text("config:\n  shop:size: 3\n")
    environ = environment(project, PULUMI_CONFIG_PASSPHRASE="", PULUMI_HOME=str(project / "home"))
    of_cli = load_stack(project, "dev", "cli", environ)
    of_files = load_stack(project, "dev", "local", environ)
    assert of_cli.resources == of_files.resources
    assert dict(of_cli.config) == dict(of_files.config)
    assert of_cli.pending == of_files.pending
