"""What is generated: a program that reads well, settings by stack, no secret in plain text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from agentrun_provider.cli.main import main
from click.testing import CliRunner

from ..e2e.conftest import ROOT
from .conftest import SAMPLES, convert
from .test_errors import GOOD

FILES = {
    "guide": ("s.dev.yaml", "s.prod.yaml"),
    "every": ("s.prod.yaml",),
    "several": ("s.test.yaml", "s.live.yaml"),
    "container": ("s.yaml",),
    "bucket": ("s.dev.yaml",),
    "weights": ("s.prod.yaml",),
}


def generated(
    out: Path, sample: str, *options: str, **environ: str | None
) -> tuple[dict[str, str], str]:
    """The files by name, and what was warned of."""
    files = [SAMPLES / sample / name for name in FILES[sample]]
    result = convert(*files, "--out", out, *options, environ=environ)
    assert result.exit_code == 0, result.output
    return {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()}, result.stderr


def config(files: dict[str, str], stack: str) -> dict[str, Any]:
    """The settings of a stack."""
    document: dict[str, Any] = yaml.safe_load(files[f"Pulumi.{stack}.yaml"])
    return document["config"] or {}


@pytest.mark.parametrize("sample", sorted(FILES))
def test_programs_are_formatted_linted_and_typed(tmp_path: Path, sample: str) -> None:
    generated(tmp_path, sample, "--adopt")
    program = tmp_path / "__main__.py"
    for command in (["ruff", "format", "--check"], ["ruff", "check"]):
        done = subprocess.run(
            [sys.executable, "-m", *command, "--isolated", program], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
    paths = {"MYPYPATH": f"{ROOT / 'sdk/python'}:{ROOT / 'provider'}", "PATH": "/usr/bin"}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--cache-dir",
         str(ROOT / ".mypy_cache"), str(program)],
        capture_output=True, text=True, env=paths, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_guides_files_become_one_program_and_two_stacks(tmp_path: Path) -> None:
    files, _ = generated(tmp_path, "guide")
    program = files["__main__.py"]
    assert 'name=f"agent-{stack}"' in program
    assert '"ENVIRONMENT": stack' in program
    assert 'role="acs:ram::123456789:role/agentRunRole"' in program
    assert "publish=False" in program
    assert "endpoints=[]" in program
    assert 'vpc_id=config.require("vpcId")' in program
    assert 'if config.get_bool("vpc"):' in program
    assert config(files, "dev") == {
        "agentrun-app:cpu": "1",
        "agentrun-app:memory": "2048",
        "agentrun-app:logLevel": "debug",
    }
    prod = config(files, "prod")
    assert prod["agentrun-app:vpc"] == "true"
    assert prod["agentrun-app:log"] == {"project": "prod-logs", "logstore": "agentrun-runtime"}
    assert not any(key.endswith("vpcId") for key in prod)
    project = yaml.safe_load(files["Pulumi.yaml"])
    assert project["name"] == "agentrun-app"
    assert project["config"] == {"agentrun:region": {"value": "cn-hangzhou"}}
    report = files["MIGRATION.md"]
    assert '$ pulumi config set --stack prod vpcId "$VPC_ID"' in report
    assert "| `agent.vpcConfig.vpcId` | `vpc.vpc_id` |" in report
    assert "| `agent.memory` | `memory` | setting `memory` of the stacks |" in report


def test_secrets_are_nowhere_in_plain_text(tmp_path: Path) -> None:
    files, warned = generated(tmp_path, "every")
    for secret in ("correct-horse-battery", "abcdefgh@0123456789"):
        assert all(secret not in text for text in files.values())
        assert secret not in warned
    assert 'config.require_secret("databasePassword")' in files["__main__.py"]
    result = convert(SAMPLES / "every/s.prod.yaml", "--out", tmp_path / "again")
    assert "stack prod needs databasePassword, armsLicenseKey" in result.stdout
    assert "pulumi config set --stack prod --secret databasePassword" in files["MIGRATION.md"]
    assert "s.prod.yaml:50" in files["MIGRATION.md"]
    assert '"MAX_TOKENS": "4096"' in files["__main__.py"]


def test_with_a_passphrase_secrets_are_written_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, _ = generated(tmp_path, "every", PULUMI_CONFIG_PASSPHRASE="opensesame")
    assert all("correct-horse-battery" not in text for text in files.values())
    assert "secure" in config(files, "prod")["every-field:databasePassword"]
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "opensesame")
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    for key, value in (
        ("databasePassword", "correct-horse-battery"),
        ("armsLicenseKey", "abcdefgh@0123456789"),
    ):
        place = ["--stack", "prod", "--cwd", str(tmp_path)]
        opened = CliRunner().invoke(main, ["local", "config", "get", key, *place])
        assert opened.stdout == f"{value}\n"


def test_several_agents_with_what_only_some_stacks_have(tmp_path: Path) -> None:
    files, _ = generated(tmp_path, "several")
    program = files["__main__.py"]
    assert program.index("writer = agentrun.Agent(") < program.index("planner = agentrun.Agent(")
    assert '"WRITER_URL": writer.urls["default"].apply(str)' in program
    assert 'role="writerRole"' in program
    assert 'if stack == "live":\n    reviewer = agentrun.Agent(' in program
    assert 'region="ap-southeast-1"' in program
    assert 'planner_environment_variables["API_KEY"] = config.require_secret(' in program
    assert "# Plans the work." in program
    live = config(files, "live")
    assert live["research-team:plannerMemory"] == "4096"
    assert live["research-team:plannerEnvironmentVariables"] == {"REGION_HINT": "near"}
    assert live["research-team:model"] == "qwen-max"
    command = 'config set --stack live --secret plannerApiKey "$PLANNER_API_KEY"'
    assert command in files["MIGRATION.md"]


def test_what_only_some_stacks_have_is_laid_out_at_its_depth(tmp_path: Path) -> None:
    long = "description: " + "x" * 17
    for stack, text in {
        "dev": GOOD,
        "prod": GOOD + f"        endpoints: [{{name: a, {long}}}]\n",
    }.items():
        key = f"  only-{stack}:\n    component"
        (tmp_path / f"s.{stack}.yaml").write_text(
            text.replace("  agent:\n    component", key), encoding="utf-8"
        )
    out = tmp_path / "out"
    assert convert(tmp_path / "s.dev.yaml", tmp_path / "s.prod.yaml", "--out", out).exit_code == 0
    ruff = [sys.executable, "-m", "ruff", "format", "--check", "--isolated", str(out)]
    done = subprocess.run(ruff, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_adoption_is_a_setting_of_every_stack(tmp_path: Path) -> None:
    files, _ = generated(tmp_path, "guide", "--adopt")
    assert config(files, "dev")["agentrun:adopt"] == "true"
    assert config(files, "prod")["agentrun:adopt"] == "true"
    assert 'deletion_policy="retain" if adopting else None' in files["__main__.py"]
    assert "pulumi config rm --stack prod agentrun:adopt" in files["MIGRATION.md"]


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        ("guide", "s.prod.yaml:14: `agent.port` is missing. The schema's default is never applied"),
        ("guide", "there are no `endpoints`. The guide says that `s deploy` makes one"),
        ("weights", "s.prod.yaml:25: `agent.endpoints[1].weight` 0.2 splits nothing"),
        ("weights", "`agent.endpoints[2]` is on LATEST in prod"),
        ("every", "s.prod.yaml:84: `agent.timeout` is a key that the component ignores"),
        ("every", "`agent.environmentVariables.DATABASE_PASSWORD` holds what looks like"),
        ("every", "initialDelaySeconds` is 0, which the component replaces by 30"),
        ("every", "the component makes the workspace"),
        ("container", "the image registry.example.com/shop/agent:latest has no fixed tag"),
    ],
)
def test_traps_are_told_and_in_the_report(tmp_path: Path, sample: str, told: str) -> None:
    files, warned = generated(tmp_path, sample)
    assert told in warned
    assert told.partition(".yaml:")[2].partition(": ")[2] in files["MIGRATION.md"] or (
        told in files["MIGRATION.md"]
    )


def test_json_tells_what_was_done(tmp_path: Path) -> None:
    files = [SAMPLES / "guide" / name for name in FILES["guide"]]
    result = convert(*files, "--out", tmp_path / "out", "--json")
    document = json.loads(result.stdout)
    assert document["written"] is True
    assert document["stacks"]["prod"]["missing"] == ["vpcId", "vswitchId", "securityGroupId"]
    assert {trap["line"] for trap in document["traps"]} == {14}
