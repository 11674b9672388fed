"""Files as people have them: odd names and text, secrets anywhere, other things in the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from agentrun_provider.convert.plan import make_plan

from .conftest import convert
from .running import declared
from .test_errors import GOOD, refused


def converted(folder: Path, text: str, *options: str, name: str = "s.dev.yaml") -> dict[str, str]:
    """The files that are made of one file, and what was warned of as `stderr`."""
    (folder / name).write_text(text, encoding="utf-8")
    result = convert(folder / name, "--out", folder / "out", *options)
    assert result.exit_code == 0, result.output
    made = {path.name: path.read_text(encoding="utf-8") for path in (folder / "out").iterdir()}
    return made | {"stderr": result.stderr}


def with_fields(text: str) -> str:
    """The good file with more fields of the agent."""
    return GOOD + "".join(f"        {line}\n" for line in text.strip().splitlines())


def resource(key: str, name: str) -> str:
    """One more resource for the good file."""
    body = GOOD.partition("resources:\n")[2].replace("  agent:", f"  {key}:", 1)
    return body.replace("name: shop", f"name: {name}")


def test_keys_that_are_no_names_of_python_get_variables_of_their_own(tmp_path: Path) -> None:
    keys = ["my-agent", "my_agent", "class", "str", "log", "智能体", "助手", "1st", "a.b", "'a b'"]
    text = GOOD.partition("  agent:")[0] + "".join(
        resource(key, f"agent-{number}") for number, key in enumerate(keys)
    )
    files = converted(tmp_path, text)
    plan = make_plan([tmp_path / "s.dev.yaml"], tmp_path / "out")
    agents = declared(tmp_path / "out", plan, "dev", {})
    assert [agent["name"] for agent in agents.values()] == [f"agent-{n}" for n in range(len(keys))]
    assert len({agent.variable for agent in plan.agents}) == len(keys)
    exports = [line for line in files["__main__.py"].splitlines() if "pulumi.export(" in line]
    assert len({line.partition(",")[0] for line in exports}) == len(exports) == len(keys)


def test_an_argument_does_not_take_the_variable_of_an_agent(tmp_path: Path) -> None:
    vpc = "vpcConfig: {vpcId: '${env(V)}', vSwitchIds: [vsw-1], securityGroupId: sg-1}"
    text = with_fields(vpc).replace("  agent:\n    component", "  vpc:\n    component")
    for stack, content in {"dev": text, "prod": text.replace(f"        {vpc}\n", "")}.items():
        (tmp_path / f"s.{stack}.yaml").write_text(content, encoding="utf-8")
    files = [tmp_path / "s.dev.yaml", tmp_path / "s.prod.yaml"]
    assert convert(*files, "--out", tmp_path / "out").exit_code == 0
    plan = make_plan(files, tmp_path / "out")
    found = declared(tmp_path / "out", plan, "dev", {"V": "vpc-9"})["vpc"]
    assert found["vpc"]["vpc_id"] == "vpc-9"


def test_text_that_looks_like_python_stays_text(tmp_path: Path) -> None:
    awkward = '{"env": "${env(E)}", "quote": "it\'s", "path": "C:\\\\x"} """ {{y}} 中文'
    text = with_fields("environmentVariables: {A: PLACE}").replace("PLACE", yaml_text(awkward))
    (tmp_path / "s.dev.yaml").write_text(text, encoding="utf-8")
    assert convert(tmp_path / "s.dev.yaml", "--out", tmp_path / "out").exit_code == 0
    plan = make_plan([tmp_path / "s.dev.yaml"], tmp_path / "out")
    given = {"E": '$x `y` "z"'}
    found = declared(tmp_path / "out", plan, "dev", given)["agent"]["environment_variables"]
    assert found == {"A": awkward.replace("${env(E)}", given["E"])}
    for command in (["format", "--check"], ["check"]):
        subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", "-q", tmp_path / "out"],
            check=True,
        )


def yaml_text(text: str) -> str:
    """Text as YAML quotes it."""
    return "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("SMTP_PASS: letmein", "letmein"),
        ("DB_PASSWORD: 12345678", "12345678"),
        ("REDIS: redis://:p4ssw0rd@host:6379/0", "p4ssw0rd"),
        ("HOOK: https://example.com/send?access_token=0123456789abcdef", "0123456789abcdef"),
        ("OPENAI_KEY: abcdef0123456789ABCDEF", "abcdef0123456789ABCDEF"),
        ("DATABASE: ${vars.dbPassword}", "hunter2hunter2"),
        ("DATABASE: app:${vars.dbPassword}", "hunter2hunter2"),
        ("DATABASE: app:${vars.dbPassword}@${env(HOST)}", "hunter2hunter2"),
        ("KEY_OF_A: ${env('A', 'sk-0123456789abcdefghij')}", "sk-0123456789abcdefghij"),
        ("URL: https://app:t0psecret@a/${env(PATH, 'b')}", "t0psecret"),
    ],
)
def test_a_secret_is_known_by_its_name_by_itself_and_by_the_variable_it_comes_from(
    tmp_path: Path, line: str, secret: str
) -> None:
    text = with_fields(f"environmentVariables:\n  {line}")
    files = converted(tmp_path, text + "vars: {dbPassword: hunter2hunter2}\n")
    assert [name for name, made in files.items() if secret in made] == []
    assert "config.require_secret(" in files["__main__.py"]


