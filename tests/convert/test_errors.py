"""Files that can't be converted: each fault with file, line and reason; nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import SAMPLES, convert

GOOD = """\
edition: 3.0.0
name: shop
resources:
  agent:
    component: agentrun
    props:
      region: cn-hangzhou
      agent:
        name: shop
        code:
          src: .
          language: python3.12
        cpu: 1
        memory: 2048
        port: 9000
"""


def refused(folder: Path, text: str) -> list[str]:
    """What is said of a file; nothing may have been written."""
    (folder / "s.dev.yaml").write_text(text, encoding="utf-8")
    result = convert(folder / "s.dev.yaml", "--out", folder / "out")
    assert result.exit_code == 2, result.output
    assert not (folder / "out").exists()
    assert result.stdout == ""
    prefix = f"error: {folder / 's.dev.yaml'}:"
    lines = result.stderr.splitlines()
    assert all(line.startswith(prefix) for line in lines), lines
    return [line.removeprefix(prefix) for line in lines]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("cpu: 1", "cpu: [1", "14: is not valid YAML"),
        ("cpu: 1", "name: again", "13: has the key 'name' twice"),
        ("component: agentrun", "component: fc3", "5: resource 'agent' is of the component 'fc3'"),
        ("edition: 3.0.0", "edition: 1.0.0", "1: is of edition 1.0.0"),
        ("edition: 3.0.0\n", "", "1: has no edition"),
        ("name: shop\n        code", "name: ${vars.name}\n        code", "9: ${vars.name} can't"),
        (
            "name: shop\n        code",
            "name: ${resources.b.props.x}\n        code",
            "9: ${resources",
        ),
        ("memory: 2048", "memory: ${nonsense}", "14: ${nonsense} can't be resolved"),
        ("memory: 2048", "memory: ${file('none')}", "14: ${file('none')} can't be resolved"),
        ("memory: 2048", "memory: ${config('AccessKeyID')}", "14: ${config('AccessKeyID')} can't"),
        ("cpu: 1", "cpu: 17", "13: agent.cpu is 17, not from 0.05 to 16"),
        ("memory: 2048", 'memory: "2048"', "14: agent.memory must be a number, not '2048'"),
        ("port: 9000", "port: 9000.5", "15: agent.port must be a whole number"),
        ("language: python3.12", "language: python3.11", "12: agent.code.language is 'python3.11'"),
        ("src: .", "ossBucketName: b", "10: agent.code needs either src, or both"),
        ("region: cn-hangzhou", "zone: a", "6: props.region is missing"),
        ("port: 9000", "role: 1role", "15: agent.role is '1role': it must be the name of a role"),
        ("port: 9000", "diskSize: 1024", "15: agent.diskSize is 1024, not 512 or 10240"),
        (
            "port: 9000",
            "logConfig: {project: a, logstore: b, enableRequestMetrics: true}",
            "15: agent.logConfig can't have 'enableRequestMetrics'",
        ),
        (
            "port: 9000",
            "nasConfig: {mountPoints: [{serverAddr: 'a:/', mountDir: /a}]}",
            "15: agent.nasConfig needs vpcConfig",
        ),
        (
            "port: 9000",
            "vpcConfig: {vpcId: vpc-1, vSwitchIds: []}",
            "15: agent.vpcConfig.securityGroupId is missing",
        ),
        ("port: 9000", "endpoints: [{name: a, weight: 1}]", "15: agent.endpoints[0].weight must"),
        ("port: 9000", "endpoints: [{name: a}, {name: a}]", "15: agent.endpoints[1] has the name"),
        ("port: 9000", "endpoints: [{name: a, version: 0}]", "15: agent.endpoints[0].version is"),
        ("port: 9000", "workspace: {description: a}", "15: agent.workspace needs an id or a name"),
        ("name: shop\n        code", "code", "8: agent.name is missing"),
        ("memory: 2048", "memory: .nan", "14: agent.memory must be a number, not nan"),
        ("memory: 2048", "memory: ${vars.a + 1}", "14: ${vars.a + 1} can't be converted: it comp"),
        ("cpu: 1", "cpu: ${env('A') + env('B')}", "13: ${env('A') + env('B')} can't be converted"),
        ("cpu: 1", "<<: 5", "13: `<<` must merge mappings"),
        ("cpu: 1", "cpu: &a [*a]", "13: holds an alias of itself"),
        ("cpu: 1", "cpu: [1]", "13: agent.cpu must be a number, not a list"),
        ("cpu: 1", "cpu: ${}", "13: ${} can't be resolved"),
        ("cpu: 1", "cpu: ${json()}", "13: ${json()} can't be resolved: it is no JSON"),
        ("cpu: 1", "cpu: 1\n---\nb: 2", "14: is not valid YAML: but found another document"),
        ("cpu: 1", "\tcpu: 1", "13: is not valid YAML"),
        ("resources:", "services:", "1: has `services`, as edition 1.0 called them"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    lines = refused(tmp_path, GOOD.replace(old, new, 1))
    assert any(line.startswith(told) for line in lines), lines


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("cpu: 1", "cpu: 17").replace("port: 9000", "port: 0")
    assert len(refused(tmp_path, text)) == 2
    text = text.replace("src: .", "src: ${vars.a}").replace("memory: 2048", "memory: ${vars.b}")
    assert [line.partition(":")[0] for line in refused(tmp_path, text)] == ["11", "13", "14", "15"]
    whole = text.replace(
        "code:\n          src: ${vars.a}\n          language: python3.12", "code: ${b}"
    )
    assert [line.partition(":")[0] for line in refused(tmp_path, whole)] == ["10", "11", "12", "13"]


def test_a_reference_to_itself_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("name: shop\n        code", "name: ${vars.a}\n        code")
    text += "vars:\n  a: ${vars.b}\n  b: x${vars.a}\n"
    assert any("refers to itself" in line for line in refused(tmp_path, text))


def test_an_output_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("description", "") + (
        "        environmentVariables:\n          A: ${resources.agent.output.agent.secret}\n"
    )
    assert any("can't be resolved: id, arn" in line for line in refused(tmp_path, text))


def test_two_agents_of_one_name_are_refused(tmp_path: Path) -> None:
    again = GOOD.partition("resources:\n")[2].replace("  agent:\n", "  again:\n", 1)
    (line,) = refused(tmp_path, GOOD + again)
    assert line.startswith("21: again and agent have the name shop in one region")


def test_nothing_of_a_file_gets_to_the_terminal_as_a_command(tmp_path: Path) -> None:
    text = GOOD.replace("cpu: 1", 'cpu: "\\e[2J"').replace("port: 9000", 'port: "\\e]0;a"')
    assert not any("\x1b" in line for line in refused(tmp_path, text))


def test_outputs_that_go_round_are_told_where_they_stand(tmp_path: Path) -> None:
    text = GOOD + "        description: ${resources.agent.output.agent.id}\n"
    assert refused(tmp_path, text) == ["16: agent refers to its own output"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = convert(tmp_path / "s.yaml", "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "can't be read" in result.stderr


def test_two_files_of_one_stack_are_refused(tmp_path: Path) -> None:
    for name in ("s.dev.yaml", "s.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    files = [tmp_path / "s.dev.yaml", tmp_path / "s.yaml"]
    result = convert(*files, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "becomes the stack 'dev'" in result.stderr
    named = convert(*files, "--out", tmp_path / "out", "--stack", "dev", "--stack", "prod")
    assert named.exit_code == 0, named.output
    once = convert(*files, "--out", tmp_path / "other", "--stack", "dev")
    assert once.exit_code == 2


@pytest.mark.parametrize("stack", ["../prod", "a b", "org/shop/prod"])
def test_a_stack_needs_a_name_that_a_file_can_have(tmp_path: Path, stack: str) -> None:
    (tmp_path / "s.yaml").write_text(GOOD, encoding="utf-8")
    result = convert(tmp_path / "s.yaml", "--out", tmp_path / "out", "--stack", stack)
    assert result.exit_code == 2
    assert f"{stack!r} can't be the name of a stack" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


def test_nothing_is_left_of_files_that_can_not_all_be_written(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(GOOD, encoding="utf-8")
    out = tmp_path / "out"
    (out / "MIGRATION.md").mkdir(parents=True)
    result = convert(tmp_path / "s.yaml", "--out", out, "--force")
    assert result.exit_code == 2
    assert f"{out / 'MIGRATION.md'}:1: is a folder" in result.stderr
    assert [path.name for path in out.iterdir()] == ["MIGRATION.md"]


def test_a_file_that_others_extend_may_be_none_of_its_own(tmp_path: Path) -> None:
    base = GOOD.replace("name: shop\n        code", "name: ${vars.env}\n        code")
    (tmp_path / "s.base.yaml").write_text(base, encoding="utf-8")
    (tmp_path / "s.dev.yaml").write_text("extend: s.base.yaml\nvars: {env: dev}\n", "utf-8")
    files = [tmp_path / "s.base.yaml", tmp_path / "s.dev.yaml"]
    result = convert(*files, "--out", tmp_path / "out")
    assert f"{files[0]}:1: s.dev.yaml extends it: leave it out if" in result.stderr


def test_existing_files_are_replaced_only_by_force(tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = (SAMPLES / "guide/s.dev.yaml", "--out", out)
    out.mkdir()
    (out / "__main__.py").write_text("mine", encoding="utf-8")
    (out / ".gitignore").write_text("own\n.env", encoding="utf-8")
    result = convert(*arguments)
    assert result.exit_code == 2
    assert f"{out / '__main__.py'}:1: exists already" in result.stderr
    assert sorted(path.name for path in out.iterdir()) == [".gitignore", "__main__.py"]
    assert convert(*arguments, "--force").exit_code == 0
    assert "agentrun.Agent(" in (out / "__main__.py").read_text(encoding="utf-8")
    ignored = (out / ".gitignore").read_text(encoding="utf-8")
    assert ignored.startswith("own\n.env\n")
    assert ignored.count(".env\n") == 1


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    result = convert(SAMPLES / "guide/s.dev.yaml", "--out", tmp_path / "out", "--dry-run")
    assert result.exit_code == 0
    assert result.stdout.startswith("would write ")
    assert not (tmp_path / "out").exists()
