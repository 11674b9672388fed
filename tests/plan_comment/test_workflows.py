"""The CI examples are valid, and their steps do what they say: with the fake, on the engine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings
from agentrun_provider.config import resolve
from agentrun_provider.session import Session

from tests.e2e.conftest import Project

from .documents import row
from .site import Site
from .workflows import GITHUB, GITLAB, ROOT, run_github_job, run_gitlab_job, with_tools

Done = list[subprocess.CompletedProcess[str]]


workflows = pytest.mark.parametrize(
    "path", sorted(GITHUB.glob("*.yml")), ids=lambda path: path.name
)


def check_schema(*arguments: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_github_workflows_are_valid() -> None:
    paths = map(str, sorted(GITHUB.glob("*.yml")))
    check_schema("--builtin-schema", "vendor.github-workflows", *paths)


def test_the_gitlab_configuration_is_valid() -> None:
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    check_schema(*schema, str(GITLAB))


@workflows
def test_no_expression_stands_inside_a_script(path: Path) -> None:
    # The title of a pull request, for one, would be run as a command there.
    for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
        for step in job.get("steps", []):
            assert "${{" not in step.get("run", "")


def jobs_of(path: Path) -> dict[str, Any]:
    jobs: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return jobs


@workflows
def test_actions_are_pinned_to_what_was_reviewed(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := re.match(r"\s*- uses: (.*)", line):
            assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", found[1]), line


@workflows
def test_a_job_has_the_permissions_that_it_needs_and_no_others(path: Path) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert data["permissions"] == {}
    extra = {"preview.yml": "pull-requests", "drift.yml": "issues"}.get(path.name)
    allowed = {"contents": "read", "id-token": "write"} | ({extra: "write"} if extra else {})
    for job in data["jobs"].values():
        assert job["permissions"] == allowed


@workflows
def test_no_key_is_stored_and_the_program_gets_no_token_of_the_site(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"secrets\.(\w+)", text)) <= {
        "PULUMI_CONFIG_PASSPHRASE",
        "PULUMI_ACCESS_TOKEN",
    }
    assert "secrets: inherit" not in text
    for job in jobs_of(path).values():
        for step in job.get("steps", []):
            if "actions/checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
            if "github.token" in str(step):
                assert step["run"].startswith("pulumi-agentrun plan-comment")


@workflows
def test_a_deployment_is_never_cut_off_and_nothing_runs_for_ever(path: Path) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.name == "deploy-stack.yml":
        assert data["concurrency"] == {
            "group": "deploy-${{ inputs.stack }}",
            "cancel-in-progress": False,
        }
    for job in data["jobs"].values():
        assert "uses" in job or job["timeout-minutes"] <= 60


def test_previews_run_only_where_secrets_are_safe() -> None:
    data = yaml.safe_load((GITHUB / "preview.yml").read_text(encoding="utf-8"))
    # YAML reads `on` as true.
    assert set(data[True]) == {"pull_request"}
    condition = data["jobs"]["preview"]["if"]
    assert "head.repo.full_name == github.repository" in condition
    assert "!= 'dependabot[bot]'" in condition
    rules = yaml.safe_load(GITLAB.read_text(encoding="utf-8"))["preview"]["rules"]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in rules[0]["if"]


def test_prod_waits_for_dev_and_deploys_in_its_own_environment() -> None:
    jobs = yaml.safe_load((GITHUB / "deploy.yml").read_text(encoding="utf-8"))["jobs"]
    assert jobs["prod"]["needs"] == "dev"
    called = GITHUB / Path(jobs["prod"]["uses"]).name
    up = yaml.safe_load(called.read_text(encoding="utf-8"))["jobs"]["up"]
    assert up["environment"] == "${{ inputs.stack }}"


@dataclass
class Repository:
    """A copy of the canary example with two stacks, and the sites that its jobs talk to."""

    folder: Path
    environment: dict[str, str]
    site: Site
    summary: Path
    values: dict[str, str] = field(default_factory=dict)

    def github(self, workflow: str, job: str, stack: str) -> Done:
        values = {"matrix__stack": stack, "inputs__stack": stack, **self.values}
        return run_github_job(workflow, job, self.folder, self.environment, **values)

    def gitlab(self, job: str, stack: str) -> Done:
        return run_gitlab_job(job, self.folder, self.environment, stack)

    def edit(self, old: str, new: str) -> None:
        path = self.folder / "__main__.py"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def change_by_hand(self, stack: str, memory: int) -> None:
        """Change the runtime of a stack as somebody would in the console, and wait."""
        session = Session(resolve({"agentrun:region": "cn-hangzhou"}, self.environment))
        items = session.client.paginate("ListAgentRuntimes", "/agents/runtimes")
        (found,) = [item for item in items if f"-{stack}-" in item["agentRuntimeName"]]
        path = f"/agents/runtimes/{found['agentRuntimeId']}"
        session.client.call("UpdateAgentRuntime", "PUT", path, body={"memory": memory})
        session.wait(
            lambda: session.client.call("GetAgentRuntime", "GET", path),
            what="runtime",
            status=lambda reply: str(reply["status"]),
            reason=lambda reply: None,
            pending=frozenset({"UPDATING"}),
            target=frozenset({"READY"}),
            limit=30,
        )
        session.client.close()


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(FakeCloud(FakeSettings(ready_ms=0))) as running:
        yield running


@pytest.fixture
def repository(tmp_path: Path, server: ThreadedServer, site: Site) -> Repository:
    folder = tmp_path / "repository"
    shutil.copytree(ROOT / "examples/canary", folder)
    shutil.copytree(
        ROOT / "examples/quickstart/code",
        folder / "code",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (folder / "state").mkdir()
    for stack in ("dev", "prod"):
        (folder / f"Pulumi.{stack}.yaml").write_text("config:\n  canary:code: code\n")
    environment = with_tools(tmp_path, Project(folder, server).environment_of_runs())
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"number": 7, "pull_request": {"head": {"sha": "a" * 40}}}))
    summary = tmp_path / "summary.md"
    backend = environment["PULUMI_BACKEND_URL"]
    environment |= {
        "GITHUB_API_URL": site.url,
        "GITHUB_REPOSITORY": "team/shop",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_STEP_SUMMARY": str(summary),
        "CI_API_V4_URL": f"{site.url}/api/v4",
        "CI_PROJECT_ID": "12",
        "CI_MERGE_REQUEST_IID": "7",
        "GITLAB_TOKEN": site.token,
    }
    values = {
        "vars__PULUMI_BACKEND_URL": backend,
        "secrets__PULUMI_CONFIG_PASSPHRASE": "",
        "secrets__PULUMI_ACCESS_TOKEN": "",
        "github__token": site.token,
    }
    return Repository(folder, environment, site, summary, values)


def succeeded(done: Done) -> None:
    for each in done:
        assert each.returncode == 0, each.stdout + each.stderr


@pytest.mark.e2e
def test_a_pull_request_is_previewed_merged_and_watched_on_github(repository: Repository) -> None:
    site = repository.site
    for stack in ("dev", "prod"):
        succeeded(repository.github("preview.yml", "preview", stack))
    assert len(site.comments) == 2
    assert "creates runtime" in row(site.comments[1]["body"], "agent")
    succeeded(repository.github("deploy-stack.yml", "up", "prod"))

    repository.edit('    "agent",\n', '    "agent",\n    memory=4096,\n')
    succeeded(repository.github("preview.yml", "preview", "prod"))
    assert len(site.comments) == 2
    body = site.comments[1]["body"]
    assert row(body, "agent") == "memory `2048` → `4096` MB — restarts the runtime"
    assert row(body, "release") == "publishes **v2**"
    assert row(body, "production") == "stays on v1"
    assert body in repository.summary.read_text(encoding="utf-8")

    succeeded(repository.github("deploy-stack.yml", "up", "prod"))
    repository.change_by_hand("prod", 8192)
    succeeded(repository.github("drift.yml", "drift", "prod"))
    assert site.issues[0]["title"] == "Drift of canary / prod"
    assert "memory `8192` → `4096` MB" in row(site.issues[0]["body"], "agent")
    repository.change_by_hand("prod", 4096)
    succeeded(repository.github("drift.yml", "drift", "prod"))
    assert site.issues[0]["state"] == "closed"


@pytest.mark.e2e
def test_a_program_that_fails_fails_the_job_and_says_why_in_the_comment(
    repository: Repository,
) -> None:
    repository.edit('    "agent",\n', '    "agent",\n    memory=1,\n')
    preview, commented = repository.github("preview.yml", "preview", "dev")
    assert preview.returncode != 0
    assert commented.returncode == 0, commented.stderr
    body = repository.site.comments[0]["body"]
    assert "**The preview failed.**" in body
    assert re.search(r"memory.*128", body)


@pytest.mark.e2e
def test_a_merge_request_is_previewed_merged_and_watched_on_gitlab(repository: Repository) -> None:
    site = repository.site
    succeeded(repository.gitlab("preview", "prod"))
    assert "creates runtime" in row(site.comments[0]["body"], "agent")
    succeeded(repository.gitlab("deploy prod", "prod"))
    succeeded(repository.gitlab("preview", "prod"))
    assert "**No changes.**" in site.comments[0]["body"]
    repository.change_by_hand("prod", 8192)
    succeeded(repository.gitlab("drift", "prod"))
    assert "memory `8192` → `2048` MB" in row(site.issues[0]["description"], "agent")