@pytest.mark.parametrize(
    "line", ["PRIMARY_KEY: user_id", "MAX_TOKENS: '4096'", "TOKEN_URL: https://a/b?page=12345678"]
)
def test_what_only_sounds_like_a_secret_stays_in_the_program(tmp_path: Path, line: str) -> None:
    files = converted(tmp_path, with_fields(f"environmentVariables:\n  {line}"))
    assert "require_secret" not in files["__main__.py"]


def test_secrets_outside_of_the_environment_are_secret_as_well(tmp_path: Path) -> None:
    command = "command: [run, --key, sk-0123456789abcdefghij, '${env(API_KEY)}']"
    text = GOOD.replace("src: .\n", f"src: .\n          {command}\n")
    files = converted(tmp_path, text)
    assert all("sk-0123456789" not in made for made in files.values())
    assert files["__main__.py"].count("config.require_secret(") == 2


def test_comments_that_would_tell_or_do_something_are_left_out(tmp_path: Path) -> None:
    notes = "  # password: hunter2\n  # Answers the phone.\n  agent:\n    component"
    text = GOOD.replace("  agent:\n    component", notes)
    text = text.replace("cpu: 1", "cpu: 1  # type: ignore").replace(
        "port: 9000", "port: 9000  # fmt: off"
    )
    program = converted(tmp_path, text)["__main__.py"]
    assert "# Answers the phone." in program
    assert not [word for word in ("hunter2", "type: ignore", "fmt: off") if word in program]


def test_secrets_of_serverless_devs_are_asked_for(tmp_path: Path) -> None:
    files = converted(tmp_path, with_fields("environmentVariables: {A: \"${secret('db')}\"}"))
    assert 'config.require_secret("db")' in files["__main__.py"]
    assert "$ pulumi config set --stack dev --secret db\n" in files["MIGRATION.md"]
    assert "the secret `db` of Serverless Devs (`s secret get --key db`)" in files["MIGRATION.md"]


MIXED = (
    GOOD
    + """\
        vpcConfig:
          vpcId: ${resources.net.output.vpcId}
          vSwitchIds: ["${resources.net.output.vSwitchId}"]
          securityGroupId: sg-1
        environmentVariables:
          FUNCTION: ${resources.fn.props.functionName}
        endpoints: [{name: default}]
  net:
    component: vpc
    props: {vpcName: shop}
  fn:
    component: fc3
    props:
      functionName: helper
      environment: {AGENT: "${resources.agent.output.agent.endpoints.0.url}"}
"""
)


def test_other_components_stay_if_they_are_allowed_to(tmp_path: Path) -> None:
    lines = refused(tmp_path, MIXED)
    assert len(lines) == 2
    assert all("--only-agentrun leaves the others with Serverless Devs" in line for line in lines)
    files = converted(tmp_path, MIXED, "--only-agentrun")
    assert 'vpc_id=config.require("netVpcId")' in files["__main__.py"]
    assert '"FUNCTION": "helper"' in files["__main__.py"]
    assert "fn, net stay with Serverless Devs" in files["stderr"]
    staying = files["MIGRATION.md"].partition("## What stays")[2].partition("\n## ")[0]
    assert "- `fn` of the component `fc3`" in staying
    assert "it uses `${resources.agent.output.agent.endpoints.0.url}`" in staying
    assert "`${resources.net.output.vpcId}`" in staying
    assert (
        "the output `net.vpcId` of a resource that Serverless Devs keeps" in (files["MIGRATION.md"])
    )


def test_a_file_with_other_components_alone_has_nothing_to_convert(tmp_path: Path) -> None:
    text = GOOD.replace("component: agentrun", "component: fc3")
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    result = convert(tmp_path / "s.yaml", "--out", tmp_path / "out", "--only-agentrun")
    assert result.exit_code == 2
    assert "has no resource of the component agentrun" in result.stderr


