"""Random files: what the program declares is what the files say, and no field is lost."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agentrun_provider.convert.output_files import make_files, write_files
from agentrun_provider.convert.plan import make_plan

from .running import declared

# Text that means something to YAML, to Python, to a shell or to a reference.
WORDS = [
    "plain", "two words", "it's", 'say "hi"', '{"env": "dev"}', "{{x}}", "C:\\new\\t", "$HOME",
    "`id`", "100%", "中文", "a: b", "# no comment", "- dash", "yes", "0123", "1e3", "null", "",
    "line\nbreak", "tab\there", "\u2028", "'\"", "\\", "dev", "x-prod-y", "prod", "*", "&a", "!t",
]  # fmt: skip
ENVIRON = {"TOKEN": "t0ken", "HOST": "h o\"s't", "CPU": "2.5", "PORT": "8081"}


class Maker:
    """Makes the agents of two files, which have much in common, and writes them as references."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - to be the same each time
        self.vars: dict[str, Any] = {}

    def text(self) -> str:
        """Some text."""
        return "".join(self.random.choices(WORDS, k=self.random.randint(1, 3)))

    def agent(self, stack: str) -> dict[str, Any]:
        """An `agent` block without references."""
        pick = self.random.choice
        agent: dict[str, Any] = {
            "name": f"agent-{stack}",
            "code": {
                "ossBucketName": "bucket",
                "ossObjectName": pick(["a.zip", f"{stack}.zip"]),
                "language": "python3.12",
            },
            "cpu": pick([1, 0.5, 4]),
            "memory": pick([2048, 4096]),
            "port": 9000,
            "environmentVariables": {f"V{n}": self.text() for n in range(pick([0, 2, 5]))},
        }
        if pick([True, False]):
            agent["description"] = self.text()
        if pick([True, False]):
            agent["code"]["command"] = [self.text() for _ in range(pick([0, 1, 3]))]
        if pick([True, False]):
            switches = ["vsw-1", "vsw-2"][: pick([1, 2])]
            agent["vpcConfig"] = {
                "vpcId": "vpc-1",
                "vSwitchIds": switches,
                "securityGroupId": "sg-1",
            }
        if pick([True, False]):
            agent["logConfig"] = {"project": pick(["logs", f"logs-{stack}"]), "logstore": "store"}
        if pick([True, False]):
            agent["internetAccess"] = pick([True, False])
        if pick([True, False]):
            names = ["stable", "next"][: pick([0, 1, 2])]
            agent["endpoints"] = [{"name": name, "description": self.text()} for name in names]
        return agent

    def changed(self, agent: dict[str, Any], stack: str) -> dict[str, Any]:
        """The agent of another file: each field as it is, as another one has it, or left out."""
        other = self.agent(stack)
        kept = {}
        for key, value in agent.items():
            chosen = other[key] if key in other and self.random.random() < 0.4 else value
            if key in ("code", "name") or self.random.random() < 0.9:
                kept[key] = other[key] if key == "name" else chosen
        return kept

    def written(self, value: Any) -> Any:
        """The same value as a file may write it, with references in it."""
        if isinstance(value, dict):
            return {key: self.written(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.written(item) for item in value]
        if self.random.random() < 0.2 and value != "" and "${" not in str(value):
            name = f"v{len(self.vars)}"
            self.vars[name] = value
            return f"${{vars.{name}}}"
        return value


def as_arguments(agent: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    """What the program must declare for an `agent` block."""
    found: dict[str, Any] = {
        "name": agent["name"],
        "code": {
            "oss_bucket_name": agent["code"]["ossBucketName"],
            "oss_object_name": agent["code"]["ossObjectName"],
            "language": "python3.12",
        },
        "port": agent.get("port"),
        "cpu": agent.get("cpu"),
        "memory": agent.get("memory"),
        "description": agent.get("description"),
        "internet_access": agent.get("internetAccess"),
        "log": agent.get("logConfig"),
        "environment_variables": {**agent.get("environmentVariables", {}), **known},
        "endpoints": agent.get("endpoints", []),
        "publish": False,
    }
    if "command" in agent["code"]:
        found["code"]["command"] = agent["code"]["command"]
    vpc = agent.get("vpcConfig")
    if vpc is not None:
        found["vpc"] = {
            "vpc_id": vpc["vpcId"],
            "vswitch_ids": vpc["vSwitchIds"],
            "security_group_id": vpc["securityGroupId"],
        }
    return {key: value for key, value in found.items() if value is not None}


def paths(value: Any, path: str) -> Iterator[str]:
    """Paths of the scalars in a value, and of what is empty."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from paths(item, f"{path}.{key}")
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from paths(item, f"{path}[{index}]")
    else:
        yield path


@pytest.mark.parametrize("seed", range(20))
def test_a_program_declares_what_its_files_say(tmp_path: Path, seed: int) -> None:
    maker = Maker(seed)
    dev = maker.agent("dev")
    agents = {"dev": dev, "prod": maker.changed(dev, "prod")}
    late = {
        "LATE": ("${env(TOKEN)}", ENVIRON["TOKEN"]),
        "AROUND": ('"<${env(HOST)}> $x `y` \\\\', f'"<{ENVIRON["HOST"]}> $x `y` \\\\'),
        "OTHERWISE": ("${env(NOT_SET, 'it')}s", "its"),
    }
    asked: list[str] = []
    for stack, agent in agents.items():
        maker.vars = {"unused": 1}
        block = maker.written(agent)
        variables = block.setdefault("environmentVariables", {})
        variables |= {name: text for name, (text, _) in late.items()}
        asked += paths(block, "agent")
        document = {
            "edition": "3.0.0",
            "name": "random",
            "vars": maker.vars,
            "resources": {
                "agent": {"component": "agentrun", "props": {"region": "cn-x", "agent": block}}
            },
        }
        (tmp_path / f"s.{stack}.yaml").write_text(json.dumps(document), encoding="utf-8")
    files = [tmp_path / f"s.{stack}.yaml" for stack in agents]
    out = tmp_path / "out"
    plan = make_plan(files, out)
    write_files(make_files(plan, out), out)
    known = {name: value for name, (_, value) in late.items()}
    for stack, agent in agents.items():
        assert declared(out, plan, stack, ENVIRON)["agent"] == as_arguments(agent, known)
    report = (out / "MIGRATION.md").read_text(encoding="utf-8")
    assert [path for path in [*asked, "vars.unused"] if f"`{path}`" not in report] == []
