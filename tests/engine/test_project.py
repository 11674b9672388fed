"""The project and stack files: read as the CLI does, and changed without losing comments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pulumi_local.errors import EngineError, ProjectError, SecretsError, StackNotFoundError
from pulumi_local.project import Project
from pulumi_local.secrets import Crypter
from pulumi_local.stack_config import ProjectSalts, StackConfig, StackFile, resolve_config
from pulumi_local.state import Resource, Snapshot
from pulumi_local.values import Secret
from pulumi_local.workspace import Workspace, open_workspace
from pulumi_local.yaml_text import parse_yaml, set_entry

EMPTY_PASSPHRASE = {"PULUMI_CONFIG_PASSPHRASE": ""}
CLI_SALT = "v1:7c/zYn/ghvo=:v1:CR9fgfVGnVDrsNAt:fLV84OmcZlk1BZU5fLeGr34ZMZu+4g=="
CLI_SEALED = "v1:dkCW0+hmEcFjWheY:fNxrrrnvydDFjkbEMbn+cZ/jutN3PA=="


def make_project(folder: Path, extra: str = "") -> Project:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text(f"name: demo\nruntime: python\n{extra}")
    return Project.find(folder)


def config(project: Project, raw: dict[str, Any], stack: str = "dev") -> StackConfig:
    return resolve_config(project, stack, raw, lambda sealed: f"opened {sealed}")


# --- Pulumi.yaml


def test_the_project_is_found_from_a_folder_inside_it(tmp_path: Path) -> None:
    make_project(tmp_path)
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert Project.find(tmp_path / "a" / "b").root == tmp_path


def test_a_folder_without_a_project_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=str(tmp_path)):
        Project.find(tmp_path)


def test_main_virtualenv_and_plugins_are_relative_to_the_project(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(
        "name: demo\n"
        "main: examples/quickstart\n"
        "runtime: {name: python, options: {virtualenv: .venv}}\n"
        "backend: {url: 'file://./states'}\n"
        "plugins: {providers: [{name: demo, path: ./provider}]}\n"
    )
    project = Project.find(tmp_path)
    assert project.program_path == tmp_path / "examples/quickstart"
    assert project.virtualenv == tmp_path / ".venv"
    assert project.plugin_paths == {"demo": tmp_path / "provider"}
    assert project.backend_url == "file://./states"


def test_without_main_the_program_is_beside_the_project_file(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    assert project.program_path == tmp_path
    assert project.virtualenv is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("runtime: python\n", "'name'"),
        ("name: ''\nruntime: python\n", "'name'"),
        ("name: demo\n", "'runtime'"),
        ("name: demo\nruntime: nodejs\n", "'nodejs' is not supported"),
        ("- a\n", "mapping"),
        ("name: [\n", "Pulumi.yaml"),
        ("name: d\nruntime: python\nconfig: {a: {default: 1, value: 2}}\n", "both"),
        ("name: d\nruntime: python\nconfig: {a: {type: array}}\n", "'items'"),
        ("name: d\nruntime: python\nconfig: {aws:x: {type: string}}\n", "not namespaced"),
        ("name: d\nruntime: python\nconfig: {aws:x: {secret: true}}\n", "'value'"),
    ],
)
def test_a_project_file_with_a_fault_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(ProjectError, match=message):
        Project.find(tmp_path)


def test_stack_files_can_live_in_a_folder_of_their_own(tmp_path: Path) -> None:
    project = make_project(tmp_path, "stackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    for name in ("Pulumi.dev.yaml", "Pulumi.prod.yaml", "Pulumi.yaml"):
        (tmp_path / "stacks" / name).write_text("")
    assert project.stack_file("dev") == tmp_path / "stacks" / "Pulumi.dev.yaml"
    assert project.stacks_with_file() == ["dev", "prod"]


# --- configuration values


def test_values_reach_the_program_as_the_text_the_cli_gives(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(
        "config:\n"
        "  demo:int: 5\n"
        "  demo:float: 1.5\n"
        "  demo:exponent: 1e3\n"
        "  demo:bool: true\n"
        "  demo:none:\n"
        '  demo:list: [1, 2.5, "x", true, null]\n'
        '  demo:map: {z: 1, a: "é"}\n'
        '  demo:text: "05"\n'
        "  demo:octal: 010\n"
        "  demo:date: 2020-01-01\n"
        "  demo:yes: yes\n"
        "  demo:time: 12:30\n"
    )
    raw = StackFile(tmp_path / "Pulumi.dev.yaml").raw_config
    assert config(make_project(tmp_path), raw).plain() == {
        "demo:int": "5",
        "demo:float": "1.5",
        "demo:exponent": "1000",
        "demo:bool": "true",
        "demo:none": "",
        "demo:list": '[1,2.5,"x",true,null]',
        "demo:map": '{"a":"é","z":1}',
        "demo:text": "05",
        "demo:octal": "8",
        "demo:date": "2020-01-01 00:00:00 +0000 UTC",
        "demo:yes": "yes",
        "demo:time": "12:30",
    }


def test_secrets_are_opened_for_the_program_and_masked_for_people(tmp_path: Path) -> None:
    raw = {
        "demo:pw": {"secure": "abc"},
        "demo:mix": {"n": 5, "deep": [{"secure": "def"}]},
        "demo:plain": "x",
    }
    values = config(make_project(tmp_path), raw)
    assert values.plain()["demo:pw"] == "opened abc"
    assert values.plain()["demo:mix"] == '{"deep":["opened def"],"n":5}'
    assert values.shown()["demo:pw"] == "[secret]"
    assert values.shown()["demo:mix"] == '{"deep":["[secret]"],"n":5}'
    assert values.secret_keys() == ["demo:mix", "demo:pw"]
    assert values.wrapped()["demo:pw"] == Secret("opened abc")
    assert values.wrapped()["demo:plain"] == "x"
    assert "opened" not in repr(values)


def test_project_defaults_fill_in_what_the_stack_leaves_open(tmp_path: Path) -> None:
    project = make_project(
        tmp_path,
        "config:\n"
        "  size: {type: integer, default: 3}\n"
        "  color: red\n"
        "  demo:shape: {value: round}\n"
        "  aws:region: {value: eu-west-1}\n"
        "  list: {type: array, items: {type: string}, default: [a, b]}\n",
    )
    assert config(project, {"demo:color": "blue"}).plain() == {
        "aws:region": "eu-west-1",
        "demo:color": "blue",
        "demo:list": '["a","b"]',
        "demo:shape": "round",
        "demo:size": "3",
    }


def test_every_missing_value_is_named(tmp_path: Path) -> None:
    project = make_project(tmp_path, "config: {a: {type: string}, b: {type: string}}\n")
    with pytest.raises(ProjectError, match="'dev' is missing configuration values 'a', 'b'"):
        config(project, {})


@pytest.mark.parametrize(
    ("type_", "raw", "fits"),
    [
        ("string", "x", True),
        ("string", {"a": 1}, False),
        ("integer", 5, True),
        ("integer", "5", True),
        ("integer", "-5", True),
        ("integer", "five", False),
        ("integer", 1.5, False),
        ("boolean", True, True),
        ("boolean", "false", True),
        ("boolean", "yes", False),
        ("object", {"a": 1}, True),
        ("object", [1], False),
        ("array, items: {type: integer}", [1, 2], True),
        ("array, items: {type: integer}", [1, "x"], False),
        ("array, items: {type: integer}", "1", False),
        ("array, items: {type: array, items: {type: boolean}}", [[True]], True),
    ],
)
def test_values_are_checked_against_their_type(
    tmp_path: Path, type_: str, raw: Any, fits: bool
) -> None:
    project = make_project(tmp_path, f"config: {{key: {{type: {type_}}}}}\n")
    if fits:
        assert "demo:key" in config(project, {"demo:key": raw}).values
    else:
        with pytest.raises(ProjectError, match="'key' must be of type"):
            config(project, {"demo:key": raw})


def test_a_value_declared_secret_must_be_encrypted(tmp_path: Path) -> None:
    project = make_project(tmp_path, "config: {key: {type: string, secret: true}}\n")
    with pytest.raises(ProjectError, match="must be encrypted"):
        config(project, {"demo:key": "plain"})
    assert config(project, {"demo:key": {"secure": "x"}}).secret_keys() == ["demo:key"]


# --- the stack file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("secretsprovider: awskms://x\n", "awskms"),
        ("environment: [dev]\n", "'environment'"),
        ("config: 5\n", "mapping"),
    ],
)
def test_a_stack_file_that_needs_more_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    with pytest.raises(ProjectError, match=message):
        _ = StackFile(tmp_path / "Pulumi.dev.yaml").raw_config


STACK_TEXT = """\
# for development
encryptionsalt: old
config:
  demo:a: 1 # one
  # about b
  demo:b:
    secure: zzz

  demo:c: [1,
    2]