def test_commands_and_leftovers_of_the_file_are_in_the_report(tmp_path: Path) -> None:
    more = """\
vars: {used: shop, not: {used: [1, 2]}}
template: {lonely: {region: a}}
flow: {deploy: [[agent]]}
env: env.yaml
actions:
  pre-deploy:
    - run: npm ci | tee log
      path: ./code
  success-remove:
    - plugin: clean-up
"""
    text = GOOD.replace("name: shop\n        code", "name: ${vars.used}\n        code") + more
    text = text.replace("port: 9000", "port: 9000\n        description:")
    files = converted(tmp_path, text)
    report = files["MIGRATION.md"].partition("## The rest")[2]
    place = tmp_path / "s.dev.yaml"
    for told in (
        f"| `vars.used` ({place}:17) | put where it is used |",
        f"| `vars.not.used[1]` ({place}:17) | nowhere: no agent uses it |",
        f"| `template.lonely` ({place}:18) | nowhere: no agent extends it |",
        f"| `flow` ({place}:19) | not needed",
        f"({place}:23) | `npm ci \\| tee log`, a step of your pipeline before `pulumi up` |",
        "a step of your pipeline after `pulumi destroy`, if it succeeds |",
        f"| `agent.description` ({place}:16) | nowhere: it is empty",
        "| `resources.agent.component`",
    ):
        assert told in report, told
    assert "the environments of `s env` are not read" in files["stderr"]


def test_the_access_of_one_resource_has_no_effect(tmp_path: Path) -> None:
    text = GOOD.replace("    props:", "    access: own\n    props:").replace(
        "res", "access: top\nres"
    )
    files = converted(tmp_path, text)
    assert "`access: own` of agent has no effect" in files["stderr"]
    assert "agentrun:profile top" in files["MIGRATION.md"]
    assert "agentrun:profile own" not in files["MIGRATION.md"]


def test_variables_of_the_env_file_beside_are_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("export VPC=vpc-1\nOTHER=1\n", encoding="utf-8")
    files = converted(tmp_path, with_fields("environmentVariables: {A: '${env(VPC)}'}"))
    assert f"{tmp_path / '.env'}:1: Serverless Devs reads VPC from here" in files["stderr"]


def test_one_agent_under_two_keys_is_told(tmp_path: Path) -> None:
    for stack in ("dev", "prod"):
        text = GOOD.replace("  agent:\n    component", f"  agent-{stack}:\n    component")
        (tmp_path / f"s.{stack}.yaml").write_text(text, encoding="utf-8")
    files = [tmp_path / "s.dev.yaml", tmp_path / "s.prod.yaml"]
    result = convert(*files, "--out", tmp_path / "out")
    assert "give it one key in all files" in result.stderr


def test_code_around_the_new_project_is_told(tmp_path: Path) -> None:
    assert "holds the new project" in converted(tmp_path, GOOD)["stderr"]


def test_an_absolute_path_from_elsewhere_stays_absolute(tmp_path: Path) -> None:
    files = converted(tmp_path, GOOD.replace("src: .", "src: /opt/agents/shop"))
    assert 'src="/opt/agents/shop"' in files["__main__.py"]
    inside = GOOD.replace("src: .", "src: ${path('./code')}")
    again = converted(tmp_path, inside, "--force")
    assert 'src="../code"' in again["__main__.py"]


def test_a_template_can_be_taken_without_one_field(tmp_path: Path) -> None:
    text = GOOD.replace("    props:", "    extend: {name: big, ignore: agent.diskSize}\n    props:")
    text += "template: {big: {agent: {diskSize: 512, description: big}}}\n"
    program = converted(tmp_path, text)["__main__.py"]
    assert 'description="big"' in program
    assert "disk_size" not in program


def test_what_has_another_shape_in_every_stack_is_chosen_by_the_stack(tmp_path: Path) -> None:
    urls = {
        "dev": "http://dev-only",
        "prod": "${resources.b.output.agent.endpoints.0.url}/v1",
        "qa": "${resources.b.output.agent.arn}",
    }
    for stack, url in urls.items():
        text = with_fields(f"environmentVariables: {{URL: '{url}'}}")
        (tmp_path / f"s.{stack}.yaml").write_text(
            text + resource("b", "b") + "        endpoints: [{name: x}]\n", encoding="utf-8"
        )
    files = [tmp_path / f"s.{stack}.yaml" for stack in urls]
    out = tmp_path / "out"
    assert convert(*files, "--out", out).exit_code == 0
    assert "agent_environment_variables_url: pulumi.Input[str]\nif stack ==" in (
        (out / "__main__.py").read_text(encoding="utf-8")
    )
    plan = make_plan(files, out)
    found = [declared(out, plan, stack, {})["agent"]["environment_variables"] for stack in urls]
    assert found == [{"URL": "http://dev-only"}, {"URL": "b.urls.x/v1"}, {"URL": "b.arn"}]


