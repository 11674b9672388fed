"""Every command, field and question of the vendor's two guides is answered in the pages.

The lists are those of the guides; a page that loses one of them fails here.
"""

from __future__ import annotations

import ast
import re

import pytest
from agentrun_provider.cli import exit_codes

from ..e2e.conftest import ROOT
from .test_pages import DOCS

MIGRATING = (DOCS / "migrating-from-serverless-devs.md").read_text(encoding="utf-8")
TROUBLE = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
SDK_GUIDE = (DOCS / "best-practices.md").read_text(encoding="utf-8")
EVERYTHING = "\n".join(page.read_text(encoding="utf-8") for page in DOCS.glob("*.md"))

COMMANDS = """
npm install -g @serverless-devs/s
s --version
s config add
s config get
s init agentrun-quick-start-langchain
s build
s deploy
s deploy -t s.prod.yaml
s deploy -a agentrun-deploy
s deploy --debug
s info
s logs
s logs --tail
s logs --start-time
s logs --request-id
s logs --instance-id
s logs --search
s logs --type fail
s logs --search "error" --match "error"
s remove
s remove -y
s version publish --description
s version list
s endpoint publish --endpoint-name
s endpoint list
s endpoint get --endpoint-name production
s instance list
s instance exec --instance-id
s concurrency put --reserved-concurrency 10
s concurrency get
s concurrency remove
s sync
""".strip().splitlines()

FIELDS = [
    "edition",
    "name",
    "access",
    "vars",
    "region",
    "description",
    "src",
    "language",
    "command",
    "ossBucketName",
    "ossObjectName",
    "checksum",
    "image",
    "imageRegistryType",
    "acrInstanceId",
    "registryConfig",
    "cpu",
    "memory",
    "diskSize",
    "port",
    "instanceConcurrency",
    "sessionIdleTimeoutSeconds",
    "enableSessionIsolation",
    "disableSessionAffinity",
    "vpcId",
    "vSwitchIds",
    "securityGroupId",
    "internetAccess",
    "environmentVariables",
    "role",
    "credentialName",
    "project",
    "logstore",
    "healthCheckConfiguration",
    "protocolConfiguration",
    "nasConfig",
    "ossMountConfig",
    "armsConfiguration",
    "workspace",
    "customDomain",
    "endpoints",
    "weight",
    "version",
    "extend",
]

QUESTIONS = [
    "agent configuration is required",
    "It works on my machine, but not deployed",
    "How do I go back to the version before?",
    "Docker is not running",
    "Which environment variables does the agent see?",
    "Instances start cold too often",
    "Logs are slow, or none are found",
]

# Headings of the SDK guide, and what each names.
ADVICE = [
    "AgentRunError",
    "ResourceNotExistError",
    "ResourceAlreadyExistError",
    "ClientError",
    "ServerError",
    "async",
    ".env",
    "credential",
    "sandbox",
    "proxy",
    "time-outs",
    "stream",
    "wait_until_ready_or_failed",
    "delete_and_wait_until_finished",
    "status",
    "last_updated_at",
    "AGENTRUN_SDK_DEBUG",
    "structured",
    "logConfig",
    "enableRequestMetrics",
    "enableInstanceMetrics",
    "Config",
    "loop",
]

PRACTICES = [
    ".gitignore",
    "VPC",
    "rotat",
    "least",
    "P99",
    "5 %",
    "urgent",
    "P50|p50",
    "qps",
    "LOG_LEVEL",
]


def table(page: str, heading: str) -> str:
    """The first column of the table under a heading."""
    part = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("|")]
    assert rows, heading
    return "\n".join(line.split("|")[1] for line in rows)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_guide_has_its_row(command: str) -> None:
    assert f"`{command}" in table(MIGRATING, "Command by command"), command


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_of_the_guide_has_its_row(field: str) -> None:
    assert re.search(rf"\b{field}\b", table(MIGRATING, "Field by field")), field


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_of_the_guide_has_its_answer(question: str) -> None:
    headings = [line for line in TROUBLE.splitlines() if line.startswith("### ")]
    assert any(question in heading for heading in headings), question


@pytest.mark.parametrize("word", ADVICE)
def test_advice_of_the_sdk_guide_is_answered(word: str) -> None:
    assert word in SDK_GUIDE, word


@pytest.mark.parametrize("practice", PRACTICES)
def test_a_practice_of_the_guide_is_on_some_page(practice: str) -> None:
    assert re.search(practice, EVERYTHING), practice


def said_by_the_source() -> list[str]:
    """Every text in the code, with `…` where a value is put in."""
    texts = []
    for root in (ROOT / "provider", ROOT / "testing/pulumi_local"):
        for path in root.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    texts.append(node.value)
                elif isinstance(node, ast.JoinedStr):
                    parts = (v.value if isinstance(v, ast.Constant) else "…" for v in node.values)
                    texts.append("".join(str(part) for part in parts))
    return texts


def test_the_messages_that_are_explained_exist() -> None:
    source = "\n".join(said_by_the_source())
    rows = re.findall(r"^\| (`[^|]*) \|", TROUBLE.partition("## Messages")[2], re.MULTILINE)
    assert len(rows) >= 10
    for message in re.findall(r"`([^`]+)`", "\n".join(rows)):
        for fragment in re.split(r"…|\d+", message):
            assert fragment.strip() in source, message


def test_the_exit_codes_are_those_of_the_commands() -> None:
    listed = re.findall(r"^\| (\d) \| (.*) \|$", TROUBLE, re.MULTILINE)
    described = re.findall(r"^    (\d)  (.*)$", str(exit_codes.__doc__), re.MULTILINE)
    assert [(code, text.replace("`", "")) for code, text in listed] == [
        (code, text.replace("`", "")) for code, text in described
    ]