# the end
"""


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        (("encryptionsalt",), "new", "encryptionsalt: old\n", "encryptionsalt: new\n"),
        (("config", "demo:a"), "3", "  demo:a: 1 # one\n", "  demo:a: '3'\n"),
        (("config", "demo:b"), None, "  demo:b:\n    secure: zzz\n", ""),
        (("config", "demo:b"), "x", "  demo:b:\n    secure: zzz\n", "  demo:b: x\n"),
        (
            ("config", "demo:c"),
            {"secure": "q"},
            "  demo:c: [1,\n    2]\n",
            "  demo:c:\n    secure: q\n",
        ),
        (("config", "demo:d"), "new", "    2]\n", "    2]\n  demo:d: new\n"),
        (("other",), "new", "    2]\n", "    2]\nother: new\n"),
        (("config", "demo:z"), None, "", ""),
    ],
)
def test_one_entry_is_changed_and_the_rest_kept(
    path: tuple[str, ...], value: Any, before: str, after: str
) -> None:
    assert set_entry(STACK_TEXT, path, value) == STACK_TEXT.replace(before, after, 1)


@pytest.mark.parametrize("text", ["", "config:\n", "config: {}\n", "# note\nconfig:\n", "x: 1"])
def test_the_first_entry_of_a_block_makes_the_block(text: str) -> None:
    data = parse_yaml(set_entry(text, ("config", "demo:a"), "v"), "text")
    assert data["config"] == {"demo:a": "v"}
    assert data.get("x") == (1 if "x" in text else None)


def test_a_block_in_braces_is_left_to_its_author() -> None:
    with pytest.raises(ProjectError, match="by hand"):
        set_entry("config: {a: 1}\n", ("config", "b"), "v")


# --- the workspace


def workspace(folder: Path, stack: str | None = "dev", url: str | None = None) -> Workspace:
    return open_workspace(folder, stack, url, EMPTY_PASSPHRASE)


def test_secrets_written_by_the_cli_are_read_with_the_stack_s_salt(tmp_path: Path) -> None:
    make_project(tmp_path)
    (tmp_path / "Pulumi.dev.yaml").write_text(
        f"encryptionsalt: {CLI_SALT}\nconfig:\n  demo:pw:\n    secure: {CLI_SEALED}\n"
    )
    assert workspace(tmp_path).config.plain() == {"demo:pw": "sesame"}


def test_secrets_without_a_salt_are_an_error_that_says_so(tmp_path: Path) -> None:
    make_project(tmp_path)
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config: {{demo:pw: {{secure: '{CLI_SEALED}'}}}}\n")
    with pytest.raises(ProjectError, match="encryptionsalt"):
        _ = workspace(tmp_path).config


def test_an_unset_passphrase_matters_only_when_there_is_a_secret(tmp_path: Path) -> None:
    make_project(tmp_path)
    (tmp_path / "Pulumi.dev.yaml").write_text(f"encryptionsalt: {CLI_SALT}\nconfig:\n  demo:a: x\n")
    assert open_workspace(tmp_path, "dev", None, {}).config.plain() == {"demo:a": "x"}
    StackFile(tmp_path / "Pulumi.dev.yaml").set_config("demo:pw", {"secure": CLI_SEALED})
    with pytest.raises(SecretsError, match="passphrase must be set"):
        _ = open_workspace(tmp_path, "dev", None, {}).config


def test_the_first_secret_of_the_state_puts_a_salt_into_the_stack_file(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    path = project.stack_file("dev")
    path.write_text("# mine\nconfig:\n  demo:a: x\n")
    space = workspace(tmp_path)
    resource = Resource("urn:pulumi:dev::demo::a:b:C::n", "a:b:C", inputs={"pw": Secret("x")})
    space.backend.save("demo", "dev", Snapshot([resource]))
    text = path.read_text()
    assert text.startswith("# mine\nconfig:\n  demo:a: x\nencryptionsalt: v1:")
    salt = ProjectSalts(project).salt("demo", "dev")
    assert Crypter("", salt).decrypt(space.crypter.encrypt("y")) == "y"
    assert ProjectSalts(project).salt("elsewhere", "dev") == ""


def test_states_are_kept_beside_the_project_unless_told_otherwise(tmp_path: Path) -> None:
    make_project(tmp_path / "p")
    assert workspace(tmp_path / "p").backend.root == tmp_path / "p" / ".pulumi-state"
    chosen = workspace(tmp_path / "p", url=f"file://{tmp_path}/s")
    assert chosen.backend.root == tmp_path / "s"
    by_variable = open_workspace(
        tmp_path / "p", "dev", None, {"PULUMI_BACKEND_URL": f"file://{tmp_path}/v"}
    )
    assert by_variable.backend.root == tmp_path / "v"
    make_project(tmp_path / "q", "backend: {url: 'file://./mine'}\n")
    assert workspace(tmp_path / "q").backend.root == tmp_path / "q" / "mine"


def test_another_kind_of_backend_is_an_error(tmp_path: Path) -> None:
    make_project(tmp_path)
    with pytest.raises(EngineError, match="only file://"):
        workspace(tmp_path, url="https://api.pulumi.com")


def test_the_only_stack_need_not_be_named(tmp_path: Path) -> None:
    make_project(tmp_path)
    with pytest.raises(StackNotFoundError, match="--stack"):
        workspace(tmp_path, None)
    (tmp_path / "Pulumi.dev.yaml").write_text("")
    assert workspace(tmp_path, None).stack == "dev"
    (tmp_path / "Pulumi.prod.yaml").write_text("")
    with pytest.raises(StackNotFoundError, match="dev, prod"):
        workspace(tmp_path, None)
    named = open_workspace(tmp_path, None, None, {"PULUMI_STACK": "prod"})
    assert named.stack == "prod"


def test_a_stack_may_be_named_in_full(tmp_path: Path) -> None:
    make_project(tmp_path)
    assert workspace(tmp_path, "organization/demo/dev").stack == "dev"
    assert workspace(tmp_path, "organization/dev").stack == "dev"
    for wrong in ("organization/other/dev", "a/b/c/d", "dev/"):
        with pytest.raises(ProjectError):
            workspace(tmp_path, wrong)


def test_the_state_of_a_stack_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    make_project(tmp_path)
    with pytest.raises(StackNotFoundError, match="no stack named 'dev' found"):
        workspace(tmp_path).snapshot()