def test_maps_are_merged_over_what_a_reference_names(tmp_path: Path) -> None:
    extending = "  other: ${vars.other}\n  agent:\n    extend: {name: big}\n"
    base = GOOD.replace("  agent:\n", extending, 1)
    base += (
        "vars: {common: {A: '1', B: '1'}, other: {component: agentrun}}\n"
        "template: {big: {agent: {environmentVariables: '${vars.common}'}}}\n"
    )
    (tmp_path / "s.base.yaml").write_text(base, encoding="utf-8")
    over = """\
extend: s.base.yaml
resources:
  agent: {props: {agent: {environmentVariables: {B: '2'}}}}
  other: {props: {region: cn-a, agent: {name: other, cpu: 1, memory: 512, port: 1, code: &code
    {ossBucketName: b, ossObjectName: o, language: nodejs20}}}}
"""
    program = converted(tmp_path, over)["__main__.py"]
    assert 'environment_variables={"A": "1", "B": "2"}' in program
    assert 'name="other"' in program


def test_a_project_is_not_named_as_the_provider(tmp_path: Path) -> None:
    text = GOOD.replace("name: shop\nres", "name: agentrun\nres")
    assert yaml.safe_load(converted(tmp_path, text)["Pulumi.yaml"])["name"] == "agentrun-app"
    result = convert(tmp_path / "s.dev.yaml", "--out", tmp_path / "b", "--project", "agentrun")
    assert result.exit_code == 2
    chinese = GOOD.replace("name: shop\nres", "name: 商店\nres")
    again = converted(tmp_path, chinese, "--force")
    assert yaml.safe_load(again["Pulumi.yaml"])["name"] == "agentrun-app"


def settings(folder: Path) -> dict[str, Any]:
    """The file of the stack `dev`."""
    text = (folder / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_a_second_conversion_keeps_what_people_set(tmp_path: Path) -> None:
    text = with_fields("environmentVariables: {A: '${env(VPC)}', KEY: '${secret(key)}'}")
    converted(tmp_path, text)
    assert convert(tmp_path / "s.dev.yaml", "--out", tmp_path / "out").exit_code == 0
    stack = tmp_path / "out/Pulumi.dev.yaml"
    stack.write_text(
        "config:\n  shop:vpc: vpc-1\n  shop:key: {secure: v1:abc}\n  aws:region: there\n"
        "encryptionsalt: v1:salt\n",
        encoding="utf-8",
    )
    (tmp_path / "out/requirements.txt").write_text("mine==1\n", encoding="utf-8")
    refused_again = convert(tmp_path / "s.dev.yaml", "--out", tmp_path / "out")
    assert refused_again.exit_code == 2
    files = converted(tmp_path, text, "--force")
    assert settings(tmp_path / "out") == {
        "config": {
            "shop:vpc": "vpc-1",
            "shop:key": {"secure": "v1:abc"},
            "aws:region": "there",
        },
        "encryptionsalt": "v1:salt",
    }
    assert "config set" not in files["MIGRATION.md"]
    assert files["requirements.txt"].startswith("mine==1\npulumi>=")


def test_secrets_are_sealed_with_the_salt_that_the_stack_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pulumi_local.secrets._ROUNDS", 10)
    (tmp_path / "s.dev.yaml").write_text(
        with_fields("environmentVariables: {DB_PASSWORD: correct-horse}"), encoding="utf-8"
    )
    given: dict[str, str | None] = {"PULUMI_CONFIG_PASSPHRASE": "opensesame"}
    arguments = (tmp_path / "s.dev.yaml", "--out", tmp_path / "out", "--force")
    assert convert(*arguments, environ=given).exit_code == 0
    salt = settings(tmp_path / "out")["encryptionsalt"]
    assert convert(*arguments, environ=given).exit_code == 0
    assert settings(tmp_path / "out")["encryptionsalt"] == salt
    wrong = convert(*arguments, environ={"PULUMI_CONFIG_PASSPHRASE": "another"})
    assert wrong.exit_code == 2
    assert "secrets of dev can't be encrypted" in wrong.stderr


def test_words_that_old_yaml_reads_as_flags_are_quoted(tmp_path: Path) -> None:
    for stack, value in {"dev": "yes", "prod": "off"}.items():
        text = with_fields(f"environmentVariables: {{A: '{value}'}}")
        (tmp_path / f"s.{stack}.yaml").write_text(text, encoding="utf-8")
    files = [tmp_path / "s.dev.yaml", tmp_path / "s.prod.yaml"]
    assert convert(*files, "--out", tmp_path / "out").exit_code == 0
    assert settings(tmp_path / "out")["config"]["shop:a"] == "yes"
